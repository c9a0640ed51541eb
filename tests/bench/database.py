"""The databases that a benchmark measures; its PostgreSQL is one of its own that waits for the disk, as in use."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.databases import new_database, postgresql_server

_LENT: list[str] = []


def each_database() -> Iterator[tuple[str, str]]:
    """A new one of each kind, one after the other: what it is called, and its address."""
    with tempfile.TemporaryDirectory() as folder:
        yield "SQLite", f"sqlite:///{folder}/shixian.db"
    with server() as address, new_database(address) as url:
        yield "PostgreSQL", url


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
