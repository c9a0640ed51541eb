"""Of a long import a piece now and then, in a process of its own, on another core."""

import logging
import pickle
from collections.abc import Iterator, Mapping
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import get_context

from sla.app import App, Clock, build
from sla.aside import cores
from sla.importing.report import Outcome
from sla.service.importing import Ground, Helper, Piece, brought

logger = logging.getLogger("sla.importing")
AFTER = 3  # pieces: to start a process takes as long as to bring in some hundred cases
IN_HAND = 2  # one that it does, and one that waits for it


@contextmanager
def importing_aside(app: App) -> Iterator[Helper | None]:
    """Takes a piece whenever it has room, once so many have been done without; None where there can be no such process.

    If it is killed, what it had in hand raises BrokenExecutor.
    """
    if cores() < 2:
        yield None
        return
    try:
        pool = ProcessPoolExecutor(1, get_context("spawn"))  # a fork would share open connections
    except (ImportError, NotImplementedError, OSError):  # a system without semaphores, as in some containers
        yield None
        return
    with pool:
        yield _Second(pool, pickle.dumps((app.settings, app.clock.fixed))).take


class _Second:
    """The other process, and what it has in hand. Once it failed it takes nothing more."""

    def __init__(self, pool: ProcessPoolExecutor, asked: bytes) -> None:
        self._pool, self._asked, self._passed = pool, asked, 0
        self._has: list[Future[Mapping[int, Outcome]]] = []
        self._failed = False

    def take(self, piece: Piece) -> "Future[Mapping[int, Outcome]] | None":
        """None while it has enough, or cannot."""
        over = [one for one in self._has if one.done()]
        self._failed = self._failed or any(one.exception() for one in over)
        self._has = [one for one in self._has if one not in over]
        self._passed += 1
        if self._failed or self._passed <= AFTER or len(self._has) >= IN_HAND:
            return None
        try:
            self._has.append(self._pool.submit(_brought, self._asked, piece))
        except (BrokenExecutor, RuntimeError, OSError):  # killed while it had nothing, or it cannot be started
            logger.warning("the import goes on in one process", exc_info=True)
            self._failed = True
            return None
        return self._has[-1]


def _brought(asked: bytes, piece: Piece) -> Mapping[int, Outcome]:
    return brought(_ground(asked), piece)


@lru_cache(maxsize=1)
def _ground(asked: bytes) -> Ground:
    """In the other process: one app, open as long as the process is."""
    settings, fixed = pickle.loads(asked)  # noqa: S301 - by the process that started this one
    app = build(settings, clock=Clock(fixed))
    return Ground(app.reading, app.writing, app.now)
