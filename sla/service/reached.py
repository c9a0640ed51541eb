"""Whom a message is for: somebody on the staff, or the applicant of a case."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from notifiers.entries import Claimed, Listed
from notifiers.message import Recipient
from sla.applicants import Contact
from sla.service.contacts import contacts_read
from sla.service.notifying import is_of_applicant
from sla.service.offices import Office
from sla.store.engine import Session

TAGS = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Reader:
    """`addresses`: by channel, in order of preference."""

    id: str
    name: str
    addresses: Mapping[str, str]
    language: str

    def by(self, endpoint: str) -> Recipient:
        return Recipient(self.id, self.name, self.addresses.get(endpoint, ""), TAGS.get(self.language, "en"))


Readers = Mapping[str, Reader]  # by the id of the recipient


def readers_of(session: Session, office: Office, messages: Iterable[Claimed | Listed]) -> Readers:
    """The readers of these messages, so far as they are there still; applicants as they are reached now."""
    found: dict[str, Reader] = {}
    cases: dict[UUID, str] = {}
    for message in messages:
        person = office.people.get(message.recipient_id)
        if is_of_applicant(message.kind):
            cases[case_of(message)] = message.recipient_id
        elif person:
            found[message.recipient_id] = Reader(person.id, person.name, person.addresses, person.language)
    for case_id, contact in contacts_read(session, office, list(cases)).items():
        found[cases[case_id]] = _applicant(office, cases[case_id], contact)
    return found


def case_of(message: Claimed | Listed) -> UUID:
    """The case whose applicant a message is for."""
    return UUID(json.loads(message.about)["case"])


def _applicant(office: Office, recipient_id: str, contact: Contact) -> Reader:
    addresses = contact.addresses(office.applicants)
    return Reader(recipient_id, contact.name, addresses, contact.language or office.language)
