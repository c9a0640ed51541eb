"""Reports add up months: what the stopped clocks of each come to is kept, and triggers note which months were touched.

Of the cases that were closed before, only their events say which entries were late: null, where any may have been,
until the rebuild writes it, `sla doctor --rebuild`. Until then the reports ask the events.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MONTH = {"sqlite": "substr({}, 1, 7)", "postgresql": "to_char({}, 'YYYY-MM')"}
# No entry is late that was made within this time, whatever the calendar: two days later is a night and a day at least.
SOON = {
    "sqlite": "julianday(e.recorded_at) - julianday(e.occurred_at) > 0.9",
    "postgresql": "e.recorded_at - e.occurred_at > interval '21 hours'",
}
# One statement, so that each row is written once.
ENTRIES = (
    "UPDATE clock SET"
    " entries = (SELECT c.head_seq FROM case_file c"
    " WHERE c.office_id = clock.office_id AND c.case_id = clock.case_id),"
    " late_entries = CASE WHEN EXISTS (SELECT 1 FROM case_event e"
    " WHERE e.office_id = clock.office_id AND e.case_id = clock.case_id AND {}) THEN NULL ELSE '' END,"
    " stopped_before = (SELECT max(o.stopped_on) FROM clock o"
    " WHERE o.office_id = clock.office_id AND o.case_id = clock.case_id AND o.basis = clock.basis"
    " AND o.state <> 'cancelled' AND (o.stopped_on < clock.stopped_on"
    " OR (o.stopped_on = clock.stopped_on AND o.clock_id < clock.clock_id)))"
    " WHERE stopped_on IS NOT NULL AND basis <> 'duty'"
)
SUMS = (
    "INSERT INTO clock_sum (office_id, basis, month, permit, handler, clock_id, unit, rule_amount, used, paused,"
    " outcome, more, late_entries, before, n, entries)"
    " SELECT office_id, basis, month, permit, handler, clock_id, unit, rule_amount, used, paused, outcome, more,"
    " late_entries, before, count(*), sum(entries) FROM ("
    " SELECT office_id, basis, {month} AS month, permit, handler, clock_id, unit, rule_amount, used,"
    " coalesce(paused, '?') AS paused,"
    " CASE WHEN state = 'late' THEN 'late' WHEN stopped_on < due_on THEN 'early' ELSE 'met' END AS outcome,"
    " CASE WHEN amount > rule_amount THEN amount - rule_amount ELSE 0 END AS more,"
    " coalesce(late_entries, '?') AS late_entries, coalesce({before}, '') AS before, entries"
    " FROM clock WHERE stopped_on IS NOT NULL AND basis <> 'duty' AND state <> 'cancelled') AS each"
    " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14"
)

_TOUCH = (
    " INSERT INTO month_touched (office_id, month, turn) SELECT {row}.office_id, substr({row}.stopped_on, 1, 7), 0"
    " WHERE {row}.stopped_on IS NOT NULL AND {row}.basis <> 'duty' AND NOT EXISTS (SELECT 1 FROM month_touched"
    " WHERE office_id = {row}.office_id AND month = substr({row}.stopped_on, 1, 7) AND turn = 0);"
)
_NEW, _OLD = _TOUCH.format(row="NEW"), _TOUCH.format(row="OLD")
# One row a month and transaction: no transaction waits for another that says the same.
_FUNCTION = """
CREATE FUNCTION clock_touches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.stopped_on IS NOT NULL AND OLD.basis <> 'duty' THEN
        INSERT INTO month_touched (office_id, month, turn)
        VALUES (OLD.office_id, to_char(OLD.stopped_on, 'YYYY-MM'), txid_current()) ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.stopped_on IS NOT NULL AND NEW.basis <> 'duty' THEN
        INSERT INTO month_touched (office_id, month, turn)
        VALUES (NEW.office_id, to_char(NEW.stopped_on, 'YYYY-MM'), txid_current()) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = {
    "sqlite": (
        f"CREATE TRIGGER clock_touches_new AFTER INSERT ON clock BEGIN{_NEW} END",
        f"CREATE TRIGGER clock_touches_old AFTER DELETE ON clock BEGIN{_OLD} END",
        f"CREATE TRIGGER clock_touches_both AFTER UPDATE ON clock BEGIN{_OLD}{_NEW} END",
    ),
    "postgresql": (
        _FUNCTION,
        "CREATE TRIGGER clock_touches AFTER INSERT OR UPDATE OR DELETE ON clock"
        " FOR EACH ROW EXECUTE FUNCTION clock_touches()",
    ),
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for column in (
        sa.Column("entries", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("late_entries", sa.Text(), nullable=True, server_default=sa.text("''")),
        sa.Column("stopped_before", sa.Date(), nullable=True),
    ):
        op.add_column("clock", column)
    _tables()
    op.drop_index("clock_reported", "clock")
    op.execute(ENTRIES.format(SOON[dialect]))
    op.execute(SUMS.format(month=MONTH[dialect].format("stopped_on"), before=MONTH[dialect].format("stopped_before")))
    _indexes()
    for trigger in TRIGGERS[dialect]:
        op.execute(trigger)


def _tables() -> None:
    keys: list[tuple[str, sa.types.TypeEngine[Any]]] = [
        ("office_id", sa.Uuid()), ("basis", sa.Text()), ("month", sa.Text()), ("permit", sa.Text()),
        ("handler", sa.Text()), ("clock_id", sa.Text()), ("unit", sa.Text()), ("rule_amount", sa.Integer()),
        ("used", sa.Float()), ("paused", sa.Text()), ("outcome", sa.Text()), ("more", sa.Integer()),
        ("late_entries", sa.Text()), ("before", sa.Text()),
    ]  # fmt: skip
    op.create_table(
        "clock_sum",
        *(sa.Column(name, kind, nullable=False, autoincrement=False) for name, kind in keys),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="clock_sum_office"),
        sa.PrimaryKeyConstraint(*(name for name, _ in keys)),
    )
    op.create_table(
        "month_touched",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="month_touched_office"),
        sa.PrimaryKeyConstraint("office_id", "month", "turn"),
    )


def _indexes() -> None:
    for name, which, columns in (
        (
            "clock_reported",
            "stopped_on IS NOT NULL AND basis <> 'duty'",
            (
                *("basis", "stopped_on", "permit", "handler", "unit", "rule_amount", "used", "paused"),
                *("state", "due_on", "clock_id", "amount", "entries", "late_entries", "stopped_before"),
            ),
        ),
        (
            "clock_late",
            "state = 'late' AND stopped_on IS NOT NULL AND basis <> 'duty'",
            ("basis", "due_on", "case_id", "clock_id", "stopped_on", "permit", "handler"),
        ),
        ("clock_stopped_again", "stopped_before IS NOT NULL", ("basis", "stopped_before")),
    ):
        where = sa.text(which)
        op.create_index(name, "clock", ["office_id", *columns], sqlite_where=where, postgresql_where=where)
