"""The units for systemd: systemd takes them, they give little away, and copies are kept and thrown away as they say."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.release.wheel import ROOT

UNITS = ROOT / "docs" / "install"
SLA = "/opt/shixian/current/bin/sla"
MOST_EXPOSED = 20  # in tenths, of 100; systemd calls up to 1.9 OK, and 9.6 is a service without any of this

pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with a program that is there in place of the one that is installed later."""
    for path in UNITS.glob("shixian*.*er*"):  # .service, .timer
        (tmp_path / path.name).write_text(path.read_text("utf-8").replace(SLA, "/bin/true"), "utf-8")
    return tmp_path


def analyzed(units: Path, *words: str) -> str:
    """What systemd says where no other units are."""
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:", "SYSTEMD_COLORS": "0"}
    done = subprocess.run(
        ("systemd-analyze", *words), cwd=units, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_systemd_finds_nothing_wrong_with_them(units: Path) -> None:
    names = ("shixian@serve.service", "shixian@worker.service", "shixian-backup.service", "shixian-backup.timer")
    assert analyzed(units, "verify", *(f"./{name}" for name in names)) == ""


@pytest.mark.parametrize("name", ["shixian@serve.service", "shixian-backup.service"])
def test_they_can_do_little_harm(units: Path, name: str) -> None:
    said = analyzed(units, "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}", name)
    assert f"Overall exposure level for {name}" in said


def shell(unit: str, field: str) -> str:
    """What the unit has the shell do, as systemd hands it over."""
    [command] = re.findall(rf"^{field}=(.*)$", (UNITS / unit).read_text("utf-8"), re.MULTILINE)
    sh, flag, script = shlex.split(command.replace("%%", "%"))
    assert (sh, flag) == ("/bin/sh", "-c")
    return script


def test_a_copy_is_named_by_its_moment_and_the_newest_thirty_are_kept(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "STATE_DIRECTORY": str(tmp_path)}

    def run(field: str) -> str:
        script = shell("shixian-backup.service", field).replace(SLA, "echo sla")
        return subprocess.run(("sh", "-c", script), env=environment, capture_output=True, text=True, check=True).stdout

    assert re.fullmatch(rf"sla backup {tmp_path}/shixian-\d{{4}}-\d\d-\d\d-\d{{6}}\.gz\n", run("ExecStart"))
    days = [f"shixian-2026-{month:02}-{day:02}-123000.gz" for month in (1, 2) for day in range(1, 17)]  # 32 of them
    for name in (*days, "notes.txt", "shixian-before.gz.part"):
        (tmp_path / name).touch()
    run("ExecStartPost")
    assert {path.name for path in tmp_path.iterdir()} == {*days[2:], "notes.txt", "shixian-before.gz.part"}
    run("ExecStartPost")
    assert len(list(tmp_path.iterdir())) == 32
