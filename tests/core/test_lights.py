"""States and lights of a clock, and how late it is (R9, R10; 电子监察)."""

import pytest

from schedules.limits import Counting, Cutoff, Unit
from sla.clock import Light, State, run
from sla.events import Withdrawn, ordered
from tests.core.cast import (
    SHANGHAI,
    accepted,
    at,
    case,
    china,
    day,
    decided,
    paused,
    promise,
    received,
    resumed,
    rule,
    when,
)


@pytest.mark.parametrize(
    ("now", "state", "light", "late_by"),
    [  # due Wed 23 September, yellow one working day before; 25-27 off
        ("2026-09-18 10:00", State.RUNNING, Light.GREEN, None),
        ("2026-09-21 23:59:59", State.RUNNING, Light.GREEN, None),
        ("2026-09-22 00:00", State.RUNNING, Light.YELLOW, None),
        ("2026-09-23 23:59:59", State.RUNNING, Light.YELLOW, None),
        ("2026-09-24 00:00", State.LATE, Light.RED, 1),
        ("2026-09-27 12:00", State.LATE, Light.RED, 1),
        ("2026-09-28 00:00", State.LATE, Light.RED, 2),
    ],
)
def test_a_clock_turns_yellow_before_and_red_after_its_due_day(
    now: str, state: State, light: Light, late_by: int | None
) -> None:
    clock = promise(now=now)
    assert (clock.state, clock.light, clock.late_by) == (state, light, late_by)


def test_a_statute_turns_yellow_five_working_days_before() -> None:
    begun = [received("2026-09-18 09:00"), accepted("2026-09-18 09:30")]  # due Thu 5 November
    lights = {now: case(begun, f"2026-{now} 12:00").clock("statutory").light for now in ("10-28", "10-29")}
    assert lights == {"10-28": Light.GREEN, "10-29": Light.YELLOW}  # 30 October, 2, 3, 4, 5 November are five


def test_a_paused_clock_is_green_and_one_that_was_paused_too_late_stays_red() -> None:
    assert promise(paused("2026-09-23 10:00"), now="2026-10-20 10:00").light is Light.GREEN


@pytest.mark.parametrize(
    ("decision", "state", "late_by"),
    [
        ("2026-09-22 10:00", State.MET, None),
        ("2026-09-23 23:59:59", State.MET, None),
        ("2026-09-23", State.MET, None),  # without a time: judged by date
        ("2026-09-24", State.LATE, 1),
        ("2026-09-25 10:00", State.LATE, 1),  # the holiday adds no working day
        ("2026-09-28 10:00", State.LATE, 2),
    ],
)
def test_a_decision_is_judged_by_its_local_date(decision: str, state: State, late_by: int | None) -> None:
    clock = promise(decided(decision), now="2026-10-10 10:00")
    assert (clock.state, clock.late_by, clock.is_open) == (state, late_by, False)


@pytest.mark.parametrize(
    ("now", "state"),
    [("2026-09-23 17:00", State.RUNNING), ("2026-09-23 17:00:01", State.LATE)],
)
def test_with_a_cutoff_at_closing_the_minute_of_closing_is_in_time(now: str, state: State) -> None:
    clock = run(rule(4, counting=Counting(cutoff=Cutoff.CLOSING)), china(), [accepted("2026-09-18", seq=1)], at(now))
    assert (clock.state, clock.due_at) == (state, at("2026-09-23 17:00"))


def test_a_late_clock_counts_on_and_what_is_left_is_less_than_nothing() -> None:
    clock = promise(now="2026-09-28 10:00")
    assert (clock.used, clock.left) == (6, -2)  # 20, 21, 22, 23, 24, 28


def test_what_ran_out_during_a_pause_is_capped() -> None:
    clock = promise(paused("2026-09-23 10:00"), resumed("2026-09-26 10:00"), now="2026-09-28 10:00")
    assert (clock.due_on, clock.used, clock.left, clock.nothing_left) == (day("2026-09-28"), 4, 0, True)


def test_a_withdrawn_case_is_cancelled_and_has_no_light() -> None:
    clock = promise(Withdrawn(**when("2026-09-22 10:00"), seq=3), now="2026-10-10 10:00")
    assert (clock.state, clock.light, clock.is_open) == (State.CANCELLED, Light.GREEN, False)


def test_a_clock_that_has_not_started_is_pending_with_all_left() -> None:
    clock = case([received("2026-09-18 09:00")], "2026-09-18 10:00").clock("promise")
    assert (clock.state, clock.used, clock.left, clock.due) == (State.PENDING, 0, 4, None)


def test_months_show_used_and_left_in_calendar_days() -> None:
    events = ordered([accepted("2026-09-18", seq=1)], SHANGHAI)
    clock = run(rule(1, unit=Unit.MONTHS), china(), events, at("2026-09-28 12:00"))
    assert (clock.used, clock.left) == (10, 20)  # 18 September to 18 October are 30 days
