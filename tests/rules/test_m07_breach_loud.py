"""M7. A breach stays loud: a pause drops no alarm of an overdue clock.

On both databases. Days are those beside tests/service/cast.py.
"""

import pytest

from sla.clock import State
from tests.rules.counter import on_sqlite, open_counter, told
from tests.service.cast import Window

DUE = "2026-09-23"


def late(window: Window) -> str:
    """Overdue since 24:00 of Wed 23, which handler and chief have been told."""
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 12:00").run()
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "li", "wang")
    return number


@on_sqlite
@pytest.mark.parametrize("on", ["2026-09-24 09:00", "2026-09-22 10:00", "2026-09-24", "2026-09-21"])
def test_a_pause_entered_on_an_overdue_clock_silences_nobody(window: Window, on: str) -> None:
    number = late(window)
    window.at("2026-09-24 10:00").record(number, "paused", on, ground="hearing", notice="7")
    assert window.history(number).clock("promise").state is State.LATE
    assert window.history(number).clock("statutory").state is State.PAUSED  # which was in time for it
    assert window.run() == []
    assert window.at("2026-09-28 08:30").run() == told("+1", DUE, "zhao")
    assert window.at("2026-09-30 08:30").run() == told("+3", DUE, "sun")


def test_the_alarms_of_the_clock_that_paused_are_put_off_all_the_same(window: Window) -> None:
    number = late(window)
    window.at("2026-09-24 10:00").record(number, "paused", ground="hearing")
    states = {(row.clock_id, row.milestone): row.state for row in window.rows("alarm")}
    assert states["statutory", "T-5"] == states["statutory", "overdue"] == "cancelled"
    assert states["promise", "+1"] == states["promise", "+3"] == "pending"


def test_what_waits_for_the_window_goes_although_a_pause_was_entered_meanwhile(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 12:00").run()
    assert window.at("2026-09-24 00:00").run() == []  # raised, and waits
    window.at("2026-09-24 08:00").record(number, "paused", ground="hearing")
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "li", "wang")


def test_resuming_and_pausing_again_changes_nothing_for_it(window: Window) -> None:
    number = late(window)
    window.at("2026-09-24 10:00").record(number, "paused", ground="hearing")
    window.at("2026-09-24 11:00").record(number, "resumed")
    window.at("2026-09-24 12:00").record(number, "paused", ground="expert_review")
    assert window.run() == []
    assert window.at("2026-09-28 08:30").run() == told("+1", DUE, "zhao")
    assert window.history(number).clock("promise").paused_again == ()  # those pauses are none of this clock


def test_an_admitted_pause_ends_the_breach_and_corrects_it(window: Window) -> None:
    number = late(window)
    pause = {"ground": "hearing", "notice": "7", "admitted_by": "zhao"}
    window.at("2026-09-24 10:00").record(number, "paused", "2026-09-22 10:00", **pause)
    assert window.history(number).clock("promise").state is State.PAUSED
    assert window.run() == [f"{person}: promise correction none" for person in ("li", "wang")]
    assert window.at("2026-09-28 08:30").run() == []


def test_an_overdue_clock_in_hours_stays_loud_too(window: Window) -> None:
    open_counter(window)
    number = window.at("2026-09-21 09:00").receive("counter_check")
    window.at("2026-09-21 11:00").run()
    assert window.at("2026-09-21 12:01").run() == told("overdue", "2026-09-21 12:00", "li", "wang")
    window.at("2026-09-21 12:30").record(number, "paused", "2026-09-21 11:30", ground="expert_review")
    assert window.history(number).clock("statutory").state is State.PAUSED
    assert window.at("2026-09-21 15:00").run() == told("+2h", "2026-09-21 12:00", "zhao")
    assert window.at("2026-09-22 12:00").run() == told("+7h", "2026-09-21 12:00", "sun")
