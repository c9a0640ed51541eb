"""What people look at: the due lists of a day. Plain reads."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sla.clock import Clock, State
from sla.events import CaseEvent
from sla.history import History, Phase
from sla.messages import CaseCard, DueEntry, DueLists
from sla.service.offices import Office
from sla.service.rebuild import history_of
from sla.service.records import events_from
from sla.store import cases as store
from sla.store import lists
from sla.store.engine import Session

logger = logging.getLogger("sla.lists")
NEXT_DAYS = 3  # how far the due-today board looks ahead, in working days


def card(office: Office, row: Any, permits: Mapping[str, Mapping[str, str]] | None = None) -> CaseCard:
    """A case as messages and pages name it; `permits` are the names of `permit_names`, where there are many cases."""
    names = (permits or permit_names(office)).get(row.permit, {"en": row.permit})
    handler = office.people.get(row.handler)
    link = case_link(office, row.number)
    name = handler.name if handler else ""
    return CaseCard(row.number, row.title, names, name, link, row.head_seq, row.permit, row.handler)


def case_link(office: Office, number: str) -> str:
    return f"{office.link}/cases/{quoted(number)}"


@lru_cache(maxsize=4_096)
def quoted(number: str) -> str:
    """The number of a case as a part of a path. A page names each of its cases several times."""
    return quote(number, safe="")


def due_lists(session: Session, office: Office, now: datetime, handlers: Iterable[str] | None = None) -> DueLists:
    """Overdue, due today, due in the next 3 working days, paused, and awaiting acceptance: of everybody, or of some;
    and what was paused again on the day it was resumed."""
    today = office.today(now)
    until = office.calendar.nth_working_day(today, NEXT_DAYS)
    wanted = None if handlers is None else set(handlers)
    ids = [
        row.case_id for row in lists.open_clocks(session, office.id, until) if wanted is None or row.handler in wanted
    ]
    found: dict[str, list[DueEntry]] = {
        name: [] for name in ("overdue", "due_today", "next_days", "paused", "awaiting", "paused_again")
    }
    for row, history in histories(session, office, tuple(dict.fromkeys(ids)), now):
        for clock in history.clocks:
            name = _list_of(clock, history, today, until) if clock.is_open else None
            if name:
                found[name].append(DueEntry(card(office, row), clock))
            if clock.is_open and clock.paused_again:
                found["paused_again"].append(DueEntry(card(office, row), clock))
    for entries in found.values():
        entries.sort(key=_by_due)
    return DueLists(day=today, **{name: tuple(entries) for name, entries in found.items()})


def _by_due(entry: DueEntry) -> tuple[date, datetime, str, str]:
    """The earliest due first; of limits in hours the earlier moment of a day."""
    clock = entry.clock
    moment = clock.due_at if clock.due_at and clock.limit.timed else datetime.max.replace(tzinfo=UTC)
    return clock.due or date.max, moment, entry.case.number, clock.id


def histories(
    session: Session, office: Office, case_ids: Sequence[UUID], now: datetime
) -> Iterable[tuple[Any, History]]:
    """The cases of the ids, each read at `now`; a broken one is left out here and shown by `sla doctor`."""
    for row, _, history in with_events(session, office, case_ids, now):
        yield row, history


def with_events(
    session: Session, office: Office, case_ids: Sequence[UUID], now: datetime
) -> Iterable[tuple[Any, Sequence[CaseEvent], History]]:
    """The same, with all the events on record."""
    rows = store.cases_with(session, office.id, case_ids)
    events = store.events_of(session, office.id, case_ids)
    for row in sorted(rows, key=lambda row: str(row.number)):
        try:
            known = events_from(events[row.case_id])
            history = history_of(office, row, known, now)
        except Exception:  # one case that cannot be read keeps no list from anybody
            logger.exception("case %s cannot be read", row.number)
            continue
        yield row, known, history


def permit_names(office: Office) -> dict[str, dict[str, str]]:
    """The names of every permit the office ever granted, as its newest version has them."""
    policies = [office.policy(row.policy_id, row.version) for row in office.policy_rows]
    return {permit.id: dict(permit.names) for policy in policies for permit in policy.permits.values()}


def _list_of(clock: Clock, history: History, today: date, until: date) -> str | None:
    if clock.state is State.PAUSED:
        return "paused"
    if clock.due_on is None:
        return None
    if clock.overdue:
        return "overdue"
    if clock.due_on == today:
        return "due_today"
    if clock.due_on <= until:
        return "next_days"
    return "awaiting" if history.phase is Phase.RECEIVED and history.deemed_on is None else None
