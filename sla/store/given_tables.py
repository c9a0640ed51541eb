"""Deadlines that other systems gave cases which were brought in from them."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from notifiers.instants import Instant


class GivenDeadlineRow(SQLModel, table=True):
    """The deadline of one clock as its `source` gave it, beside ours; `due_at` where it gave a moment, not a day."""

    __tablename__ = "given_deadline"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="given_deadline_case"
        ),
    )

    office_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    clock_id: str = Field(primary_key=True, sa_type=sa.Text)
    due_on: date
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    source: str = Field(sa_type=sa.Text)
