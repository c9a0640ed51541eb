"""The moments a policy derives from a deadline: reminders, the day itself, overdue, escalations (M1, M3, M8)."""

from dataclasses import replace
from datetime import datetime

import pytest

from schedules.limits import Counting, Cutoff, Roll, Unit
from sla.clock import Clock, run
from sla.events import CaseEvent, ordered
from sla.milestones import of
from sla.people import Role
from sla.policies import Gravity, Rung
from tests.core.cast import SHANGHAI, accepted, at, case, china, decided, paused, policy, promise, received, rule

LADDER = policy().rule("site_selection", "promise").ladder
STATUTORY = policy().rule("site_selection", "statutory").ladder
IMMEDIATE = policy().rule("planning_condition_notice", "promise").ladder


def moments(clock: Clock) -> dict[str, datetime]:
    return {milestone.name: milestone.at for milestone in of(clock)}


def started(text: str, amount: int, ladder: tuple[Rung, ...] = LADDER, *, now: str = "", **changes: object) -> Clock:
    rule_ = replace(rule(amount), ladder=ladder, **changes)  # type: ignore[arg-type]
    return run(rule_, china(), ordered([accepted(text, seq=1)], SHANGHAI), at(now or text))


def test_the_milestones_of_a_promise_due_on_23_september() -> None:
    # TIME RULES, M1: T-1 is 09-22; overdue at 24:00; +1 on 09-28, as 09-25 to 27 are off; +3 on 09-30.
    assert moments(promise(now="2026-09-18 10:00")) == {
        "T-1": at("2026-09-22 09:00"),
        "due": at("2026-09-23 08:30"),
        "overdue": at("2026-09-24 00:00"),
        "+1": at("2026-09-28 08:30"),
        "+3": at("2026-09-30 08:30"),
    }


def test_the_statute_reminds_five_working_days_ahead() -> None:
    statute = case([received("2026-09-18 09:00"), accepted("2026-09-18 09:30")], "2026-09-18 10:00").clock("statutory")
    # due Thu 5 November; 4, 3, 2 November, Fri 30 and Thu 29 October (hand count)
    assert moments(statute)["T-5"] == at("2026-10-29 09:00")
    assert moments(statute)["T-1"] == at("2026-11-04 09:00")


def test_they_go_from_the_lightest_to_the_gravest() -> None:
    gravities = [list(Gravity).index(milestone.gravity) for milestone in of(promise(now="2026-09-18 10:00"))]
    assert gravities == sorted(gravities)


def test_a_due_date_that_is_a_day_off_is_spoken_of_on_the_last_working_day_before_it() -> None:
    # 8 + 18 calendar days = Sat 26 September, off; 25 to 27 are off, so Thu 24 is the last working day before.
    clock = started("2026-09-08", 18, counting=Counting(roll=Roll.NONE), limit=rule(18, unit=Unit.CALENDAR_DAYS).limit)
    assert moments(clock)["due"] == at("2026-09-24 08:30")
    assert moments(clock)["T-1"] == at("2026-09-24 09:00")
    assert moments(clock)["overdue"] == at("2026-09-27 00:00")
    assert moments(clock)["+1"] == at("2026-09-29 08:30")  # Mon 28 is the first whole day late, said the day after


@pytest.mark.parametrize(
    ("amount", "ladder", "names"),
    [
        (4, STATUTORY, ["T-1", "due", "overdue", "+1", "+3"]),  # 5 days before, on 4: does not exist
        (5, STATUTORY, ["T-1", "due", "overdue", "+1", "+3"]),  # 5 days before is the day of the start
        (6, STATUTORY, ["T-5", "T-1", "due", "overdue", "+1", "+3"]),
        (1, STATUTORY, ["due", "overdue", "+1", "+3"]),
    ],
)
def test_a_milestone_at_or_before_the_start_does_not_exist(
    amount: int, ladder: tuple[Rung, ...], names: list[str]
) -> None:
    assert [milestone.name for milestone in of(started("2026-09-18 08:00", amount, ladder))] == names


def test_a_milestone_that_was_never_born_is_not_born_by_becoming_overdue() -> None:
    clock = started("2026-09-18 08:00", 4, STATUTORY, now="2026-10-30 10:00")
    assert "T-5" not in moments(clock)


def test_an_immediate_item_is_reminded_of_an_hour_before_closing() -> None:
    assert moments(started("2026-09-18 10:00", 0, IMMEDIATE)) == {
        "closing": at("2026-09-18 16:00"),
        "overdue": at("2026-09-19 00:00"),
        "+1": at("2026-09-21 08:30"),  # Sun 20 is the first whole day late
        "+3": at("2026-09-23 08:30"),
    }


def test_an_immediate_item_that_came_in_the_last_hour_has_no_reminder() -> None:
    assert "closing" not in moments(started("2026-09-18 16:30", 0, IMMEDIATE))


def test_an_immediate_item_of_a_day_off_is_reminded_of_on_its_due_day() -> None:
    assert moments(started("2026-09-25 10:00", 0, IMMEDIATE))["closing"] == at("2026-09-28 16:00")


def test_a_reminder_of_hours_reaches_back_over_the_break() -> None:
    rung = Rung("closing", Gravity.REMINDER, (Role.HANDLER,), before_closing=5 * 60)
    assert moments(started("2026-09-18 08:00", 0, (rung,)))["closing"] == at(
        "2026-09-18 11:00"
    )  # 4 h after, 1 h before


def test_overdue_is_raised_at_the_end_of_the_day_also_where_the_cutoff_is_closing() -> None:
    clock = started("2026-09-18", 4, counting=Counting(cutoff=Cutoff.CLOSING))
    assert moments(clock)["overdue"] == at("2026-09-24 00:00")


@pytest.mark.parametrize("event", [paused("2026-09-22 10:00"), decided("2026-09-22 10:00")], ids=["paused", "decided"])
def test_a_clock_that_does_not_run_has_no_milestones(event: CaseEvent) -> None:
    assert of(promise(event, now="2026-09-22 12:00")) == ()


def test_a_pending_clock_has_no_milestones() -> None:
    assert of(case([received("2026-09-18 09:00")], "2026-09-18 10:00").clock("promise")) == ()


def test_an_intake_that_ran_out_by_itself_is_still_told() -> None:
    intake = case([received("2026-09-14 10:00")], "2026-09-21 09:00").clock("intake")
    assert moments(intake) == {"overdue": at("2026-09-21 00:00")}  # intake ended on Sun 20 (R18)
