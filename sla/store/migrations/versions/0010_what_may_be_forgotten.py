"""What may be forgotten: channels that were removed, messages that are old, the names of people who have left."""

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("endpoint") as endpoint:
        endpoint.add_column(sa.Column("removed_at", Instant(), nullable=True))
    with op.batch_alter_table("alarm") as alarm:
        alarm.add_column(sa.Column("fates", sa.Text(), nullable=False, server_default=sa.text("'{}'")))
    with op.batch_alter_table("office") as office:
        office.add_column(sa.Column("messages_since", Instant(), nullable=True))
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("blanked_at", Instant(), nullable=True))
        for name in ("blanked_by", "blanked_because"):
            person.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))
