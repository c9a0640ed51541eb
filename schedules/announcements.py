"""Working calendars of countries from the `holidays` package, and how far each is announced (R3, R15).

The sole importer of `holidays`. Where a government moves rest days from year to year (make-up days in the data),
the last year with such a move is the last announced one, and past it only the days that are certain by law are off.
Where holidays follow from law alone, the calendar is announced up to the first year with an estimated date.
"""

import re
import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import holidays
from holidays.version import __version__ as holidays_version

from schedules.calendars import CalendarError, Level, Overlay, Scope, WorkingCalendar, zone_named
from schedules.hours import WeeklyHours
from schedules.notices import Announced

YEARS = (2000, 2040)  # what a calendar covers unless more is asked for
_CODE = re.compile("[A-Z]{2}")
_ENGLISH = "en_US"  # always said: left unsaid, the names, and with them what is known as estimated, follow the locale
_LANGUAGES = {"CN": "zh_CN"}
_CATEGORIES = {"NL": ("public", "optional")}  # Algemene termijnenwet art. 3: 5 May each year, not each fifth alone
_LAWS = {"CN": "全国年节及纪念日放假办法第二条"}  # what is certain before a notice comes (R15)
_ZONES = {"CN": "Asia/Shanghai"}


def working_calendar(
    country: str,
    *,
    zone: str | None = None,
    subdiv: str | Sequence[str] | None = None,
    overlays: Sequence[Overlay] = (),
    hours: Mapping[str, Sequence[Sequence[str]]] | WeeklyHours | None = None,
    years: tuple[int, int] = YEARS,
) -> WorkingCalendar:
    """The legal calendar of a country or subdivision that `holidays` knows, with overlays on top of it.

    Of several subdivisions a day off in any of them is off, as some laws have it ("in any part of the United Kingdom").
    Days are civil days in `zone` (needed for every country but China); `years` (first, last) is what it covers.
    Raises CalendarError naming the field: an unknown country, subdivision or zone, contradicting overlays (R19).
    """
    base = announced(country, (subdiv,) if isinstance(subdiv, str) else tuple(subdiv or ()), years)
    if zone is None and country not in _ZONES:
        raise CalendarError("zone", "is needed for %(country)s; write for example Europe/London", country=country)
    return WorkingCalendar(
        zone=zone_named(_ZONES[country] if zone is None else zone),
        weekend=base.weekend,
        hours=hours if isinstance(hours, WeeklyHours) else WeeklyHours.parse(hours or {}),
        overlays=(*base.layers, *overlays),
        announced_through=base.through,
        years=years,
        country=base.country,
    )


def _place(country: str, parts: tuple[str, ...]) -> str:
    return f"{country}-{'+'.join(parts)}" if parts else country


@lru_cache(maxsize=64)
def announced(country: str, parts: tuple[str, ...] = (), years: tuple[int, int] = YEARS) -> Announced:
    """What the installed `holidays` knows of a country or its subdivisions. Raises CalendarError naming the field."""
    english = _read(country, parts, years, _ENGLISH)
    days = _read(country, parts, years, _LANGUAGES[country]) if country in _LANGUAGES else english
    through, moved = _horizon(english, years)
    uncertain = ("(estimated)", "(observed)", "(observed, estimated)") if moved else ("estimated)",)
    closed = {
        day: name
        for day, name in days.items()
        if day <= through or not any(mark in english.get(day, "") for mark in uncertain)
    }
    name = _place(country, parts)
    known = Overlay(
        name=f"{name} announced",
        level=Level.ANNOUNCED,
        scope=Scope.LEGAL,
        closed={day: text for day, text in closed.items() if day <= through},
        open=dict.fromkeys(days.weekend_workdays, "补班" if country == "CN" else "make-up working day"),
        source=_source(country, through),
        english={
            **{text: english[day] for day, text in closed.items() if day in english},
            "补班": "make-up working day",
        },
    )
    certain = Overlay(
        name=f"{name} by law",
        level=Level.ANNOUNCED,
        scope=Scope.LEGAL,
        closed={day: text for day, text in closed.items() if day > through},
        source=_LAWS.get(country, _source(country, through)),
    )
    layers = (known, certain) if certain.closed else (known,)
    return Announced(name, layers, through, frozenset(days.weekend))


def _read(country: str, parts: tuple[str, ...], years: tuple[int, int], language: str) -> holidays.HolidayBase:
    first, *others = parts or (None,)
    days = _read_one(country, first, years, language)
    for part in others:
        more = _read_one(country, part, years, language)
        for day, name in more.items():
            if day not in days:
                days[day] = name
        days.weekend_workdays |= more.weekend_workdays
    return days


def _read_one(country: str, subdiv: str | None, years: tuple[int, int], language: str) -> holidays.HolidayBase:
    """In a language that is named: without one `holidays` takes the machine's, and the calendar's version with it."""
    if not _CODE.fullmatch(country):
        raise CalendarError(
            "country", "%(country)r is unknown; use an ISO 3166 code such as CN, GB, NL, US", country=country
        )
    options: dict[str, Any] = {"categories": _CATEGORIES[country]} if country in _CATEGORIES else {}
    wanted = range(years[0], years[1] + 1)
    try:
        with warnings.catch_warnings():  # it warns where its data ends; announced_through says so for us
            warnings.simplefilter("ignore", UserWarning)
            return holidays.country_holidays(country, subdiv=subdiv, years=wanted, language=language, **options)
    except (NotImplementedError, AttributeError, KeyError):
        supported = holidays.list_supported_countries(include_aliases=True)
    if country not in supported:
        raise CalendarError(
            "country", "%(country)r is unknown; use an ISO 3166 code such as CN, GB, NL, US", country=country
        )
    known = ", ".join(supported[country]) or "none"
    raise CalendarError(
        "subdiv",
        "%(subdiv)r is unknown in %(country)s; known are: %(known)s",
        subdiv=subdiv,
        country=country,
        known=known,
    )


def _horizon(days: holidays.HolidayBase, years: tuple[int, int]) -> tuple[date, bool]:
    """The last announced day, and whether rest days are moved by notice in this country."""
    last = min(years[1], days.end_year)  # past it the data knows nothing, not even what is certain by law
    moved = {day.year for day in days.weekend_workdays} | {
        day.year for day, name in days.items() if "ubstituted" in name
    }
    if moved:
        return date(max(moved), 12, 31), True
    estimated = {day.year for day, name in days.items() if "estimated)" in name}
    exact = [
        year for year in range(years[0], last + 1) if year not in estimated and year < max(estimated, default=year + 1)
    ]
    return date(max(exact, default=years[0] - 1), 12, 31), False


def _source(country: str, through: date) -> str:
    if country == "CN":
        return f"国务院办公厅关于节假日安排的通知（至{through.year}年，holidays {holidays_version}）"
    return f"holidays {holidays_version}, {country}"
