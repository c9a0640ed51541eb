"""Everybody's own deadlines in a calendar of their own, at an address that is private and can be revoked.

The address holds the office's id and 256 random bits, as a sign-in does; the database has only its SHA-256. There is
one a person: a new one takes the place of the old.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from notifiers.calendar_file import subscribed_calendar
from notifiers.message import Deadline
from sla.applicants import PROMISED
from sla.clock import Clock
from sla.messages import deadline_of
from sla.people import Person, Role, recipients
from sla.service.attempts import attempts_from
from sla.service.errors import ServiceError
from sla.service.lists import card, with_events
from sla.service.offices import Office, office_with
from sla.service.users import digest_of, office_of
from sla.store import offices
from sla.store import subscriptions as store
from sla.store.engine import Session
from sla.words import Words, words

LOOK_AGAIN = timedelta(hours=1)  # how often a calendar is asked to read it, and how exactly it is kept when it did
MOST_CASES = 500  # in one calendar, the earliest due first


@dataclass(frozen=True)
class Subscription:
    """Somebody's calendar. `unread`: that it was read is not on record yet."""

    office: Office
    person: Person
    made_at: datetime
    read_at: datetime | None
    unread: bool = False


def make(session: Session, office: Office, person_id: str, now: datetime) -> str:
    """What somebody's calendar is found by from now on; it is given back once. The address before is worthless."""
    person = office.person(person_id)
    token = f"{office.id.hex}.{secrets.token_urlsafe(32)}"
    store.put_subscription(session, {
        "office_id": office.id, "person_id": person.id, "digest": digest_of(token), "made_at": now, "read_at": None,
    })  # fmt: skip
    return token


def address(base: str, token: str) -> str:
    return f"{base.rstrip('/')}/calendar/{token}.ics"


def revoke(session: Session, office: Office, person_id: str) -> None:
    """Raises ServiceError for who has none."""
    if not store.drop_subscription(session, office.id, office.person(person_id).id):
        raise ServiceError("person", "%(person_id)s has no calendar to revoke", person_id=person_id)


def subscription_of(session: Session, office: Office, person_id: str) -> Subscription | None:
    row = store.subscription_of(session, office.id, person_id)
    return Subscription(office, office.people[person_id], row.made_at, row.read_at) if row else None


def known_by(session: Session, token: str, now: datetime) -> Subscription | None:
    """Whose calendar is found by a token; None for one that is none, was revoked, or is of somebody who has left."""
    office_id = office_of(token)
    row = store.subscription_with(session, office_id, digest_of(token)) if office_id else None
    office = office_with(session, row.office_id) if row else None
    if row is None or office is None or row.person_id not in office.people:
        return None
    unread = row.read_at is None or now - row.read_at >= LOOK_AGAIN
    return Subscription(office, office.people[row.person_id], row.made_at, row.read_at, unread)


def was_read(session: Session, subscription: Subscription, now: datetime) -> None:
    store.was_read(session, subscription.office.id, subscription.person.id, now)


def closed_to(session: Session, token: str, address: str, now: datetime) -> datetime | None:
    """Count a token that is none against the address it came from; until when it is not even counted any more.

    Only what is wrong is held up: behind one address a whole office may read its calendars, one of them revoked.
    """
    office_id = office_of(token)
    if office_id not in {row.office_id for row in offices.offices(session)} or office_id is None:
        return None  # it names no office, so nothing could be found by it
    attempts = attempts_from(session, office_id, "calendar", address, now)
    if not attempts.closed_until:
        attempts.failed()
    return attempts.closed_until


def calendar_of(session: Session, subscription: Subscription, now: datetime) -> bytes:
    """What somebody has to keep, as iCalendar: promise and statute of the open cases they handle, or handle today in
    the place of somebody who is away."""
    office, person = subscription.office, subscription.person
    said = words(person.language)
    name = said.gettext("Deadlines · %(office)s", office=office.name)
    return subscribed_calendar(tuple(_deadlines(session, office, person, now)), name, LOOK_AGAIN)


def _deadlines(session: Session, office: Office, person: Person, now: datetime) -> Iterator[Deadline]:
    said = words(person.language)
    for row, events, history in with_events(session, office, _cases(session, office, person, now), now):
        changed_at = max(event.recorded_at for event in events)  # by an event alone a date moves
        for clock in history.clocks:
            if clock.is_open and clock.due_on and clock.rule.basis in PROMISED:
                yield _deadline(office, row, clock, changed_at, said)


def _cases(session: Session, office: Office, person: Person, now: datetime) -> Sequence[UUID]:
    """A case whose handler is not on the staff is the chief's, as in messages."""
    people, today = office.people, office.today(now)

    def hears_of(handler: str) -> bool:
        return person in recipients((Role.HANDLER,), handler, people, today)

    handlers = [name for name in people if name == person.id or hears_of(name)]
    bases = [basis.value for basis in PROMISED]
    return store.cases_with_deadlines(
        session, office.id, bases, handlers, MOST_CASES, not_of=people.keys() if hears_of("") else None
    )


def _deadline(office: Office, row: Any, clock: Clock, changed_at: datetime, said: Words) -> Deadline:
    assert clock.due_on is not None
    made = deadline_of(card(office, row), clock, said, office.source)
    return replace(made, changed_at=changed_at, warn_before=_before(office, clock.due_on))


def _before(office: Office, due: date) -> timedelta:
    """Back to the working day ahead of a day, at the hour of the morning's digest."""
    return due - office.calendar.nth_working_day(due, -1) - timedelta(minutes=office.digest_minutes)
