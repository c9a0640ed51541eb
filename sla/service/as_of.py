"""A case as it was believed on an earlier day: by what was on record then, and nothing else (R13, R16, R20)."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sla.events import CalendarApplied, CaseEvent, Received, standing
from sla.history import History
from sla.service.cases import Recorded, known
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.service.rebuild import history_of
from sla.service.records import events_from, with_titles
from sla.store import calendars, cases
from sla.store.engine import Session

logger = logging.getLogger("sla.as_of")
PAGE = 500  # cases read at a time


def moment_of(office: Office, text: str, now: datetime) -> datetime:
    """`2026-09-18` means the end of that day (or now, if it is today), else a moment. Raises ServiceError."""
    try:
        if len(text) == len("2026-09-18"):
            day = date.fromisoformat(text)
            ends = office.calendar.end_of(day) - timedelta(microseconds=1)
            moment = min(ends, now) if day == office.today(now) else ends
        else:
            moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ServiceError(
            "as-of", "%(text)r is no date or time; write 2026-09-18 or 2026-09-18T15:00+08:00", text=text
        ) from None
    if moment.tzinfo is None:
        raise ServiceError("as-of", "%(text)s has no time zone; write for example %(text)s+08:00", text=text)
    if moment > now:
        raise ServiceError("as-of", "%(text)s lies in the future", text=text)
    return moment.astimezone(UTC)


def find_as_of(session: Session, office: Office, number: str, then: datetime, last: int | None = None) -> Recorded:
    """The case by the events recorded up to `then`, and none after event `last` if one is given, and the calendar it
    counted by then. Raises ServiceError for one that was not on record yet."""
    row = known(session, office, number)
    all_rows = cases.events_of(session, office.id, [row.case_id])[row.case_id]
    rows = [event for event in all_rows if event.recorded_at <= then and (last is None or event.seq <= last)]
    parties = cases.parties_of(session, office.id, [row.case_id])[row.case_id]
    everything = with_titles(events_from(all_rows), parties)
    if not rows:
        first = office.calendar.date_of(everything[0].recorded_at)
        raise ServiceError(
            "as-of", "%(number)s was not on record yet; it is since %(first)s", number=number, first=first
        )
    found = _believed(office, row, rows, everything, calendars.changes_of(session, office.id), then)
    return Recorded(number, found.head, found.history, found.events, {event.seq: event.hash for event in rows})


@dataclass(frozen=True)
class Believed:
    """A case as it was believed at a moment: its head, the events on record, and what they came to."""

    head: Any
    events: tuple[CaseEvent, ...]
    history: History


def every_as_of(session: Session, office: Office, then: datetime) -> Iterator[Believed]:
    """Every case that was on record by then, a page of them at a time; one that cannot be read is left out here and
    shown by `sla doctor`."""
    changes, after = calendars.changes_of(session, office.id), None
    while page := cases.all_cases(session, office.id, after, PAGE):
        events = cases.events_of(session, office.id, [row.case_id for row in page])
        for row in page:
            rows = [event for event in events[row.case_id] if event.recorded_at <= then]
            try:
                if rows:
                    yield _believed(office, row, rows, events_from(events[row.case_id]), changes, then)
            except Exception:  # one case that cannot be read keeps no report from anybody
                logger.exception("case %s cannot be read", row.number)
        after = page[-1].case_id


def _believed(
    office: Office, row: Any, rows: Sequence[Any], everything: list[CaseEvent], changes: Sequence[Any], then: datetime
) -> Believed:
    seqs = {event.seq for event in rows}
    events = [event for event in everything if event.seq in seqs]
    head = SimpleNamespace(
        **{
            **row._asdict(),
            **_head_then(rows, events),
            **_policy_then(office, events, everything),
            "calendar_version": _calendar_then(changes, everything, then),
        }
    )
    return Believed(head, tuple(events), history_of(office, head, events, then))


def _calendar_then(changes: Sequence[Any], events: list[CaseEvent], then: datetime) -> str:
    """The version that was current; where the case had yet to be brought to it, the one before."""
    versions: list[str] = [change.version for change in changes if change.at <= then] or [changes[0].version]
    later = (event for event in events if isinstance(event, CalendarApplied) and event.recorded_at > then)
    waiting = next(later, None)
    if waiting is not None and waiting.version_after == versions[-1]:
        return waiting.version_before
    return versions[-1]


def _policy_then(office: Office, events: list[CaseEvent], everything: list[CaseEvent]) -> dict[str, Any]:
    """The row's own, unless the receipt it was chosen by was replaced since (R17)."""
    received = next(event for event in standing(events) if isinstance(event, Received))
    if received in standing(everything):
        return {}
    policy = office.policy_for(received.permit, received.on(office.calendar.zone))
    return {"policy_id": policy.id, "policy_version": policy.version}


def _head_then(rows: Sequence[Any], events: list[CaseEvent]) -> dict[str, Any]:
    """What the case's head was: the title of its receipt, and the end of its chain."""
    received = next(event for event in standing(events) if isinstance(event, Received))
    return {"title": received.title, "permit": received.permit, "head_hash": rows[-1].hash, "broken": ""}
