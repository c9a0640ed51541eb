"""The record of what people did about the office itself, and what they recorded of its cases of late."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from sla.store.accounts import ATTEMPT, SIGN_IN
from sla.store.cases import CASE, EVENT, Row, Values
from sla.store.deed_tables import DeedRow

DEED = SQLModel.metadata.tables["deed"]
TABLES = (DeedRow,)  # what the name above was made from


def put_deed(session: Session, values: Values) -> None:
    session.connection().execute(sa.insert(DEED).values(dict(values)))


def deeds_of(session: Session, office_id: UUID, limit: int) -> list[Row]:
    """The newest first."""
    rows = sa.select(DEED).where(DEED.c.office_id == office_id).order_by(DEED.c.deed_id.desc()).limit(limit)
    return list(session.connection().execute(rows))


def events_since(session: Session, office_id: UUID, since: datetime, limit: int) -> list[Row]:
    """The newest events that were recorded since then, with the number and the title of the case."""
    same = sa.and_(CASE.c.office_id == EVENT.c.office_id, CASE.c.case_id == EVENT.c.case_id)
    columns = (EVENT.c.kind, EVENT.c.seq, EVENT.c.actor, EVENT.c.recorded_at, EVENT.c.occurred_at, EVENT.c.dated)
    rows = sa.select(*columns, CASE.c.number, CASE.c.title).select_from(EVENT.join(CASE, same))
    rows = rows.where(EVENT.c.office_id == office_id, EVENT.c.recorded_at >= since)
    rows = rows.order_by(EVENT.c.recorded_at.desc(), EVENT.c.case_id, EVENT.c.seq.desc()).limit(limit)
    return list(session.connection().execute(rows))


def counts_by_actor(session: Session, office_id: UUID, since: datetime) -> list[Row]:
    """How many events each recorded since then, and when the last."""
    rows = sa.select(EVENT.c.actor, sa.func.count().label("n"), sa.func.max(EVENT.c.recorded_at).label("last"))
    rows = rows.where(EVENT.c.office_id == office_id, EVENT.c.recorded_at >= since).group_by(EVENT.c.actor)
    return list(session.connection().execute(rows.order_by(sa.desc("n"), EVENT.c.actor)))


def admitted(session: Session, office_id: UUID, limit: int) -> list[Row]:
    """What was entered late and admitted by a manager, the newest first (R18, R21)."""
    same = sa.and_(CASE.c.office_id == EVENT.c.office_id, CASE.c.case_id == EVENT.c.case_id)
    columns = (EVENT.c.kind, EVENT.c.actor, EVENT.c.recorded_at, EVENT.c.occurred_at, EVENT.c.details)
    rows = sa.select(*columns, CASE.c.number, CASE.c.title).select_from(EVENT.join(CASE, same))
    named = (EVENT.c.details.like('%"admitted_by":"%'), EVENT.c.details.not_like('%"admitted_by":""%'))
    rows = rows.where(EVENT.c.office_id == office_id, EVENT.c.kind.in_(("paused", "accepted")), *named)
    return list(session.connection().execute(rows.order_by(EVENT.c.recorded_at.desc()).limit(limit)))


def sign_ins_of(session: Session, office_id: UUID, limit: int) -> list[Row]:
    """Who is signed in, whoever was seen last first."""
    columns = (SIGN_IN.c.person_id, SIGN_IN.c.created_at, SIGN_IN.c.seen_at)
    rows = sa.select(*columns).where(SIGN_IN.c.office_id == office_id).order_by(SIGN_IN.c.seen_at.desc()).limit(limit)
    return list(session.connection().execute(rows))


def wrong_attempts(session: Session, office_id: UUID, limit: int) -> list[Row]:
    """What is counted against names, the newest first: how often a password was wrong of late. A look-up's are none."""
    subject = ATTEMPT.c.subject
    named = (ATTEMPT.c.failures > 0, subject.like("name %"), subject.not_like("name look-up %"))
    rows = sa.select(ATTEMPT).where(ATTEMPT.c.office_id == office_id, *named)
    return list(session.connection().execute(rows.order_by(ATTEMPT.c.last_at.desc()).limit(limit)))
