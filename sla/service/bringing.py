"""Bring one case to the calendar its office counts by now: what moves is put on record, and who must hear of it (R16).

Used wherever a case is written, by the sweep, a clerk or the applying itself, so that no path moves a date in silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sla.alarms import Alarm, corrections
from sla.amendments import Move, moves, standings
from sla.clock import Clock
from sla.events import CalendarApplied, CaseEvent
from sla.history import History, read
from sla.policies import Policy
from sla.service.offices import Office
from sla.service.records import event_row
from sla.store import calendars, cases
from sla.store.cases import canonical
from sla.store.engine import Session

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Amendment:
    """A change of an office's calendar: `version` counts from then on. `finished`: its digests were made."""

    seq: int
    version: str
    notice: str
    by: str
    finished: bool


@dataclass(frozen=True)
class Step:
    """What one amendment does to a case; without an event it moves nothing."""

    amendment: Amendment
    moves: tuple[Move, ...]
    event: CalendarApplied | None


@dataclass(frozen=True)
class Brought:
    """A case after the amendments it had not seen; no history where it had seen them all."""

    steps: tuple[Step, ...] = ()
    history: History | None = None


@dataclass
class Amended:
    """What bringing writes, gathered over many cases."""

    events: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, Any]] = field(default_factory=list)
    moves: list[dict[str, Any]] = field(default_factory=list)

    def add(self, office: Office, row: Any, brought: Brought, corrected: Sequence[Alarm]) -> None:
        if brought.history is None:
            return
        new = [event_row(office.id, row.case_id, step.event)[0] for step in brought.steps if step.event]
        linked = cases.link(row.head_hash, new)
        self.events += linked
        self.heads.append({
            "office_id": office.id, "case_id": row.case_id, "head_seq": row.head_seq + len(linked),
            "head_hash": linked[-1]["hash"] if linked else row.head_hash, "calendar_version": office.calendar.version,
        })  # fmt: skip
        told = {(alarm.change, alarm.key.clock): alarm.told for alarm in corrected}
        for step in brought.steps:
            for move in step.moves:
                whom = told.get((step.amendment.seq, move.clock), ())
                self.moves.append(_move_row(office.id, row.case_id, step.amendment.seq, move, whom))


def amendments_of(session: Session, office_id: UUID) -> tuple[Amendment, ...]:
    """All changes of the office's calendar in order, the one it began with first."""
    return tuple(
        Amendment(row.seq, row.version, row.notice, row.by, finished=row.finished_at is not None)
        for row in calendars.changes_of(session, office_id)
    )


def bring(
    office: Office,
    row: Any,
    policy: Policy,
    events: Sequence[CaseEvent],
    amendments: Sequence[Amendment],
    now: datetime,
) -> Brought:
    """The case by each calendar it has not been brought to yet, one after the other, each with its event."""
    own, steps = list(events), []
    history = read(policy, office.calendar_of(row.calendar_version), own, now, office.calendar_of)
    version = row.calendar_version
    for amendment in _unseen(amendments, version):
        calendar = office.calendar_of(amendment.version)
        after = read(policy, calendar, own, now, office.calendar_of)
        found = moves(standings(history.clocks), standings(after.clocks))
        event = _event(amendment, version, found, own[-1].seq + 1, now)
        if event is not None:
            own.append(event)
            after = read(policy, calendar, own, now, office.calendar_of)
        steps.append(Step(amendment, found, event))
        history, version = after, amendment.version
    return Brought(tuple(steps), history)


def amended_corrections(
    brought: Brought, clocks: Mapping[str, Clock], told: Sequence[Alarm], now: datetime
) -> tuple[Alarm, ...]:
    """A correction for each clock that moved away from a date people had been told, whenever that was (R16).

    While the amendment is being applied it waits for the digest of all that moved; afterwards it goes by itself.
    """
    found: dict[str, Alarm] = {}
    for step in brought.steps:
        left = {move.clock: move.before for move in step.moves if move.moved}
        heard = [alarm if _said(alarm) == left.get(alarm.key.clock) else replace(alarm, told=()) for alarm in told]
        for alarm in corrections(clocks, heard, _EVER, now):
            change = None if step.amendment.finished else step.amendment.seq
            found.setdefault(alarm.key.clock, replace(alarm, change=change))
    return tuple(found.values())


def digest_key(office_id: UUID, change: int, person: str, endpoint: str) -> str:
    """The one identity of what a change of the calendar has for a person."""
    return "/".join((office_id.hex, "amendment", str(change), person, endpoint))


def put_amended(session: Session, written: Amended) -> None:
    """The cases must be locked."""
    cases.insert_events(session, written.events)
    cases.put_heads(session, written.heads)
    calendars.put_moves(session, written.moves)


def _unseen(amendments: Sequence[Amendment], version: str) -> Sequence[Amendment]:
    """Those after the last that made the version current."""
    seen = max((place for place, known in enumerate(amendments) if known.version == version), default=-1)
    return amendments[seen + 1 :] if seen >= 0 else amendments[-1:]


def _event(amendment: Amendment, before: str, found: Sequence[Move], seq: int, now: datetime) -> CalendarApplied | None:
    moved = {move.clock: (move.before, move.after) for move in found if move.moved}
    if not moved:
        return None
    return CalendarApplied(
        occurred_at=now, recorded_at=now, seq=seq, actor=amendment.by, calendar_version=amendment.version,
        notice=amendment.notice, version_before=before, version_after=amendment.version, moved=moved,
    )  # fmt: skip


def _said(alarm: Alarm) -> str:
    return alarm.key.due.isoformat() if alarm.key.due else ""


def _move_row(office_id: UUID, case_id: UUID, change: int, move: Move, told: Sequence[str]) -> dict[str, Any]:
    return {
        "office_id": office_id,
        "change": change,
        "case_id": case_id,
        "clock_id": move.clock,
        "due_before": move.before,
        "due_after": move.after,
        "overdue": move.overdue,
        "rescued": move.rescued,
        "confirmed": move.confirmed,
        "told": canonical(list(told)),
    }
