"""What applicants are told; and a message may wait for another."""

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dates", sa.Text(), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="notification_case"
        ),
        sa.PrimaryKeyConstraint("office_id", "case_id", "kind", "event", "dates"),
    )
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("after_id", sa.Uuid(), nullable=True))
    waiting = sa.text("state = 'pending' AND after_id IS NOT NULL")
    op.create_index(
        "message_after", "message", ["office_id", "after_id"], sqlite_where=waiting, postgresql_where=waiting
    )
