"""A promise that facts put later than its statute is due with the statute, in every respect (R12, R9, R15, R16).

From Monday 14 September 2026 six working days are 15, 16, 17, 18, Sun 20, 21. The promise listens to the expert review
of 15 to 18 September, the statute does not: by itself the promise would be due on the 24th, with 15 used up, 18 free,
then 20, 21, 22, 23, 24 (tests/answers/worked_examples.toml).
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schedules.calendars import WorkingCalendar
from schedules.hours import WeeklyHours
from schedules.limits import Counting, Cutoff, Unit
from sla.clock import Clock, Light, State, capped_by, run
from sla.events import CalendarApplied, CaseEvent, Withdrawn, ordered
from sla.policies import Basis, ClockRule
from tests.core.cast import SHANGHAI, accepted, at, china, day, decided, paused, resumed, rule, when

REVIEW = (paused("2026-09-15", seq=3), resumed("2026-09-18", pause=3, seq=4))
CLOSING = Counting(cutoff=Cutoff.CLOSING)


def statute(amount: int, **changes: Any) -> ClockRule:
    return replace(rule(amount, **changes), id="statutory", basis=Basis.STATUTE)


def both(
    promised: ClockRule,
    by_law: ClockRule,
    *events: CaseEvent,
    now: str,
    start: str = "2026-09-14 09:30",
    calendar: WorkingCalendar | None = None,
) -> tuple[Clock, Clock]:
    """The promise by itself, and as its statute caps it."""
    told = ordered([accepted(start, seq=1), *events], SHANGHAI)
    alone = run(promised, calendar or china(), told, at(now))
    return alone, capped_by(alone, run(by_law, calendar or china(), told, at(now)), at(now))


def six(*events: CaseEvent, now: str, **changes: Any) -> tuple[Clock, Clock]:
    """Six days by promise and by statute, with the review that the promise alone listens to."""
    return both(rule(6, "expert_review", **changes), statute(6), *REVIEW, *events, now=now)


def test_it_is_due_on_the_day_and_at_the_moment_of_its_statute() -> None:
    alone, capped = six(now="2026-09-18 12:00")
    assert (alone.due_on, alone.capped) == (day("2026-09-24"), False)
    assert (capped.due_on, capped.due_at, capped.capped) == (day("2026-09-21"), at("2026-09-22 00:00"), True)
    assert (capped.state, capped.late_by, capped.by_calendar) == (State.RUNNING, None, None)


def test_it_keeps_a_cutoff_of_its_own() -> None:
    _, capped = six(now="2026-09-18 12:00", counting=CLOSING)
    assert (capped.due_on, capped.due_at, capped.capped) == (day("2026-09-21"), at("2026-09-21 17:00"), True)


@pytest.mark.parametrize(
    ("now", "state", "light", "late_by"),
    [  # yellow from one working day before: Sun 20
        ("2026-09-18 12:00", State.RUNNING, Light.GREEN, None),
        ("2026-09-20 00:00", State.RUNNING, Light.YELLOW, None),
        ("2026-09-21 23:59", State.RUNNING, Light.YELLOW, None),
        ("2026-09-22 00:00", State.LATE, Light.RED, 1),
        ("2026-09-24 12:00", State.LATE, Light.RED, 3),
    ],
)
def test_its_state_light_and_lateness_follow_the_statutes_date(
    now: str, state: State, light: Light, late_by: int | None
) -> None:
    _, capped = six(now=now)
    assert (capped.state, capped.light, capped.late_by) == (state, light, late_by)


@pytest.mark.parametrize(
    ("decision", "state", "late_by"),
    [
        ("2026-09-21 16:00", State.MET, None),
        ("2026-09-21", State.MET, None),
        ("2026-09-22", State.LATE, 1),
        ("2026-09-23 10:00", State.LATE, 2),
    ],
)
def test_a_decision_is_judged_by_the_statutes_date_however_long_ago_it_was(
    decision: str, state: State, late_by: int | None
) -> None:
    _, capped = six(decided(decision), now="2026-10-08 12:00")
    assert (capped.due_on, capped.state, capped.late_by) == (day("2026-09-21"), state, late_by)


def test_a_promise_that_ends_with_its_statute_or_before_is_not_capped() -> None:
    for amount in (3, 6):
        alone, capped = both(rule(amount), statute(6), now="2026-09-15 12:00")
        assert capped == alone
        assert not capped.capped
    alone, capped = both(rule(6, counting=CLOSING), statute(6), now="2026-09-15 12:00")
    assert (capped, capped.due_at) == (alone, at("2026-09-21 17:00"))


def test_where_either_limit_is_one_of_days_dates_are_compared_and_not_moments() -> None:
    alone, capped = both(rule(6), statute(6, counting=CLOSING), now="2026-09-15 12:00")  # midnight, and 17:00
    assert (capped, capped.due_on) == (alone, day("2026-09-21"))
    # Eight hours from Mon 14, 9:30: until 17:00 6.5, and of the 15th until 10:30; a day by promise, until its closing.
    in_hours = statute(8, unit=Unit.WORKING_HOURS)
    alone, capped = both(rule(1, counting=CLOSING), in_hours, now="2026-09-14 12:00")
    assert (capped, capped.due_at) == (alone, at("2026-09-15 17:00"))


def test_a_promise_or_a_statute_that_is_paused_or_not_yet_begun_has_nothing_to_compare() -> None:
    open_review = paused("2026-09-15", seq=3)
    alone, capped = both(rule(6, "expert_review"), statute(6), open_review, now="2026-09-18 12:00")
    assert (alone.state, capped) == (State.PAUSED, alone)
    alone, capped = both(rule(6), statute(3), open_review, now="2026-09-18 12:00")
    assert capped.capped
    heard = replace(rule(3, "expert_review"), id="statutory", basis=Basis.STATUTE)
    alone, capped = both(rule(6), heard, open_review, now="2026-09-18 12:00")
    assert capped == alone
    pending = run(statute(3), china(), [], at("2026-09-18 12:00"))
    assert capped_by(alone, pending, at("2026-09-18 12:00")) == alone
    assert capped_by(pending, alone, at("2026-09-18 12:00")) == pending


def test_a_withdrawn_promise_is_capped_by_nothing() -> None:
    alone, capped = six(Withdrawn(**when("2026-09-17 10:00"), seq=9), now="2026-09-30 12:00")
    assert (alone.state, capped) == (State.CANCELLED, alone)


def test_it_is_provisional_only_if_the_statutes_date_is() -> None:
    # From Thu 24 December 2026, the year's last days working: six are 25, 28, 29, 30, 31 and one of 2027.
    review = (paused("2026-12-25", seq=3), resumed("2026-12-30", pause=3, seq=4))
    for by_law, due, provisional in ((5, "2026-12-31", False), (6, "2027-01-04", True)):
        alone, capped = both(
            rule(6, "expert_review"), statute(by_law), *review, now="2026-12-30 12:00", start="2026-12-24 09:30"
        )
        assert alone.provisional is True
        assert (capped.capped, capped.due_on, capped.provisional) == (True, day(due), provisional)
        assert capped.provisional is provisional


HOURS = Unit.WORKING_HOURS


def test_in_hours_a_promise_is_capped_by_the_moment() -> None:
    # Three hours from Fri 18 September, 15:00: until 17:00, then Sun 20 from 9:00 to 10:00; with half an hour left out
    # for the promise, 10:30 of that day.
    break_off = (paused("2026-09-18 16:00", seq=3), resumed("2026-09-18 16:30", pause=3, seq=4))
    promised, by_law = rule(3, "expert_review", unit=HOURS), statute(3, unit=HOURS)
    alone, capped = both(promised, by_law, *break_off, now="2026-09-20 10:00", start="2026-09-18 15:00")
    assert alone.due_at == at("2026-09-20 10:30")
    assert (capped.due_at, capped.capped, capped.state) == (at("2026-09-20 10:00"), True, State.RUNNING)
    alone, capped = both(promised, by_law, *break_off, now="2026-09-20 10:01", start="2026-09-18 15:00")
    assert (alone.state, capped.state) == (State.RUNNING, State.LATE)
    done = decided("2026-09-20 10:15")
    alone, capped = both(promised, by_law, *break_off, done, now="2026-09-20 11:00", start="2026-09-18 15:00")
    assert (alone.state, capped.state, capped.late_by) == (State.MET, State.LATE, 0)


def test_in_hours_a_promise_that_ends_at_the_same_moment_is_not_capped() -> None:
    for amount in (2, 3):
        alone, capped = both(
            rule(amount, unit=HOURS), statute(3, unit=HOURS), now="2026-09-18 16:00", start="2026-09-18 15:00"
        )
        assert capped == alone


def test_a_stop_of_which_only_the_day_is_known_is_judged_by_it_though_the_closing_is_its_first_moment() -> None:
    """Service on Mondays from 16:00 to 24:00: four hours from 20:00 end with the Monday, and Tuesday is too late."""
    week = {"mon": [("16:00", "24:00")], "wed": [("09:00", "12:00")]}
    shift = WorkingCalendar(SHANGHAI, hours=WeeklyHours.parse(week))
    break_off = (paused("2026-09-21 21:00", seq=3), resumed("2026-09-21 22:00", pause=3, seq=4))
    asked: dict[str, Any] = {"now": "2026-09-25 09:00", "start": "2026-09-21 20:00", "calendar": shift}
    promised, by_law = rule(4, "expert_review", unit=HOURS), statute(4, unit=HOURS)
    for decision, state in (("2026-09-21", State.MET), ("2026-09-22", State.LATE), ("2026-09-22 00:00", State.MET)):
        _, capped = both(promised, by_law, *break_off, decided(decision), **asked)
        assert (capped.due_on, capped.due_at, capped.capped) == (day("2026-09-21"), at("2026-09-22 00:00"), True)
        assert capped.state is state


def test_a_statutes_move_into_the_past_makes_the_promise_overdue_by_calendar() -> None:
    """Applied on the 22nd: both had been due on the 23rd, and are due on the 21st now, the promise capped."""
    moved = CalendarApplied(
        **when("2026-09-22 10:00"), seq=9, notice="notice 7", version_before="a", version_after="b",
        moved=dict.fromkeys(("promise", "statutory"), ("2026-09-23", "2026-09-21")),
    )  # fmt: skip
    alone, capped = six(moved, now="2026-09-22 12:00")
    assert (alone.due_on, alone.by_calendar) == (day("2026-09-24"), None)  # by itself it stands elsewhere
    assert (capped.capped, capped.by_calendar) == (True, at("2026-09-22 10:00"))
    _, unmoved = six(now="2026-09-22 12:00")
    assert (unmoved.state, unmoved.by_calendar) == (State.LATE, None)
    early = replace(moved, occurred_at=moved.occurred_at - timedelta(days=1))  # on the due day it is not past
    _, capped = six(early, now="2026-09-22 12:00")
    assert (capped.state, capped.by_calendar) == (State.LATE, None)
