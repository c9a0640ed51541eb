"""Of a long import a piece now and then, in a process of its own, on another core."""

import logging
import pickle
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache

from sla.app import App, Clock, build
from sla.aside import second_process
from sla.importing.report import Outcome
from sla.service.importing import Ground, Helper, Piece, brought

Share = Callable[[], float]
logger = logging.getLogger("sla.importing")
AFTER = 3  # pieces, by which it shows how many there are
MANY = 20  # pieces there have to be: to start a process takes as long as to bring in some of them
IN_HAND = 2  # one that it does, and one that waits for it


@contextmanager
def importing_aside(app: App, share: Share) -> Iterator[Helper | None]:
    """Takes a piece whenever it has room, where there are many; `share` tells how much is read. None where there can be
    no such process.

    If it is killed, what it had in hand raises BrokenExecutor.
    """
    with second_process() as pool:
        yield _Second(pool, pickle.dumps((app.settings, app.clock.fixed)), share).take if pool else None


class _Second:
    """The other process, and what it has in hand. Once it failed it takes nothing more."""

    def __init__(self, pool: ProcessPoolExecutor, asked: bytes, share: Share) -> None:
        self._pool, self._asked, self._share, self._passed = pool, asked, share, 0
        self._pays = False
        self._has: list[Future[Mapping[int, Outcome]]] = []
        self._failed = False

    def take(self, piece: Piece) -> "Future[Mapping[int, Outcome]] | None":
        """None while it has enough, or cannot."""
        over = [one for one in self._has if one.done()]
        self._failed = self._failed or any(one.exception() for one in over)
        self._has = [one for one in self._has if one not in over]
        self._passed += 1
        if not self._pays and self._passed > AFTER:
            self._pays = self._share() < self._passed / MANY
        if self._failed or not self._pays or len(self._has) >= IN_HAND:
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
