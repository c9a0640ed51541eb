"""docs/install/install: what it refuses before it makes anything."""

import hashlib
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.release.wheel import ROOT

MADE_FOR = f"{'.'.join(platform.python_version_tuple()[:2])} {platform.machine()}"


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """An archive of nothing but the script, as it was packed."""
    folder = tmp_path / "shixian-9.9.9"
    folder.mkdir()
    shutil.copy(ROOT / "docs" / "install" / "install", folder)
    (folder / "made-for").write_text(f"{MADE_FOR}\n")
    seal(folder)
    return folder


def seal(folder: Path) -> None:
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in ("install", "made-for")]
    (folder / "SHA256SUMS").write_text("".join(sums))


def refused(folder: Path, *arguments: str | Path, **environment: str) -> str:
    command = ("sh", str(folder / "install"), *map(str, arguments))
    done = subprocess.run(
        command,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHON": sys.executable, **environment},
    )
    assert done.returncode == 2, done
    return done.stderr.splitlines()[-1]


def test_it_wants_to_be_told_where_to(unpacked: Path) -> None:
    assert refused(unpacked) == "error: say where to: sh install /opt/shixian/VERSION"


def test_what_is_there_is_not_touched(unpacked: Path, tmp_path: Path) -> None:
    there = tmp_path / "0.1.0"
    there.mkdir()
    (there / "kept").touch()
    assert refused(unpacked, there) == f"error: {there} is there already; each version has a folder of its own"
    assert [path.name for path in there.iterdir()] == ["kept"]


def test_another_python_than_it_was_made_for_is_refused(unpacked: Path, tmp_path: Path) -> None:
    (unpacked / "made-for").write_text("3.99 riscv64\n")
    seal(unpacked)
    said = refused(unpacked, tmp_path / "new")
    assert said == f"error: this was made for Python 3.99 riscv64; {sys.executable} is Python {MADE_FOR}"
    assert refused(unpacked, tmp_path / "new", PYTHON="no-python").startswith("error: no-python does not run")
    assert not (tmp_path / "new").exists()


def test_a_file_that_was_changed_on_the_way_is_refused(unpacked: Path, tmp_path: Path) -> None:
    with (unpacked / "install").open("a") as script:
        script.write("# changed\n")
    assert refused(unpacked, tmp_path / "new") == "error: these are not the files that were packed"
    assert not (tmp_path / "new").exists()
