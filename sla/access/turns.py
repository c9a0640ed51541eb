"""How many requests are worked on at a time, each kind by itself.

A page takes the interpreter, which one thread has at a time: of more pages at once each is later and none is earlier,
because each waits for all others after every answer of the database. What writes, or asks another machine, may have to
wait for it; it takes no turn from what only reads. What reads an office's whole year is done two at a time, and takes
none either.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from starlette.applications import Starlette

READING, WAITING, LASTING = 4, 40, 2  # threads

T = TypeVar("T")
_waiting: RunVar[CapacityLimiter] = RunVar("sla_waiting")
_lasting: RunVar[CapacityLimiter] = RunVar("sla_lasting")


@asynccontextmanager
async def in_turn(_served: Starlette) -> AsyncIterator[None]:
    """For as long as it is served: plain answers, which the framework puts into threads, are READING at a time."""
    to_thread.current_default_thread_limiter().total_tokens = READING
    yield


async def may_wait(work: Callable[..., T], *given: Any) -> T:
    """Done in a thread, WAITING of them at a time beside those that read."""
    return await to_thread.run_sync(work, *given, limiter=_limiter(_waiting, WAITING))


async def may_last(work: Callable[..., T], *given: Any) -> T:
    """Done in a thread, LASTING of them at a time beside all others."""
    return await to_thread.run_sync(work, *given, limiter=_limiter(_lasting, LASTING))


def _limiter(own: RunVar[CapacityLimiter], most: int) -> CapacityLimiter:
    limiter = own.get(None)
    if limiter is None:
        limiter = CapacityLimiter(most)
        own.set(limiter)
    return limiter
