"""Raising reminders: by one process, one case at a time, and by two and four processes together on one PostgreSQL."""

import multiprocessing
import time
from contextlib import closing
from multiprocessing.synchronize import Barrier
from typing import Any

import sqlalchemy as sa

from notifiers.outbox import MESSAGE
from sla.app import App, Clock, build
from sla.service.sweep import sweep_some
from sla.settings import Settings
from tests.bench.backlog import OFFICES, at, backlog
from tests.bench.database import server
from tests.bench.table import Row, Table, duration, times_faster
from tests.databases import copied_database, new_database

PENDING, DUE, SINGLY = 200_000, 10_000, 500
LEAST = 3_000  # alarms a second
SPAWN = multiprocessing.get_context("spawn")


def run(share: float = 1) -> Table:
    """Each alarm is checked against its clock under its case's lock, marked, and its message enqueued.

    Every figure is made on a copy of one database. The processor's time is that of the processes, without PostgreSQL's.
    """
    due, singly = round(DUE * share), round(SINGLY * share)
    rows: list[Row] = []
    with server() as address, new_database(address) as filled:
        with backlog(filled, round(PENDING * share), due) as app:
            app.clock.fixed = at("09-21T09:00")
            while app.sweep():
                pass
        one = _nodes(address, filled, due, 1)
        rows.append(_rate("one process", one, due, LEAST))
        rows.append(_one_by_one(address, filled, singly, one[0] / due))
        for processes in (2, 4) if share == 1 else (2,):
            rows.append(_together(processes, _nodes(address, filled, due, processes), due, one[0]))
    return Table("Nodes", rows)


def _rate(who: str, took: tuple[float, float], due: int, bar: float) -> Row:
    rate, cpu = due / took[0], took[1] / due * 10_000
    what = f"PostgreSQL: {due:,} reminders raised by {who}, {cpu:.1f} s of processor time for 10,000"
    return Row(what, f"{rate:,.0f}/s", "–", f"{rate:,.0f}/s", f">= {bar:,.0f}/s", rate >= bar)


def _together(processes: int, took: tuple[float, float], due: int, alone: float) -> Row:
    cpu = took[1] / due * 10_000
    what = f"PostgreSQL: the same by {processes} processes, {cpu:.1f} s of processor time for 10,000"
    fast = took[0] <= alone
    return Row(what, duration(took[0]), duration(alone), f"{due / took[0]:,.0f}/s", "not slower than one", fast)


def _one_by_one(address: str, filled: str, count: int, each: float) -> Row:
    """The same check, a transaction for each case: what a loop over due rows would do."""
    with copied_database(address, filled) as url, _app(url) as app:
        _warm(app)
        begun = time.perf_counter()
        for _ in range(count):
            with app.writing() as session:
                sweep_some(session, at("09-22T09:00"), 1)
        singly = (time.perf_counter() - begun) / count
        if _enqueued(app) != OFFICES + count:
            raise AssertionError("not each of them was raised: the time means nothing")
    return times_faster("a reminder, against one case a transaction", each, singly, 3)


def _nodes(address: str, filled: str, due: int, processes: int) -> tuple[float, float]:
    """How long it takes them together to raise all that is due, and their processor time, in seconds."""
    with copied_database(address, filled) as url:
        start, told = SPAWN.Barrier(processes + 1), SPAWN.SimpleQueue()
        nodes = [SPAWN.Process(target=_node, args=(url, start, told), daemon=True) for _ in range(processes)]
        for node in nodes:
            node.start()
        start.wait()
        begun = time.perf_counter()
        cpu: list[float] = [told.get() for _ in nodes]
        took = time.perf_counter() - begun
        for node in nodes:
            node.join()
        with _app(url) as app:
            if _enqueued(app) != OFFICES + due:
                raise AssertionError(f"{_enqueued(app)} messages, not {OFFICES + due}: the time means nothing")
    return took, sum(cpu)


def _node(url: str, start: Barrier, told: Any) -> None:
    with _app(url) as app:
        _warm(app)
        start.wait()
        before = time.process_time()
        while app.sweep():
            pass
        told.put(time.process_time() - before)


def _warm(app: App) -> None:
    """A service that runs is warm, and has nothing left to do of what came before."""
    app.clock.fixed = at("09-22T08:59")
    while app.sweep():
        pass
    app.clock.fixed = at("09-22T09:00")


def _app(url: str) -> closing[App]:
    """The service on a database, closed when it is done."""
    return closing(build(Settings(database_url=url), clock=Clock(at("09-22T09:00")), checked=False))


def _enqueued(app: App) -> int:
    with app.reading() as session:
        count: int = session.connection().execute(sa.select(sa.func.count()).select_from(MESSAGE)).scalar_one()
    return count
