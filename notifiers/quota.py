"""How much an endpoint takes, counted by all nodes together, and when it takes the next message.

Counted by the time that is handed in, read anew for each message, and not by SQL's own as leases are: a message that
has to wait is put back to a `next_at`, which is of that time too (on PostgreSQL the database's, so that nodes agree).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel

from notifiers.instants import Instant

HALF_HOUR = timedelta(minutes=30)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Place = tuple[UUID, str]  # an office's endpoint


class QuotaRow(SQLModel, table=True):
    """What an endpoint took lately: `sent` is JSON, microseconds since 1970. `closed_until`: as it asked for itself."""

    __tablename__ = "quota"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "endpoint"], ["endpoint.office_id", "endpoint.name"], name="quota_of_endpoint"
        ),
    )

    office_id: UUID = Field(primary_key=True)
    endpoint: str = Field(primary_key=True, sa_type=sa.Text)
    sent: str = Field(default="[]", sa_type=sa.Text)
    closed_until: datetime | None = Field(default=None, sa_type=Instant)


QUOTA = SQLModel.metadata.tables["quota"]
Q = QUOTA.c


@dataclass(frozen=True)
class Rate:
    """At most `most` messages (1 or more) in any span of length `within`."""

    most: int
    within: timedelta


@dataclass(frozen=True)
class Quota:
    """All that limits an endpoint. Nothing goes within `quiet` after each full and half hour."""

    rates: tuple[Rate, ...] = ()
    quiet: timedelta = timedelta(0)

    @property
    def is_limit(self) -> bool:
        return bool(self.rates or self.quiet)

    @property
    def memory(self) -> timedelta:
        """How long what was sent matters."""
        return max((rate.within for rate in self.rates), default=timedelta(0))

    def free_at(self, sent: Sequence[datetime], now: datetime) -> datetime:
        """The first moment from `now` on when one more may go. `sent` is in order; all moments are aware."""
        full = (sent[-rate.most] + rate.within for rate in self.rates if len(sent) >= rate.most)
        return self._loud(max((now, *full)))

    def at_once(self, within: timedelta) -> int | None:
        """How many go in so short a time, at least one; None where nothing limits them."""
        return min((max(1, int(rate.most * min(within / rate.within, 1))) for rate in self.rates), default=None)

    def _loud(self, moment: datetime) -> datetime:
        into = (moment - EPOCH) % HALF_HOUR
        return moment - into + self.quiet if into < self.quiet else moment


OPEN = Quota()


def take(session: Session, place: Place, quota: Quota, now: datetime) -> datetime | None:
    """Count one message as sent at `now`, and None; or nothing, and when there is room again. Never commits.

    Whoever else asks for the same endpoint waits until the transaction ends.
    """
    sent, closed = _held(session, place)
    sent = [moment for moment in sent if moment > now - quota.memory]
    free = max(quota.free_at(sent, now), closed or now)
    if free > now:
        return free
    _write(session, place, {"sent": _text([*sent, now])})
    return None


def close(session: Session, place: Place, until: datetime) -> None:
    """The endpoint takes nothing before `until`, from any node. Never commits."""
    _, closed = _held(session, place)
    _write(session, place, {"closed_until": max(until, closed or until)})


def taken(session: Session, places: Iterable[Place]) -> dict[Place, tuple[list[datetime], datetime | None]]:
    """What each of these endpoints took lately, and until when it is closed; those that never took anything are left
    out."""
    rows = sa.select(QUOTA).where(sa.tuple_(Q.office_id, Q.endpoint).in_(list(places)))
    return {(row.office_id, row.endpoint): _read(row) for row in session.connection().execute(rows)}


def _held(session: Session, place: Place) -> tuple[list[datetime], datetime | None]:
    connection = session.connection()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(QUOTA).values(office_id=place[0], endpoint=place[1], sent="[]").on_conflict_do_nothing())
    return _read(connection.execute(sa.select(QUOTA).where(*_is(place)).with_for_update()).one())


def _write(session: Session, place: Place, values: dict[str, Any]) -> None:
    session.connection().execute(sa.update(QUOTA).where(*_is(place)).values(values))


def _is(place: Place) -> tuple[sa.ColumnElement[bool], ...]:
    return Q.office_id == place[0], Q.endpoint == place[1]


def _read(row: sa.Row[Any]) -> tuple[list[datetime], datetime | None]:
    return [EPOCH + moment * MICROSECOND for moment in json.loads(row.sent)], row.closed_until


def _text(sent: Sequence[datetime]) -> str:
    return json.dumps(sorted((moment - EPOCH) // MICROSECOND for moment in sent))
