"""The latest moment at which anything was written by a clock that was believed: what a later one must not be behind."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from notifiers.instants import Instant
from sla.store.cases import insert_into
from sla.store.offices import OFFICE

ANEW = timedelta(minutes=1)  # nothing is kept more often, so that writers do not queue for it


class TimeKeptRow(SQLModel, table=True):
    """One an office; `at` moves forward only, but by hand."""

    __tablename__ = "time_kept"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="time_kept_office"),)

    office_id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)


KEPT = SQLModel.metadata.tables["time_kept"]


def latest(session: Session, office_id: UUID | None = None) -> datetime | None:
    """The latest moment that was kept, of one office or of all; None before there is one."""
    statement = sa.select(sa.func.max(KEPT.c.at))
    if office_id is not None:
        statement = statement.where(KEPT.c.office_id == office_id)
    moment: datetime | None = session.connection().execute(statement).scalar_one()
    return moment


def keep(session: Session, now: datetime, office_id: UUID | None = None) -> None:
    """Keep `now`, for one office or for all, where it is at least a minute later than what is kept."""
    kept = latest(session, office_id) if office_id else None
    if kept is None or kept <= now - ANEW:  # looked at first: an upsert would lock the row of every writer
        _put(session, now, office_id, KEPT.c.at <= now - ANEW)


def put(session: Session, now: datetime) -> None:
    """Keep `now` for all offices, whatever is kept."""
    _put(session, now, None, sa.true())


def _put(session: Session, now: datetime, office_id: UUID | None, where: sa.ColumnElement[bool]) -> None:
    def ours(column: sa.Column[UUID]) -> sa.ColumnElement[bool]:
        return column == office_id if office_id else sa.true()

    session.connection().execute(sa.update(KEPT).where(ours(KEPT.c.office_id), where).values(at=now))
    offices = sa.select(OFFICE.c.office_id, sa.literal(now, Instant())).where(ours(OFFICE.c.office_id))
    missing = insert_into(session, KEPT).from_select(["office_id", "at"], offices)
    session.connection().execute(missing.on_conflict_do_nothing())
