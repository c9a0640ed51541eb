"""Looking for cases: by number, title, applicant, permit, handler, dates, how they stand and by light, a page at a
time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sla.clock import Light
from sla.policies import FOREMOST, Basis
from sla.service.lists import NEXT_DAYS
from sla.service.offices import Office
from sla.store import cases as store
from sla.store.engine import Session
from sla.store.finding import Place, Wanted, each_matching, matching, search

__all__ = [
    "LIGHTS", "MOST_CASES", "STANDINGS", "Found", "Listed", "TooManyError", "Wanted", "every_case", "find_cases",
    "found_cases", "is_number", "is_past", "is_place", "light_now",
]  # fmt: skip

STANDINGS = ("open", "overdue", "soon", "paused", "closed")
LIGHTS = (Light.RED, Light.YELLOW, Light.GREEN)
PAGE = 50
MOST_CASES = 100_000  # in one file


@dataclass(frozen=True)
class Found:
    """A page of cases in the order of their list, each with its head, the row of the clock it is listed with, None
    where none has begun, and its light, None where nothing runs. `more` continues behind them, "" at the end."""

    cases: Sequence[tuple[Any, Any, Light | None]]
    more: str


@dataclass(frozen=True)
class Listed:
    """A case with the clock it is listed with, as on a page; `applicant` is "" unless it was asked for."""

    row: Any
    clock: Any
    applicant: str = ""


class TooManyError(Exception):
    """More than MOST_CASES match: a list that leaves some out without a word would be wrong."""


def find_cases(
    session: Session, office: Office, wanted: Wanted, now: datetime, after: str = "", limit: int = PAGE
) -> Found:
    """A page of what matches, behind the case `after`, as `more` gave it. What is due is by the office's own day."""
    wanted = _of_day(office, wanted, now)
    rows = matching(session, office.id, wanted, _place(after), limit + 1)
    shown = rows[:limit]
    clocks = store.clocks_of(session, office.id, [row.case_id for row in shown]) if shown else {}
    found = [(row, _listed(clocks[row.case_id]), light_now(clocks[row.case_id], now, wanted.today)) for row in shown]
    return Found(found, f"{shown[-1].placed_on}_{shown[-1].case_id.hex}" if len(rows) > limit else "")


def found_cases(session: Session, office: Office, text: str, limit: int = 200) -> list[Any]:
    """Cases whose number or title holds the text, the newest first."""
    return search(session, office.id, text, limit)


def is_number(session: Session, office: Office, number: str) -> bool:
    """Whether a case has just this number."""
    return store.case_numbered(session, office.id, number) is not None


def is_past(clock: Any, now: datetime, today: date) -> bool:
    """Whether an open clock, by its row, is overdue: a limit in hours on its own day, once its moment is past."""
    return bool(clock.open and clock.due_on and (clock.due_on < today or clock.due_at < now))


def light_now(clocks: Sequence[Any], now: datetime, today: date) -> Light | None:
    """The gravest light of the open clocks of a case that run, by their rows; None where none does."""
    running = [clock for clock in clocks if clock.open and clock.due_on]
    if any(is_past(clock, now, today) for clock in running):
        return Light.RED
    if any(clock.yellow_at and clock.yellow_at <= now for clock in running):
        return Light.YELLOW
    return Light.GREEN if running else None


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
    return replace(wanted, now=now, today=today, until=office.calendar.nth_working_day(today, NEXT_DAYS))


def _listed(clocks: Sequence[Any]) -> Any:
    begun = [clock for clock in clocks if clock.started_on]
    return min(begun, key=lambda clock: (not clock.open, FOREMOST.index(Basis(clock.basis))), default=None)


def is_place(text: str) -> bool:
    """Whether this is what `more` says."""
    return _place(text) is not None


def _place(text: str) -> Place | None:
    """What `more` says; from the beginning for anything else."""
    day, _, case_id = text.partition("_")
    try:
        return date.fromisoformat(day), UUID(case_id)
    except ValueError:
        return None
