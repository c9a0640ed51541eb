"""What the heartbeat looks after: newer holiday data (R15, R16), and the year that nobody has announced yet.

Owed by the tables and made once, whoever asks.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from notifiers.entries import NewMessage
from notifiers.outbox import enqueue
from schedules.calendars import CalendarError, WorkingCalendar
from schedules.notices import Announced, changed_days
from sla.service.amendments import Why, administrators, begin, message_to, unfinished
from sla.service.calendars import Source, built, built_again, kept_notices, notice_from
from sla.service.offices import Office, every_office, held_alone
from sla.store import offices as store
from sla.store.cases import canonical
from sla.store.engine import Session

logger = logging.getLogger("sla.calendars")
MISSING, REVIEW = "calendar_missing", "calendar_review"  # kinds of messages
FIRST_MONTH = 11  # from 1 November on the next year ought to be announced


@dataclass(frozen=True)
class Seen:
    """What the installed holiday data has for an office.

    `by_itself`: the calendar that confirms or moves what was not announced yet, None if nothing new is. `days`: what
    else it has otherwise; older data says nothing of what it does not reach. `whole`: the calendar with those days.
    """

    by_itself: WorkingCalendar | None
    whole: WorkingCalendar
    days: tuple[date, ...]


def watch(session: Session, now: datetime, only: UUID | None = None) -> None:
    """Of one office or of all, take newly announced years over, and tell administrators what they have to look at.

    Needs a writing transaction.
    """
    busy = set(unfinished(session))
    for office in every_office(session, only):
        try:
            found = seen(session, office)
        except CalendarError:  # an office that cannot be built any more keeps the calendar it has
            logger.exception("the calendar of %s cannot be looked at", office.slug)
            continue
        if found.by_itself is not None and office.id not in busy:
            _take_over(session, office, now)
        messages = [*_review(session, office, found, now), *_missing(session, office, found, now)]
        enqueue(session, messages)


def _take_over(session: Session, office: Office, now: datetime) -> None:
    found = seen(session, held_alone(session, office.id))
    if found.by_itself is not None:
        begin(session, office.id, found.by_itself, Why.INSTALLED, now)


def seen(session: Session, office: Office) -> Seen:
    """Compare the office's calendar with what would be built for it now."""
    rows = tuple(kept.row for kept in kept_notices(session, office) if kept.applied)
    source = Source.read(office.calendar_source)
    current = _Current(office.calendar.version, office.calendar)
    return _seen(source.installed(), canonical(office.calendar_source), rows, current)


@dataclass(frozen=True)
class _Current:
    """A calendar known by its version."""

    version: str
    calendar: WorkingCalendar = field(compare=False)


@lru_cache(maxsize=4096)
def _seen(installed: Announced, source: str, rows: tuple[Any, ...], known: _Current) -> Seen:
    """Worked out once for each reading of the data. `rows` are the notices that apply."""
    asked, notices, current = Source.read(json.loads(source)), [notice_from(row) for row in rows], known.calendar
    whole, careful = built(asked, notices, installed), built_again(asked, notices, current, installed)
    longer = careful if careful.announced_through > current.announced_through else None
    differing = changed_days(whole, longer or current)
    return Seen(longer, whole, tuple(day for day in differing if day <= whole.announced_through))


def missing_year(calendar: WorkingCalendar, day: date) -> int | None:
    """The year that ought to be announced on a day and is not: the next one from November on, this one before."""
    year = day.year + 1 if day.month >= FIRST_MONTH else day.year
    return year if calendar.announced_through.year < year else None


def _review(session: Session, office: Office, found: Seen, now: datetime) -> Sequence[NewMessage]:
    """Once for each reading of the data (R16)."""
    if not found.days:
        return ()
    kind = f"{REVIEW} {found.whole.version}"
    if not store.make_once(session, office.id, kind, found.whole.announced_through, now):
        return ()
    return [
        message_to(
            office, told.person, (REVIEW, found.whole.version), REVIEW,
            {"calendar_review": found.whole.version, "reason": told.role.value}, now,
        )
        for told in administrators(office, now)
    ]  # fmt: skip


def _missing(session: Session, office: Office, found: Seen, now: datetime) -> Sequence[NewMessage]:
    """Each working day while messages may go out, until it is announced (R15)."""
    day = office.today(now)
    year = missing_year(found.by_itself or office.calendar, day)
    if year is None or office.send_at(now) != now or store.is_made(session, office.id, MISSING, day):
        return ()
    if not store.make_once(session, office.id, MISSING, day, now):
        return ()
    return [
        message_to(
            office, told.person, (MISSING, day.isoformat()), MISSING,
            {"calendar_missing": day.isoformat(), "year": year, "reason": told.role.value}, now,
        )
        for told in administrators(office, now)
    ]  # fmt: skip
