"""The year that is not announced, and holiday data that learns one (R15, R16): what the heartbeat does by itself.

The data of an earlier time is today's with what was announced later taken out; expected dates are a walk over
`chinesecalendar`'s working days, or counted by hand.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest

from schedules.announcements import announced as installed
from schedules.notices import Announced
from sla.events import CalendarApplied
from sla.service.calendar_truth import of_calendar
from tests.schema import make_tables
from tests.service.cast import OFFICE, Window, app_on, notice, nth_working_day

ADMIN = OFFICE.replace('roles = ["clerk", "chief"]', 'roles = ["clerk", "chief", "admin"]')
Announcing = Callable[..., Announced]


def calendar(window: Window) -> list[str]:
    return [text for text in window.run_all() if " calendar " in text or " amendment " in text]


def works(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def known_through(year: int, *, closed: str = "", opened: str = "") -> Announcing:
    """The data as it was while that year was the last announced one; with days it has otherwise."""

    def read(country: str, parts: tuple[str, ...] = ()) -> Announced:
        base, last = installed(country, parts), date(year, 12, 31)
        first, *rest = base.layers

        def is_known(day: date, name: str) -> bool:
            return day <= last or not ("（" in name or day.month == 10)  # swapped and observed days come by notice

        off = {day: name for day, name in first.closed.items() if is_known(day, name)}
        on = {day: name for day, name in first.open.items() if day <= last}
        for text, side, other in ((closed, off, on), (opened, on, off)):
            for day in map(date.fromisoformat, text.split()):
                side[day] = "changed"
                other.pop(day, None)
        return replace(base, layers=(replace(first, closed=off, open=on), *rest), through=last)

    return read


# --- the reminder ----------------------------------------------------------------------------------------------------
def test_from_1_november_administrators_are_reminded_once_each_working_day(window: Window) -> None:
    window.at("2026-10-30 09:00").apply(ADMIN)
    assert calendar(window) == []
    assert calendar(window.at("2026-11-01 09:00")) == []  # a Sunday
    assert calendar(window.at("2026-11-02 08:29")) == []
    assert calendar(window.at("2026-11-02 08:30")) == ["wang: calendar missing 2026-11-02"]
    assert calendar(window.at("2026-11-02 09:30")) == []
    assert calendar(window.at("2026-11-03 17:59")) == ["wang: calendar missing 2026-11-03"]
    assert calendar(window.at("2026-11-04 18:00")) == []  # nothing ran before: that day has passed
    assert calendar(window.at("2026-11-05 10:00")) == ["wang: calendar missing 2026-11-05"]


def test_it_ends_when_the_year_is_loaded_and_begins_with_the_next(window: Window) -> None:
    assert calendar(window.at("2026-12-31 09:00")) == ["zhao: calendar missing 2026-12-31"]  # no administrator there
    assert calendar(window.at("2027-01-04 09:00")) == ["zhao: calendar missing 2027-01-04"]  # still not announced
    window.announce(notice("2027", off="2027-01-01", through="2027-12-31", published="2026-12-31"))
    window.run_all()
    assert calendar(window.at("2027-01-05 09:00")) == []
    assert calendar(window.at("2027-10-29 09:00")) == []
    assert calendar(window.at("2027-11-01 09:00")) == ["zhao: calendar missing 2027-11-01"]


def test_it_says_what_is_missing_and_how_to_load_it(window: Window) -> None:
    window.at("2026-11-02 09:00")
    about: dict[str, Any] = {"calendar_missing": "2026-11-02", "reason": "manager"}
    with window.writing() as (session, office):
        message = of_calendar(session, office, "k", about, office.people["zhao"], window.now, "s")
    text = getattr(message, "text", "")
    assert "announced through Thu 31 Dec 2026" in text
    assert "`sla calendar load notice.toml`" in text
    assert getattr(message, "subject", "") == "The holidays of 2027 are not loaded yet"


# --- the data learns a year ------------------------------------------------------------------------------------------
@pytest.fixture
def autumn(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """The window in the autumn of 2025, whose data knows 2025 only."""
    monkeypatch.setattr("sla.service.calendars.announced", known_through(2025))
    app = app_on(database_url)
    make_tables(app.engine)
    window = Window(database_url, tmp_path, now="2025-08-04 08:00", app=app)
    window.apply()
    yield window
    app.close()


def test_the_heartbeat_confirms_or_moves_what_was_provisional_and_reports_it(
    autumn: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [date(2025, 11, day) for day in (3, 19, 20, 21)] + [date(2025, 12, day) for day in (23, 24, 25)]
    numbers = {day: autumn.at(f"{day} 09:30").receive("construction_works") for day in days}
    autumn.at("2025-12-29 09:00").run_all()
    before = {day: autumn.history(number).clocks for day, number in numbers.items()}
    provisional = {(str(day), clock.id) for day in days for clock in before[day] if clock.provisional and clock.is_open}
    assert provisional == {
        ("2025-11-20", "statutory"), ("2025-11-21", "statutory"), ("2025-12-23", "statutory"),
        ("2025-12-24", "promise"), ("2025-12-24", "statutory"), ("2025-12-25", "promise"), ("2025-12-25", "statutory"),
    }  # fmt: skip
    monkeypatch.setattr("sla.service.calendars.announced", installed)
    sent = calendar(autumn.at("2025-12-29 10:00"))
    moved: dict[tuple[str, str], tuple[str, str]] = {}
    for day, number in numbers.items():
        history = autumn.history(number)
        for clock, amount in (("promise", 6), ("statutory", 30)):
            assert history.clock(clock).due_on == nth_working_day(works, day, amount)
            assert not history.clock(clock).provisional
        events = [event for event in history.events if isinstance(event, CalendarApplied)]
        moved |= {(str(day), clock): dates for event in events for clock, dates in event.moved.items()}
    # By the notice Friday 2026-01-02 is off and Sunday 01-04 worked: what ended on the one ends on the other.
    there = ("2026-01-02", "2026-01-04")
    assert moved == {("2025-11-20", "statutory"): there, ("2025-12-24", "promise"): there}
    rows = autumn.rows("calendar_move")
    assert [bool(row.confirmed) for row in rows].count(True) == len(rows) - 2 == len(provisional) - 2
    # li and wang had been told of the statutory 01-02: five days before, as the ladder has it.
    assert sent == ["li: amendment 2", "wang: amendment 2", "zhao: calendar 2"]
    assert calendar(autumn.at("2025-12-29 10:01")) == []


def test_days_that_were_announced_already_are_left_for_a_review(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = window.at("2026-09-18 09:30").receive()  # due 09-23
    monkeypatch.setattr("sla.service.calendars.announced", known_through(2026, closed="2026-09-22"))
    assert calendar(window.at("2026-09-21 09:00")) == ["zhao: calendar review " + _review(window)]
    assert calendar(window.at("2026-09-21 09:01")) == []
    assert window.due(number) == "2026-09-23"
    window.at("2026-09-21 09:02").apply()  # another look at the office's file takes nothing over either
    window.amend()
    assert window.due(number) == "2026-09-23"


def _review(window: Window) -> str:
    (row,) = [row for row in window.rows("digest") if row.kind.startswith("calendar_review")]
    return str(row.kind.partition(" ")[2])


def test_a_notice_that_touches_the_december_before_confirms_the_year_and_leaves_december_for_review(
    autumn: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in 2018, when the notice for 2019 made 12-29 (Saturday) a working day and 12-31 a day off.
    autumn.at("2025-12-22 09:30").receive("construction_works")
    monkeypatch.setattr(
        "sla.service.calendars.announced", known_through(2026, closed="2025-12-31", opened="2025-12-28")
    )
    sent = calendar(autumn.at("2025-12-23 09:00"))
    assert sorted(sent) == ["zhao: calendar 2", "zhao: calendar review " + _review(autumn)]
    with autumn.writing() as (_, office):
        assert office.calendar.announced_through == date(2026, 12, 31)
        assert office.calendar.is_working_day(date(2025, 12, 31))
        assert not office.calendar.is_working_day(date(2025, 12, 28))
        assert office.calendar.is_working_day(date(2026, 1, 4))
