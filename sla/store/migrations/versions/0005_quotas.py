"""What each endpoint took lately, for all nodes to count together."""

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quota",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("closed_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id", "endpoint"], ["endpoint.office_id", "endpoint.name"], name="quota_of_endpoint"
        ),
        sa.PrimaryKeyConstraint("office_id", "endpoint"),
    )
