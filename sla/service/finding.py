"""Looking for cases: by number, title, applicant, permit, handler, dates, how they stand and by light, a page at a
time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sla.clock import Light
from sla.policies import Basis
from sla.service.lists import NEXT_DAYS
from sla.service.offices import Office
from sla.store import cases as store
from sla.store.engine import Session
from sla.store.finding import Place, Wanted, matching, search

__all__ = ["LIGHTS", "STANDINGS", "Found", "Wanted", "find_cases", "found_cases", "is_number", "light_now"]

STANDINGS = ("open", "overdue", "soon", "paused", "closed")
LIGHTS = (Light.RED, Light.YELLOW, Light.GREEN)
PAGE = 50
_FIRST = (Basis.PROMISE, Basis.STATUTE, Basis.STAGE, Basis.DUTY)  # the clock a case is listed with


@dataclass(frozen=True)
class Found:
    """A page of cases, the newest first, each with its head, the row of the clock it is listed with, None where none
    has begun, and its light, None where nothing runs. `more` continues behind them, "" at the end."""

    cases: Sequence[tuple[Any, Any, Light | None]]
    more: str


def find_cases(session: Session, office: Office, wanted: Wanted, now: datetime, after: str = "") -> Found:
    """A page of what matches, behind the case `after`, as `more` gave it. What is due is by the office's own day."""
    today = office.today(now)
    wanted = replace(wanted, now=now, today=today, until=office.calendar.nth_working_day(today, NEXT_DAYS))
    rows = matching(session, office.id, wanted, _place(after), PAGE + 1)
    shown = rows[:PAGE]
    clocks = store.clocks_of(session, office.id, [row.case_id for row in shown]) if shown else {}
    found = [(row, _listed(clocks[row.case_id]), light_now(clocks[row.case_id], now, today)) for row in shown]
    return Found(found, f"{shown[-1].received_on}_{shown[-1].case_id.hex}" if len(rows) > PAGE else "")


def found_cases(session: Session, office: Office, text: str, limit: int = 200) -> list[Any]:
    """Cases whose number or title holds the text, the newest first."""
    return search(session, office.id, text, limit)


def is_number(session: Session, office: Office, number: str) -> bool:
    """Whether a case has just this number."""
    return store.case_numbered(session, office.id, number) is not None


def light_now(clocks: Sequence[Any], now: datetime, today: date) -> Light | None:
    """The gravest light of the open clocks of a case that run, by their rows; None where none does."""
    running = [clock for clock in clocks if clock.open and clock.due_on]
    if any(clock.due_on < today or clock.due_at < now for clock in running):
        return Light.RED
    if any(clock.yellow_at and clock.yellow_at <= now for clock in running):
        return Light.YELLOW
    return Light.GREEN if running else None


def _listed(clocks: Sequence[Any]) -> Any:
    begun = [clock for clock in clocks if clock.started_on]
    return min(begun, key=lambda clock: (not clock.open, _FIRST.index(Basis(clock.basis))), default=None)


def _place(text: str) -> Place | None:
    """What `more` says; from the beginning for anything else."""
    day, _, case_id = text.partition("_")
    try:
        return date.fromisoformat(day), UUID(case_id)
    except ValueError:
        return None
