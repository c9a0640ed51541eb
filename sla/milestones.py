"""The moments a policy derives from a deadline: reminders before it, the day itself, overdue, escalations (M1, M3,
M8)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schedules.hours import instant
from sla.clock import Clock, State
from sla.policies import Gravity, Rung


@dataclass(frozen=True, slots=True)
class Milestone:
    """A rung of a clock's ladder with its moment. `at` is when it is raised; `due` the deadline it speaks of (M6)."""

    clock: str
    rung: Rung
    at: datetime
    due: date
    deadline: datetime

    @property
    def name(self) -> str:
        return self.rung.name

    @property
    def gravity(self) -> Gravity:
        return self.rung.gravity


def of(clock: Clock) -> tuple[Milestone, ...]:
    """The milestones of a clock from the lightest to the gravest; none while it is pending, paused or stopped.

    A clock that ended breached by itself keeps its overdue milestone, so that it is told (R18).
    """
    if clock.due_on is None or clock.due_at is None or not (clock.is_open or clock.deemed):
        return ()
    rungs = (
        clock.rule.ladder if not clock.deemed else tuple(r for r in clock.rule.ladder if r.gravity is Gravity.OVERDUE)
    )
    built = (Milestone(clock.id, rung, _at(clock, rung), clock.due_on, clock.due_at) for rung in rungs)
    return tuple(milestone for milestone in built if _is_born(clock, milestone))


def _at(clock: Clock, rung: Rung) -> datetime:
    assert clock.due_on is not None and clock.due_at is not None
    calendar, due = clock.calendar, clock.due_on
    if rung.before_closing is not None:
        return calendar.before_closing(due, timedelta(minutes=rung.before_closing))
    match rung.gravity:
        case Gravity.OVERDUE:
            return max(clock.due_at, calendar.end_of(due))
        case Gravity.REMINDER:
            day = calendar.nth_working_day(due, rung.offset)
        case Gravity.ESCALATION:
            day = calendar.nth_working_day(due, rung.offset + 1)
        case Gravity.DUE:
            day = due if calendar.is_working_day(due) else calendar.nth_working_day(due, -1)
    return instant(day, rung.minutes, calendar.zone)


def _is_born(clock: Clock, milestone: Milestone) -> bool:
    """A milestone at or before the clock's start does not exist; offsets in days are compared by day (M3)."""
    assert clock.started_at is not None and clock.day0 is not None
    if milestone.gravity is Gravity.REMINDER and milestone.rung.before_closing is None:
        return clock.calendar.date_of(milestone.at) > clock.day0
    return milestone.at > clock.started_at or clock.started_dated


def is_true(clock: Clock, due: date, gravity: Gravity, now: datetime) -> bool:
    """Whether what an alarm said still holds: same deadline, clock neither stopped nor paused, and overdue if it
    says so."""
    if clock.due_on != due:
        return False
    if gravity in (Gravity.OVERDUE, Gravity.ESCALATION):
        return clock.state is State.LATE and (clock.is_open or clock.deemed)
    return clock.is_open and clock.state is State.RUNNING and now < milestone_deadline(clock)


def milestone_deadline(clock: Clock) -> datetime:
    assert clock.due_at is not None
    return clock.due_at
