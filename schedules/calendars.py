"""The working calendar of an office: which days count, by which layer, and how many lie between two of them.

`W(d)` is the number of working days up to and including d. It is looked up in a table, never counted day by day.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from functools import cached_property
from itertools import accumulate, combinations
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schedules.faults import FieldError, Phrase
from schedules.hours import WEEKDAYS, WeeklyHours, day_spans, instant
from schedules.spans import Span
from schedules.timetable import NONE, BeyondError, Boundary, Timetable

ONE_DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1900, 2200  # how far the table may grow; holiday data may end earlier (see `years`)


class CalendarError(FieldError):
    """A calendar that cannot be, or a day it cannot tell: names the field, says what would be right."""


class Scope(StrEnum):
    """Whom an overlay concerns (R3): `legal` all clocks, `office` service hours, messages, and promises that say so."""

    LEGAL = "legal"
    OFFICE = "office"


class Level(IntEnum):
    """The order of the layers; a higher one wins (R3)."""

    ANNOUNCED = 1
    REGION = 2
    OFFICE = 3


class Kind(StrEnum):
    """What a day is, in the words of the ledger."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    OFFICE_CLOSED = "office_closed"
    OFFICE_OPEN = "office_open"


class Day(NamedTuple):
    """One day with the reason why it counts or not; `source` is the notice, the law, or the office's own word."""

    date: date
    works: bool
    kind: Kind
    name: str
    source: str


@dataclass(frozen=True)
class Overlay:
    """Dated days off and working days with a scope and a reason; the same date on both sides is refused (R19).

    `closed` and `open` map a date to its name or reason. `english` translates names that are in another language.
    """

    name: str
    level: Level
    scope: Scope
    closed: Mapping[date, str] = field(default_factory=dict)
    open: Mapping[date, str] = field(default_factory=dict)
    source: str = ""
    english: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for attribute in ("closed", "open", "english"):
            object.__setattr__(self, attribute, MappingProxyType(dict(sorted(getattr(self, attribute).items()))))
        both = self.closed.keys() & self.open.keys()
        if both:
            raise CalendarError(
                "closed",
                "%(day)s is both closed and open in the layer %(name)r; keep one",
                day=min(both),
                name=self.name,
            )

    def days(self) -> Iterator[Day]:
        """Every date it names, as what it makes of it."""
        own = self.level is Level.OFFICE
        off, on = (Kind.OFFICE_CLOSED, Kind.OFFICE_OPEN) if own else (Kind.HOLIDAY, Kind.MAKEUP)
        for works, kind, named in ((False, off, self.closed), (True, on, self.open)):
            yield from (Day(day, works, kind, name, self.source) for day, name in named.items())

    def content(self) -> dict[str, object]:
        return {
            "name": self.name,
            "level": self.level.name.lower(),
            "scope": self.scope.value,
            "source": self.source,
            "closed": {day.isoformat(): text for day, text in self.closed.items()},
            "open": {day.isoformat(): text for day, text in self.open.items()},
            "english": dict(self.english),
        }


@dataclass(frozen=True, slots=True)
class _Table:
    first: int  # ordinal of the first day
    last: int  # ordinal of the last day
    upto: list[int]  # W, counted from the table's first day
    days: list[date]  # the working days in order


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """Zone, weekend, service hours and layers of dated days. All dates are civil days in `zone` (R1, R3).

    Days after `announced_through` are known only in part: dates beyond it are provisional (R15).
    `years` is the range of years the holiday data covers; asking for a day outside raises CalendarError.
    """

    zone: ZoneInfo
    weekend: frozenset[int] = frozenset({5, 6})
    hours: WeeklyHours = field(default_factory=WeeklyHours)
    overlays: tuple[Overlay, ...] = ()
    announced_through: date = date.max
    years: tuple[int, int] = (FIRST_YEAR, LAST_YEAR)
    country: str = ""
    _times: Timetable | None = field(init=False, repr=False, default=None)
    _table: _Table = field(init=False, repr=False, default=_Table(1, 0, [], []))

    def __post_init__(self) -> None:
        object.__setattr__(self, "overlays", tuple(sorted(self.overlays, key=lambda overlay: overlay.level)))
        if self.weekend >= frozenset(range(7)) and not any(overlay.open for overlay in self.overlays):
            raise CalendarError("weekend", "leaves no working day at all; leave at least one weekday out of it")
        self._refuse_contradictions()

    # --- days ------------------------------------------------------------------------------------------------------
    def is_working_day(self, day: date) -> bool:
        return self._works(day)

    def nth_working_day(self, day: date, n: int) -> date:
        """The n-th working day after `day` (n > 0) or before it (n < 0); n = 0: that day if it works, else the next
        (R5)."""
        table = self._table
        offset = day.toordinal() - table.first
        if n > 0 and offset >= 0:
            try:
                return table.days[table.upto[offset] + n - 1]
            except IndexError:
                return self._nth_working_day(day, n)  # the table has to grow
        return self._nth_working_day(day, n)

    def _nth_working_day(self, day: date, n: int) -> date:
        table = self._grown(day)
        days = table.days
        index = table.upto[day.toordinal() - table.first]  # W(day): the place of the first working day after it
        if n > 0 or (index and days[index - 1] == day):
            index += n - 1
        else:
            index += n
        if 0 <= index < len(days):
            return days[index]
        return self._beyond(day, n)

    def nth_working_days(self, days: Sequence[date], n: int) -> list[date]:
        """`nth_working_day` of each of many days, in their order: each date is worked out once (R5)."""
        found = {day: self.nth_working_day(day, n) for day in set(days)}
        return list(map(found.__getitem__, days))

    def working_days_between(self, a: date, b: date) -> int:
        """The number of working days d with a < d <= b: W(b) − W(a); negative when b < a."""
        table = self._table
        start, end = a.toordinal(), b.toordinal()
        if not (table.first <= start <= table.last and table.first <= end <= table.last):
            self._grown(a)
            table = self._grown(b)
        return table.upto[end - table.first] - table.upto[start - table.first]

    def day(self, day: date) -> Day:
        """What the day is and why: its kind, its name or reason, and the source of the layer that decided."""
        self._check(day)
        dated = self._dated.get(day)
        if dated is not None:
            return dated
        if day.weekday() in self.weekend:
            return Day(day, False, Kind.WEEKEND, "", "")
        return Day(day, True, Kind.WORKDAY, "", "")

    def own_days(self, first: date, last: date) -> tuple[Day, ...]:
        """The days from `first` to `last` that the office itself closed or opened, in order (R3)."""
        own = (overlay for overlay in self.overlays if overlay.scope is Scope.OFFICE)
        dates = {day for overlay in own for day in (*overlay.closed, *overlay.open) if first <= day <= last}
        return tuple(self.day(day) for day in sorted(dates))

    def english(self, name: str) -> str:
        """The English name of a holiday where the announcement knows one, else the name as it is."""
        return next((overlay.english[name] for overlay in self.overlays if name in overlay.english), name)

    def is_provisional(self, day: date) -> bool:
        """Whether the day lies past the last announced one (R15)."""
        return day > self.announced_through

    @cached_property
    def legal(self) -> "WorkingCalendar":
        """The same calendar without the office's own days: what the statute counts by (R3, art. 82)."""
        kept = tuple(overlay for overlay in self.overlays if overlay.scope is Scope.LEGAL)
        return self if kept == self.overlays else replace(self, overlays=kept)

    # --- moments ---------------------------------------------------------------------------------------------------
    def date_of(self, moment: datetime) -> date:
        """The civil day of an aware moment in the calendar's zone (R1)."""
        if moment.tzinfo is None:
            raise CalendarError("datetime", "has no time zone; write 2026-09-18T15:00:00+08:00")
        return moment.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The first moment of the civil day, in UTC."""
        return instant(day, 0, self.zone)

    def end_of(self, day: date) -> datetime:
        """24:00 of the civil day, which is the first moment of the next, in UTC (R1)."""
        return instant(day + ONE_DAY, 0, self.zone)

    def service_on(self, day: date) -> tuple[Span, ...]:
        """The service spans that open on the day, in UTC (R7).

        The weekly table says which weekdays serve; a closed date has none. Without such a table a working day serves
        from 0:00 to 24:00, unless it has hours of its own.
        """
        if not self.hours and day not in self.hours.days:
            return (Span(self.start_of(day), self.end_of(day)),) if self._works(day) else ()
        dated = self._dated.get(day)
        if dated and not dated.works:
            return ()
        return day_spans(day, self.hours.on(day, opened=dated is not None), self.zone)

    def closing_of(self, day: date) -> datetime:
        """The day's last closing in UTC; 24:00 where it has no hours (民法典 203)."""
        spans = self.service_on(day)
        return spans[-1].end if spans else self.end_of(day)

    def before_closing(self, day: date, duration: timedelta) -> datetime:
        """The moment of the day after which just `duration` of service is left; its opening if it has no more (M8)."""
        spans = self.service_on(day)
        if not spans:
            return self.start_of(day)
        return max(spans[0].start, self.add_working_time(spans[-1].end, -duration))

    # --- working time ------------------------------------------------------------------------------------------------
    def add_working_time(self, at: datetime, duration: timedelta, boundary: Boundary = Boundary.CLOSING) -> datetime:
        """The moment (UTC) so much service after an aware one, or before it if negative (R7).

        What is used up exactly at a closing ends there, or at the next opening if `boundary` says so; counted
        backwards, it ends at the opening. No duration: the moment itself within service, else the next opening.
        Raises CalendarError for a naive moment, and where the calendar ends before.
        """
        at = _utc(at)
        table = self._timetable(at)
        try:
            if duration > NONE:
                return table.moment(table.elapsed(at) + duration, boundary)
            if duration < NONE:
                wanted = table.elapsed(at) + duration
                if wanted >= NONE:
                    return table.moment(wanted, Boundary.OPENING)
                raise BeyondError
            return table.opening_from(at, boundary)
        except BeyondError:
            self._lengthened(table, at, forwards=duration >= NONE)
            return self.add_working_time(at, duration, boundary)

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """The service in [a, b) of two aware moments; negative when b < a (R7). CalendarError for a naive one."""
        a, b = _utc(a), _utc(b)
        self._timetable(a)
        table = self._timetable(b)
        return table.elapsed(b) - table.elapsed(a)

    def _timetable(self, at: datetime) -> Timetable:
        """The timetable with the moment in it; it grows by whole years and is replaced at once."""
        table = self._times
        if table is not None and table.first <= at < table.last:
            return table
        year = self.date_of(at).year
        if not self.years[0] <= year <= self.years[1]:
            raise self._outside(Phrase("%(at)s lies", at=self._wall(at)))
        low, high = self._years_of(table) if table else (year, year)
        return self._timed(min(low, year - 1), max(high, year + 1))

    def _lengthened(self, table: Timetable, at: datetime, *, forwards: bool) -> None:
        low, high = self._years_of(table)
        more = max(2, high - low)
        low, high = (low, high + more) if forwards else (low - more, high)
        longer = self._timed(low, high)
        if (longer.first, longer.last) == (table.first, table.last):
            wall = self._wall(at)
            raise self._outside(
                Phrase("so much service after %(at)s lies", at=wall)
                if forwards
                else Phrase("so much service before %(at)s lies", at=wall)
            )

    def _timed(self, low: int, high: int) -> Timetable:
        low, high = max(low, self.years[0]), min(high, self.years[1])
        first, last = date(low, 1, 1), date(high, 12, 31)
        days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        spans = (span for day in days for span in self.service_on(day))
        table = Timetable(spans, self.start_of(first), self.end_of(last))
        object.__setattr__(self, "_times", table)
        return table

    def _wall(self, at: datetime) -> str:
        return at.astimezone(self.zone).isoformat()

    def _years_of(self, table: Timetable) -> tuple[int, int]:
        return self.date_of(table.first).year, self.date_of(table.last).year - 1

    @cached_property
    def _dated(self) -> Mapping[date, Day]:
        """Every day that a layer names; a higher layer wins (R3)."""
        return {day.date: day for overlay in self.overlays for day in overlay.days()}

    # --- identity --------------------------------------------------------------------------------------------------
    @cached_property
    def version(self) -> str:
        """A short name of the content: the same days, hours and horizon always give the same version."""
        text = json.dumps(self.content(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        prefix = f"{self.country.lower()}-" if self.country else ""
        return prefix + hashlib.sha256(text.encode()).hexdigest()[:12]

    def content(self) -> dict[str, object]:
        """Everything the calendar says, as JSON; `from_content` reads it back (R20)."""
        return {
            "zone": self.zone.key,
            "country": self.country,
            "weekend": [WEEKDAYS[day] for day in sorted(self.weekend)],
            "hours": self.hours.content(),
            "overlays": [overlay.content() for overlay in self.overlays],
            "announced_through": self.announced_through.isoformat(),
            "years": list(self.years),
        }

    # --- the table -------------------------------------------------------------------------------------------------
    def _works(self, day: date) -> bool:
        table = self._grown(day)
        index = table.upto[day.toordinal() - table.first]
        return index > 0 and table.days[index - 1] == day

    def _grown(self, day: date) -> _Table:
        """The table with the day in it, and room on both sides; it grows by whole years and is replaced at once."""
        table = self._table
        if table.first <= day.toordinal() <= table.last:
            return table
        self._check(day)
        low, high = day.year - 1, day.year + 1
        if table.upto:  # else there was none yet
            low = min(low, date.fromordinal(table.first).year)
            high = max(high, date.fromordinal(table.last).year)
        return self._build(max(low, self.years[0]), min(high, self.years[1]))

    def _build(self, low: int, high: int) -> _Table:
        first, last = date(low, 1, 1), date(high, 12, 31)
        base, length = first.toordinal(), last.toordinal() - first.toordinal() + 1
        week = [(weekday not in self.weekend) for weekday in range(7)]
        works = [week[(first.weekday() + offset) % 7] for offset in range(length)]
        for overlay in self.overlays:
            for days, value in ((overlay.closed, False), (overlay.open, True)):
                for day in days:
                    if first <= day <= last:
                        works[day.toordinal() - base] = value
        days_off = [date.fromordinal(base + offset) for offset, value in enumerate(works) if value]
        table = _Table(base, base + length - 1, list(accumulate(map(int, works))), days_off)
        object.__setattr__(self, "_table", table)
        return table

    def _beyond(self, day: date, n: int) -> date:
        """The table does not reach: grow it in the direction asked for, or say that the data ends."""
        table = self._table
        low, high = date.fromordinal(table.first).year, date.fromordinal(table.last).year
        step = max(2, abs(n) // 200)
        grown = (low, min(high + step, self.years[1])) if n >= 0 else (max(low - step, self.years[0]), high)
        if grown == (low, high):
            raise self._outside(_so_many(n, day))
        self._build(*grown)
        return self.nth_working_day(day, n)

    def _check(self, day: date) -> None:
        if not self.years[0] <= day.year <= self.years[1]:
            raise self._outside(Phrase("%(at)s lies", at=day))

    def _outside(self, what: Phrase) -> CalendarError:
        return CalendarError(
            "calendar",
            "%(what)s outside the years this calendar covers, %(years)s to %(years2)s",
            what=what,
            years=self.years[0],
            years2=self.years[1],
        )

    def _refuse_contradictions(self) -> None:
        for level in Level:
            peers = [overlay for overlay in self.overlays if overlay.level is level]
            for one, other in combinations(peers, 2):
                clash = (one.closed.keys() & other.open.keys()) | (one.open.keys() & other.closed.keys())
                if clash:
                    raise CalendarError(
                        "overlays",
                        "%(day)s is closed and open in one layer (%(name)r and %(name2)r); a higher layer decides, "
                        "or one of the two goes",
                        day=min(clash),
                        name=one.name,
                        name2=other.name,
                    )


def _so_many(n: int, day: date) -> Phrase:
    match n:
        case 0:
            return Phrase("the first working day from %(day)s on lies", day=day)
        case 1:
            return Phrase("1 working day after %(day)s lies", day=day)
        case -1:
            return Phrase("1 working day before %(day)s lies", day=day)
        case _ if n > 0:
            return Phrase("%(count)s working days after %(day)s lie", count=n, day=day)
    return Phrase("%(count)s working days before %(day)s lie", count=-n, day=day)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise CalendarError("datetime", "has no time zone; write 2026-09-18T15:00:00+08:00")
    return moment.astimezone(UTC)


def calendar_from_content(content: Mapping[str, object]) -> WorkingCalendar:
    """The calendar that `WorkingCalendar.content()` described; trusted input from our own records."""
    hours = _mapping(content["hours"])
    years = content["years"]
    assert isinstance(years, list)
    return WorkingCalendar(
        zone=zone_named(str(content["zone"])),
        weekend=frozenset(WEEKDAYS.index(str(name)) for name in _sequence(content["weekend"])),
        hours=WeeklyHours.parse(_mapping(hours["week"]), _mapping(hours["days"]), _sequence(hours["makeup"])),  # type: ignore[arg-type]
        overlays=tuple(overlay_from_content(_mapping(overlay)) for overlay in _sequence(content["overlays"])),
        announced_through=date.fromisoformat(str(content["announced_through"])),
        years=(years[0], years[1]),
        country=str(content["country"]),
    )


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone, or a CalendarError that names the field."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise CalendarError(
            "zone", "%(name)r is no IANA time zone; write for example Asia/Shanghai", name=name
        ) from None


def overlay_from_content(content: Mapping[str, object]) -> Overlay:
    """The overlay that `Overlay.content()` described; trusted input from our own records."""

    def dated(key: str) -> dict[date, str]:
        return {date.fromisoformat(day): str(text) for day, text in _mapping(content[key]).items()}

    return Overlay(
        name=str(content["name"]),
        level=Level[str(content["level"]).upper()],
        scope=Scope(str(content["scope"])),
        closed=dated("closed"),
        open=dated("open"),
        source=str(content["source"]),
        english={name: str(text) for name, text in _mapping(content["english"]).items()},
    )


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"an object was expected, not {value!r}")
    return value


def _sequence(value: object) -> Iterable[object]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {value!r}")
    return value
