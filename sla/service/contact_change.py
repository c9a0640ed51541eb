"""Change how an applicant is reached. What could not be delivered until now is tried again, the new way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifiers import outbox
from sla.events import standing
from sla.service.cases import Recorded, When, find, record
from sla.service.contacts import contacts_of
from sla.service.errors import ServiceError
from sla.service.notifying import PREFIX
from sla.service.offices import Office
from sla.store.engine import Session

FIELDS = ("email", "mobile", "contact", "language")


def change_contact(
    session: Session, office: Office, number: str, given: Mapping[str, Any], now: datetime, actor: str
) -> tuple[Recorded, int]:
    """Put the new contact on record, and how many messages go out again by it. What is None, or not there, stays.

    Needs a writing transaction. Raises ServiceError.
    """
    if not any(given.get(name) is not None for name in FIELDS):
        raise ServiceError("contact", "nothing is changed; give one of %(fields)s", fields=FIELDS)
    found = find(session, office, number, now)
    case_id = found.row.case_id
    contact = contacts_of(session, office, [case_id], {case_id: standing(found.events)})[case_id]
    known = {"email": contact.email, "mobile": contact.mobile, "contact": contact.note, "language": contact.language}
    details = {name: known[name] if given.get(name) is None else given[name] for name in FIELDS}
    done = record(session, office, number, "contact_changed", details, When(now), now, actor)
    recipient = f"{PREFIX}/{case_id.hex}"
    letters = [letter.id for letter in outbox.dead(session, office.id) if letter.recipient_id == recipient]
    return done, outbox.retry_dead(session, office.id, letters, now) if letters else 0
