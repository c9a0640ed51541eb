"""A dry run of an amendment over a hundred thousand open cases, as an administrator runs it: time and memory."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from sla.app import App, Clock, build
from sla.service import cases
from sla.service.cases import When
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from sla.settings import Settings
from sla.store.migrate import migrate
from tests.bench.backlog import OFFICE, at, copied, settled
from tests.bench.database import server
from tests.bench.table import Row, Table, at_most
from tests.databases import new_database

CASES = 100_000
MEMORY = 300  # megabytes
NOTICE = """
[notice]
number = "试〔2026〕1号"
title = "关于调整中秋节假期安排的通知"
published = 2026-09-22
off = [{ date = 2026-09-24, name = "中秋节", en = "Mid-Autumn Festival" }]
"""


def run(share: float = 1) -> Table:
    """Cases accepted on 18 September 2026, a third of them paused in between; every promise and statute moves."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        rows += _on("SQLite", f"sqlite:///{folder}/office.db", round(CASES * share), Path(folder))
        with server() as address, new_database(address) as url:
            rows += _on("PostgreSQL", url, round(CASES * share), Path(folder))
    return Table("Amendments", rows)


def _on(name: str, database_url: str, count: int, folder: Path) -> Iterator[Row]:
    app = build(Settings(database_url=database_url), clock=Clock(at("09-22T08:55")), checked=False)
    migrate(app.engine)
    try:
        _filled(app, count)
    finally:
        app.close()
    notice = folder / "notice.toml"
    notice.write_text(NOTICE, "utf-8")
    took, moved, memory = _dry_run(database_url, notice)
    if moved < count:
        raise AssertionError(f"{moved} clocks of {count} cases moved: the time means nothing")
    yield at_most(f"{name}: a dry run over {count:,} open cases", took, 20)
    yield Row(
        f"{name}: the memory of its two processes",
        f"{memory:.0f} MB",
        "–",
        f"{memory:.0f} MB",
        f"< {MEMORY} MB",
        memory < MEMORY,
    )


def _filled(app: App, count: int) -> None:
    with app.writing() as session:
        apply(session, plan_of(OFFICE % {"number": 0}, Path()), at("08-01T08:00"))
        office = office_named(session, "window-0")
        for place in range(3):
            moment = When(at("09-18T10:00"))
            details = {"permit": "construction_works", "title": "实验小学教学楼", "handler": "li"}
            case = cases.receive(session, office, details, moment, moment.at, "li")
            cases.record(session, office, case.number, "accepted", {}, moment, moment.at, "li")
            if place == 2:
                for kind, text, told in (
                    ("paused", "09-20T10:00", {"ground": "expert_review", "notice": "ZJ-1"}),
                    ("resumed", "09-21T10:00", {}),
                ):
                    when = When(at(text))
                    cases.record(session, office, case.number, kind, told, when, when.at, "li")
            row = cases.find(session, office, case.number, at("09-22T08:55")).row
            copied(session.connection(), row, (count - 3) // 3 + 1)
    settled(app)


def _dry_run(database_url: str, notice: Path) -> tuple[float, int, float]:
    """How long `sla calendar diff` takes, from its start to its end, how many clocks it lists, and its peak in MB."""
    asked = [sys.executable, "-m", "sla", "calendar", "diff", str(notice), "--json"]
    with tempfile.TemporaryFile() as out:
        begun = perf_counter()
        with subprocess.Popen(asked, stdout=out, env={**os.environ, "SLA_DATABASE_URL": database_url}) as process:
            peaks: dict[int, float] = {}
            over = threading.Event()
            watch = threading.Thread(target=_watch, args=(process.pid, peaks, over))
            watch.start()
            code = process.wait()
            took = perf_counter() - begun
            over.set()
            watch.join()
        if code != 0:
            raise AssertionError(f"it ended with {code}")
        out.seek(0)
        return took, sum(b'"clock":' in line for line in out), sum(peaks.values())


def _watch(parent: int, peaks: dict[int, float], over: threading.Event) -> None:
    """Each process's own peak, whenever it was, every tenth of a second until it is over."""
    while not over.wait(0.1):
        for process in _family(parent):
            try:
                status = Path(f"/proc/{process}/status").read_text("utf-8")
            except OSError:
                continue  # it has ended
            for line in status.splitlines():
                if line.startswith("VmHWM"):
                    peaks[process] = int(line.split()[1]) / 1024


def _family(parent: int) -> list[int]:
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text("utf-8").split()
    except OSError:
        return []
    return [parent, *(one for child in children for one in _family(int(child)))]
