"""PostgreSQL wakes the nodes when a message is due at once; without its word they find it by looking."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from notifiers import outbox
from notifiers.outbox import enqueue
from schedules.jobs import Job
from schedules.scheduler import Heartbeat
from sla.store.engine import Engine, engine_of, writing
from sla.store.wakes import listen
from sla.waking import Wakeful
from tests.databases import new_database
from tests.notifiers.cast import NOW, entry

LONG = 20.0  # seconds until a test gives up waiting for what comes at once


@pytest.fixture
def engine(postgresql: str) -> Iterator[Engine]:
    with new_database(postgresql) as url:
        engine = engine_of(url)
        SQLModel.metadata.create_all(engine, tables=[outbox.MESSAGE, outbox.DELIVERY])
        yield engine
        engine.dispose()


@contextmanager
def listening(engine: Engine) -> Iterator[threading.Semaphore]:
    """A node that listens; the semaphore is released each time it is woken."""
    woken, over = threading.Semaphore(0), threading.Event()
    thread = threading.Thread(target=listen, args=(engine, woken.release, over))
    thread.start()
    try:
        assert woken.acquire(timeout=LONG), "it looks once as soon as it listens"
        yield woken
    finally:
        over.set()
        thread.join()


def test_every_node_is_woken_when_a_message_is_committed_that_is_due(engine: Engine) -> None:
    with listening(engine) as one, listening(engine) as other:
        with writing(engine) as session:
            enqueue(session, [entry("a"), entry("b")])
            assert not one.acquire(timeout=0.2), "not before it is committed"
        assert one.acquire(timeout=LONG)
        assert other.acquire(timeout=LONG)
        assert not one.acquire(timeout=0.2), "two messages of one transaction are one word"


def test_nobody_is_woken_for_a_message_that_waits_for_the_window(engine: Engine) -> None:
    with listening(engine) as woken:
        with writing(engine) as session:
            enqueue(session, [entry("later", next_at=NOW + timedelta(hours=10))])
        with writing(engine) as session:
            enqueue(session, [entry("now")])
        assert woken.acquire(timeout=LONG)
        assert not woken.acquire(timeout=0.2)


def test_a_node_whose_connection_was_cut_listens_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sla.store.wakes.AGAIN", 0.01)
    with listening(engine) as woken:
        with engine.begin() as connection:
            connection.execute(
                sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
            )
        assert woken.acquire(timeout=LONG), "it looks when it listens again: something may have come meanwhile"
        with writing(engine) as session:
            enqueue(session, [entry("a")])
        assert woken.acquire(timeout=LONG)


def test_a_heartbeat_delivers_at_once_though_its_interval_is_long(engine: Engine) -> None:
    run = threading.Semaphore(0)
    node = Wakeful(Heartbeat([Job("deliver", timedelta(days=1), run.release)]), engine, "deliver")
    node.start()
    try:
        assert run.acquire(timeout=LONG), "once when it begins to listen"
        with writing(engine) as session:
            enqueue(session, [entry("a")])
        assert run.acquire(timeout=LONG)
    finally:
        node.stop()


def test_on_sqlite_nobody_listens_and_nothing_fails(tmp_path: object) -> None:
    engine = engine_of(f"sqlite:///{tmp_path}/one.db")
    listen(engine, lambda: pytest.fail("woken"), threading.Event())
    engine.dispose()
