"""What a claimed message says, re-checked at the moment of sending: what is no longer true is dropped on record, not
sent."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from notifiers.delivery import After, Later, Redirected, Rendered, Said
from notifiers.entries import Claimed
from notifiers.message import Message, NoLongerTrue, Recipient
from sla.alarms import CORRECTION, Alarm, AlarmKey, episodes_of, is_as_told, last_reminder
from sla.applicants import NOTHING, Before
from sla.clock import Clock, by_id
from sla.events import due_from
from sla.history import History
from sla.messages import (
    AlarmItem,
    DueLists,
    MonthFigures,
    alarm_message,
    digest_message,
    repeated,
    summary_message,
    undelivered_message,
)
from sla.milestones import is_true
from sla.months import month_end
from sla.people import Person, Role, recipients
from sla.policies import Gravity
from sla.service.calendar_truth import of_calendar
from sla.service.digests import figures_of, morning_of
from sla.service.lists import card
from sla.service.notification_truth import NotifiedCase, of_applicant
from sla.service.notifying import before_of, is_of_applicant
from sla.service.offices import Office, office_with
from sla.service.precedence import Ahead, ahead_of, first
from sla.service.reached import TAGS, Reader, Readers, case_of, readers_of
from sla.service.readers import reader_now, redirected, why
from sla.service.rebuild import history_of
from sla.service.records import alarm_from, events_from
from sla.service.undelivered import KIND, refuse_paused, refuse_unreached, undelivered
from sla.store import anchors, people
from sla.store import cases as store
from sla.store.engine import Session
from sla.words import words

__all__ = ["TAGS", "Facts", "Told", "facts_of", "rendered", "rendered_each"]


@dataclass(frozen=True)
class Told:
    """What a message's `about` says: the alarm it stands for, and as whom its reader is told."""

    case_id: UUID
    clock: str
    milestone: str
    due: date | datetime | None
    episode: int
    gravity: Gravity
    role: Role
    instead_of: str

    @classmethod
    def read(cls, about: Mapping[str, Any]) -> "Told":
        due = due_from(about["due"])
        return cls(
            UUID(about["case"]),
            about["clock"],
            about["milestone"],
            due,
            about["episode"],
            Gravity(about["gravity"]),
            Role(about["role"]),
            about["instead_of"],
        )


@dataclass(frozen=True)
class _Item:
    """One member of a bundle: still true with its item, or not with its reason, or somebody else's."""

    claimed: Claimed
    item: AlarmItem | None
    told: Told | None = None
    reason: str = ""
    reader: Person | None = None  # who is to read it instead


@dataclass(frozen=True)
class Facts:
    """The heads, events and alarms, as far as they were raised, of the cases that some messages speak of.

    `readers`: whom the messages are for; `notified`: what applicants were told before; `ahead`: what has to go first;
    `snoozes`: what was snoozed, by case, clock and person.
    """

    heads: Mapping[UUID, Any]
    events: Mapping[UUID, Sequence[Any]]
    alarms: Mapping[UUID, Sequence[Any]]
    readers: Readers
    notified: Mapping[UUID, Before]
    ahead: Ahead
    snoozes: Mapping[tuple[UUID, str, str], Any]


def rendered_each(session: Session, claimed: Sequence[Claimed], now: datetime) -> list[Said]:
    """Each message as it is said now; what goes wrong with one stands in its place."""
    offices = {office_id: office_with(session, office_id) for office_id in {one.office_id for one in claimed}}
    facts = {
        office_id: facts_of(session, office, [one for one in claimed if one.office_id == office_id])
        for office_id, office in offices.items()
    }
    return [_tried(session, offices[one.office_id], facts[one.office_id], one, now) for one in claimed]


def _tried(session: Session, office: Office, facts: Facts, claimed: Claimed, now: datetime) -> Said:
    try:
        return rendered(session, office, facts, claimed, now)
    except Exception as error:  # whatever is wrong with one message stops no other
        return error


def facts_of(session: Session, office: Office, claimed: Iterable[Claimed]) -> Facts:
    """What is on record of the cases of these messages and of the bundles they lead."""
    members = [member for one in claimed for member in (one, *one.followers)]
    told = (json.loads(member.about).get("case") for member in members)
    ids = [UUID(case_id) for case_id in dict.fromkeys(told) if case_id]
    readers = readers_of(session, office, members)
    if not ids:
        return Facts({}, {}, {}, readers, {}, {}, {})
    heads = {row.case_id: row for row in store.cases_with(session, office.id, ids)}
    snoozes = {(row.case_id, row.clock_id, row.person_id): row for row in people.snoozes_of(session, office.id, ids)}
    events, alarms = store.events_of(session, office.id, ids), store.raised_alarms_of(session, office.id, ids)
    of_applicants = [case_of(member) for member in members if is_of_applicant(member.kind)]
    ahead = ahead_of(session, office, members, alarms)
    return Facts(heads, events, alarms, readers, before_of(session, office, of_applicants), ahead, snoozes)


def rendered(
    session: Session, office: Office, facts: Facts, claimed: Claimed, now: datetime
) -> Rendered | Redirected | NoLongerTrue | Later | After:
    """The message as it is said now, to whom; or why it is dropped. Figures are computed here, not when it was
    raised (M9)."""
    told = _rendered(session, office, facts, claimed, now)
    if claimed.maybe_sent and isinstance(told, Rendered):
        language = facts.readers[claimed.recipient_id].language
        return replace(told, message=repeated(told.message, words(language)))
    return told


def _rendered(
    session: Session, office: Office, facts: Facts, claimed: Claimed, now: datetime
) -> Rendered | Redirected | NoLongerTrue | Later | After:
    about = json.loads(claimed.about)
    opens = office.send_at(now)
    if opens > now and not about.get("anytime"):
        return Later(opens)  # it became due while nothing ran, and only now, outside the window, is it found (M2)
    reader = facts.readers.get(claimed.recipient_id)
    if reader is None:
        return NoLongerTrue(f"{claimed.recipient_id} is no longer on the staff")
    if is_of_applicant(claimed.kind):
        return _to_applicant(session, office, facts, claimed, reader, now)
    handlers = first((claimed, *claimed.followers), facts.ahead)
    if handlers is not None:
        return After(handlers)
    refuse_paused(session, office, claimed, reader)
    person, recipient = office.people[reader.id], reader.by(claimed.endpoint)
    said = _of_office(session, office, claimed, about, person, now)
    if said is None:
        return _alarm(office, facts, claimed, person, recipient, now)
    asked = isinstance(said, Message) and claimed.attempt == 1
    instead = reader_now(office, claimed, about, now) if asked else None
    if instead is not None:
        return Redirected(why(office, claimed, instead), redirected(office, [(claimed, instead)], now))
    return Rendered(said, recipient) if isinstance(said, Message) else said


def _to_applicant(
    session: Session, office: Office, facts: Facts, claimed: Claimed, reader: Reader, now: datetime
) -> Rendered | NoLongerTrue:
    """Where the notification still holds; by the channel it was meant for, or on to one that leads to the applicant."""
    case_id = case_of(claimed)
    row, events = facts.heads[case_id], events_from(facts.events[case_id])
    case = NotifiedCase(row, events, history_of(office, row, events, now), facts.notified.get(case_id, NOTHING))
    said = of_applicant(office, case, claimed, reader, now)
    if isinstance(said, NoLongerTrue):
        return said
    refuse_unreached(claimed, reader)
    refuse_paused(session, office, claimed, reader)
    return Rendered(said, reader.by(claimed.endpoint))


def _of_office(
    session: Session, office: Office, claimed: Claimed, about: Mapping[str, Any], person: Person, now: datetime
) -> Message | NoLongerTrue | None:
    """A digest, a summary, what lies undelivered, or a message of the calendar; None for the alarms of cases."""
    if "digest" in about:
        if about["digest"] != office.today(now).isoformat():
            return NoLongerTrue("the day is over; each day has its own digest")
        lists = morning_of(session, office, about["people"], now)
        if lists is None:
            return NoLongerTrue("nothing is due any more")
        return _digest(office, claimed, lists, person, about, now)
    if "month" in about:
        month = figures_of(session, office, date.fromisoformat(about["month"]), now)
        return _summary(office, claimed, month, person, now)
    if KIND in about:
        lost, source = undelivered(session, office, about[KIND]), office.source
        if lost is None:
            return NoLongerTrue("nothing is undelivered any more")
        return undelivered_message(claimed.key, lost, person, Role(about["reason"]), now, source, link=office.link)
    return of_calendar(session, office, claimed.key, about, person, now, office.source)


def _digest(
    office: Office, claimed: Claimed, lists: DueLists, person: Person, about: Mapping[str, Any], now: datetime
) -> Message:
    role, instead_of = Role(about["reason"]), office.people.get(about.get("instead_of", ""))
    anchor = anchors.last_anchor(office.session, office.id)
    printed = anchor.hash if anchor and role is not Role.HANDLER else ""
    reason = instead_of.name if instead_of else role
    return digest_message(claimed.key, lists, person, reason, now, office.source, link=office.link, anchor=printed)


def _summary(office: Office, claimed: Claimed, month: MonthFigures, person: Person, now: datetime) -> Message:
    reason = Role.MANAGER if Role.MANAGER in person.roles else Role.HEAD
    link = f"{office.link}/rates/report?from={month.month.replace(day=1)}&to={month_end(month.month)}"
    return summary_message(claimed.key, month, person, reason, now, office.source, link=link)


def _alarm(
    office: Office, facts: Facts, claimed: Claimed, person: Person, recipient: Recipient, now: datetime
) -> Rendered | Redirected | NoLongerTrue:
    first = claimed.attempt == 1
    items = [_item(office, facts, member, person, now, first=first) for member in (claimed, *claimed.followers)]
    true = [entry for entry in items if entry.item is not None]
    others = [(entry.claimed, entry.reader) for entry in items if entry.reader is not None]
    instead = redirected(office, others, now)
    if not true:
        return Redirected(items[0].reason, instead) if instead else NoLongerTrue(items[0].reason)
    told = true[0].told
    assert told is not None
    said = [entry.item for entry in true if entry.item is not None]
    message = alarm_message(claimed.key, said, person, _reason(office, told), now, office.source)
    left_out = {entry.claimed.id: entry.reason for entry in items if entry.item is None}
    return Rendered(message, recipient, left_out, instead)


def _item(office: Office, facts: Facts, claimed: Claimed, person: Person, now: datetime, *, first: bool) -> _Item:
    """`first`: it was never tried before, nor was the bundle it is in."""
    about = json.loads(claimed.about)
    told = Told.read(about)
    row = facts.heads.get(told.case_id)
    if row is None:
        return _Item(claimed, None, told, "the case is gone")
    history = history_of(office, row, events_from(facts.events[told.case_id]), now)
    stored = [alarm_from(alarm) for alarm in facts.alarms[told.case_id]]
    clock = by_id(history.clocks).get(told.clock)
    before = _told_before(stored, told)
    reason = _why_not(clock, told, before, episodes_of(stored).get(told.clock, 0), now)
    if not reason and told.gravity is Gravity.REMINDER:
        reason = _snoozed_since(facts.snoozes.get((told.case_id, told.clock, person.id)), stored, about, person)
    if not reason and _is_anothers(office, history, stored, told, person, now):
        reason = "the case has another handler"
    if reason:
        return _Item(claimed, None, told, reason)
    reader = reader_now(office, claimed, about, now) if first else None
    if reader is not None:
        return _Item(claimed, None, told, why(office, claimed, reader), reader)
    item = AlarmItem(
        case=card(office, row),
        clock=clock,
        gravity=told.gravity,
        milestone=told.milestone,
        correction_of=before,
        deemed_on=history.deemed_on,
        clock_names={} if clock else {"en": told.clock},
        reason=_reason(office, told),
        zone=office.calendar.zone,
    )
    return _Item(claimed, item, told)


def _snoozed_since(snooze: Any, stored: Sequence[Alarm], about: Mapping[str, Any], person: Person) -> str:
    """Why a reminder that somebody snoozed says nothing, or "": it was put off again, or a later one says it."""
    if snooze is None or snooze.due != about["due"]:
        return ""
    if "snoozed" in about and about["snoozed"] != snooze.until.isoformat():
        return "it was snoozed again"
    last = last_reminder(stored, about["clock"], due_from(about["due"]), about["episode"], person.id)
    return "" if last is None or last.key.milestone == about["milestone"] else "a later reminder says it"


def _told_before(stored: Sequence[Alarm], told: Told) -> date | datetime | None:
    """The date people had been told before a correction; None for any other message."""
    if told.milestone != CORRECTION:
        return None
    before = [alarm for alarm in stored if alarm.key.clock == told.clock and alarm.key.episode == told.episode - 1]
    return next((alarm.key.due for alarm in reversed(before) if alarm.told), None)


def _why_not(clock: Clock | None, told: Told, before: date | datetime | None, episode: int, now: datetime) -> str:
    """Why an alarm no longer holds, or "". A correction says what is true when it is sent, wherever the date is by
    then."""
    if told.episode != episode:
        return "corrected since" if told.episode < episode else "it is again as they were told"
    if told.milestone == CORRECTION:
        return "it is again as they were told" if is_as_told(clock, before, told.gravity) else ""
    if clock is None:
        return f"the case has no clock {told.clock} any more"
    if told.due is None or not is_true(clock, told.due, told.gravity, now):
        if clock.due_key != told.due:
            return f"the deadline moved from {told.due} to {clock.due_key or 'none, paused'}"
        return f"the clock is {clock.state}"
    return ""


def _is_anothers(
    office: Office, history: History, stored: Sequence[Alarm], told: Told, person: Person, now: datetime
) -> bool:
    """Whether the handler it was meant for has the case no more, and the reader has no other role that is told.

    In place of a handler who has left the office the chief window officer is told.
    """
    if told.role is not Role.HANDLER or told.milestone == CORRECTION or history.handler not in office.people:
        return False
    today = office.today(now)
    if history.handler == (told.instead_of or person.id):
        return False
    if person in recipients((Role.HANDLER,), history.handler, office.people, today):
        return False  # as the new handler, or in the new handler's place
    key = AlarmKey(told.clock, told.milestone, told.due, told.episode)
    roles = [role for alarm in stored if alarm.key == key for role in alarm.roles if role is not Role.HANDLER]
    return person not in recipients(roles, "", office.people, today)


def _reason(office: Office, told: Told) -> Role | str:
    """Why the reader gets it: a role, whom they stand in for, or "" for a correction."""
    if told.milestone == CORRECTION:
        return ""
    instead_of = office.people.get(told.instead_of)
    return instead_of.name if instead_of else told.role
