"""Change an office's calendar: first it is put on record, then open cases are brought to it, each in a transaction of
its own, and at the end each person hears of it once (R15, R16).

Killed on the way it is gone on with where it stopped, by the same command or by the heartbeat.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from notifiers.entries import NewMessage
from notifiers.outbox import enqueue
from schedules.calendars import WorkingCalendar
from sla.people import Addressee, Person, Role, addressees
from sla.service.bringing import digest_key
from sla.service.errors import ServiceError
from sla.service.offices import Office, office_with
from sla.service.rebuild import rebuild
from sla.store import calendars as store
from sla.store import offices
from sla.store.cases import canonical
from sla.store.engine import Session
from sla.store.ids import new_id

SOME = 200  # cases brought in one step of somebody who waits
Sessions = Callable[[], AbstractContextManager[Session]]
AMENDMENT, REPORT = "amendment", "calendar"  # kinds of messages: to who had been told otherwise, to administrators


class Why(StrEnum):
    """What changed the calendar: nothing yet, a notice, the office's file, newer holiday data."""

    MADE = "made"
    NOTICE = "notice"
    OFFICE = "office"
    INSTALLED = "installed"


@dataclass(frozen=True)
class Progress:
    """A change that is being applied: its notice ("" for none), since when, how many open cases wait for it."""

    notice: str
    since: datetime
    waiting: int


def opened(session: Session, office_id: UUID, calendar: WorkingCalendar, now: datetime) -> None:
    """The calendar an office begins with."""
    _keep(session, office_id, calendar, now)
    store.put_change(session, _change(office_id, 1, calendar, Why.MADE, now) | {"finished_at": now})


def begin(
    session: Session,
    office_id: UUID,
    calendar: WorkingCalendar,
    why: Why,
    now: datetime,
    *,
    notice: str = "",
    by: str = "",
) -> bool:
    """Let the calendar be the office's from now on, and its open cases wait to be brought to it.

    False if it is so already. Raises ServiceError while another change is not finished.
    """
    row = offices.held(session, office_id, alone=True)
    if row.calendar_version == calendar.version:
        return False
    changes = store.changes_of(session, office_id)
    half_done = next((change for change in changes if change.finished_at is None), None)
    if half_done is not None:
        name = half_done.notice or f"the change of {half_done.at:%Y-%m-%d %H:%M} UTC"
        raise ServiceError(
            "calendar", "%(name)s is still being applied; finish it first: `sla calendar apply`", name=name
        )
    _keep(session, office_id, calendar, now)
    store.set_version(session, office_id, calendar.version)
    changed = _change(office_id, changes[-1].seq + 1, calendar, why, now)
    store.put_change(session, changed | {"notice": notice, "by": by})
    return True


def unfinished(session: Session) -> list[UUID]:
    """The offices some of whose cases wait to be brought to their calendar."""
    return store.unfinished(session)


def bring_all(sessions: Sessions, now_in: Callable[[Session], datetime], office_id: UUID) -> None:
    """Bring every open case of an office to its calendar, then make the digests. `sessions` open writing
    transactions."""
    done = False
    while not done:
        after: UUID | None = None
        more = True
        while more:
            with sessions() as session:
                after = bring_next(session, office_id, now_in(session), after)
            more = after is not None
        with sessions() as session:
            done = finish(session, office_id, now_in(session))


def bring_some(sessions: Sessions, now_in: Callable[[Session], datetime], office_id: UUID, most: int = SOME) -> bool:
    """Bring up to `most` of an office's open cases to its calendar; whether that was all, and the change is finished.

    For whoever waits before a page: the heartbeat, or the next such step, does the rest.
    """
    after: UUID | None = None
    for _ in range(most):
        with sessions() as session:
            after = bring_next(session, office_id, now_in(session), after)
        if after is None:
            with sessions() as session:
                return finish(session, office_id, now_in(session))
    return False


def progress(session: Session, office: Office) -> Progress | None:
    """How far the change of an office's calendar is that is not finished; None where there is none."""
    change = next((one for one in store.changes_of(session, office.id) if one.finished_at is None), None)
    if change is None:
        return None
    return Progress(change.notice, change.at, store.how_many_wait(session, office.id, office.calendar.version))


def bring_next(session: Session, office_id: UUID, now: datetime, after: UUID | None) -> UUID | None:
    """Bring one case, the next after a case's id; None when there is none left behind it."""
    office = office_with(session, office_id)
    rows = store.waiting_cases(session, office_id, office.calendar.version, after, 1)
    rebuild(session, office, rows, now)
    return rows[-1].case_id if rows else None


def finish(session: Session, office_id: UUID, now: datetime) -> bool:
    """Whether no case waits any more; the change is then finished and its digests made, once."""
    office = office_with(session, office_id)
    if store.is_waited_for(session, office_id, office.calendar.version):
        return False
    for change in store.changes_of(session, office_id):
        if change.finished_at is None and store.finish(session, office_id, change.seq, now):
            enqueue(session, [*_corrected(session, office, change, now), *_reports(session, office, change, now)])
    return True


def administrators(office: Office, now: datetime) -> tuple[Addressee, ...]:
    """Who looks after the calendar: administrators, or managers where there are none."""
    day = office.today(office.send_at(now))
    return addressees((Role.ADMIN,), "", office.people, day) or addressees((Role.MANAGER,), "", office.people, day)


def message_to(
    office: Office, person: Person, key: Iterable[str], kind: str, about: dict[str, Any], now: datetime
) -> NewMessage:
    """A message of the calendar to one person; its key ends with the person and the channel."""
    endpoint = next(iter(person.addresses), "")
    return NewMessage(
        office_id=office.id,
        id=new_id(now),
        key="/".join((office.id.hex, *key, person.id, endpoint)),
        kind=kind,
        recipient_id=person.id,
        endpoint=endpoint,
        about=canonical(about),
        due_at=now,
        next_at=office.send_at(now),
        created_at=now,
    )


def _corrected(session: Session, office: Office, change: Any, now: datetime) -> Iterable[NewMessage]:
    """One message for each person who had been told a date that moved, whatever number of cases it is about."""
    people = sorted({person for told in store.told_by(session, office.id, change.seq) for person in json.loads(told)})
    for person in people:
        if person in office.people:
            message = message_to(
                office,
                office.people[person],
                (AMENDMENT, str(change.seq)),
                AMENDMENT,
                {"amendment": change.seq},
                now,
            )
            assert message.key == digest_key(office.id, change.seq, person, message.endpoint)
            yield message


def _reports(session: Session, office: Office, change: Any, now: datetime) -> Iterable[NewMessage]:
    """To the administrators, where anything moved or was confirmed, or the program did it by itself."""
    counts = store.counts_of(session, office.id, change.seq)
    if not (counts.moved or counts.confirmed or change.why == Why.INSTALLED):
        return
    for told in administrators(office, now):
        about = {"calendar": change.seq, "reason": told.role.value}
        yield message_to(office, told.person, (REPORT, str(change.seq)), REPORT, about, now)


def _keep(session: Session, office_id: UUID, calendar: WorkingCalendar, now: datetime) -> None:
    content = {"content": canonical(calendar.content()), "loaded_at": now}
    offices.put_calendar(session, {"office_id": office_id, "version": calendar.version, **content})


def _change(office_id: UUID, seq: int, calendar: WorkingCalendar, why: Why, now: datetime) -> dict[str, Any]:
    return {
        "office_id": office_id, "seq": seq, "at": now, "version": calendar.version, "why": why.value, "notice": "",
        "by": "", "finished_at": None,
    }  # fmt: skip
