"""How many requests are worked on at a time, each kind by itself.

A page takes the interpreter, which one thread has at a time: of more pages at once each is later and none is earlier,
because each waits for all others after every answer of the database. What writes, or asks another machine, may have to
wait for it; it takes no turn from what only reads.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from starlette.applications import Starlette

READING, WAITING = 4, 40  # threads

T = TypeVar("T")
_waiting: RunVar[CapacityLimiter] = RunVar("sla_waiting")


@asynccontextmanager
async def in_turn(_served: Starlette) -> AsyncIterator[None]:
    """For as long as it is served: plain answers, which the framework puts into threads, are READING at a time."""
    to_thread.current_default_thread_limiter().total_tokens = READING
    yield


async def may_wait(work: Callable[..., T], *given: Any) -> T:
    """Done in a thread, WAITING of them at a time beside those that read."""
    limiter = _waiting.get(None)
    if limiter is None:
        limiter = CapacityLimiter(WAITING)
        _waiting.set(limiter)
    return await to_thread.run_sync(work, *given, limiter=limiter)
