"""Histories that were read lately: a case that nothing was added to is not read again before it can be another one.

A page that is looked at every minute shows the same cases. What a history says of a moment holds for all of that day,
unless one of its limits ends within a day or something is on record that is yet to come.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from threading import Lock
from typing import Any
from uuid import UUID

from sla.history import History
from sla.service.offices import Office
from sla.service.rebuild import history_of
from sla.service.records import events_from
from sla.store import cases as store
from sla.store.engine import Session

logger = logging.getLogger("sla.recent")
MOST = 2_000
Key = tuple[UUID, UUID, str, str, date]  # office, case, the head of its chain, the calendar it follows, the day

_kept: OrderedDict[Key, History] = OrderedDict()
_lock = Lock()


def recent_histories(
    session: Session, office: Office, case_ids: Sequence[UUID], now: datetime
) -> dict[UUID, tuple[Any, History]]:
    """The head and the history of each case at `now`; a broken one is left out, and shown by `sla doctor`."""
    rows = {_key(office, row, now): row for row in store.cases_with(session, office.id, case_ids)}
    known = _recalled(rows)
    missing = [row for key, row in rows.items() if key not in known]
    events = store.events_of(session, office.id, [row.case_id for row in missing]) if missing else {}
    for row in missing:
        try:
            history = history_of(office, row, events_from(events[row.case_id]), now)
        except Exception:  # one case that cannot be read keeps no list from anybody
            logger.exception("case %s cannot be read", row.number)
            continue
        known[_key(office, row, now)] = history
        if _holds_all_day(history, now):
            _remember(_key(office, row, now), history)
    return {row.case_id: (row, known[key]) for key, row in rows.items() if key in known}


def _key(office: Office, row: Any, now: datetime) -> Key:
    return office.id, row.case_id, row.head_hash, row.calendar_version, office.today(now)


def _holds_all_day(history: History, now: datetime) -> bool:
    within = any(clock.is_timed for clock in history.clocks)
    return not within and all(event.occurred_at <= now for event in history.events)


def _recalled(keys: Iterable[Key]) -> dict[Key, History]:
    with _lock:
        found = {key: _kept[key] for key in keys if key in _kept}
        for key in found:
            _kept.move_to_end(key)
        return found


def _remember(key: Key, history: History) -> None:
    with _lock:
        _kept[key] = history
        while len(_kept) > MOST:
            _kept.popitem(last=False)
