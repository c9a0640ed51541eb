"""The closed clocks of an office as a list, one a row: what its rates and durations are counted from elsewhere."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sla.formats.table import Column, Kind, Row, Table
from sla.service.offices import Office
from sla.store import streams
from sla.store.engine import Session

COLUMNS = tuple(
    Column(name, name, kind)
    for name, kind in (
        ("number", Kind.TEXT),
        ("permit", Kind.TEXT),
        ("handler", Kind.TEXT),
        ("received_on", Kind.DATE),
        ("outcome", Kind.TEXT),
        ("clock", Kind.TEXT),
        ("basis", Kind.TEXT),
        ("state", Kind.TEXT),
        ("unit", Kind.TEXT),
        ("limit", Kind.NUMBER),
        ("limit_extended", Kind.NUMBER),
        ("started_on", Kind.DATE),
        ("due_on", Kind.DATE),
        ("due_at", Kind.MOMENT),
        ("stopped_on", Kind.DATE),
        ("stopped_at", Kind.MOMENT),
        ("used", Kind.DECIMAL),
        ("late_by", Kind.NUMBER),
        ("paused_days", Kind.NUMBER),
        ("capped", Kind.FLAG),
        ("deemed", Kind.FLAG),
        ("calendar_version", Kind.TEXT),
    )
)


def closed_clocks(session: Session, office: Office, first: date | None, last: date | None, now: datetime) -> Table:
    """The clocks that stopped from the first to the last day, None for no end; cancelled ones too, as their `state`
    says. Names are the same in every language.

    The rows are read as of one moment while they are written, and are never held whole.
    """
    streams.stand_still(session)
    rows = _rows(office, streams.closed_clocks(session, office.id, first, last))
    return Table("closed_clocks", "closed clocks", COLUMNS, rows, now.astimezone(office.calendar.zone))


def _rows(office: Office, clocks: Iterator[Any]) -> Iterator[Row]:
    zone = office.calendar.zone
    for clock in clocks:
        due_at, stopped_at = (at and at.astimezone(zone) for at in (clock.due_at, clock.stopped_at))
        yield (
            clock.number, clock.permit, clock.handler, clock.received_on, clock.outcome or None, clock.clock_id,
            clock.basis, clock.state, clock.unit, clock.rule_amount, clock.amount, clock.started_on, clock.due_on,
            due_at, clock.stopped_on, stopped_at, float(clock.used), clock.late_by, _paused(clock.paused),
            bool(clock.capped), bool(clock.deemed), clock.calendar_version,
        )  # fmt: skip


def _paused(text: str | None) -> int | None:
    """The working days it stood still on all grounds; None where nobody knows."""
    return None if text is None else sum(json.loads(text or "{}").values())
