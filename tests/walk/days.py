"""Limits in days, weeks, months and years: a walk from day 0 that asks whether a day counts (R2, R5, R6, R8, R10).

Pauses are days here: the day of the pause is used up, the day of resumption is free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tests.walk.calendars import Calendar
from tests.walk.moments import ONE, Moment

Days = tuple[date, date | None]  # of the pause and of the resumption; None: not resumed


@dataclass(frozen=True)
class Limit:
    amount: int
    unit: str
    first_day: str
    roll: str


@dataclass(frozen=True)
class Walk:
    """Where a walk ended; an open pause has no due day."""

    need: int
    counted: tuple[date, ...]  # the days the limit used up, in order
    due: date | None = None
    used_up: date | None = None  # later days count as past the limit, once it is overdue


@lru_cache(maxsize=16)  # of one request: each of its figures asks for the same walk
def walk(calendar: Calendar, limit: Limit, start: Moment, pauses: tuple[Days, ...]) -> Walk:
    """From day 0 on ask of each day: is the limit used up, does a pause begin here, does the next day count?"""
    day = start.day
    need = length_in_days(day, limit)
    counted = [day] if limit.first_day == "same" and need and counts(calendar, limit, pauses, day) else []
    due: date | None = None
    used_up = day
    while True:
        if due is None and len(counted) >= need:
            due, used_up = (rolled if need else immediate)(calendar, limit, Moment(day, start.at)), day
        resumption = resumption_of(pauses, day)
        if resumption is None:
            return Walk(need, tuple(counted))
        if resumption > day:
            day = resumption
            if due:  # nothing is left: due on resuming, and the days until then are not counted
                due = used_up = rolled(calendar, limit, Moment(day))
        elif due and day >= due:
            return Walk(need, tuple(counted), due, used_up)
        else:
            day += ONE
            if due is None and counts(calendar, limit, pauses, day):
                counted.append(day)


def past_the_limit(calendar: Calendar, limit: Limit, walked: Walk, until: date) -> int:
    """How many days count after the limit was used up."""
    day, past = walked.used_up or until, 0
    while day < until:
        day += ONE
        past += counts(calendar, limit, (), day)
    return past


def counts(calendar: Calendar, limit: Limit, pauses: Sequence[Days], day: date) -> bool:
    if any(first < day and (last is None or day <= last) for first, last in pauses):
        return False
    return limit.unit != "working_days" or calendar.works(day)


def resumption_of(pauses: Sequence[Days], day: date) -> date | None:
    """The day it runs again if it is paused at the end of a day, through pauses that follow on; else the day itself."""
    for first, last in sorted(pauses, key=lambda days: days[0]):
        if last is None and first <= day:
            return None
        if last is not None and first <= day < last:
            day = last
    return day


def rolled(calendar: Calendar, limit: Limit, end: Moment) -> date:
    moves = limit.unit == "working_days" or limit.roll == "following"
    return calendar.next_working_day(end.day) if moves else end.day


def immediate(calendar: Calendar, limit: Limit, start: Moment) -> date:
    """Nothing to count: in working days today if it works and its last closing has not passed (R8)."""
    closing = calendar.last_closing(start.day)
    passed = start.at is not None and closing is not None and start.at >= closing
    if limit.unit == "working_days" and passed:
        return calendar.next_working_day(start.day + ONE)
    return rolled(calendar, limit, start)


def length_in_days(day: date, limit: Limit) -> int:
    """How many days use the limit up; months and years end on the same-numbered day, or the month's last."""
    if limit.unit in ("working_days", "calendar_days"):
        return limit.amount
    if limit.unit == "weeks":
        return 7 * limit.amount
    year, month, number = day.year, day.month, day.day
    for _ in range(limit.amount * (12 if limit.unit == "years" else 1)):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    while not _exists(year, month, number):
        number -= 1
    return (date(year, month, number) - day).days


def _exists(year: int, month: int, number: int) -> bool:
    try:
        date(year, month, number)
    except ValueError:
        return False
    return True
