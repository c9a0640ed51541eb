"""Which days work and when a day serves (R1, R3, R7), from sources that are not the engine's.

China's days off come from chinese_calendar, and from nowhere else where it knows none; other countries' from holidays.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays

from tests.walk.moments import ONE, first, last

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Spans = tuple[tuple[int, int], ...]  # from and to, in minutes of wall time since the day began
WHOLE_DAY: Spans = ((0, 24 * 60),)
WINDOW: Spans = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
Says = Callable[[date], bool]


@dataclass(frozen=True, eq=False)
class Calendar:
    """An office's days: the weekend, below it what closes and opens single dates, and the hours of service."""

    zone: ZoneInfo
    weekend: Collection[int]
    closed: Says
    opened: Says
    hours: Mapping[int, Spans] | None = None
    days: Mapping[date, Spans] = field(default_factory=dict)
    makeup: Spans | None = None

    def works(self, day: date) -> bool:
        return self.opened(day) or (not self.closed(day) and day.weekday() not in self.weekend)

    def spans(self, day: date) -> Spans:
        """The day's hours on the wall: the closure, the date, the weekday, and the make-up hours, in this order."""
        if self.closed(day):
            return ()
        if day in self.days:
            return self.days[day]
        if self.hours is None:
            return WHOLE_DAY if self.works(day) else ()
        spans = self.hours.get(day.weekday(), ())
        if not spans and self.opened(day):
            return self.makeup if self.makeup is not None else self._first_hours()
        return spans

    def _first_hours(self) -> Spans:
        return next((self.hours[day] for day in range(7) if self.hours and self.hours.get(day)), ())

    def service(self, day: date) -> list[tuple[int, int]]:
        """The day's hours as instants: openings take the first of two equal wall times, closings the second."""
        start = datetime.combine(day, time())
        return [
            (first(start + timedelta(minutes=opening), self.zone), last(start + timedelta(minutes=closing), self.zone))
            for opening, closing in self.spans(day)
        ]

    def last_closing(self, day: date) -> int | None:
        return max((closing for _, closing in self.service(day)), default=None)

    def next_working_day(self, day: date) -> date:
        """The day itself if it works."""
        while not self.works(day):
            day += ONE
        return day

    def working_days_between(self, a: date, b: date) -> int:
        """The working days d with a < d <= b, below zero where b is the earlier."""
        if b < a:
            return -self.working_days_between(b, a)
        return sum(self.works(a + n * ONE) for n in range(1, (b - a).days + 1))

    def nth_working_day(self, day: date, n: int) -> date:
        """The n-th working day after a day, before it for n < 0; for 0 the day itself if it works, else the next."""
        if n == 0:
            return self.next_working_day(day)
        step = ONE if n > 0 else -ONE
        while n:
            day += step
            n -= (1 if n > 0 else -1) if self.works(day) else 0
        return day


def read(spec: Mapping[str, Any] | None) -> Calendar:
    """The calendar of a request: a country, or days and hours of one's own; China where nothing is said."""
    spec = {"country": "CN"} if spec is None else spec
    country = spec.get("country")
    announced = _announced(country, spec.get("subdiv")) if country else Announced(_weekend(spec), _never, _never)
    own_closed, own_opened = ({date.fromisoformat(day) for day in spec.get(name, ())} for name in ("closed", "open"))
    hours = {day: _spans(spec["hours"].get(name, ())) for day, name in enumerate(WEEKDAYS)} if "hours" in spec else None
    return Calendar(
        zone=ZoneInfo(spec.get("zone") or ("Asia/Shanghai" if country == "CN" else "Etc/UTC")),
        weekend=announced.weekend,
        closed=lambda day: day in own_closed or (day not in own_opened and announced.closed(day)),
        opened=lambda day: day in own_opened or (day not in own_closed and announced.opened(day)),
        hours=dict.fromkeys(range(5), WINDOW) if hours is None and country == "CN" else hours,
        days={date.fromisoformat(day): _spans(spans) for day, spans in spec.get("days", {}).items()},
        makeup=_spans(spec["makeup"]) if "makeup" in spec else None,
    )


@dataclass(frozen=True)
class Announced:
    """What a country's notices and laws say."""

    weekend: frozenset[int]
    closed: Says
    opened: Says


def _never(day: date) -> bool:
    return False


@cache
def _announced(country: str, subdiv: str | None) -> Announced:
    if country == "CN":
        return Announced(frozenset({5, 6}), _off_in_china, _made_up_in_china)
    days = holidays.country_holidays(country, subdiv=subdiv, years=range(2015, 2045))
    if country == "NL":  # Algemene termijnenwet art. 3: 5 May each year, which the data has each fifth year
        days.update(dict.fromkeys((date(year, 5, 5) for year in range(2015, 2045)), "Bevrijdingsdag"))
    return Announced(frozenset({4, 5} if country == "EG" else {5, 6}), days.__contains__, _never)


def _off_in_china(day: date) -> bool:
    chinese_calendar.is_workday(day)  # an error in a year it does not know
    return day in chinese_calendar.holidays


def _made_up_in_china(day: date) -> bool:
    chinese_calendar.is_workday(day)
    return day in chinese_calendar.workdays


def _weekend(spec: Mapping[str, Any]) -> frozenset[int]:
    return frozenset(WEEKDAYS.index(name) for name in spec.get("weekend", ("sat", "sun")))


def _spans(written: Collection[tuple[str, str]]) -> Spans:
    return tuple((_minutes(opening), _minutes(closing)) for opening, closing in written)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
