"""Taking a channel away: refused while anybody is reached by it or anything waits on it, unless another replaces it.

What waits on a channel that is gone goes by its reader's first one when its turn comes (`sla.service.undelivered`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifiers import endpoints
from notifiers.endpoints import Endpoint
from notifiers.outbox import dead, lying_at, retry_dead
from schedules.faults import Phrase
from sla.people import Person
from sla.service.applicant_setup import REACHED_BY
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.service.setup import ordered_addresses
from sla.store.engine import Session
from sla.store.offices import put_addresses, put_setting


@dataclass(frozen=True)
class Removed:
    """What a removal came to: who is reached otherwise now, whether applicants are, and how many messages go by another
    channel."""

    people: tuple[str, ...]
    messages: int
    applicants: bool = False


def remove(session: Session, office: Office, name: str, move_to: str, now: datetime) -> Removed:
    """Forget a channel with its settings and secrets; `move_to` takes its place, "" for none. What was sent by it stays
    to be read.

    Needs a writing transaction. Raises ServiceError, which says what would be right.
    """
    known = {endpoint.name: endpoint for endpoint in endpoints.all_of(session, office.id)}
    for field, asked in (("channel", name), ("move-to", move_to)):
        if asked not in known and (asked or field == "channel"):
            raise ServiceError(field, "%(value)r is not there; known are: %(known)s", value=asked, known=known)
    reached = [person for person in office.people.values() if name in person.addresses]
    applicants = name in dict(office.applicants.by)
    waiting = lying_at(session, office.id, name)
    if move_to:
        _move(session, office, reached, known[name], known[move_to])
    elif reached or applicants or waiting:
        whom = [person.id for person in reached] + ["applicants"] * applicants
        raise ServiceError("channel", _in_use(name, whom, waiting, [other for other in known if other != name]))
    letters = [letter.id for letter in dead(session, office.id) if letter.endpoint == name]
    retry_dead(session, office.id, letters, now)
    endpoints.remove(session, office.id, name, now)
    return Removed(tuple(person.id for person in reached), waiting, applicants)


def _in_use(name: str, reached: Sequence[str], waiting: int, others: Sequence[str]) -> Phrase:
    if reached and waiting:
        holds = Phrase(
            "%(name)s reaches %(whom)s and has messages to deliver: %(n)s", name=name, whom=reached, n=waiting
        )
    elif reached:
        holds = Phrase("%(name)s reaches %(whom)s", name=name, whom=reached)
    else:
        holds = Phrase("%(name)s has messages to deliver: %(n)s", name=name, n=waiting)
    if others:
        return Phrase("%(holds)s; say what takes its place: --move-to %(other)s", holds=holds, other=others[0])
    return Phrase("%(holds)s; say what takes its place: add another, and --move-to it", holds=holds)


def _move(session: Session, office: Office, reached: Sequence[Person], gone: Endpoint, to: Endpoint) -> None:
    if to.name == gone.name:
        raise ServiceError("move-to", "%(name)s is the channel that is to be removed; name another", name=to.name)
    moved = {person.id: ordered_addresses(_addresses(person, gone, to)) for person in reached}
    put_addresses(session, office.id, moved)
    if gone.name in dict(office.applicants.by):
        put_setting(session, office.id, "applicants", {"by": _ways(office, gone, to)})


def _ways(office: Office, gone: Endpoint, to: Endpoint) -> list[tuple[str, str]]:
    """How applicants are reached, with the new channel in the old one's place."""
    ways = dict(office.applicants.by)
    if to.name not in ways and REACHED_BY.get(to.kind) != ways[gone.name]:
        raise ServiceError(
            "move-to",
            "applicants have no %(ways)s for %(name)s, which is %(kind)s; change applicants.by in the office file "
            "first",
            ways=ways[gone.name],
            name=to.name,
            kind=to.kind,
        )
    placed = {to.name if name == gone.name else name: "" for name in ways}
    return [(name, ways.get(name, ways[gone.name])) for name in placed]


def _addresses(person: Person, gone: Endpoint, to: Endpoint) -> Mapping[str, str]:
    """The new channel in the old one's place, with the address there: the person's own, or that of the old channel
    where both are of one kind."""
    if to.name not in person.addresses and to.kind != gone.kind:
        raise ServiceError(
            "move-to",
            "%(id)s has no address for %(name)s, which is no %(kind)s; add one in the office file",
            id=person.id,
            name=to.name,
            kind=gone.kind,
        )
    own = person.addresses.get(to.name, person.addresses[gone.name])
    return {
        to.name if name == gone.name else name: own if name == gone.name else at
        for name, at in person.addresses.items()
    }
