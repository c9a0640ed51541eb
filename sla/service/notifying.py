"""What applicants are told, put in the outbox in the transaction of the event: once each, by key (M6).

The key is of office, case, kind, event, the dates it tells, and channel: a date that moves before it is told is told
under another, the same one never twice.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from notifiers import endpoints
from notifiers.entries import Fate, NewMessage
from notifiers.outbox import enqueue, fates, untried
from sla.applicants import NOTHING, Before, Dates, Fact, Notification, NotificationKind, acceptance, owed, standing
from sla.history import History
from sla.service.contacts import contacts_of
from sla.service.offices import Office
from sla.store import notifications as store
from sla.store.cases import canonical
from sla.store.engine import Session
from sla.store.ids import new_id

PREFIX = "applicant"  # of the messages' kinds, and in their keys
_SURELY = (Fate.LOST, Fate.WAITING, Fate.TRIED)


def is_of_applicant(kind: str) -> bool:
    """Whether a message of this kind is for an applicant."""
    return kind.startswith(f"{PREFIX}.")


def before_of(session: Session, office: Office, case_ids: Sequence[UUID]) -> dict[UUID, Before]:
    """What the applicants of these cases were told, or are about to be; two questions for all of them."""
    if not office.applicants.on or not case_ids:
        return {}
    rows = store.notifications_of(session, office.id, case_ids)
    found = {case_id: [_notification(row) for row in several] for case_id, several in rows.items() if several}
    if not found:
        return {}
    ways = endpoints.names_of(session, office.id)  # of channels that were taken away, too
    keys = {
        message_key(office, case_id, one, way): (case_id, one)
        for case_id, several in found.items() for one in several for way in ways
    }  # fmt: skip
    known: dict[tuple[UUID, Notification], Fate] = {}
    for key, fate in fates(session, office.id, keys).items():
        known[keys[key]] = max(known.get(keys[key], fate), fate, key=_SURELY.index)
    return {case_id: _sorted_out(case_id, several, known) for case_id, several in found.items()}


def owed_of(
    office: Office, row: Any, history: History, before: Before, new: Iterable[int], head: int
) -> tuple[Notification, ...]:
    """What the applicant of a case is to be told now that these events are on record. `row`: its head until now."""
    settings, zone = office.applicants, office.calendar.zone
    if not settings.on:
        return ()
    numbers = set(new)
    accepted = acceptance(history, zone)
    if accepted and history.deemed_on is not None and history.deemed_on != row.deemed_on:
        numbers.add(accepted.event)  # by no event of its own (R18)
    if not numbers and before == NOTHING:
        return ()
    return owed(standing(history, settings.tell, zone), before, numbers, head, settings.tell)


def notify(
    session: Session,
    office: Office,
    owing: Mapping[UUID, Sequence[Notification]],
    notified: Mapping[UUID, Before],
    histories: Mapping[UUID, History],
    now: datetime,
) -> None:
    """Put in the outbox what is owed to those who can be reached, behind what waits for them already; whoever cannot
    be reached is not told."""
    events = {case_id: histories[case_id].events for case_id, several in owing.items() if several}
    contacts = contacts_of(session, office, list(events), events)
    last = _last_waiting(session, office, {case_id: notified.get(case_id, NOTHING) for case_id in contacts})
    rows: list[dict[str, Any]] = []
    messages: list[NewMessage] = []
    for case_id, contact in contacts.items():
        way = next(iter(contact.addresses(office.applicants)), "")
        for notification in owing[case_id] if way else ():
            rows.append(_row(office, case_id, notification, now))
            messages.append(_message(office, case_id, notification, way, now, last.get(case_id)))
            last[case_id] = messages[-1].id
    store.put_notifications(session, rows)
    if messages:
        enqueue(session, messages)


def _last_waiting(session: Session, office: Office, notified: Mapping[UUID, Before]) -> dict[UUID, UUID]:
    """The newest of each applicant's messages that did not go out yet: one hears things in their order."""
    ways = endpoints.names_of(session, office.id)  # those that were taken away, too
    keys = {
        message_key(office, case_id, one, way): case_id
        for case_id, before in notified.items() for one in (*before.told, *before.waiting) for way in ways
    }  # fmt: skip
    found: dict[UUID, UUID] = {}
    for key, (message_id, _) in untried(session, office.id, keys).items() if keys else ():
        found[keys[key]] = max(found.get(keys[key], message_id), message_id)
    return found


def message_key(office: Office, case_id: UUID, notification: Notification, way: str) -> str:
    """The one identity of what an applicant is told, for ever."""
    dates = ",".join(f"{clock}={due or '-'}" for clock, due in notification.dates) or "-"
    parts = (office.id.hex, case_id.hex, PREFIX, notification.kind.value, str(notification.event), dates, way)
    return "/".join(parts)


def about_of(case_id: UUID, notification: Notification) -> str:
    """What the message has to say, without a word that is personal."""
    return canonical({
        "case": case_id.hex,
        "notification": notification.kind.value,
        "event": notification.event,
        "head": notification.head,
        "dates": notification.dates,
        "facts": _plain(notification.facts),
    })  # fmt: skip


def notification_of(about: Mapping[str, Any]) -> Notification:
    """What `about_of` wrote down."""
    kind = NotificationKind(about["notification"])
    return Notification(kind, about["event"], _dates(about["dates"]), about["head"], _facts(about["facts"]))


def _message(
    office: Office, case_id: UUID, notification: Notification, way: str, now: datetime, after: UUID | None
) -> NewMessage:
    return NewMessage(
        office_id=office.id,
        id=new_id(now),
        key=message_key(office, case_id, notification, way),
        kind=f"{PREFIX}.{notification.kind.value}",
        recipient_id=f"{PREFIX}/{case_id.hex}",
        endpoint=way,
        about=about_of(case_id, notification),
        due_at=now,
        next_at=office.send_at(now),
        created_at=now,
        after_id=after,
    )


def _row(office: Office, case_id: UUID, notification: Notification, now: datetime) -> dict[str, Any]:
    return {
        "office_id": office.id,
        "case_id": case_id,
        "kind": notification.kind.value,
        "event": notification.event,
        "dates": canonical(notification.dates),
        "head": notification.head,
        "facts": canonical(_plain(notification.facts)),
        "made_at": now,
    }


def _notification(row: Any) -> Notification:
    _, kind, event, dates, head, facts, _ = row
    return Notification(NotificationKind(kind), event, _dates(json.loads(dates)), head, _facts(json.loads(facts)))


def _sorted_out(
    case_id: UUID, several: Sequence[Notification], known: Mapping[tuple[UUID, Notification], Fate]
) -> Before:
    """A message that is kept no longer was settled long ago: it counts as told."""

    def those(fate: Fate) -> tuple[Notification, ...]:
        return tuple(one for one in several if known.get((case_id, one), Fate.TRIED) is fate)

    return Before(those(Fate.TRIED), those(Fate.WAITING), those(Fate.LOST))


def _plain(facts: Iterable[Fact]) -> list[Any]:
    return [(fact.kind.value, fact.event, fact.says) for fact in facts]


def _facts(plain: Iterable[Any]) -> tuple[Fact, ...]:
    return tuple(Fact(NotificationKind(kind), event, tuple(says)) for kind, event, says in plain)


def _dates(plain: Iterable[Any]) -> Dates:
    return tuple((clock, due) for clock, due in plain)
