"""`make mutants`: every mutant of the files that must be right to the day; writes docs/mutants.md.

Exit code 1: less than nine in ten were killed, or one lives of which nobody has said why no test can tell.
"""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.mutants.running import NEEDED, ROOT, Outcome, equivalents, run, shown

REPORT = ROOT / "docs" / "mutants.md"


def main() -> int:
    listed = equivalents()
    with tempfile.TemporaryDirectory() as name:
        found = run(Path(name))
        unlisted = [mutant for mutant in found.living if mutant not in listed]
        for mutant in unlisted:
            print(shown(Path(name), mutant))
    gone = [mutant for mutant in listed if mutant not in found.living]
    REPORT.write_text(report(found, listed), "utf-8")
    print(f"{found.total} mutants, {found.killed:.1%} killed, {len(found.living)} live, {len(unlisted)} unexplained")
    print("\n".join(f"listed as equivalent, but killed: {mutant}" for mutant in gone))
    return 0 if found.killed >= NEEDED and not unlisted and not gone else 1


def report(found: Outcome, listed: dict[str, str]) -> str:
    today = datetime.now(UTC).date().isoformat()  # noqa: TID251 - a measurement has the day it was made
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    lines = [
        "# Mutants",
        "",
        f"Measured on {today} with `make mutants` (`python -m tests.mutants`), commit `{commit}`.",
        "One spot of the code is broken at a time, and a test must fail. Written by that command, not by hand.",
        "",
        "| file | mutants | killed |",
        "|---|--:|--:|",
    ]
    for path, made in found.made.items():
        lines.append(f"| `{path}` | {made} | {1 - found.living_in(path) / made:.1%} |")
    lines += [f"| all | {found.total} | {found.killed:.1%} |", "", "## Those that live", ""]
    lines += [f"- `{name}`: {listed.get(name, '**unexplained**')}" for name in found.living]
    if found.hung:
        told = "Stopped at their time limit twice, the second time alone; they count as killed."
        lines += ["", "## Endless loops", "", told]
        lines += ["", *(f"- `{name}`" for name in found.hung)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
