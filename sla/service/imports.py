"""Bring in many cases with all their events at once: the same checks, the same chain, but written in sets.

Each case stands afterwards as it stood at its last entry; what has become due since is left to the sweep, as after
downtime (M5). Everything in the caller's writing transaction; an error names the case and leaves nothing written.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from notifiers.outbox import enqueue
from sla.events import CaseEvent, EventName, Extended, Paused, Rebased, Received
from sla.history import History, judged
from sla.permits import PermitType, number_of
from sla.service.bringing import Brought as Amending
from sla.service.cases import When, case_values, made, under_policy
from sla.service.errors import ServiceError
from sla.service.hearing import StoredAlarms
from sla.service.offices import Office, held
from sla.service.quiet import quieted
from sla.service.rebasing import may_follow
from sla.service.rebuild import Change, Writes, derive, history_of, index_of, policy_of
from sla.service.records import event_row
from sla.store import cases as store
from sla.store.engine import Session
from sla.store.ids import new_id

logger = logging.getLogger("sla.imports")


@dataclass(frozen=True)
class Entry:
    """One event of a case to bring in: when it happened, when it was recorded (when it happened, if not said), by
    whom."""

    kind: str
    when: When
    details: Mapping[str, Any] = field(default_factory=dict)
    actor: str = ""
    recorded_at: datetime | None = None

    @property
    def recorded(self) -> datetime:
        return self.recorded_at or self.when.at


File = Sequence[Entry]  # one case: its receipt first, then the rest in the order they were recorded


@dataclass(frozen=True)
class Brought:
    """A case that was checked: everything that will be written, and its history as it will stand."""

    row: dict[str, Any]
    events: list[dict[str, Any]]
    parties: list[dict[str, Any]]
    history: History
    recorded: list[CaseEvent]  # what its `events` say
    recorded_at: datetime

    def stands_at(self, now: datetime) -> datetime:
        """The moment it is looked at: that of its last entry, while it is open."""
        return self.recorded_at if self.history.is_open else now


def bring_in(session: Session, office: Office, files: Sequence[File], now: datetime) -> list[str]:
    """The numbers of the new cases, in the order of `files`. Raises ServiceError or HistoryError (R13, R14, R21)."""
    office = held(session, office)
    for file in files:
        _check_begun(file, now)
    numbers = _numbers(session, office, files)
    put(session, office, [checked(office, file, number, now) for file, number in zip(files, numbers, strict=True)], now)
    return numbers


def checked(office: Office, file: File, number: str, now: datetime) -> Brought:
    """A case with its number as it will be written; nothing is read or written. Raises ServiceError or HistoryError."""
    _check_begun(file, now)
    first, last = file[0], max(entry.recorded for entry in file)
    policy, details = under_policy(office, first.details, first.when, first.actor)
    receipt = made("received", details, first.when, first.recorded, first.actor, 1, office)
    assert isinstance(receipt, Received)
    row = case_values(office, new_id(first.recorded), number, receipt, (policy.id, policy.version), first.recorded)
    events = _events(office, SimpleNamespace(**row), receipt, file[1:])
    history = history_of(office, SimpleNamespace(**row), events, last)
    written = [event_row(office.id, row["case_id"], event) for event in events]
    chain = store.link(store.GENESIS, (values for values, _ in written))
    row |= {"head_seq": len(chain), "head_hash": chain[-1]["hash"]}
    return Brought(row, chain, [party for _, parties in written for party in parties], history, events, last)


def put(session: Session, office: Office, brought: Sequence[Brought], now: datetime) -> None:
    """Write cases whose numbers nobody has. The office must be held.

    Nothing is stored of them yet, so nothing is read, and what follows is written with them. An open one stands as at
    its last entry; of a closed one nothing depends on the time. Raises ServiceError for one that cannot be counted.
    """
    writes, cases, clocks = Writes(), [], []
    for case in sorted(brought, key=lambda case: case.stands_at(now)):
        row = SimpleNamespace(**case.row)
        _derive(writes, office, row, case, now)
        cases.append({**case.row, **writes.heads[-1]})
        clocks += index_of(office, row, case.history, case.recorded)
    store.insert_cases(session, cases)
    store.insert_events(session, [event for case in brought for event in case.events])
    store.put_parties(session, [party for case in brought for party in case.parties])
    store.insert_clocks(session, clocks)
    store.insert_alarms(session, writes.alarms)
    enqueue(session, quieted(session, office, writes.messages, now))


def _derive(writes: Writes, office: Office, row: Any, case: Brought, now: datetime) -> None:
    """Applicants are told nothing, and neither is whoever was told of it then."""
    stored = StoredAlarms([], row.case_id, {})
    try:
        derive(writes, office, row, case.history, stored, case.stands_at(now), Change(quiet=True), Amending())
    except Exception as error:
        logger.exception("case %s cannot be brought in", row.number)
        raise ServiceError("case", "%(number)s could not be rebuilt; nothing was written", number=row.number) from error


def _check_begun(file: File, now: datetime) -> None:
    kind = file[0].kind if file else "nothing"
    if kind != "received":
        raise ServiceError(
            "kind", "%(kind)s cannot begin a case; a case begins with its receipt (received)", kind=EventName(kind)
        )
    if max(entry.recorded for entry in file) > now:
        raise ServiceError("recorded_at", "lies in the future; bring in what has been recorded")


def _events(office: Office, row: Any, receipt: CaseEvent, entries: File) -> list[CaseEvent]:
    """The events in the order of the chain, each judged against what stood before it (R21)."""
    events = [receipt]
    for entry in entries:
        event = made(entry.kind, entry.details, entry.when, entry.recorded, entry.actor, len(events) + 1, office)
        if isinstance(event, Rebased):
            may_follow(office, row, events, event)
        if isinstance(event, Paused | Extended):
            policy = policy_of(office, row, [*events, event])
            event = judged(policy, office.calendar, events, event, office.calendar_of)
        events.append(event)
    return events


def _numbers(session: Session, office: Office, files: Sequence[File]) -> list[str]:
    """The next numbers of each permit and year, in the order of the files; what is taken already is passed over."""
    places: dict[tuple[str, int], list[int]] = {}
    patterns: dict[str, PermitType] = {}
    for place, file in enumerate(files):
        year, permit = office.calendar.date_of(file[0].when.at).year, _permit(office, file[0])
        patterns[permit.id] = permit
        places.setdefault((permit.id, year), []).append(place)
    numbers = [""] * len(files)
    for (permit_id, year), wanted in places.items():
        free = free_numbers(session, office, patterns[permit_id], year, len(wanted))
        for place, number in zip(wanted, free, strict=True):
            numbers[place] = number
    return numbers


def free_numbers(
    session: Session, office: Office, permit: PermitType, year: int, count: int, reserved: Collection[str] = ()
) -> list[str]:
    """The next so many numbers of a permit's year that no case has, and that are not reserved."""
    free: list[str] = []
    while len(free) < count:
        missing = count - len(free)
        last = store.next_number(session, office.id, permit.id, year, missing)
        numbers = [number_of(permit.number, year, number) for number in range(last - missing + 1, last + 1)]
        taken = store.numbers_taken(session, office.id, numbers).union(reserved)
        free += [number for number in numbers if number not in taken]
    return free


def _permit(office: Office, receipt: Entry) -> PermitType:
    permit = str(receipt.details.get("permit", ""))
    return office.policy_of_receipt(permit, receipt.when.at, dated=receipt.when.dated).permit(permit)
