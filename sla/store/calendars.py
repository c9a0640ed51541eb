"""Notices, changes of an office's calendar, the cases that wait for one, and what each change moved."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from sla.store.cases import CASE, CLOCK, EVENT, IS_OPEN, OfCases, Row, Values, as_stored, grouped, insert_into
from sla.store.offices import OFFICE
from sla.store.tables import CalendarChangeRow, CalendarMoveRow, NoticeRow

NOTICE = SQLModel.metadata.tables["notice"]
CHANGE = SQLModel.metadata.tables["calendar_change"]
MOVE = SQLModel.metadata.tables["calendar_move"]
TABLES = (NoticeRow, CalendarChangeRow, CalendarMoveRow)  # what the names above were made from

_OPEN = sa.exists().where(CLOCK.c.office_id == CASE.c.office_id, CLOCK.c.case_id == CASE.c.case_id, IS_OPEN)


# --- notices ---
def notices_of(session: Session, office_id: UUID) -> list[Row]:
    """Every notice that was loaded, in the order of their loading."""
    rows = sa.select(NOTICE).where(NOTICE.c.office_id == office_id).order_by(NOTICE.c.loaded_at, NOTICE.c.number)
    return list(session.connection().execute(rows))


def put_notice(session: Session, values: Values) -> None:
    """Insert, or put in the place of the one of that number."""
    row = dict(values)
    statement = insert_into(session, NOTICE).values(row)
    statement = statement.on_conflict_do_update(index_elements=["office_id", "number"], set_=row)
    session.connection().execute(statement)


def mark_applied(session: Session, office_id: UUID, number: str, at: datetime) -> None:
    here = sa.update(NOTICE).where(NOTICE.c.office_id == office_id, NOTICE.c.number == number)
    session.connection().execute(here.values(applied_at=at))


# --- changes ---
def set_version(session: Session, office_id: UUID, version: str) -> None:
    here = sa.update(OFFICE).where(OFFICE.c.office_id == office_id)
    session.connection().execute(here.values(calendar_version=version))


def changes_of(session: Session, office_id: UUID) -> list[Row]:
    rows = sa.select(CHANGE).where(CHANGE.c.office_id == office_id).order_by(CHANGE.c.seq)
    return list(session.connection().execute(rows))


def change(session: Session, office_id: UUID, seq: int) -> Row:
    return (
        session.connection()
        .execute(sa.select(CHANGE).where(CHANGE.c.office_id == office_id, CHANGE.c.seq == seq))
        .one()
    )


def unfinished(session: Session) -> list[UUID]:
    """The offices that have a change some of whose cases still wait."""
    rows = sa.select(CHANGE.c.office_id).where(CHANGE.c.finished_at.is_(None)).distinct()
    return list(session.connection().execute(rows.order_by(CHANGE.c.office_id)).scalars())


def put_change(session: Session, values: Values) -> None:
    session.connection().execute(sa.insert(CHANGE), [dict(values)])


def finish(session: Session, office_id: UUID, seq: int, at: datetime) -> bool:
    """Whether it was ours to finish: true just once, whoever asks."""
    here = sa.update(CHANGE).where(CHANGE.c.office_id == office_id, CHANGE.c.seq == seq, CHANGE.c.finished_at.is_(None))
    done = here.values(finished_at=at).returning(CHANGE.c.seq)
    return session.connection().execute(done).one_or_none() is not None


# --- cases that wait ---
def waiting_cases(session: Session, office_id: UUID, version: str, after: UUID | None, limit: int) -> list[Row]:
    """Open cases that were not brought to the version yet, in the order of their ids, locked for this transaction; for
    one that another node holds it waits. Those that are set aside are passed over."""
    statement = _waiting(sa.select(CASE), office_id, version)
    if after is not None:
        statement = statement.where(CASE.c.case_id > after)
    statement = statement.order_by(CASE.c.case_id).limit(limit).with_for_update()
    return list(session.connection().execute(statement))


def is_waited_for(session: Session, office_id: UUID, version: str) -> bool:
    """Whether any open case still waits, be it in another node's hands."""
    return (
        session.connection().execute(_waiting(sa.select(CASE.c.case_id), office_id, version).limit(1)).first()
        is not None
    )


def how_many_wait(session: Session, office_id: UUID, version: str) -> int:
    """How many open cases were not brought to the version yet."""
    found = _waiting(sa.select(sa.func.count()), office_id, version)
    return int(session.connection().execute(found).scalar_one())


def _waiting(chosen: sa.Select[Any], office_id: UUID, version: str) -> sa.Select[Any]:
    return chosen.where(CASE.c.office_id == office_id, CASE.c.calendar_version != version, CASE.c.broken == "", _OPEN)


class Part(NamedTuple):
    """The cases of ids behind `after` and up to `through`; None is no bound."""

    after: UUID | None = None
    through: UUID | None = None

    def of(self, case_id: sa.Column[Any]) -> Iterator[sa.ColumnElement[bool]]:
        if self.after is not None:
            yield case_id > self.after
        if self.through is not None:
            yield case_id <= self.through


def parts(session: Session, office_id: UUID, size: int) -> list[Part]:
    """An office's cases in parts of so many open clocks each, in the order of their ids."""
    place = sa.func.row_number().over(order_by=CLOCK.c.case_id).label("place")
    ours = sa.select(CLOCK.c.case_id, place).where(CLOCK.c.office_id == office_id, IS_OPEN).subquery()
    cuts = sa.select(ours.c.case_id).where(ours.c.place % size == 0).order_by(ours.c.place)
    bounds = [None, *session.connection().execute(cuts).scalars(), None]
    return [Part(after, through) for after, through in pairwise(bounds)]


def open_clocks(session: Session, office_id: UUID, limit: int, part: Part) -> dict[Any, list[Row]]:
    """The open clocks of the first cases of a part, some `limit` clocks of whole cases, by the id as it is stored.

    A row has first that id, the number and the handler, then what many cases have in common. Those set aside are left
    out.
    """
    joined = CLOCK.join(CASE, sa.and_(CLOCK.c.office_id == CASE.c.office_id, CLOCK.c.case_id == CASE.c.case_id))
    statement = sa.select(*_OF_CASE, *_OF_CLOCK).select_from(joined)
    statement = statement.where(CLOCK.c.office_id == office_id, IS_OPEN, CASE.c.broken == "")
    statement = statement.where(*part.of(CLOCK.c.case_id), *part.of(CASE.c.case_id))  # or it reads every case there is
    statement = statement.order_by(CLOCK.c.case_id, CLOCK.c.clock_id).limit(limit)
    rows: Sequence[Any] = session.connection().execute(statement).all()
    by_case = {stored: list(clocks) for stored, clocks in groupby(rows, key=itemgetter(0))}
    if len(rows) == limit and len(by_case) > 1:
        by_case.popitem()  # it may go on behind the page
    return by_case


def id_of(stored: Any) -> UUID:
    """The id that a driver gave as the database has it."""
    return stored if isinstance(stored, UUID) else UUID(stored)


def closed_clocks(session: Session, office_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """The clocks of each case that are not open: pending, stopped, or ended by themselves."""
    return grouped(session, _CLOSED, office_id, case_ids)


def disturbed(session: Session, office_id: UUID, part: Part) -> set[Any]:
    """The cases, by the id as it is stored, whose limits may not run through: with a pause, an extension, or another
    policy version."""
    kinds = EVENT.c.kind.in_(("paused", "extended", "rebased"))
    rows = sa.select(as_stored(EVENT.c.case_id)).where(EVENT.c.office_id == office_id, kinds)
    return {row[0] for row in session.connection().execute(rows.where(*part.of(EVENT.c.case_id))).all()}


_OF_CASE = (
    as_stored(CASE.c.case_id), CASE.c.number, CASE.c.handler, CASE.c.permit, CASE.c.received_on, CASE.c.deemed_on,
    CASE.c.policy_id, CASE.c.policy_version,
)  # fmt: skip
_OF_CLOCK = (
    CLOCK.c.clock_id, CLOCK.c.state, CLOCK.c.open, CLOCK.c.deemed, CLOCK.c.unit, CLOCK.c.amount, CLOCK.c.started_on,
    CLOCK.c.due_on, CLOCK.c.due_at, CLOCK.c.provisional, CLOCK.c.capped,
)  # fmt: skip
_CLOSED = OfCases(CLOCK, CLOCK.c.clock_id, _OF_CLOCK, sa.not_(CLOCK.c.open))


# --- what moved ---
_NAMED = (CASE.c.number, CASE.c.title, CASE.c.permit, CASE.c.handler, CASE.c.head_seq)  # what a message names a case by


def put_moves(session: Session, rows: Sequence[Values]) -> None:
    if rows:
        session.connection().execute(sa.insert(MOVE), [dict(row) for row in rows])


def told_by(session: Session, office_id: UUID, seq: int) -> list[str]:
    """The different lists of people who had been told a date that the change moved."""
    rows = sa.select(MOVE.c.told).where(MOVE.c.office_id == office_id, MOVE.c.change == seq).distinct()
    return list(session.connection().execute(rows).scalars())


def moves_of(
    session: Session, office_id: UUID, seq: int, *, told: str = "", moved: bool = False, limit: int | None = None
) -> list[Row]:
    """What a change moved or confirmed, with what a message names its case by, in the order of the numbers.

    `told`: only where this person had been told the old date; `moved`: not what was only confirmed.
    """
    joined = MOVE.join(CASE, sa.and_(MOVE.c.office_id == CASE.c.office_id, MOVE.c.case_id == CASE.c.case_id))
    rows = sa.select(MOVE, *_NAMED).select_from(joined)
    rows = rows.where(MOVE.c.office_id == office_id, MOVE.c.change == seq)
    if told:
        rows = rows.where(MOVE.c.told.contains(json.dumps(told, ensure_ascii=False), autoescape=True))
    if moved:
        rows = rows.where(MOVE.c.due_before != MOVE.c.due_after)
    return list(session.connection().execute(rows.order_by(CASE.c.number, MOVE.c.clock_id).limit(limit)))


def counts_of(session: Session, office_id: UUID, seq: int) -> Row:
    """How many clocks of how many cases a change moved, made overdue, rescued and confirmed."""

    def many(condition: sa.ColumnElement[bool]) -> sa.Function[int]:
        return sa.func.count(sa.case((condition, 1)))

    moved = MOVE.c.due_before != MOVE.c.due_after
    columns: tuple[sa.ColumnElement[Any], ...] = (
        many(moved).label("moved"),
        sa.func.count(sa.distinct(sa.case((moved, MOVE.c.case_id)))).label("cases"),
        many(MOVE.c.overdue).label("overdue"),
        many(MOVE.c.rescued).label("rescued"),
        many(MOVE.c.confirmed).label("confirmed"),
    )
    here = sa.select(*columns).where(MOVE.c.office_id == office_id, MOVE.c.change == seq)
    return session.connection().execute(here).one()
