"""A server without a network: what the wheel holds, and the packages it needs, make a service of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.release import day
from tests.release.alone import alone, impossible
from tests.release.wheel import environment


@pytest.fixture(scope="module", autouse=True)
def _possible() -> None:
    why = impossible()
    if why:
        pytest.skip(f"no network namespace here: {why}")


def said(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What Python says there, without a network."""
    command = alone(sys.executable, "-P", *arguments)
    env = environment(installed)
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_what_is_installed_begins_and_serves_without_a_network(installed: Path, tmp_path: Path) -> None:
    where = said(installed, tmp_path, "-c", "import sla; print(sla.__file__)")
    assert Path(where.stdout).is_relative_to(installed), where
    done = said(installed, tmp_path, day.__file__, "begin,serve", sys.executable, "-P", "-m", "sla")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "shixian.db").exists()


def test_and_there_nothing_leads_outside(installed: Path, tmp_path: Path) -> None:
    """Else the test above would prove nothing."""
    tried = "import socket; socket.create_connection(('198.51.100.1', 443), 1)"
    assert "Network is unreachable" in said(installed, tmp_path, "-c", tried).stderr
