"""Clocks of limits in days at their edges: immediate items, first days, stops, what is used (R2, R4, R8, R9).

Service 9-12 and 13-17 unless said. Sat 19 September 2026 is off, Sun 20 works, 25 to 27 are off; counted by hand.
"""

from dataclasses import replace

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import Level, Overlay, Scope
from schedules.limits import Counting, Cutoff, FirstDay, Intake, Unit
from sla.clock import Clock, Light, State, run, runs
from sla.events import CaseEvent, Withdrawn, ordered
from sla.policies import ClockRule
from tests.core.cast import SHANGHAI, accepted, at, china, day, days, decided, paused, resumed, rule, when

NEXT_DAY = Counting(intake=Intake.NEXT_WORKING_DAY)


def clock(watched: ClockRule, start: CaseEvent, *events: CaseEvent, now: str = "2026-09-18 10:00") -> Clock:
    return run(watched, china(), ordered([start, *events], SHANGHAI), at(now))


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-09-18 16:59", "2026-09-18"),
        ("2026-09-18 17:00", "2026-09-20"),
        ("2026-09-19 10:00", "2026-09-20"),
        ("2026-09-20 08:00", "2026-09-20"),
        ("2026-09-25 10:00", "2026-09-28"),
        ("2026-09-18", "2026-09-18"),
    ],
)
def test_an_immediate_item_is_due_on_the_day_it_counts_from_whatever_its_intake(start: str, due: str) -> None:
    """R4 moves what is filed outside service to the day on which R8 makes it due: both together move it once."""
    for counting in (Counting(), NEXT_DAY):
        found = clock(rule(0, counting=counting), accepted(start, seq=1))
        assert found.due_on == day(due)
    assert clock(rule(0, counting=NEXT_DAY), accepted(start, seq=1)).day0 == day(due)


def test_of_a_start_of_which_only_the_day_is_known_the_time_does_not_matter() -> None:
    evening = replace(accepted("2026-09-18 18:00", seq=1), dated=True)
    for counting in (Counting(), NEXT_DAY):
        assert clock(rule(0, counting=counting), evening).due_on == day("2026-09-18")
        assert clock(rule(4, counting=counting), evening).due_on == day("2026-09-23")
    assert clock(rule(4, counting=NEXT_DAY), replace(evening, dated=False)).due_on == day("2026-09-24")


@pytest.mark.parametrize("unit", [Unit.WORKING_DAYS, Unit.CALENDAR_DAYS])
def test_no_days_at_all_are_used_up_at_once_though_the_first_day_counts(unit: Unit) -> None:
    same = rule(0, unit=unit, counting=Counting(first_day=FirstDay.SAME))
    found = clock(same, accepted("2026-09-18 09:30", seq=1))
    assert (found.due_on, found.used, found.left, found.running) == (day("2026-09-18"), 0, 0, ())


def test_a_first_day_that_counts_is_used_up_with_that_day() -> None:
    same = rule(2, counting=Counting(first_day=FirstDay.SAME))  # Fri 18 and Sun 20
    found = clock(same, accepted("2026-09-18 09:30", seq=1))
    assert (found.due_on, found.used, found.left) == (day("2026-09-20"), 1, 1)
    assert (found.running, found.served) == ((days("2026-09-17", "2026-09-20"),), ())


def test_a_single_first_day_that_counts_is_the_whole_limit() -> None:
    found = clock(rule(1, counting=Counting(first_day=FirstDay.SAME)), accepted("2026-09-18 09:30", seq=1))
    assert (found.due_on, found.used, found.left) == (day("2026-09-18"), 1, 0)
    assert found.running == (days("2026-09-17", "2026-09-18"),)


def test_a_pause_on_the_first_day_leaves_no_empty_span_behind() -> None:
    pause = (paused("2026-09-18 10:00", seq=2), resumed("2026-09-21 10:00", pause=2, seq=3))
    found = clock(rule(4, "expert_review"), accepted("2026-09-18 09:30", seq=1), *pause, now="2026-09-21 12:00")
    assert (found.due_on, found.used, found.left) == (day("2026-09-28"), 0, 4)  # 22, 23, 24, 28
    assert found.running == (days("2026-09-21", "2026-09-28"),)
    assert found.nothing_left is False


def test_an_immediate_item_of_a_day_off_has_used_nothing_until_its_day_is_over() -> None:
    start = accepted("2026-09-19 10:00", seq=1)  # a Saturday off: due on Sunday
    for now in ("2026-09-19 11:00", "2026-09-20 16:00"):
        found = clock(rule(0), start, now=now)
        assert (found.state, found.used, found.left, found.nothing_left) == (State.RUNNING, 0, 0, False)


def test_an_immediate_item_after_closing_is_due_the_next_day_though_a_pause_leaves_out_that_evening() -> None:
    """R8: Friday, 17:30, is after closing: Sunday. The ground leaves out the day it begins on, which is Friday."""
    watched = replace(rule(0, "expert_review"), whole=frozenset({"expert_review"}))
    evening = (paused("2026-09-18 18:00", seq=2), resumed("2026-09-18 19:00", pause=2, seq=3))
    found = clock(watched, accepted("2026-09-18 17:30", seq=1), *evening, now="2026-09-18 20:00")
    assert (found.due_on, found.state) == (day("2026-09-20"), State.RUNNING)
    longer = (paused("2026-09-18 18:00", seq=2), resumed("2026-09-21 09:00", pause=2, seq=3))
    found = clock(watched, accepted("2026-09-18 17:30", seq=1), *longer, now="2026-09-21 10:00")
    assert found.due_on == day("2026-09-21")


# --- runs and calendars ----------------------------------------------------------------------------------------------
def test_a_clock_knows_its_run_its_calendar_and_the_office_that_it_leaves_out() -> None:
    closure = Overlay("move", Level.OFFICE, Scope.OFFICE, {day("2026-09-21"): "move"})
    office, plain = working_calendar("CN", overlays=(closure,)), working_calendar("CN")
    start = [accepted("2026-09-18", seq=1)]
    statute, own = rule(4), rule(4, scope=Scope.OFFICE)
    pending = run(statute, office, [], at("2026-09-18"))
    assert (pending.state, pending.calendar, pending.left) == (State.PENDING, office.legal, 4)
    found = run(statute, office, start, at("2026-09-18"))
    assert (found.calendar, found.of_office) == (office.legal, office)
    for watched, calendar in ((own, office), (statute, plain)):
        found = run(watched, calendar, start, at("2026-09-18"))
        assert (found.calendar, found.of_office) == (calendar, None)
    again = [*start, decided("2026-09-21", seq=2), accepted("2026-09-22", seq=3)]
    assert [one.run for one in runs(statute, plain, again, at("2026-09-23"))] == [1, 2]


@pytest.mark.parametrize(
    ("decision", "state", "light", "used", "left"),
    [  # 20, 21, 22, 23 are the four
        ("2026-09-21 10:00", State.MET, Light.GREEN, 2, 2),
        ("2026-09-21", State.MET, Light.GREEN, 2, 2),
        ("2026-09-23 17:30", State.MET, Light.GREEN, 4, 0),
        ("2026-09-24 10:00", State.LATE, Light.RED, 5, -1),
    ],
)
def test_what_was_decided_is_told_as_it_was_then_however_long_ago(
    decision: str, state: State, light: Light, used: int, left: int
) -> None:
    found = clock(rule(4), accepted("2026-09-18 09:30", seq=1), decided(decision), now="2026-10-30 10:00")
    assert (found.state, found.light, found.used, found.left) == (state, light, used, left)


def test_an_immediate_item_done_in_time_has_used_nothing_however_long_ago() -> None:
    start = accepted("2026-09-19 10:00", seq=1)  # a Saturday off: due on Sunday
    found = clock(rule(0), start, decided("2026-09-20 16:00"), now="2026-09-22 10:00")
    assert (found.state, found.used, found.left) == (State.MET, 0, 0)


@pytest.mark.parametrize(
    ("decision", "state"),
    [("2026-09-23", State.MET), ("2026-09-24 00:00", State.MET), ("2026-09-24", State.LATE)],
)
def test_a_closing_at_midnight_is_still_in_time_but_not_a_stop_of_the_day_that_it_begins(
    decision: str, state: State
) -> None:
    """Without hours a day closes at 24:00; what has no time is judged by its date (R9, R13)."""
    told = ordered([accepted("2026-09-18", seq=1), decided(decision)], SHANGHAI)
    whole_days = working_calendar("CN")
    found = run(rule(4, counting=Counting(cutoff=Cutoff.CLOSING)), whole_days, told, at("2026-09-30 10:00"))
    assert (found.due_at, found.state) == (at("2026-09-24 00:00"), state)


def test_at_the_very_closing_at_midnight_nothing_of_the_next_day_is_used() -> None:
    closing, whole_days = rule(4, counting=Counting(cutoff=Cutoff.CLOSING)), working_calendar("CN")
    start = [accepted("2026-09-18", seq=1)]
    found = run(closing, whole_days, start, at("2026-09-24 00:00"))
    assert (found.state, found.used, found.left) == (State.RUNNING, 4, 0)
    found = run(closing, whole_days, start, at("2026-09-24 00:00:01"))
    assert (found.state, found.used, found.left) == (State.LATE, 5, -1)


def test_a_clock_that_was_withdrawn_from_is_green_though_its_deadline_had_passed() -> None:
    start, withdrawn = accepted("2026-09-18 09:30", seq=1), Withdrawn(**when("2026-09-28 10:00"), seq=2)
    assert clock(rule(4), start, now="2026-09-28 09:59").light is Light.RED  # due on the 23rd
    found = clock(rule(4), start, withdrawn, now="2026-09-28 10:00")
    assert (found.state, found.light) == (State.CANCELLED, Light.GREEN)


def test_a_clock_tells_whether_the_time_of_its_start_is_known() -> None:
    assert clock(rule(4), accepted("2026-09-18", seq=1)).started_dated is True
    assert clock(rule(4), accepted("2026-09-18 09:30", seq=1)).started_dated is False


def test_while_paused_it_is_provisional_if_the_date_on_resuming_would_be() -> None:
    """2027 is not announced. From Wed 30 December 2026 one day leads to the 31st, two lead to January."""
    pause = paused("2026-12-30 10:00", seq=2)
    for amount, provisional in ((1, False), (2, True)):
        watched = rule(amount, "expert_review")
        found = clock(watched, accepted("2026-12-30 09:30", seq=1), pause, now="2026-12-30 12:00")
        assert found.state is State.PAUSED
        assert found.provisional is provisional
