"""The last long run on record: docs/crash.md, written when SLA_CRASH_FULL is set and all of it was run and passed."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.journey import AT_RANDOM, BACKEND, FAILOVER, SERVER, Journey
from tests.crash.points import EVERY
from tests.long_runs import made_on

COMMAND = "make crash"
_POINTS = tuple(point.name for point in EVERY)
_OF_A_SERVER = (SERVER, BACKEND, FAILOVER)


@dataclass
class Tally:
    """The kills of this run by database and point, and what came of them."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    journeys: int = 0
    repeats: int = 0

    def add(self, database_url: str, journey: Journey) -> None:
        database = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
        self.kills.update((database, kill.point.name) for kill in journey.kills)
        self.kills.update({(database, name): count for name, count in journey.others.items()})
        self.journeys += 1
        ids = [arrival.webhook_id for arrival in journey.server.arrivals]
        self.repeats += len(ids) - len(set(ids))

    @property
    def is_whole(self) -> bool:
        """Whether something was killed at each point, on each database where it can be: no part of a run is a run."""
        both = [(database, name) for database in ("SQLite", "PostgreSQL") for name in (*_POINTS, AT_RANDOM)]
        return all(self.kills[place] for place in [*both, *(("PostgreSQL", name) for name in _OF_A_SERVER)])

    def write(self, path: Path) -> None:
        """The run as a page: when, on what, how often at which point, and what was found."""
        path.write_text(self._page(), "utf-8")

    def _page(self) -> str:
        names = [*_POINTS, AT_RANDOM, *_OF_A_SERVER]
        rows = [f"| {name} | {self.kills['SQLite', name]} | {self.kills['PostgreSQL', name]} |" for name in names]
        cut = sum(self.kills["PostgreSQL", name] for name in _OF_A_SERVER)
        chance = sum(self.kills[database, AT_RANDOM] for database in ("SQLite", "PostgreSQL"))
        return "\n".join(
            [
                "# Killed on purpose",
                "",
                made_on(COMMAND),
                "",
                f"{self.kills.total()} kills with `kill -9`, on {self.journeys} journeys of a window with 12 cases"
                f" through four days: {self.kills.total() - cut - chance} of a process that records, sweeps, makes"
                f" digests and delivers to a local HTTP server, at a named point; {chance} of it at a moment by chance;"
                f" {cut} of the database itself, with `fsync` on, at those points and at moments by chance, which then"
                " recovered. After each day: no alarm lost, none enqueued twice, events all or nothing and their chains"
                f" whole. {self.repeats} deliveries came twice, each under the id of its first.",
                "",
                "| killed | SQLite | PostgreSQL |",
                "|---|---:|---:|",
                *rows,
                "",
                "On SQLite the process is the database. What is broken on purpose is found"
                " (`tests/crash/test_it_can_fail.py`): the sweep's transaction taken out, alarms are lost and doubled;"
                " the fence of the leases taken out, a node that stood still records attempts that are no longer its"
                " own; another id for each try.",
                "",
            ]
        )
