"""Who reads a message at the moment it is sent: whoever is in then, whatever was known when it was raised."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from notifiers.entries import Claimed, NewMessage
from notifiers.outbox import enqueue
from sla.alarms import CORRECTION, AlarmKey
from sla.events import due_from
from sla.people import Person, on_duty
from sla.service.offices import Office
from sla.service.records import alarm_from, alarm_row
from sla.store import cases as store
from sla.store.cases import canonical
from sla.store.engine import Session
from sla.store.ids import new_id

TO_A_ROLE = ("case", "digest", "month", "calendar", "calendar_missing", "calendar_review")


def reader_now(office: Office, claimed: Claimed, about: Mapping[str, Any], now: datetime) -> Person | None:
    """Who is to read a message instead of its recipient; None where it is the recipient's.

    A correction is for just those who were told. Ask only at the first attempt: what may have arrived once is repeated
    to the same person.
    """
    if not any(kind in about for kind in TO_A_ROLE) or about.get("milestone") == CORRECTION:
        return None
    named = _named(office, claimed, about)
    reader = on_duty(named, office.people, office.today(now)) if named else None
    return reader if reader and reader.id != claimed.recipient_id else None


def why(office: Office, claimed: Claimed, reader: Person) -> str:
    """The reason on record with what is redirected."""
    named = office.people[claimed.recipient_id]
    return f"{reader.id} is in again" if _is_back(claimed, reader) else f"{named.id} is away; {reader.id} is told"


def redirected(office: Office, readers: Iterable[tuple[Claimed, Person]], now: datetime) -> tuple[NewMessage, ...]:
    """The messages in place of some members of a bundle; those for one reader are one bundle again."""
    leaders: dict[str, UUID] = {}
    found = []
    for claimed, reader in readers:
        new = _to(office, claimed, reader, leaders.get(reader.id), now)
        leaders.setdefault(reader.id, new.id)
        found.append(new)
    return tuple(found)


def redirect(session: Session, messages: Sequence[NewMessage]) -> None:
    """Enqueue what is for somebody else now, and let its alarms know whom they told: corrections look there."""
    for office_id, group in groupby(sorted(messages, key=lambda message: message.office_id), lambda m: m.office_id):
        together = list(group)
        _put_told(session, office_id, together)
        enqueue(session, together)


def _named(office: Office, claimed: Claimed, about: Mapping[str, Any]) -> Person | None:
    """Whose message it is: the one it is read in place of, else the recipient."""
    return office.people.get(about.get("instead_of", "")) or office.people.get(claimed.recipient_id)


def _is_back(claimed: Claimed, reader: Person) -> bool:
    return bool(json.loads(claimed.about).get("instead_of") == reader.id)


def _to(office: Office, claimed: Claimed, reader: Person, leader: UUID | None, now: datetime) -> NewMessage:
    about = json.loads(claimed.about)
    named, endpoint = _named(office, claimed, about), next(iter(reader.addresses), "")
    ahead = claimed.key.removesuffix(f"{claimed.recipient_id}/{claimed.endpoint}")
    own = f"{claimed.recipient_id}/" if about.get("people") else ""  # a list of cases beside the reader's own list
    return NewMessage(
        office_id=office.id,
        id=new_id(now),
        key=f"{ahead}{own}{reader.id}/{endpoint}",
        kind=claimed.kind,
        recipient_id=reader.id,
        endpoint=endpoint,
        about=canonical({**about, "instead_of": "" if named is None or named.id == reader.id else named.id}),
        due_at=claimed.due_at,
        next_at=now,
        created_at=now,
        bundle_id=leader,
    )


def _put_told(session: Session, office_id: UUID, messages: Sequence[NewMessage]) -> None:
    told: dict[tuple[UUID, AlarmKey], list[str]] = {}
    for message in messages:
        about = json.loads(message.about)
        if "case" in about:
            key = AlarmKey(about["clock"], about["milestone"], due_from(about["due"]), about["episode"])
            told.setdefault((UUID(about["case"]), key), []).append(message.recipient_id)
    ids = list(dict.fromkeys(case_id for case_id, _ in told))
    store.lock_cases(session, office_id, ids)
    rows = []
    for case_id, alarms in store.alarms_of(session, office_id, ids).items():
        for alarm in map(alarm_from, alarms):
            more = told.get((case_id, alarm.key), [])
            if more:
                everybody = tuple(dict.fromkeys((*alarm.told, *more)))
                rows.append(alarm_row(office_id, case_id, replace(alarm, told=everybody)))
    store.put_alarms(session, rows)
