"""Raised by the index, a case is written as a rebuild from its events would have written it: tried on lives at random.

At each sweep both ways are taken in one transaction, the first is rolled back, and what they left is compared.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from notifiers.outbox import MESSAGE
from sla.history import HistoryError
from sla.service import sweep
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.service.raising import raise_due
from sla.service.rebuild import rebuild
from sla.store import cases as store
from sla.store.engine import Session
from tests.service.cast import Window

PERMITS = ("site_selection", "land_use", "construction_works", "planning_condition_notice")
GROUNDS = ("expert_review", "public_notice", "hearing")
KINDS = ("received", "decided", "paused", "resumed", "reassigned", "voided", "withdrawn")
STAFF = ("li", "chen", "wang")
FIRST, DAYS = date(2026, 9, 7), 40  # over the holidays of the autumn and their make-up days
HOURS = ("07:10", "09:00", "10:20", "16:10", "18:40")  # before, within and after the message window


class Both:
    """Takes every due case both ways and compares; counts how many the index could raise."""

    def __init__(self) -> None:
        self.ways: Counter[str] = Counter()

    def __call__(self, session: Session, office: Office, rows: list[Any], now: Any) -> list[Any]:
        with _undone(session):
            rebuild(session, office, rows, now)
            rebuilt = _written(session, office)
        left = raise_due(session, office, rows, now)
        rebuild(session, office, left, now)
        assert _written(session, office) == rebuilt
        self.ways.update(index=len(rows) - len(left), rebuild=len(left))
        return []


@contextmanager
def _undone(session: Session) -> Iterator[None]:
    connection = session.connection()
    connection.exec_driver_sql("SAVEPOINT before")
    yield
    connection.exec_driver_sql("ROLLBACK TO SAVEPOINT before")


def _written(session: Session, office: Office) -> dict[str, list[tuple[Any, ...]]]:
    """Heads, clocks, alarms and messages, but for the ids and the order that differ each time."""
    connection = session.connection()
    leader = MESSAGE.alias()
    of_leader = sa.and_(leader.c.office_id == MESSAGE.c.office_id, leader.c.id == MESSAGE.c.bundle_id)
    own = [column for column in MESSAGE.c if column.name not in ("id", "bundle_id")]
    messages = sa.select(*own, leader.c.key).select_from(MESSAGE.outerjoin(leader, of_leader))
    tables = [sa.select(table) for table in (store.CASE, store.CLOCK, store.ALARM)]
    names = ("case_file", "clock", "alarm", "message")
    read = (map(tuple, connection.execute(statement)) for statement in (*tables, messages))
    return {name: sorted(rows, key=repr) for name, rows in zip(names, read, strict=True)}


@pytest.mark.parametrize("seed", (1, 2))
def test_both_ways_leave_the_same(window: Window, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    both, chance = Both(), Random(seed)
    monkeypatch.setattr(sweep, "raise_due", both)
    numbers: list[str] = []
    for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
        for hour in chance.sample(HOURS, 2):
            window.at(f"{day} {hour}")
            for _ in range(chance.randint(0, 2)):
                numbers += _happen(window, chance, numbers, day)
            if day.day % 10 > 6:
                continue  # for three days nothing runs
            while window.app.sweep():
                pass
            if chance.random() < 0.7:  # at times nothing is sent
                while window.app.deliver():
                    pass
    assert both.ways["index"] > 10
    assert both.ways["rebuild"] > 10
    assert {row.kind for row in window.rows("case_event")} >= {*KINDS, "accepted"}


def _happen(window: Window, chance: Random, numbers: list[str], day: date) -> list[str]:
    """One thing that a clerk does, or enters days later; what the rules forbid is refused, and nothing happened."""
    on = f"{day - timedelta(days=chance.randint(1, 3))}" if chance.random() < 0.3 else ""
    number = chance.choice(numbers[-25:]) if numbers else ""
    kind = chance.choices(KINDS, (8, 3, 4, 9, 1, 1, 1))[0]
    with suppress(ServiceError, HistoryError):
        if kind == "received" or not number:
            return [window.receive(chance.choice(PERMITS), handler=chance.choice(STAFF), accept=chance.random() < 0.8)]
        if kind == "decided":
            window.finish(number, on)
        elif kind == "paused":
            window.record(number, "paused", on, ground=chance.choice(GROUNDS))
        elif kind == "resumed":
            window.record(number, "resumed", on)
        elif kind == "reassigned":
            window.record(number, "reassigned", handler=chance.choice(STAFF), reason="leave")
        elif kind == "withdrawn":
            window.record(number, "withdrawn")
        elif kind == "voided":
            window.void(number, window.history(number).events[-1].seq)
    return []
