"""Reports are read from one index of the stopped clocks, with their handler and how long they stood still.

How long, the events say: of cases that were ever paused the rebuild writes it, `sla doctor --rebuild`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_HANDLER = """
UPDATE clock SET handler = coalesce((
    SELECT handler FROM case_file WHERE case_file.office_id = clock.office_id AND case_file.case_id = clock.case_id
), '')
"""
_NEVER_PAUSED = """
UPDATE clock SET paused = '' WHERE open OR NOT EXISTS (
    SELECT 1 FROM case_event
    WHERE case_event.office_id = clock.office_id AND case_event.case_id = clock.case_id AND case_event.kind = 'paused'
)
"""


def upgrade() -> None:
    op.add_column("clock", sa.Column("handler", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("clock", sa.Column("paused", sa.Text(), nullable=True))
    op.execute(_HANDLER)
    op.execute(_NEVER_PAUSED)
    op.drop_index("clock_closed", "clock")
    stopped = sa.text("stopped_on IS NOT NULL AND basis <> 'duty'")
    op.create_index(
        "clock_reported",
        "clock",
        [
            *("office_id", "basis", "stopped_on", "permit", "handler", "unit", "rule_amount", "used", "paused"),
            *("state", "due_on", "clock_id"),
        ],
        sqlite_where=stopped,
        postgresql_where=stopped,
    )
    again = sa.text("paused_again_on IS NOT NULL")
    op.create_index(
        "clock_paused_again", "clock", ["office_id", "paused_again_on"], sqlite_where=again, postgresql_where=again
    )
