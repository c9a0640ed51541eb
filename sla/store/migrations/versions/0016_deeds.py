"""What an administrator does on the pages is on record with their name."""

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# As with the events of a case: nobody changes afterwards what was done.
APPEND_ONLY = {
    "sqlite": [
        "CREATE TRIGGER deed_no_update BEFORE UPDATE ON deed BEGIN SELECT RAISE(ABORT, 'deeds are never changed'); END",
        "CREATE TRIGGER deed_no_delete BEFORE DELETE ON deed BEGIN SELECT RAISE(ABORT, 'deeds are never deleted'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION deed_stays() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'deeds are never changed or deleted'; END $$",
        "CREATE TRIGGER deed_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON deed"
        " FOR EACH STATEMENT EXECUTE FUNCTION deed_stays()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "deed",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("deed_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["office_id", "by"], ["person.office_id", "person.person_id"], name="deed_person"),
        sa.PrimaryKeyConstraint("office_id", "deed_id"),
    )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
