"""What the API answered is kept for a day, so that a request that comes again is answered the same."""

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_answer",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="answer_office"),
        sa.PrimaryKeyConstraint("office_id", "caller", "key", "part"),
    )
    op.create_index("answer_made_at", "api_answer", ["made_at"])
