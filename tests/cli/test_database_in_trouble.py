"""A database that is read-only or full: one line, exit code 2, nothing half-written; all is well once it is again."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from tests.cli.cast import CommandLine
from tests.databases import run

RECEIVE = ("case", "receive", "site_selection", "--title", "云溪地块", "--handler", "li", "--by", "li")


@contextmanager
def every_connection(pragma: str) -> Iterator[None]:
    """SQLite: what a file system that is mounted read-only, or has no room left, does to each connection."""

    def set_it(dbapi: Any, _: Any) -> None:
        if isinstance(dbapi, sqlite3.Connection):
            dbapi.execute(pragma)

    sa.event.listen(sa.Engine, "connect", set_it)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "connect", set_it)


@contextmanager
def read_only(url: str) -> Iterator[None]:
    if url.startswith("sqlite"):
        with every_connection("PRAGMA query_only = ON"):
            yield
        return
    name = sa.make_url(url).database
    run(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    try:
        yield
    finally:
        options = "&options=-c%20default_transaction_read_only%3Doff"
        run(url + options, f"ALTER DATABASE {name} RESET default_transaction_read_only")


def test_a_database_that_is_read_only_is_said_in_one_line(sla: CommandLine) -> None:
    before = sla.window.dump()
    sla.window.app.engine.dispose()  # what is open already does not know of it
    with read_only(sla.window.url):
        said = sla(*RECEIVE)
    assert said.code == 2
    (line,) = said.err.splitlines()
    assert line.startswith("error: database_url: nothing was written, the database says: ")
    assert "read" in line and "only" in line
    assert "云溪地块" not in line and "INSERT" not in line
    assert sla.window.dump() == before
    assert sla(*RECEIVE).code == 0


def test_a_full_disk_is_said_in_one_line_and_leaves_nothing_half_written(sla: CommandLine) -> None:
    if not sla.window.url.startswith("sqlite"):
        pytest.skip("SQLite counts its pages; PostgreSQL has no such limit")
    with every_connection("PRAGMA max_page_count = 1"):  # SQLite takes it for as many as there are
        for _ in range(40):  # what is left of the pages there are is soon used up
            before = sla.window.dump()
            said = sla(*RECEIVE)
            if said.code:
                break
    assert said.code == 2
    assert said.err == "error: database_url: nothing was written, the database says: database or disk is full\n"
    assert sla.window.dump() == before
    assert sla(*RECEIVE).code == 0
