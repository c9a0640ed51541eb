"""What the stopped clocks of a month come to, added up once and kept: a report adds up months and not cases (ADR 34).

Triggers note the month of each stopped clock that is written, in the transaction that writes it. A month so touched,
and the days of a period that are no whole month, are counted from the clocks, whatever the sums say; `add_up` makes the
sums of one touched month anew. So each statement reads what the clocks come to; on PostgreSQL what is committed
between two of them may be in one and not in the other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from sla.months import month_end
from sla.policies import Basis
from sla.reports import Scope
from sla.store.cases import CLOCK
from sla.store.tables import ClockSumRow, TouchedRow

SUM = SQLModel.metadata.tables["clock_sum"]
TOUCHED = SQLModel.metadata.tables["month_touched"]
TABLES = (ClockSumRow, TouchedRow)  # what the names above were made from

C, S = CLOCK.c, SUM.c
UNKNOWN, NONE = "?", ""
ADDING = 7402112  # PostgreSQL's advisory lock: of several nodes one adds up
MOST_SPANS = 8  # read apart from each other; of more the whole period is read at once
ONE_DAY = timedelta(days=1)
# In these words, or the partial index is not seen to hold it.
INDEXED = C.basis != sa.literal_column("'duty'")
_COMPLETED = (C.stopped_on.is_not(None), C.state != sa.literal_column("'cancelled'"), INDEXED)
# In the order of the index: what is alike stands together, and nothing large is sorted.
_ALIKE = (
    C.stopped_on, C.permit, C.handler, C.unit, C.rule_amount, C.used, C.paused, C.state, C.due_on, C.clock_id, C.amount,
    C.entries, C.late_entries, C.stopped_before,
)  # fmt: skip
_BASES = [basis.value for basis in Basis if basis is not Basis.DUTY]
_AS_KEPT = ("permit", "handler", "clock_id", "unit", "rule_amount", "used")

Span = tuple[date, date]


@dataclass(frozen=True)
class Reading:
    """Of which days the clocks themselves are read, and from which to which month sums; none where `months` is None."""

    spans: Sequence[Span]
    months: tuple[str, str] | None
    touched: Sequence[str] = ()


def reading(first: date, last: date, touched: Iterable[str]) -> Reading:
    """Of a period's whole months, all but those touched are read as sums."""
    begins = first if first.day == 1 else month_end(first) + ONE_DAY
    ends = last if last == month_end(last) else last.replace(day=1) - ONE_DAY
    if begins > ends:
        return Reading([(first, last)], None)
    inside = sorted({month for month in touched if f"{begins:%Y-%m}" <= month <= f"{ends:%Y-%m}"})
    edges = [
        *([(first, begins - ONE_DAY)] if first < begins else ()),
        *([(ends + ONE_DAY, last)] if ends < last else ()),
    ]
    spans = _joined([*edges, *(_days_of(month) for month in inside)])
    if len(spans) > MOST_SPANS:
        return Reading([(first, last)], None)
    return Reading(spans, (f"{begins:%Y-%m}", f"{ends:%Y-%m}"), inside)


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and joined[-1][1] + ONE_DAY == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _days_of(month: str) -> Span:
    first = date.fromisoformat(f"{month}-01")
    return first, month_end(first)


# --- read -------------------------------------------------------------------------------------------------------------
def touched(session: Session, office_id: UUID) -> list[str]:
    """The months whose sums do not hold, the earliest first."""
    months = sa.select(TOUCHED.c.month).where(TOUCHED.c.office_id == office_id).distinct()
    return list(session.connection().execute(months.order_by(TOUCHED.c.month)).scalars())


def completed(session: Session, office_id: UUID, scope: Scope, *, plain: bool = False) -> sa.Subquery:
    """The completed clocks of a scope, those alike together: how many (`n`), and of how many the entries count in this
    period (`cases`), for no clock of the same case did so before; and those `entries`. `plain`: without any sums."""
    first, last = scope.closed_between
    read = Reading([(first, last)], None) if plain else reading(first, last, touched(session, office_id))
    parts = [_of_days(session, office_id, scope, first, span) for span in read.spans]
    if read.months:
        parts.append(_of_months(office_id, scope, first, read))
        if first.day != 1:
            parts.append(_stopped_earlier_that_month(session, office_id, scope, first, read))
    return sa.union_all(*parts).subquery()


def _of_days(session: Session, office_id: UUID, scope: Scope, first: date, span: Span) -> sa.Select[Any]:
    of = (C.office_id == office_id, C.basis == scope.basis.value, C.stopped_on.between(*span))
    alike = sa.select(*_ALIKE, sa.func.count().label("n")).where(*_COMPLETED, *of, *_narrowed(C, scope))
    each = alike.group_by(*_ALIKE).subquery().c
    own = sa.case((each.stopped_before >= first, 0), else_=1)
    counts = (each.n, (each.n * own).label("cases"), (each.n * own * each.entries).label("entries"))
    return sa.select(*_kept(session, each), *counts)


def _of_months(office_id: UUID, scope: Scope, first: date, read: Reading) -> sa.Select[Any]:
    """Where the case's clock before it stopped in the month the period begins within, it is left to the next part."""
    assert read.months
    own = sa.case((S.before == NONE, 1), (S.before < f"{first:%Y-%m}", 1), else_=0)
    names = ("month", *_AS_KEPT, "paused", "outcome", "more", "late_entries")
    counts = (S.n, (S.n * own).label("cases"), (S.entries * own).label("entries"))
    of = (S.office_id == office_id, S.basis == scope.basis.value, *_between(S.month, read), *_narrowed(S, scope))
    return sa.select(*(S[name] for name in names), *counts).where(*of)


def _stopped_earlier_that_month(
    session: Session, office_id: UUID, scope: Scope, first: date, read: Reading
) -> sa.Select[Any]:
    """Of the months' clocks those whose case had one that stopped in the same month as the period begins, but before
    it: their sums do not say on which day."""
    earlier = C.stopped_before.between(first.replace(day=1), first - ONE_DAY)
    month = month_text(session, C.stopped_on)
    chosen = sa.select(*_kept(session, C), sa.literal(0), sa.literal(1), C.entries)
    of = (C.office_id == office_id, C.basis == scope.basis.value, *_COMPLETED, earlier, *_narrowed(C, scope))
    return chosen.where(*of, *_between(month, read))


def _between(month: Any, read: Reading) -> Iterator[sa.ColumnElement[bool]]:
    assert read.months
    yield month.between(*read.months)
    if read.touched:
        yield month.not_in(read.touched)


def _narrowed(columns: Any, scope: Scope) -> Iterator[sa.ColumnElement[bool]]:
    asked = (("permit", scope.permit), ("handler", scope.handler), ("clock_id", scope.clock))
    return (columns[name] == value for name, value in asked if value)


def _kept(session: Session, columns: Any) -> list[sa.ColumnElement[Any]]:
    """What is kept of a clock, in the order of the sums' columns."""
    more = columns.amount - columns.rule_amount
    return [
        month_text(session, columns.stopped_on).label("month"),
        *(columns[name] for name in _AS_KEPT),
        sa.func.coalesce(columns.paused, UNKNOWN).label("paused"),
        sa.case((columns.state == "late", "late"), (columns.stopped_on < columns.due_on, "early"), else_="met").label(
            "outcome"
        ),
        sa.case((more > 0, more), else_=0).label("more"),
        sa.func.coalesce(columns.late_entries, UNKNOWN).label("late_entries"),
    ]


def month_text(session: Session, day: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """2026-09."""
    if session.connection().dialect.name == "postgresql":
        return sa.func.to_char(day, sa.literal_column("'YYYY-MM'"), type_=sa.Text())
    return sa.func.substr(day, sa.literal_column("1"), sa.literal_column("7"), type_=sa.Text())


def waiting(session: Session, only: UUID | None = None) -> list[tuple[UUID, str]]:
    """The months that are to be added up anew, each with its office; of one office alone, if it is given."""
    months = sa.select(TOUCHED.c.office_id, TOUCHED.c.month).distinct().order_by(TOUCHED.c.office_id, TOUCHED.c.month)
    mine = months if only is None else months.where(TOUCHED.c.office_id == only)
    return [(row.office_id, row.month) for row in session.connection().execute(mine)]


# --- added up ---------------------------------------------------------------------------------------------------------
def add_up(session: Session, office_id: UUID, month: str) -> bool:
    """Make the sums of a touched month anew; whether it still was one. In a writing transaction: what is written
    meanwhile touches the month again, and is seen once it is there."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADDING)))
    if month not in touched(session, office_id):
        return False
    connection.execute(sa.delete(TOUCHED).where(TOUCHED.c.office_id == office_id, TOUCHED.c.month == month))
    connection.execute(sa.delete(SUM).where(S.office_id == office_id, S.month == month))
    connection.execute(sa.insert(SUM).from_select([column.name for column in S], _sums(session, office_id, month)))
    return True


def _sums(session: Session, office_id: UUID, month: str) -> sa.Select[Any]:
    before = sa.func.coalesce(month_text(session, C.stopped_before), NONE)
    each = sa.select(C.office_id, C.basis, *_kept(session, C), before.label("before"), C.entries).where(
        C.office_id == office_id, *_COMPLETED, C.basis.in_(_BASES), C.stopped_on.between(*_days_of(month))
    )
    rows = each.subquery().c
    keys = [rows[column.name] for column in SUM.primary_key]
    return sa.select(*keys, sa.func.count(), sa.func.sum(rows.entries)).group_by(*keys)


def touch(session: Session, office_id: UUID, months: Iterable[str]) -> None:
    """Let these months be counted from their clocks until they were added up anew."""
    there = set(touched(session, office_id))
    rows = [{"office_id": office_id, "month": month, "turn": 0} for month in months if month not in there]
    if rows:
        session.connection().execute(sa.insert(TOUCHED), rows)


def months(session: Session, office_id: UUID) -> list[str]:
    """Those that any clock stopped in, or that there is a sum of."""
    stopped = sa.select(month_text(session, C.stopped_on)).where(C.office_id == office_id, *_COMPLETED)
    every = sa.union(stopped, sa.select(S.month).where(S.office_id == office_id))
    return sorted(session.connection().execute(every).scalars())


def wrong(session: Session, office_id: UUID) -> list[str]:
    """The months whose sums are said to hold, and are not what their clocks come to: none, but by somebody's hand."""
    held = set(months(session, office_id)) - set(touched(session, office_id))
    return [month for month in sorted(held) if not _holds(session, office_id, month)]


def _holds(session: Session, office_id: UUID, month: str) -> bool:
    kept = sa.select(SUM).where(S.office_id == office_id, S.month == month)
    found, wanted = (
        {tuple(row) for row in session.connection().execute(rows)} for rows in (kept, _sums(session, office_id, month))
    )
    return found == wanted
