"""Where an office's channels lead. A secret is stored sealed, or not at all: then an environment variable holds it."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel

from notifiers.channel import Channel, ChannelFactory, ChannelSettingsError
from notifiers.instants import Instant
from notifiers.sealing import Seal, SealingError, seal_of

VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


class EndpointRow(SQLModel, table=True):
    """One endpoint; `settings`, `secret_names` and `sealed_secrets` are canonical JSON.

    One that was removed keeps its name, which stands in the keys of what went by it, and nothing else.
    """

    __tablename__ = "endpoint"

    office_id: UUID = Field(primary_key=True)
    name: str = Field(primary_key=True, sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    settings: str = Field(sa_type=sa.Text)
    secret_names: str = Field(sa_type=sa.Text)
    paused: bool = False
    paused_because: str = Field(default="", sa_type=sa.Text)
    sealed_secrets: str = Field(default="{}", sa_type=sa.Text)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)


ENDPOINT = SQLModel.metadata.tables["endpoint"]
E = ENDPOINT.c


@dataclass(frozen=True)
class Endpoint:
    """An office's endpoint by name: the kind of channel, its settings, and the environment variable of each secret, or
    the secret itself, sealed.

    Raises ChannelSettingsError where a secret seems to stand in place of a variable's name.
    """

    office_id: UUID
    name: str
    kind: str
    settings: Mapping[str, str]
    secret_names: Mapping[str, str]
    paused: bool = False
    paused_because: str = ""
    sealed: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for secret, variable in self.secret_names.items():
            if not VARIABLE.fullmatch(variable):
                raise ChannelSettingsError(
                    secret, "must be the name of an environment variable in capitals, such as SLA_WEBHOOK_SECRET"
                )


def open_channel(
    endpoint: Endpoint, factories: Mapping[str, ChannelFactory], environment: Mapping[str, str]
) -> Channel:
    """The endpoint's channel, its secrets from the environment; raises ChannelSettingsError, for a paused one too."""
    if endpoint.paused:
        raise ChannelSettingsError("paused", "endpoint %(name)s is paused; resume it to send", name=endpoint.name)
    factory = factories.get(endpoint.kind)
    if factory is None:
        raise ChannelSettingsError(
            "kind", "%(kind)s is none of %(factories)s", kind=endpoint.kind, factories=sorted(factories)
        )
    return factory(endpoint.settings, _secrets(endpoint, environment))


def _secrets(endpoint: Endpoint, environment: Mapping[str, str]) -> dict[str, str]:
    for name, variable in endpoint.secret_names.items():
        if not environment.get(variable):
            raise ChannelSettingsError(name, "the environment variable %(variable)s is not set", variable=variable)
    given = {name: environment[variable] for name, variable in endpoint.secret_names.items()}
    return given | opened(endpoint, environment) if endpoint.sealed else given


def opened(endpoint: Endpoint, environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets that are stored. Raises ChannelSettingsError, naming the channel, where the key does not fit."""
    found: dict[str, str] = {}
    for name, text in endpoint.sealed.items():
        try:
            found[name] = seal_of(environment).open(text, _place(endpoint, name))
        except SealingError as error:
            raise ChannelSettingsError(name, "of channel %(name)s %(error)s", name=endpoint.name, error=error) from None
    return found


def sealed(endpoint: Endpoint, secrets: Mapping[str, str], seal: Seal, now: datetime) -> Endpoint:
    """The endpoint with these secrets sealed, in place of what it had for them. `now`: when, which the seal tells."""
    texts = {name: seal.close(secret, _place(endpoint, name), now) for name, secret in secrets.items()}
    names = {name: variable for name, variable in endpoint.secret_names.items() if name not in texts}
    return replace(endpoint, secret_names=names, sealed={**endpoint.sealed, **texts})


def _place(endpoint: Endpoint, name: str) -> str:
    return f"{endpoint.office_id}/{endpoint.name}/{name}"


def put(session: Session, endpoint: Endpoint) -> None:
    """Store the endpoint in place of the one of that name, if any, which stays paused if it was; one that was removed
    is there again. Never commits."""
    connection = session.connection()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {
        "office_id": endpoint.office_id,
        "name": endpoint.name,
        "kind": endpoint.kind,
        "settings": _canonical(endpoint.settings),
        "secret_names": _canonical(endpoint.secret_names),
        "paused": endpoint.paused,
        "paused_because": endpoint.paused_because,
        "sealed_secrets": _canonical(endpoint.sealed),
        "removed_at": None,
    }
    changed = {name: value for name, value in row.items() if not name.startswith("paused")}
    connection.execute(
        insert(ENDPOINT).values(row).on_conflict_do_update(index_elements=["office_id", "name"], set_=changed)
    )


def pause(session: Session, office_id: UUID, name: str, because: str) -> None:
    """Stop using an endpoint until somebody puts it back. Never commits; no such endpoint is no error."""
    here = sa.update(ENDPOINT).where(E.office_id == office_id, E.name == name, E.paused.is_(False))
    session.connection().execute(here.values(paused=True, paused_because=because))


def resume(session: Session, office_id: UUID, name: str) -> None:
    """Use an endpoint again. Never commits; no such endpoint is no error."""
    here = sa.update(ENDPOINT).where(E.office_id == office_id, E.name == name)
    session.connection().execute(here.values(paused=False, paused_because=""))


def remove(session: Session, office_id: UUID, name: str, now: datetime) -> None:
    """Forget an endpoint with its settings and secrets; its name stays known. Never commits; no such endpoint is no
    error."""
    here = sa.update(ENDPOINT).where(E.office_id == office_id, E.name == name)
    nothing = {"settings": "{}", "secret_names": "{}", "sealed_secrets": "{}", "paused": False, "paused_because": ""}
    session.connection().execute(here.values(**nothing, removed_at=now))


def all_of(session: Session, office_id: UUID) -> list[Endpoint]:
    """The office's endpoints, paused ones too, by name."""
    rows = sa.select(ENDPOINT).where(E.office_id == office_id, E.removed_at.is_(None)).order_by(E.name)
    return [_endpoint(row) for row in session.connection().execute(rows)]


def names_of(session: Session, office_id: UUID) -> list[str]:
    """The names of all endpoints that the office has, or ever had."""
    rows = sa.select(E.name).where(E.office_id == office_id).order_by(E.name)
    return list(session.connection().execute(rows).scalars())


def at(session: Session, places: Collection[tuple[UUID, str]]) -> list[Endpoint]:
    """Those of these endpoints, each an office and a name, that are there."""
    rows = sa.select(ENDPOINT).where(sa.tuple_(E.office_id, E.name).in_(list(places)), E.removed_at.is_(None))
    return [_endpoint(row) for row in session.connection().execute(rows)]


def _endpoint(row: sa.Row[Any]) -> Endpoint:
    settings, secret_names, sealed = map(json.loads, (row.settings, row.secret_names, row.sealed_secrets))
    return Endpoint(row.office_id, row.name, row.kind, settings, secret_names, row.paused, row.paused_because, sealed)


def _canonical(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
