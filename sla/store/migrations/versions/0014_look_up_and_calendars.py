"""Whoever works here subscribes to their deadlines; an applicant looks up a case by its number and a code."""

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_subscription",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id", "person_id"], ["person.office_id", "person.person_id"], name="subscription_person"
        ),
        sa.PrimaryKeyConstraint("office_id", "person_id"),
        sa.UniqueConstraint("office_id", "digest", name="subscription_digest"),
    )
    op.create_table(
        "look_up",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="look_up_office"),
        sa.PrimaryKeyConstraint("office_id"),
    )
    op.create_table(
        "look_up_code",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("renewed_at", Instant(), nullable=False),
        sa.Column("renewed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="look_up_code_case"
        ),
        sa.PrimaryKeyConstraint("office_id", "case_id"),
    )
