"""M3. A milestone at or before the start of its clock does not exist, and is not born later by becoming overdue.

Days of China 2026 beside tests/service/cast.py, counted on a printed calendar.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schedules.limits import Counting, FirstDay, Intake, Unit
from sla.clock import Clock, run
from sla.events import ordered
from sla.milestones import of
from sla.people import Role
from sla.policies import Gravity, Rung
from sla.presets import read
from tests.core.cast import SHANGHAI, accepted, at, case, china, paused, policy, received, resumed, rule
from tests.rules.counter import POLICY
from tests.rules.test_m01_offset import rungs

IMMEDIATE = policy().rule("planning_condition_notice", "promise").ladder


def names(clock: Clock) -> list[str]:
    return [milestone.name for milestone in of(clock)]


def started(
    text: str,
    amount: int,
    ladder: tuple[Rung, ...],
    *,
    unit: Unit = Unit.WORKING_DAYS,
    now: str = "",
    **counting: Any,
) -> Clock:
    made = replace(rule(amount, unit=unit), ladder=ladder, counting=Counting(**counting))
    return run(made, china(), ordered([accepted(text, seq=1)], SHANGHAI), at(now or text))


@pytest.mark.parametrize(
    ("amount", "born"),
    [  # from Mon 14 September: 15, 16, 17, 18, Sun 20, 21
        (1, ["due", "overdue"]),
        (2, ["-1", "due", "overdue"]),
        (3, ["-2", "-1", "due", "overdue"]),
        (5, ["-2", "-1", "due", "overdue"]),
        (6, ["-5", "-2", "-1", "due", "overdue"]),
    ],
)
@pytest.mark.parametrize("begun", ["2026-09-14", "2026-09-14 00:00", "2026-09-14 07:00", "2026-09-14 16:00"])
def test_a_reminder_on_the_day_of_the_start_or_before_it_does_not_exist(
    begun: str, amount: int, born: list[str]
) -> None:
    assert names(started(begun, amount, rungs(-5, -2, -1, 0))) == born


def test_a_start_that_counts_on_a_later_day_has_its_reminders_from_then() -> None:
    # Filed on Friday evening, counts as filed on Sunday 20: two days are 21 and 22; the day before is the 21st.
    ladder = rungs(-2, -1, 0)
    counted = started("2026-09-18 17:30", 2, ladder, intake=Intake.NEXT_WORKING_DAY)
    assert names(counted) == ["-1", "due", "overdue"]
    assert names(started("2026-09-18 17:30", 2, ladder)) == ["-1", "due", "overdue"]  # due 21, the day before is 20
    assert names(started("2026-09-18 17:30", 3, ladder)) == ["-2", "-1", "due", "overdue"]


def test_where_the_first_day_counts_a_limit_of_one_day_reminds_of_nothing_that_has_passed() -> None:
    assert names(started("2026-09-14 10:00", 1, rungs(-1, 0), first_day=FirstDay.SAME)) == ["overdue"]
    assert names(started("2026-09-14 08:00", 1, rungs(-1, 0), first_day=FirstDay.SAME)) == ["due", "overdue"]  # 9:00


@pytest.mark.parametrize("now", ["2026-09-14 16:00", "2026-09-18 10:00", "2026-10-20 10:00"])
def test_what_was_never_born_is_not_born_later(now: str) -> None:
    assert names(started("2026-09-14 16:00", 4, rungs(-5, -1), now=now)) == ["-1", "overdue"]


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("2026-09-18 15:59", True),
        ("2026-09-18 16:00", False),  # at its very moment
        ("2026-09-18 16:59", False),
        ("2026-09-18 17:00", True),  # due on Sunday 20, which works
    ],
)
def test_an_immediate_item_that_comes_in_the_last_hour_has_no_reminder(text: str, born: bool) -> None:
    assert ("closing" in names(started(text, 0, IMMEDIATE))) is born


@pytest.mark.parametrize(
    ("minutes", "born"),
    [(120, ["-1:00", "overdue"]), (121, ["-1:00", "overdue"]), (60, ["overdue"]), (61, ["-1:00", "overdue"])],
)
def test_of_a_limit_in_hours_what_lies_before_its_start_does_not_exist(minutes: int, born: list[str]) -> None:
    ladder = (
        Rung("-2:01", Gravity.REMINDER, (Role.HANDLER,), before_closing=121),
        Rung("-1:00", Gravity.REMINDER, (Role.HANDLER,), before_closing=60),
        Rung("overdue", Gravity.OVERDUE, (Role.HANDLER,)),
    )
    assert names(started("2026-09-18 09:30", minutes, ladder, unit=Unit.WORKING_MINUTES)) == born


def test_a_longer_deadline_gives_birth_to_what_was_not_there() -> None:
    made = replace(rule(4, "expert_review"), ladder=rungs(-5, -1))
    events = [accepted("2026-09-14 10:00", seq=1)]
    assert names(run(made, china(), events, at("2026-09-14 11:00"))) == ["-1", "overdue"]
    # Paused over the 16th to the 21st: 15, 16 used; 22, 23: five before it is the 17th, after the start.
    pause = [paused("2026-09-16 10:00", seq=3), resumed("2026-09-21 10:00", seq=4)]
    assert names(run(made, china(), [*events, *pause], at("2026-09-21 11:00"))) == ["-5", "-1", "overdue"]


def test_escalations_always_come_after_the_start_even_of_what_began_overdue() -> None:
    # Deemed acceptance of 14 September found on the 21st: the promise of four was due on the 18th.
    promise = case([received("2026-09-14 09:30")], "2026-09-21 09:00").clock("promise")
    assert names(promise) == ["T-1", "due", "overdue", "+1", "+3"]
    assert all(m.at > datetime(2026, 9, 14, tzinfo=UTC) + timedelta(days=1) for m in of(promise))


def test_the_counters_own_ladders_are_born_whole() -> None:
    ladder = read(POLICY).rule("counter_check", "promise").ladder
    found = started("2026-09-18 09:00", 3, ladder, unit=Unit.WORKING_HOURS)
    assert names(found) == ["-1h", "overdue", "+2h", "+7h"]
