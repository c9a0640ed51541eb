"""What to raise at a moment: in time, late, after downtime, while paused (M2, M4, M5, M6, M7, M9)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from schedules.recurrence import Window
from sla.alarms import Alarm, AlarmState, Plan, gravest_true, plan
from sla.clock import Clock
from sla.events import CaseEvent, Verdict, Voided
from sla.milestones import of
from sla.people import Role
from sla.policies import Gravity
from tests.core.cast import (
    HANDLER,
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
    when,
)  # fmt: skip

DUE = "2026-09-23"  # of the promise in tests/core/cast.py; T-1 09-22 09:00, +1 09-28 08:30, +3 09-30 08:30


def swept(stored: Sequence[Alarm], clocks: Iterable[Clock], now: str) -> tuple[Plan, tuple[Alarm, ...]]:
    """The plan of one sweep, and what is stored after it; those told are the handler, for each alarm raised."""
    made = plan([m for clock in clocks for m in of(clock)], stored, at(now), lambda t: Window().next_open(china(), t))
    changed = {alarm.key: replace(alarm, told=(HANDLER,)) if alarm in made.raise_ else alarm for alarm in made.changed}
    return made, tuple({**{alarm.key: alarm for alarm in stored}, **changed}.values())


def sweep(stored: Sequence[Alarm], now: str, *events: CaseEvent) -> tuple[Plan, tuple[Alarm, ...]]:
    return swept(stored, [promise(*events, now=now)], now)


def raised(made: Plan) -> list[str]:
    return [alarm.key.milestone for alarm in made.raise_]


def states(stored: Iterable[Alarm], due: str = DUE) -> dict[str, AlarmState]:
    return {alarm.key.milestone: alarm.state for alarm in stored if alarm.key.due == day(due)}


def begun() -> tuple[Alarm, ...]:
    """What is stored once the case was accepted: everything is planned, nothing raised."""
    made, stored = sweep((), "2026-09-18 10:00")
    assert raised(made) == []
    assert made.next_at == at("2026-09-22 09:00")
    return stored


def test_each_alarm_is_raised_once_at_its_time_and_the_digest_settles_the_due_day() -> None:
    stored, told = begun(), []
    for now in ("09-22 08:59", "09-22 09:00", "09-22 09:01", "09-23 08:30", "09-23 17:00", "09-24 08:30", "09-28 08:30",
                "09-29 08:30", "09-30 08:30", "10-08 08:30"):  # fmt: skip
        made, stored = sweep(stored, f"2026-{now}")
        told += [(now, name) for name in raised(made)]
    assert told == [("09-22 09:00", "T-1"), ("09-24 08:30", "overdue"), ("09-28 08:30", "+1"), ("09-30 08:30", "+3")]
    assert states(stored)["due"] is AlarmState.DIGEST  # M9: the morning digest says it


def test_a_sweep_that_finds_nothing_new_changes_nothing() -> None:
    made, _ = sweep(begun(), "2026-09-18 10:01")
    assert (made.changed, made.raise_, made.next_at) == ((), (), at("2026-09-22 09:00"))


def test_after_downtime_the_gravest_is_raised_alone_to_everybody_a_passed_level_names() -> None:
    made, stored = sweep(begun(), "2026-10-08 09:00")  # nothing ran since 18 September
    (alarm,) = made.raise_
    assert alarm.key.milestone == "+3"
    assert alarm.roles == (Role.HANDLER, Role.CHIEF, Role.HEAD, Role.SUPERVISION)
    assert states(stored) == {
        "T-1": AlarmState.SUPERSEDED,
        "due": AlarmState.SUPERSEDED,
        "overdue": AlarmState.SUPERSEDED,
        "+1": AlarmState.SUPERSEDED,
        "+3": AlarmState.RAISED,
    }
    assert made.next_at is None


def test_levels_that_were_told_already_are_not_told_again() -> None:
    _, stored = sweep(begun(), "2026-09-24 08:30")  # overdue, to handler and chief
    made, _ = sweep(stored, "2026-10-08 09:00")
    (alarm,) = made.raise_
    assert (alarm.key.milestone, alarm.roles) == ("+3", (Role.HEAD, Role.SUPERVISION))


def test_nothing_lighter_is_raised_after_what_was_said() -> None:
    _, stored = sweep(begun(), "2026-09-23 08:30")
    due = [alarm for alarm in stored if alarm.key.milestone == "due"]  # as if the ladder had had no other rung then
    made, after = sweep(due, "2026-09-23 10:00")
    assert raised(made) == []
    assert states(after)["T-1"] is AlarmState.SUPERSEDED


def test_supersession_is_per_clock() -> None:
    history = case([received("2026-09-18 09:00"), accepted("2026-09-18 09:30")], "2026-11-20 09:00")
    clocks = [history.clock("promise"), history.clock("statutory")]
    made, _ = swept((), clocks, "2026-11-20 09:00")
    assert [(alarm.key.clock, alarm.key.milestone) for alarm in made.raise_] == [("promise", "+3"), ("statutory", "+3")]


def test_a_reminder_that_could_only_go_at_or_after_the_deadline_is_dropped() -> None:
    made, stored = sweep(begun(), "2026-09-23 18:00")  # the window opens again on 09-24 08:30, after the deadline
    assert raised(made) == []
    assert states(stored)["due"] is AlarmState.DROPPED
    made, stored = sweep(stored, "2026-09-24 08:30")
    assert raised(made) == ["overdue"]


def test_what_is_born_late_is_raised_at_once_if_it_is_the_last_reminder() -> None:
    late = [received("2026-09-18 09:00"), accepted("2026-09-18 09:30", recorded="2026-09-22 14:00")]
    clock = case(late, "2026-09-22 14:00").clock("promise")
    made, stored = swept((), [clock], "2026-09-22 14:00")
    assert raised(made) == ["T-1"]
    made, _ = swept(stored, [clock], "2026-09-22 14:01")
    assert raised(made) == []


def test_what_is_born_late_and_lighter_than_the_last_reminder_is_not_raised() -> None:
    # The statute's T-5 was on 29 October; the case is keyed in on 30 October. T-1 is still to come (4 November).
    late = [received("2026-09-18 09:00"), accepted("2026-09-18 09:30", recorded="2026-10-30 10:00", admitted_by="head")]
    statute = case(late, "2026-10-30 10:00").clock("statutory")
    made, stored = swept((), [statute], "2026-10-30 10:00")
    assert raised(made) == []
    assert states(stored, "2026-11-05")["T-5"] is AlarmState.SUPERSEDED
    assert made.next_at == at("2026-11-04 09:00")


def test_what_is_born_late_on_the_due_day_is_raised_although_a_digest_would_say_it() -> None:
    late = [received("2026-09-18 09:00"), accepted("2026-09-18 09:30", recorded="2026-09-23 10:00")]
    made, _ = swept((), [case(late, "2026-09-23 10:00").clock("promise")], "2026-09-23 10:00")
    assert raised(made) == ["due"]  # this morning's digest has gone


def test_a_pause_cancels_what_was_planned_and_resuming_plans_the_new_date() -> None:
    pause = paused("2026-09-21 10:00")
    made, stored = sweep(begun(), "2026-09-21 10:00", pause)
    assert set(states(stored).values()) == {AlarmState.CANCELLED}
    assert made.next_at is None
    made, stored = sweep(stored, "2026-09-23 10:00", pause, resumed("2026-09-23 10:00"))
    # 20, 21 used; resumed 23; 24, 28: due 09-28, T-1 on Thu 24 (hand count)
    assert made.next_at == at("2026-09-24 09:00")
    assert states(stored, "2026-09-28")["T-1"] is AlarmState.PENDING


def test_a_pause_that_swallowed_the_last_reminder_warns_on_resuming() -> None:
    pause = paused("2026-09-22 08:00")
    _, stored = sweep(begun(), "2026-09-22 08:00", pause)
    made, _ = sweep(stored, "2026-09-22 16:00", pause, resumed("2026-09-22 16:00"))
    assert raised(made) == ["T-1"]  # due 09-23 still: paused and resumed on one day


def test_a_pause_drops_no_alarm_of_an_overdue_clock() -> None:
    _, stored = sweep(begun(), "2026-09-24 08:30")
    pause = paused("2026-09-24 10:00", verdicts={"promise": Verdict.TOO_LATE})
    made, stored = sweep(stored, "2026-09-24 10:00", pause)
    assert made.changed == ()
    made, _ = sweep(stored, "2026-09-28 08:30", pause)
    assert raised(made) == ["+1"]


def test_a_decision_cancels_what_was_planned() -> None:
    made, stored = sweep(begun(), "2026-09-21 10:00", decided("2026-09-21 10:00"))
    assert set(states(stored).values()) == {AlarmState.CANCELLED}
    assert (made.raise_, made.next_at) == ((), None)


def test_a_deadline_that_moved_warns_again_and_the_same_deadline_never_twice() -> None:
    _, stored = sweep(begun(), "2026-09-22 09:00")  # T-1 of 09-23 was raised
    pause = paused("2026-09-22 10:00")
    _, stored = sweep(stored, "2026-09-22 10:00", pause)
    made, stored = sweep(stored, "2026-09-24 10:00", pause, resumed("2026-09-24 10:00"))
    # one left, resumed 24: due Mon 28, T-1 on 24 at 09:00, passed an hour ago: born late, and the last reminder
    assert [(alarm.key.milestone, alarm.key.due) for alarm in made.raise_] == [("T-1", day("2026-09-28"))]
    voids = [Voided(**when("2026-09-22 16:00"), seq=seq, event=seq - 7, reason="wrong case") for seq in (10, 11)]
    made, _ = sweep(stored, "2026-09-22 16:00", pause, resumed("2026-09-24 10:00"), *voids)
    assert raised(made) == []  # back on 09-23: T-1 of that date was said


def test_an_alarm_names_the_deadline_it_speaks_of() -> None:
    assert {alarm.key.due for alarm in begun()} == {day(DUE)}
    assert {alarm.key.episode for alarm in begun()} == {0}


def test_a_new_handler_hears_the_gravest_alarm_that_is_still_true() -> None:
    _, stored = sweep(begun(), "2026-09-22 09:00")
    _, stored = sweep(stored, "2026-09-24 08:30")
    clock = promise(now="2026-09-24 09:00")
    found = gravest_true(stored, clock)
    assert found is not None
    assert (found.key.milestone, found.gravity) == ("overdue", Gravity.OVERDUE)
    assert gravest_true(begun(), clock) is None  # nothing was said yet
    moved = promise(paused("2026-09-22 10:00"), resumed("2026-09-24 08:00"), now="2026-09-24 09:00")
    assert gravest_true(stored, moved) is None  # another deadline: nothing that was said is true
