"""Runs every benchmark of this package, prints the tables, writes docs/performance.md; with names (`pages reports`)
only those, and the rest of the report stays as it was. Exit code 1: a bar missed."""

import importlib
import os
import pkgutil
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests import bench
from tests.bench.table import Table

REPORT = Path(__file__).parents[2] / "docs" / "performance.md"
HEAD = """# Performance

What `make bench` measured (`python -m tests.bench`; with names, such as `pages`, only these). Medians; both sides of a
comparison in one process, in turn. Written by that command, not by hand.
"""


def tables(share: float = 1, names: Sequence[str] = ()) -> Iterator[Table]:
    """The table of each module of this package that can `run`, in order of name; of these `names` only, if any."""
    for found in pkgutil.iter_modules(bench.__path__):
        if found.name.startswith(("_", "test_")) or (names and found.name not in names):
            continue
        module = importlib.import_module(f"{bench.__name__}.{found.name}")
        if hasattr(module, "run"):
            yield module.run(share)


def report(measured: Iterable[Table], today: str, before: str = "", of: str = "") -> str:
    """The report with these tables, each with its day and the commit it is `of`, the one that is here if left out.

    Those it had `before` stay where they are.
    """
    sections = {part.partition("\n")[0]: part for part in before.split("\n## ")[1:]}
    made = f"Measured on {today}, commit {of or commit()}, on {machine()}."
    for table in measured:
        sections[table.title] = "\n".join([table.title, "", made, "", *table.markdown()])
    parts = [HEAD, *(f"## {part.strip()}\n" for part in sections.values())]
    return "\n".join(parts)


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


def main(names: Sequence[str]) -> int:
    """Each table is written as soon as it is measured."""
    met, of = True, commit()  # whatever is committed while it runs
    for table in tables(names=names):
        before = REPORT.read_text("utf-8") if REPORT.exists() else ""
        today = datetime.now(UTC).date().isoformat()  # noqa: TID251 - a measurement has the day it was made
        print("\n".join([f"## {table.title}", "", *table.markdown()]), flush=True)
        REPORT.write_text(report([table], today, before, of), "utf-8")
        met = met and all(row.met for row in table.rows)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
