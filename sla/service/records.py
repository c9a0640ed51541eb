"""Between the stored rows of a case and the events and alarms of the core."""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from schedules.calendars import WorkingCalendar
from sla.alarms import Alarm, AlarmKey, AlarmState
from sla.clock import Clock, State
from sla.events import Blanked, CaseEvent, Received, due_from, event_of
from sla.history import History, Phase, expected_end, late_entry
from sla.milestones import yellow_at
from sla.pauses import days_paused
from sla.people import Role
from sla.policies import Gravity
from sla.store.cases import canonical

PERSONAL = ("applicant", "contact", "email", "mobile", "title")  # fields of events that can be blanked by law

_GRAVITIES = {gravity.value: gravity for gravity in Gravity}  # a dozen alarms a case: looked up, not called
_STATES = {state.value: state for state in AlarmState}


def event_from(row: Any, parties: Mapping[str, str] | None = None) -> CaseEvent:
    """The event of a row of `events_of`; personal fields are empty unless `parties` gives them. (Receipts of earlier
    versions hold the title itself.)

    A look over an office reads every event there is: unpacked, a row takes half the time of asking for names.
    """
    _, seq, kind, occurred_at, dated, recorded_at, actor, calendar_version, text, _ = row
    details = json.loads(text)
    for name in PERSONAL:
        if isinstance(details.get(name), dict):
            details[name] = (parties or {}).get(name, "")
    common = {
        "seq": seq, "occurred_at": occurred_at, "recorded_at": recorded_at, "dated": bool(dated), "actor": actor,
        "calendar_version": calendar_version,
    }  # fmt: skip
    return event_of(kind, common, details)


def events_from(rows: Sequence[Any]) -> list[CaseEvent]:
    return [event_from(row) for row in rows]


def with_titles(events: Sequence[CaseEvent], parties: Iterable[Any]) -> list[CaseEvent]:
    """All the events of a case with the title each receipt gave it, but for what was blanked."""
    titles = {party.seq: party.value for party in parties if party.field == "title"}
    blanked = blanked_before(events)
    return [
        replace(event, title="" if event.seq < blanked else titles.get(event.seq, event.title))
        if isinstance(event, Received)
        else event
        for event in events
    ]


def blanked_before(events: Iterable[CaseEvent]) -> int:
    """The event before which nothing personal is kept any more; 0 if there is none."""
    return max((event.seq for event in events if isinstance(event, Blanked)), default=0)


def event_row(office_id: UUID, case_id: UUID, event: CaseEvent) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The row of an event without its hash, and the rows of its personal data, of which the event keeps salted
    digests."""
    details, parties = event.details(), []
    for name in PERSONAL:
        value = details.get(name)
        if value:
            salt = secrets.token_hex(16)
            details[name] = {"sha256": hashlib.sha256((salt + value).encode()).hexdigest()}
            parties.append(
                {
                    "office_id": office_id,
                    "case_id": case_id,
                    "seq": event.seq,
                    "field": name,
                    "salt": salt,
                    "value": value,
                }
            )
    row = {
        "office_id": office_id,
        "case_id": case_id,
        "seq": event.seq,
        "kind": event.kind,
        "occurred_at": event.occurred_at,
        "dated": event.dated,
        "recorded_at": event.recorded_at,
        "actor": event.actor,
        "calendar_version": event.calendar_version,
        "details": canonical(details),
    }
    return row, parties


def alarm_from(row: Any) -> Alarm:
    """The alarm of a row of `alarms_of`. A case has a dozen: unpacked, a row takes half the time of asking for
    names."""
    _, clock, milestone, due, episode, gravity, at, state, raised_at, roles, told, change, fates = row
    key, people = AlarmKey(clock, milestone, due_from(due), episode), _people(told)
    return Alarm(
        key, _GRAVITIES[gravity], at, _STATES[state], raised_at, roles_from(roles), people, change, _fates(fates)
    )


@lru_cache(maxsize=256)
def roles_from(text: str) -> tuple[Role, ...]:
    """The roles an alarm is for. A ladder's rungs name the same few roles in every case: each text is read once."""
    return tuple(Role(role) for role in json.loads(text))


@lru_cache(maxsize=4096)
def _people(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


@lru_cache(maxsize=4096)
def _fates(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(json.loads(text).items())


def alarm_key_row(office_id: UUID, case_id: UUID, key: AlarmKey) -> dict[str, Any]:
    """The columns of the key of an alarm's row."""
    return {
        "office_id": office_id,
        "case_id": case_id,
        "clock_id": key.clock,
        "milestone": key.milestone,
        "due": key.due.isoformat() if key.due else "",
        "episode": key.episode,
    }


def alarm_row(office_id: UUID, case_id: UUID, alarm: Alarm) -> dict[str, Any]:
    return {
        **alarm_key_row(office_id, case_id, alarm.key),
        "gravity": alarm.gravity.value,
        "at": alarm.at,
        "state": alarm.state.value,
        "raised_at": alarm.raised_at,
        "roles": _listed_text(alarm.roles),
        "told": _listed_text(alarm.told),
        "change": alarm.change,
        "fates": canonical(dict(alarm.fates)) if alarm.fates else "{}",
    }


@lru_cache(maxsize=4096)
def _listed_text(values: tuple[str, ...]) -> str:
    """The same few roles and people in every case: each is written once."""
    return canonical([str(value) for value in values])


def clock_row(office_id: UUID, case_id: UUID, history: History, clock: Clock) -> dict[str, Any]:
    return {
        "office_id": office_id,
        "case_id": case_id,
        "clock_id": clock.id,
        "permit": history.received.permit,
        "basis": clock.rule.basis.value,
        "state": clock.state.value,
        "open": clock.is_open,
        "unit": clock.limit.unit.value,
        "amount": clock.limit.amount,
        "rule_amount": clock.rule.limit.amount,
        "started_on": clock.day0,
        "due_on": clock.due_on,
        "due_at": clock.due_at,
        "stopped_on": clock.stopped_on,
        "stopped_at": clock.stopped_at,
        "late_by": clock.late_by if not clock.is_open else None,
        "used": clock.used if not clock.is_open else 0,
        "left": clock.left if not clock.is_open else 0,
        "paused_again_on": max(clock.paused_again, default=None),
        "provisional": clock.provisional and clock.due_on is not None,  # while paused it depends on the day it is asked
        "capped": clock.capped,
        "deemed": clock.deemed,
        "calendar_version": clock.calendar.version,
        "handler": history.handler,
        "paused": _paused(clock),
        **_NO_ENTRIES,
        **(_listed(history, clock) if clock.is_open else _NOT_LISTED),
    }


_NO_ENTRIES = {"entries": 0, "late_entries": "", "stopped_before": None}  # of one that is open
_NOT_LISTED = {"awaiting": False, "yellow_at": None, "paused_on": None, "resume_by": None}


def _listed(history: History, clock: Clock) -> dict[str, Any]:
    """What the lists of open clocks are made from."""
    paused = clock.if_resumed is not None
    return {
        "awaiting": history.phase is Phase.RECEIVED and history.deemed_on is None,
        "yellow_at": yellow_at(clock),
        "paused_on": clock.calendar.date_of(clock.pauses[-1].start) if paused else None,
        "resume_by": expected_end(history, clock) if paused else None,
    }


def _paused(clock: Clock) -> str:
    """The working days a stopped clock stood still, by ground; what an open one does depends on the day it is asked."""
    days = {} if clock.is_open else days_paused(clock.pauses, clock.calendar)
    return canonical(days) if days else ""


def entries_of(calendar: WorkingCalendar, events: Sequence[CaseEvent]) -> dict[str, Any]:
    """How many entries a case has, and of each kind how many were late, as its stopped clocks keep it."""
    late = Counter(event.kind for event in events if late_entry(calendar, event))
    return {"entries": len(events), "late_entries": canonical(dict(late)) if late else ""}


def late_from(text: str) -> tuple[tuple[str, int], ...]:
    """What `entries_of` wrote of those that were late."""
    return tuple(json.loads(text or "{}").items())


def stops_before(rows: Sequence[Mapping[str, Any]]) -> list[date | None]:
    """Of each stopped clock of a case, when the one of the same basis before it was completed; None if none was."""
    last: dict[str, date] = {}
    found: dict[str, date | None] = {}
    for row in sorted(rows, key=lambda row: (row["stopped_on"], row["clock_id"])):
        found[row["clock_id"]] = last.get(row["basis"])
        if row["state"] != State.CANCELLED.value:
            last[row["basis"]] = row["stopped_on"]
    return [found[row["clock_id"]] for row in rows]


@lru_cache(maxsize=4096)
def paused_from(text: str | None) -> tuple[tuple[str, int], ...] | None:
    """What `clock_row` wrote of the days it stood still; None where nobody knows."""
    return None if text is None else tuple(json.loads(text or "{}").items())
