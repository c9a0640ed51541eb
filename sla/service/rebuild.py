"""Rebuild cases from their facts and write what follows: clocks, alarms, and messages for what is raised now.

One transaction, the caller's; set-based, for one case or a hundred. What is stored beside the events is an index (R20).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from notifiers.entries import Fate, NewMessage
from notifiers.outbox import enqueue, fates
from sla.alarms import CORRECTION, Alarm, AlarmKey, AlarmState, corrections, gravest_true, plan, withdrawn
from sla.clock import Clock, by_id
from sla.events import CaseEvent, Decided, Rebased, standing
from sla.history import History, read
from sla.milestones import of
from sla.people import Addressee, Person, Role, addressees
from sla.policies import Policy
from sla.service.bringing import (
    Amended,
    Amendment,
    Brought,
    amended_corrections,
    amendments_of,
    bring,
    digest_key,
    put_amended,
)
from sla.service.offices import Office
from sla.service.records import alarm_from, alarm_row, clock_row, events_from
from sla.store import cases as store
from sla.store.cases import canonical
from sla.store.engine import Session
from sla.store.ids import new_id

logger = logging.getLogger("sla.rebuild")


@dataclass(frozen=True)
class Change:
    """What was just written to a case, for corrections: from when on it takes effect.

    `before`: the clocks as they stood until then, where only those who were told a date of theirs are corrected.
    """

    effective_at: datetime | None = None
    before: tuple[Clock, ...] | None = None


@dataclass
class Writes:
    """What a rebuild writes, gathered over all its cases."""

    clocks: list[dict[str, Any]] = field(default_factory=list)
    alarms: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, Any]] = field(default_factory=list)
    messages: list[NewMessage] = field(default_factory=list)
    amended: Amended = field(default_factory=Amended)


def rebuild(
    session: Session, office: Office, rows: Sequence[Any], now: datetime, changes: Mapping[UUID, Change] | None = None
) -> dict[UUID, History]:
    """Rebuild the cases at `now` and write what changed. A case that cannot be rebuilt is set aside with its error.

    A case that was not brought to the office's calendar yet is brought to it first, on record (R16). The cases must be
    locked, and `rows` be their heads as they are.
    """
    ids = [row.case_id for row in rows]
    events = store.events_of(session, office.id, ids)
    alarms = store.alarms_of(session, office.id, ids, cancelled=False)  # to the plan they are as if never made
    clocks = store.clocks_of(session, office.id, ids)
    stored = {case_id: [alarm_from(alarm) for alarm in several] for case_id, several in alarms.items()}
    amendments = _amendments(session, office, rows, stored)
    heard = _heard(session, office, stored, amendments)
    writes, histories = Writes(), {}
    for row in rows:
        change = (changes or {}).get(row.case_id, Change())
        try:
            own = events_from(events[row.case_id])
            brought = _brought(office, row, own, amendments, now)
            history = brought.history or history_of(office, row, own, now)
            before = _Stored(stored[row.case_id], row.case_id, heard)
            _derive(writes, office, row, history, before, now, change, brought)
        except Exception as error:  # whatever is wrong with one case stops nobody else
            logger.exception("case %s is set aside", row.number)
            writes.heads.append(_head(row, broken=f"{type(error).__name__}: {error}", next_alarm_at=None))
            continue
        known = {clock.clock_id: clock for clock in clocks[row.case_id]}
        gone = known.keys() - {clock.id for clock in history.clocks}
        if gone:  # another permit, or another policy version
            store.drop_clocks(session, office.id, row.case_id, gone)
        writes.clocks += [new for new in index_of(office, row, history) if differs(new, known.get(new["clock_id"]))]
        histories[row.case_id] = history
    store.put_clocks(session, writes.clocks)
    store.put_alarms(session, writes.alarms)
    store.put_heads(session, writes.heads)
    put_amended(session, writes.amended)
    enqueue(session, writes.messages)
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


def index_of(office: Office, row: Any, history: History) -> list[dict[str, Any]]:
    """The clock rows a case should have."""
    return [clock_row(office.id, row.case_id, history.received.permit, clock) for clock in history.clocks]


def message_key(office: Office, case_id: UUID, alarm: Alarm, person: Person, endpoint: str) -> str:
    """The one identity of a message for ever (M6); what a changed calendar moved is one message a person."""
    if alarm.change is not None:
        return digest_key(office.id, alarm.change, person.id, endpoint)
    due = alarm.key.due.isoformat() if alarm.key.due else "-"
    parts = (
        office.id.hex,
        case_id.hex,
        alarm.key.clock,
        alarm.key.milestone,
        due,
        str(alarm.key.episode),
        person.id,
        endpoint,
    )
    return "/".join(parts)


Heard = Mapping[tuple[UUID, AlarmKey, str], Fate]  # of case, alarm and person: whether they can have read it


@dataclass(frozen=True)
class _Stored:
    """The stored alarms of a case, and who of those they told can have read it."""

    alarms: list[Alarm]
    case_id: UUID
    heard: Heard

    def fates(self, alarm: Alarm) -> list[Fate]:
        found = (self.heard.get((self.case_id, alarm.key, person)) for person in alarm.told)
        return [fate for fate in found if fate is not None]

    def unsaid(self, alarm: Alarm) -> bool:
        """Whether none of its messages can have been read."""
        return bool(self.fates(alarm)) and Fate.TRIED not in self.fates(alarm)

    def lost(self, alarm: Alarm) -> bool:
        """Whether all of its messages were dropped unsaid: it is as if it had never been raised."""
        return bool(alarm.told) and set(self.fates(alarm)) == {Fate.LOST}

    def really_told(self, alarm: Alarm) -> Alarm:
        """The alarm with just those whose message has gone out, or may have."""
        tried = [p for p in alarm.told if self.heard.get((self.case_id, alarm.key, p)) is Fate.TRIED]
        return replace(alarm, told=tuple(tried))


def _brought(
    office: Office, row: Any, events: Sequence[CaseEvent], amendments: Sequence[Amendment], now: datetime
) -> Brought:
    """The case at the office's calendar; of most there is nothing to do."""
    if row.calendar_version == office.calendar.version:
        return Brought()
    return bring(office, row, policy_of(office, row, events), events, amendments, now)


def _amendments(
    session: Session, office: Office, rows: Sequence[Any], stored: Mapping[UUID, Sequence[Alarm]]
) -> tuple[Amendment, ...]:
    """The changes of the office's calendar, read only where one of the cases has to do with any."""
    stale = any(row.calendar_version != office.calendar.version for row in rows)
    corrected = any(alarm.change is not None for alarms in stored.values() for alarm in alarms)
    return amendments_of(session, office.id) if stale or corrected else ()


def _heard(
    session: Session, office: Office, stored: Mapping[UUID, Sequence[Alarm]], amendments: Sequence[Amendment]
) -> Heard:
    """One question for all the cases: what became of the messages of the alarms that were raised.

    The digest of a change that is not finished is still to come: nobody can have read it.
    """
    to_come = {amendment.seq for amendment in amendments if not amendment.finished}
    keys: dict[str, list[tuple[UUID, AlarmKey, str]]] = {}
    heard: dict[tuple[UUID, AlarmKey, str], Fate] = {}
    for case_id, alarms in stored.items():
        for alarm in alarms:
            for person in alarm.told:
                if alarm.change in to_come:
                    heard[case_id, alarm.key, person] = Fate.WAITING
                elif person in office.people:
                    for endpoint in office.people[person].addresses:
                        key = message_key(office, case_id, alarm, office.people[person], endpoint)
                        keys.setdefault(key, []).append((case_id, alarm.key, person))
    found = fates(session, office.id, keys) if keys else {}
    for key, fate in found.items():
        for place in keys[key]:  # by one channel it may have been given up, by the next it waits: whatever has gone out
            heard[place] = max(heard.get(place, fate), fate, key=_SURELY.index)
    return heard


_SURELY = (Fate.LOST, Fate.WAITING, Fate.TRIED)


def _derive(
    writes: Writes,
    office: Office,
    row: Any,
    history: History,
    stored: _Stored,
    now: datetime,
    change: Change,
    brought: Brought,
) -> None:
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
    addressed = [_addressed(office, history, alarm, now) for alarm in planned.changed]
    sent = [entry for entry in addressed if entry[0].state is AlarmState.RAISED]
    sent += [(alarm, _corrected(office, alarm)) for alarm in wrong if alarm.change is None]
    again = list(_retold(office, history, clocks, alarms, now)) if history.handler != row.handler else []
    messages = _messages(office, row, clocks, [*sent, *again], now)
    written = [*taken_back, *(alarm for alarm, _ in addressed), *wrong, *(alarm for alarm, _ in again)]
    writes.alarms += [alarm_row(office.id, row.case_id, alarm) for alarm in written]
    writes.messages += messages
    writes.heads.append(_head(row, broken="", next_alarm_at=next_look(history, planned.next_at, now), history=history))
    writes.amended.add(office, row, brought, wrong)


def next_look(history: History, alarm_at: datetime | None, now: datetime) -> datetime | None:
    """The next alarm or the next deadline, whichever is sooner: a clock changes there even if its ladder is empty
    (R18)."""
    ends = [clock.lapses_at for clock in history.clocks if clock.is_open and clock.due_at and clock.lapses_at > now]
    return min([*ends, *([alarm_at] if alarm_at else [])], default=None)


def _addressed(office: Office, history: History, alarm: Alarm, now: datetime) -> tuple[Alarm, tuple[Addressee, ...]]:
    """A raised alarm with the people it tells, each with the role that names them."""
    if alarm.state is not AlarmState.RAISED:
        return alarm, ()
    people = told_now(office, alarm.roles, history.handler, now)
    return replace(alarm, told=tuple(addressee.person.id for addressee in people)), people


def told_now(office: Office, roles: Sequence[Role], handler: str, now: datetime) -> tuple[Addressee, ...]:
    """Who is told on the day messages go out next."""
    return addressees(roles, handler, office.people, office.today(office.send_at(now)))


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
            yield replace(alarm, told=tuple(told)), people


def _messages(
    office: Office,
    row: Any,
    clocks: Mapping[str, Clock],
    sent: Sequence[tuple[Alarm, tuple[Addressee, ...]]],
    now: datetime,
) -> list[NewMessage]:
    """One message a person and alarm; several for one person at one time are a bundle, led by the gravest (M5)."""
    by_person: dict[tuple[str, str], list[NewMessage]] = {}
    ranked = sorted(sent, key=lambda entry: entry[0].key.milestone == CORRECTION)
    for alarm, people in ranked:
        for addressee in people:
            person = addressee.person
            anytime = _goes_anytime(clocks.get(alarm.key.clock), alarm)
            endpoint = next(iter(person.addresses), "")
            leader = next(iter(by_person.get((person.id, endpoint), [])), None)
            message = NewMessage(
                office_id=office.id,
                id=new_id(now),
                key=message_key(office, row.case_id, alarm, person, endpoint),
                kind=CORRECTION if alarm.key.milestone == CORRECTION else alarm.gravity.value,
                recipient_id=person.id,
                endpoint=endpoint,
                about=_about(row, alarm, addressee, anytime=anytime),
                due_at=alarm.at,
                next_at=now if anytime else office.send_at(now),
                created_at=now,
                bundle_id=leader.id if leader else None,
            )
            by_person.setdefault((person.id, endpoint), []).append(message)
    return [message for messages in by_person.values() for message in messages]


def _goes_anytime(clock: Clock | None, alarm: Alarm) -> bool:
    """Whether the policy lets this rung out of the message window (M2)."""
    return clock is not None and any(rung.anytime for rung in clock.rule.ladder if rung.name == alarm.key.milestone)


def _about(row: Any, alarm: Alarm, addressee: Addressee, *, anytime: bool) -> str:
    due = alarm.key.due.isoformat() if alarm.key.due else ""
    return canonical(
        {
            "case": row.case_id.hex,
            "clock": alarm.key.clock,
            "milestone": alarm.key.milestone,
            "due": due,
            "episode": alarm.key.episode,
            "gravity": alarm.gravity.value,
            "role": addressee.role.value,
            "instead_of": addressee.instead_of,
            "anytime": anytime,
        }
    )


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
