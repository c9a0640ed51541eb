"""M4. What is born late, by back-dating, resumption or an amended calendar, is said only if it is the last reminder or
graver, the gravest alone, and at once.

On both databases. Days are those beside tests/service/cast.py; a site selection accepted on Fri 18 September is due on
Wed 23, reminded of on Tue 22 at 9:00.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from schedules.calendars import Level, Overlay, Scope
from sla.service.setup import apply, plan_of
from tests.core.cast import day
from tests.rules.counter import POLICY, on_sqlite, open_counter, told
from tests.service.cast import OFFICE, Window

DUE = "2026-09-23"


@on_sqlite
@pytest.mark.parametrize(
    ("recorded", "at_once"),
    [  # accepted on the 18th, entered so much later
        ("2026-09-22 08:59", []),
        ("2026-09-22 09:00", told("T-1", DUE, "li")),
        ("2026-09-23 08:29", []),  # outside the window
        ("2026-09-23 08:30", told("due", DUE, "li")),  # this morning's digest has been made without it
        ("2026-09-23 17:59", told("due", DUE, "li")),
        ("2026-09-24 08:30", told("overdue", DUE, "li", "wang")),
        ("2026-09-28 08:29", []),
        ("2026-09-28 08:30", told("+1", DUE, "li", "wang", "zhao")),
        ("2026-09-30 09:00", told("+3", DUE, "li", "sun", "wang", "zhao")),
    ],
)
def test_a_back_dated_case_says_the_gravest_at_once(window: Window, recorded: str, at_once: list[str]) -> None:
    window.at(f"{recorded[:10]} 08:29").digests()
    window.at(recorded).receive(on="2026-09-18 09:30", accept=False, number="A")
    window.record("A", "accepted", "2026-09-18 09:30", receipt="7", by="zhao", admitted_by="zhao")
    assert [text for text in window.run() if " promise " in text] == at_once


def test_what_is_lighter_than_the_last_reminder_is_not_said_late(window: Window) -> None:
    # The statute of the 18th is due on Thu 5 November: T-5 was on 29 October, T-1 will be on the 4th.
    window.at("2026-10-30 10:00").receive(on="2026-09-18 09:30", accept=False, number="A")
    window.record("A", "accepted", "2026-09-18 09:30", receipt="7", by="zhao", admitted_by="zhao")
    assert [text for text in window.run() if " statutory " in text] == []
    assert window.at("2026-11-04 09:00").run() == told("T-1", "2026-11-05", "li", clock="statutory")


def test_a_resumption_says_the_reminder_that_the_pause_swallowed(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-21 10:00").record(number, "paused", ground="hearing")
    window.at("2026-09-22 09:00").run()
    window.at("2026-09-23 17:00").record(number, "resumed")  # 20, 21 used: 24, 28; T-1 is tomorrow, still to come
    assert window.run() == []
    assert window.at("2026-09-24 09:00").run() == told("T-1", "2026-09-28", "li")


def test_with_nothing_left_a_resumption_says_that_it_is_due(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 12:00").run()
    window.at("2026-09-23 10:00").record(number, "paused", ground="hearing")  # the due day itself: all four used
    window.at("2026-09-28 10:00").record(number, "resumed")
    assert (window.due(number), window.run()) == ("2026-09-28", told("due", "2026-09-28", "li"))


def amended(window: Window, *opened: str, closed: tuple[str, ...] = ()) -> None:
    """The calendar with a notice laid over it."""
    plan = plan_of(OFFICE, Path())
    shut, open_ = ({day(f"2026-09-{number}"): "notice" for number in days} for days in (closed, opened))
    notice = Overlay("notice", Level.REGION, Scope.LEGAL, shut, open_, "notice 7")
    with window.app.writing() as session:
        apply(session, replace(plan, source=replace(plan.source, beside=(notice,))), window.now)


def test_an_amendment_that_brings_the_deadline_near_says_so_at_once(window: Window) -> None:
    window.at("2026-09-21 09:30").receive("construction_works")  # six: 22, 23, 24, 28, 29, 30
    assert window.at("2026-09-28 10:00").run() == []
    amended(window, "25", "26")  # now 22, 23, 24, 25, 26, 28: due today
    assert window.run() == told("due", "2026-09-28", "li")
    assert window.at("2026-09-29 08:30").run() == told("overdue", "2026-09-28", "li", "wang")


def test_an_amendment_that_puts_the_deadline_off_says_nothing_until_the_new_reminder(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 08:50")
    amended(window, closed=("22",))  # 20, 21, 23, 24
    assert window.at("2026-09-22 09:00").run() == []
    assert window.at("2026-09-23 09:00").run() == told("T-1", "2026-09-24", "li")


@on_sqlite
@pytest.mark.parametrize(
    ("recorded", "at_once"),
    [  # three hours from Mon 21 at 9:00: due at 12:00
        ("2026-09-21 10:59", []),
        ("2026-09-21 11:00", told("-1h", "2026-09-21 12:00", "li")),
        ("2026-09-21 11:59", told("-1h", "2026-09-21 12:00", "li")),
        ("2026-09-21 12:01", told("overdue", "2026-09-21 12:00", "li", "wang")),
        ("2026-09-21 14:59", told("overdue", "2026-09-21 12:00", "li", "wang")),
        ("2026-09-21 15:00", told("+2h", "2026-09-21 12:00", "li", "wang", "zhao")),  # 13:00 to 15:00
    ],
)
def test_a_limit_in_hours_that_is_entered_late(window: Window, recorded: str, at_once: list[str]) -> None:
    open_counter(window, POLICY)
    window.at(recorded).receive("counter_check", on="2026-09-21 09:00")
    assert [text for text in window.run() if " promise " in text] == at_once
