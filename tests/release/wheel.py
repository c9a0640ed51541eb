"""The wheel of this tree, built without the network and without a trace in the tree; what is in it."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from email.message import Message
from email.parser import Parser
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("sla", "schedules", "notifiers")
BESIDE = ("pyproject.toml", "README.md", "LICENSE")


def build(folder: Path, root: Path = ROOT) -> Path:
    """The wheel of a tree, built in the folder from a copy of what it is made of."""
    with tempfile.TemporaryDirectory() as source:
        for name in PACKAGES:
            ignored = shutil.ignore_patterns("__pycache__", "*.py[cod]")
            shutil.copytree(root / name, Path(source) / name, ignore=ignored)
        for name in BESIDE:
            shutil.copy(root / name, source)
        options = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
        command = (sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(folder), source)
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=source)
    if done.returncode:
        raise AssertionError(f"the wheel does not build:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return next(folder.glob("shixian-*.whl"))


def files(wheel: Path) -> Mapping[str, bytes]:
    """The files in the wheel by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in sorted(archive.namelist())}


def metadata(wheel: Path) -> Message:
    text = next(content for name, content in files(wheel).items() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(text.decode())


def version_of(wheel: Path) -> str:
    return str(metadata(wheel)["Version"])


def checksums(wheel: Path) -> str:
    """One line a file, in order of name, as `sha256sum` writes it; without those that say how it was built."""
    kept = {name: content for name, content in files(wheel).items() if not name.endswith(("/RECORD", "/WHEEL"))}
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in kept.items())


def newest_version() -> str:
    """The newest release in CHANGELOG.md."""
    found = re.search(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert found is not None, "CHANGELOG.md names no release"
    return found[1]


def run(installed: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`python -m sla …` as installed there: from another folder, with nothing of this tree on the path."""
    command = (sys.executable, "-P", "-m", "sla", *words)
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=installed.parent, env=environment(installed)
    )


def environment(installed: Path) -> dict[str, str]:
    """In which Python finds what is installed there ahead of this tree."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLA_", "PYTHON"))}
    return {**kept, "PYTHONPATH": str(installed)}
