"""The period of a report: the days asked for, the usual choices, and what it may be compared with. Pure."""

import re
from collections.abc import Iterator
from datetime import date

from sla.months import ONE_DAY, Days, months_before
from sla.words import Words

FIRST_YEAR, LAST_YEAR, MOST_YEARS = 2000, 2099, 10


class PeriodError(ValueError):
    """What was asked makes no report: `field` is what is wrong, `text` says in the reader's language what would be
    right."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field, self.text = field, text


def period_of(first: str, last: str, today: date, said: Words) -> Days:
    """The days asked for; without any, this month and the eleven before it. Raises PeriodError."""
    ends = day_of("to", last, said) if last else today
    begins = day_of("from", first, said) if first else months_before(ends.replace(day=1), 11)
    return _checked(Days(begins, ends), ("from", "to"), said)


def other_of(against: str, first: str, last: str, days: Days, said: Words) -> Days | None:
    """The period to compare with: the one before, the year before, or one of its own; None without. Raises
    PeriodError."""
    if against in ("before", "year"):
        other = days.before if against == "before" else days.year_before
        if other.first.year < FIRST_YEAR:
            raise PeriodError(
                "against", said.gettext("Before %(year)s there is nothing to compare with.", year=FIRST_YEAR)
            )
        return other
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


def _checked(days: Days, fields: tuple[str, str], said: Words) -> Days:
    if days.first > days.last:
        raise PeriodError(fields[0], said.gettext("The first day lies after the last. Exchange them."))
    if days.last.year - days.first.year > MOST_YEARS:
        text = said.gettext("The period is too long. Ask for %(n)s years at most.", n=MOST_YEARS)
        raise PeriodError(fields[0], text)
    return days
