"""An office's calendar as it is built: from what its file says, the notices that apply, and the installed holidays."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from schedules.announcements import YEARS, announced
from schedules.calendars import CalendarError, Level, Overlay, Scope, WorkingCalendar, overlay_from_content, zone_named
from schedules.hours import WeeklyHours
from schedules.notices import Announced, Notice, combined, reach, reviewed
from sla.presets.calendar import cited
from sla.service.offices import Office
from sla.store import calendars as store
from sla.store.engine import Session


@dataclass(frozen=True)
class Source:
    """What an office's file says of its calendar. `closed` and `open` are the office's own days, with the reason.

    `announced_through` ends the announced days earlier than the installed data does; only a demonstration needs that.
    `law` is what makes its country's days off, `beside` what its policy's own law takes off beside them.
    """

    country: str
    zone: str
    subdivs: tuple[str, ...] = ()
    hours: WeeklyHours = field(default_factory=WeeklyHours)
    closed: Mapping[date, str] = field(default_factory=dict)
    open: Mapping[date, str] = field(default_factory=dict)
    announced_through: date | None = None
    law: str = ""
    beside: tuple[Overlay, ...] = ()

    @property
    def own(self) -> tuple[Overlay, ...]:
        """The office's own days as a layer. Raises CalendarError for a date on both sides (R19)."""
        overlay = Overlay("office", Level.OFFICE, Scope.OFFICE, self.closed, self.open, "office.toml")
        return (overlay,) if self.closed or self.open else ()

    def installed(self) -> Announced:
        """The days of its country as the installed data has them now; the same object while nothing changes."""
        return _as_asked(announced(self.country, self.subdivs), self.announced_through, self.law)

    def content(self) -> dict[str, Any]:
        """As JSON, for the office's settings."""
        return {
            "country": self.country,
            "subdivs": list(self.subdivs),
            "zone": self.zone,
            "hours": self.hours.content(),
            "closed": _texts(self.closed),
            "open": _texts(self.open),
            "announced_through": self.announced_through.isoformat() if self.announced_through else "",
            "law": self.law,
            "beside": [overlay.content() for overlay in self.beside],
        }

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> "Source":
        hours, through = content["hours"], content["announced_through"]
        return cls(
            country=content["country"],
            zone=content["zone"],
            subdivs=tuple(content["subdivs"]),
            hours=WeeklyHours.parse(hours["week"], hours["days"], hours["makeup"]),
            closed=_days(content["closed"]),
            open=_days(content["open"]),
            announced_through=date.fromisoformat(through) if through else None,
            law=content["law"],
            beside=tuple(overlay_from_content(overlay) for overlay in content["beside"]),
        )


def built(source: Source, notices: Sequence[Notice] = (), base: Announced | None = None) -> WorkingCalendar:
    """The calendar of a source with these notices. `base` are its country's days, the installed ones if left out.

    Raises CalendarError naming the field.
    """
    base = base or source.installed()
    return WorkingCalendar(
        zone=zone_named(source.zone),
        weekend=base.weekend,
        hours=source.hours,
        overlays=combined([*base.layers, *source.beside, *source.own], notices),
        announced_through=reach(base.through, notices),
        years=YEARS,
        country=base.country,
    )


def built_again(
    source: Source, notices: Sequence[Notice], current: WorkingCalendar, base: Announced | None = None
) -> WorkingCalendar:
    """The same, without what newer holiday data says of days that are announced already: that is for review (R16)."""
    return built(source, notices, reviewed(base or source.installed(), current))


def covered(notice: Notice) -> None:
    """Refuses a notice with dates that no calendar covers. Raises CalendarError."""
    outside = [day for day in sorted(notice.days) if not YEARS[0] <= day.year <= YEARS[1]]
    if outside:
        raise CalendarError(
            "off",
            "%(day)s lies outside the years a calendar covers, %(years)s to %(years2)s",
            day=outside[0],
            years=YEARS[0],
            years2=YEARS[1],
        )


# --- notices on record ---
@dataclass(frozen=True)
class Kept:
    """A notice that was loaded: its row and its value."""

    row: Any
    notice: Notice

    @property
    def applied(self) -> bool:
        """Whether it is part of the calendar."""
        return self.row.applied_at is not None


def kept_notices(session: Session, office: Office) -> list[Kept]:
    """Every notice that was loaded, in the order of their loading."""
    return [Kept(row, notice_from(row)) for row in store.notices_of(session, office.id)]


def applied(notices: Iterable[Kept]) -> list[Notice]:
    """Those that are part of the calendar."""
    return [kept.notice for kept in notices if kept.applied]


def notice_from(row: Any) -> Notice:
    days = json.loads(row.days)
    return Notice(
        number=row.number,
        title=row.title,
        published=row.published,
        level=Level[row.level.upper()],
        scope=Scope(row.scope),
        closed=_days(days["off"]),
        open=_days(days["work"]),
        english=days["english"],
        announced_through=row.announced_through,
        amends=row.amends,
    )


def notice_days(notice: Notice) -> dict[str, Any]:
    """The dates of a notice as JSON."""
    return {"off": _texts(notice.closed), "work": _texts(notice.open), "english": dict(notice.english)}


@lru_cache(maxsize=64)
def _as_asked(base: Announced, through: date | None, law: str) -> Announced:
    if through is None and not law:
        return base
    layers = tuple(cited(layer, law) for layer in base.layers) if law else base.layers
    return replace(base, layers=layers, through=min(base.through, through or date.max))


def _texts(days: Mapping[date, str]) -> dict[str, str]:
    return {day.isoformat(): name for day, name in days.items()}


def _days(texts: Mapping[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): name for day, name in texts.items()}
