"""A node that runs on while its database is away, read-only, full, or migrated by a newer version: it does nothing,
says so once, and goes on by itself."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from sla.store.engine import StoreError
from tests.browser.cast import serving
from tests.cli.test_database_in_trouble import every_connection, read_only
from tests.databases import run
from tests.service.cast import Window
from tests.web.cast import inputs

NEWER = "9999"
CASES = 12  # more than what is written of them fits into pages that are begun


@pytest.fixture
def due(window: Window) -> Window:
    """Cases whose reminders are due now: accepted on 09-18 with 4 days, due 09-23, told the working day before."""
    window.at("2026-09-18 09:00")
    for _ in range(CASES):
        window.receive()
    return window.at("2026-09-22 09:00")


def beat(window: Window) -> Callable[[], None]:
    """What the heartbeat does, as it does it."""
    return window.app.when_sure(window.app.settle_all, "all")


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def sent(window: Window) -> int:
    """The reminders of the cases; digests come beside them."""
    return sum(row.state == "sent" and '"case"' in row.about for row in window.rows("message"))


@contextmanager
def away(window: Window) -> Iterator[None]:
    """PostgreSQL takes nobody in and turns everybody out; SQLite's file is on a disk that is not there."""
    if window.url.startswith("sqlite"):
        path = Path(str(sa.make_url(window.url).database))
        window.app.engine.dispose()
        gone = path.with_suffix(".gone")
        path.rename(gone)
        path.mkdir()
        yield
        window.app.engine.dispose()
        path.rmdir()
        gone.rename(path)
        return
    url = sa.make_url(window.url)
    server = url.set(database="postgres").render_as_string(hide_password=False)
    run(server, f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
    run(server, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'")
    yield
    run(server, f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")


@contextmanager
def unwritable(window: Window) -> Iterator[None]:
    window.app.engine.dispose()
    with read_only(window.url):
        window.app.engine.dispose()
        yield
    window.app.engine.dispose()


@contextmanager
def full(window: Window) -> Iterator[None]:
    """A disk without room: SQLite may take no further page. What is free within the file is used up first."""
    run_here(window, "CREATE TABLE filler (text TEXT)")
    window.app.engine.dispose()
    with every_connection("PRAGMA max_page_count = 1"):
        with window.app.engine.connect() as connection, pytest.raises(sa.exc.OperationalError):
            for _ in range(2_000):
                connection.exec_driver_sql("INSERT INTO filler VALUES (?)", ("x" * 3_000,))
                connection.commit()
        yield
    window.app.engine.dispose()
    run_here(window, "DROP TABLE filler")


def run_here(window: Window, statement: str) -> None:
    with window.app.engine.begin() as connection:
        connection.exec_driver_sql(statement)


TROUBLES = {"away": away, "unwritable": unwritable, "full": full}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_it_says_so_in_one_line_loses_nothing_and_goes_on_by_itself(
    due: Window, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    if trouble == "full" and not due.url.startswith("sqlite"):
        pytest.skip("SQLite counts its pages; PostgreSQL has no such limit")
    again = beat(due)
    with TROUBLES[trouble](due):
        for _ in range(3):
            again()
        (line,) = told(caplog)
        assert line.startswith("nothing is done until this is mended: database_url: ") and "\n" not in line
        assert "INSERT" not in line and "Li Min" not in line
    assert sent(due) == 0
    again()
    assert sent(due) == CASES  # once each, whatever came before
    assert told(caplog)[1:] == ["it goes on: nothing stands against it any more"]
    again()
    assert sent(due) == CASES


def migrate_beneath(window: Window, to: str) -> None:
    run_here(window, f"UPDATE alembic_version SET version_num = '{to}'")


def test_a_node_whose_tables_were_migrated_by_a_newer_version_touches_nothing(
    due: Window, caplog: pytest.LogCaptureFixture
) -> None:
    again, known = beat(due), revision(due)
    migrate_beneath(due, NEWER)
    stood = due.dump()
    again()
    again()
    assert due.dump() == stood
    assert told(caplog) == [
        f"nothing is done until this is mended: database_url: the schema {NEWER} is newer than this version of shixian;"
        " upgrade shixian first"
    ]
    with pytest.raises(StoreError, match="newer"), due.app.writing():
        pass
    migrate_beneath(due, known)
    again()
    assert sent(due) == CASES


def test_its_pages_say_that_they_cannot_work_and_record_nothing(due: Window) -> None:
    known = revision(due)
    migrate_beneath(due, NEWER)
    stood = due.dump()
    with serving(due.app) as base, httpx.Client(base_url=base, trust_env=False, verify=False) as client:
        ready = client.get("/readyz")
        assert ready.status_code == 503 and NEWER in ready.text
        fields = inputs(client.get("/new?permit=site_selection").text)
        form = {**fields, "title": "x", "by": "li", "step": "record"}
        answer = client.post("/new", data=form, headers={"origin": base})
        assert answer.status_code == 503 and "没有记录任何内容" in answer.text
    assert due.dump() == stood
    migrate_beneath(due, known)


def revision(window: Window) -> str:
    with window.app.engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())
