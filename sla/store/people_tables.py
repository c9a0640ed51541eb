"""The tables of what people do about their messages: when they are away, and until when a reminder waits for them."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from notifiers.instants import Instant


class AbsenceRow(SQLModel, table=True):
    """An absence that was entered by a command; those of the office's file stand with the person. `stand_in`: "" for
    whoever always stands in."""

    __tablename__ = "absence"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "person_id"], ["person.office_id", "person.person_id"], name="absence_person"
        ),
    )

    office_id: UUID = Field(primary_key=True)
    absence_id: UUID = Field(primary_key=True)
    person_id: str = Field(sa_type=sa.Text)
    first: date
    last: date
    stand_in: str = Field(sa_type=sa.Text)
    entered_at: datetime = Field(sa_type=Instant)
    entered_by: str = Field(sa_type=sa.Text)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)
    removed_by: str = Field(default="", sa_type=sa.Text)


class SnoozeRow(SQLModel, table=True):
    """Until when a clock's reminders wait for one person. `due` is the deadline they speak of, as an alarm's key has
    it: those of another one do not wait."""

    __tablename__ = "snooze"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="snooze_case"
        ),
        sa.ForeignKeyConstraint(
            ["office_id", "person_id"], ["person.office_id", "person.person_id"], name="snooze_person"
        ),
        sa.Index("snooze_until", "office_id", "until"),
    )

    office_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    clock_id: str = Field(primary_key=True, sa_type=sa.Text)
    person_id: str = Field(primary_key=True, sa_type=sa.Text)
    due: str = Field(sa_type=sa.Text)
    until: datetime = Field(sa_type=Instant)
    made_at: datetime = Field(sa_type=Instant)
