"""A clock that cannot be right: nothing is recorded, raised or sent by it, and it is said where people look.

A machine that was off over night is no such thing: its digest goes out when it is started (test_digests.py).
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from sla.app import App, Clock, build
from sla.service.errors import ServiceError
from sla.service.timekeeping import Timekeeper, doubt, findings
from sla.settings import Settings
from tests.browser.cast import serving
from tests.service.cast import Window, at

KEPT = datetime(2026, 9, 22, 8, 0, tzinfo=UTC)
DEAD_BATTERY = datetime(2000, 1, 1, 0, 0, 12, tzinfo=UTC)  # what the hardware clock of a PC begins with


# --- what is doubted -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "doubted"),
    [
        (KEPT - timedelta(minutes=5), False),  # R13: five minutes of skew
        (KEPT - timedelta(minutes=5, seconds=1), True),
        (KEPT - timedelta(hours=8), True),  # local time taken for UTC, in Beijing
        (DEAD_BATTERY, True),
        (KEPT + timedelta(hours=14), False),  # a night
        (KEPT + timedelta(days=15), False),  # Spring Festival with leave on both sides
        (KEPT + timedelta(days=60), False),
        (KEPT + timedelta(days=60, seconds=1), True),
        (datetime(2099, 1, 1, tzinfo=UTC), True),
    ],
)
def test_what_is_behind_the_record_or_months_ahead_of_it_is_doubted(now: datetime, doubted: bool) -> None:
    assert bool(doubt(now, KEPT, "this machine")) is doubted
    assert doubt(now, None, "this machine") == ""


def test_the_doubt_says_what_the_clock_says_what_is_on_record_and_what_to_do() -> None:
    assert doubt(DEAD_BATTERY, KEPT, "this machine") == (
        "the clock of this machine says 2000-01-01 00:00 UTC, but something was recorded at 2026-09-22 08:00 UTC"
        " already; set it, or say that it is right: `sla doctor --trust-clock`"
    )
    # From 2026-09-22 to 2027-09-22 are 365 days.
    assert doubt(KEPT.replace(year=2027), KEPT, "the database server") == (
        "the clock of the database server says 2027-09-22 08:00 UTC, 365 days after anything was recorded"
        " (2026-09-22 08:00 UTC); set it, or say that it is right: `sla doctor --trust-clock`"
    )


def test_only_a_clock_that_has_gone_evenly_for_ten_minutes_is_kept() -> None:
    """Put right some minutes after the start, the hour before would make it look as if it were behind."""
    keeper, wrong = Timekeeper(), KEPT + timedelta(hours=8)
    assert not keeper.goes_evenly(wrong, 0)
    assert not keeper.goes_evenly(wrong + timedelta(minutes=9, seconds=59), 599)
    assert not keeper.goes_evenly(KEPT + timedelta(minutes=11), 660)  # NTP
    assert not keeper.goes_evenly(KEPT + timedelta(minutes=20), 1200)
    assert keeper.goes_evenly(KEPT + timedelta(minutes=21), 1260)
    assert not keeper.goes_evenly(KEPT + timedelta(hours=14), 1320), "it slept: its clock may have been lost meanwhile"


def test_a_machine_whose_clock_differs_from_the_databases_is_a_note() -> None:
    assert findings("", KEPT, KEPT + timedelta(seconds=60)) == []
    (found,) = findings("", KEPT, KEPT - timedelta(minutes=3, seconds=20))
    assert found.what == "this machine's clock is 0:03:20 behind the database's"
    assert not found.serious
    assert findings("", KEPT, None) == []


# --- what becomes of it ----------------------------------------------------------------------------------------------
@pytest.fixture
def machine(window: Window) -> Iterator[App]:
    """A second process whose time nobody has set, two minutes after the window's last event was recorded.

    On PostgreSQL the time is the server's: what is on record is moved instead, so that the server's is behind it.
    """
    window.at("2026-09-18 09:30").receive()
    app = build(Settings(database_url=window.url), clock=Clock(machine=lambda: at("2026-09-18 09:32")))
    yield app
    app.close()


def behind(app: App, window: Window) -> None:
    """From now on the clock is eight hours behind what is on record."""
    app.clock.machine = lambda: at("2026-09-18 01:32")
    if window.app.engine.dialect.name == "postgresql":
        window.tamper("UPDATE time_kept SET at = statement_timestamp() + INTERVAL '8 hours'")


def right(app: App, window: Window) -> None:
    app.clock.machine = lambda: at("2026-09-18 09:32")
    if window.app.engine.dialect.name == "postgresql":
        window.tamper("UPDATE time_kept SET at = statement_timestamp()")


def refused(app: App) -> str:
    """What whoever writes is told; "" if nothing."""
    try:
        with app.writing() as session:
            app.now(session)
    except ServiceError as error:
        assert error.field == "time"
        return str(error)
    return ""


def test_by_a_clock_that_is_behind_nothing_is_recorded_raised_or_sent_until_it_is_right_again(
    window: Window, machine: App, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []
    beat = machine.when_sure(lambda: ran.append("swept"))
    right(machine, window)
    beat()
    assert (ran, refused(machine), machine.unready()) == (["swept"], "", "")
    behind(machine, window)
    caplog.set_level(logging.WARNING, "sla")
    beat()
    beat()
    assert ran == ["swept"]
    assert "something was recorded at" in refused(machine)
    [said] = [record.getMessage() for record in caplog.records]
    assert said.startswith("nothing is raised or sent: the clock of th")
    with serving(machine) as base:
        ready = httpx.get(f"{base}/readyz", trust_env=False, verify=False)
        page = httpx.get(f"{base}/?lang=en", trust_env=False, verify=False)
    assert (ready.status_code, ready.text.partition(" says ")[0][:24]) == (503, "not ready: the clock of ")
    assert page.status_code == 200 and 'role="alert">The clock of the service cannot be right' in page.text
    with machine.reading() as session:
        machine.now(session)  # what is only read can be looked at
        [found] = [finding for finding in machine.of_clock(session) if finding.serious]
    assert "something was recorded at" in found.what
    right(machine, window)
    beat()
    assert (ran, refused(machine), machine.unready()) == (["swept", "swept"], "", "")
    assert caplog.records[-1].getMessage() == "the clock can be right: what waited goes on"


def test_somebody_may_say_that_the_clock_is_right_all_the_same(window: Window, machine: App) -> None:
    behind(machine, window)
    assert refused(machine)
    machine.trust_clock()
    assert refused(machine) == ""


def test_each_event_and_each_steady_minute_is_kept_and_none_goes_back(window: Window, machine: App) -> None:
    def kept() -> list[datetime]:
        return [row.at for row in window.rows("time_kept")]

    window.at("2026-09-18 10:00").receive()
    assert kept() == [at("2026-09-18 10:00")]
    window.at("2026-09-18 09:00").receive()
    assert kept() == [at("2026-09-18 10:00")]
    window.at("2026-09-18 10:30").app.keep_time()
    assert kept() == [at("2026-09-18 10:00")], "it has not gone evenly for ten minutes"
    window.app.timekeeper.goes_evenly = lambda now, seconds: True  # type: ignore[method-assign]  # as after ten
    try:
        window.app.keep_time()
        assert kept() == [at("2026-09-18 10:30")]
        window.at("2026-09-18 10:30:59").app.keep_time()
        assert kept() == [at("2026-09-18 10:30")]
    finally:
        del window.app.timekeeper.goes_evenly
