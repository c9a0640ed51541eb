"""Blanking by law: the personal data of an applicant, or of somebody who has left the office, are taken out for good.

That it was done, when, why and by whom stays on record; the chain of a case holds salted digests only, whose salts go
too, and fits as before. What stands in free texts of the chain cannot be taken out: the caller is told where.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from notifiers.clearing import erase
from sla.people import Role
from sla.service.cases import When, known, record
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.service.records import blanked_before, events_from
from sla.store import blanking as store
from sla.store import cases
from sla.store import offices as people
from sla.store.engine import Session

MAY = frozenset({Role.MANAGER, Role.ADMIN})
MARK = "▇▇"
SHORTEST = 2  # a single character stands in every other word


@dataclass(frozen=True)
class Blanked:
    """What was blanked, and where what it said stands all the same. `before`: there was nothing left to blank."""

    what: str
    still: tuple[str, ...] = ()
    before: bool = False


@dataclass(frozen=True)
class Former:
    """Somebody who has left and was blanked."""

    id: str
    at: datetime
    by: str
    because: str


def blank_case(session: Session, office: Office, number: str, reason: str, now: datetime, actor: str) -> Blanked:
    """Take out what is kept of the applicant, on record. Needs a writing transaction. Raises ServiceError.

    What the database's file or its log still holds of it goes when `sla.store.engine.swept` is run afterwards.
    """
    _require_may(office, actor)
    row = known(session, office, number, lock=True)
    parties = cases.parties_of(session, office.id, [row.case_id])[row.case_id]
    events = events_from(cases.events_of(session, office.id, [row.case_id])[row.case_id])
    if not parties and not row.title and blanked_before(events):
        return Blanked(number, before=True)
    names = {party.value for party in parties if party.field != "title" and party.value}
    texts = names | {party.value for party in parties if party.value} | {row.title} - {""}
    _require_nameless(reason, texts)
    record(session, office, number, "blanked", {"reason": reason}, When(now), now, actor)
    store.drop_parties(session, office.id, row.case_id)
    cases.put_heads(session, [{"office_id": office.id, "case_id": row.case_id, "title": ""}])
    erase(session, office.id, _forms(texts), MARK)
    own = list(_own(session, office, row, texts))
    return Blanked(number, (*own, *_others(session, office, names, row.case_id)))


def blank_person(session: Session, office: Office, person_id: str, reason: str, now: datetime, actor: str) -> Blanked:
    """Take out name, addresses and absences of somebody who has left. The id stays: events name who did what by it.

    Needs a writing transaction. Raises ServiceError.
    """
    _require_may(office, actor)
    row = store.person(session, office.id, person_id)
    if row is None:
        raise ServiceError("person", "%(person_id)r is nobody who is or was here", person_id=person_id)
    if row.active:
        raise ServiceError(
            "person", "%(person_id)s is on the staff; take them out of the office file first", person_id=person_id
        )
    if row.blanked_at and not row.name:
        return Blanked(person_id, before=True)
    texts = {row.name, *(address for _, address in json.loads(row.addresses))} - {"", person_id}
    if not reason.strip():
        raise ServiceError("reason", "is needed: say which law, or whose request, asks for it; without the name")
    _require_nameless(reason, texts)
    why = {"blanked_at": now, "blanked_by": actor, "blanked_because": reason.strip()}
    store.put_blanked(session, office.id, person_id, why)
    erase(session, office.id, _forms(texts), MARK)
    return Blanked(person_id, tuple(_others(session, office, {row.name} - {""})))


def former(session: Session, office: Office) -> list[Former]:
    """Who has left the office and was blanked."""
    rows = (row for row in people.people_of(session, office.id) if row.blanked_at and not row.active)
    return [Former(row.person_id, row.blanked_at, row.blanked_by, row.blanked_because) for row in rows]


def _require_may(office: Office, actor: str) -> None:
    if not actor:
        raise ServiceError("by", "is missing: what is blanked is gone, and it stays on record who did it")
    if not office.person(actor, "by").roles & MAY:
        able = ", ".join(person.id for person in office.people.values() if person.roles & MAY)
        raise ServiceError(
            "by", "%(actor)s may not blank; managers and administrators may: %(able)s", actor=actor, able=able
        )


def _require_nameless(reason: str, texts: Iterable[str]) -> None:
    if any(text in reason for text in texts if len(text) >= SHORTEST):
        raise ServiceError("reason", "holds what is to be blanked, and stays on record; say it without the name")


def _forms(texts: Iterable[str]) -> set[str]:
    """A text as it is, and as the answer of a service may quote it."""
    long = [text for text in texts if len(text) >= SHORTEST]
    return {form for text in long for form in (text, json.dumps(text)[1:-1], quote(text), quote(text, safe="").lower())}


def _own(session: Session, office: Office, row: Any, texts: Iterable[str]) -> Iterator[str]:
    """The events of the case that hold it in a free text: a reason, or the title, of what an earlier version wrote."""
    long = [text for text in texts if len(text) >= SHORTEST]
    for event in cases.events_of(session, office.id, [row.case_id])[row.case_id]:
        if any(text in event.details for text in long):
            yield f"{row.number}: event {event.seq}, which cannot be changed"


def _others(session: Session, office: Office, names: Collection[str], besides: UUID | None = None) -> Iterator[str]:
    """Everywhere else: other cases of the same person, for the most part."""
    long = [name for name in names if len(name) >= SHORTEST]
    places = [(table, row._asdict()) for table, row in store.places_of(session, office.id, long)]
    ids = {row["case_id"] for _, row in places if "case_id" in row}
    numbers = {row.case_id: row.number for row in cases.cases_with(session, office.id, ids)}
    for table, row in places:
        case_id = row.pop("case_id", None)
        if case_id is None or case_id != besides:
            key = " ".join(str(value) for name, value in row.items() if name != "office_id")
            yield f"{numbers.get(case_id, '')}: {table} {key}".removeprefix(": ").strip()
