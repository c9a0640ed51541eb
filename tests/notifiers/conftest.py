"""The outbox on a real database, SQLite and PostgreSQL in turn."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel

from notifiers import endpoints, outbox, quota
from notifiers.outbox import Sessions
from sla.store.engine import engine_of, writing

TABLES = [outbox.MESSAGE, outbox.DELIVERY, endpoints.ENDPOINT, quota.QUOTA]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An empty outbox."""
    engine = engine_of(database_url)
    SQLModel.metadata.create_all(engine, tables=TABLES)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    """Opens a session in a writing transaction that is committed on leaving."""
    return partial(writing, engine)
