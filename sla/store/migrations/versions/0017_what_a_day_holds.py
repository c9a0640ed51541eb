"""What a day holds is read from the index of clocks, and cases are found among a million."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COPY = (
    "UPDATE clock SET"
    " awaiting = (SELECT c.phase = 'received' AND c.deemed_on IS NULL FROM case_file c"
    " WHERE c.office_id = clock.office_id AND c.case_id = clock.case_id)"
    " WHERE open"
)
# When a light turns yellow and since when a clock is paused its events say: the sweep looks at each open case once.
LOOK = (
    "UPDATE case_file SET next_alarm_at = :last WHERE office_id = :office AND broken = ''"
    " AND (next_alarm_at IS NULL OR next_alarm_at > :last) AND EXISTS (SELECT 1 FROM clock"
    " WHERE clock.office_id = case_file.office_id AND clock.case_id = case_file.case_id AND clock.open)"
)
MOMENTS = (("time_kept", "at"), ("alarm", "raised_at"), ("case_event", "recorded_at"))


def upgrade() -> None:
    for column in (
        sa.Column("awaiting", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("yellow_at", Instant(), nullable=True),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("resume_by", sa.Date(), nullable=True),
    ):
        op.add_column("clock", column)
    op.execute(COPY)
    _look_again()
    op.drop_index("clock_open_due", "clock")
    for name, which, columns in (
        ("clock_open_due", "open", ("due_on", "due_at", "case_id", "clock_id", "open")),
        ("clock_of_handler", "open", ("handler", "due_on", "due_at", "case_id", "clock_id", "open")),
        ("clock_yellow", "open", ("yellow_at", "case_id", "open")),
        ("clock_paused", "paused_on IS NOT NULL", ("paused_on", "case_id", "clock_id", "resume_by", "handler")),
        ("clock_awaiting", "awaiting", ("due_on", "due_at", "case_id", "clock_id", "handler", "awaiting")),
    ):
        where = sa.text(which)
        op.create_index(name, "clock", ["office_id", *columns], sqlite_where=where, postgresql_where=where)
    op.drop_index("case_handler", "case_file")
    op.create_index("case_handler", "case_file", ["office_id", "handler", "received_on", "case_id"])
    op.create_index("case_permit", "case_file", ["office_id", "permit", "received_on", "case_id"])
    op.create_index("case_words", "case_file", ["office_id", "received_on", "case_id", "number", "title"])
    op.create_index(
        "party_value",
        "party",
        ["office_id", "field", "value", "case_id"],
        postgresql_ops={"value": "text_pattern_ops"},
    )


def _look_again() -> None:
    """Due as of the last moment that is on record of an office: the time itself is not asked for here."""
    connection = op.get_bind()
    parameters = (sa.bindparam("last", type_=Instant()), sa.bindparam("office", type_=sa.Uuid()))
    look = sa.text(LOOK).bindparams(*parameters)
    found: dict[UUID, datetime] = {}
    for name, column in MOMENTS:
        table = sa.table(name, sa.column("office_id", sa.Uuid()), sa.column(column, Instant()))
        latest = sa.func.max(table.c[column], type_=Instant())
        rows = connection.execute(sa.select(table.c.office_id, latest).group_by(table.c.office_id))
        for office, moment in rows:
            if moment:
                found[office] = max(moment, found.get(office, moment))
    for office, moment in found.items():
        connection.execute(look, {"office": office, "last": moment})
