"""`sla serve` and `sla worker` end on SIGTERM: what is being sent is sent and settled, what is not begun stays."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug import Response as Answer

from tests.long_runs import ROOT
from tests.service.cast import OFFICE, Window

LONG = 120  # seconds; on a busy machine a process is long in coming
AT_ONCE = 4  # messages that a process sends at a time
MESSAGES = 7
MORNING = "2026-09-22 09:00"  # T-1 of a promise of 4 working days from 09-18 (TIME_RULES, worked examples)
# The command line at a time that is set, as in tests/cli/cast.py, with a heartbeat that begins soon.
SLA = """
import datetime, sys, sla.app, sla.cli, tests.service.cast
of, moment = sla.app.Clock, tests.service.cast.at(sys.argv.pop())
sla.app.Clock = lambda: of(fixed=moment)
sla.app.DELIVER_EVERY = datetime.timedelta(seconds=0.1)
sla.cli.main()
"""


class Slow:
    """A hook that answers when it is let; which messages came, by their ids."""

    def __init__(self, server: HTTPServer) -> None:
        self.came, self.may = threading.Semaphore(0), threading.Event()
        self.ids: list[str] = []
        server.expect_request("/hook").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Answer:
        self.ids.append(request.headers["webhook-id"])
        self.came.release()
        assert self.may.wait(LONG)
        return Answer("", 204)


@contextmanager
def started(window: Window, *words: str) -> Iterator["subprocess.Popen[str]"]:
    environment = {
        **os.environ, "SLA_DATABASE_URL": window.url, "SLA_ALLOWED_HOSTS": "localhost", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    process = subprocess.Popen(
        (sys.executable, "-c", SLA, *words, MORNING),
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def stopped(process: "subprocess.Popen[str]", slow: Slow) -> int:
    """SIGTERM while messages are being sent; they are answered once the process has said that it stops."""
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    assert any("stopping" in line for line in process.stderr), "it says so in the log"
    slow.may.set()
    return process.wait(LONG)


@pytest.fixture
def threaded() -> Iterator[HTTPServer]:
    """A server that answers several at a time."""
    with HTTPServer("localhost", 0, threaded=True) as server:
        yield server


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("words", "code"), [(("worker",), 0), (("serve", "--port", "0"), 143)], ids=["worker", "serve"]
)
def test_what_is_being_sent_is_sent_and_the_rest_is_the_next_ones_to_send_each_once(
    window: Window, threaded: HTTPServer, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int
) -> None:
    monkeypatch.setenv("SLA_HOOK_SECRET", "whsec_" + "MDEy" * 10)
    text = OFFICE.replace("127.0.0.1:9/hook", f"localhost:{threaded.port}/hook")
    window.apply(text.replace('{ desk = "chen" }', '{ hook = "" }'))
    window.at("2026-09-18 09:30")
    for _ in range(MESSAGES):
        window.receive(handler="chen")
    window.at("2026-09-22 08:40").app.digests()
    window.tamper("DELETE FROM message")  # those digests
    window.at(MORNING).app.sweep()
    slow = Slow(threaded)
    with started(window, *words) as process:
        for _ in range(AT_ONCE):
            assert slow.came.acquire(timeout=LONG)
        assert stopped(process, slow) == code
    states = [(row.state, row.attempts) for row in window.rows("message") if "T-1" in row.key]
    assert sorted(states) == [("pending", 0)] * (MESSAGES - AT_ONCE) + [("sent", 1)] * AT_ONCE
    window.run()
    assert {row.state for row in window.rows("message") if "T-1" in row.key} == {"sent"}
    assert len(slow.ids) == len(set(slow.ids)) == MESSAGES
