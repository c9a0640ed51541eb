"""Drafts of policies, and who published a version."""

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_draft",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="draft_office"),
        sa.PrimaryKeyConstraint("office_id", "policy_id"),
    )
    with op.batch_alter_table("policy_version") as batch:  # nobody is on record for what 0.1.0 published
        batch.add_column(sa.Column("published_by", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("policy_version") as batch:
        batch.alter_column("published_by", server_default=None)
