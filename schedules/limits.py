"""A limit, how it is counted, and when it ends (R2, R4-R9). Pure arithmetic on one calendar.

Limits in days end on a date; limits in working hours and minutes end at a moment, in UTC. Day 0 is the day of the
starting event and is not counted (民法典 201); `first_day = "same"` counts it as day 1.
"""

import calendar as gregorian
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from schedules.calendars import WorkingCalendar
from schedules.faults import FieldError
from schedules.timetable import Boundary

MOST = {
    "working_days": 10_000,
    "calendar_days": 36_500,
    "weeks": 5_200,
    "months": 1_200,
    "years": 100,
    "working_hours": 80_000,
    "working_minutes": 4_800_000,
}


class LimitError(FieldError):
    """A limit or a setting that cannot be: names the field, says what would be right."""


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    WORKING_HOURS = "working_hours"
    WORKING_MINUTES = "working_minutes"

    @property
    def lasts(self) -> timedelta | None:
        """How much service one of it is, None for units of days."""
        return _LASTS.get(self)


_INSTANT = timedelta(microseconds=1)
_LASTS = {Unit.WORKING_HOURS: timedelta(hours=1), Unit.WORKING_MINUTES: timedelta(minutes=1)}


class FirstDay(StrEnum):
    """R2: whether counting begins the day after the start (`next`) or on it (`same`)."""

    NEXT = "next"
    SAME = "same"


class Intake(StrEnum):
    """R4: whether what is filed outside service counts as filed (`as_filed`) or on the next working day."""

    AS_FILED = "as_filed"
    NEXT_WORKING_DAY = "next_working_day"


class Roll(StrEnum):
    """R6: whether a last day off moves to the next working day (民法典 203)."""

    FOLLOWING = "following"
    NONE = "none"


class Cutoff(StrEnum):
    """R9: until when the due day is in time: its 24:00, or its last closing."""

    END_OF_DAY = "end_of_day"
    CLOSING = "closing"


# Bound once: to look a member up takes as long as to count with it.
_WORKING_DAYS, _AS_FILED, _SAME = Unit.WORKING_DAYS, Intake.AS_FILED, FirstDay.SAME
_FOLLOWING, _CLOSING = Roll.FOLLOWING, Cutoff.CLOSING
TIMED = (Unit.WORKING_HOURS, Unit.WORKING_MINUTES)


@dataclass(frozen=True, slots=True)
class Limit:
    """A whole amount of one unit; 0 working days is an immediate item (R8). Raises LimitError."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise LimitError("limit.amount", "must be a whole number, not %(amount)r", amount=self.amount)
        if not 0 <= self.amount <= MOST[self.unit]:
            raise LimitError(
                "limit.amount",
                "%(amount)s %(unit)s is not between 0 and %(most)s",
                amount=self.amount,
                unit=self.unit,
                most=MOST[self.unit],
            )

    def __add__(self, other: "Limit") -> "Limit":
        """Extended by another limit of the same unit (R6, R11)."""
        if other.unit is not self.unit:
            raise LimitError(
                "extension.unit",
                "must be the limit's own unit, %(unit)s, not %(unit2)s",
                unit=self.unit,
                unit2=other.unit,
            )
        return replace(self, amount=self.amount + other.amount)

    @property
    def immediate(self) -> bool:
        return self.amount == 0 and self.unit is _WORKING_DAYS

    @property
    def counts_working_days(self) -> bool:
        return self.unit is _WORKING_DAYS

    @property
    def timed(self) -> bool:
        """Whether it counts service time and ends at a moment (R7)."""
        return self.unit in TIMED


@dataclass(frozen=True, slots=True)
class Counting:
    """The settings by which a limit is counted; what R12 compares between a promise and its statute."""

    first_day: FirstDay = FirstDay.NEXT
    intake: Intake = Intake.AS_FILED
    roll: Roll = Roll.FOLLOWING
    cutoff: Cutoff = Cutoff.END_OF_DAY
    boundary: Boundary = Boundary.CLOSING


def counts_from(calendar: WorkingCalendar, at: datetime, *, dated: bool, intake: Intake) -> date:
    """The day a starting event counts as happened on (R4). `dated`: only its day is known, so it lies within
    service."""
    return calendar.date_of(at) if intake is _AS_FILED else immediate_due(calendar, at, dated=dated)


def counts_since(calendar: WorkingCalendar, at: datetime, day0: date) -> datetime:
    """The moment (UTC) service time counts from: the event's own, or the first of the day it counts on (R4, R7)."""
    return at if calendar.date_of(at) == day0 else calendar.start_of(day0)


def elapsed(calendar: WorkingCalendar, unit: Unit, start: date, end: date) -> int:
    """Units used up by a running span: the days d with start < d <= end, working days or all of them (R10)."""
    if unit is _WORKING_DAYS:
        return calendar.working_days_between(start, end)
    return (end - start).days


def ordinary_end(calendar: WorkingCalendar, limit: Limit, start: date, first_day: FirstDay) -> date:
    """The last day of a limit that runs through from `start`, before any roll (R5, R6)."""
    back = timedelta(days=1 if first_day is _SAME and limit.amount else 0)
    if limit.unit is _WORKING_DAYS:
        return calendar.nth_working_day(start - back, limit.amount)
    return start + timedelta(days=calendar_days(limit, start)) - back


def calendar_days(limit: Limit, start: date) -> int:
    """How many days a limit in days, weeks, months or years takes from `start`, which is not counted (R6). Raises
    LimitError."""
    match limit.unit:
        case Unit.CALENDAR_DAYS:
            return limit.amount
        case Unit.WEEKS:
            return 7 * limit.amount
        case Unit.MONTHS:
            return (months_later(start, limit.amount) - start).days
        case Unit.YEARS:
            return (months_later(start, 12 * limit.amount) - start).days
    raise LimitError("limit.unit", "%(unit)s are not counted in calendar days", unit=limit.unit)


def date_ending(calendar: WorkingCalendar, at: datetime) -> date:
    """The civil day a moment in service belongs to; a closing at 24:00 to the day that it closes (R1, R7)."""
    day = calendar.date_of(at)
    if at != calendar.start_of(day):
        return day
    closes = calendar.working_time_between(at - _INSTANT, at) and not calendar.working_time_between(at, at + _INSTANT)
    return day - timedelta(days=1) if closes else day


def amount_of(duration: timedelta, unit: Unit) -> int | float:
    """A duration in working hours or minutes; whole where it is whole."""
    assert unit.lasts is not None
    whole, rest = divmod(duration, unit.lasts)
    return duration / unit.lasts if rest else whole


def rolled(calendar: WorkingCalendar, day: date, roll: Roll) -> date:
    """The day itself or, where a last day off moves on, the next working day (R6)."""
    return calendar.nth_working_day(day, 0) if roll is _FOLLOWING else day


def immediate_due(calendar: WorkingCalendar, at: datetime, *, dated: bool) -> date:
    """Today if it is a working day whose last closing has not passed, otherwise the next working day (R8)."""
    day = calendar.date_of(at)
    served = calendar.is_working_day(day) and (dated or at < calendar.closing_of(day))
    return day if served else calendar.nth_working_day(day, 1)


def months_later(day: date, months: int) -> date:
    """The same-numbered day so many months on, or that month's last (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


def moment_due(calendar: WorkingCalendar, due: date, cutoff: Cutoff) -> datetime:
    """The instant (UTC) the deadline ends: 24:00 of the due date, or its last closing (R9)."""
    return calendar.closing_of(due) if cutoff is _CLOSING else calendar.end_of(due)


def in_time(calendar: WorkingCalendar, at: datetime, due: date, cutoff: Cutoff, *, dated: bool) -> bool:
    """Whether something done at `at` met the deadline: by local date, or up to and including closing (R9, R13)."""
    if cutoff is _CLOSING and not dated:
        return at <= calendar.closing_of(due)
    return calendar.date_of(at) <= due
