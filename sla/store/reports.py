"""What reports are made from: sets of clocks, counted in groups or listed a page at a time. `clock_reported` holds all
that is counted of those stopped; each set is said once, for its count and for its list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from sla.policies import Basis
from sla.reports import COUNTS, Cut, Figures, Scope
from sla.store.cases import CASE, CLOCK, EVENT, IS_OPEN, Row

C = CLOCK.c
AT_ONCE = 500  # rows that are fetched together of a list that is read to its end
_LATE, _CANCELLED, _DAYS = C.state == "late", C.state == "cancelled", C.unit == "working_days"
_IMMEDIATE = sa.and_(C.rule_amount == 0, _DAYS)
_MEASURED = sa.and_(C.rule_amount != 0, _DAYS)
_EARLY = sa.and_(~_LATE, ~_IMMEDIATE, C.stopped_on < C.due_on)
# In this word, or the partial index is not seen to hold it.
_INDEXED = C.basis != sa.literal_column("'duty'")

# Which of the clocks of a report are in a set, of those closed and of those open; None: none of these.
_CLOSED: Mapping[Cut, sa.ColumnElement[bool]] = {
    Cut.COUNTED: sa.true(),
    Cut.COMPLETED: sa.true(),
    Cut.ON_TIME: ~_LATE,
    Cut.LATE: _LATE,
    Cut.EARLY: _EARLY,
    Cut.COMMITTED: ~_IMMEDIATE,
    Cut.IMMEDIATE: _IMMEDIATE,
    Cut.MEASURED: _MEASURED,
    Cut.USED: _MEASURED,
    Cut.PAUSED: _MEASURED,
}


@dataclass(frozen=True)
class Waiting:
    """How open clocks are told apart: by the first day of each age, the youngest first, and by their light."""

    ages: Sequence[date]

    def age(self) -> sa.ColumnElement[int]:
        return sa.case(*((C.started_on >= first, n) for n, first in enumerate(self.ages)), else_=len(self.ages))

    def light(self, scope: Scope) -> sa.ColumnElement[str]:
        ways = ((_is_overdue(scope), "red"), (C.due_on.is_(None), "paused"), (C.yellow_at <= scope.now, "yellow"))
        return sa.case(*ways, else_="green")


# --- counted ----------------------------------------------------------------------------------------------------------
def counted(
    session: Session, office_id: UUID, scope: Scope, by: Sequence[str] = ("permit", "handler")
) -> Iterator[tuple[tuple[str, ...], Figures]]:
    """The figures of each month and whatever else they are counted by: what was closed, then what is open and overdue.

    Closed ones are added up day by day first, in the order of their index, so that nothing large is sorted.
    """
    days = _grouped(C.stopped_on, by, _SUMS).where(*stopped_of(office_id, scope)).subquery()
    sums = [sa.func.sum(days.c[name]).label(name) for name in COUNTS]
    months = _month(session, days.c.day)
    groups = [days.c[name] for name in by]
    closed = sa.select(months, *groups, *sums).group_by(months, *groups)
    days = _grouped(C.due_on, by, _OPEN_SUMS).where(*_overdue(office_id, scope)).subquery()
    months = _month(session, days.c.day)
    overdue = sa.select(months, *(days.c[name] for name in by), *(days.c[name] for name in COUNTS))
    for statement in (closed, overdue):
        for row in session.connection().execute(statement):
            yield tuple(row[: 1 + len(by)]), Figures(*(int(value or 0) for value in row[1 + len(by) :]))


def lasted(session: Session, office_id: UUID, scope: Scope) -> list[Row]:
    """How many clocks (`n`) of one permit and limit used so much, and stood still for as long; they too are added up in
    the order of their index first. (Asked for one unit only, SQLite would sort them all.)"""
    order = (C.stopped_on, C.permit, C.handler, C.unit, C.rule_amount, C.used, C.paused)
    each = sa.select(*order, sa.func.count().label("n")).where(*stopped_of(office_id, scope)).group_by(*order)
    days = each.subquery().c
    alike = (days.permit, days.unit, days.rule_amount, days.used, days.paused)
    statement = sa.select(*alike, sa.func.sum(days.n).label("n")).group_by(*alike)
    return list(session.connection().execute(statement))


def waiting(session: Session, office_id: UUID, scope: Scope, apart: Waiting) -> list[Row]:
    """How many open clocks (`n`) there are of each age and light."""
    alike = sa.select(apart.age().label("age"), apart.light(scope).label("light")).where(*open_of(office_id, scope))
    each = alike.subquery()
    statement = sa.select(each.c.age, each.c.light, sa.func.count().label("n")).group_by(each.c.age, each.c.light)
    return list(session.connection().execute(statement))


def stages(session: Session, office_id: UUID, scope: Scope) -> list[Row]:
    """How many clocks (`n`) of each id used so many working days."""
    alike = (C.clock_id, C.used)
    statement = sa.select(*alike, sa.func.count().label("n")).where(*stopped_of(office_id, scope), _MEASURED)
    return list(session.connection().execute(statement.group_by(*alike)))


# --- conduct ----------------------------------------------------------------------------------------------------------
def overdue_spans(session: Session, office_id: UUID, scope: Scope) -> list[Row]:
    """When each clock that was overdue at any time of the period was due and stopped, None while it is open."""
    kept = (C.office_id == office_id, C.basis == scope.basis.value, C.due_on <= scope.last, *_of(scope))
    closed = sa.select(C.due_on, C.stopped_on).where(*kept, _INDEXED, C.stopped_on >= scope.first, _LATE)
    still = sa.select(C.due_on, C.stopped_on).where(*kept, IS_OPEN, _is_overdue(scope))
    rows: list[Row] = []
    for statement in (closed, still):
        rows += session.connection().execute(statement.distinct())
    return rows


def extended(session: Session, office_id: UUID, scope: Scope) -> Row:
    """How many of the measured clocks there are (`n`), how many were `extended`, and by how many `days` in all."""
    more = C.amount - C.rule_amount
    sums = (
        sa.func.count().label("n"),
        sa.func.coalesce(_number(more > 0), 0).label("extended"),
        sa.func.coalesce(sa.func.sum(sa.case((more > 0, more), else_=0)), 0).label("days"),
    )
    return session.connection().execute(sa.select(*sums).where(*stopped_of(office_id, scope), _MEASURED)).one()


def entries(session: Session, office_id: UUID, scope: Scope) -> Iterable[Row]:
    """The kind and the two moments of every entry of the cases that were completed."""
    cases = sa.select(C.case_id).where(*stopped_of(office_id, scope))
    columns = (EVENT.c.kind, EVENT.c.occurred_at, EVENT.c.recorded_at)
    of = (EVENT.c.office_id == office_id, EVENT.c.case_id.in_(cases))
    return session.connection().execute(sa.select(*columns).where(*of))


# --- listed -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Place:
    """Behind which clock a list goes on: by the day it was stopped or, while it is open, began."""

    open: bool
    day: date
    case_id: UUID
    clock_id: str


@dataclass(frozen=True)
class Chosen:
    """A set of the clocks of a scope; `value` says which of those that go by one."""

    scope: Scope
    cut: Cut
    value: str
    apart: Waiting

    def closed(self, office_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
        """What those of them fulfil that were closed; () if none does."""
        if self.cut not in _CLOSED:
            return ()
        return (*stopped_of(office_id, self.scope), _CLOSED[self.cut], *_valued(self.cut, self.value))

    def open(self, office_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
        """What those of them fulfil that are open; () if none does."""
        if self.cut in (Cut.COUNTED, Cut.OVERDUE):
            return _overdue(office_id, self.scope)
        if self.cut is not Cut.WAITING:
            return ()
        age, _, light = self.value.partition("-")
        ages = (self.apart.age() == int(age),) if age else ()
        lights = (self.apart.light(self.scope) == light,) if light else ()
        return (*open_of(office_id, self.scope), *ages, *lights)


def size(session: Session, office_id: UUID, chosen: Chosen) -> int:
    """How many clocks are in a set."""
    sets = [conditions for conditions in (chosen.closed(office_id), chosen.open(office_id)) if conditions]
    counts = [sa.select(sa.func.count()).select_from(CLOCK).where(*conditions).scalar_subquery() for conditions in sets]
    n: int = session.connection().execute(sa.select(sum(counts, sa.literal(0)))).scalar_one()
    return n


def listed(session: Session, office_id: UUID, chosen: Chosen, after: Place | None, n: int) -> list[Row]:
    """The clocks of a set with their cases, `n` at most: the open ones, the longest open first; then those closed, the
    last closed first."""
    rows: list[Row] = []
    conditions = chosen.open(office_id)
    if conditions and (after is None or after.open):
        rows = _page(session, conditions, (C.started_on, C.case_id, C.clock_id), after, n, down=False)
    conditions = chosen.closed(office_id)
    if conditions and len(rows) < n:
        behind = None if after is None or after.open else after
        rows += _page(session, conditions, (C.stopped_on, C.case_id, C.clock_id), behind, n - len(rows), down=True)
    return rows


def each_listed(session: Session, office_id: UUID, chosen: Chosen) -> Iterator[Row]:
    """All of a set in the order of its list, read while they are asked for."""
    for conditions, day, down in ((chosen.open(office_id), C.started_on, False),
                                  (chosen.closed(office_id), C.stopped_on, True)):  # fmt: skip
        if conditions:
            statement = _ordered(conditions, (day, C.case_id, C.clock_id), down=down)
            yield from session.connection().execute(statement.execution_options(yield_per=AT_ONCE))


def missed(session: Session, office_id: UUID, scope: Scope, after: Place | None, n: int) -> list[Row]:
    """The clocks of promise and statute that ran out from the first to the last day, with their cases, the first to
    run out first: those stopped late, and those still open."""
    order = (C.due_on, C.case_id, C.clock_id)
    late = sa.or_(
        sa.and_(C.stopped_on >= scope.first, _LATE, _INDEXED),  # whoever is late stops on the day it was due, or later
        sa.and_(IS_OPEN, _is_overdue(scope)),
    )
    due = (C.due_on >= scope.first, C.due_on <= scope.last)
    bases = C.basis.in_([Basis.PROMISE.value, Basis.STATUTE.value])
    conditions = (C.office_id == office_id, bases, late, *due, *_of(scope))
    return _page(session, conditions, order, after, n, down=False)


def _page(
    session: Session,
    conditions: Sequence[sa.ColumnElement[bool]],
    order: Sequence[sa.Column[Any]],
    after: Place | None,
    n: int,
    *,
    down: bool,
) -> list[Row]:
    statement = _ordered(conditions, order, down=down)
    if after is not None:
        values = (after.day, after.case_id, after.clock_id)
        place = sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(values, order, strict=True)))
        here = sa.tuple_(*order)
        statement = statement.where(here < place if down else here > place)
    return list(session.connection().execute(statement.limit(n)))


def _ordered(
    conditions: Sequence[sa.ColumnElement[bool]], order: Sequence[sa.Column[Any]], *, down: bool
) -> sa.Select[Any]:
    joined = CLOCK.join(CASE, sa.and_(C.office_id == CASE.c.office_id, C.case_id == CASE.c.case_id))
    statement = sa.select(CLOCK, CASE.c.number, CASE.c.title).select_from(joined).where(*conditions)
    return statement.order_by(*(column.desc() if down else column for column in order))


# --- what is in a set -------------------------------------------------------------------------------------------------
def _of(scope: Scope) -> Iterator[sa.ColumnElement[bool]]:
    for column, value in ((C.permit, scope.permit), (C.handler, scope.handler), (C.clock_id, scope.clock)):
        if value:
            yield column == value


def stopped_of(office_id: UUID, scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
    first, last = scope.closed_between
    stopped = (C.stopped_on >= first, C.stopped_on <= last)
    return (C.office_id == office_id, C.basis == scope.basis.value, _INDEXED, *stopped, ~_CANCELLED, *_of(scope))


def open_of(office_id: UUID, scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
    return (C.office_id == office_id, IS_OPEN, C.basis == scope.basis.value, *_of(scope))


def _overdue(office_id: UUID, scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
    first, last = scope.due_between
    return (*open_of(office_id, scope), C.due_on >= first, C.due_on <= last, _is_overdue(scope))


def _is_overdue(scope: Scope) -> sa.ColumnElement[bool]:
    """An open one may have passed its deadline since it was last looked at."""
    return sa.or_(_LATE, C.due_at < sa.literal(scope.now, C.due_at.type))


def _valued(cut: Cut, value: str) -> Iterator[sa.ColumnElement[bool]]:
    if cut is Cut.USED:
        yield C.used == int(value)
    if cut is Cut.PAUSED:
        yield C.paused.contains(f'"{value}":', autoescape=True) if value else C.paused != ""


# --- sums -------------------------------------------------------------------------------------------------------------
def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


_SUMS: Mapping[str, sa.ColumnElement[Any]] = {
    "completed": sa.func.count(),
    "overdue_completed": _number(_LATE),
    "early_completed": _number(_EARLY),
    "immediate_completed": _number(_IMMEDIATE),
    "measured": _number(_MEASURED),
    "used_days": sa.func.sum(sa.case((_MEASURED, C.used), else_=0)),
    "open_overdue": sa.literal(0),
}
_OPEN_SUMS = {name: sa.func.count() if name == "open_overdue" else sa.literal(0) for name in COUNTS}


def _grouped(day: sa.Column[Any], by: Sequence[str], sums: Mapping[str, sa.ColumnElement[Any]]) -> sa.Select[Any]:
    groups = [C[name] for name in by]
    counts = [sums[name].label(name) for name in COUNTS]
    return sa.select(day.label("day"), *groups, *counts).group_by(day, *groups)


def _month(session: Session, day: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """2026-09."""
    if session.connection().dialect.name == "postgresql":
        return sa.func.to_char(day, sa.literal_column("'YYYY-MM'"))
    return sa.func.substr(day, sa.literal_column("1"), sa.literal_column("7"))
