"""How and where somebody is signed in, so that they know their own sign-ins again."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.add_column(sa.Column("way", sa.Text(), nullable=False, server_default="password"))
        sign_in.add_column(sa.Column("browser", sa.Text(), nullable=False, server_default=""))
        sign_in.add_column(sa.Column("address", sa.Text(), nullable=False, server_default=""))
