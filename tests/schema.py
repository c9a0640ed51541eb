"""This version's tables on an empty database of a test, without migrating each time.

The first of each kind in a process is migrated; the next ones get what that one has got: on SQLite a copy of its file,
on PostgreSQL the same statements again. `tests/store/test_schema.py` holds them beside a migrated one.
"""

import atexit
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from sla.store.engine import Engine, engine_of, migrating
from sla.store.migrate import migrate

_said: list[str] = []


def make_tables(engine: Engine) -> None:
    """As `migrate` does on a database that nothing was written to."""
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(_template())) as made, closing(sqlite3.connect(engine.url.database or "")) as new:
            made.backup(new)
    elif _said:
        with migrating(engine) as connection:
            connection.connection.driver_connection.execute(";\n".join(_said))  # type: ignore[union-attr]  # at once
    else:
        _listening(engine)


@cache
def _template() -> Path:
    """The file of a migrated database, which stays as it is until the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="sla-schema-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "shixian.db"
    engine = engine_of(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    return file


def _listening(engine: Engine) -> None:
    """Migrate, and keep what was said to the server but for its questions."""

    def keep(_: object, __: object, statement: str, given: object, *___: object) -> None:
        if statement.split(maxsplit=1)[0] != "SELECT":
            assert not given, f"{statement} is said with values"
            _said.append(statement)

    sa.event.listen(engine, "before_cursor_execute", keep)
    try:
        migrate(engine)
    finally:
        sa.event.remove(engine, "before_cursor_execute", keep)
