"""The process that is killed: it records, sweeps, makes digests and delivers as the service does, in small batches."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from multiprocessing.synchronize import Event
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from notifiers.outbox import _place
from sla.app import App, Clock, build
from sla.settings import Settings
from sla.store import cases as store
from tests.crash import cast
from tests.crash.cast import accept
from tests.crash.points import Point, arm, die, replace

Mark = Callable[[], None]
CUT_OFF = 3  # the exit code of a node whose database is gone
GONE = (None, "57P01", "57P02", "57P03")  # no connection, or: shut down, crashed, not yet recovered
BATCH = 2  # cases a sweep step takes, and messages a delivery step: a kill leaves work on both sides of it


@dataclass(frozen=True)
class Work:
    """What a child does, and what befalls it where. `fault` breaks it on purpose, to see that the harness finds out."""

    database_url: str
    now: datetime
    point: Point | None = None
    nth: int = 1
    fault: str = ""
    befalls: Callable[[], object] = die


@dataclass(frozen=True)
class Befalls:
    """Something befalls the database when a node gets there, and the test hears of it."""

    there: Event
    what: Callable[[], object]

    def __call__(self) -> None:
        self.there.set()
        self.what()


@dataclass(frozen=True)
class Stall:
    """A node stands still until it is told to go on, longer than its leases: a slow disk, a suspended machine."""

    there: Event
    go_on: Event

    def __call__(self) -> None:
        self.there.set()
        self.go_on.wait(60)


def app_of(database_url: str, now: datetime) -> App:
    """The service as it stands, but for its time and the one host it may call."""
    settings = Settings(database_url=database_url, allowed_hosts=frozenset({"127.0.0.1"}))
    return build(settings, clock=Clock(now), checked=False)


def main(work: Work) -> None:
    """Do all there is to do at `work.now`, or die on the way."""
    os.environ[cast.SECRET_NAME] = cast.SECRET
    for name in ("sweep_some", "deliver_some"):
        replace(f"sla.app:{name}", lambda function: partial(function, limit=BATCH))
    if work.point:
        arm(work.point, work.nth, work.befalls)
    if work.fault:
        FAULTS[work.fault]()
    app = app_of(work.database_url, work.now)
    try:
        record_all(app) if work.now == cast.RECEIVED else settle_all(app)
    except sa.exc.DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in GONE:
            raise
        sys.exit(CUT_OFF)
    finally:
        app.close()


def settle_all(app: App) -> None:
    """All that the heartbeat does but for looking after the calendars, which takes a second and has its own test."""
    while app.sweep():
        pass
    app.digests()
    while app.deliver():
        pass


def record_all(app: App) -> None:
    """Receive and accept what is not there yet, an event a transaction."""
    for title in cast.TITLES:
        if title not in _cases(app):
            cast.receive(app, title)
        number, events = _cases(app)[title]
        if events == 1:
            accept(app, number)


def _cases(app: App) -> dict[str, tuple[str, int]]:
    """Number and length of the chain of each case, by its title."""
    with app.reading() as session:
        rows = session.connection().execute(sa.select(store.CASE))
        return {row.title: (row.number, row.head_seq) for row in rows}


# --- what is broken on purpose ---------------------------------------------------------------------------------------
def without_transaction() -> None:
    """Commit between marking alarms raised and enqueueing their messages, as if each were written on its own."""

    def around(enqueue: Callable[..., Any]) -> Callable[..., Any]:
        def torn(session: Any, rows: Any) -> Any:
            _commit(session)
            return enqueue(session, rows)

        return torn

    for module in ("rebuild", "raising"):
        replace(f"sla.service.{module}:enqueue", around)


def enqueued_first() -> None:
    """Enqueue and commit first, under keys that are new each time; mark the alarms raised in a second transaction."""
    marks: list[Mark] = []
    replace("sla.service.telling:message_key", lambda made: lambda *args: f"{made(*args)}/{uuid4().hex}")
    for name in ("cases:put_alarms", "cases:put_heads", "raising:put_raised"):
        replace(f"sla.store.{name}", lambda put: lambda session, rows: marks.append(partial(put, session, rows)))

    def around(enqueue: Callable[..., Any]) -> Callable[..., Any]:
        def torn(session: Any, rows: Any) -> Any:
            new = enqueue(session, rows)
            _commit(session)
            mark(marks)
            return new

        return torn

    for module in ("rebuild", "raising"):
        replace(f"sla.service.{module}:enqueue", around)


def mark(marks: list[Mark]) -> None:
    """The second of the two transactions that `enqueued_first` makes of one."""
    for write in marks:
        write()
    marks.clear()


def another_id() -> None:
    """Send under an id that is new on each try."""
    replace("notifiers.channels.webhook:webhook_id", lambda _: lambda key: f"msg_{uuid4().hex}")


def without_fence() -> None:
    """Settle whatever one holds, without asking whether it is still one's own."""

    def around(_: Callable[..., Any]) -> Callable[..., Any]:
        return lambda session, outcomes: {_place(outcome.claimed) for outcome in outcomes}

    replace("notifiers.outbox:_still_ours", around)


def _commit(session: Any) -> None:
    connection = session.connection()
    connection.exec_driver_sql("COMMIT")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


FAULTS: dict[str, Callable[[], None]] = {
    "without transaction": without_transaction,
    "enqueued first": enqueued_first,
    "another id": another_id,
    "without fence": without_fence,
}
