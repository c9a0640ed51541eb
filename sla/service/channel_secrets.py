"""Channels that an administrator adds, and secrets that are stored, sealed with a key of the environment."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from notifiers import endpoints
from notifiers.channel import ChannelSettingsError
from notifiers.endpoints import Endpoint
from notifiers.sealing import Seal, SealingError, seal_of
from sla.channels import KINDS, STAND_IN, STAND_INS, read
from sla.service.errors import ServiceError
from sla.service.offices import Office, every_office
from sla.store.engine import Session

NAME = re.compile(r"[\w-]+")
Values = Mapping[str, str]


@dataclass(frozen=True)
class New:
    """A channel to add: its settings as texts (a list or a table as JSON), the environment variables of some secrets,
    and the others themselves."""

    name: str
    kind: str
    settings: Values
    variables: Values
    secrets: Values

    def __repr__(self) -> str:
        return f"New({self.name!r}, {self.kind!r})"


def add(session: Session, office: Office, new: New, environment: Values, now: datetime) -> None:
    """Make a channel beside those of the office file; its secrets are sealed with the environment's key.

    Needs a writing transaction. Raises ServiceError or ChannelSettingsError, without any secret.
    """
    settings, variables = check(session, office, new)
    endpoint = Endpoint(office.id, new.name, new.kind, settings, variables)
    endpoints.put(session, _sealed(endpoint, new.secrets, environment, now))


def check(session: Session, office: Office, new: New, to_come: Iterable[str] = ()) -> tuple[Values, Values]:
    """A channel's settings, and the variables of its secrets, if it can be added; secrets `to_come` need not be there.

    Raises ServiceError or ChannelSettingsError, without any secret.
    """
    _can_be_added(session, office, new)
    twice = sorted({*new.variables} & {*new.secrets})
    if twice:
        raise ServiceError(twice[0], "is given twice, itself and by a variable; choose one")
    entry = {"kind": new.kind, **_settings(new), **{f"{name}_env": value for name, value in new.variables.items()}}
    return read(new.kind, entry, {**{name: STAND_INS.get(name, STAND_IN) for name in to_come}, **new.secrets})


def seal(session: Session, office: Office, name: str, secrets: Values, environment: Values, now: datetime) -> None:
    """Store secrets of a channel that is there, in place of its variables for them, or of what was sealed before.

    Needs a writing transaction. Raises ServiceError or ChannelSettingsError, without any secret.
    """
    known = {endpoint.name: endpoint for endpoint in endpoints.all_of(session, office.id)}
    if name not in known:
        raise ServiceError("channel", "%(value)r is not there; known are: %(known)s", value=name, known=known)
    endpoint = known[name]
    read(endpoint.kind, _entry(endpoint, secrets), {**_stand_ins(endpoint), **secrets})
    endpoints.put(session, _sealed(endpoint, secrets, environment, now))


def reseal(session: Session, environment: Values, now: datetime) -> int:
    """Seal all secrets of all offices with the key that is current; how many. Needs a writing transaction.

    Raises ChannelSettingsError for one that no key opens; nothing must be kept then.
    """
    count = 0
    for office in every_office(session):
        for endpoint in endpoints.all_of(session, office.id):
            found = endpoints.opened(endpoint, environment)
            endpoints.put(session, _sealed(endpoint, found, environment, now))
            count += len(found)
    return count


def lost_secrets(session: Session, environment: Values) -> list[str]:
    """The stored secrets that the environment's keys do not open, each with its office and channel."""
    return [
        f"{office.slug} {channel}: {name}"
        for office in every_office(session)
        for channel, names in lost_of(session, office, environment).items()
        for name in names
    ]


def lost_of(session: Session, office: Office, environment: Values) -> dict[str, list[str]]:
    """The stored secrets of an office that the environment's keys do not open, by their channel."""
    found = {
        endpoint.name: [
            name
            for name, text in endpoint.sealed.items()
            if not _opens(replace(endpoint, sealed={name: text}), environment)
        ]
        for endpoint in endpoints.all_of(session, office.id)
    }
    return {channel: names for channel, names in found.items() if names}


def _opens(endpoint: Endpoint, environment: Values) -> bool:
    try:
        endpoints.opened(endpoint, environment)
    except ChannelSettingsError:
        return False
    return True


def _can_be_added(session: Session, office: Office, new: New) -> None:
    if not NAME.fullmatch(new.name):
        raise ServiceError("name", "%(name)r must be letters, digits, _ and -, such as robot", name=new.name)
    if new.name in {endpoint.name for endpoint in endpoints.all_of(session, office.id)}:
        raise ServiceError(
            "name", "%(name)r is there already; another secret: `sla channel seal %(name)s`", name=new.name
        )
    if new.kind not in KINDS:
        raise ServiceError("kind", "%(value)r is unknown; known are: %(known)s", value=new.kind, known=KINDS)


def _settings(new: New) -> dict[str, Any]:
    return {name: _value(new.kind, name, text) for name, text in new.settings.items()}


def _entry(endpoint: Endpoint, sealed: Values) -> dict[str, Any]:
    """As the office file would say it, with these secrets left out."""
    settings = {name: _value(endpoint.kind, name, text) for name, text in endpoint.settings.items()}
    variables = {f"{name}_env": text for name, text in endpoint.secret_names.items() if name not in sealed}
    return {"kind": endpoint.kind, **settings, **variables}


def _value(kind: str, name: str, text: str) -> Any:
    try:
        return json.loads(text) if name in KINDS[kind].tables else text
    except ValueError:
        raise ServiceError(name, 'must be JSON, such as ["{subject}"] or {"text": "{subject}"}') from None


def _stand_ins(endpoint: Endpoint) -> dict[str, str]:
    """In place of what is sealed already, which need not be opened to see that the channel is whole."""
    return {name: STAND_INS.get(name, STAND_IN) for name in endpoint.sealed}


def _sealed(endpoint: Endpoint, secrets: Values, environment: Values, now: datetime) -> Endpoint:
    return endpoints.sealed(endpoint, secrets, _seal(environment), now) if secrets else endpoint


def _seal(environment: Values) -> Seal:
    try:
        return seal_of(environment)
    except SealingError as error:
        raise ServiceError("secret", "%(error)s", error=error) from None
