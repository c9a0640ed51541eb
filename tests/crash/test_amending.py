"""Killed while a notice is applied, and run again: the database is what it would have been, nothing enqueued twice."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sla.app import App
from sla.service import calendar_notices as notices
from sla.service.offices import office_named
from sla.store.migrate import METADATA
from tests.crash import cast
from tests.crash.child import app_of
from tests.crash.journey import PROCESSES, records
from tests.crash.points import Point, arm
from tests.databases import run
from tests.schema import make_tables

CASES = 5
NUMBER = "国办发明电〔2026〕1号"
# Wednesday 09-23, on which they are all due, becomes a day off on the day after their reminders went out.
NOTICE = f'[notice]\nnumber = "{NUMBER}"\ntitle = "t"\npublished = 2026-09-22\noff = [{{ date = 2026-09-23 }}]\n'
NOW = cast.at("09-22T10:00")

POINTS = [
    (Point("put on record, before commit", "after", "sla.service.calendar_notices:begin"), 1),
    (Point("put on record", "before", "sla.service.amendments:bring_next"), 1),
    (Point("a case brought, before commit", "after", "sla.service.amendments:rebuild"), 3),
    (Point("a case's event written, its alarms not", "before", "sla.service.rebuild:put_amended"), 2),
    (Point("some cases brought", "before", "sla.service.amendments:bring_next"), 4),
    (Point("all cases brought", "before", "sla.service.amendments:finish"), 1),
    (Point("finished, digests not enqueued", "before", "sla.service.amendments:enqueue"), 1),
    (Point("digests enqueued, before commit", "after", "sla.service.amendments:enqueue"), 1),
]
TRIED = POINTS if os.environ.get("SLA_CRASH_FULL") else POINTS[::3]  # each database its own journey, made anew
Copied = Callable[[], AbstractContextManager[str]]


@dataclass(frozen=True)
class Work:
    """Applying the notice at `NOW`, as `sla calendar apply` does; dies at the point."""

    database_url: str
    point: Point | None = None
    nth: int = 1


def amend(work: Work) -> None:
    if work.point:
        arm(work.point, work.nth)
    with closing(app_of(work.database_url, NOW)) as app:
        with app.writing() as session:
            office = office_named(session, "window")
            if not notices.is_begun(session, office, NUMBER):
                notices.apply_notice(session, office, NUMBER, NOW)
        app.amend(office.id)


@pytest.fixture
def copied(database_url: str, tmp_path: Path) -> Copied:
    """Copies of a database in which everybody was reminded and the notice is loaded."""
    with closing(app_of(database_url, cast.RECEIVED)) as app:
        make_tables(app.engine)
        cast.make_office(app, "http://127.0.0.1:9")
        for title in cast.TITLES[:CASES]:
            cast.receive(app, title)
            cast.accept(app, _number(app, title))
        app.clock.fixed = cast.REMINDED
        app.settle_all()  # nobody listens: what was tried may have been read
        app.clock.fixed = NOW
        with app.writing() as session:
            notices.load(session, office_named(session, "window"), NOTICE, NOW)

    @contextmanager
    def copy() -> Iterator[str]:
        if database_url.startswith("sqlite"):
            file = tmp_path / "copy.db"
            file.unlink(missing_ok=True)
            with closing(sqlite3.connect(tmp_path / "shixian.db")) as one, closing(sqlite3.connect(file)) as other:
                one.backup(other)
            yield f"sqlite:///{file}"
            return
        server, _, name = database_url.partition("?")[0].rpartition("/")
        address = f"{server}/postgres?{database_url.partition('?')[2]}"
        run(address, f"CREATE DATABASE {name}_copy TEMPLATE {name}")
        yield database_url.replace(name, f"{name}_copy", 1)
        run(address, f"DROP DATABASE {name}_copy WITH (FORCE)")

    return copy


def test_killed_anywhere_and_run_again_it_is_as_if_it_had_never_been(copied: Copied) -> None:
    with copied() as url:
        assert applied(Work(url)) == 0
        with closing(app_of(url, NOW)) as app:
            expected = content(app)
    amended = [row for row in expected["message"] if row["kind"] == "amendment"]
    assert [row["recipient_id"] for row in amended] == ["li"]  # one for all five cases
    assert len(expected["calendar_move"]) == 2 * CASES  # promise and statute
    for point, nth in TRIED:
        with copied() as url:
            assert applied(Work(url, point, nth)) == -signal.SIGKILL, f"{point.name!r} was not reached"
            assert applied(Work(url)) == 0
            with closing(app_of(url, NOW)) as app:
                assert content(app) == expected, point.name
                assert list(records(app, NOW)) == []


def test_the_heartbeat_goes_on_with_what_was_begun(copied: Copied) -> None:
    with copied() as url:
        assert applied(Work(url)) == 0
        with closing(app_of(url, NOW)) as app:
            expected = content(app)
    with copied() as url:
        point, nth = POINTS[4]
        assert applied(Work(url, point, nth)) == -signal.SIGKILL
        with closing(app_of(url, NOW)) as app:
            app.calendars()
            assert content(app) == expected


def applied(work: Work) -> int | None:
    process = PROCESSES.Process(target=amend, args=(work,))
    process.start()
    process.join(60)
    code = process.exitcode
    process.close()
    return code


def content(app: App) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for the ids that are drawn anew each time."""
    with app.reading() as session:
        tables = {}
        for table in METADATA.sorted_tables:
            rows = session.connection().execute(sa.select(table)).mappings()
            drawn = ("id", "bundle_id") if table.name == "message" else ()
            found = [{name: value for name, value in row.items() if name not in drawn} for row in rows]
            tables[table.name] = sorted(found, key=repr)
        return tables


def _number(app: App, title: str) -> str:
    with app.reading() as session:
        rows = session.connection().execute(sa.select(METADATA.tables["case_file"]))
        return next(str(row.number) for row in rows if row.title == title)
