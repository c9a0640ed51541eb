"""How much of a limit is used up on the way through its pauses, and where the rest of it leads (R5-R8, R10).

Pure. Days are counted between dates: the first of a span is not counted, the last is. Service time is counted between
moments, half-open. What follows is the same for both.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar

from schedules.calendars import WorkingCalendar
from schedules.limits import (
    Counting,
    FirstDay,
    Intake,
    Limit,
    Unit,
    calendar_days,
    counts_since,
    elapsed,
    immediate_due,
    ordinary_end,
    rolled,
)

Place = TypeVar("Place", date, datetime)
Units = TypeVar("Units", int, timedelta)
ONE_DAY, NO_TIME = timedelta(days=1), timedelta(0)
_OWN_UNITS, _SAME = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS), FirstDay.SAME


class Ruler(Protocol[Place, Units]):
    """What a limit is measured with: where it begins, how much it holds, and what lies between two places."""

    zero: Units
    total: Units
    origin: Place
    immediate: bool

    def between(self, start: Place, end: Place) -> Units: ...
    def undisturbed(self) -> Place: ...
    def after(self, resumed: Place, left: Units) -> Place: ...


class Course(NamedTuple, Generic[Place, Units]):
    """Where a limit ran and ends. `due` is what it would be if resumed at the place asked for while `paused`."""

    spans: tuple[tuple[Place, Place], ...]
    due: Place
    paused: bool
    nothing_left: bool


def course(
    ruler: Ruler[Place, Units], stops: Sequence[tuple[Place, Place | None]], here: Place
) -> Course[Place, Units]:
    """The running spans between the stops, and the end the rest of the limit leads to (R10).

    `stops` are (pause, resumption) in order and apart, None while it is open; an open one is resumed `here`.
    """
    if not stops:
        due = ruler.undisturbed()
        spans = ((ruler.origin, due),) if ruler.origin < due else ()
        return Course(spans, due, False, False)
    position, used, paused = ruler.origin, ruler.zero, False
    ran: list[tuple[Place, Place]] = []
    for first, last in stops:
        if first > position:
            used += ruler.between(position, first)
            ran.append((position, first))
            position = first
        if last is None:
            paused, position = True, max(here, position)
            break
        position = max(last, position)
    left = ruler.total - used
    if paused:
        return Course(tuple(ran), ruler.after(position, left), True, left <= ruler.zero)
    due = ruler.after(position, left)
    if ruler.immediate:  # R8 stands until a pause goes past it
        due = max(due, ruler.undisturbed())
    if position < due:
        ran.append((position, due))
    return Course(tuple(ran), due, False, left <= ruler.zero)


def used_at(ruler: Ruler[Place, Units], laid: Course[Place, Units], until: Place, *, overdue: bool) -> Units:
    """What is used up at a place: more than all only once overdue; what ran out in a pause is capped (R10)."""
    used = ruler.zero
    for start, end in laid.spans:
        if start < until:
            used += ruler.between(start, min(end, until))
    if not overdue or laid.nothing_left:
        used = min(used, ruler.total)
    return used + ruler.between(laid.due, until) if overdue else used


class Days:
    """Counts working days, or all days; weeks, months and years are the days they come to (R5, R6).

    The limit counts from `day0`, the day of a start at `started_at`; `dated`: of the start only the day is known.
    """

    zero = 0

    def __init__(
        self,
        calendar: WorkingCalendar,
        limit: Limit,
        counting: Counting,
        day0: date,
        started_at: datetime,
        *,
        dated: bool,
    ) -> None:
        self.calendar, self.limit, self.counting = calendar, limit, counting
        self.day0, self.started_at, self.dated = day0, started_at, dated
        self.immediate = limit.immediate
        self.total = limit.amount
        if limit.unit not in _OWN_UNITS:
            self.total = calendar_days(limit, day0)
        same = counting.first_day is _SAME and limit.amount > 0
        self.origin = day0 - ONE_DAY if same else day0

    def between(self, start: date, end: date) -> int:
        return elapsed(self.calendar, self.limit.unit, start, end)

    def undisturbed(self) -> date:
        calendar, counting = self.calendar, self.counting
        if self.immediate:
            if counting.intake is Intake.NEXT_WORKING_DAY:
                return self.day0  # a working day (R4)
            return immediate_due(calendar, self.started_at, dated=self.dated)
        end = ordinary_end(calendar, self.limit, self.day0, counting.first_day)
        return end if self.limit.counts_working_days else rolled(calendar, end, counting.roll)

    def after(self, resumed: date, left: int) -> date:
        """So many days after the day of resumption, which is free; with nothing left that day, rolled (R10)."""
        left = max(0, left)
        if self.limit.counts_working_days:
            return self.calendar.nth_working_day(resumed, left)
        return rolled(self.calendar, resumed + timedelta(days=left), self.counting.roll)


class Time:
    """Counts service time, from a start at `started_at` that counts as of `day0` (R4, R7)."""

    zero = NO_TIME
    immediate = False

    def __init__(
        self, calendar: WorkingCalendar, limit: Limit, counting: Counting, day0: date, started_at: datetime
    ) -> None:
        assert limit.unit.lasts is not None
        self.calendar, self.counting = calendar, counting
        self.total = limit.amount * limit.unit.lasts
        self.origin = counts_since(calendar, started_at, day0)

    def between(self, start: datetime, end: datetime) -> timedelta:
        return self.calendar.working_time_between(start, end)

    def undisturbed(self) -> datetime:
        return self.calendar.add_working_time(self.origin, self.total, self.counting.boundary)

    def after(self, resumed: datetime, left: timedelta) -> datetime:
        """So much service after the resumption; with nothing left then, or at the next opening (R10)."""
        return self.calendar.add_working_time(resumed, max(NO_TIME, left), self.counting.boundary)
