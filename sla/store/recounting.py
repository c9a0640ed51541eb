"""The stopped clocks of a report of which all that matters is stored, read one after the other; and the cases of the
others, and of those that are open, whose events have to be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from sla.policies import Basis
from sla.reports import Scope
from sla.store.cases import CASE, CLOCK, EVENT
from sla.store.reports import AT_ONCE, open_of, stopped_of

C, STATUTE = CLOCK.c, CLOCK.alias("statute")
S = STATUTE.c


@dataclass(frozen=True)
class Plain:
    """Which clocks are told by what is stored: of these policies (id, version, permit), counted by these calendars,
    begun on none of the days `off`, in cases without any of these events."""

    policies: Sequence[tuple[str, int, str]]
    calendars: Sequence[str]
    off: Sequence[date]
    without: Sequence[str]

    def condition(self) -> sa.ColumnElement[bool]:
        here = (EVENT.c.office_id == C.office_id, EVENT.c.case_id == C.case_id, EVENT.c.kind.in_(self.without))
        told = sa.select(sa.literal(1)).select_from(EVENT).where(*here).correlate(CLOCK).exists()
        followed = sa.tuple_(CASE.c.policy_id, CASE.c.policy_version, C.permit).in_(self.policies)
        whole = (CASE.c.deemed_on.is_(None), CASE.c.broken == "", C.due_on.is_not(None), followed)
        capped = sa.or_(S.started_on.is_(None), self._as_ruled(S))
        return sa.and_(*whole, self._as_ruled(C), capped, ~told)

    def _as_ruled(self, of: Any) -> sa.ColumnElement[bool]:
        """Not extended, by a known calendar, and begun on a day that stays as it was."""
        return sa.and_(
            of.amount == of.rule_amount, of.calendar_version.in_(self.calendars), of.started_on.not_in(self.off)
        )


def how_many(session: Session, office_id: UUID, scope: Scope) -> tuple[int, int]:
    """How many cases a simulation of the scope goes through, and how many of them have an open clock."""
    stopped, still = (
        sa.select(C.case_id).where(*these) for these in (stopped_of(office_id, scope), open_of(office_id, scope))
    )
    counts = (
        sa.select(sa.func.count()).select_from(these.subquery()) for these in (stopped.union(still), still.distinct())
    )
    every, still_open = (session.connection().execute(count).scalar_one() for count in counts)
    return every, still_open


def each_plain(session: Session, office_id: UUID, scope: Scope, plain: Plain) -> Iterator[Sequence[Any]]:
    """The plain ones, with their statute's beginning where they are promises."""
    columns = (
        CASE.c.number, CASE.c.policy_id, CASE.c.policy_version, C.permit, C.handler, C.started_on, C.calendar_version,
        C.due_on, C.stopped_on, C.state, S.started_on.label("since"), S.calendar_version.label("since_version"),
    )  # fmt: skip
    statement = sa.select(*columns).select_from(_joined(scope)).where(*stopped_of(office_id, scope), plain.condition())
    yield from session.connection().execute(statement.execution_options(yield_per=AT_ONCE))


def others(
    session: Session, office_id: UUID, scope: Scope, plain: Plain | None, after: UUID | None, n: int
) -> list[UUID]:
    """The cases that have a clock of the scope which is not plain, or still open, `n` at most, by their ids."""
    behind = () if after is None else (C.case_id > after,)
    stopped = sa.select(C.case_id).where(*stopped_of(office_id, scope), *behind)
    if plain is not None:
        unlike = sa.case((plain.condition(), 0), else_=1) == 1  # what is neither, is none
        stopped = stopped.select_from(_joined(scope)).where(unlike)
    cases = sa.union(stopped, sa.select(C.case_id).where(*open_of(office_id, scope), *behind)).subquery()
    statement = sa.select(cases.c.case_id).order_by(cases.c.case_id).limit(n)
    return list(session.connection().execute(statement).scalars())


def _joined(scope: Scope) -> sa.FromClause:
    caps = (S.office_id == C.office_id, S.case_id == C.case_id, S.basis == Basis.STATUTE.value)
    own = CLOCK.join(CASE, sa.and_(C.office_id == CASE.c.office_id, C.case_id == CASE.c.case_id))
    return own.outerjoin(STATUTE, sa.and_(*caps, sa.literal(scope.basis is Basis.PROMISE)))
