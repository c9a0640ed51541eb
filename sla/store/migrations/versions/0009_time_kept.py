"""The latest moment an office was written to, so that a clock that was set back is found out."""

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "time_kept",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="time_kept_office"),
        sa.PrimaryKeyConstraint("office_id"),
    )
