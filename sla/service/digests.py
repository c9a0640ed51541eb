"""The due-today digest of each working day and the managers' monthly summary: owed by the tables, made once (R3, M2).

The heartbeat asks each minute which office owes one since its hour and has none yet; a unique key makes it once,
whoever asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from notifiers.entries import NewMessage
from notifiers.outbox import enqueue
from schedules.recurrence import month_owed, working_day_owed
from sla.messages import MonthFigures, Morning, OwedEntry, PermitFigures
from sla.months import month_end
from sla.people import Person, Role, addressees, recipients
from sla.reports import Figures
from sla.service.anchoring import DAILY, anchor
from sla.service.lists import due_lists
from sla.service.offices import Office, every_office
from sla.service.owing import owed_past
from sla.service.reporting import report
from sla.store import lists
from sla.store import offices as store
from sla.store.cases import canonical
from sla.store.engine import Session
from sla.store.ids import new_id

MONTHLY = "month"
WATCHERS = (Role.CHIEF, Role.MANAGER)  # who gets the whole office's list, and the summary


def make_owed(session: Session, now: datetime, only: UUID | None = None) -> int:
    """Make every digest and summary that is owed at `now`, of one office or of all; returns how many messages were put
    in the outbox."""
    offices = every_office(session, only)
    return sum(_daily(session, office, now) + _monthly(session, office, now) for office in offices)


def morning_of(
    session: Session,
    office: Office,
    people: Sequence[str] | None,
    now: datetime,
    owing: Sequence[OwedEntry] | None = None,
) -> Morning | None:
    """The lists a digest shows its reader now; None when there is nothing to show. `people` None means the whole
    office; `owing` is what the office's cases owe past their day, if it was read already."""
    shown = due_lists(session, office, now, people)
    if people is not None:
        shown = replace(shown, paused_again=())  # that is for those who watch the office (R10)
    if owing is None:
        owing = owed_past(session, office, shown.day, people)
    mine = tuple(entry for entry in owing if people is None or entry.handler in people)
    found = Morning(**vars(shown), owed_past=mine)
    return found if _says_something(found) else None


def _says_something(shown: Morning) -> bool:
    return bool(shown.overdue or shown.due_today or shown.next_days or shown.paused_again or shown.owed_past)


def figures_of(session: Session, office: Office, month: date, now: datetime) -> MonthFigures:
    """The figures of one month, as the summary shows them."""
    found = report(session, office, month, month_end(month), now)
    return MonthFigures(
        month=month,
        completed=found.total.completed,
        on_time_rate=found.total.on_time.value,
        early_rate=found.total.early.value,
        closed_only_rate=found.total.closed_only.value,
        open_overdue=found.total.open_overdue,
        by_permit=tuple(_of_permit(dict(found.permit_names[of]), part) for of, part in found.by_permit.items()),
        immediate=found.total.immediate.part,
    )


def _of_permit(names: dict[str, str], figures: Figures) -> PermitFigures:
    return PermitFigures(
        names=names,
        completed=figures.completed,
        on_time_rate=figures.on_time.value,
        early_rate=figures.early.value,
        closed_only_rate=figures.closed_only.value,
        open_overdue=figures.open_overdue,
        immediate=figures.immediate.part,
    )


def _daily(session: Session, office: Office, now: datetime) -> int:
    day = working_day_owed(office.calendar, now, office.digest_minutes)
    if (
        day is None
        or store.is_made(session, office.id, DAILY, day)
        or not store.make_once(session, office.id, DAILY, day, now)
    ):
        return 0
    anchor(session, office, day, now)
    shown = morning_of(session, office, None, now)
    if shown is None:
        return 0
    handlers = {row.handler for row in lists.open_clocks(session, office.id, office.calendar.nth_working_day(day, 3))}
    handlers |= {entry.handler for entry in shown.owed_past}
    rows = []
    for person, role, of_whom in _readers(office, sorted(handlers), day):
        if of_whom is None or morning_of(session, office, of_whom, now, shown.owed_past):
            about = {"digest": day.isoformat(), "people": of_whom, "reason": role.value}
            rows.append(_message(office, person, DAILY, day, canonical(about), now))
    return enqueue(session, rows)


def _readers(office: Office, handlers: Iterable[str], day: date) -> list[tuple[Person, Role, list[str] | None]]:
    """Whoever is in, as whom, and the handlers they answer for today; those who watch the office get all of it."""
    watchers = {told.person.id: told for told in addressees(WATCHERS, "", office.people, day)}
    answered: dict[str, list[str]] = {}
    for handler in handlers:
        for person in recipients((Role.HANDLER,), handler, office.people, day):
            if person.id not in watchers:
                answered.setdefault(person.id, []).append(handler)
    own: list[tuple[Person, Role, list[str] | None]] = [
        (office.people[person], Role.HANDLER, of_whom) for person, of_whom in answered.items()
    ]
    return own + [(told.person, told.role, None) for told in watchers.values()]


def _monthly(session: Session, office: Office, now: datetime) -> int:
    month = month_owed(office.calendar, now, office.summary_minutes)
    if month is None or store.is_made(session, office.id, MONTHLY, month):
        return 0
    first = lists.first_received(session, office.id)
    if first is None or first.replace(day=1) > month:
        return 0  # of a month before the first case there is nothing to sum up
    if not store.make_once(session, office.id, MONTHLY, month, now):
        return 0
    about = canonical({"month": month.isoformat(), "reason": Role.MANAGER.value})
    readers = recipients((Role.MANAGER, Role.HEAD), "", office.people, office.today(now))
    return enqueue(session, [_message(office, person, MONTHLY, month, about, now) for person in readers])


def _message(office: Office, person: Person, kind: str, on: date, about: str, now: datetime) -> NewMessage:
    endpoint = next(iter(person.addresses), "")
    return NewMessage(
        office_id=office.id,
        id=new_id(now),
        key="/".join((office.id.hex, kind, on.isoformat(), person.id, endpoint)),
        kind=kind,
        recipient_id=person.id,
        endpoint=endpoint,
        about=about,
        due_at=now,
        next_at=office.send_at(now),
        created_at=now,
    )
