"""The signs of gaming in what was recorded in a period: every case that may have one read from its events, some
hundreds at a time."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from sla.service.lists import with_events
from sla.service.offices import Office
from sla.service.rebuild import history_of
from sla.signs import Sign, Told, signs
from sla.store import cases as store
from sla.store.engine import Session

PAGE = 500  # cases read at a time
ONE_DAY = timedelta(days=1)


def signs_of(session: Session, office: Office, first: date, last: date, now: datetime) -> tuple[Sign, ...]:
    """Those of the events recorded from the first to the last day, both included, the newest first.

    A case that cannot be read is left out here and shown by `sla doctor`.
    """
    return signs(office.calendar, _told(session, office, first, last, now), first, last)


def _told(session: Session, office: Office, first: date, last: date, now: datetime) -> Iterator[Told]:
    begin, end = office.calendar.start_of(first), office.calendar.start_of(last + ONE_DAY)
    ids = store.cases_to_ask_about(session, office.id, begin, end)
    for start in range(0, len(ids), PAGE):
        for row, events, history in with_events(session, office, ids[start : start + PAGE], now):
            yield Told(row.number, row.title, events, history, partial(history_of, office, row))
