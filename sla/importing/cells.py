"""A cell as what it means: a text, or when something happened. Errors say what would be right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.faults import FieldError, Phrase
from schedules.hours import moment
from sla.importing.rows import Cell

FIRST_YEAR, LAST_YEAR = 1901, 2187
BROKEN = re.compile(r"#(REF|N/A|VALUE|NAME|DIV/0|NULL|NUM|SPILL|CALC)[!?]?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?:(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"|(?P<month2>\d{2})(?P<day2>\d{2})|\s*年\s*(?P<month3>\d{1,2})\s*月\s*(?P<day3>\d{1,2})\s*日)"
    r"(?:(?:[T\s]+|(?<=日))(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
TWO_DIGITS = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,2}(\D.*)?", re.ASCII)


class CellError(FieldError):
    """What is wrong with one cell, and what would be right."""

    def __init__(self, what: str | Phrase, /, **values: object) -> None:
        super().__init__("", what, **values)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened (UTC): a moment, or only a day (`dated`), then its first moment."""

    at: datetime
    dated: bool = False

    def on(self, zone: ZoneInfo) -> date:
        return self.at.astimezone(zone).date()


def text_of(cell: Cell) -> str:
    """The text without space around it."""
    if isinstance(cell, datetime | date):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    text = cell.strip()
    if text.startswith("#") and BROKEN.fullmatch(text):
        raise CellError("%(text)s is a formula that failed; mend it, or write the value", text=text)
    if CONTROL.search(text):
        raise CellError("holds control characters")
    return text


def moment_of(cell: Cell, zone: ZoneInfo, forms: Sequence[str] = (), *, fold: int = 0) -> Moment:
    """A date or time. Without an offset it is wall time in `zone` (R1); `fold` chooses of two equal ones.

    The year must be first, as in 2026-09-18, 2026/9/18 or 2026年9月18日, unless one of `forms` (as of strptime) fits.
    Raises CellError.
    """
    if isinstance(cell, datetime):
        return Moment(_checked(cell, zone, fold))
    if isinstance(cell, date):
        return day_of(cell, zone)
    text = text_of(cell)
    if text[10:11] == "T" and text[4:5] == "-" and len(text) > 18 and not forms:  # as machines write it
        try:
            return Moment(_checked(datetime.fromisoformat(text), zone, fold))
        except ValueError as error:
            if isinstance(error, CellError):
                raise
    for form in forms:
        try:
            wall = datetime.strptime(text, form)  # noqa: DTZ007 - a wall time, unless the form has an offset
        except ValueError:
            continue
        return Moment(_checked(wall, zone, fold)) if "%H" in form or "%I" in form else day_of(wall.date(), zone)
    found = YEAR_FIRST.fullmatch(text)
    if found is None:
        raise _no_moment(text)
    return _year_first(found, text, zone, fold)


def day_of(day: date, zone: ZoneInfo) -> Moment:
    """A day of which no time is known. Raises CellError for one out of range."""
    _check_year(day.year)
    return Moment(moment(datetime.combine(day, time.min), zone), dated=True)


def _year_first(found: re.Match[str], text: str, zone: ZoneInfo, fold: int) -> Moment:
    part = found.groupdict()
    month, day = (part[name] or part[f"{name}2"] or part[f"{name}3"] for name in ("month", "day"))
    try:
        on = date(int(part["year"]), int(month), int(day))
        if part["hour"] is None:
            if part["offset"]:
                raise CellError("%(text)r has an offset and no time", text=text[:40])
            return day_of(on, zone)
        clock, over = _time(part)
        wall = datetime.combine(on, clock) + over
    except (ValueError, OverflowError) as error:
        if isinstance(error, CellError):
            raise
        raise CellError("%(text)r is no date; write 2026-09-18 or 2026-09-18 15:00", text=text[:40]) from None
    if part["offset"]:
        wall = datetime.fromisoformat(f"{wall.isoformat()}{part['offset']}")
    return Moment(_checked(wall, zone, fold))


def _time(part: dict[str, str]) -> tuple[time, timedelta]:
    """The time of day, and a day more where it is 24:00, the first instant of the next (R1)."""
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    if (hour, minute, second) == (24, 0, 0):
        return time.min, timedelta(days=1)
    return time(hour, minute, second, int((part["fraction"] or "").ljust(6, "0")[:6])), timedelta()


def _checked(wall: datetime, zone: ZoneInfo, fold: int) -> datetime:
    _check_year(wall.year)
    return wall.astimezone(UTC) if wall.tzinfo else moment(wall, zone, fold)


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(
            "%(year)s is no year of a case; those from %(first_year)s to %(last_year)s are",
            year=year,
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
        )


def _no_moment(text: str) -> CellError:
    shown = text[:40]
    if TWO_DIGITS.fullmatch(text):
        return CellError("%(text)r has a year of two digits; write 2026-09-18", text=shown)
    if text.startswith("="):
        return CellError("%(text)r is a formula; write its value", text=shown)
    if text.replace(".", "", 1).isdigit():
        return CellError("%(text)r is a number; format the cell as a date, or write 2026-09-18", text=shown)
    return CellError(
        "%(text)r is no date that is read one way only; write 2026-09-18, or name its form in `dates`", text=shown
    )
