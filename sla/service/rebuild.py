"""Rebuild cases from their facts and write what follows: clocks, alarms, and messages for what is raised now.

One transaction, the caller's; set-based, for one case or a hundred. What is stored beside the events is an index (R20).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from notifiers.entries import Fate, NewMessage
from notifiers.outbox import enqueue
from sla.alarms import Alarm, AlarmState, corrections, gravest_true, plan, withdrawn
from sla.applicants import NOTHING, Before, Notification
from sla.clock import Clock, by_id
from sla.events import CaseEvent, Decided, Rebased, standing
from sla.history import History, read
from sla.milestones import of
from sla.people import Addressee, Role
from sla.policies import Basis, Policy
from sla.service.bringing import (
    Amended,
    Amendment,
    Brought,
    amended_corrections,
    amendments_of,
    bring,
    put_amended,
)
from sla.service.hearing import StoredAlarms, heard_of
from sla.service.notifying import before_of, notify, owed_of
from sla.service.offices import Office
from sla.service.quiet import quieted
from sla.service.records import alarm_from, alarm_row, clock_row, entries_of, events_from, stops_before
from sla.service.telling import Telling, addressed_now, bundled, messages_of, told_now
from sla.store import cases as store
from sla.store.engine import Session

logger = logging.getLogger("sla.rebuild")


@dataclass(frozen=True)
class Change:
    """What was just written to a case, for corrections: from when on it takes effect.

    `before`: the clocks as they stood until then, where only those who were told a date of theirs are corrected.
    `new`: the numbers of the events that were written. `quiet`: applicants are told nothing, as of what is brought in.
    """

    effective_at: datetime | None = None
    before: tuple[Clock, ...] | None = None
    new: tuple[int, ...] = ()
    quiet: bool = False


@dataclass
class Writes:
    """What a rebuild writes, gathered over all its cases."""

    clocks: list[dict[str, Any]] = field(default_factory=list)
    alarms: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, Any]] = field(default_factory=list)
    messages: list[NewMessage] = field(default_factory=list)
    amended: Amended = field(default_factory=Amended)
    owing: dict[UUID, tuple[Notification, ...]] = field(default_factory=dict)


def rebuild(
    session: Session,
    office: Office,
    rows: Sequence[Any],
    now: datetime,
    changes: Mapping[UUID, Change] | None = None,
    *,
    as_one: bool = False,
) -> dict[UUID, History]:
    """Rebuild the cases at `now` and write what changed. A case that cannot be rebuilt is set aside with its error.

    A case that was not brought to the office's calendar yet is brought to it first, on record (R16). The cases must be
    locked, and `rows` be their heads as they are. `as_one`: what one person hears of all of them is one message.
    """
    ids = [row.case_id for row in rows]
    events = store.events_of(session, office.id, ids)
    alarms = store.alarms_of(session, office.id, ids, cancelled=False)  # to the plan they are as if never made
    clocks = store.clocks_of(session, office.id, ids)
    stored = {case_id: [alarm_from(alarm) for alarm in several] for case_id, several in alarms.items()}
    amendments = _amendments(session, office, rows, stored)
    heard = heard_of(session, office, stored, amendments)
    notified = before_of(session, office, ids)
    writes, histories = Writes(), {}
    for row in rows:
        change = (changes or {}).get(row.case_id, Change())
        try:
            own = events_from(events[row.case_id])
            brought = _brought(office, row, own, amendments, now)
            history = brought.history or history_of(office, row, own, now)
            before = StoredAlarms(stored[row.case_id], row.case_id, heard)
            owing = _owing(office, row, own, history, notified.get(row.case_id, NOTHING), change, brought)
            derive(writes, office, row, history, before, now, change, brought)
        except Exception as error:  # whatever is wrong with one case stops nobody else
            logger.exception("case %s is set aside", row.number)
            writes.heads.append(_head(row, broken=f"{type(error).__name__}: {error}", next_alarm_at=None))
            continue
        known = {clock.clock_id: clock for clock in clocks[row.case_id]}
        gone = known.keys() - {clock.id for clock in history.clocks}
        if gone:  # another permit, or another policy version
            store.drop_clocks(session, office.id, row.case_id, gone)
        head, told = _after(office, row, own, brought)
        index = index_of(office, head, history, told)
        writes.clocks += [new for new in index if differs(new, known.get(new["clock_id"]))]
        histories[row.case_id], writes.owing[row.case_id] = history, owing
    store.put_clocks(session, writes.clocks)
    store.put_alarms(session, writes.alarms)
    store.put_heads(session, writes.heads)
    put_amended(session, writes.amended)
    messages = bundled(session, office.id, writes.messages) if as_one else writes.messages
    enqueue(session, quieted(session, office, messages, now))
    notify(session, office, writes.owing, notified, histories, now)
    return histories


def history_of(office: Office, row: Any, events: Sequence[CaseEvent], now: datetime) -> History:
    """The case at `now` from its events, by the policy and the calendar version it follows. Raises HistoryError
    (R14)."""
    calendar = office.calendar_of(row.calendar_version)
    return read(policy_of(office, row, events), calendar, events, now, office.calendar_of)


def policy_of(office: Office, row: Any, events: Sequence[CaseEvent]) -> Policy:
    """The policy version a case follows: the one it was received under, or that of its last standing re-base (R17)."""
    rebased = [event for event in standing(events) if isinstance(event, Rebased)]
    if rebased:
        return office.policy(rebased[-1].policy, rebased[-1].version)
    return office.policy(row.policy_id, row.policy_version)


def index_of(office: Office, row: Any, history: History, events: Sequence[CaseEvent]) -> list[dict[str, Any]]:
    """The clock rows a case with these events on record should have."""
    rows = [clock_row(office.id, row.case_id, history, clock) for clock in history.clocks]
    stopped = [one for one in rows if one["stopped_on"] is not None and one["basis"] != Basis.DUTY]
    if stopped:
        told = entries_of(office.calendar_of(row.calendar_version), events)
        for one, before in zip(stopped, stops_before(stopped), strict=True):
            one.update(told, stopped_before=before)
    return rows


def _brought(
    office: Office, row: Any, events: Sequence[CaseEvent], amendments: Sequence[Amendment], now: datetime
) -> Brought:
    """The case at the office's calendar; of most there is nothing to do."""
    if row.calendar_version == office.calendar.version:
        return Brought()
    return bring(office, row, policy_of(office, row, events), events, amendments, now)


def _after(office: Office, row: Any, own: Sequence[CaseEvent], brought: Brought) -> tuple[Any, Sequence[CaseEvent]]:
    """The head and the events of a case once it was brought to the office's calendar."""
    if brought.history is None:
        return row, own
    head = SimpleNamespace(case_id=row.case_id, calendar_version=office.calendar.version)
    return head, [*own, *(step.event for step in brought.steps if step.event)]


def _amendments(
    session: Session, office: Office, rows: Sequence[Any], stored: Mapping[UUID, Sequence[Alarm]]
) -> tuple[Amendment, ...]:
    """The changes of the office's calendar, read only where one of the cases has to do with any."""
    stale = any(row.calendar_version != office.calendar.version for row in rows)
    corrected = any(alarm.change is not None for alarms in stored.values() for alarm in alarms)
    return amendments_of(session, office.id) if stale or corrected else ()


def _owing(
    office: Office,
    row: Any,
    events: Sequence[CaseEvent],
    history: History,
    told: Before,
    change: Change,
    brought: Brought,
) -> tuple[Notification, ...]:
    """What the applicant is to be told of what was written, and of what the calendar moved."""
    if change.quiet:
        return ()
    moved = [step.event.seq for step in brought.steps if step.event]
    return owed_of(office, row, history, told, (*change.new, *moved), max([events[-1].seq, *moved]))


def derive(
    writes: Writes,
    office: Office,
    row: Any,
    history: History,
    stored: StoredAlarms,
    now: datetime,
    change: Change,
    brought: Brought,
) -> None:
    """Add what follows of a case at `now`: alarms, messages, its head."""
    clocks = by_id(history.clocks)
    alarms = [replace(a, state=AlarmState.CANCELLED) if stored.lost(a) else a for a in stored.alarms]
    taken_back = withdrawn(clocks, alarms, stored.unsaid)
    gone = {alarm.key for alarm in taken_back}
    alarms = [alarm for alarm in alarms if alarm.key not in gone]
    told = [stored.really_told(alarm) for alarm in alarms]
    wrong = amended_corrections(brought, clocks, told, now)
    if change.effective_at:  # a sweep corrects nobody
        before = None if change.before is None else by_id(change.before)
        wrong += corrections(clocks, told, change.effective_at, now, before)
    planned = plan((m for clock in history.clocks for m in of(clock)), [*alarms, *wrong], now, office.send_at)
    addressed = [addressed_now(office, history.handler, alarm, now) for alarm in planned.changed]
    sent = [entry for entry in addressed if entry[0].state is AlarmState.RAISED]
    sent += [(alarm, _corrected(office, alarm)) for alarm in wrong if alarm.change is None]
    again = list(_retold(office, history, clocks, alarms, now)) if history.handler != row.handler else []
    tellings = [
        Telling(alarm, people, _goes_anytime(clocks.get(alarm.key.clock), alarm)) for alarm, people in [*sent, *again]
    ]
    written = [*taken_back, *(alarm for alarm, _ in addressed), *wrong, *(alarm for alarm, _ in again)]
    writes.alarms += [alarm_row(office.id, row.case_id, alarm) for alarm in written]
    writes.messages += messages_of(office, row.case_id, tellings, now, office.send_at(now))
    writes.heads.append(_head(row, broken="", next_alarm_at=next_look(history, planned.next_at, now), history=history))
    writes.amended.add(office, row, brought, wrong)


def next_look(history: History, alarm_at: datetime | None, now: datetime) -> datetime | None:
    """The next alarm or the next deadline, whichever is sooner: a clock changes there even if its ladder is empty
    (R18)."""
    ends = [clock.lapses_at for clock in history.clocks if clock.is_open and clock.due_at and clock.lapses_at > now]
    return min([*ends, *([alarm_at] if alarm_at else [])], default=None)


def _corrected(office: Office, alarm: Alarm) -> tuple[Addressee, ...]:
    """Just those who were told; their role is of no matter."""
    return tuple(Addressee(office.people[person], Role.VIEWER) for person in alarm.told if person in office.people)


def _retold(
    office: Office, history: History, clocks: Mapping[str, Clock], stored: Sequence[Alarm], now: datetime
) -> Iterator[tuple[Alarm, tuple[Addressee, ...]]]:
    """A new handler hears the gravest alarm of each clock that is still true (M9), and is among those told from then
    on."""
    for clock in clocks.values():
        alarm = gravest_true(stored, clock) if clock.is_open or clock.deemed else None
        if alarm is not None:
            people = told_now(office, (Role.HANDLER,), history.handler, now)
            told = dict.fromkeys((*alarm.told, *(addressee.person.id for addressee in people)))
            fresh = (addressee for addressee in people if (addressee.person.id, Fate.TRIED) not in alarm.fates)
            yield replace(alarm, told=tuple(told)), tuple(fresh)  # of whom had it no key remains that says so (M6)


def _goes_anytime(clock: Clock | None, alarm: Alarm) -> bool:
    """Whether the policy lets this rung out of the message window (M2)."""
    return clock is not None and any(rung.anytime for rung in clock.rule.ladder if rung.name == alarm.key.milestone)


def _head(row: Any, *, broken: str, next_alarm_at: datetime | None, history: History | None = None) -> dict[str, Any]:
    decided = [event for event in history.events if isinstance(event, Decided)] if history else []
    return {
        "office_id": row.office_id,
        "case_id": row.case_id,
        "phase": history.phase.value if history else row.phase,
        "handler": history.handler if history else row.handler,
        "deemed_on": history.deemed_on if history else row.deemed_on,
        "outcome": decided[-1].outcome.value if decided else "",
        "next_alarm_at": next_alarm_at,
        "broken": broken,
    }


def differs(new: Mapping[str, Any], old: Any) -> bool:
    """Whether a stored row is not what it should be."""
    return old is None or [new.get(name, value) for name, value in zip(old._fields, old, strict=True)] != list(old)
