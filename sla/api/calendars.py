"""The office's calendar: since when it counts by which, the days of a year, and the notices."""

from datetime import date, datetime

from schedules.calendars import Day, Kind
from schedules.years import year_of
from sla.api.operations import Answered, Call, Operation
from sla.api.paging import PageQuery, links, part_of
from sla.api.problems import ProblemError
from sla.api.shapes import Shape, local
from sla.rights import Right
from sla.service import calendar_notices
from sla.service.calendar_changes import Changed, changes


class CalendarChange(Shape):
    """Since when the office counts by a version, and why."""

    seq: int
    at: datetime
    version: str
    why: str
    """made, notice, office or installed"""
    notice: str
    by: str
    finished_at: datetime | None
    """When the last open case was brought to it; null while some wait."""


class Calendar(Shape):
    """By what the office counts now, and did before. `next` goes on behind these changes, null at the end."""

    version: str
    country: str
    zone: str
    announced_through: date
    """Dates behind it are provisional."""
    changes: list[CalendarChange]
    next: str | None


class CalendarDay(Shape):
    """One day of the year."""

    date: date
    works: bool
    kind: Kind
    name: str
    source: str
    provisional: bool


class CalendarYear(Shape):
    """A year, day by day, by the calendar that counts now."""

    year: int
    version: str
    working_days: int
    days: list[CalendarDay]


class Notice(Shape):
    """A notice that was loaded, and how far it is: loaded, applying or applied."""

    number: str
    title: str
    published: date
    level: str
    scope: str
    off: int
    work: int
    announced_through: date | None
    amends: str
    loaded_at: datetime | None
    loaded_by: str
    applied_at: datetime | None
    state: str


class Notices(Shape):
    """Notices that were loaded, in that order. `next` goes on behind them, null at the end."""

    notices: list[Notice]
    next: str | None


def _calendar(call: Call) -> Answered:
    calendar, every = call.office.calendar, changes(call.session, call.office)
    shown, following = part_of("/calendar", call.query, every, lambda change: str(change.seq))
    found = Calendar(
        version=calendar.version,
        country=calendar.country,
        zone=calendar.zone.key,
        announced_through=calendar.announced_through,
        changes=[_change(call, change) for change in shown],
        next=following,
    )
    return Answered(found, links(following))


def _change(call: Call, change: Changed) -> CalendarChange:
    zone = call.office.calendar.zone
    return CalendarChange(
        seq=change.seq, at=change.at.astimezone(zone), version=change.version, why=change.why, notice=change.notice,
        by=change.by, finished_at=local(change.finished_at, zone),
    )  # fmt: skip


def _year(call: Call) -> CalendarYear:
    text, calendar = call.at("year"), call.office.calendar
    first, last = calendar.years
    if not (text.isascii() and text.isdigit() and len(text) == 4 and first <= int(text) <= last):
        raise ProblemError("not-found", f"the calendar covers the years {first} to {last}", "year")
    year = year_of(calendar, int(text))
    days = [_day(day, provisional=calendar.is_provisional(day.date)) for day in year.days]
    return CalendarYear(year=year.number, version=calendar.version, working_days=year.working_days(), days=days)


def _day(day: Day, *, provisional: bool) -> CalendarDay:
    return CalendarDay(
        date=day.date, works=day.works, kind=day.kind, name=day.name, source=day.source, provisional=provisional
    )


def _notices(call: Call) -> Answered:
    every = calendar_notices.listed(call.session, call.office)
    rows, following = part_of("/calendar/notices", call.query, every, lambda row: str(row["number"]))
    return Answered(Notices(notices=[Notice.model_validate(row) for row in rows], next=following), links(following))


OPERATIONS = (
    Operation(
        "GET", "/calendar", "getCalendar", "calendar", "By what the office counts, and since when", Right.READ,
        Calendar, _calendar, query=PageQuery,
    ),
    Operation(
        "GET", "/calendar/years/{year}", "getYear", "calendar", "The days of a year", Right.READ, CalendarYear, _year,
        refuses=("not-found",),
    ),
    Operation(
        "GET", "/calendar/notices", "listNotices", "calendar", "The notices that were loaded", Right.READ, Notices,
        _notices, query=PageQuery,
    ),
)  # fmt: skip
