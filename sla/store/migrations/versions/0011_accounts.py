"""People sign in, and programs have keys."""

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("password", sa.Text(), nullable=False, server_default=""))
        person.add_column(sa.Column("password_at", Instant(), nullable=True))
        person.add_column(sa.Column("password_once", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "sign_in",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id", "person_id"], ["person.office_id", "person.person_id"], name="sign_in_person"
        ),
        sa.PrimaryKeyConstraint("office_id", "digest"),
    )
    op.create_index("sign_in_of_person", "sign_in", ["office_id", "person_id"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("closed_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="attempt_office"),
        sa.PrimaryKeyConstraint("office_id", "subject"),
    )
    op.create_table(
        "api_token",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["office_id", "made_by"], ["person.office_id", "person.person_id"], name="token_maker"),
        sa.PrimaryKeyConstraint("office_id", "name"),
        sa.UniqueConstraint("office_id", "digest", name="token_digest"),
    )
