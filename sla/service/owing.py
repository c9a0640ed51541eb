"""容缺受理: the open cases whose papers are still owed although their day is past. Two questions, however many."""

import logging
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sla.events import CaseEvent, Received, standing
from sla.messages import OwedEntry
from sla.owed import Owed, owed
from sla.service.lists import card
from sla.service.offices import Office
from sla.service.rebuild import policy_of
from sla.service.records import events_from
from sla.store import cases as store
from sla.store import lists
from sla.store.engine import Session

logger = logging.getLogger("sla.owing")


def owed_past(
    session: Session, office: Office, today: date, handlers: Collection[str] | None = None
) -> tuple[OwedEntry, ...]:
    """What was to come in before `today` and has not, the longest owed first: of everybody, or of some handlers."""
    rows = [row for row in lists.accepted_owing(session, office.id) if handlers is None or row.handler in handlers]
    events = store.events_of(session, office.id, [row.case_id for row in rows]) if rows else {}
    entries = []
    for row in rows:
        try:
            counted = standing(events_from(events[row.case_id]))
            left = owed(counted)
            entry = _entry(office, row, counted, left) if left is not None and left.past(today) else None
        except Exception:  # one case that cannot be read keeps no list from anybody
            logger.exception("case %s cannot be read", row.number)
            continue
        if entry is not None:
            entries.append(entry)
    return tuple(sorted(entries, key=lambda entry: (entry.by, entry.case.number)))


def _entry(office: Office, row: Any, events: Iterable[CaseEvent], left: Owed) -> OwedEntry:
    events = list(events)
    permit = next(event.permit for event in events if isinstance(event, Received))
    names = {paper.id: paper.names for paper in policy_of(office, row, events).permit(permit).papers}
    papers = tuple(names.get(paper, {"en": paper}) for paper in left.papers)
    return OwedEntry(card(office, row), row.handler, papers, left.by)
