"""Weekly service hours in the office's own wall time, and the moments they mean on a given day."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from schedules.faults import FieldError
from schedules.spans import Span, united

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

Minutes = tuple[int, int]  # opening and closing, in minutes of wall time since midnight; 1440 is 24:00
DayHours = tuple[Minutes, ...]


class HoursError(FieldError):
    """Service hours that cannot be: says where, what, and what would be right (R19)."""


@dataclass(frozen=True)
class WeeklyHours:
    """Opening and closing times for each weekday, and for single dates.

    `week` maps 0 (Monday) … 6 to the day's spans; `days` maps a date to spans that replace them. `makeup` are the
    hours of a make-up or open day whose weekday has none, by default those of the first weekday that has any (R7).
    Service through the night is two spans that meet at midnight.
    """

    week: Mapping[int, DayHours] = field(default_factory=dict)
    days: Mapping[date, DayHours] = field(default_factory=dict)
    makeup: DayHours = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "week", MappingProxyType(dict(sorted(self.week.items()))))
        object.__setattr__(self, "days", MappingProxyType(dict(sorted(self.days.items()))))
        if not self.makeup:
            object.__setattr__(self, "makeup", next((hours for hours in self.week.values() if hours), ()))

    def __bool__(self) -> bool:
        """Whether a weekly table says which weekdays serve."""
        return any(self.week.values())

    def on(self, day: date, *, opened: bool) -> DayHours:
        """The wall-time spans of a date that is not closed; `opened`: it is a make-up or open date (R7)."""
        if day in self.days:
            return self.days[day]
        return self.week.get(day.weekday()) or (self.makeup if opened else ())

    @classmethod
    def parse(
        cls,
        week: Mapping[str, Sequence[Sequence[str]]],
        days: Mapping[str, Sequence[Sequence[str]]] | None = None,
        makeup: Sequence[Sequence[str]] | None = None,
    ) -> "WeeklyHours":
        """From `{"mon": [["09:00", "12:00"], ...]}`; raises HoursError naming the weekday or date."""
        for name in week:
            if name not in WEEKDAYS:
                raise HoursError(f"hours.{name}", "is no weekday; use %(weekdays)s", weekdays=WEEKDAYS)
        if week and not any(week.values()):
            raise HoursError("hours", "no weekday serves; give one its hours, or leave them out for whole days")
        return cls(
            {WEEKDAYS.index(name): _day_hours(spans, f"hours.{name}") for name, spans in week.items()},
            {_date(text, "days"): _day_hours(spans, f"days.{text}") for text, spans in (days or {}).items()},
            _day_hours(makeup or (), "makeup"),
        )

    def content(self) -> dict[str, object]:
        """The same as JSON, for a calendar's version and for the record."""
        return {
            "week": {WEEKDAYS[day]: _texts(hours) for day, hours in self.week.items()},
            "days": {day.isoformat(): _texts(hours) for day, hours in self.days.items()},
            "makeup": _texts(self.makeup),
        }


def day_spans(day: date, hours: DayHours, zone: ZoneInfo) -> tuple[Span, ...]:
    """The moments (UTC) that `hours` mean on `day`, as spans apart. Openings take the first of two equal wall times,
    closings the second (R1)."""
    moments = ((instant(day, opens, zone, fold=0), instant(day, closes, zone, fold=1)) for opens, closes in hours)
    return united(Span(opens, closes) for opens, closes in moments if opens < closes)


@lru_cache(maxsize=8192)
def instant(day: date, minutes: int, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The moment (UTC) of a wall time; 1440 is the next day's first moment, whichever `fold`; one that is skipped is
    the end of the gap (R1)."""
    if minutes == MINUTES_A_DAY:
        fold = 0
    day, minutes = day + timedelta(days=minutes // MINUTES_A_DAY), minutes % MINUTES_A_DAY
    return moment(datetime.combine(day, time(minutes // 60, minutes % 60)), zone, fold)


def moment(wall: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The moment (UTC) of a naive wall time in `zone`; one that is skipped is the end of the gap (R1)."""
    first, second = (wall.replace(tzinfo=zone, fold=reading).astimezone(UTC) for reading in (0, 1))
    if second < first:  # in the gap: fold 0 reads past it, fold 1 before it
        return _gap_end(second, first, zone)
    return second if fold else first


def _gap_end(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The moment between two at which the zone's offset changes, by bisection to the second."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def _day_hours(spans: Any, where: str) -> DayHours:
    result: list[Minutes] = []
    if isinstance(spans, str) or not isinstance(spans, Sequence):
        raise HoursError(where, 'must be a list of spans such as [["09:00", "12:00"], ["13:00", "17:00"]]')
    for index, span in enumerate(spans):
        here = f"{where}[{index}]"
        if isinstance(span, str) or not isinstance(span, Sequence) or len(span) != 2:
            raise HoursError(here, 'must be an opening and a closing time such as ["09:00", "12:00"]')
        opens, closes = _minutes(span[0], here), _minutes(span[1], here)
        if closes <= opens:
            night = "service through the night is written as two spans, to 24:00 and from 00:00 of the next day"
            hint = night if closes else "the end of the day is written 24:00"
            raise HoursError(
                here,
                "closes at %(span)s, not after it opens at %(span2)s; %(hint)s",
                span=span[1],
                span2=span[0],
                hint=hint,
            )
        if result and opens < result[-1][1]:
            raise HoursError(
                here,
                "opens at %(span)s, before the span ahead of it closes; spans must be in order and apart",
                span=span[0],
            )
        result.append((opens, closes))
    return tuple(result)


def _minutes(text: object, where: str) -> int:
    match str(text).split(":"):
        case [hours, minutes] if hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit():
            value = int(hours) * 60 + int(minutes)
            if int(minutes) < 60 and value <= MINUTES_A_DAY:
                return value
    raise HoursError(where, "%(text)r is no time of day; write 09:00, at the latest 24:00", text=text)


def plain_date(text: str) -> date:
    """A date written as 2026-09-18, in none of the other forms of ISO 8601. Raises ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _date(text: str, where: str) -> date:
    try:
        return plain_date(text)
    except ValueError:
        raise HoursError(f"{where}.{text}", "is no date; write 2026-09-18") from None


def _texts(hours: DayHours) -> list[list[str]]:
    return [[f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span] for span in hours]
