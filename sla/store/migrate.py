"""Bring a database to this version's tables with Alembic, from scripts shipped inside the package."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlmodel import SQLModel

import notifiers.endpoints
import notifiers.outbox
import notifiers.quota
import sla.store.account_tables
import sla.store.answer_tables
import sla.store.deed_tables
import sla.store.given_tables
import sla.store.people_tables
import sla.store.tables  # all of them: their tables make up one schema
import sla.store.timekeeping
from sla.store.engine import Session, StoreError, migrating

__all__ = ["METADATA", "current_revision", "head_revision", "migrate", "require_current", "require_current_in"]

METADATA = SQLModel.metadata
assert notifiers.endpoints.ENDPOINT.metadata is sla.store.tables.OfficeRow.metadata is METADATA


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Upgrade to the newest schema; returns the revision before and after. Raises StoreError for a newer database."""
    head = head_revision()
    with _opened(engine):
        pass  # an address that leads nowhere is told in one line before anything is begun
    with migrating(engine) as connection:
        before = _known(connection)
        if before != head:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return before, head


def require_current(engine: Engine) -> None:
    """Raises StoreError unless the schema is just this version's: says which way to go."""
    _require_file(engine)
    with _opened(engine) as connection:
        _require_head(_known(connection))


def require_current_in(session: Session) -> None:
    """As `require_current`, within a transaction: no migration comes between it and what is written."""
    connection = session.connection()
    if connection.execute(_REVISION).scalar() != head_revision():
        _require_head(_known(connection))


_REVISION = sa.text("SELECT version_num FROM alembic_version")


def _require_head(before: str | None) -> None:
    if before is None:
        raise StoreError("database_url", "the database is empty; run `sla migrate` first")
    if before != head_revision():
        raise StoreError(
            "database_url",
            "the schema is %(before)s, this version needs %(head_revision)s; run `sla migrate`",
            before=before,
            head_revision=head_revision(),
        )


@contextmanager
def _opened(engine: Engine) -> Iterator[Connection]:
    try:
        connection = engine.connect()
    except sa.exc.DatabaseError as error:
        why = " ".join(str(error.orig).split())
        raise StoreError(
            "database_url", "cannot be opened: %(why)s; check the address and that the server runs", why=why
        ) from None
    with connection:
        yield connection


def _require_file(engine: Engine) -> None:
    """SQLite makes an empty file of an address that leads nowhere; only `sla migrate` may."""
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path and path != ":memory:" and not Path(path).exists():
        raise StoreError("database_url", "there is no database at %(path)s; run `sla migrate` to make one", path=path)


@cache
def head_revision() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


@cache
def known_revisions() -> frozenset[str]:
    """Those that this version can bring to its own; read once, for the scripts come with the program."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def current_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known(connection: Connection) -> str | None:
    revision = current_revision(connection)
    if revision is not None and revision not in known_revisions():
        raise StoreError(
            "database_url",
            "the schema %(revision)s is newer than this version of shixian; upgrade shixian first",
            revision=revision,
        )
    if revision is None and set(sa.inspect(connection).get_table_names()) - {"alembic_version"}:
        raise StoreError("database_url", "holds tables that sla migrate did not make; give it a database of its own")
    return revision


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
