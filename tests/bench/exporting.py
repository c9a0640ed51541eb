"""Exporting an office of closed cases with six events each, as lines of JSON: the time of the processor, for the
machine may be shared, and the memory. Packing is measured beside it."""

import gc
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from sla.app import App, Clock, build
from sla.cli.output import written_to
from sla.service import cases
from sla.service.cases import When
from sla.service.exporting import LEVEL, exported
from sla.service.offices import every_office, office_named
from sla.service.setup import apply, plan_of
from sla.settings import Settings
from sla.store import cases as store
from sla.store.migrate import migrate
from tests.bench.backlog import OFFICE, at, copied, settled
from tests.bench.database import server
from tests.bench.table import Row, Table
from tests.databases import new_database

CASES = 40_000
BAR, MOST_MEMORY = 20_000, 300  # cases a second; MB
HAPPENED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("accepted", {}, "09-17T11:00"),
    ("paused", {"ground": "expert_review", "notice": "专家评审通知 12 号"}, "09-18T09:00"),
    ("resumed", {"pause": 3}, "09-21T09:00"),
    ("reassigned", {"handler": "wang"}, "09-21T10:00"),
    ("decided", {"outcome": "approved"}, "09-22T09:00"),
)


def run(share: float = 1) -> Table:
    count, rows = max(100, round(CASES * share**2)), []
    with tempfile.TemporaryDirectory() as folder:
        with office(f"sqlite:///{folder}/one.db", count) as app:
            rows.append(_speed("SQLite", app, count))
            rows.append(_packed(app, Path(folder) / "one.jsonl.gz", count))
        rows.append(_memory(f"sqlite:///{folder}/one.db", count))
    with server() as address, new_database(address) as url, office(url, count) as app:
        rows.append(_speed("PostgreSQL, without what the server takes", app, count))
    return Table("Exporting an office", rows)


@contextmanager
def office(url: str, count: int) -> Iterator[App]:
    """The app on a database with an office of so many cases: one that was recorded, and copies of it."""
    app = build(Settings(database_url=url), clock=Clock(at("09-30T08:55")), checked=False)
    migrate(app.engine)
    try:
        with app.writing() as session:
            apply(session, plan_of(OFFICE % {"number": 0}, Path()), at("08-01T08:00"))
            window, came_in = office_named(session, "window-0"), When(at("09-17T10:00"))
            details = {
                "permit": "site_selection",
                "title": "实验小学选址",
                "handler": "li",
                "applicant": "云溪市教育局",
            }
            details |= {"contact": "王老师", "mobile": "13800000000"}
            case = cases.receive(session, window, details, came_in, came_in.at, "li")
            for kind, what, moment in HAPPENED:
                case = cases.record(session, window, case.number, kind, what, When(at(moment)), at(moment), "li")
            copied(session.connection(), case.row, count - 1, (store.PARTY,))
        settled(app)
        yield app
    finally:
        app.close()


def _speed(database: str, app: App, count: int) -> Row:
    """The best of three: whatever else the machine does makes it longer, never shorter."""
    office_id = _office(app)
    spent, wall, size = min(_timed(app, office_id) for _ in range(3))
    rate = count / spent
    beside = f"{size / count / 1000:.1f} kB a case, {count / wall:,.0f} cases/s by the clock"
    return Row(f"{count:,} cases with 6 events, {database}", f"{spent:.2f} s", beside, f"{rate:,.0f} cases/s",
               f">= {BAR:,} cases/s", rate >= BAR)  # fmt: skip


def _timed(app: App, office_id: UUID) -> tuple[float, float, int]:
    gc.collect()
    cpu, wall = process_time(), perf_counter()
    size = sum(map(len, exported(app.engine, office_id)))
    return process_time() - cpu, perf_counter() - wall, size


def _packed(app: App, file: Path, count: int) -> Row:
    begun = process_time()
    with written_to(file, LEVEL) as out:
        out.writelines(exported(app.engine, _office(app)))
    size = file.stat().st_size
    spent = process_time() - begun
    return Row("the same into a packed file", f"{spent:.2f} s", f"{size / count:,.0f} bytes a case",
               f"{count / spent:,.0f} cases/s", "–", met=True)  # fmt: skip


MEASURED = """
import resource, sys
from uuid import UUID
from sla.service.exporting import exported
from sla.store.engine import engine_of
for _ in exported(engine_of(sys.argv[1]), UUID(sys.argv[2])): pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def _memory(url: str, count: int) -> Row:
    """The most a process of its own had in memory."""
    app = build(Settings(database_url=url), checked=False)
    office_id = _office(app)
    app.close()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, url, office_id.hex], capture_output=True, text=True, check=True
    )
    most = int(done.stdout)
    return Row(
        f"memory for {count:,} cases", f"{most} MB", "–", f"{most} MB", f"< {MOST_MEMORY} MB", most < MOST_MEMORY
    )


def _office(app: App) -> UUID:
    with app.reading() as session:
        return every_office(session)[0].id
