"""What a channel gave up goes on by its reader's next one; what nobody can deliver is told to those who watch the
office, by another channel."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from notifiers import endpoints
from notifiers.entries import Claimed, NewMessage, Outcome, State
from notifiers.message import DeliveryError
from notifiers.outbox import dead, enqueue, follow, keys_present, pass_on
from sla.messages import Undelivered
from sla.people import Person, Role, addressees
from sla.service.notifying import is_of_applicant
from sla.service.offices import Office, office_with
from sla.service.reached import Reader, case_of, readers_of
from sla.store.cases import canonical, cases_with
from sla.store.engine import Session
from sla.store.ids import new_id

KIND = "undelivered"
WATCHERS = (Role.MANAGER, Role.ADMIN)


def given_up(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Take what was given up to the next channel. Called in the transaction that settles the outcomes."""
    lost = sorted((o for o in outcomes if o.state is State.DEAD), key=lambda outcome: outcome.claimed.office_id)
    for office_id, group in groupby(lost, key=lambda outcome: outcome.claimed.office_id):
        office, failing, outcomes_here = office_with(session, office_id), dict[str, bool](), list(group)
        usable = _usable(session, office)
        readers = readers_of(session, office, (outcome.claimed for outcome in outcomes_here))
        for outcome in outcomes_here:
            claimed = outcome.claimed
            after = _next(session, office, claimed, readers.get(claimed.recipient_id), usable)
            if after:
                members, onward = (claimed, *claimed.followers), list(_by(office, claimed, after, now))
                enqueue(session, onward)
                ids = [member.id for member in members]
                follow(session, office.id, dict(zip(ids, (message.id for message in onward), strict=True)))
                pass_on(session, office.id, ids, f"goes on by {after}: {outcome.reason}")
            elif claimed.kind != KIND:  # of a notice that cannot be delivered nobody is told by another notice
                failing[claimed.endpoint] = failing.get(claimed.endpoint, False) or is_of_applicant(claimed.kind)
        enqueue(session, [
            notice for endpoint, of_applicant in sorted(failing.items())
            for notice in _notices(office, endpoint, usable, now, of_applicant=of_applicant)
        ])  # fmt: skip


def refuse_paused(session: Session, office: Office, claimed: Claimed, reader: Reader) -> None:
    """Raises DeliveryError where the channel is paused or gone and its reader has another one that can be used."""
    if list(reader.addresses) == [claimed.endpoint]:
        return
    there = {endpoint.name: endpoint for endpoint in endpoints.all_of(session, office.id)}
    if claimed.endpoint in there and not there[claimed.endpoint].paused:
        return
    usable = {name for name, endpoint in there.items() if not endpoint.paused}
    if _next(session, office, claimed, reader, usable):
        what = "is paused" if claimed.endpoint in there else "was removed"
        raise DeliveryError(f"endpoint {claimed.endpoint} {what}", permanent=True)


def refuse_unreached(claimed: Claimed, reader: Reader) -> None:
    """Raises DeliveryError where the reader is reached by the channel no more."""
    if claimed.endpoint not in reader.addresses:
        raise DeliveryError(f"{reader.id} is no longer reached by {claimed.endpoint}", permanent=True)


def undelivered(session: Session, office: Office, endpoint: str) -> Undelivered | None:
    """What lies undelivered for a channel; None if nothing does any more."""
    letters = [letter for letter in dead(session, office.id) if letter.endpoint == endpoint]
    if not letters:
        return None
    of_staff = [letter for letter in letters if not is_of_applicant(letter.kind)]
    named = dict.fromkeys(letter.recipient_id for letter in of_staff)
    names = tuple(office.name_of(person) for person in named)
    ids = dict.fromkeys(case_of(letter) for letter in letters if is_of_applicant(letter.kind))
    numbers = {row.case_id: row.number for row in cases_with(session, office.id, ids)} if ids else {}
    applicants_of = tuple(numbers[case_id] for case_id in ids)  # by the number: whose case it is stands in no message
    return Undelivered(endpoint, len(letters), names, letters[0].reason, applicants_of)


def _usable(session: Session, office: Office) -> set[str]:
    return {endpoint.name for endpoint in endpoints.all_of(session, office.id) if not endpoint.paused}


def _next(session: Session, office: Office, claimed: Claimed, reader: Reader | None, usable: set[str]) -> str:
    """The reader's next channel in order of preference; "" if there is none.

    Whoever is no longer reached by the message's channel has the first of those by which it has not gone yet.
    """
    known = list(reader.addresses) if reader else []
    if claimed.endpoint in known:
        later = known[known.index(claimed.endpoint) + 1 :]
        return next((endpoint for endpoint in later if endpoint in usable), "")
    keys = {_key_by(claimed, endpoint): endpoint for endpoint in known if endpoint in usable}
    gone = keys_present(session, office.id, keys) if keys else set()
    return next((endpoint for key, endpoint in keys.items() if key not in gone), "")


def _key_by(claimed: Claimed, endpoint: str) -> str:
    """The message's identity by another channel: it differs in the channel alone (M6)."""
    return claimed.key.removesuffix(f"/{claimed.endpoint}") + f"/{endpoint}"


def _by(office: Office, claimed: Claimed, endpoint: str, now: datetime) -> Iterator[NewMessage]:
    """The message, and the bundle it leads, by another channel."""
    leader = new_id(now)
    for member in (claimed, *claimed.followers):
        about = json.loads(member.about)
        yield NewMessage(
            office_id=office.id,
            id=leader if member is claimed else new_id(now),
            key=_key_by(member, endpoint),
            kind=member.kind,
            recipient_id=member.recipient_id,
            endpoint=endpoint,
            about=member.about,
            due_at=member.due_at,
            next_at=now if about.get("anytime") else office.send_at(now),
            created_at=now,
            bundle_id=None if member is claimed else leader,
        )


def _notices(
    office: Office, endpoint: str, usable: set[str], now: datetime, *, of_applicant: bool
) -> Iterator[NewMessage]:
    """One a day for each channel that fails, to each who watches the office and can be reached otherwise.

    What an applicant could not be told says little against the channel: it may be the address.
    """
    day = office.today(now)
    for told in addressees(WATCHERS, "", office.people, day):
        by = _otherwise(told.person, endpoint, usable)
        if not by and of_applicant and endpoint in told.person.addresses:
            by = endpoint
        if by:
            yield NewMessage(
                office_id=office.id,
                id=new_id(now),
                key="/".join((office.id.hex, KIND, endpoint, day.isoformat(), told.person.id, by)),
                kind=KIND,
                recipient_id=told.person.id,
                endpoint=by,
                about=canonical({KIND: endpoint, "reason": told.role.value}),
                due_at=now,
                next_at=office.send_at(now),
                created_at=now,
            )


def _otherwise(person: Person, endpoint: str, usable: set[str]) -> str:
    return next((name for name in person.addresses if name != endpoint and name in usable), "")
