"""The deadlines that cases brought with them."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from notifiers.given import insert_each
from sla.store.cases import Row, Values
from sla.store.given_tables import GivenDeadlineRow

GIVEN = SQLModel.metadata.tables["given_deadline"]
TABLES = (GivenDeadlineRow,)  # what the name above was made from


def insert_given(session: Session, rows: Sequence[Values]) -> None:
    insert_each(session.connection(), GIVEN, rows)


def given_of(session: Session, office_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """The given deadlines of each case that has any, by clock."""
    rows = sa.select(GIVEN).where(GIVEN.c.office_id == office_id, GIVEN.c.case_id.in_(list(case_ids)))
    found: dict[UUID, list[Row]] = {}
    for row in session.connection().execute(rows.order_by(GIVEN.c.case_id, GIVEN.c.clock_id)):
        found.setdefault(row.case_id, []).append(row)
    return found
