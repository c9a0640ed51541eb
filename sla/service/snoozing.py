"""A reminder is snoozed: it comes again later, if it is still true (M11). What is due or overdue is never put off."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from notifiers.entries import NewMessage
from notifiers.outbox import enqueue
from notifiers.postponing import abouts, postpone
from schedules.faults import Phrase
from sla.alarms import Alarm, AlarmState, episodes_of, last_reminder
from sla.clock import Clock, State
from sla.history import History
from sla.people import Addressee, Person, Role
from sla.policies import Gravity
from sla.service.cases import locked, when_parsed
from sla.service.errors import ServiceError
from sla.service.offices import Office, held
from sla.service.rebuild import history_of
from sla.service.records import alarm_from
from sla.service.telling import about_of, message_key, snooze_key
from sla.store import cases
from sla.store import people as store
from sla.store.cases import canonical
from sla.store.engine import Session
from sla.store.ids import new_id

_FOR = re.compile(r"(\d{1,3}) ?(m|min|minutes?|分钟|h|hours?|小时|d|(?:working )?days?|个?工作日)")


@dataclass(frozen=True)
class Snoozed:
    """The clocks whose reminders wait for one person, and until when."""

    number: str
    person: Person
    until: datetime
    clocks: tuple[Clock, ...]


def until_of(office: Office, until: str, length: str, now: datetime) -> datetime:
    """When a snooze ends: on a day, at a moment, or "30 minutes", "2 hours", "1 working day" from now; then, or when
    messages go out next. Raises ServiceError."""
    if bool(until) == bool(length):
        raise ServiceError("until", 'give one of the two: --until 2026-09-22, or --for "2 hours"')
    at = when_parsed(office, until, now, "until").at if until else _after(office, length, now)
    if at <= now:
        raise ServiceError("until", "%(until)s is past; a snooze ends later", until=until or length)
    return office.send_at(at).astimezone(UTC)


def snooze(
    session: Session, office: Office, number: str, person_id: str, until: datetime, now: datetime, clock: str = ""
) -> Snoozed:
    """Let the reminders of a case, or of one of its clocks, wait for one person. Raises ServiceError or HistoryError,
    and then nothing was written. Needs a writing transaction."""
    office = held(session, office)
    person = office.person(person_id, "by")
    row, events = locked(session, office, number, now)
    history = history_of(office, row, events, now)
    stored = [alarm_from(alarm) for alarm in cases.alarms_of(session, office.id, [row.case_id])[row.case_id]]
    reminded = _reminded(history, stored, person, now, clock)
    for one, _ in reminded:
        _ends_before(office, one, until)
    said = [alarms[-1] for _, alarms in reminded if not _postponed(session, office, row.case_id, alarms, person, until)]
    enqueue(session, _led([_again(session, office, row.case_id, alarm, person, until, now) for alarm in said]))
    store.put_snoozes(session, [
        {
            "office_id": office.id, "case_id": row.case_id, "clock_id": one.id, "person_id": person.id,
            "due": _due(one), "until": until, "made_at": now,
        }
        for one, _ in reminded
    ])  # fmt: skip
    return Snoozed(number, person, until, tuple(one for one, _ in reminded))


def snoozed_now(session: Session, office: Office, case_id: Any, history: History, now: datetime) -> Iterator[Any]:
    """What waits for whom in a case: rows of clock, person and `until`."""
    due = {clock.id: _due(clock) for clock in history.clocks if clock.is_open}
    for row in store.snoozes_of(session, office.id, [case_id]):
        if row.until > now and due.get(row.clock_id) == row.due:
            yield row


def _reminded(
    history: History, stored: Sequence[Alarm], person: Person, now: datetime, wanted: str
) -> list[tuple[Clock, list[Alarm]]]:
    """The clocks that the person was reminded of, each with its reminders in order."""
    clocks = [history.clock(wanted)] if wanted else [clock for clock in history.clocks if clock.is_open]
    why_not: list[Phrase] = []
    found = []
    for clock in clocks:
        alarms = _of(clock, stored, person)
        why = _why_not(clock, alarms, person, now)
        if why:
            why_not.append(why)
        else:
            found.append((clock, alarms))
    if not found:
        if why_not:
            raise ServiceError("clock", Phrase.listed(why_not))
        raise ServiceError("clock", "no clock of this case runs: there is nothing to snooze")
    return found


def _of(clock: Clock, stored: Sequence[Alarm], person: Person) -> list[Alarm]:
    episode = episodes_of(stored).get(clock.id, 0)
    last = last_reminder(stored, clock.id, clock.due_key, episode, person.id)
    earlier = [
        alarm
        for alarm in stored
        if last and alarm.key._replace(milestone="") == last.key._replace(milestone="") and alarm.at < last.at
        and alarm.gravity is Gravity.REMINDER and alarm.state is AlarmState.RAISED and person.id in alarm.told
    ]  # fmt: skip
    return [*earlier, last] if last else []


def _why_not(clock: Clock, alarms: Sequence[Alarm], person: Person, now: datetime) -> Phrase | None:
    if clock.is_open and clock.overdue:
        return Phrase(
            "%(clock)s is overdue, and what is overdue cannot be snoozed; take it on: `sla case ack`", clock=clock.id
        )
    if clock.state is not State.RUNNING or clock.due_at is None or now >= clock.due_at:
        return Phrase("%(clock)s is %(state)s: there is nothing to snooze", clock=clock.id, state=clock.state)
    if not alarms:
        return Phrase(
            "%(clock)s has not reminded %(person)s yet: there is nothing to snooze", clock=clock.id, person=person.id
        )
    return None


def _ends_before(office: Office, clock: Clock, until: datetime) -> None:
    assert clock.due_at is not None
    if until >= clock.due_at:
        zone = office.calendar.zone
        raise ServiceError(
            "until",
            "%(moment)s, when it would come again, is not before %(clock)s ends (%(day)s); a snooze puts off reminders "
            "only, never what is due or overdue",
            moment=f"{until.astimezone(zone):%Y-%m-%d %H:%M}",
            clock=clock.id,
            day=clock.due_on,
        )


def _postponed(
    session: Session, office: Office, case_id: UUID, alarms: Sequence[Alarm], person: Person, until: datetime
) -> bool:
    """Let what was not sent yet of these reminders wait; whether the last of them does."""
    keys = [key for alarm in alarms for key in _keys(office, case_id, alarm, person)]
    return not postpone(session, office.id, keys, until).isdisjoint(_keys(office, case_id, alarms[-1], person))


def _keys(office: Office, case_id: UUID, alarm: Alarm, person: Person) -> list[str]:
    return [message_key(office, case_id, alarm, person, endpoint) for endpoint in person.addresses]


def _led(messages: Sequence[NewMessage]) -> list[NewMessage]:
    """Several clocks are one message (M5)."""
    return [replace(one, bundle_id=messages[0].id if place else None) for place, one in enumerate(messages)]


def _again(
    session: Session, office: Office, case_id: UUID, alarm: Alarm, person: Person, until: datetime, now: datetime
) -> NewMessage:
    """The reminder once more, at the end of the snooze; it was sent, or is being sent just now."""
    endpoint, ends = next(iter(person.addresses), ""), until.isoformat()
    said = abouts(session, office.id, _keys(office, case_id, alarm, person)).values()
    about = next(iter(said), about_of(case_id, alarm, Addressee(person, Role.HANDLER), anytime=False))
    return NewMessage(
        office_id=office.id,
        id=new_id(now),
        key=snooze_key(office, case_id, alarm, person, endpoint, ends),
        kind=alarm.gravity.value,
        recipient_id=person.id,
        endpoint=endpoint,
        about=canonical({**json.loads(about), "snoozed": ends}),
        due_at=alarm.at,
        next_at=until,
        created_at=now,
    )


def _after(office: Office, length: str, now: datetime) -> datetime:
    match = _FOR.fullmatch(length.strip().lower())
    if not match or not int(match[1]):
        raise ServiceError("for", "%(length)r is no time; write 30 minutes, 2 hours or 1 working day", length=length)
    amount, unit = int(match[1]), match[2]
    if unit[0] == "m" or unit == "分钟":
        return now + timedelta(minutes=amount)
    if unit[0] == "h" or unit == "小时":
        return now + timedelta(hours=amount)
    return office.calendar.start_of(office.calendar.nth_working_day(office.today(now), amount))


def _due(clock: Clock) -> str:
    return clock.due_key.isoformat() if clock.due_key else ""
