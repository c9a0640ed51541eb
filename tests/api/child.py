"""A server in a process of its own, which is killed where it is told."""

import importlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from sla.app import Clock, build
from sla.settings import Settings
from tests.browser.cast import serving

PROCESSES = multiprocessing.get_context("forkserver")  # forks from a process that has everything imported already


@contextmanager
def child(url: str, now: datetime, place: str, nth: int = 1) -> Iterator[tuple[str, BaseProcess]]:
    """The address of a server on a database, and its process. It dies of SIGKILL when the function `MODULE:NAME` is
    called for the nth time: before it, or behind it for `MODULE:NAME+`."""
    PROCESSES.set_forkserver_preload(["tests.api.child"])
    forkserver.ensure_running()
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_serve, args=(url, now, place, nth, theirs))
    process.start()
    theirs.close()
    try:
        assert ours.poll(60), "the server did not start"
        yield str(ours.recv()), process
    finally:
        ours.close()
        process.join(30)


def _serve(url: str, now: datetime, place: str, nth: int, told: Connection) -> None:
    _arm(place, nth)
    app = build(Settings(database_url=url), clock=Clock(fixed=now))
    with serving(app) as base:
        told.send(base)
        told.poll(60)  # until the test is over
    app.close()


def _arm(place: str, nth: int) -> None:
    module_name, _, name = place.rstrip("+").partition(":")
    module, calls = importlib.import_module(module_name), count(1)
    whole = getattr(module, name)

    def deadly(*given: Any, **named: Any) -> Any:
        now = next(calls) == nth
        if now and not place.endswith("+"):
            os.kill(os.getpid(), signal.SIGKILL)
        done = whole(*given, **named)
        if now:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(module, name, deadly)
