"""The sweep over a million pending alarms: with nothing due, and with a thousand due at once, on both databases."""

from collections.abc import Iterator
from datetime import datetime
from time import perf_counter

import sqlalchemy as sa

from notifiers.outbox import MESSAGE
from sla.app import App
from tests.bench.backlog import OFFICES, at, backlog
from tests.bench.database import each_database
from tests.bench.table import Row, Table, at_most, median_seconds

PENDING, DUE, ROUNDS = 1_000_000, 1_000, 200


def run(share: float = 1) -> Table:
    """An idle sweep reads one index entry; a due case is locked, rebuilt from its events, marked and enqueued."""
    return Table("Sweep", [row for name, url in each_database() for row in _on(name, url, share)])


def _on(name: str, database_url: str, share: float) -> Iterator[Row]:
    pending, due = round(PENDING * share), round(DUE * share)
    with backlog(database_url, pending, due) as app:
        _swept(app, at("09-21T09:00"), messages=OFFICES)  # a service that has run for a day is warm
        app.clock.fixed = at("09-22T08:59")
        idle = median_seconds(app.sweep, round(ROUNDS * share))
        yield at_most(f"{name}: a sweep with {pending:,} pending alarms and none due", idle, 0.005)
        # T-1 tells the handler; overdue, at 24:00 of 09-23, tells handler and chief, so there are two messages a case.
        reminded = _swept(app, at("09-22T09:00"), messages=due)
        yield at_most(f"{name}: {due:,} due of {pending:,} raised, re-checked and enqueued", reminded, 1)
        _swept(app, at("09-23T08:30"), messages=2 * OFFICES)  # the digest's; of the case ahead it is overdue
        overdue = _swept(app, at("09-24T08:30"), messages=2 * due + OFFICES)  # and +1 of the case ahead
        yield at_most(f"{name}: {due:,} overdue, told to two people each", overdue, 1)


def _swept(app: App, now: datetime, messages: int) -> float:
    """How long it takes until nothing is due, in seconds; it must have put so many messages in the outbox."""
    before = _enqueued(app)
    app.clock.fixed = now
    begun = perf_counter()
    while app.sweep():
        pass
    took = perf_counter() - begun
    if _enqueued(app) - before != messages:
        raise AssertionError(f"{_enqueued(app) - before} messages, not {messages}: the time means nothing")
    return took


def _enqueued(app: App) -> int:
    with app.reading() as session:
        count: int = session.connection().execute(sa.select(sa.func.count()).select_from(MESSAGE)).scalar_one()
    return count
