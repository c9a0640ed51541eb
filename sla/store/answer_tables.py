"""The table of what the API answered to requests that may come again."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from notifiers.instants import Instant


class AnswerRow(SQLModel, table=True):
    """What was answered to a request with an Idempotency-Key, in the transaction of what it wrote.

    `caller` is who asked, `part` the piece of a request that is written in several transactions; of the request only a
    digest is kept. `status` 0: it is being answered in this very transaction.
    """

    __tablename__ = "api_answer"
    __table_args__ = (
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="answer_office"),
        sa.Index("answer_made_at", "made_at"),
    )

    office_id: UUID = Field(primary_key=True)
    caller: str = Field(primary_key=True, sa_type=sa.Text)
    key: str = Field(primary_key=True, sa_type=sa.Text)
    part: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    digest: str = Field(sa_type=sa.Text)
    status: int
    headers: str = Field(sa_type=sa.Text)
    body: str = Field(sa_type=sa.Text)
    made_at: datetime = Field(sa_type=Instant)
