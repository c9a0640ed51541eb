"""What the store's tests share: a migrated database and the tables as the program knows them."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from sla.store.engine import Engine, engine_of
from sla.store.migrate import METADATA, migrate

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


def names(connection: sa.Connection) -> set[str]:
    return set(sa.inspect(connection).get_table_names())
