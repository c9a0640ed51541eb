"""What a clock has used and left may be a fraction, as hours of working time are; when it was last paused again on the
day it had been resumed (R10)."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AMOUNTS = ("used", "left")


def upgrade() -> None:
    with op.batch_alter_table("clock") as clock:
        clock.add_column(sa.Column("paused_again_on", sa.Date(), nullable=True))
        for name in AMOUNTS:
            clock.alter_column(name, existing_type=sa.Integer(), type_=sa.Float(), existing_nullable=False)
