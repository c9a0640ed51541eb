"""An independent oracle: it walks the calendar day by day with a list of rest days, as a clerk would.

It shares no code with the engine and knows only what the rules say (R2, R4-R6, R8, R10, R21). Slow, and meant to be.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

ONE = timedelta(days=1)
Works = Callable[[date], bool]


@dataclass(frozen=True)
class Request:
    """A limit with pauses as days: the day of the pause is used up, the day of resumption is free."""

    start: date
    amount: int
    unit: str
    pauses: tuple[tuple[date, date], ...] = ()
    roll: str = "following"
    first_day: str = "next"
    intake: str = "as_filed"


@dataclass(frozen=True)
class Answer:
    due: date
    counted: tuple[date, ...]  # the days the limit used up, in order


def works_of(weekend: Iterable[int], closed: Iterable[date], opened: Iterable[date]) -> Works:
    rest, off, on = set(weekend), set(closed), set(opened)
    return lambda day: day in on or (day not in off and day.weekday() not in rest)


def nth_working_day(works: Works, day: date, n: int) -> date:
    if n == 0:
        while not works(day):
            day += ONE
        return day
    step = ONE if n > 0 else -ONE
    while n:
        day += step
        n -= (1 if n > 0 else -1) if works(day) else 0
    return day


def working_days_between(works: Works, a: date, b: date) -> int:
    if b < a:
        return -working_days_between(works, b, a)
    count = 0
    while a < b:
        a += ONE
        count += works(a)
    return count


def due(works: Works, request: Request) -> Answer:
    """Walk from day 0, and ask of each day: is the limit used up, does a pause begin here, does the next day count?"""
    day = request.start
    while request.intake == "next_working_day" and not works(day):
        day += ONE
    need = length_in_days(day, request)
    counted: list[date] = []
    if request.first_day == "same" and need and counts(works, request, day):
        counted.append(day)
    due_day: date | None = None
    while True:
        if due_day is None and len(counted) >= need:
            due_day = rolled(works, request, day)
        resumption = end_of_pause(request, day)
        if resumption > day:
            day = resumption
            due_day = due_day and rolled(works, request, day)  # nothing left: due on resuming
        elif due_day and day >= due_day:
            return Answer(due_day, tuple(counted))
        else:
            day += ONE
            if due_day is None and counts(works, request, day):
                counted.append(day)


def counts(works: Works, request: Request, day: date) -> bool:
    paused = any(first < day <= last for first, last in request.pauses)
    return not paused and (works(day) or request.unit != "working_days")


def end_of_pause(request: Request, day: date) -> date:
    """The day of resumption, if a pause runs at the end of the day: pauses that follow on the same day belong to it."""
    end = day
    for first, last in sorted(request.pauses):
        if first <= end < last:
            end = last
    return end


def rolled(works: Works, request: Request, day: date) -> date:
    while (request.unit == "working_days" or request.roll == "following") and not works(day):
        day += ONE
    return day


def length_in_days(day: date, request: Request) -> int:
    """How many days use the limit up; months and years end on the same-numbered day, or the month's last."""
    if request.unit in ("working_days", "calendar_days"):
        return request.amount
    if request.unit == "weeks":
        return 7 * request.amount
    months = request.amount * (12 if request.unit == "years" else 1)
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    number = day.day
    while not exists(year, month, number):
        number -= 1
    end, length = day, 0
    while end != date(year, month, number):
        end, length = end + ONE, length + 1
    return length


def exists(year: int, month: int, number: int) -> bool:
    try:
        date(year, month, number)
    except ValueError:
        return False
    return True
