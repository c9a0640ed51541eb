"""What lists read: open clocks by due date, cases that match, never one query a row."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from sla.store.cases import CASE, CLOCK, EVENT, IS_OPEN, Row

_CASE_COLUMNS = (
    CASE.c.number,
    CASE.c.title,
    CASE.c.handler,
    CASE.c.phase,
    CASE.c.received_on,
    CASE.c.policy_id,
    CASE.c.policy_version,
)


_HAS_OPEN = sa.exists().where(CLOCK.c.office_id == CASE.c.office_id, CLOCK.c.case_id == CASE.c.case_id, IS_OPEN)
_NOT_DONE = sa.or_(CASE.c.phase.in_(("received", "correction", "accepted")), _HAS_OPEN)
_WAS_REBASED = sa.exists().where(
    EVENT.c.office_id == CASE.c.office_id, EVENT.c.case_id == CASE.c.case_id, EVENT.c.kind == "rebased"
)


def open_clocks(session: Session, office_id: UUID, until: date, handler: str | None = None) -> list[Row]:
    """Open clocks due on or before `until`, or paused, or paused again on the day they were resumed (R10), with their
    case; the earliest due first."""
    listed = (CLOCK.c.due_on <= until, CLOCK.c.due_on.is_(None), CLOCK.c.paused_again_on.is_not(None))
    statement = _with_case(office_id).where(IS_OPEN, sa.or_(*listed, CASE.c.phase == "received"))
    if handler is not None:
        statement = statement.where(CASE.c.handler == handler)
    return list(session.connection().execute(statement.order_by(CLOCK.c.due_on, CASE.c.number, CLOCK.c.clock_id)))


def handled_by(
    session: Session,
    office_id: UUID,
    handler: str,
    permit: str = "",
    *,
    after: UUID | None = None,
    limit: int | None = None,
    lock: bool = False,
) -> list[Row]:
    """The cases of a handler that are not done with, in the order of their ids, behind the case `after`; those of a
    permit if one is given. `lock` holds them until the transaction ends."""
    statement = sa.select(CASE).where(CASE.c.office_id == office_id, CASE.c.handler == handler, _NOT_DONE)
    if permit:
        statement = statement.where(CASE.c.permit == permit)
    if after is not None:
        statement = statement.where(CASE.c.case_id > after)
    statement = statement.order_by(CASE.c.case_id).limit(limit)
    return list(session.connection().execute(statement.with_for_update(of=CASE) if lock else statement))


def open_by_version(session: Session, office_id: UUID) -> list[Row]:
    """How many open cases (`n`) were received under each version of a policy, without those that were ever
    re-based."""
    statement = sa.select(CASE.c.policy_id, CASE.c.policy_version, sa.func.count().label("n"))
    statement = statement.where(CASE.c.office_id == office_id, _HAS_OPEN, ~_WAS_REBASED)
    return list(session.connection().execute(statement.group_by(CASE.c.policy_id, CASE.c.policy_version)))


def open_and_rebased(session: Session, office_id: UUID) -> list[Row]:
    """The open cases that have been re-based, be it voided since: which version they follow their events say."""
    statement = sa.select(CASE).where(CASE.c.office_id == office_id, _HAS_OPEN, _WAS_REBASED)
    return list(session.connection().execute(statement))


def paused_again(session: Session, office_id: UUID, first: date) -> list[UUID]:
    """Cases with a clock that was last paused again on the day it was resumed on `first` or later (R10)."""
    statement = sa.select(CLOCK.c.case_id).where(CLOCK.c.office_id == office_id, CLOCK.c.paused_again_on >= first)
    return list(session.connection().execute(statement.distinct()).scalars())


def accepted_owing(session: Session, office_id: UUID) -> list[Row]:
    """The open cases that were accepted with papers owed, with their handler; what came in since their events say."""
    owing = sa.exists().where(
        EVENT.c.office_id == CASE.c.office_id,
        EVENT.c.case_id == CASE.c.case_id,
        EVENT.c.kind == "accepted",
        EVENT.c.details.like('%"owed_by":"%'),
    )
    open_ones = sa.select(CLOCK.c.case_id).where(CLOCK.c.office_id == office_id, IS_OPEN)  # found by their index
    statement = sa.select(CASE).where(CASE.c.office_id == office_id, CASE.c.case_id.in_(open_ones), owing)
    return list(session.connection().execute(statement))


def first_received(session: Session, office_id: UUID) -> date | None:
    """The day the office's first case came in; None while it has none."""
    first: date | None = (
        session.connection()
        .execute(sa.select(sa.func.min(CASE.c.received_on)).where(CASE.c.office_id == office_id))
        .scalar()
    )
    return first


def anything_accepted(session: Session, office_id: UUID) -> bool:
    """Whether any case of the office got beyond its receipt."""
    beyond = (CASE.c.office_id == office_id, CASE.c.phase.not_in(("received", "correction")))
    return session.connection().execute(sa.select(CASE.c.case_id).where(*beyond).limit(1)).first() is not None


def _with_case(office_id: UUID) -> sa.Select[Any]:
    joined = CLOCK.join(CASE, sa.and_(CLOCK.c.office_id == CASE.c.office_id, CLOCK.c.case_id == CASE.c.case_id))
    return sa.select(CLOCK, *_CASE_COLUMNS).select_from(joined).where(CLOCK.c.office_id == office_id)
