"""A server that listens to reminders, and a process to fork from that has everything imported."""

import os
from collections.abc import Iterator
from multiprocessing import forkserver

import pytest
from pytest_httpserver import HTTPServer

from tests.crash.journey import PROCESSES, Server
from tests.crash.written import Tally
from tests.long_runs import ROOT


@pytest.fixture(scope="session", autouse=True)
def nursery() -> None:
    """Started once: a child is then there in a few milliseconds."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(ROOT))
        PROCESSES.set_forkserver_preload(["tests.crash.child"])
        forkserver.ensure_running()


@pytest.fixture
def server() -> Iterator[Server]:
    with HTTPServer(host="127.0.0.1", threaded=True) as http:
        yield Server(http)


@pytest.fixture(scope="session")
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """Written down at the end of a whole long run in which nothing failed."""
    tally = Tally()
    yield tally
    if os.environ.get("SLA_CRASH_FULL") and tally.is_whole and not request.session.testsfailed:
        tally.write(ROOT / "docs" / "crash.md")
