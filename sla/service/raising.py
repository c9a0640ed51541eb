"""Alarms raised by the index, where nothing but time has passed since it was made.

What is stored of a case was derived from its events in the transaction that wrote the last of them. Until its next
deadline ends, time alone changes just one thing: a pending alarm comes due. Such a case needs no rebuild; the alarm is
checked against its clock as stored, under the case's lock, and once more against the events when its message is sent.
Every other case is left to `rebuild`: one that reaches a deadline, has several alarms due, was told what may be wrong,
or is read by another calendar or policy version than it was planned by.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from notifiers.entries import NewMessage
from notifiers.outbox import enqueue
from schedules.limits import Cutoff
from sla.alarms import Alarm, AlarmKey, AlarmState
from sla.clock import State
from sla.events import due_from
from sla.people import Addressee, Role
from sla.policies import Gravity, Rung
from sla.service.hearing import StoredAlarms, heard_of
from sla.service.offices import Office
from sla.service.quiet import quieted
from sla.service.records import alarm_from, alarm_key_row, roles_from
from sla.service.telling import Telling, messages_of, told_now
from sla.store import cases
from sla.store import raising as store
from sla.store.engine import Session
from sla.store.raising import Standing

BEFORE_DEADLINE = (Gravity.REMINDER, Gravity.DUE)
JUST_AFTER = timedelta(microseconds=1)  # a deadline that is a moment is kept at that moment (R9)
RUNNING, LATE = State.RUNNING.value, State.LATE.value


@dataclass(frozen=True, slots=True)
class _Rule:
    """What the policy says of a clock, so far as it matters here."""

    rungs: Mapping[str, Rung]
    timed: bool
    ends_in_a_moment: bool


@dataclass(frozen=True, slots=True)
class _Due:
    """A case with the one alarm that is due, its rung, and when to look again. `told_before`: it was told others."""

    row: Any
    alarm: Alarm
    rung: Rung
    next_at: datetime | None
    told_before: bool


Rules = Callable[[str, int, str, str], _Rule]


def raise_due(session: Session, office: Office, rows: Sequence[Any], now: datetime) -> list[Any]:
    """Raise what can be raised by the index; returns the heads of the cases that have to be rebuilt.

    The cases must be due and locked, and `rows` be their heads as they are.
    """
    current = [row for row in rows if row.calendar_version == office.calendar.version]
    due = _due(session, office, current, now)
    for case_id in _unheard(session, office, [case_id for case_id, found in due.items() if found.told_before]):
        del due[case_id]
    if due:
        _write(session, office, due.values(), now)
    return [row for row in rows if row.case_id not in due]


def _due(session: Session, office: Office, rows: Sequence[Any], now: datetime) -> dict[UUID, _Due]:
    ids = [row.case_id for row in rows]
    if not ids:
        return {}
    clocks, apart = store.standing(session, office.id, ids, now), store.apart(session, office.id, ids)
    rules, opens = _rules(office), office.send_at(now)
    found: dict[UUID, _Due] = {}
    for row in rows:
        try:
            one = _one_due(row, clocks[row.case_id], rules, now, opens)
        except Exception:  # it cannot be read: the rebuild sets it aside, with its error
            one = None
        if one is not None and row.case_id not in apart:
            found[row.case_id] = one
    return found


def _rules(office: Office) -> Rules:
    @cache
    def rule_of(policy_id: str, version: int, permit: str, clock_id: str) -> _Rule:
        rule = office.policy(policy_id, version).rule(permit, clock_id)
        ends_in_a_moment = rule.limit.timed or rule.counting.cutoff is Cutoff.CLOSING
        return _Rule({rung.name: rung for rung in rule.ladder}, rule.limit.timed, ends_in_a_moment)

    return rule_of


def _one_due(row: Any, clocks: Sequence[Standing], rules: Rules, now: datetime, opens: datetime) -> _Due | None:
    """The one alarm of the case that is due, if it is as it was planned and nothing else has come to pass."""
    sole = _sole(clocks)
    if sole is None:
        return None
    policy = (row.policy_id, row.policy_version)
    looks = [clock.next_at for clock in clocks if clock.next_at is not None]
    for clock in clocks:
        if clock.open and clock.due_at is not None:
            if clock.due_at > now:
                rule = rules(*policy, clock.permit, clock.clock_id)
                looks.append(clock.due_at + JUST_AFTER if rule.ends_in_a_moment else clock.due_at)
            elif clock.state == RUNNING:
                return None  # a deadline has come, which changes the clock
    rule = rules(*policy, sole.permit, sole.clock_id)
    rung, due = rule.rungs.get(sole.milestone), due_from(sole.due)
    if rung is None or rung.gravity != sole.gravity or rung.to != roles_from(sole.roles):
        return None
    if due != (sole.due_at if rule.timed else sole.due_on) or not _still_says(sole, rung, now, opens):
        return None
    state = AlarmState.DIGEST if rung.digest else AlarmState.RAISED
    alarm = Alarm(
        AlarmKey(sole.clock_id, sole.milestone, due, sole.episode), rung.gravity, sole.at, state, now, rung.to
    )
    return _Due(row, alarm, rung, min(looks, default=None), any(clock.raised for clock in clocks))


def _sole(clocks: Sequence[Standing]) -> Standing | None:
    """The one open clock with an alarm due, which has only one, later than all that were heard; None if there is
    more."""
    due = [clock for clock in clocks if clock.due_now]
    if len(due) != 1 or due[0].due_now != 1 or not due[0].open or due[0].due_at is None:
        return None
    return due[0] if due[0].heard_at is None or due[0].heard_at < due[0].at else None


def _still_says(clock: Standing, rung: Rung, now: datetime, opens: datetime) -> bool:
    """Whether the clock stands as the alarm says, and its message can go out while it does (M4, M7)."""
    if rung.gravity not in BEFORE_DEADLINE:
        return bool(clock.state == LATE)
    return bool(clock.state == RUNNING and clock.due_at is not None and (now if rung.anytime else opens) < clock.due_at)


def _unheard(session: Session, office: Office, case_ids: Sequence[UUID]) -> list[UUID]:
    """The cases with an alarm all of whose messages were dropped unsaid: what is due now says it as well (M5)."""
    rows = store.told(session, office.id, case_ids) if case_ids else {}
    stored = {case_id: [alarm_from(row) for row in several] for case_id, several in rows.items()}
    heard = heard_of(session, office, stored, ())
    return [
        case_id for case_id, alarms in stored.items() if any(map(StoredAlarms(alarms, case_id, heard).lost, alarms))
    ]


def _write(session: Session, office: Office, due: Iterable[_Due], now: datetime) -> None:
    raised: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    messages: list[NewMessage] = []

    opens = office.send_at(now)

    @cache
    def people_of(roles: tuple[Role, ...], handler: str) -> tuple[Addressee, ...]:
        return told_now(office, roles, handler, now)

    for found in due:
        alarm, case_id = found.alarm, found.row.case_id
        people = people_of(alarm.roles, found.row.handler) if alarm.state is AlarmState.RAISED else ()
        told = cases.canonical([addressee.person.id for addressee in people])
        key = alarm_key_row(office.id, case_id, alarm.key)
        raised.append({**key, "state": alarm.state.value, "raised_at": now, "told": told})
        heads.append({"office_id": office.id, "case_id": case_id, "next_alarm_at": found.next_at})
        messages += messages_of(office, case_id, [Telling(alarm, people, found.rung.anytime)], now, opens)
    store.put_raised(session, raised)
    cases.put_heads(session, heads)
    enqueue(session, quieted(session, office, messages, now))
