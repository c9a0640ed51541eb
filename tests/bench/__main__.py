"""Runs every benchmark of this package, prints the tables, writes docs/performance.md. Exit code 1: a bar missed."""

import importlib
import os
import pkgutil
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests import bench
from tests.bench.table import Table

REPORT = Path(__file__).parents[2] / "docs" / "performance.md"


def tables(share: float = 1) -> Iterator[Table]:
    """The table of each module of this package that can `run`, in order of name."""
    for found in pkgutil.iter_modules(bench.__path__):
        if found.name.startswith(("_", "test_")):
            continue
        module = importlib.import_module(f"{bench.__name__}.{found.name}")
        if hasattr(module, "run"):
            yield module.run(share)


def report(measured: list[Table], today: str) -> str:
    lines = [
        "# Performance",
        "",
        f"Measured on {today} with `make bench` (`python -m tests.bench`), commit {commit()},",
        f"on {machine()}.",
        "Medians; both sides of a comparison in one process, in turn. Written by that command, not by hand.",
        "",
    ]
    for table in measured:
        lines += table.markdown()
    return "\n".join(lines).rstrip() + "\n"


def commit() -> str:
    commit = _git("rev-parse", "--short", "HEAD")
    changed = " with changes" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return f"`{commit}`{changed}" if commit else "none yet"


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=False, cwd=REPORT.parent)
    return done.stdout.strip() if done.returncode == 0 else ""


def machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = (line for line in cpuinfo.read_text().splitlines() if line.startswith("model name"))
        model = next(named, f": {model}").partition(":")[2].strip()
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def main() -> int:
    measured = list(tables())
    today = datetime.now(UTC).date().isoformat()  # noqa: TID251 - a measurement has the day it was made
    text = report(measured, today)
    print(text)
    REPORT.write_text(text, "utf-8")
    return 0 if all(row.met for table in measured for row in table.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
