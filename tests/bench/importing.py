"""Bringing in the cases of another system, as an administrator does: `sla import`, from its start to its end.

Each case has six events, with a chain and with clocks; one in ten is still open. They come from two CSV files, the
events in the order of their days, so that those of one case lie apart.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from sla.app import Clock, build
from sla.service.setup import apply, plan_of
from sla.settings import Settings
from sla.store.migrate import migrate
from tests.bench.backlog import OFFICE, at
from tests.bench.database import server
from tests.bench.table import Row, Table
from tests.databases import new_database

CASES, OPEN = 20_000, 10  # one in so many is open
EVENTS = 6
RATE, MEMORY = 1_000, 300  # cases a second; megabytes
FIRST, DAYS = date(2026, 1, 5), 200  # they came in on one of so many days
MAPPING = """
source = "archive"
[cases]
number = "办件编号"
permit = "事项"
title = "项目名称"
applicant = "申请人"
handler = "承办人"
received = "收件时间"
[events]
case = "办件编号"
event = "环节"
at = "时间"
ground = "事由"
notice = "文号"
[events.kinds]
"受理" = "accepted"
"专家评审" = "paused"
"恢复" = "resumed"
"办结" = "decided"
"送达" = "delivered"
"补正" = "correction_requested"
"""
HEADS = (["办件编号", "事项", "项目名称", "申请人", "承办人", "收件时间"], ["办件编号", "环节", "时间", "事由", "文号"])
PERMITS = ("site_selection", "land_use", "construction_works")
STAFF = ("li", "wang", "zhao")
# Days after the receipt, the hour, and the ground of a pause.
CLOSED = (("受理", 0, 10, ""), ("专家评审", 1, 9, "expert_review"), ("恢复", 6, 9, ""), ("办结", 8, 16, ""),
          ("送达", 9, 9, ""))  # fmt: skip
STILL_OPEN = (("受理", 0, 10, ""), ("专家评审", 1, 9, "expert_review"), ("恢复", 3, 9, ""),
              ("专家评审", 4, 9, "expert_review"), ("恢复", 7, 9, ""))  # fmt: skip


def run(share: float = 1) -> Table:
    """What it brings in within a second of its own time, its start and what it reads included, and its peak."""
    rows: list[Row] = []
    count = round(CASES * share**2)
    with tempfile.TemporaryDirectory() as folder:
        written(Path(folder), count)
        rows += _on("SQLite", f"sqlite:///{folder}/office.db", Path(folder), count)
        with server() as address, new_database(address) as url:
            rows += _on("PostgreSQL", url, Path(folder), count)
    return Table("Bringing in cases", rows)


def written(folder: Path, count: int) -> None:
    """The two files and the mapping."""
    events = []
    with (folder / "cases.csv").open("w", encoding="utf-8", newline="") as out:
        cases = csv.writer(out)
        cases.writerow(HEADS[0])
        for place in range(count):
            number, day = f"旧-{place:07}", FIRST + timedelta(days=place % DAYS)
            minute = place * 7 % 60
            cases.writerow([number, PERMITS[place % len(PERMITS)], f"实验小学{place}号楼", f"张三{place}",
                            STAFF[place % len(STAFF)], f"{day} 09:{minute:02}"])  # fmt: skip
            for name, later, hour, ground in CLOSED if place % OPEN else STILL_OPEN:
                when = f"{day + timedelta(days=later)} {hour:02}:{minute:02}"
                events.append([number, name, when, ground, f"文-{place}" if ground else ""])
    with (folder / "events.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADS[1], *sorted(events, key=lambda event: event[2])])
    (folder / "mapping.toml").write_text(MAPPING, "utf-8")


def _on(name: str, database_url: str, folder: Path, count: int) -> Iterator[Row]:
    made(database_url)
    took, processor, memory = imported(database_url, folder, count)
    rate = count / took
    yield Row(
        f"{name}: {count:,} cases with {EVENTS} events each, a second",
        f"{rate:,.0f}", "–", f"{rate:,.0f} ({processor:.3g} s of its processor)", f">= {RATE:,}", rate >= RATE,
    )  # fmt: skip
    yield Row(f"{name}: its memory", f"{memory:.0f} MB", "–", f"{memory:.0f} MB", f"< {MEMORY} MB", memory < MEMORY)


def made(database_url: str) -> None:
    """An office with nothing in it."""
    app = build(Settings(database_url=database_url), clock=Clock(at("08-01T08:00")), checked=False)
    migrate(app.engine)
    try:
        with app.writing() as session:
            apply(session, plan_of(OFFICE % {"number": 0}, Path()), at("01-01T08:00"))
    finally:
        app.close()


def imported(database_url: str, folder: Path, count: int) -> tuple[float, float, float]:
    """How long `sla import` takes, its processor time in seconds, and its peak in MB."""
    asked = [sys.executable, "-m", "sla", "import", str(folder / "cases.csv"), "--events", str(folder / "events.csv"),
             "--mapping", str(folder / "mapping.toml"), "--json"]  # fmt: skip
    with tempfile.TemporaryFile() as out:
        begun = perf_counter()
        process = subprocess.Popen(asked, stdout=out, env={**os.environ, "SLA_DATABASE_URL": database_url})
        with _watched(process.pid) as peaks:
            _, status, usage = os.wait4(process.pid, 0)
        took = perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = json.loads(out.read() or b"{}")
    if (said.get("new"), said.get("events")) != (count, count * EVENTS):
        raise AssertionError(f"{said}: the time means nothing")
    return took, usage.ru_utime + usage.ru_stime, max(peaks)


@contextmanager
def _watched(process: int) -> Iterator[list[float]]:
    """What it and its own processes hold together in MB, several times a second."""
    peaks, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            peaks.append(sum(map(_resident, (process, *_children(process)))))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        over.set()
        thread.join()


def _children(process: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def _resident(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:  # over
        return 0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0)
