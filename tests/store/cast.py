"""What the store's tests share: a migrated database and the tables as the program knows them."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from sla.store.engine import Engine, engine_of
from sla.store.migrate import METADATA, migrate
from tests.schema import make_tables

TABLES = METADATA.sorted_tables
__all__ = ["TABLES", "ScriptDirectory", "engine", "migrated"]


@contextmanager
def engine(url: str) -> Iterator[Engine]:
    made = engine_of(url)
    try:
        yield made
    finally:
        made.dispose()


@contextmanager
def migrated(url: str) -> Iterator[Engine]:
    with engine(url) as made:
        migrate(made)
        yield made


@contextmanager
def with_tables(url: str) -> Iterator[Engine]:
    """As `migrated`, without migrating each time."""
    with engine(url) as made:
        make_tables(made)
        yield made


def names(connection: sa.Connection) -> set[str]:
    return set(sa.inspect(connection).get_table_names())
