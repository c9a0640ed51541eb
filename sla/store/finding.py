"""Cases that are looked for: by number, title, applicant, permit, handler, dates, standing and light."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
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


BY_DATE = ("overdue", "soon", "paused", "red", "yellow")  # standings and lights that call for a deed by a day

Place = tuple[date, UUID]  # of a case in the order of a list: the day it is ordered by, and of one day its id


def matching(session: Session, office_id: UUID, wanted: Wanted, after: Place | None, limit: int) -> list[Row]:
    """The cases that match, behind a place in their order if one is given. What calls for a deed, as BY_DATE says, is
    ordered by the day of the clock that does, the earliest first; all else by the day it came in, the newest first.
    That day is `placed_on`."""
    if wanted.standing in BY_DATE or wanted.light in BY_DATE:
        return _by_date(session, office_id, wanted, after, limit)
    conditions = list(_conditions(session, office_id, wanted))
    if after is not None:
        day, case_id = after
        earlier = sa.or_(CASE.c.received_on < day, CASE.c.case_id < case_id)
        conditions += [CASE.c.received_on <= day, earlier]
    return _newest(session, office_id, conditions, limit)


def _by_date(session: Session, office_id: UUID, wanted: Wanted, after: Place | None, limit: int) -> list[Row]:
    """Ids and days first, from an index of open clocks; then the heads of those that are shown. What a clock knows of
    its case is asked of it, so that only dates and words look into cases that are not shown."""
    by_standing = wanted.standing in BY_DATE
    what = wanted.standing if by_standing else wanted.light
    case_id, placed = CLOCK.c.case_id, sa.func.min(CLOCK.c.paused_on if what == "paused" else CLOCK.c.due_on)
    of_clock = [CLOCK.c.office_id == office_id, IS_OPEN, _puts(what, wanted)]
    of_clock += [CLOCK.c[name] == value for name in ("permit", "handler") if (value := getattr(wanted, name))]
    put = sa.select(case_id, placed.label("placed_on")).where(*of_clock).group_by(case_id)
    if what == "yellow":  # and not red
        put = put.having(sa.func.max(sa.case((past_due(wanted.today, wanted.now), 1), else_=0)) == 0)
    if after is not None:
        day, last = after
        put = put.having(placed >= day).having(sa.or_(placed > day, case_id > last))
    left = replace(wanted, permit="", handler="")
    left = replace(left, standing="") if by_standing else replace(left, light="")
    conditions = list(_conditions(session, office_id, left))
    if not conditions:
        put = put.order_by(placed, case_id).limit(limit)
    found = put.subquery("found")
    own = sa.and_(CASE.c.office_id == office_id, CASE.c.case_id == found.c.case_id)
    rows = sa.select(CASE, found.c.placed_on).join(found, own).where(*conditions)
    return list(session.connection().execute(rows.order_by(found.c.placed_on, CASE.c.case_id).limit(limit)))


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
    own = sa.and_(here.c.office_id == office_id, here.c.case_id == found.c.case_id)
    rows = sa.select(here, here.c.received_on.label("placed_on")).join(found, own)
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
    due = sa.true() if wanted.standing == "open" else _puts(wanted.standing, wanted)
    return CASE.c.case_id.in_(_open(office_id, due))


def _puts(what: str, wanted: Wanted) -> sa.ColumnElement[bool]:
    """What is true of an open clock that puts its case into a list of BY_DATE. A light turns yellow before it turns
    red: what has turned yellow by now is at least that."""
    past = past_due(wanted.today, wanted.now)
    return {
        "overdue": past,
        "red": past,
        "soon": sa.and_(CLOCK.c.due_on.between(wanted.today, wanted.until), ~past),
        "paused": CLOCK.c.paused_on.is_not(None),
        "yellow": CLOCK.c.yellow_at <= wanted.now,
    }[what]


def _shines(office_id: UUID, wanted: Wanted) -> sa.ColumnElement[bool]:
    red, near = (_open(office_id, _puts(light, wanted)) for light in ("red", "yellow"))
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
