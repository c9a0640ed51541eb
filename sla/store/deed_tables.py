"""What administrators did on the pages."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from notifiers.instants import Instant


class DeedRow(SQLModel, table=True):
    """One change of the office by somebody, append-only by triggers. `kind` names what was done, `subject` to what or
    whom; neither holds a secret."""

    __tablename__ = "deed"
    __table_args__ = (
        sa.ForeignKeyConstraint(["office_id", "by"], ["person.office_id", "person.person_id"], name="deed_person"),
    )

    office_id: UUID = Field(primary_key=True)
    deed_id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    by: str = Field(sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    subject: str = Field(sa_type=sa.Text)
