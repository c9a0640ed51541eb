"""What a day holds, from the index of open clocks: how many stand in each list, and a part of each in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from sla.store.cases import CLOCK, IS_OPEN, Row, past_due

LISTS = ("overdue", "due_today", "next_days", "paused", "awaiting")
RESTING = "resting"  # paused, and not too long

_AWAITING: sa.ColumnElement[bool] = sa.literal_column("clock.awaiting")  # as its index says it
_ORDER = (CLOCK.c.due_on, CLOCK.c.due_at, CLOCK.c.case_id, CLOCK.c.clock_id)
_ORDER_OF_PAUSED = (CLOCK.c.paused_on, CLOCK.c.case_id, CLOCK.c.clock_id)


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


def counted(session: Session, day: Day) -> dict[str, int]:
    """How many clocks stand in each of the lists, and how many rest; one statement, whatever they hold."""
    counts = (
        sa.select(sa.func.count()).select_from(CLOCK).where(where).scalar_subquery().label(name)
        for name, where in _lists(day).items()
    )
    return dict(session.connection().execute(sa.select(*counts)).mappings().one())


def listed(session: Session, day: Day, names: Sequence[str], limit: int, skip: int = 0) -> dict[str, list[Row]]:
    """The case and the clock of the first of each list, behind those to `skip`: the earliest due first, of paused
    ones the longest paused; one statement, whatever they hold."""
    lists = _lists(day)
    parts = [_part(name, lists[name], limit, skip) for name in names]
    found: dict[str, list[Row]] = {name: [] for name in names}
    for row in session.connection().execute(sa.union_all(*parts).order_by("list", "place")):
        found[LISTS[row.list]].append(row)
    return found


def _part(name: str, where: sa.ColumnElement[bool], limit: int, skip: int) -> sa.Select[Any]:
    order = _ORDER_OF_PAUSED if name == "paused" else _ORDER
    keys = sa.select(*order).where(where).order_by(*order).limit(limit).offset(skip).subquery(f"of_{name}")
    place = sa.func.row_number().over(order_by=list(keys.c)).label("place")
    listed: sa.Label[int] = sa.literal_column(str(LISTS.index(name)), sa.Integer).label("list")
    return sa.select(listed, place, keys.c.case_id, keys.c.clock_id)


def _lists(day: Day) -> Mapping[str, sa.ColumnElement[bool]]:
    """What is true of the clocks of each list."""
    due_on, due_at = CLOCK.c.due_on, CLOCK.c.due_at
    mine = [CLOCK.c.office_id == day.office_id, *([CLOCK.c.handler == day.handler] if day.handler else [])]
    is_open = sa.and_(*mine, IS_OPEN)
    too_long = sa.or_(CLOCK.c.resume_by < day.today, CLOCK.c.paused_on < day.patience)
    paused = sa.and_(*mine, CLOCK.c.paused_on.is_not(None))
    return {
        "overdue": sa.and_(is_open, past_due(day.today, day.now)),
        "due_today": sa.and_(is_open, due_on == day.today, due_at >= day.now),
        "next_days": sa.and_(is_open, due_on > day.today, due_on <= day.until),
        "paused": sa.and_(paused, too_long),
        "awaiting": sa.and_(*mine, _AWAITING, due_on > day.until),
        RESTING: sa.and_(paused, sa.func.coalesce(too_long, sa.false()).is_(False)),
    }
