"""The last long run on record: docs/crash.md, written when SLA_CRASH_FULL is set and everything passed."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.journey import Journey
from tests.crash.points import EVERY
from tests.long_runs import made_on

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
        rows = [f"| {p.name} | {self.kills['SQLite', p.name]} | {self.kills['PostgreSQL', p.name]} |" for p in EVERY]
        return "\n".join(
            [
                "# Killed on purpose",
                "",
                made_on(COMMAND),
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
