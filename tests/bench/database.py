"""The PostgreSQL that a benchmark measures: one of its own that waits for the disk, as in use."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.databases import postgresql_server

_LENT: list[str] = []


@contextmanager
def server() -> Iterator[str]:
    """Its address; or that of the server which was lent to whoever only wants to see the benchmarks run."""
    if _LENT:
        yield _LENT[-1]
        return
    with postgresql_server(waits_for_disk=True) as url:
        yield url


@contextmanager
def lent(url: str) -> Iterator[None]:
    _LENT.append(url)
    try:
        yield
    finally:
        _LENT.pop()
