"""What the codes are made from by which applicants look up their cases."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from sla.store.account_tables import LookUpCodeRow, LookUpRow
from sla.store.cases import Values, insert_into

LOOK_UP = SQLModel.metadata.tables["look_up"]
CODE = SQLModel.metadata.tables["look_up_code"]
TABLES = (LookUpRow, LookUpCodeRow)  # what the names above were made from


def put_secret(session: Session, values: Values) -> None:
    """An office's secret, unless it has one."""
    session.connection().execute(insert_into(session, LOOK_UP).values(dict(values)).on_conflict_do_nothing())


def secret_and_renewals(session: Session, office_id: UUID, case_id: UUID) -> tuple[str, int]:
    """The office's secret, "" where it has none, and how often the code of a case was renewed: 0 for one that is not
    there, too."""
    own = sa.and_(CODE.c.office_id == LOOK_UP.c.office_id, CODE.c.case_id == case_id)
    statement = sa.select(LOOK_UP.c.secret, sa.func.coalesce(CODE.c.renewals, 0)).select_from(
        LOOK_UP.outerjoin(CODE, own)
    )
    found = session.connection().execute(statement.where(LOOK_UP.c.office_id == office_id)).one_or_none()
    return (found[0], found[1]) if found else ("", 0)


def renew(session: Session, office_id: UUID, case_id: UUID, at: datetime, by: str) -> None:
    row = {"office_id": office_id, "case_id": case_id, "renewals": 1, "renewed_at": at, "renewed_by": by}
    statement = insert_into(session, CODE).values(row)
    again = {"renewals": CODE.c.renewals + 1, "renewed_at": at, "renewed_by": by}
    session.connection().execute(statement.on_conflict_do_update(index_elements=["office_id", "case_id"], set_=again))
