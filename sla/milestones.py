"""The moments a policy derives from a deadline: reminders before it, the day itself, overdue, escalations (M1, M3,
M8)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schedules.hours import instant
from sla.clock import Clock, State
from sla.events import Acknowledged, due_from
from sla.pauses import INSTANT
from sla.policies import Gravity, Hold, Rung


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
    built = (Milestone(clock.id, rung, at, due, deadline) for rung, at in _moments(clock, rungs))
    return tuple(milestone for milestone in built if _is_born(clock, milestone))


def acknowledged(clock: Clock) -> Mapping[str, Acknowledged]:
    """By rung, the acknowledgement that counts (M10): the first of what the clock's present deadline was told by."""
    found: dict[str, Acknowledged] = {}
    for event in clock.acknowledgements:
        if event.milestone and due_from(event.due) == clock.due_key:
            found.setdefault(event.milestone, event)
    return found


def after(clock: Clock, event: Acknowledged) -> Milestone | None:
    """The level after the rung that was acknowledged, with its moment as it is put off; None where there is none."""
    ladder = of(clock)
    place = next((index for index, one in enumerate(ladder) if one.name == event.milestone), len(ladder))
    return next(iter(ladder[place + 1 :]), None)


def holds(clock: Clock, event: Acknowledged) -> bool:
    """Whether it counts for its rung and the policy gives it a time."""
    counts = acknowledged(clock).get(event.milestone) is event
    return counts and any(rung.name == event.milestone and rung.ack_holds for rung in clock.rule.ladder)


def _moments(clock: Clock, rungs: Sequence[Rung]) -> Iterator[tuple[Rung, datetime]]:
    """Each rung with its moment, put off by what was acknowledged before it; never ahead of a lighter one."""
    if not clock.acknowledgements:
        yield from ((rung, _at(clock, rung)) for rung in rungs)
        return
    known, held = acknowledged(clock), list[tuple[Acknowledged, Hold]]()
    before: datetime | None = None
    for rung in rungs:
        at = _at(clock, rung)
        if held:
            at = max(at, *(_held_until(clock, event, hold, rung) for event, hold in held), before or at)
        yield rung, at
        before = at
        if rung.name in known and rung.ack_holds:
            held.append((known[rung.name], rung.ack_holds))


def _held_until(clock: Clock, event: Acknowledged, hold: Hold, rung: Rung) -> datetime:
    """After so many whole working days, the day of the acknowledgement not counted (as M1), or so much service."""
    calendar = clock.calendar
    if hold.service:
        return calendar.add_working_time(event.occurred_at, timedelta(minutes=hold.service))
    return instant(calendar.nth_working_day(event.on(calendar.zone), hold.days + 1), rung.minutes, calendar.zone)


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


def yellow_at(clock: Clock) -> datetime | None:
    """The first moment at which the light of a running clock is yellow; None while it has no due date."""
    if clock.due_on is None or clock.due_at is None:
        return None
    calendar, near = clock.calendar, clock.rule.yellow
    if clock.rule.limit.unit.lasts is not None:
        before = calendar.add_working_time(clock.due_at, -near * clock.rule.limit.unit.lasts - INSTANT)
        return calendar.add_working_time(before, INSTANT)  # what is reached at a closing is, all night, not an opening
    day = clock.due_on if calendar.is_working_day(clock.due_on) else calendar.nth_working_day(clock.due_on, -1)
    return calendar.start_of(calendar.nth_working_day(day, -near))
