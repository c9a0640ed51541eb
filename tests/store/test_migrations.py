"""From an empty database to this version's tables, once, whoever starts it; what cannot be used is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from sla.store.engine import StoreError, file_system_of, public_url
from sla.store.migrate import METADATA, head_revision, migrate, require_current
from tests.store.cast import engine, migrated, names

SLA = [sys.executable, "-W", "error", "-m", "sla"]


def test_an_empty_database_gets_every_table_and_is_then_current(database_url: str) -> None:
    with engine(database_url) as made:
        assert migrate(made) == (None, head_revision())
        require_current(made)
        with made.connect() as connection:
            assert names(connection) == {*METADATA.tables, "alembic_version"}


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    with migrated(database_url) as made:
        assert migrate(made) == (head_revision(), head_revision())


def test_the_migrated_schema_is_just_what_the_program_knows(database_url: str) -> None:
    with migrated(database_url) as made, made.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_two_processes_may_migrate_at_once(database_url: str) -> None:
    environment = {**os.environ, "SLA_DATABASE_URL": database_url}
    both = [
        subprocess.Popen([*SLA, "migrate"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ended = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    said = sorted(out.split(": ", 1)[1].strip() for out, _ in ended)
    assert said == sorted([f"empty → {head_revision()}", "is up to date"])


def test_an_empty_database_says_to_migrate(database_url: str) -> None:
    with engine(database_url) as made:
        with made.connect():
            pass  # SQLite: the file is there
        with pytest.raises(StoreError, match="database_url: the database is empty; run `sla migrate` first"):
            require_current(made)


def test_a_newer_database_is_refused_and_left_as_it_is(database_url: str) -> None:
    with migrated(database_url) as made:
        with made.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        for use in (migrate, require_current):
            with pytest.raises(StoreError, match="the schema 9999 is newer than this version of shixian; upgrade"):
                use(made)


@pytest.mark.parametrize("table", ["office", "person", "customers"])
def test_a_database_with_foreign_tables_is_refused_and_left_as_it_is(database_url: str, table: str) -> None:
    with engine(database_url) as made:
        with made.begin() as connection:
            connection.execute(sa.text(f"CREATE TABLE {table} (id INTEGER)"))
        for use in (migrate, require_current):
            with pytest.raises(StoreError, match="holds tables that sla migrate did not make"):
                use(made)
        with made.connect() as connection:
            assert names(connection) == {table}


# --- addresses -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        "nonsense", "oracle9://user:hunter2@host/db", "postgresql+psycopg://user:hunter2@host:port/db",
        "postgresql+nodriver://user:hunter2@host/db",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(StoreError, match="database_url: is no address; write sqlite:///") as refused, engine(url):
        pass
    assert "hunter2" not in str(refused.value)


def test_a_server_that_is_not_there_is_one_error_without_the_password() -> None:
    with engine("postgresql+psycopg://user:hunter2@127.0.0.1:9/db") as made:
        for use in (migrate, require_current):
            with pytest.raises(StoreError, match="database_url: cannot be opened") as refused:
                use(made)
            assert "hunter2" not in str(refused.value)


def test_a_wrong_password_is_not_told(postgresql: str) -> None:
    host = sa.make_url(postgresql).query["host"]
    with engine(f"postgresql+psycopg://nobody:hunter2@/postgres?host={host}") as made:
        with pytest.raises(StoreError, match="cannot be opened") as refused:
            require_current(made)
        assert "hunter2" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam, " * 100)
    with engine(f"sqlite:///{file}") as made:
        for use in (migrate, require_current):
            with pytest.raises(StoreError, match="cannot be opened: file is not a database"):
                use(made)
    assert file.read_text().startswith("Dear Sir")


def test_looking_at_a_database_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with (
        engine(f"sqlite:///{tmp_path}/none.db") as made,
        pytest.raises(StoreError, match=r"there is no database at .*none\.db; run `sla migrate` to make one"),
    ):
        require_current(made)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://user:hunter2@host/db", "postgresql+psycopg://user:***@host/db"),
        ("postgresql+psycopg://user:hunter/2@host/db", "postgresql+psycopg://user:***@host/db"),
        ("postgresql+psycopg://user@host/db", "postgresql+psycopg://user@host/db"),
        ("sqlite:////var/lib/shixian.db", "sqlite:////var/lib/shixian.db"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert public_url(url) == shown


MOUNTS = """\
/dev/vda1 / ext4 rw,relatime 0 0
tmpfs /run tmpfs rw 0 0
server:/export /srv nfs4 rw,vers=4.2 0 0
/dev/vdb1 /srv/local xfs rw 0 0
//nas/share /mnt/my\\040share cifs rw 0 0
host0 /home/user 9p rw 0 0
user@host: /mnt/ssh fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/srv", "nfs4"),
        ("/srv/data/deep", "nfs4"),
        ("/srv/local", "xfs"),  # the innermost mount decides
        ("/srvice", "ext4"),  # a name that only begins alike
        ("/mnt/my share/office", "cifs"),
        ("/home/user", "9p"),
        ("/mnt/ssh/db", "fuse.sshfs"),
        ("/run", "tmpfs"),
    ],
)
def test_the_file_system_of_a_folder_is_that_of_its_innermost_mount(folder: str, kind: str) -> None:
    assert file_system_of(Path(folder), MOUNTS) == kind


def test_nothing_is_known_without_mounts() -> None:
    assert file_system_of(Path("/srv"), "") == ""
    assert file_system_of(Path("/srv"), "nonsense\n\n") == ""


def test_sqlite_on_a_network_share_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sla.store.engine._mounts", lambda: f"server:/export {tmp_path} nfs4 rw 0 0\n")
    with (
        pytest.raises(StoreError, match=r"database_url: .*office\.db lies on a network share \(nfs4\), .* local disk"),
        engine(f"sqlite:///{tmp_path}/office.db"),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
