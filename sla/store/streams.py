"""Cases and clocks read to their end for a file: so many at a time, as of one moment, while others go on writing."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from sla.store.cases import CASE, CLOCK, EVENT, Row

AT_ONCE = 500  # cases, or rows of clocks, that are fetched together
Conditions = tuple[sa.ColumnElement[bool], ...]


def stand_still(session: Session) -> None:
    """Whatever the session reads from here on is as of one moment; what it wrote before is gone."""
    session.rollback()
    postgresql = session.get_bind().dialect.name == "postgresql"
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"} if postgresql else {})


def received_between(first: date | None, last: date | None) -> Conditions:
    """Cases that came in from the first to the last day; None leaves an end open."""
    return _between(CASE.c.received_on, first, last)


def recorded_between(begin: datetime | None, end: datetime | None) -> Conditions:
    """Cases of which anything was recorded from `begin` on and before `end`, or whose acceptance was deemed then."""
    if begin is None and end is None:
        return ()
    of_case = (EVENT.c.office_id == CASE.c.office_id, EVENT.c.case_id == CASE.c.case_id)
    recorded = sa.exists().where(*of_case, *_within(EVENT.c.recorded_at, begin, end))
    of_clock = (CLOCK.c.office_id == CASE.c.office_id, CLOCK.c.case_id == CASE.c.case_id)
    deemed = sa.exists().where(*of_clock, CLOCK.c.deemed.is_(True), *_within(CLOCK.c.stopped_at, begin, end))
    accepted = (EVENT.c.kind == "accepted", EVENT.c.recorded_at >= CLOCK.c.due_at)  # it may have been deemed till then
    undone = sa.exists().where(*of_clock, *of_case, *accepted, *_within(CLOCK.c.due_at, begin, end))
    return (sa.or_(recorded, deemed, undone),)


def pages_of_cases(session: Session, office_id: UUID, conditions: Conditions) -> Iterator[list[Row]]:
    """All cases of an office that fulfil the conditions, in the order they were entered, AT_ONCE in a page."""
    statement = sa.select(CASE).where(CASE.c.office_id == office_id, *conditions).order_by(CASE.c.case_id)
    statement = statement.limit(AT_ONCE)
    behind: Conditions = ()
    while rows := list(session.connection().execute(statement.where(*behind))):
        yield rows
        behind = (CASE.c.case_id > rows[-1].case_id,)


def closed_clocks(session: Session, office_id: UUID, first: date | None, last: date | None) -> Iterator[Row]:
    """The clocks that stopped from the first to the last day, each with its case's number, day of receipt and
    outcome."""
    joined = CLOCK.join(CASE, sa.and_(CLOCK.c.office_id == CASE.c.office_id, CLOCK.c.case_id == CASE.c.case_id))
    statement = sa.select(CLOCK, CASE.c.number, CASE.c.received_on, CASE.c.outcome).select_from(joined)
    stopped = (CLOCK.c.stopped_on.is_not(None), *_between(CLOCK.c.stopped_on, first, last))
    statement = statement.where(CLOCK.c.office_id == office_id, *stopped)
    statement = statement.order_by(CLOCK.c.case_id, CLOCK.c.clock_id).execution_options(yield_per=AT_ONCE)
    yield from session.connection().execute(statement)


def _between(column: sa.Column[Any], first: date | None, last: date | None) -> Conditions:
    begins = () if first is None else (column >= first,)
    return (*begins, *(() if last is None else (column <= last,)))


def _within(column: sa.Column[Any], begin: datetime | None, end: datetime | None) -> Conditions:
    begins = () if begin is None else (column >= begin,)
    return (*begins, *(() if end is None else (column < end,)))
