"""What `sla serve` takes at rest: pages and heartbeat, on a database with one office and nothing to do."""

import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sla.app import Clock, build
from sla.service.setup import apply, plan_of
from sla.serving import next_free
from sla.settings import Settings
from sla.store.migrate import migrate
from tests.bench.backlog import OFFICE, at
from tests.bench.database import server
from tests.bench.table import Row, Table
from tests.databases import new_database

MEMORY = 150  # megabytes
BEATS = 12  # seconds: the sweep and the delivery come round twice


def run(share: float = 1) -> Table:
    """The peak of its memory since it was started, after a page was asked for and the heartbeat has come round."""
    with server() as address, new_database(address) as url:
        _office(url)
        with serving(url) as (process, port):
            asked(f"http://127.0.0.1:{port}/healthz")
            threading.Event().wait(BEATS * max(share, 0.1))
            peak = _peak(process.pid)
    what = "PostgreSQL: memory of `sla serve` at rest"
    return Table("Serving", [Row(what, f"{peak:.0f} MB", "–", f"{peak:.0f} MB", f"< {MEMORY} MB", peak < MEMORY)])


def _office(url: str) -> None:
    with closing(build(Settings(database_url=url), clock=Clock(at("09-18T08:00")), checked=False)) as app:
        migrate(app.engine)
        with app.writing() as session:
            apply(session, plan_of(OFFICE % {"number": 0}, Path()), at("09-18T08:00"))


@contextmanager
def serving(url: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    environment = {**os.environ, "SLA_DATABASE_URL": url}
    command = [sys.executable, "-m", "sla", "serve", "--port", str(next_free("127.0.0.1", 8790))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[0]  # said once it is about to listen
        try:
            yield process, int(address.rpartition(":")[2])
        finally:
            process.terminate()


def asked(url: str) -> None:
    """Until it answers, whatever it says."""
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError as answer:
            answer.close()
        except OSError:
            threading.Event().wait(0.1)
            continue
        return
    raise AssertionError(f"{url} does not answer")


def _peak(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
