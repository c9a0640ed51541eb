"""A reminder raised for somebody who snoozed its clock waits until the snooze ends, apart from what does not wait."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from notifiers.entries import NewMessage
from sla.policies import Gravity
from sla.service.offices import Office
from sla.store import people as store
from sla.store.engine import Session

Waits = Mapping[tuple[UUID, str, str, str], datetime]  # by case, clock, person and deadline


def quieted(session: Session, office: Office, messages: Sequence[NewMessage], now: datetime) -> list[NewMessage]:
    """The messages as they are to be enqueued."""
    if not any(message.kind == Gravity.REMINDER for message in messages):
        return list(messages)
    waits = {
        (row.case_id, row.clock_id, row.person_id, row.due): row.until
        for row in store.snoozes_after(session, office.id, now)
    }
    return [new for bundle in _bundles(messages) for new in _apart(bundle, waits)] if waits else list(messages)


def _bundles(messages: Iterable[NewMessage]) -> Iterator[list[NewMessage]]:
    by_leader: dict[UUID, list[NewMessage]] = {}
    for message in messages:
        by_leader.setdefault(message.bundle_id or message.id, []).append(message)
    yield from by_leader.values()


def _apart(bundle: Iterable[NewMessage], waits: Waits) -> Iterator[NewMessage]:
    """What goes at one moment stays together."""
    placed = sorted((replace(one, next_at=_next_at(one, waits)) for one in bundle), key=lambda one: one.next_at)
    for _, group in groupby(placed, lambda one: one.next_at):
        leader, *others = group
        yield replace(leader, bundle_id=None)
        yield from (replace(other, bundle_id=leader.id) for other in others)


def _next_at(message: NewMessage, waits: Waits) -> datetime:
    if message.kind != Gravity.REMINDER:
        return message.next_at
    about = json.loads(message.about)
    until = waits.get((UUID(about["case"]), about["clock"], message.recipient_id, about["due"]))
    return max(message.next_at, until) if until else message.next_at
