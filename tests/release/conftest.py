"""The wheel of this tree, and a folder it is installed into."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.release.wheel import build


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder it is installed into, without the packages it needs: those are the venv's."""
    folder = tmp_path_factory.mktemp("installed") / "packages"
    options = ("--quiet", "--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check")
    subprocess.run((sys.executable, "-m", "pip", "install", *options, "--target", folder, wheel), check=True)
    return folder
