"""Notices, changes of the calendar and what they moved; the calendar each case was brought to."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from notifiers.instants import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published", sa.Date(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("announced_through", sa.Date(), nullable=True),
        sa.Column("amends", sa.Text(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=False),
        sa.Column("loaded_by", sa.Text(), nullable=False),
        sa.Column("applied_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="notice_office"),
        sa.PrimaryKeyConstraint("office_id", "number"),
    )
    op.create_table(
        "calendar_change",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.CheckConstraint("why IN ('made', 'notice', 'office', 'installed')", name="calendar_change_why"),
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="calendar_change_office"),
        sa.PrimaryKeyConstraint("office_id", "seq"),
    )
    op.create_table(
        "calendar_move",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Text(), nullable=False),
        sa.Column("due_before", sa.Text(), nullable=False),
        sa.Column("due_after", sa.Text(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("rescued", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id", "change"], ["calendar_change.office_id", "calendar_change.seq"], name="calendar_move_change"
        ),
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="calendar_move_case"
        ),
        sa.PrimaryKeyConstraint("office_id", "change", "case_id", "clock_id"),
    )
    op.add_column("case_file", sa.Column("calendar_version", sa.Text(), server_default="", nullable=False))
    op.add_column("alarm", sa.Column("change", sa.Integer(), nullable=True))
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """Where each office's calendar comes from, since when it counted by which, and by which its cases count."""
    office, calendar, case_file, change = _tables()
    for row in connection.execute(sa.select(office)).all():
        versions = connection.execute(
            sa.select(calendar).where(calendar.c.office_id == row.office_id).order_by(calendar.c.loaded_at)
        ).all()
        connection.execute(sa.insert(change), _changes(row, versions))
        content = next(version.content for version in versions if version.version == row.calendar_version)
        settings = {**json.loads(row.settings), "calendar": _source(json.loads(content))}
        text = json.dumps(settings, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        connection.execute(sa.update(office).where(office.c.office_id == row.office_id).values(settings=text))
        connection.execute(
            sa.update(case_file)
            .where(case_file.c.office_id == row.office_id)
            .values(calendar_version=row.calendar_version)
        )


def _changes(office: Any, versions: Sequence[Any]) -> list[dict[str, Any]]:
    """Each version from when it was loaded on; the one in force now last, if an earlier one has come back."""
    order = [version.version for version in versions]
    moments = [office.created_at, *(version.loaded_at for version in versions[1:])]
    if order[-1] != office.calendar_version:
        order, moments = [*order, office.calendar_version], [*moments, moments[-1]]
    return [
        {
            "office_id": office.office_id, "seq": seq, "at": at, "version": version,
            "why": "made" if seq == 1 else "office", "notice": "", "by": "", "finished_at": at,
        }
        for seq, (version, at) in enumerate(zip(order, moments, strict=True), start=1)
    ]  # fmt: skip


def _source(content: dict[str, Any]) -> dict[str, Any]:
    """What the office's file said, read back from the calendar that was built from it."""
    country, _, subdiv = content["country"].partition("-")
    own: dict[str, Any] = next((overlay for overlay in content["overlays"] if overlay["level"] == "office"), {})
    return {
        "country": country, "subdivs": subdiv.split("+") if subdiv else [], "zone": content["zone"],
        "hours": content["hours"], "closed": own.get("closed", {}), "open": own.get("open", {}),
        "announced_through": "", "law": "", "beside": [],
    }  # fmt: skip


def _tables() -> tuple[sa.TableClause, sa.TableClause, sa.TableClause, sa.TableClause]:
    office = sa.table(
        "office", sa.column("office_id", sa.Uuid()), sa.column("settings", sa.Text()),
        sa.column("calendar_version", sa.Text()), sa.column("created_at", Instant()),
    )  # fmt: skip
    calendar = sa.table(
        "calendar_version", sa.column("office_id", sa.Uuid()), sa.column("version", sa.Text()),
        sa.column("content", sa.Text()), sa.column("loaded_at", Instant()),
    )  # fmt: skip
    case_file = sa.table("case_file", sa.column("office_id", sa.Uuid()), sa.column("calendar_version", sa.Text()))
    change = sa.table(
        "calendar_change", sa.column("office_id", sa.Uuid()), sa.column("seq", sa.Integer()),
        sa.column("at", Instant()), sa.column("version", sa.Text()), sa.column("why", sa.Text()),
        sa.column("notice", sa.Text()), sa.column("by", sa.Text()), sa.column("finished_at", Instant()),
    )  # fmt: skip
    return office, calendar, case_file, change
