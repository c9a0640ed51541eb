"""`make load`: fifty mixed requests a second against `sla serve` on PostgreSQL, by `hey`; writes docs/load.md.

The office has ten thousand open and a hundred thousand closed cases. Exit code 1: the bar was missed.
"""

import csv
import io
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import quote

from tests.bench.__main__ import commit, machine
from tests.bench.crowd import crowd, open_number
from tests.bench.database import server
from tests.bench.serving import asked, serving
from tests.databases import new_database

REPORT = Path(__file__).parents[2] / "docs" / "load.md"
OPEN, CLOSED = 10_000, 100_000
RUNS, SECONDS, BAR = 5, 20, 0.25
AT_ONCE = 5  # requests of a share that come at the same moment


@dataclass(frozen=True)
class Share:
    """So many requests a second for a path."""

    what: str
    path: str
    rate: int


@dataclass(frozen=True)
class Run:
    """What came of a run: how many were answered, how many of them not with 200, and in how many seconds."""

    answered: int
    wrong: int
    half: float
    p99: float


def shares(number: str) -> tuple[Share, ...]:
    return (
        Share("Today of the office", "/?view=office", 10),
        Share("Today of a handler", "/?handler=li", 5),
        Share("the newest cases", "/cases", 5),
        Share("cases with a yellow light", "/cases?light=yellow", 5),
        Share("cases by a word", f"/cases?text={quote('人民医院')}", 5),
        Share("a case", f"/cases/{quote(number, safe='')}", 15),
        Share("the style sheet", "/static/pages.css", 5),
    )


def main() -> int:
    hey = shutil.which("hey")
    if hey is None:
        print("hey is missing (Debian: apt install hey)", file=sys.stderr)
        return 2
    with _served() as (base, mix):
        for share in mix:
            asked(f"{base}{share.path}")
        runs = [loaded(hey, base, mix, SECONDS) for _ in range(RUNS)]
    today = datetime.now(UTC).date().isoformat()  # noqa: TID251 - a measurement has the day it was made
    text = report(mix, runs, today)
    print(text)
    REPORT.write_text(text, "utf-8")
    return 0 if median(each.p99 for each in runs) < BAR and not any(each.wrong for each in runs) else 1


@contextmanager
def _served() -> Iterator[tuple[str, tuple[Share, ...]]]:
    with server() as address, new_database(address) as url:
        with crowd(url, OPEN, CLOSED) as app, app.reading() as session:
            number = open_number(session)
        with serving(url) as (_, port):
            yield f"http://127.0.0.1:{port}", shares(number)


def loaded(hey: str, base: str, mix: tuple[Share, ...], seconds: int) -> Run:
    """Each share by a `hey` of its own, whose five connections ask at the same moment. They begin one after the other
    within a second: people who do not know each other do not ask at the same moment."""
    started = [_asking(hey, f"{base}{share.path}", share.rate, seconds, pause=1 / len(mix)) for share in mix]
    lines = [line for process in started for line in csv.DictReader(io.StringIO(process.communicate()[0]))]
    return summed([(float(line["response-time"]), int(line["status-code"])) for line in lines])


def _asking(hey: str, url: str, rate: int, seconds: int, pause: float) -> "subprocess.Popen[str]":
    command = [hey, "-z", f"{seconds}s", "-c", f"{AT_ONCE}", "-q", f"{rate / AT_ONCE:g}", "-o", "csv", url]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    threading.Event().wait(pause)
    return started


def summed(answers: list[tuple[float, int]]) -> Run:
    """Of times and statuses. The 99th percentile is the time that 99 of 100 did not exceed."""
    times = sorted(time for time, _ in answers)
    return Run(
        len(times), sum(status != 200 for _, status in answers), median(times), times[-(-99 * len(times) // 100) - 1]
    )


def report(mix: tuple[Share, ...], runs: list[Run], today: str) -> str:
    middle = median(each.p99 for each in runs)
    return "\n".join([
        "# Load",
        "",
        f"Measured on {today} with `make load` (`python -m tests.bench.load`), commit {commit()},",
        f"on {machine()}; requests, server and database on the same machine.",
        f"PostgreSQL, {OPEN:,} open and {CLOSED:,} closed cases, one `sla serve`. Written by that command.",
        "",
        "| asked for | a second |",
        "|---|--:|",
        *(f"| {share.what} | {share.rate} |" for share in mix),
        f"| together | {sum(share.rate for share in mix)} |",
        "",
        f"Of each, {AT_ONCE} come at the same moment; those of the next kind a seventh of a second later.",
        "",
        f"| run of {SECONDS} s | answered | not with 200 | median | p99 |",
        "|---|--:|--:|--:|--:|",
        *(
            f"| {place} | {each.answered:,} | {each.wrong} | {1000 * each.half:.0f} ms | {1000 * each.p99:.0f} ms |"
            for place, each in enumerate(runs, 1)
        ),
        "",
        f"Median p99: {1000 * middle:.0f} ms; bar {1000 * BAR:.0f} ms, {'met' if middle < BAR else '**missed**'}.",
        "",
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
