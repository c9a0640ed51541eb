"""A copy of a running service, and a database made of it again: on either kind, whole or not at all."""

import gzip
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sla.service.backup import back_up, restore
from sla.service.errors import ServiceError
from sla.store.copies import copied
from sla.store.engine import Engine, StoreError, engine_of
from sla.store.migrate import METADATA
from tests.databases import new_database
from tests.schema import make_tables
from tests.service.cast import Window, notice


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with tables and nothing in them."""
    if request.param == "sqlite":
        engine = engine_of(f"sqlite:///{tmp_path}/other.db")
        make_tables(engine)
        yield engine
        engine.dispose()
        return
    with new_database(request.getfixturevalue("postgresql")) as url:
        engine = engine_of(url)
        make_tables(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def busy(window: Window) -> Window:
    """A window with cases, parties, messages that were sent, refused and wait, a notice and an applied change."""
    number = window.at("2026-09-18 09:30").receive(applicant="张三", title="云溪路 7 号")
    window.receive("construction_works", accept=False)
    window.at("2026-09-22 09:00").run_all()
    window.record(number, "paused", ground="expert_review")
    window.announce(notice("n", off="2026-09-28"))
    window.run_all()
    return window


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row as values, which are the same on both databases."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
            for table in METADATA.sorted_tables
        }


def changed(file: Path, *, without: int | None = None, replace: tuple[str, str] = ("", ""), more: str = "") -> Path:
    """Another copy: a line left out, a text changed, or one added."""
    lines = gzip.decompress(file.read_bytes()).decode().splitlines(keepends=True)
    if without is not None:
        del lines[without]
    text = "".join(lines) + more
    assert replace[0] in text
    other = file.with_name("changed.gz")
    other.write_bytes(gzip.compress((text.replace(*replace, 1) if replace[0] else text).encode()))
    return other


# --- whole -----------------------------------------------------------------------------------------------------------
def test_everything_comes_back_on_either_database(busy: Window, empty: Engine, tmp_path: Path) -> None:
    file = tmp_path / "copy.gz"
    before = contents(busy.app.engine)
    back_up(busy.app.engine, file, busy.now)
    found = restore(empty, file)
    assert contents(empty) == before
    assert found.rows == sum(map(len, before.values())) > 50
    assert found.findings == ()


def test_a_copy_of_the_copy_says_the_same(busy: Window, empty: Engine, tmp_path: Path) -> None:
    back_up(busy.app.engine, tmp_path / "copy.gz", busy.now)
    restore(empty, tmp_path / "copy.gz")
    assert list(copied(empty, busy.now)) == list(copied(busy.app.engine, busy.now))


def test_it_is_of_one_moment_while_others_write(busy: Window, empty: Engine, tmp_path: Path) -> None:
    lines = copied(busy.app.engine, busy.now)
    first = next(lines)
    before = contents(busy.app.engine)
    busy.receive(title="came in meanwhile")
    file = tmp_path / "copy.gz"
    file.write_bytes(gzip.compress((first + "".join(lines)).encode()))
    after = restore(empty, file)
    assert after.findings == ()
    assert len(contents(empty)["case_file"]) in (len(before["case_file"]), len(before["case_file"]) + 1)
    assert {row[1] for row in contents(empty)["case_event"]} <= {row[1] for row in contents(empty)["case_file"]}


def test_the_service_goes_on_from_a_restored_database(busy: Window, empty: Engine, tmp_path: Path) -> None:
    back_up(busy.app.engine, tmp_path / "copy.gz", busy.now)
    restore(empty, tmp_path / "copy.gz")
    url = empty.url.render_as_string(hide_password=False)
    other = Window(url, tmp_path)
    try:
        expected = busy.at("2026-09-30 09:00").run_all()
        other.at("2026-09-30 09:00")
        other._seen.update(row.id for row in other.rows("message") if row.state == "sent")
        assert other.run_all() == expected != []
    finally:
        other.app.close()


def test_it_names_the_secrets_that_no_copy_holds_and_only_its_owner_can_read_it(
    busy: Window, empty: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLA_HOOK_SECRET", "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=")
    file = tmp_path / "copy.gz"
    back_up(busy.app.engine, file, busy.now)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"MDAwMDAw" not in gzip.decompress(file.read_bytes())
    assert restore(empty, file).secrets == ("planning-window hook: SLA_HOOK_SECRET",)


# --- or not at all ---------------------------------------------------------------------------------------------------
def test_a_copy_that_is_not_as_it_was_written_is_refused_and_nothing_is_restored(
    busy: Window, empty: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "copy.gz"
    back_up(busy.app.engine, file, busy.now)
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    with pytest.raises(StoreError, match="the copy ends before its last line; it was cut off"):
        restore(empty, changed(file, without=len(lines) - 1))
    with pytest.raises(StoreError, match="the copy is not as it was written: its checksum differs"):
        restore(empty, changed(file, replace=("云溪路 7 号", "云溪路 8 号")))
    with pytest.raises(StoreError, match="stands behind the end of the copy"):
        restore(empty, changed(file, more='{"table": "office"}\n'))
    with pytest.raises(StoreError, match="line 1: the copy's schema is 9999"):
        restore(empty, changed(file, replace=(json.loads(lines[0])["schema"], "9999")))
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ServiceError, match=r"file: .* is no whole copy"):
        restore(empty, file)
    assert not any(contents(empty).values())


def test_what_is_no_copy_is_refused(empty: Engine, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir")
    with pytest.raises(ServiceError, match="is no whole copy; it was cut off, or is something else"):
        restore(empty, file)
    with pytest.raises(ServiceError, match="cannot be read: No such file"):
        restore(empty, tmp_path / "nowhere.gz")
    file.write_bytes(gzip.compress(b"[1]\n"))
    with pytest.raises(StoreError, match="line 1: is no JSON object"):
        restore(empty, file)


def test_a_database_that_is_not_empty_is_left_alone(busy: Window, tmp_path: Path) -> None:
    back_up(busy.app.engine, tmp_path / "copy.gz", busy.now)
    before = busy.dump()
    with pytest.raises(StoreError, match="is not empty; restore into a database that only `sla migrate` has touched"):
        restore(busy.app.engine, tmp_path / "copy.gz")
    assert busy.dump() == before


def test_no_file_is_overwritten_and_no_half_file_is_left(
    busy: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "copy.gz"
    file.write_text("precious")
    with pytest.raises(ServiceError, match="is there already"):
        back_up(busy.app.engine, file, busy.now)
    assert file.read_text() == "precious"
    with pytest.raises(ServiceError, match="cannot be written: No such file"):
        back_up(busy.app.engine, tmp_path / "no" / "copy.gz", busy.now)

    def interrupted(engine: Engine, now: object) -> Iterator[str]:
        yield "{}\n"
        raise KeyboardInterrupt

    monkeypatch.setattr("sla.service.backup.copied", interrupted)
    with pytest.raises(KeyboardInterrupt):
        back_up(busy.app.engine, tmp_path / "other.gz", busy.now)
    assert sorted(path.name for path in tmp_path.glob("*.gz*")) == ["copy.gz"]
