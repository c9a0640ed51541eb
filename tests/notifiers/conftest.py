"""The outbox on a real database, SQLite and PostgreSQL in turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import SQLModel

from notifiers import endpoints, outbox, quota
from notifiers.outbox import Sessions
from sla.store.engine import engine_of, writing
from tests.databases import new_database

TABLES = [outbox.MESSAGE, outbox.DELIVERY, endpoints.ENDPOINT, quota.QUOTA]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty outbox. The engine is kept for all tests, so that it compiles each statement once."""
    engine: Engine = request.getfixturevalue(f"outbox_on_{request.param}")
    yield engine
    with engine.execution_options(writes=True).begin() as connection:
        for table in reversed(TABLES):
            connection.execute(sa.delete(table))


@pytest.fixture(scope="session")
def outbox_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with tables_at(f"sqlite:///{tmp_path_factory.mktemp('outbox')}/shixian.db") as engine:
        yield engine


@pytest.fixture(scope="session")
def outbox_on_postgresql(postgresql: str) -> Iterator[Engine]:
    with new_database(postgresql) as url, tables_at(url) as engine:
        yield engine


@contextmanager
def tables_at(url: str) -> Iterator[Engine]:
    engine = engine_of(url)
    SQLModel.metadata.create_all(engine, tables=TABLES)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    """Opens a session in a writing transaction that is committed on leaving."""
    return partial(writing, engine)
