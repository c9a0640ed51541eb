"""Cases that are brought in from elsewhere keep the deadlines they were given there, beside ours."""

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "given_deadline",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="given_deadline_case"
        ),
        sa.PrimaryKeyConstraint("office_id", "case_id", "clock_id"),
    )
