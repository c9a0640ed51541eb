"""The sweep: cases whose time has come are rebuilt from their facts; what is due is raised and put in the outbox.

Reads due rows only, so its cost does not grow with the backlog. One transaction a step, the caller's.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sla.service.offices import office_with
from sla.service.rebuild import rebuild
from sla.store import cases as store
from sla.store.engine import Session

BATCH = 100  # how many cases a step holds locked at the most


def sweep_some(session: Session, now: datetime, limit: int = BATCH, office_id: UUID | None = None) -> bool:
    """Take up to `limit` due cases; returns whether there may be more. Needs a writing transaction."""
    rows = store.due_cases(session, now, limit, office_id)
    for office, cases in _by_office(rows):
        rebuild(session, office_with(session, office), list(cases), now)
    return len(rows) == limit


def _by_office(rows: Iterable[store.Row]) -> Iterable[tuple[UUID, Iterable[store.Row]]]:
    return groupby(sorted(rows, key=lambda row: (row.office_id, row.case_id)), key=lambda row: row.office_id)
