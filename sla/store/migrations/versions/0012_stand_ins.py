"""Absences are entered by command, and a reminder waits for whoever snoozed it."""

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("absence_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("stand_in", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("removed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id", "person_id"], ["person.office_id", "person.person_id"], name="absence_person"
        ),
        sa.PrimaryKeyConstraint("office_id", "absence_id"),
    )
    op.create_table(
        "snooze",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="snooze_case"
        ),
        sa.ForeignKeyConstraint(
            ["office_id", "person_id"], ["person.office_id", "person.person_id"], name="snooze_person"
        ),
        sa.PrimaryKeyConstraint("office_id", "case_id", "clock_id", "person_id"),
    )
    op.create_index("snooze_until", "snooze", ["office_id", "until"])
