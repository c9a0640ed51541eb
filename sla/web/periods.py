"""The period of a report: the days asked for, the usual choices, and what it may be compared with. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sla.words import Words

FIRST_YEAR, LAST_YEAR, MOST_YEARS = 2000, 2099, 10
ONE_DAY = timedelta(days=1)


class PeriodError(ValueError):
    """What was asked makes no report: `field` is what is wrong, `text` says in the reader's language what would be
    right."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field, self.text = field, text


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


def period_of(first: str, last: str, today: date, said: Words) -> Days:
    """The days asked for; without any, this month and the eleven before it. Raises PeriodError."""
    ends = day_of("to", last, said) if last else today
    begins = day_of("from", first, said) if first else months_before(ends.replace(day=1), 11)
    return _checked(Days(begins, ends), ("from", "to"), said)


def other_of(against: str, first: str, last: str, days: Days, said: Words) -> Days | None:
    """The period to compare with: the one before, the year before, or one of its own; None without. Raises
    PeriodError."""
    if against == "before":
        return days.before
    if against == "year":
        return days.year_before
    if against != "own":
        return None
    own = Days(day_of("other_from", first, said), day_of("other_to", last, said))
    return _checked(own, ("other_from", "other_to"), said)


def usual(today: date, said: Words) -> Iterator[tuple[str, Days]]:
    """The periods a manager asks for, by name."""
    month = today.replace(day=1)
    quarter = months_before(month, (today.month - 1) % 3)
    yield said.gettext("This month"), Days(month, today)
    yield said.gettext("Last month"), Days(months_before(month, 1), month - ONE_DAY)
    yield said.gettext("This quarter"), Days(quarter, today)
    yield said.gettext("Last quarter"), Days(months_before(quarter, 3), quarter - ONE_DAY)
    yield said.gettext("This year"), Days(today.replace(month=1, day=1), today)
    yield said.gettext("Last year"), Days(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    yield said.gettext("The last 12 months"), Days(months_before(month, 11), today)


def day_of(field: str, text: str, said: Words) -> date:
    """The day a text names. Raises PeriodError."""
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PeriodError(
            field, said.gettext("“%(text)s” is no date we know. Write it like 2026-09-18.", text=text[:40])
        )
    return day


def months_before(first: date, months: int) -> date:
    """The first of the month so many months before that of a day."""
    year, month = divmod(12 * first.year + first.month - 1 - months, 12)
    return date(year, month + 1, 1)


def month_end(day: date) -> date:
    return months_before(day, -1) - ONE_DAY


def _checked(days: Days, fields: tuple[str, str], said: Words) -> Days:
    if days.first > days.last:
        raise PeriodError(fields[0], said.gettext("The first day lies after the last. Exchange them."))
    if days.last.year - days.first.year > MOST_YEARS:
        text = said.gettext("The period is too long. Ask for %(n)s years at most.", n=MOST_YEARS)
        raise PeriodError(fields[0], text)
    return days


def _year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)
