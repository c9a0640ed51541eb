"""Cases, their events and the indexes derived from them: read for many cases at once, written in sets."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from notifiers.given import insert_each, update_each
from sla.store.tables import AlarmRow, CaseRow, ClockRow, EventRow, NumberRow, PartyRow

CASE = SQLModel.metadata.tables["case_file"]
EVENT = SQLModel.metadata.tables["case_event"]
PARTY = SQLModel.metadata.tables["party"]
CLOCK = SQLModel.metadata.tables["clock"]
ALARM = SQLModel.metadata.tables["alarm"]
NUMBER = SQLModel.metadata.tables["number_series"]
TABLES = (CaseRow, EventRow, PartyRow, ClockRow, AlarmRow, NumberRow)  # what the names above were made from

# As the condition of the indexes of open clocks is written: SQLite takes `open = 1` for another one.
IS_OPEN: sa.ColumnElement[bool] = sa.literal_column("clock.open")
Row = sa.Row[Any]
Values = Mapping[str, Any]
GENESIS = "0" * 64


def past_due(
    today: date | sa.BindParameter[Any], now: datetime | sa.BindParameter[Any] | None
) -> sa.ColumnElement[bool]:
    """Of open clocks those that are overdue: a limit in hours on its own day, once its moment is past."""
    return sa.and_(CLOCK.c.due_on <= today, sa.or_(CLOCK.c.due_on < today, CLOCK.c.due_at < now))


# --- reading ---
def case_numbered(session: Session, office_id: UUID, number: str, *, lock: bool = False) -> Row | None:
    """The case of a number; `lock` holds its head until the transaction ends."""
    statement = sa.select(CASE).where(CASE.c.office_id == office_id, CASE.c.number == number)
    return session.connection().execute(statement.with_for_update() if lock else statement).one_or_none()


def cases_numbered(session: Session, office_id: UUID, numbers: Sequence[str]) -> list[Row]:
    """The cases that have one of the numbers."""
    statement = sa.select(CASE).where(CASE.c.office_id == office_id, CASE.c.number.in_(list(numbers)))
    return list(session.connection().execute(statement))


def numbers_taken(session: Session, office_id: UUID, numbers: Sequence[str]) -> set[str]:
    """Which of the numbers a case has already."""
    statement = sa.select(CASE.c.number).where(CASE.c.office_id == office_id, CASE.c.number.in_(list(numbers)))
    return set(session.connection().execute(statement).scalars())


def cases_with(session: Session, office_id: UUID, case_ids: Iterable[UUID]) -> list[Row]:
    statement = sa.select(CASE).where(CASE.c.office_id == office_id, CASE.c.case_id.in_(list(case_ids)))
    return list(session.connection().execute(statement))


def lock_cases(session: Session, office_id: UUID, case_ids: Iterable[UUID]) -> None:
    """Hold these heads until the transaction ends; in one order, so that two who do wait for each other, never both."""
    here = sa.select(CASE.c.case_id).where(CASE.c.office_id == office_id, CASE.c.case_id.in_(list(case_ids)))
    session.connection().execute(here.order_by(CASE.c.case_id).with_for_update())


def due_cases(session: Session, now: datetime, limit: int, office_id: UUID | None = None) -> list[Row]:
    """Cases to look at again, the longest due first, and of one moment office by office, so that a step reads few.

    They are locked for this transaction; those another node holds are passed over.
    """
    statement = sa.select(CASE).where(CASE.c.next_alarm_at <= now)
    if office_id is not None:
        statement = statement.where(CASE.c.office_id == office_id)
    statement = (
        statement.order_by(CASE.c.next_alarm_at, CASE.c.office_id).limit(limit).with_for_update(skip_locked=True)
    )
    return list(session.connection().execute(statement))


def waiting_cases(session: Session, now: datetime) -> tuple[int, int, datetime | None]:
    """How many cases are to be looked at some day, how many of them now, and since when the first."""
    at = CASE.c.next_alarm_at
    figures = sa.select(sa.func.count(), sa.func.count(sa.case((at <= now, 1))), sa.func.min(at)).where(at.is_not(None))
    waiting, due, first = session.connection().execute(figures).one()
    return waiting, due, first


def all_cases(session: Session, office_id: UUID, after: UUID | None, limit: int, *, lock: bool = False) -> list[Row]:
    """A page of an office's cases in the order of their ids; `lock` holds them until the transaction ends."""
    statement = sa.select(CASE).where(CASE.c.office_id == office_id)
    if after is not None:
        statement = statement.where(CASE.c.case_id > after)
    statement = statement.order_by(CASE.c.case_id).limit(limit)
    return list(session.connection().execute(statement.with_for_update() if lock else statement))


def count_cases(session: Session, office_id: UUID) -> int:
    """How many cases an office has."""
    statement = sa.select(sa.func.count()).select_from(CASE).where(CASE.c.office_id == office_id)
    n: int = session.connection().execute(statement).scalar_one()
    return n


def cases_to_ask_about(session: Session, office_id: UUID, begin: datetime, end: datetime) -> list[UUID]:
    """The ids of the cases with an event recorded from `begin` on and before `end` that may be a sign of gaming
    (sla/signs.py): all that are, and more.

    Left out is what was entered within half a day and is no pause, extension or void, and no decision of a case with a
    limit that was kept on its last day or is in hours.
    """
    late = sa.extract("epoch", EVENT.c.recorded_at) - sa.extract("epoch", EVENT.c.occurred_at) > _HALF_A_DAY
    of_case = (CLOCK.c.office_id == EVENT.c.office_id, CLOCK.c.case_id == EVENT.c.case_id)
    close = sa.or_(CLOCK.c.stopped_on == CLOCK.c.due_on, CLOCK.c.unit.in_(_IN_TIME))
    kept = sa.select(sa.literal(1)).where(*of_case, CLOCK.c.state == "met", close).correlate(EVENT).exists()
    wanted = (EVENT.c.kind.in_(_ASKED), late, sa.and_(EVENT.c.kind == "decided", kept))
    statement = sa.select(EVENT.c.case_id).where(EVENT.c.office_id == office_id, sa.or_(*wanted))
    statement = statement.where(EVENT.c.recorded_at >= begin, EVENT.c.recorded_at < end)
    return list(session.connection().execute(statement.distinct().order_by(EVENT.c.case_id)).scalars())


_HALF_A_DAY = 43_200  # seconds; a late entry lies more than one working day behind
_IN_TIME = ("working_hours", "working_minutes")
_ASKED = ("paused", "extended", "voided")


def broken_cases(session: Session, office_id: UUID) -> list[Row]:
    statement = sa.select(CASE).where(CASE.c.office_id == office_id, CASE.c.broken != "").order_by(CASE.c.number)
    return list(session.connection().execute(statement))


def events_of(session: Session, office_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """The events of each case in the order of their chain, without the ids of office and case."""
    return grouped(session, _EVENTS, office_id, case_ids)


def alarms_of(
    session: Session, office_id: UUID, case_ids: Sequence[UUID], *, cancelled: bool = True
) -> dict[UUID, list[Row]]:
    """The alarms of each case in the order of their moments, without the ids of office and case."""
    return grouped(session, _ALARMS if cancelled else _LIVING, office_id, case_ids)


def raised_alarms_of(session: Session, office_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """Of each case's alarms those whose time has come, and every correction: what was told, and what is to be."""
    return grouped(session, _RAISED, office_id, case_ids)


def clocks_of(session: Session, office_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """The clocks of each case, without the ids of office and case."""
    return grouped(session, _CLOCKS, office_id, case_ids)


def parties_of(session: Session, office_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    return grouped(session, _PARTIES, office_id, case_ids)


# --- writing ---
def insert_cases(session: Session, rows: Sequence[Values]) -> None:
    insert_each(session.connection(), CASE, rows)


def next_number(session: Session, office_id: UUID, permit: str, year: int, count: int = 1) -> int:
    """The last of the next `count` numbers of a permit's year; the row is locked until the transaction ends, so none
    is given twice."""
    row = {"office_id": office_id, "permit": permit, "year": year, "last": count}
    statement = insert_into(session, NUMBER).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["office_id", "permit", "year"], set_={"last": NUMBER.c.last + count}
    ).returning(NUMBER.c.last)
    number: int = session.connection().execute(statement).scalar_one()
    return number


def append_events(session: Session, head: str, rows: Sequence[Values]) -> str:
    """Append to one case's chain after the hash `head`; returns the new head. The case row must be locked."""
    linked = link(head, rows)
    insert_events(session, linked)
    return str(linked[-1]["hash"])


def link(head: str, rows: Iterable[Values]) -> list[dict[str, Any]]:
    """The rows of one case's events, each with its hash behind the one before."""
    linked: list[dict[str, Any]] = []
    for values in rows:
        head = chained(head, values)
        linked.append({**values, "hash": head})
    return linked


def insert_events(session: Session, rows: Sequence[Values]) -> None:
    """Events that `link` has chained, of one case or of many."""
    insert_each(session.connection(), EVENT, rows)


def chained(head: str, event: Values) -> str:
    """The hash of an event behind `head`: over the stored text of every column."""
    fields = [
        head,
        event["office_id"].hex,
        event["case_id"].hex,
        event["seq"],
        event["kind"],
        event["occurred_at"].astimezone(UTC).isoformat(),  # as it is read back, whatever zone it was given in
        bool(event["dated"]),
        event["recorded_at"].astimezone(UTC).isoformat(),
        event["actor"],
        event["calendar_version"],
        event["details"],
    ]
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def put_parties(session: Session, rows: Sequence[Values]) -> None:
    insert_each(session.connection(), PARTY, rows)


def put_heads(session: Session, rows: Sequence[Values]) -> None:
    """Update case rows; each of `rows` holds office_id, case_id and the columns to change, the same in all."""
    update_each(session.connection(), CASE, ("office_id", "case_id"), rows)


def drop_clocks(session: Session, office_id: UUID, case_id: UUID, clock_ids: Iterable[str]) -> None:
    """Forget clocks that the case has no more; they are an index, and can be rebuilt."""
    here = sa.delete(CLOCK).where(CLOCK.c.office_id == office_id, CLOCK.c.case_id == case_id)
    session.connection().execute(here.where(CLOCK.c.clock_id.in_(list(clock_ids))))


def insert_clocks(session: Session, rows: Sequence[Values]) -> None:
    """Those of new cases, which have none."""
    insert_each(session.connection(), CLOCK, rows)


def put_clocks(session: Session, rows: Sequence[Values]) -> None:
    _upsert(session, CLOCK, rows)


def insert_alarms(session: Session, rows: Sequence[Values]) -> None:
    """Those of new cases, which have none."""
    insert_each(session.connection(), ALARM, rows)


def put_alarms(session: Session, rows: Sequence[Values]) -> None:
    _upsert(session, ALARM, rows)


def canonical(value: object) -> str:
    """JSON with one spelling: what is hashed and what is stored."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def grouped(
    session: Session, rows: "OfCases", office_id: UUID, case_ids: Sequence[UUID], more: Values | None = None
) -> dict[UUID, list[Row]]:
    """The rows of each case, read as the database has it, text on SQLite: to make ids of it took a fifth of a sweep."""
    connection = session.connection()
    found: dict[UUID, list[Row]] = {case_id: [] for case_id in case_ids}
    stored = found if connection.dialect.supports_native_uuid else {key.hex: rows for key, rows in found.items()}
    statement = rows.on_postgresql if connection.dialect.name == "postgresql" else rows.elsewhere
    parameters = {"of_office": office_id, "of_cases": list(found), **(more or {})}
    for row in connection.execute(statement, parameters).all():
        stored[row[0]].append(row)
    return found


def as_stored(case_id: sa.Column[Any]) -> sa.Label[Any]:
    """The id as the driver gives it, text on SQLite."""
    return sa.type_coerce(case_id, sa.types.NullType()).label("of_case")


class OfCases:
    """A statement made once: the rows of some cases of an office in order, `of_case` first, then the columns.

    `source`: what is read, where that is more than the table; `by`: one row for each.
    """

    def __init__(
        self,
        table: sa.Table,
        order: sa.Column[Any],
        columns: Iterable[sa.ColumnElement[Any]],
        *wanted: sa.ColumnElement[bool],
        source: sa.FromClause | None = None,
        by: Sequence[sa.Column[Any]] = (),
    ) -> None:
        chosen = sa.select(as_stored(table.c.case_id), *columns).select_from(table if source is None else source)
        chosen = chosen.where(table.c.office_id == sa.bindparam("of_office"), *wanted)
        chosen = chosen.group_by(*by).order_by(table.c.case_id, order)
        # On PostgreSQL one parameter, so that the statement is prepared once however many cases there are.
        listed = sa.bindparam("of_cases", type_=sa.ARRAY(table.c.case_id.type))
        self.on_postgresql = chosen.where(table.c.case_id == sa.any_(listed))
        self.elsewhere = chosen.where(table.c.case_id.in_(sa.bindparam("of_cases", expanding=True)))


def own_columns(table: sa.Table) -> list[sa.Column[Any]]:
    """What the table says beside the office and the case."""
    return [column for column in table.c if column.name not in ("office_id", "case_id")]


_EVENTS = OfCases(EVENT, EVENT.c.seq, own_columns(EVENT))
_PARTIES = OfCases(PARTY, PARTY.c.seq, PARTY.c)
_CLOCKS = OfCases(CLOCK, CLOCK.c.clock_id, own_columns(CLOCK))
_ALARMS = OfCases(ALARM, ALARM.c.at, own_columns(ALARM))
_LIVING = OfCases(ALARM, ALARM.c.at, own_columns(ALARM), ALARM.c.state != sa.literal_column("'cancelled'"))

_RAISED = OfCases(
    ALARM, ALARM.c.at, own_columns(ALARM),
    (ALARM.c.state != sa.literal_column("'pending'")) | (ALARM.c.milestone == sa.literal_column("'correction'")),
)  # fmt: skip


def _upsert(session: Session, table: sa.Table, rows: Sequence[Values]) -> None:
    if rows:
        connection = session.connection()
        connection.execute(_upserting(connection.dialect.name, table), [dict(row) for row in rows])


@lru_cache(maxsize=8)
def _upserting(dialect: str, table: sa.Table) -> Any:
    """Made once: its `excluded` costs more to build than the statement to run."""
    keys = [column.name for column in table.primary_key]
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    excluded = statement.excluded
    changes = {column.name: excluded[column.name] for column in table.c if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def insert_into(session: Session, table: sa.Table) -> Any:
    postgres = session.connection().dialect.name == "postgresql"
    return postgresql.insert(table) if postgres else sqlite.insert(table)
