"""Today: how many clocks stand in each list of a day, from their index, and the first of each, read from their events.

The index is as the sweep left it; which list a clock stands in, the moment that is handed in decides. What is shown of
a clock is always read anew from its case's events (R20): of as many cases as are shown, however many there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sla.clock import Clock
from sla.history import History, expected_end
from sla.messages import CaseCard
from sla.service.lists import NEXT_DAYS, card, permit_names
from sla.service.offices import Office
from sla.service.recent import recent_histories
from sla.store import board as store
from sla.store.board import LISTS, RESTING, Day
from sla.store.engine import Session

__all__ = ["FIRST", "LISTS", "PAGE", "RESTING", "Board", "Item", "board", "day_of"]

FIRST = 25  # shown of each list of the day
PAGE = 50  # of one list, at a time


@dataclass(frozen=True)
class Item:
    """One clock of a list. `resume_by`: when its pause was expected to end."""

    case_id: UUID
    case: CaseCard
    clock: Clock
    resume_by: date | None


@dataclass(frozen=True)
class Board:
    """What a day holds. `counts` are of whole lists, and of what rests; `lists` a part of each that was asked for."""

    day: date
    counts: Mapping[str, int]
    lists: Mapping[str, Sequence[Item]]


def board(session: Session, office: Office, now: datetime, handler: str = "", only: str = "", number: int = 1) -> Board:
    """The day of one handler or of everybody: the first of each list, or of `only` one the page of a number."""
    day = day_of(office, now, handler)
    if only:
        rows = store.listed(session, day, [only], PAGE, PAGE * (number - 1))
    else:
        rows = store.listed(session, day, LISTS, FIRST)
    return Board(day.today, store.counted(session, day), items_of(session, office, rows, now))


def items_of(
    session: Session, office: Office, rows: Mapping[str, Sequence[Any]], now: datetime
) -> dict[str, tuple[Item, ...]]:
    """The items of the rows of some lists; a case that cannot be read is left out."""
    ids = dict.fromkeys(row.case_id for several in rows.values() for row in several)
    permits = permit_names(office)
    read = recent_histories(session, office, tuple(ids), now)
    cards = {case_id: card(office, row, permits) for case_id, (row, _) in read.items()}
    return {
        name: tuple(_item(cards[row.case_id], row, read[row.case_id][1]) for row in several if row.case_id in read)
        for name, several in rows.items()
    }


def day_of(office: Office, now: datetime, handler: str = "") -> Day:
    """What separates the lists of an office at a moment."""
    calendar, today = office.calendar, office.today(now)
    until = calendar.nth_working_day(today, NEXT_DAYS)
    counted = today if calendar.is_working_day(today) else calendar.nth_working_day(today, -1)
    patience = calendar.nth_working_day(counted, -office.patience)
    return Day(office.id, now, today, until, patience, handler)


def _item(case: CaseCard, row: Any, history: History) -> Item:
    clock = history.clock(row.clock_id)
    return Item(row.case_id, case, clock, expected_end(history, clock) if clock.if_resumed else None)
