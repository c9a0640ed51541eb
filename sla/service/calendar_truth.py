"""What the calendar's messages say when they are sent, from the tables as they are then; or why they are dropped."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from notifiers.message import Message, NoLongerTrue
from sla.alarms import CORRECTION, Alarm, AlarmState, episodes_of, is_as_told
from sla.clock import by_id
from sla.events import due_from
from sla.history import History
from sla.messages import (
    AlarmItem,
    CalendarChange,
    CalendarReport,
    ReportedMove,
    amendment_message,
    missing_message,
    report_message,
    review_message,
)
from sla.messages.making import MOST_LISTED
from sla.people import Person, Role
from sla.service.calendar_watch import missing_year, seen
from sla.service.lists import card, histories
from sla.service.offices import Office
from sla.service.records import alarm_from
from sla.service.report_asked import clock_names
from sla.store import calendars as store
from sla.store import cases
from sla.store.engine import Session


def of_calendar(
    session: Session,
    office: Office,
    key: str,
    about: Mapping[str, Any],
    person: Person,
    now: datetime,
    source: str,
) -> Message | NoLongerTrue | None:
    """The message as it is said now; None if it is not one of the calendar's."""
    if "amendment" in about:
        change = _change(session, office, about["amendment"])
        items = list(_corrected(session, office, about["amendment"], person, now))
        if not items:
            return NoLongerTrue("all of it is again as they were told")
        return amendment_message(key, change, items, person, now, source)
    if "calendar" in about:
        report = _report(session, office, about["calendar"])
        return report_message(key, report, person, Role(about["reason"]), now, source, link=office.link)
    if "calendar_review" in about:
        days = seen(session, office).days
        if not days:
            return NoLongerTrue("the calendar has been brought up to date")
        return review_message(key, days, person, Role(about["reason"]), now, source)
    if "calendar_missing" in about:
        return _missing(office, key, about, person, now, source)
    return None


def _missing(
    office: Office, key: str, about: Mapping[str, Any], person: Person, now: datetime, source: str
) -> Message | NoLongerTrue:
    today = office.today(now)
    if about["calendar_missing"] != today.isoformat():
        return NoLongerTrue("the day is over; each working day has its own reminder")
    year = missing_year(office.calendar, today)
    if year is None:
        return NoLongerTrue("the year has been loaded")
    return missing_message(key, year, office.calendar.announced_through, person, Role(about["reason"]), now, source)


def _corrected(session: Session, office: Office, seq: int, person: Person, now: datetime) -> Iterator[AlarmItem]:
    """Each clock the person had been told of that a change moved, unless it is again as they were told."""
    rows = store.moves_of(session, office.id, seq, told=person.id)
    moved: dict[Any, list[Any]] = {}
    for row in rows:
        if person.id in json.loads(row.told):
            moved.setdefault(row.case_id, []).append(row)
    alarms = cases.alarms_of(session, office.id, list(moved)) if moved else {}
    for row, history in histories(session, office, list(moved), now):
        stored = [alarm_from(alarm) for alarm in alarms[row.case_id]]
        for move in moved[row.case_id]:
            alarm = _correction(stored, seq, move.clock_id)
            if alarm is not None:
                yield from _item(office, row, history, move, alarm)


def _correction(stored: list[Alarm], seq: int, clock: str) -> Alarm | None:
    """The correction of this change, if it is the clock's latest; one that was taken back needs no words (M6)."""
    episode = episodes_of(stored).get(clock, 0)
    return next(
        (
            alarm
            for alarm in stored
            if alarm.change == seq and alarm.key.clock == clock and alarm.key.episode == episode
            and alarm.state is not AlarmState.CANCELLED
        ),
        None,
    )  # fmt: skip


def _item(office: Office, row: Any, history: History, move: Any, alarm: Alarm) -> Iterator[AlarmItem]:
    clock, before = by_id(history.clocks).get(move.clock_id), due_from(move.due_before)
    if not is_as_told(clock, before, alarm.gravity):
        yield AlarmItem(
            case=card(office, row),
            clock=clock,
            gravity=alarm.gravity,
            milestone=CORRECTION,
            correction_of=before,
            deemed_on=history.deemed_on,
            clock_names={} if clock else {"en": move.clock_id},
        )


def _report(session: Session, office: Office, seq: int) -> CalendarReport:
    counts, names = store.counts_of(session, office.id, seq), clock_names(office)
    rows = store.moves_of(session, office.id, seq, moved=True, limit=MOST_LISTED)
    return CalendarReport(
        change=_change(session, office, seq),
        announced_through=office.calendar.announced_through,
        moved=counts.moved,
        cases=counts.cases,
        overdue=counts.overdue,
        rescued=counts.rescued,
        confirmed=counts.confirmed,
        listed=tuple(
            ReportedMove(
                card(office, row), row.clock_id, names.get(row.clock_id, {"en": row.clock_id}), row.due_before,
                row.due_after, bool(row.overdue), bool(row.rescued),
            )
            for row in rows
        ),
    )  # fmt: skip


def _change(session: Session, office: Office, seq: int) -> CalendarChange:
    change = store.change(session, office.id, seq)
    title = next((n.title for n in store.notices_of(session, office.id) if n.number == change.notice), "")
    return CalendarChange(change.why, change.notice, title)
