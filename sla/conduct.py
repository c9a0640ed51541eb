"""How an office conducted itself, beside its rates: days without anything overdue, extensions, late entries. Pure.

Days are working days of the office's calendar.

days without overdue = working days on which no case was past its due date ÷ working days of the period up to now
extended             = clocks that were given more time ÷ clocks completed under a limit in working days
late entries         = entries made more than one working day after what they tell of (R13) ÷ all entries
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from schedules.calendars import WorkingCalendar
from sla.history import entered_late
from sla.reports import Rate

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FreeDays:
    """The working days of a period without anything overdue; `running`: how many of them in a row at its end."""

    free: int = 0
    n: int = 0
    running: int = 0

    @property
    def rate(self) -> Rate:
        return Rate(self.free, self.n)


def free_days(
    calendar: WorkingCalendar, first: date, last: date, missed: Iterable[tuple[date, date | None]]
) -> FreeDays:
    """From the first to the last day, both included. `missed`: when each overdue clock was due and stopped, None while
    it is open."""
    taken = {day for due, stopped in set(missed) for day in _overdue_days(due, stopped, first, last)}
    worked = [day for day in _days(first, last) if calendar.is_working_day(day)]
    running = next((n for n, day in enumerate(reversed(worked)) if day in taken), len(worked))
    return FreeDays(sum(day not in taken for day in worked), len(worked), running)


def _overdue_days(due: date, stopped: date | None, first: date, last: date) -> Iterator[date]:
    """From the day after the due date to the stop; the due date itself where a limit in hours was missed on it."""
    begins = due if stopped == due else due + ONE_DAY
    return _days(max(begins, first), min(stopped or last, last))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


@dataclass(frozen=True, slots=True)
class Extending:
    """How many of `n` measured clocks were given more time, and how many working days that was."""

    extended: int = 0
    days: int = 0
    n: int = 0

    @property
    def rate(self) -> Rate:
        return Rate(self.extended, self.n)


@dataclass(frozen=True, slots=True)
class Entries:
    """How many entries there are, and of each kind how many were made late."""

    n: int = 0
    late: Mapping[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> Rate:
        return Rate(sum(self.late.values()), self.n)


def entries(calendar: WorkingCalendar, made: Iterable[tuple[str, date, date]]) -> Entries:
    """Of entries of a kind, the day of what they tell of, and the day they were made."""
    counts = Counter(made)
    late: Counter[str] = Counter()
    for (kind, happened, recorded), n in counts.items():
        if entered_late(calendar, happened, recorded):
            late[kind] += n
    return Entries(counts.total(), dict(sorted(late.items())))


def added(n: int, late: Iterable[tuple[str, int]]) -> Entries:
    """Of so many entries, and of kinds and how many of them were late, a kind as often as it comes."""
    sums: Counter[str] = Counter()
    for kind, count in late:
        sums[kind] += count
    return Entries(n, dict(sorted((+sums).items())))


@dataclass(frozen=True, slots=True)
class Conduct:
    """All three of one period."""

    free: FreeDays
    extending: Extending
    entries: Entries
