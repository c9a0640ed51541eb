"""The moments a policy derives from a deadline: reminders before it, the day itself, overdue, escalations (M1, M3,
M8)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schedules.hours import instant
from sla.clock import Clock, State
from sla.policies import Gravity, Rung


@dataclass(frozen=True, slots=True)
class Milestone:
    """A rung of a clock's ladder with its moment. `at` is when it is raised; `due` the deadline it speaks of: its date,
    or its instant for limits in hours (M6); `deadline` is the instant in any case."""

    clock: str
    rung: Rung
    at: datetime
    due: date | datetime
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
    due, deadline = clock.due_key, clock.due_at
    if due is None or deadline is None or not (clock.is_open or clock.deemed):
        return ()
    rungs = (
        clock.rule.ladder if not clock.deemed else tuple(r for r in clock.rule.ladder if r.gravity is Gravity.OVERDUE)
    )
    built = (Milestone(clock.id, rung, _at(clock, rung), due, deadline) for rung in rungs)
    return tuple(milestone for milestone in built if _is_born(clock, milestone))


def _at(clock: Clock, rung: Rung) -> datetime:
    assert clock.due_on is not None and clock.due_at is not None
    calendar, due = clock.calendar, clock.due_on
    if rung.before_closing is not None:
        before = timedelta(minutes=rung.before_closing)
        if clock.limit.timed:
            return calendar.add_working_time(clock.due_at, -before)
        return calendar.before_closing(due, before)
    if rung.after is not None:
        return calendar.add_working_time(max(clock.due_at, _told_from(clock)), timedelta(minutes=rung.after))
    match rung.gravity:
        case Gravity.OVERDUE:
            lapses = clock.lapses_at if clock.limit.timed else calendar.end_of(due)
            return max(lapses, _told_from(clock))
        case Gravity.REMINDER:
            day = calendar.nth_working_day(due, rung.offset)
        case Gravity.ESCALATION:
            late_on = calendar.date_of(clock.by_calendar) if clock.by_calendar else due
            day = calendar.nth_working_day(late_on, rung.offset + 1)
        case Gravity.DUE:
            day = due if calendar.is_working_day(due) else calendar.nth_working_day(due, -1)
    return instant(day, rung.minutes, calendar.zone)


def _told_from(clock: Clock) -> datetime:
    """Lateness that an amended calendar brought counts from its applying (R16)."""
    assert clock.due_at is not None
    return clock.by_calendar or clock.due_at


def _is_born(clock: Clock, milestone: Milestone) -> bool:
    """A milestone at or before the clock's start does not exist; offsets in days are compared by day (M3)."""
    assert clock.started_at is not None and clock.day0 is not None
    if milestone.gravity is Gravity.REMINDER and milestone.rung.before_closing is None:
        return clock.calendar.date_of(milestone.at) > clock.day0
    return milestone.at > clock.started_at or clock.started_dated


def is_true(clock: Clock, due: date | datetime, gravity: Gravity, now: datetime) -> bool:
    """Whether what an alarm said still holds: same deadline, clock neither stopped nor paused, and overdue if it
    says so."""
    if clock.due_key != due:
        return False
    if gravity in (Gravity.OVERDUE, Gravity.ESCALATION):
        return clock.state is State.LATE and (clock.is_open or clock.deemed)
    return clock.is_open and clock.state is State.RUNNING and clock.due_at is not None and now < clock.due_at
