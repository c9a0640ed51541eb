"""Looking for cases: by number, title, applicant, permit, handler, dates and how they stand, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sla.policies import Basis
from sla.service.lists import NEXT_DAYS
from sla.service.offices import Office
from sla.store import cases as store
from sla.store.engine import Session
from sla.store.lists import Wanted, matching

__all__ = ["STANDINGS", "Found", "Wanted", "find_cases"]

STANDINGS = ("open", "overdue", "soon", "paused", "closed")
PAGE = 50
_FIRST = (Basis.PROMISE, Basis.STATUTE, Basis.STAGE, Basis.DUTY)  # the clock a case is listed with


@dataclass(frozen=True)
class Found:
    """A page of cases, the newest first, each with its head and the row of the clock it is listed with, None where none
    has begun. `more` continues behind them, "" at the end."""

    cases: Sequence[tuple[Any, Any]]
    more: str


def find_cases(
    session: Session, office: Office, wanted: Wanted, now: datetime, after: str = "", limit: int = PAGE
) -> Found:
    """A page of what matches, behind the case `after`, as `more` gave it. What is due is by the office's own day."""
    today = office.today(now)
    wanted = replace(wanted, today=today, until=office.calendar.nth_working_day(today, NEXT_DAYS))
    rows = matching(session, office.id, wanted, _case_id(after), limit + 1)
    shown = rows[:limit]
    clocks = store.clocks_of(session, office.id, [row.case_id for row in shown]) if shown else {}
    return Found(
        [(row, _listed(clocks[row.case_id])) for row in shown], shown[-1].case_id.hex if len(rows) > limit else ""
    )


def _listed(clocks: Sequence[Any]) -> Any:
    begun = [clock for clock in clocks if clock.started_on]
    return min(begun, key=lambda clock: (not clock.open, _FIRST.index(Basis(clock.basis))), default=None)


def _case_id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
