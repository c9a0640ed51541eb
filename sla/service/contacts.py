"""How applicants are reached: what may be put on record, and what stands. Personal data, kept apart from the record.

No error quotes what was given: it would stand in a log.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from notifiers.wording import mobile
from sla.applicants import Contact, contact_of
from sla.events import CaseEvent, standing
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.service.records import events_from
from sla.store import cases as store
from sla.store.engine import Session

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LONGEST_EMAIL = 254
LANGUAGES = ("zh", "en")


def checked(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of an event with address and number as they are used. Raises ServiceError for what is none."""
    found = dict(details)
    if found.get("email"):
        found["email"] = str(found["email"]).strip()
        if len(found["email"]) > _LONGEST_EMAIL or not _EMAIL.fullmatch(found["email"]):
            raise ServiceError("email", "is no mail address; write name@example.org")
    if found.get("mobile"):
        found["mobile"] = mobile(str(found["mobile"]))
        if not found["mobile"]:
            raise ServiceError("mobile", "is no mobile number; write 13800138000, or +44 and the number from abroad")
    if found.get("language") and found["language"] not in LANGUAGES:
        raise ServiceError(
            "language",
            "%(value)r is unknown; known are: %(known)s",
            value=found["language"],
            known=LANGUAGES,
        )
    return found


def contacts_of(
    session: Session, office: Office, case_ids: Sequence[UUID], events: Mapping[UUID, Iterable[CaseEvent]]
) -> dict[UUID, Contact]:
    """How the applicant of each case is reached now; `events` are those that stand."""
    if not case_ids:
        return {}
    personal: dict[UUID, dict[int, dict[str, str]]] = {case_id: {} for case_id in case_ids}
    for case_id, parties in store.parties_of(session, office.id, case_ids).items():
        for party in parties:
            personal[case_id].setdefault(party.seq, {})[party.field] = party.value
    return {case_id: contact_of(events[case_id], personal[case_id]) for case_id in case_ids}


def contacts_read(session: Session, office: Office, case_ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """The same, where the events have not been read yet."""
    rows = store.events_of(session, office.id, case_ids) if case_ids else {}
    return contacts_of(session, office, case_ids, {case: standing(events_from(own)) for case, own in rows.items()})
