"""The last long run on record: docs/crash.md, written when SLA_CRASH_FULL is set and everything passed."""

import os
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.crash.journey import Journey
from tests.crash.points import EVERY

ROOT = Path(__file__).parents[2]
COMMAND = "make crash"


@dataclass
class Tally:
    """The kills of this run by database and point, and what came of them."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    journeys: int = 0
    repeats: int = 0

    def add(self, database_url: str, journey: Journey) -> None:
        database = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
        self.kills.update((database, kill.point.name) for kill in journey.kills)
        self.journeys += 1
        ids = [arrival.webhook_id for arrival in journey.server.arrivals]
        self.repeats += len(ids) - len(set(ids))

    def write(self, path: Path) -> None:
        """The run as a page: when, on what, how often at which point, and what was found."""
        path.write_text(self._page(), "utf-8")

    def _page(self) -> str:
        today = datetime.now(UTC).date()  # noqa: TID251 - the page says when the run was made
        rows = [f"| {p.name} | {self.kills['SQLite', p.name]} | {self.kills['PostgreSQL', p.name]} |" for p in EVERY]
        return "\n".join(
            [
                "# Killed on purpose",
                "",
                f"The last long run: {today}, commit {_commit()}, `{COMMAND}`.",
                "",
                f"{self.kills.total()} times a process that records, sweeps, makes digests and delivers to a local HTTP"
                f" server was killed with `kill -9` at a named point, on {self.journeys} journeys of a window with 12"
                " cases through four days. After each: no alarm lost, none enqueued twice, events all or nothing"
                f" and their chains whole. {self.repeats} deliveries came twice, each under the id of its first.",
                "",
                "| killed | SQLite | PostgreSQL |",
                "|---|---:|---:|",
                *rows,
                "",
                "The same journey with the sweep's transaction taken out is found to lose and to double alarms"
                " (`tests/crash/test_it_can_fail.py`).",
                "",
            ]
        )


def _commit() -> str:
    """HEAD, with a note where the tree holds more than it."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}

    def git(*words: str) -> str:
        done = subprocess.run(("git", *words), cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    head = git("rev-parse", "--short", "--verify", "HEAD")
    if not head:
        return "uncommitted"
    return f"{head} with uncommitted changes" if git("status", "--porcelain") else head
