"""Who is told of an alarm, and the messages for the outbox: one a person, alarm and channel (M5, M6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from notifiers.entries import NewMessage
from notifiers.outbox import keys_present
from sla.alarms import CORRECTION, Alarm, AlarmState
from sla.messages.making import MOST_LISTED
from sla.people import Addressee, Person, Role, addressees
from sla.service.bringing import digest_key
from sla.service.offices import Office
from sla.store.cases import canonical
from sla.store.engine import Session
from sla.store.ids import new_id


@dataclass(frozen=True)
class Telling:
    """An alarm of a case with the people it tells; `anytime` lets it out of the message window (M2)."""

    alarm: Alarm
    people: tuple[Addressee, ...]
    anytime: bool


def message_key(office: Office, case_id: UUID, alarm: Alarm, person: Person, endpoint: str) -> str:
    """The one identity of a message for ever (M6); what a changed calendar moved is one message a person."""
    if alarm.change is not None:
        return digest_key(office.id, alarm.change, person.id, endpoint)
    due = alarm.key.due.isoformat() if alarm.key.due else "-"
    parts = (
        office.id.hex,
        case_id.hex,
        alarm.key.clock,
        alarm.key.milestone,
        due,
        str(alarm.key.episode),
        person.id,
        endpoint,
    )
    return "/".join(parts)


def addressed_now(office: Office, handler: str, alarm: Alarm, now: datetime) -> tuple[Alarm, tuple[Addressee, ...]]:
    """A raised alarm with the people it tells, each with the role that names them."""
    if alarm.state is not AlarmState.RAISED:
        return alarm, ()
    people = told_now(office, alarm.roles, handler, now)
    return replace(alarm, told=tuple(addressee.person.id for addressee in people)), people


def told_now(office: Office, roles: Sequence[Role], handler: str, now: datetime) -> tuple[Addressee, ...]:
    """Who is told on the day messages go out next."""
    return addressees(roles, handler, office.people, office.today(office.send_at(now)))


def messages_of(
    office: Office, case_id: UUID, tellings: Sequence[Telling], now: datetime, opens: datetime
) -> list[NewMessage]:
    """One message a person and alarm; several for one person at one time are a bundle, led by the gravest (M5).

    `opens`: when messages go out, now or at the next opening of the office's window.
    """
    by_person: dict[tuple[str, str], list[NewMessage]] = {}
    for telling in sorted(tellings, key=lambda telling: telling.alarm.key.milestone == CORRECTION):
        alarm = telling.alarm
        for addressee in telling.people:
            person = addressee.person
            endpoint = next(iter(person.addresses), "")
            leader = next(iter(by_person.get((person.id, endpoint), [])), None)
            message = NewMessage(
                office_id=office.id,
                id=new_id(now),
                key=message_key(office, case_id, alarm, person, endpoint),
                kind=CORRECTION if alarm.key.milestone == CORRECTION else alarm.gravity.value,
                recipient_id=person.id,
                endpoint=endpoint,
                about=about_of(case_id, alarm, addressee, anytime=telling.anytime),
                due_at=alarm.at,
                next_at=now if telling.anytime else opens,
                created_at=now,
                bundle_id=leader.id if leader else None,
            )
            by_person.setdefault((person.id, endpoint), []).append(message)
    return [message for messages in by_person.values() for message in messages]


def snooze_key(office: Office, case_id: UUID, alarm: Alarm, person: Person, endpoint: str, until: str) -> str:
    """The identity of a reminder that comes again at the end of a snooze; it ends as every key does."""
    key = message_key(office, case_id, alarm, person, endpoint)
    ending = f"{person.id}/{endpoint}"
    return f"{key.removesuffix(ending)}snoozed {until}/{ending}"


def bundled(session: Session, office_id: UUID, messages: Sequence[NewMessage]) -> list[NewMessage]:
    """What goes to one person by one channel at one time as one message, however many cases it is about; up to what a
    message lists. What the outbox has already stays apart: it leads nobody."""
    known = keys_present(session, office_id, [message.key for message in messages])
    fresh = sorted((message for message in messages if message.key not in known), key=_place)
    alone = [replace(message, bundle_id=None) for message in messages if message.key in known]
    return alone + [member for _, group in groupby(fresh, _place) for member in _led(list(group))]


def _led(messages: Sequence[NewMessage]) -> Iterator[NewMessage]:
    for start in range(0, len(messages), MOST_LISTED):
        leader, *others = messages[start : start + MOST_LISTED]
        yield replace(leader, bundle_id=None)
        yield from (replace(other, bundle_id=leader.id) for other in others)


def _place(message: NewMessage) -> tuple[str, str, datetime]:
    return message.recipient_id, message.endpoint, message.next_at


def about_of(case_id: UUID, alarm: Alarm, addressee: Addressee, *, anytime: bool) -> str:
    """What a message says of its alarm, for whoever sends it."""
    due = alarm.key.due.isoformat() if alarm.key.due else ""
    return canonical(
        {
            "case": case_id.hex,
            "clock": alarm.key.clock,
            "milestone": alarm.key.milestone,
            "due": due,
            "episode": alarm.key.episode,
            "gravity": alarm.gravity.value,
            "role": addressee.role.value,
            "instead_of": addressee.instead_of,
            "anytime": anytime,
        }
    )
