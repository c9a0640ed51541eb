"""The private addresses at which people's calendars find their deadlines."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from sla.store.account_tables import SubscriptionRow
from sla.store.cases import CASE, CLOCK, IS_OPEN, Row, Values, insert_into
from sla.store.offices import PERSON

SUBSCRIPTION = SQLModel.metadata.tables["calendar_subscription"]
TABLES = (SubscriptionRow,)  # what the name above was made from


def subscription_of(session: Session, office_id: UUID, person_id: str) -> Row | None:
    return session.connection().execute(sa.select(SUBSCRIPTION).where(*_of(office_id, person_id))).one_or_none()


def subscription_with(session: Session, office_id: UUID, digest: str) -> Row | None:
    statement = sa.select(SUBSCRIPTION).where(SUBSCRIPTION.c.office_id == office_id, SUBSCRIPTION.c.digest == digest)
    return session.connection().execute(statement).one_or_none()


def put_subscription(session: Session, values: Values) -> None:
    """Somebody's address, in place of the one there was."""
    row = dict(values)
    statement = insert_into(session, SUBSCRIPTION).values(row)
    statement = statement.on_conflict_do_update(index_elements=["office_id", "person_id"], set_=row)
    session.connection().execute(statement)


def was_read(session: Session, office_id: UUID, person_id: str, at: datetime) -> None:
    session.connection().execute(sa.update(SUBSCRIPTION).where(*_of(office_id, person_id)).values(read_at=at))


def drop_subscription(session: Session, office_id: UUID, person_id: str) -> bool:
    """Whether there was one."""
    return session.connection().execute(sa.delete(SUBSCRIPTION).where(*_of(office_id, person_id))).rowcount > 0


def drop_who_left(session: Session, office_id: UUID) -> None:
    left = sa.select(PERSON.c.person_id).where(PERSON.c.office_id == office_id, ~PERSON.c.active)
    gone = sa.delete(SUBSCRIPTION).where(SUBSCRIPTION.c.office_id == office_id, SUBSCRIPTION.c.person_id.in_(left))
    session.connection().execute(gone)


def cases_with_deadlines(
    session: Session,
    office_id: UUID,
    bases: Collection[str],
    handlers: Collection[str],
    limit: int,
    *,
    not_of: Collection[str] | None = None,
) -> list[UUID]:
    """The cases of some handlers that have an open clock with a date, of the given bases, the earliest due first; with
    `not_of` also those whose handler is none of these."""
    whose: sa.ColumnElement[bool] = CASE.c.handler.in_(list(handlers))
    if not_of is not None:
        whose = sa.or_(whose, CASE.c.handler.not_in(list(not_of)))
    joined = CLOCK.join(CASE, sa.and_(CLOCK.c.office_id == CASE.c.office_id, CLOCK.c.case_id == CASE.c.case_id))
    statement = sa.select(CLOCK.c.case_id).select_from(joined)
    statement = statement.where(
        CLOCK.c.office_id == office_id, IS_OPEN, CLOCK.c.due_on.is_not(None), CLOCK.c.basis.in_(list(bases)), whose
    )
    statement = statement.group_by(CLOCK.c.case_id).order_by(sa.func.min(CLOCK.c.due_on), CLOCK.c.case_id).limit(limit)
    return list(session.connection().execute(statement).scalars())


def _of(office_id: UUID, person_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return SUBSCRIPTION.c.office_id == office_id, SUBSCRIPTION.c.person_id == person_id
