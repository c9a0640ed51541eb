"""What is stored of cases whose time has come, so far as it takes to raise an alarm of theirs; and that it was raised.

One row a clock: a case has a dozen alarms, and of most only the next moment matters.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from notifiers.given import update_each
from sla.store.cases import ALARM, CLOCK, EVENT, OfCases, Row, Values, grouped, own_columns

KEYS = tuple(column.name for column in ALARM.primary_key)


class Standing(NamedTuple):
    """A clock with its alarms in short: how many are due now, what that one is (of several anything), when the next
    comes and the last one heard of came, and how many were raised. A tuple: a batch asks for its fields ten thousand
    times, and of a row that takes ten times as long."""

    clock_id: str
    permit: str
    state: str
    open: bool
    due_on: date | None
    due_at: datetime | None
    due_now: int
    milestone: str
    due: str
    episode: int
    gravity: str
    at: datetime
    roles: str
    next_at: datetime | None
    heard_at: datetime | None
    raised: int


def standing(session: Session, office_id: UUID, case_ids: Sequence[UUID], now: datetime) -> dict[UUID, list[Standing]]:
    """The clocks of each case, with what of their alarms matters at `now`."""
    found = grouped(session, _standing(), office_id, case_ids, {"now": now})
    return {case_id: [Standing._make(row[1:]) for row in rows] for case_id, rows in found.items()}


def told(session: Session, office_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """The raised alarms of each case, as `alarms_of` gives them."""
    return grouped(session, _told(), office_id, case_ids)


def apart(session: Session, office_id: UUID, case_ids: Sequence[UUID]) -> set[UUID]:
    """Which of the cases were corrected, or follow another version of their policy than they were received under."""
    found = {case_id for case_id, rows in grouped(session, _corrected(), office_id, case_ids).items() if rows}
    return found | {case_id for case_id, rows in grouped(session, _rebased(), office_id, case_ids).items() if rows}


def put_raised(session: Session, rows: Sequence[Values]) -> None:
    """Alarms that were pending are raised, or said by the digest: KEYS, state, raised_at and told."""
    update_each(session.connection(), ALARM, KEYS, rows, ALARM.c.state == sa.literal_column("'pending'"))


@cache
def _standing() -> OfCases:
    c, a = CLOCK.c, ALARM.c
    pending = a.state == sa.literal_column("'pending'")
    moment = sa.bindparam("now", type_=a.at.type)
    due = sa.and_(pending, a.at <= moment)
    raised = a.state == sa.literal_column("'raised'")
    settled = sa.or_(raised, a.state == sa.literal_column("'digest'"))
    said = (a.milestone, a.due, a.episode, a.gravity, a.at, a.roles)
    own = (c.clock_id, c.permit, c.state, c.open, c.due_on, c.due_at)
    of_clock = sa.and_(a.office_id == c.office_id, a.case_id == c.case_id, a.clock_id == c.clock_id)
    return OfCases(
        CLOCK,
        c.clock_id,
        (
            *own,
            sa.func.count().filter(due).label("due_now"),
            *(sa.func.max(column).filter(due).label(column.name) for column in said),
            sa.func.min(a.at).filter(sa.and_(pending, a.at > moment)).label("next_at"),
            sa.func.max(a.at).filter(settled).label("heard_at"),
            sa.func.count().filter(raised).label("raised"),
        ),
        source=CLOCK.outerjoin(ALARM, of_clock),
        by=(c.office_id, c.case_id, *own),
    )


@cache
def _told() -> OfCases:
    return OfCases(ALARM, ALARM.c.at, own_columns(ALARM), ALARM.c.state == sa.literal_column("'raised'"))


@cache
def _corrected() -> OfCases:
    said = ALARM.c.milestone == sa.literal_column("'correction'")
    return OfCases(ALARM, ALARM.c.at, (), said, ALARM.c.state != sa.literal_column("'cancelled'"))


@cache
def _rebased() -> OfCases:
    return OfCases(EVENT, EVENT.c.seq, (), EVENT.c.kind == sa.literal_column("'rebased'"))
