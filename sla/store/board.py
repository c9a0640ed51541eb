"""What a day holds, from the index of open clocks: how many stand in each list, and a part of each in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from sla.store.cases import CLOCK, IS_OPEN, Row, past_due

LISTS = ("overdue", "due_today", "next_days", "paused", "awaiting")
RESTING = "resting"  # paused, and not too long
EVERY_PAUSE = "every_pause"  # paused, however long
AGAIN = "paused_again"  # on the day they had been resumed (R10)
_NAMES = (*LISTS, EVERY_PAUSE, AGAIN)

_AWAITING: sa.ColumnElement[bool] = sa.literal_column("clock.awaiting")  # as its index says it
_ORDER = (CLOCK.c.due_on, CLOCK.c.due_at, CLOCK.c.case_id, CLOCK.c.clock_id)
_ORDER_OF_PAUSED = (CLOCK.c.paused_on, CLOCK.c.case_id, CLOCK.c.clock_id)
_ORDERS = {
    "paused": _ORDER_OF_PAUSED,
    EVERY_PAUSE: _ORDER_OF_PAUSED,
    AGAIN: (CLOCK.c.paused_again_on, CLOCK.c.case_id, CLOCK.c.clock_id),
}


@dataclass(frozen=True)
class Day:
    """A day of an office, of one handler or of all (""). `until` is the last day that is looked ahead to; a clock that
    is paused since before `patience` is paused too long."""

    office_id: UUID
    now: datetime
    today: date
    until: date
    patience: date
    handler: str = ""


@dataclass(frozen=True)
class Place:
    """A clock's place in the order of a list; `at` is None where the list goes by days only."""

    on: date
    at: datetime | None
    case_id: UUID
    clock_id: str


def counted(session: Session, day: Day, names: Sequence[str] = (*LISTS, RESTING)) -> dict[str, int]:
    """How many clocks stand in each of the lists, and how many rest; one statement, whatever they hold."""
    return dict(session.connection().execute(_counts(tuple(names), bool(day.handler)), _given(day)).mappings().one())


def listed(
    session: Session, day: Day, names: Sequence[str], limit: int, skip: int = 0, after: Place | None = None
) -> dict[str, list[Row]]:
    """The case and the clock of the first of each list, behind those to `skip` or the place `after`, with their places:
    the earliest due first, of paused ones the longest paused; one statement, whatever they hold."""
    found: dict[str, list[Row]] = {name: [] for name in names}
    part = {**_given(day), "limit": limit, "skip": skip}
    if after:
        part |= {"after_on": after.on, "after_at": after.at, "after_case": after.case_id, "after_clock": after.clock_id}
    for row in session.connection().execute(_parts(tuple(names), bool(day.handler), after is not None), part):
        found[_NAMES[row.list]].append(row)
    return found


def place_of(row: Row) -> Place:
    """Where a row of `listed` stands."""
    return Place(row.placed_on, row.placed_at, row.case_id, row.clock_id)


def _given(day: Day) -> Mapping[str, Any]:
    """What the statements are asked with; they are made once."""
    handler = {"handler": day.handler} if day.handler else {}
    return {
        "office_id": day.office_id, "now": day.now, "today": day.today, "until": day.until, "patience": day.patience,
        **handler,
    }  # fmt: skip


@lru_cache(maxsize=8)
def _counts(names: Sequence[str], of_handler: bool) -> sa.Select[Any]:
    lists = _lists(of_handler)
    return sa.select(
        *(
            sa.select(sa.func.count()).select_from(CLOCK).where(lists[name]).scalar_subquery().label(name)
            for name in names
        )
    )


@lru_cache(maxsize=64)
def _parts(names: Sequence[str], of_handler: bool, behind: bool) -> sa.CompoundSelect[Any]:
    lists = _lists(of_handler)
    return sa.union_all(*(_part(name, lists[name], behind) for name in names)).order_by("list", "place")


def _part(name: str, where: sa.ColumnElement[bool], behind: bool) -> sa.Select[Any]:
    order: Sequence[sa.Column[Any]] = _ORDERS.get(name, _ORDER)
    limit, skip = sa.bindparam("limit", type_=sa.Integer), sa.bindparam("skip", type_=sa.Integer)
    chosen = sa.select(*order).where(where, _is_behind(order)) if behind else sa.select(*order).where(where)
    keys = chosen.order_by(*order).limit(limit).offset(skip).subquery(f"of_{name}")
    place = sa.func.row_number().over(order_by=list(keys.c)).label("place")
    number: sa.Label[int] = sa.literal_column(str(_NAMES.index(name)), sa.Integer).label("list")
    at = keys.c.due_at if order is _ORDER else sa.cast(sa.null(), CLOCK.c.due_at.type)
    on, moment = keys.c[order[0].name].label("placed_on"), at.label("placed_at")
    return sa.select(number, place, keys.c.case_id, keys.c.clock_id, on, moment)


def _is_behind(order: Sequence[sa.Column[Any]]) -> sa.ColumnElement[bool]:
    names = ("on", "at", "case", "clock") if order is _ORDER else ("on", "case", "clock")
    place = [
        sa.bindparam(f"after_{name}", type_=column.type) for name, column in zip(names, order, strict=True)
    ]  # fmt: skip
    return sa.tuple_(*order) > sa.tuple_(*place)


def _lists(of_handler: bool) -> Mapping[str, sa.ColumnElement[bool]]:
    """What is true of the clocks of each list, of one handler or of all."""
    due_on, due_at = CLOCK.c.due_on, CLOCK.c.due_at
    today, until = sa.bindparam("today", type_=sa.Date), sa.bindparam("until", type_=sa.Date)
    now, patience = sa.bindparam("now", type_=due_at.type), sa.bindparam("patience", type_=sa.Date)
    mine: list[sa.ColumnElement[bool]] = [CLOCK.c.office_id == sa.bindparam("office_id", type_=CLOCK.c.office_id.type)]
    if of_handler:
        mine.append(CLOCK.c.handler == sa.bindparam("handler", type_=sa.Text))
    is_open = sa.and_(*mine, IS_OPEN)
    too_long = sa.or_(CLOCK.c.resume_by < today, CLOCK.c.paused_on < patience)
    paused = sa.and_(*mine, CLOCK.c.paused_on.is_not(None))
    return {
        "overdue": sa.and_(is_open, past_due(today, now)),
        "due_today": sa.and_(is_open, due_on == today, due_at >= now),
        "next_days": sa.and_(is_open, due_on > today, due_on <= until),
        "paused": sa.and_(paused, too_long),
        "awaiting": sa.and_(*mine, _AWAITING, due_on > until),
        RESTING: sa.and_(paused, sa.func.coalesce(too_long, sa.false()).is_(False)),
        EVERY_PAUSE: paused,
        AGAIN: sa.and_(is_open, CLOCK.c.paused_again_on.is_not(None)),
    }
