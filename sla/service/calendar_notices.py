"""Notices of an office: load one, list them, see the calendar that one would make, and begin to apply it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schedules.calendars import CalendarError, WorkingCalendar
from schedules.notices import Notice, refuse_contradictions, refuse_gap, reviewed
from sla.service.amendments import Why, begin
from sla.service.calendar_files import notice_of, refused
from sla.service.calendar_watch import seen
from sla.service.calendars import Kept, Source, applied, built_again, covered, kept_notices, notice_days
from sla.service.errors import ServiceError
from sla.service.offices import Office, held_alone
from sla.store import calendars as store
from sla.store.cases import canonical
from sla.store.engine import Session


@dataclass(frozen=True)
class Loaded:
    """A notice that was loaded; `new` is False where it was there already, word for word."""

    notice: Notice
    new: bool


@dataclass(frozen=True)
class Target:
    """A calendar that could become the office's, and what makes it so: a notice, or newer holiday data."""

    calendar: WorkingCalendar
    notice: Notice | None = None

    @property
    def name(self) -> str:
        return self.notice.number if self.notice else ""


def load(session: Session, office: Office, text: str, now: datetime, by: str = "", *, replace: bool = False) -> Loaded:
    """Put a notice on record. It changes nothing before it is applied. Raises ServiceError naming the field (R19)."""
    if by:
        office.person(by, "by")
    notice, kept = notice_of(text), kept_notices(session, office)
    before = next((other for other in kept if other.notice.number == notice.number), None)
    if before is not None and before.notice == notice:
        return Loaded(notice, new=False)
    if before is not None:
        _refuse_number(before, notice, replace=replace)
    if notice.published > office.today(now):
        raise ServiceError(
            "notice.published",
            "%(published)s lies in the future; load it once it is published",
            published=notice.published,
        )
    target(office, notice, [other for other in kept if other is not before])
    store.put_notice(session, {
        "office_id": office.id, "number": notice.number, "title": notice.title, "published": notice.published,
        "level": notice.level.name.lower(), "scope": notice.scope.value, "announced_through": notice.announced_through,
        "amends": notice.amends, "days": canonical(notice_days(notice)), "content": text, "loaded_at": now,
        "loaded_by": by, "applied_at": None,
    })  # fmt: skip
    return Loaded(notice, new=True)


def target(office: Office, notice: Notice, others: list[Kept]) -> Target:
    """The calendar with a notice that is not applied yet. Raises ServiceError for one that cannot stand beside the
    others."""
    source = Source.read(office.calendar_source)
    base = reviewed(source.installed(), office.calendar)
    try:
        covered(notice)
        refuse_contradictions(notice, [*base.layers, *source.beside, *source.own], [other.notice for other in others])
        calendar = built_again(source, [*applied(others), notice], office.calendar)
    except CalendarError as error:
        raise refused(error) from None
    return Target(calendar, notice)


def target_of(session: Session, office: Office, number: str) -> Target:
    """The calendar with a loaded notice; "" is the only one that is not applied yet. Raises ServiceError."""
    kept = kept_notices(session, office)
    chosen = _chosen(kept, number)
    if chosen.applied:
        raise ServiceError(
            "notice",
            "%(number)s is applied already, since %(day)s",
            number=chosen.notice.number,
            day=_day(office, chosen),
        )
    return target(office, chosen.notice, [other for other in kept if other is not chosen])


def target_of_text(session: Session, office: Office, text: str) -> Target:
    """The calendar with a notice that is only in a file. Raises ServiceError."""
    notice, kept = notice_of(text), kept_notices(session, office)
    return target(office, notice, [other for other in kept if other.notice.number != notice.number])


def target_installed(session: Session, office: Office) -> Target:
    """The calendar as the installed holiday data has it, announced days too."""
    return Target(seen(session, office).whole)


def apply_notice(session: Session, office: Office, number: str, now: datetime, by: str = "") -> Target:
    """Let a loaded notice be part of the calendar; open cases are to be brought to it afterwards.

    Raises ServiceError for one that is applied, that amends one which is not, or that leaves a year out.
    """
    if by:
        office.person(by, "by")
    office = held_alone(session, office.id)
    chosen = target_of(session, office, number)
    assert chosen.notice is not None
    _refuse_order(session, office, chosen.notice)
    begin(session, office.id, chosen.calendar, Why.NOTICE, now, notice=chosen.name, by=by)
    store.mark_applied(session, office.id, chosen.name, now)
    return chosen


def apply_installed(session: Session, office: Office, now: datetime, by: str = "") -> bool:
    """Let announced days be as newer holiday data has them; False if they are."""
    if by:
        office.person(by, "by")
    office = held_alone(session, office.id)
    return begin(session, office.id, target_installed(session, office).calendar, Why.INSTALLED, now, by=by)


def listed(session: Session, office: Office) -> list[dict[str, Any]]:
    """Every notice that was loaded, and how far it is."""
    unfinished = {change.notice for change in store.changes_of(session, office.id) if change.finished_at is None}
    return [
        {
            "number": kept.notice.number,
            "title": kept.notice.title,
            "published": kept.notice.published.isoformat(),
            "level": kept.row.level,
            "scope": kept.row.scope,
            "off": len(kept.notice.closed),
            "work": len(kept.notice.open),
            "announced_through": _iso(kept.notice.announced_through),
            "amends": kept.notice.amends,
            "loaded_at": _iso(kept.row.loaded_at),
            "loaded_by": kept.row.loaded_by,
            "applied_at": _iso(kept.row.applied_at),
            "state": _state(kept, unfinished),
        }
        for kept in kept_notices(session, office)
    ]


def is_begun(session: Session, office: Office, number: str) -> bool:
    """Whether this notice (or, for "", any change) was begun to be applied and is not finished."""
    names = [change.notice for change in store.changes_of(session, office.id) if change.finished_at is None]
    return number in names if number else bool(names)


def _refuse_number(before: Kept, notice: Notice, *, replace: bool) -> None:
    if before.applied:
        raise ServiceError(
            "notice.number",
            "%(number)s is applied already, with other days; a later notice amends it, under a number of its own",
            number=notice.number,
        )
    if not replace:
        raise ServiceError(
            "notice.number",
            "%(number)s is loaded already, with another text; write --replace to correct it",
            number=notice.number,
        )


def _refuse_order(session: Session, office: Office, notice: Notice) -> None:
    """A notice comes after the one it amends, and a year after the year before it (R15)."""
    kept = {other.notice.number: other for other in kept_notices(session, office)}
    amended = kept.get(notice.amends)
    if amended is not None and not amended.applied:
        raise ServiceError(
            "notice",
            "%(number)s amends %(amends)s, which is not applied; apply that first",
            number=notice.number,
            amends=notice.amends,
        )
    try:
        refuse_gap(notice, office.calendar.announced_through)
    except CalendarError as error:
        raise refused(error) from None


def _chosen(kept: list[Kept], number: str) -> Kept:
    open_ones = [other.notice.number for other in kept if not other.applied]
    if not number and len(open_ones) == 1:
        number = open_ones[0]
    found = next((other for other in kept if other.notice.number == number), None)
    if found is not None:
        return found
    if not number:
        raise ServiceError("notice", "say which; not applied yet are: %(open_ones)s", open_ones=open_ones)
    known = ", ".join(other.notice.number for other in kept) or "none"
    raise ServiceError("notice", "%(number)r is not loaded; loaded are: %(known)s", number=number, known=known)


def _state(kept: Kept, unfinished: set[str]) -> str:
    if not kept.applied:
        return "loaded"
    return "applying" if kept.notice.number in unfinished else "applied"


def _day(office: Office, kept: Kept) -> str:
    return office.calendar.date_of(kept.row.applied_at).isoformat()


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None
