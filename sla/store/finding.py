"""Cases that are looked for: by number, title, applicant, permit, handler, dates, standing and light."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from sla.store.cases import CASE, CLOCK, EVENT, IS_OPEN, PARTY, Row, past_due

AT_ONCE = 500  # rows that are fetched together of a list that is read to its end


@dataclass(frozen=True)
class Wanted:
    """Which cases are looked for; "" and None leave a thing open. `text` stands in the number or the title, `applicant`
    begins the applicant's name. `standing`: `open`, `closed`, `paused`, `overdue` before `now`, or `soon`, due from
    `today` to `until`. `light`: the gravest of a case's running clocks is `red`, `yellow` or `green`."""

    text: str = ""
    permit: str = ""
    handler: str = ""
    applicant: str = ""
    first: date | None = None
    last: date | None = None
    standing: str = ""
    light: str = ""
    now: datetime | None = None
    today: date = date.min
    until: date = date.min


Place = tuple[date, UUID]  # of a case in the order of lists: the day it came in, and of one day its id


def matching(session: Session, office_id: UUID, wanted: Wanted, before: Place | None, limit: int) -> list[Row]:
    """The cases that match, the newest first, behind a place in that order if one is given."""
    conditions = list(_conditions(session, office_id, wanted))
    if before is not None:
        day, case_id = before
        earlier = sa.or_(CASE.c.received_on < day, CASE.c.case_id < case_id)
        conditions += [CASE.c.received_on <= day, earlier]
    return _newest(session, office_id, conditions, limit)


def each_matching(
    session: Session, office_id: UUID, wanted: Wanted, limit: int, *, applicants: bool = False
) -> Iterator[Row]:
    """A row for each clock of each case that matches, one with empty clock columns where it has none, the newest case
    first and at most `limit` of them: read while they are asked for, by one statement. `applicant` is the name that the
    last receipt gave, if `applicants` are asked for."""
    found = sa.select(CASE).where(CASE.c.office_id == office_id, *_conditions(session, office_id, wanted))
    some = found.order_by(CASE.c.received_on.desc(), CASE.c.case_id.desc()).limit(limit).subquery("some")
    own = sa.and_(CLOCK.c.office_id == office_id, CLOCK.c.case_id == some.c.case_id)
    columns = (CLOCK.c.open, CLOCK.c.basis, CLOCK.c.state, CLOCK.c.started_on, CLOCK.c.due_on, CLOCK.c.due_at)
    applicant = _applicant(office_id, some) if applicants else sa.literal_column("''")
    heads = (some.c[name] for name in ("case_id", "number", "title", "permit", "handler", "phase", "received_on"))
    statement: sa.Select[Any] = sa.select(*heads, *columns, applicant.label("applicant")).select_from(
        some.outerjoin(CLOCK, own)
    )
    newest = some.c.received_on.desc(), some.c.case_id.desc()
    statement = statement.order_by(*newest, CLOCK.c.clock_id).execution_options(yield_per=AT_ONCE)
    yield from session.connection().execute(statement)


def _applicant(office_id: UUID, some: sa.Subquery) -> sa.ColumnElement[str]:
    """The name that the last receipt of a case of `some` gave."""
    receipts = sa.select(sa.func.max(EVENT.c.seq)).where(
        EVENT.c.office_id == office_id, EVENT.c.case_id == some.c.case_id, EVENT.c.kind == "received"
    )
    named = sa.select(PARTY.c.value).where(
        PARTY.c.office_id == office_id, PARTY.c.case_id == some.c.case_id, PARTY.c.field == "applicant",
        PARTY.c.seq == receipts.correlate(some).scalar_subquery(),
    )  # fmt: skip
    return named.correlate(some).scalar_subquery()


def search(session: Session, office_id: UUID, text: str, limit: int) -> list[Row]:
    """Cases whose number or title holds the text, the newest first."""
    return _newest(session, office_id, [_holds(text)], limit)


def _newest(session: Session, office_id: UUID, conditions: list[sa.ColumnElement[bool]], limit: int) -> list[Row]:
    """Ids first, which an index may hold all of; then the heads of those that are shown."""
    here = CASE.alias("here")
    ids = sa.select(CASE.c.case_id).where(CASE.c.office_id == office_id, *conditions)
    ids = ids.order_by(CASE.c.received_on.desc(), CASE.c.case_id.desc()).limit(limit)
    found = ids.subquery("found")
    rows = sa.select(here).join(found, sa.and_(here.c.office_id == office_id, here.c.case_id == found.c.case_id))
    return list(session.connection().execute(rows.order_by(here.c.received_on.desc(), here.c.case_id.desc())))


def _conditions(session: Session, office_id: UUID, wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.text:
        yield _holds(wanted.text)
    for column, value in ((CASE.c.permit, wanted.permit), (CASE.c.handler, wanted.handler)):
        if value:
            yield column == value
    if wanted.first:
        yield CASE.c.received_on >= wanted.first
    if wanted.last:
        yield CASE.c.received_on <= wanted.last
    if wanted.applicant:
        yield CASE.c.case_id.in_(_of_applicant(session, office_id, wanted.applicant))
    if wanted.standing:
        yield _stands(office_id, wanted)
    if wanted.light:
        yield _shines(office_id, wanted)


def _holds(text: str) -> sa.ColumnElement[bool]:
    pattern = f"%{_plain(text)}%"
    return sa.or_(CASE.c.number.like(pattern, escape="\\"), CASE.c.title.like(pattern, escape="\\"))


def _of_applicant(session: Session, office_id: UUID, name: str) -> sa.Select[tuple[UUID]]:
    """Whose name begins so. An index serves a range on SQLite, and on PostgreSQL, whatever its collation, a pattern."""
    value = PARTY.c.value
    begins: sa.ColumnElement[bool] = value.like(f"{_plain(name)}%", escape="\\")
    if session.connection().dialect.name == "sqlite":
        begins = sa.and_(value >= name, value < name + "\U0010ffff")
    return sa.select(PARTY.c.case_id).where(PARTY.c.office_id == office_id, PARTY.c.field == "applicant", begins)


def _stands(office_id: UUID, wanted: Wanted) -> sa.ColumnElement[bool]:
    if wanted.standing == "closed":
        return ~sa.exists().where(CLOCK.c.office_id == office_id, CLOCK.c.case_id == CASE.c.case_id, IS_OPEN)
    due: dict[str, sa.ColumnElement[bool]] = {
        "open": sa.true(),
        "overdue": past_due(wanted.today, wanted.now),
        "soon": sa.and_(CLOCK.c.due_on.between(wanted.today, wanted.until), ~past_due(wanted.today, wanted.now)),
        "paused": CLOCK.c.due_on.is_(None),
    }
    return CASE.c.case_id.in_(_open(office_id, due[wanted.standing]))


def _shines(office_id: UUID, wanted: Wanted) -> sa.ColumnElement[bool]:
    """A light turns yellow before it turns red: what is yellow by now is at least that."""
    red, near = _open(office_id, past_due(wanted.today, wanted.now)), _open(office_id, CLOCK.c.yellow_at <= wanted.now)
    if wanted.light == "red":
        return CASE.c.case_id.in_(red)
    if wanted.light == "yellow":
        return sa.and_(CASE.c.case_id.in_(near), CASE.c.case_id.not_in(red))
    running = _open(office_id, CLOCK.c.yellow_at > wanted.now)
    return sa.and_(CASE.c.case_id.in_(running), CASE.c.case_id.not_in(near))


def _open(office_id: UUID, condition: sa.ColumnElement[bool]) -> sa.Select[tuple[UUID]]:
    return sa.select(CLOCK.c.case_id).where(CLOCK.c.office_id == office_id, IS_OPEN, condition)


def _plain(text: str) -> str:
    """A text whose signs mean nothing in a pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
