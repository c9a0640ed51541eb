"""The sweep: what is due is raised and put in the outbox, by the index or by rebuilding the case from its facts.

Reads due rows only, so its cost does not grow with the backlog. One transaction a step, the caller's.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sla.service.offices import office_with
from sla.service.raising import raise_due
from sla.service.rebuild import rebuild
from sla.store import cases as store
from sla.store.engine import Session

BATCH = 500  # how many cases a step holds locked at the most
REBUILT = 100  # and how many of them it rebuilds, which takes some ten times as long; the others are found again


def sweep_some(session: Session, now: datetime, limit: int = BATCH, office_id: UUID | None = None) -> bool:
    """Take up to `limit` due cases; returns whether there may be more. Needs a writing transaction."""
    rows = store.due_cases(session, now, limit, office_id)
    rebuilt = 0
    for of_office, cases in _by_office(rows):
        office = office_with(session, of_office)
        left = raise_due(session, office, list(cases), now)
        if left:
            rebuild(session, office, left[: max(0, REBUILT - rebuilt)], now)
        rebuilt += len(left)
    return len(rows) == limit or rebuilt > REBUILT


def _by_office(rows: Iterable[store.Row]) -> Iterable[tuple[UUID, Iterable[store.Row]]]:
    return groupby(sorted(rows, key=lambda row: (row.office_id, row.case_id)), key=lambda row: row.office_id)
