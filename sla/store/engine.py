"""Connections that lose nothing: SQLite with our own BEGIN, PostgreSQL as it is; sessions, `now`, and migrating."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlmodel import Session, create_engine

from schedules.faults import FieldError

__all__ = [
    "DATABASE_TROUBLE",
    "TAKEN",
    "Connection",
    "Engine",
    "Session",
    "StoreError",
    "all_or_nothing",
    "database_now",
    "engine_of",
    "is_writing",
    "migrating",
    "public_url",
    "reading",
    "snapshot",
    "swept",
    "taken_back",
    "why_of",
    "writing",
]

HOLD_NAMES = ("party", "case_file", "person", "absence", "message", "delivery")  # what blanking deletes from
PUBLIC_OPTIONS = ("host", "port", "target_session_attrs")
MIGRATION_LOCK = 7402111  # PostgreSQL's advisory lock: two nodes may start to migrate at once
NETWORK_FILE_SYSTEMS = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "glusterfs",
    "fuse.sshfs",
    "fuse.glusterfs",
}


# Away, read-only, full: not ours to mend, nor a fault of the program.
DATABASE_TROUBLE = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError)
TAKEN = sa.exc.IntegrityError  # somebody else wrote the same in the meantime


class StoreError(FieldError):
    """A database that cannot be used as it is: says why and what would be right; never holds a password."""


def engine_of(url: str) -> Engine:
    """The engine of an address such as `sqlite:///shixian.db` or `postgresql+psycopg://host/name`. Raises StoreError.

    SQLite: the driver of Python 3.11 begins too late and loses updates, so we begin ourselves; WAL, synchronous=FULL
    (NORMAL loses commits on a power cut), foreign keys on; refused on a network share, where its locks do not hold.
    Errors quote no values: they could be names, and stand in the log.
    """
    try:
        if "@" in (sa.make_url(url).host or ""):  # else what stands ahead of the last one would be shown as a host
            raise StoreError("database_url", "has an @ in its user or password; write it as %40")
        if not url.startswith("sqlite"):
            return create_engine(url, pool_pre_ping=True, hide_parameters=True)
        _refuse_network_share(url)
        engine = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)
    except StoreError:
        raise
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError, ValueError):
        raise StoreError(
            "database_url", "is no address; write sqlite:///shixian.db or postgresql+psycopg://host/name"
        ) from None

    @event.listens_for(engine, "connect")
    def _settings(dbapi: Any, _: Any) -> None:
        dbapi.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose transaction takes the write lock first (SQLite), committed on leaving, rolled back on an
    error."""
    with Session(engine.execution_options(writes=True)) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads; nothing it does is kept."""
    with Session(engine) as session:
        yield session


def why_of(error: Exception) -> str:
    """What stands against using the database, in one line; of what the database says without the statement."""
    said = getattr(error, "orig", None)
    return f"database_url: the database says: {' '.join(str(said).split())}" if said else str(error)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment, however long it reads and whatever others write meanwhile."""
    isolation = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**isolation) as connection, connection.begin():
        yield connection


@contextmanager
def taken_back(session: Session) -> Iterator[None]:
    """What is written within is there to be looked at, and is gone afterwards; what came before stays."""
    point = session.begin_nested()
    try:
        yield
    finally:
        point.rollback()


@contextmanager
def all_or_nothing(session: Session) -> Iterator[None]:
    """What is written within stays, or with an error none of it; what came before stays in any case."""
    with session.begin_nested():
        yield


def is_writing(session: Session) -> bool:
    """Whether the session is one of `writing`."""
    return bool(session.connection().get_execution_options().get("writes", False))


def database_now(session: Session) -> datetime | None:
    """PostgreSQL's own time, so that nodes agree; None on SQLite, where the machine's clock is the only one."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return None
    moment: datetime = connection.execute(sa.text("SELECT statement_timestamp()")).scalar_one()
    return moment.astimezone(UTC)


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A transaction for migrations: batch mode drops and re-creates tables, which foreign keys would hinder or
    empty."""
    with engine.execution_options(writes=True).connect() as connection:
        lite = connection.dialect.name == "sqlite"
        if lite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                if not lite:
                    connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                yield connection
                if lite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise StoreError("", "a migration left rows whose parent is missing; nothing was changed")
        finally:
            if lite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def swept(engine: Engine) -> bool:
    """Take what was deleted out of the database's own files, as far as can be; whether it is all gone from them.

    SQLite is written anew, without the free pages that held it, and its log emptied: not while somebody reads for long,
    nor without room for a second file. PostgreSQL frees the rows' places and forgets its statistics; the bytes stay in
    its files until they are written over, and in its log and its standbys: never all.
    """
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection  # outside of any transaction
        if engine.dialect.name != "sqlite":
            driver.autocommit = True
            driver.execute(f"VACUUM (ANALYZE) {', '.join(HOLD_NAMES)}")
            driver.autocommit = False
            return False
        try:
            driver.execute("VACUUM")
            (busy, _, _) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
        return not busy


def public_url(url: str) -> str:
    """The address without its password, for people and logs; of its options only those that say where it leads."""
    address = sa.make_url(url)
    shown = {name: value for name, value in address.query.items() if name in PUBLIC_OPTIONS}
    return address.set(query=shown).render_as_string(hide_password=True)


def _refuse_network_share(url: str) -> None:
    path = sa.make_url(url).database
    if not path or path == ":memory:":
        return
    kind = file_system_of(Path(path).resolve().parent, _mounts())
    if kind in NETWORK_FILE_SYSTEMS:
        raise StoreError(
            "database_url",
            "%(path)s lies on a network share (%(kind)s), where SQLite loses data; put it on a local disk, or use "
            "PostgreSQL",
            path=path,
            kind=kind,
        )


def file_system_of(folder: Path, mounts: str) -> str:
    """The type of the file system a folder lies on, from the text of /proc/mounts; "" where it is unknown."""
    best = ("", "")
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) >= 3:
            point = fields[1].replace("\\040", " ")
            if (folder == Path(point) or Path(point) in folder.parents) and len(point) >= len(best[0]):
                best = (point, fields[2])
    return best[1]


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text("utf-8", errors="replace")
    except OSError:
        return ""
