"""Looking for cases: by number, title, applicant, permit, handler, dates and how they stand, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sla.policies import Basis
from sla.service.lists import NEXT_DAYS
from sla.service.offices import Office
from sla.store import cases as store
from sla.store.engine import Session
from sla.store.lists import Wanted, each_matching, matching

__all__ = ["MOST_CASES", "STANDINGS", "Found", "Listed", "TooManyError", "Wanted", "every_case", "find_cases"]

STANDINGS = ("open", "overdue", "soon", "paused", "closed")
PAGE = 50
MOST_CASES = 100_000  # in one file
_FIRST = (Basis.PROMISE, Basis.STATUTE, Basis.STAGE, Basis.DUTY)  # the clock a case is listed with


@dataclass(frozen=True)
class Found:
    """A page of cases, the newest first, each with its head and the row of the clock it is listed with, None where none
    has begun. `more` continues behind them, "" at the end."""

    cases: Sequence[tuple[Any, Any]]
    more: str


@dataclass(frozen=True)
class Listed:
    """A case with the clock it is listed with, as on a page; `applicant` is "" unless it was asked for."""

    row: Any
    clock: Any
    applicant: str = ""


class TooManyError(Exception):
    """More than MOST_CASES match: a list that leaves some out without a word would be wrong."""


def find_cases(session: Session, office: Office, wanted: Wanted, now: datetime, after: str = "") -> Found:
    """A page of what matches, behind the case `after`, as `more` gave it. What is due is by the office's own day."""
    wanted = _of_day(office, wanted, now)
    rows = matching(session, office.id, wanted, _case_id(after), PAGE + 1)
    shown = rows[:PAGE]
    clocks = store.clocks_of(session, office.id, [row.case_id for row in shown]) if shown else {}
    return Found(
        [(row, _listed(clocks[row.case_id])) for row in shown], shown[-1].case_id.hex if len(rows) > PAGE else ""
    )


def every_case(
    session: Session, office: Office, wanted: Wanted, now: datetime, *, applicants: bool = False
) -> Iterator[Listed]:
    """All that match, the newest first, read one after the other while they are asked for. Raises TooManyError."""
    rows = each_matching(session, office.id, _of_day(office, wanted, now), MOST_CASES + 1, applicants=applicants)
    for count, (_, clocks) in enumerate(groupby(rows, key=lambda row: row.case_id), start=1):
        if count > MOST_CASES:
            raise TooManyError
        own = list(clocks)
        yield Listed(own[0], _listed(own), own[0].applicant or "")


def _of_day(office: Office, wanted: Wanted, now: datetime) -> Wanted:
    today = office.today(now)
    return replace(wanted, today=today, until=office.calendar.nth_working_day(today, NEXT_DAYS))


def _listed(clocks: Sequence[Any]) -> Any:
    begun = [clock for clock in clocks if clock.started_on]
    return min(begun, key=lambda clock: (not clock.open, _FIRST.index(Basis(clock.basis))), default=None)


def _case_id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
