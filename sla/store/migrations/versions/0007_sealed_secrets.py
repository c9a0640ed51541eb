"""A channel's secrets may be stored, sealed with a key that the database does not have."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("endpoint") as endpoint:
        endpoint.add_column(sa.Column("sealed_secrets", sa.Text(), nullable=False, server_default="{}"))
    with op.batch_alter_table("endpoint") as endpoint:
        endpoint.alter_column("sealed_secrets", existing_type=sa.Text(), server_default=None)
