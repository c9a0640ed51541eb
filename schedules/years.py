"""A calendar's year at a glance: its days, the spells off with their names, the make-up days, and whose word it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from schedules.calendars import CalendarError, Day, Kind, WorkingCalendar

_REMARK = re.compile("[（(].*[)）]")


@dataclass(frozen=True)
class Spell:
    """Consecutive days off around at least one that a layer names, with the names; both ends are off."""

    first: date
    last: date
    names: tuple[str, ...]

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Year:
    """One year, day by day. `sources` are the notices and laws its days come from.

    `provisional_from` is the first day of it that nobody has announced (R15), None where there is none.
    """

    number: int
    days: tuple[Day, ...]
    spells: tuple[Spell, ...]
    makeup: tuple[Day, ...]
    sources: tuple[str, ...]
    provisional_from: date | None

    def month(self, number: int) -> tuple[Day, ...]:
        return tuple(day for day in self.days if day.date.month == number)

    def working_days(self, month: int | None = None) -> int:
        """Of a month, or of the year."""
        return sum(day.works for day in self.days if month in (None, day.date.month))


def year_of(calendar: WorkingCalendar, number: int) -> Year:
    """The year as the calendar has it. Raises CalendarError for one it does not cover."""
    if not calendar.years[0] <= number <= calendar.years[1]:
        raise CalendarError(
            "year",
            "%(number)s is not covered; write one from %(years)s to %(years2)s",
            number=number,
            years=calendar.years[0],
            years2=calendar.years[1],
        )
    first, last = date(number, 1, 1), date(number, 12, 31)
    days = tuple(calendar.day(first + timedelta(days=offset)) for offset in range((last - first).days + 1))
    through = calendar.announced_through
    return Year(
        number=number,
        days=days,
        spells=tuple(_spells(days)),
        makeup=tuple(day for day in days if day.kind in (Kind.MAKEUP, Kind.OFFICE_OPEN)),
        sources=tuple(dict.fromkeys(day.source for day in days if day.source)),
        provisional_from=None if through >= last else max(first, through + timedelta(days=1)),
    )


def _spells(days: tuple[Day, ...]) -> Iterator[Spell]:
    for off, together in groupby(days, key=lambda day: not day.works):
        spell = list(together)
        named = [day.name for day in spell if day.kind in (Kind.HOLIDAY, Kind.OFFICE_CLOSED)]
        if off and named:
            plain = [name for name in named if not _REMARK.search(name)]
            yield Spell(spell[0].date, spell[-1].date, tuple(dict.fromkeys(plain or named)))
