"""The heads that an anchor covers, so that it can be verified to the letter."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("anchor") as anchor:
        anchor.add_column(sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "anchored",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["office_id", "on"], ["anchor.office_id", "anchor.on"], name="anchored_by"),
        sa.PrimaryKeyConstraint("office_id", "case_id", "seq"),
    )
    op.create_index("anchored_on", "anchored", ["office_id", "on", "case_id"])
