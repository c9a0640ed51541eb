"""Killed while cases are brought in from a file, and brought in again: the database is what it would have been."""

import os
import signal
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sla.app import Clock
from sla.cli import main
from sla.service.audit import audited
from sla.service.doctor import rebuilt
from sla.store.migrate import METADATA, migrate
from tests.crash import cast
from tests.crash.child import app_of
from tests.crash.journey import PROCESSES
from tests.crash.points import Point, arm, replace

NOW = cast.at("09-30T10:00")
CASES, CHUNK = 10, 3
DRAWN = {"office_id", "case_id", "salt", "hash", "head_hash", "details"}  # anew each time, or with a salt in it
TABLES = ("case_file", "case_event", "party", "clock", "alarm", "given_deadline", "message")
MAPPING = """
source = "archive"
[cases]
number = "number"
applicant = "applicant"
received = "received"
accepted = "received"
decided = "decided"
given = "due"
[defaults]
permit = "site_selection"
handler = "li"
"""
POINTS = [
    Point("read, nothing written", "before", "sla.service.importing:put"),
    Point("cases written, their deadlines not", "before", "sla.service.importing:insert_given"),
    Point("all written, before commit", "after", "sla.service.importing:insert_given"),
    Point("committed, not reported", "before", "sla.importing.report:Report.add"),
]


@dataclass(frozen=True)
class Work:
    """Bringing in a file at `NOW`, as `sla import` does; dies at the point of the second chunk."""

    database_url: str
    folder: Path
    point: Point | None = None
    nth: int = 2

    @property
    def arguments(self) -> list[str]:
        files = (self.folder / name for name in ("cases.csv", "mapping.toml", "rejects.csv"))
        cases, mapping, rejects = map(str, files)
        return ["sla", "import", cases, "--mapping", mapping, "--rejects", rejects]


def bring(work: Work) -> None:
    if work.point:
        arm(work.point, work.nth)
    replace("sla.service.importing:CHUNK", lambda _: CHUNK)  # type: ignore[arg-type, return-value]
    replace("sla.app:Clock", lambda _: lambda: Clock(NOW))
    os.environ["SLA_DATABASE_URL"] = work.database_url
    sys.argv = work.arguments
    main()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path)


def written(folder: Path) -> Path:
    """The folder with the file and its mapping."""
    lines = [
        f"old-{n},Applicant {n},2026-09-{n + 1:02},{'2026-09-18' if n % 2 else ''},2026-09-20" for n in range(CASES)
    ]
    lines.insert(4, "old-x,nobody,18.9.26,,")
    (folder / "cases.csv").write_text("\n".join(["number,applicant,received,decided,due", *lines]), "utf-8")
    (folder / "mapping.toml").write_text(MAPPING, "utf-8")
    return folder


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_killed_half_way_and_done_again_it_is_as_if_it_had_never_been(
    database_url: str, folder: Path, point: Point
) -> None:
    made(undisturbed := f"sqlite:///{folder}/undisturbed.db")
    assert brought(Work(undisturbed, folder)) == 1  # one row is refused
    made(database_url)
    nth = CHUNK + 2 if point.where.endswith("add") else 2
    assert brought(Work(database_url, folder, point, nth)) == -signal.SIGKILL, f"{point.name!r} was not reached"
    there = len(content(database_url)["case_file"])
    assert 0 < there < CASES, "killed half-way"
    assert brought(Work(database_url, folder)) == 1
    assert content(database_url) == content(undisturbed)
    assert "has a year of two digits" in (folder / "rejects.csv").read_text("utf-8-sig")
    with closing(app_of(database_url, NOW)) as app, app.writing() as session:
        assert [finding for finding in audited(session) if finding.serious] == []
        assert rebuilt(session, NOW) == []


def made(url: str) -> None:
    with closing(app_of(url, cast.RECEIVED)) as app:
        migrate(app.engine)
        cast.make_office(app, "http://127.0.0.1:9")


def brought(work: Work) -> int | None:
    process = PROCESSES.Process(target=bring, args=(work,))
    process.start()
    process.join(60)
    code = process.exitcode
    process.close()
    return code


def content(url: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of what a case is made of, under its number, but for what is drawn anew each time."""
    with closing(app_of(url, NOW)) as app, app.reading() as session:
        connection = session.connection()
        cases = METADATA.tables["case_file"]
        numbers = {row.case_id: row.number for row in connection.execute(sa.select(cases))}
        found = {}
        for name in TABLES:
            rows = connection.execute(sa.select(METADATA.tables[name])).mappings()
            plain = [
                {"of": numbers.get(row.get("case_id"))} | {key: value for key, value in row.items() if key not in DRAWN}
                for row in rows
            ]
            found[name] = sorted(plain, key=repr)
        return found
