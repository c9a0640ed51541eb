"""Killed while an office is brought in from its export, and brought in again: the database is what it would have been,
and what it exports are the bytes of the file."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sla.app import App, Clock
from sla.cli import main
from sla.cli.output import written_to
from sla.service.audit import audited
from sla.service.exporting import exported
from sla.service.offices import every_office
from sla.store.migrate import migrate
from tests.crash import cast
from tests.crash import test_importing as cases
from tests.crash.child import app_of
from tests.crash.journey import PROCESSES
from tests.crash.points import Point, arm, replace

CHUNK = 3
POINTS = [
    (Point("office written, not committed", "after", "sla.service.office_lines:_make"), 1, 0),
    (Point("cases written, what follows from them not", "before", "sla.service.office_cases:rebuild"), 4, 3),
    (Point("all written, before commit", "after", "sla.service.office_cases:rebuild"), 4, 3),
    (Point("committed, not reported", "before", "sla.cli.exporting_lines:_add"), 5, 6),
]


@dataclass(frozen=True)
class Work:
    """Bringing in an export at `NOW`, as `sla import` does; dies at the point when it is there for the nth time."""

    database_url: str
    file: Path
    point: Point | None = None
    nth: int = 1


def bring(work: Work) -> None:
    if work.point:
        arm(work.point, work.nth)
    replace("sla.service.office_cases:CHUNK", lambda _: CHUNK)  # type: ignore[arg-type, return-value]
    replace("sla.app:Clock", lambda _: lambda: Clock(cases.NOW))
    os.environ["SLA_DATABASE_URL"] = work.database_url
    sys.argv = ["sla", "import", str(work.file)]
    main()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The export of an office that ten cases were brought into, and what it comes to where nothing is killed."""
    folder = cases.written(tmp_path_factory.mktemp("office"))
    cases.made(url := f"sqlite:///{folder}/from.db")
    assert cases.brought(cases.Work(url, folder)) == 1
    file = folder / "office.jsonl.gz"
    with closing(app_of(url, cases.NOW)) as app, written_to(file) as out:
        out.writelines(lines(app))
    empty(url := f"sqlite:///{folder}/undisturbed.db")
    assert brought(Work(url, file)) == 0
    return file, cases.content(url)


@pytest.mark.parametrize(("point", "nth", "there"), POINTS, ids=lambda value: getattr(value, "name", None))
def test_killed_half_way_and_done_again_it_is_as_if_it_had_never_been(
    database_url: str, tmp_path: Path, undisturbed: tuple[Path, dict[str, Any]], point: Point, nth: int, there: int
) -> None:
    file, expected = undisturbed
    empty(database_url)
    assert brought(Work(database_url, file, point, nth)) == -signal.SIGKILL, f"{point.name!r} was not reached"
    assert len(cases.content(database_url)["case_file"]) == there
    assert brought(Work(database_url, file)) == 0
    assert cases.content(database_url) == expected
    with closing(app_of(database_url, cases.NOW)) as app:
        with written_to(tmp_path / "again.jsonl.gz") as out:
            out.writelines(lines(app))
        with app.reading() as session:
            assert [finding for finding in audited(session) if finding.serious] == []
    assert (tmp_path / "again.jsonl.gz").read_bytes() == file.read_bytes()


def lines(app: App) -> Iterator[bytes]:
    with app.reading() as session:
        office = every_office(session)[0]
    return exported(app.engine, office.id)


def empty(url: str) -> None:
    with closing(app_of(url, cast.RECEIVED)) as app:
        migrate(app.engine)


def brought(work: Work) -> int | None:
    process = PROCESSES.Process(target=bring, args=(work,))
    process.start()
    process.join(120)
    code = process.exitcode
    process.close()
    return code
