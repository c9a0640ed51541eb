"""An office's channels as an administrator looks after them: what state they are in, a trial, pausing and resuming."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifiers import endpoints, outbox
from notifiers.channel import Channel
from notifiers.endpoints import Endpoint
from notifiers.gate import Gate
from notifiers.message import Receipt, Recipient
from notifiers.outbox import Sessions
from notifiers.quota import Place, Quota
from sla.alarms import CORRECTION
from sla.channels import quota_of
from sla.messages import trial_message
from sla.messages.making import MOST_LISTED
from sla.policies import Gravity
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.service.truth import TAGS
from sla.store.engine import Session
from sla.store.ids import new_id

ALARMS = frozenset({CORRECTION, *(gravity.value for gravity in Gravity)})  # of which one message says several


@dataclass(frozen=True)
class ChannelState:
    """A channel with how many people it is the first, or a later, choice of, and how many messages lie undelivered.

    `for_applicants`: what they are told goes by it.
    """

    endpoint: Endpoint
    first_of: int
    later_of: int
    undelivered: int
    for_applicants: bool


def states(session: Session, office: Office) -> list[ChannelState]:
    """The office's channels by name."""
    first, later = Counter[str](), Counter[str]()
    for person in office.people.values():
        for place, name in enumerate(person.addresses):
            (later if place else first)[name] += 1
    dead = Counter(letter.endpoint for letter in outbox.dead(session, office.id))
    told = {name for name, _ in office.applicants.by} if office.applicants.on else set()
    return [
        ChannelState(endpoint, first[endpoint.name], later[endpoint.name], dead[endpoint.name], endpoint.name in told)
        for endpoint in endpoints.all_of(session, office.id)
    ]


def gate(sessions: Sessions, now: Callable[[Session], datetime]) -> Gate:
    """What keeps a batch of deliveries within what each channel takes; alarms that are too many go as lists."""
    return Gate(sessions, now, _quotas, ALARMS, MOST_LISTED)


def _quotas(session: Session, places: Collection[Place]) -> Mapping[Place, Quota]:
    return {(one.office_id, one.name): quota_of(one) for one in endpoints.at(session, places)}


def try_out(
    session: Session, office: Office, name: str, to: str, now: datetime, channel_of: Callable[[UUID, str], Channel]
) -> Receipt:
    """Send one person a trial by a channel, at once and not by the outbox; nothing is written down.

    Raises ServiceError, ChannelSettingsError or DeliveryError, whose texts say what to mend.
    """
    _known(session, office, name)
    person = office.person(to, "to")
    if name not in person.addresses:
        raise ServiceError(
            "to", "%(to)s has no address for %(name)s; has: %(addresses)s", to=to, name=name, addresses=person.addresses
        )
    recipient = Recipient(person.id, person.name, person.addresses[name], TAGS.get(person.language, "en"))
    key = f"{office.id.hex}/trial/{new_id(now).hex}/{person.id}/{name}"
    message = trial_message(key, name, office.name, person, now, f"urn:uuid:{office.id}")
    return channel_of(office.id, name).send(message, recipient, now)


def pause(session: Session, office: Office, name: str, because: str) -> None:
    """Stop using a channel: its messages go by each reader's next one, or wait. Needs a writing transaction."""
    _known(session, office, name)
    if not because.strip():
        raise ServiceError("because", "is missing: whoever finds it paused wants to know why")
    endpoints.pause(session, office.id, name, because.strip())


def resume(session: Session, office: Office, name: str) -> None:
    """Use a channel again. Needs a writing transaction."""
    _known(session, office, name)
    endpoints.resume(session, office.id, name)


def _known(session: Session, office: Office, name: str) -> None:
    known = [endpoint.name for endpoint in endpoints.all_of(session, office.id)]
    if name not in known:
        raise ServiceError("channel", "%(value)r is not there; known are: %(known)s", value=name, known=known)
