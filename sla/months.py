"""Periods of days and months: those of a report, and those they are compared with. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """From the first to the last day, both included."""

    first: date
    last: date

    @property
    def whole_months(self) -> int:
        """How many months it is, if it is nothing but whole ones."""
        whole = self.first.day == 1 and (self.last + ONE_DAY).day == 1
        return 12 * (self.last.year - self.first.year) + self.last.month - self.first.month + 1 if whole else 0

    @property
    def before(self) -> "Days":
        """The period of the same length just before it; of whole months as many months."""
        last = self.first - ONE_DAY
        if self.whole_months:
            return Days(months_before(self.first, self.whole_months), last)
        return Days(last - (self.last - self.first), last)

    @property
    def year_before(self) -> "Days":
        """The same days a year before; a month's end stays one."""
        last = _year_before(self.last)
        return Days(_year_before(self.first), month_end(last) if (self.last + ONE_DAY).day == 1 else last)


def months_before(first: date, months: int) -> date:
    """The first of the month so many months before that of a day."""
    year, month = divmod(12 * first.year + first.month - 1 - months, 12)
    return date(year, month + 1, 1)


def month_end(day: date) -> date:
    return months_before(day, -1) - ONE_DAY


def _year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)
