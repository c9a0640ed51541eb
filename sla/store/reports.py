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
from sla.store import sums
from sla.store.cases import CASE, CLOCK, EVENT, IS_OPEN, Row

C = CLOCK.c
AT_ONCE = 500  # rows that are fetched together of a list that is read to its end
_LATE, _CANCELLED, _DAYS = C.state == "late", C.state == "cancelled", C.unit == "working_days"
_IMMEDIATE = sa.and_(C.rule_amount == 0, _DAYS)
# In these words, or the partial index is not seen to hold it.
_STOPPED_LATE = (C.state == sa.literal_column("'late'"), C.stopped_on.is_not(None), sums.INDEXED)
_MEASURED = sa.and_(C.rule_amount != 0, _DAYS)
_EARLY = sa.and_(~_LATE, ~_IMMEDIATE, C.stopped_on < C.due_on)

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
    session: Session, office_id: UUID, scope: Scope, by: Sequence[str] = ("permit", "handler"), *, plain: bool = False
) -> Iterator[tuple[tuple[str, ...], Figures]]:
    """The figures of each month and whatever else they are counted by: what was closed, then what is open and overdue.

    `plain`, here and below: counted from the clocks alone, without the sums of whole months.
    """
    each = sums.completed(session, office_id, scope, plain=plain).c
    groups = [each.month, *(each[name] for name in by)]
    closed = sa.select(*groups, *_summed(each)).group_by(*groups)
    days = _open_days(by).where(*_overdue(office_id, scope)).subquery()
    overdue = sa.select(
        sums.month_text(session, days.c.day), *(days.c[name] for name in by), *(days.c[name] for name in COUNTS)
    )
    for statement in (closed, overdue):
        for row in session.connection().execute(statement):
            yield tuple(row[: 1 + len(by)]), Figures(*(int(value or 0) for value in row[1 + len(by) :]))


def lasted(session: Session, office_id: UUID, scope: Scope, *, plain: bool = False) -> list[Row]:
    """How many measured clocks (`n`) of one permit and limit used so much, and stood still for as long."""
    each = sums.completed(session, office_id, scope, plain=plain).c
    alike = (each.permit, each.rule_amount, each.used, each.paused)
    return _how_many(session, each, alike)


def stages(session: Session, office_id: UUID, scope: Scope, *, plain: bool = False) -> list[Row]:
    """How many measured clocks (`n`) of each id used so many working days."""
    each = sums.completed(session, office_id, scope, plain=plain).c
    return _how_many(session, each, (each.clock_id, each.used))


def _how_many(session: Session, each: Any, alike: Sequence[sa.ColumnElement[Any]]) -> list[Row]:
    n = sa.func.sum(each.n)
    statement = sa.select(*alike, n.label("n")).where(_measured(each)).group_by(*alike).having(n > 0)
    return list(session.connection().execute(statement))


def waiting(session: Session, office_id: UUID, scope: Scope, apart: Waiting) -> list[Row]:
    """How many open clocks (`n`) there are of each age and light."""
    alike = sa.select(apart.age().label("age"), apart.light(scope).label("light")).where(*open_of(office_id, scope))
    each = alike.subquery()
    statement = sa.select(each.c.age, each.c.light, sa.func.count().label("n")).group_by(each.c.age, each.c.light)
    return list(session.connection().execute(statement))


# --- conduct ----------------------------------------------------------------------------------------------------------
def overdue_spans(session: Session, office_id: UUID, scope: Scope) -> list[Row]:
    """When each clock that was overdue at any time of the period was due and stopped, None while it is open."""
    kept = (C.office_id == office_id, C.basis == scope.basis.value, C.due_on <= scope.last, *_of(scope))
    closed = sa.select(C.due_on, C.stopped_on).where(*kept, *_STOPPED_LATE, C.stopped_on >= scope.first)
    still = sa.select(C.due_on, C.stopped_on).where(*kept, IS_OPEN, _is_overdue(scope))
    rows: list[Row] = []
    for statement in (closed, still):
        rows += session.connection().execute(statement.distinct())
    return rows


def extended(session: Session, office_id: UUID, scope: Scope, *, plain: bool = False) -> Row:
    """How many of the measured clocks there are (`n`), how many were `extended`, and by how many `days` in all."""
    each = sums.completed(session, office_id, scope, plain=plain).c
    counts = {"n": each.n, "extended": sa.case((each.more > 0, each.n), else_=0), "days": each.n * each.more}
    sums_of = (sa.func.coalesce(sa.func.sum(count), 0).label(name) for name, count in counts.items())
    return session.connection().execute(sa.select(*sums_of).where(_measured(each))).one()


def entries(session: Session, office_id: UUID, scope: Scope, *, plain: bool = False) -> list[Row]:
    """Of the cases that were completed, each once: how many (`cases`) had so many late entries of each kind, and how
    many `entries` they have together; `late_entries` is `sums.UNKNOWN` of those of which only the events say."""
    each = sums.completed(session, office_id, scope, plain=plain).c
    counts = (sa.func.sum(each[name]).label(name) for name in ("cases", "entries"))
    statement = sa.select(each.late_entries, *counts).group_by(each.late_entries)
    return list(session.connection().execute(statement))


def unknown_entries(session: Session, office_id: UUID, scope: Scope) -> Iterable[Row]:
    """The kind and the two moments of every entry of the cases of which only the events say what was late."""
    cases = sa.select(C.case_id).where(*stopped_of(office_id, scope), C.late_entries.is_(None))
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
    due = (C.office_id == office_id, C.due_on >= scope.first, C.due_on <= scope.last, *_of(scope))
    each = [  # each from its index, in its order; the database puts them in one, for it goes on behind a row of it
        sa.select(_paged((*due, C.basis == basis.value, *missed_it), order, after, n, down=False).subquery())
        for basis in (Basis.PROMISE, Basis.STATUTE)
        for missed_it in (_STOPPED_LATE, (IS_OPEN, _is_overdue(scope)))
    ]
    together = sa.union_all(*each).subquery()
    statement = sa.select(together).order_by(*(together.c[column.name] for column in order)).limit(n)
    return list(session.connection().execute(statement))


def _page(
    session: Session,
    conditions: Sequence[sa.ColumnElement[bool]],
    order: Sequence[sa.Column[Any]],
    after: Place | None,
    n: int,
    *,
    down: bool,
) -> list[Row]:
    return list(session.connection().execute(_paged(conditions, order, after, n, down=down)))


def _paged(
    conditions: Sequence[sa.ColumnElement[bool]],
    order: Sequence[sa.Column[Any]],
    after: Place | None,
    n: int,
    *,
    down: bool,
) -> sa.Select[Any]:
    statement = _ordered(conditions, order, down=down)
    if after is not None:
        values = (after.day, after.case_id, after.clock_id)
        place = sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(values, order, strict=True)))
        here = sa.tuple_(*order)
        from_there = order[0] <= after.day if down else order[0] >= after.day  # said twice: by this the index is read
        statement = statement.where(from_there, here < place if down else here > place)
    return statement.limit(n)


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
    return (C.office_id == office_id, C.basis == scope.basis.value, sums.INDEXED, *stopped, ~_CANCELLED, *_of(scope))


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
def _measured(each: Any) -> sa.ColumnElement[bool]:
    return sa.and_(each.unit == "working_days", each.rule_amount != 0)


def _summed(each: Any) -> list[sa.ColumnElement[Any]]:
    """The figures of clocks that are alike, in the order of COUNTS."""
    immediate = sa.and_(each.unit == "working_days", each.rule_amount == 0)
    counts = {
        "completed": each.n,
        "overdue_completed": _where(each.outcome == "late", each.n),
        "early_completed": _where(sa.and_(each.outcome == "early", ~immediate), each.n),
        "immediate_completed": _where(immediate, each.n),
        "measured": _where(_measured(each), each.n),
        "used_days": _where(_measured(each), each.n * each.used),
        "open_overdue": sa.literal(0),
    }
    return [sa.func.sum(counts[name]).label(name) for name in COUNTS]


def _where(condition: sa.ColumnElement[bool], count: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.case((condition, count), else_=0)


def _open_days(by: Sequence[str]) -> sa.Select[Any]:
    """Of open clocks only how many there are, by the day they were due."""
    groups = [C[name] for name in by]
    counts = [(sa.func.count() if name == "open_overdue" else sa.literal(0)).label(name) for name in COUNTS]
    return sa.select(C.due_on.label("day"), *groups, *counts).group_by(C.due_on, *groups)
