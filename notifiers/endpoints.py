"""Where an office's channels lead. A secret is never stored, only the environment variable that holds it."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel

from notifiers.channel import Channel, ChannelFactory, ChannelSettingsError

VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


class EndpointRow(SQLModel, table=True):
    """One endpoint; `settings` and `secret_names` are canonical JSON."""

    __tablename__ = "endpoint"

    office_id: UUID = Field(primary_key=True)
    name: str = Field(primary_key=True, sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    settings: str = Field(sa_type=sa.Text)
    secret_names: str = Field(sa_type=sa.Text)
    paused: bool = False
    paused_because: str = Field(default="", sa_type=sa.Text)


ENDPOINT = SQLModel.metadata.tables["endpoint"]
E = ENDPOINT.c


@dataclass(frozen=True)
class Endpoint:
    """An office's endpoint by name: the kind of channel, its settings, and the environment variable of each secret.

    Raises ChannelSettingsError where a secret seems to stand in place of a variable's name.
    """

    office_id: UUID
    name: str
    kind: str
    settings: Mapping[str, str]
    secret_names: Mapping[str, str]
    paused: bool = False
    paused_because: str = ""

    def __post_init__(self) -> None:
        for field, variable in self.secret_names.items():
            if not VARIABLE.fullmatch(variable):
                text = "must be the name of an environment variable in capitals, such as SLA_WEBHOOK_SECRET"
                raise ChannelSettingsError(field, text)


def open_channel(
    endpoint: Endpoint, factories: Mapping[str, ChannelFactory], environment: Mapping[str, str]
) -> Channel:
    """The endpoint's channel, its secrets from the environment; raises ChannelSettingsError, for a paused one too."""
    if endpoint.paused:
        raise ChannelSettingsError("paused", f"endpoint {endpoint.name} is paused; resume it to send")
    factory = factories.get(endpoint.kind)
    if factory is None:
        raise ChannelSettingsError("kind", f"{endpoint.kind} is none of {', '.join(sorted(factories))}")
    return factory(endpoint.settings, _secrets(endpoint, environment))


def _secrets(endpoint: Endpoint, environment: Mapping[str, str]) -> dict[str, str]:
    for field, variable in endpoint.secret_names.items():
        if not environment.get(variable):
            raise ChannelSettingsError(field, f"the environment variable {variable} is not set")
    return {field: environment[variable] for field, variable in endpoint.secret_names.items()}


def put(session: Session, endpoint: Endpoint) -> None:
    """Store the endpoint in place of the one of that name, if any. Never commits."""
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
    }
    connection.execute(
        insert(ENDPOINT).values(row).on_conflict_do_update(index_elements=["office_id", "name"], set_=row)
    )


def pause(session: Session, office_id: UUID, name: str, because: str) -> None:
    """Stop using an endpoint until somebody puts it back. Never commits; no such endpoint is no error."""
    here = sa.update(ENDPOINT).where(E.office_id == office_id, E.name == name, E.paused.is_(False))
    session.connection().execute(here.values(paused=True, paused_because=because))


def resume(session: Session, office_id: UUID, name: str) -> None:
    """Use an endpoint again. Never commits; no such endpoint is no error."""
    here = sa.update(ENDPOINT).where(E.office_id == office_id, E.name == name)
    session.connection().execute(here.values(paused=False, paused_because=""))


def all_of(session: Session, office_id: UUID) -> list[Endpoint]:
    """The office's endpoints, paused ones too, by name."""
    rows = sa.select(ENDPOINT).where(E.office_id == office_id).order_by(E.name)
    return [_endpoint(row) for row in session.connection().execute(rows)]


def at(session: Session, places: Collection[tuple[UUID, str]]) -> list[Endpoint]:
    """Those of these endpoints, each an office and a name, that are there."""
    rows = sa.select(ENDPOINT).where(sa.tuple_(E.office_id, E.name).in_(list(places)))
    return [_endpoint(row) for row in session.connection().execute(rows)]


def _endpoint(row: sa.Row[Any]) -> Endpoint:
    settings, secret_names = json.loads(row.settings), json.loads(row.secret_names)
    return Endpoint(row.office_id, row.name, row.kind, settings, secret_names, row.paused, row.paused_because)


def _canonical(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
