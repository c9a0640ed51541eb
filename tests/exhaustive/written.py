"""The last long run on record: docs/exhaustive.md, written with SLA_EXHAUSTIVE_FULL set when everything passed."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.long_runs import made_on

COMMAND = "make exhaustive"


@dataclass
class Tally:
    """How much was compared in this run."""

    china: int = 0
    china_requests: int = 0
    asked: Counter[str] = field(default_factory=Counter)

    @property
    def complete(self) -> bool:
        return bool(self.china and self.china_requests and self.asked)

    def write(self, path: Path) -> None:
        path.write_text(self._page(), "utf-8")

    def _page(self) -> str:
        rows = [f"| `{unit}` | {count:,} |" for unit, count in sorted(self.asked.items())]
        return "\n".join(
            [
                "# Counted again by hand",
                "",
                made_on(COMMAND),
                "",
                "A walk that shares no code with the engine (`tests/walk`) goes through the calendar day by day, and"
                " through service time minute by minute. Every answer was the same, but for the figures that"
                " `tests/exhaustive/errata.py` passes over.",
                "",
                f"- Working days in China, every start from 2007-01-01 to 2026-12-31 with every limit from 0 to 60:"
                f" {self.china:,} on the calendar, {self.china_requests:,} as requests of `sla due --batch`. Days off"
                " come from the package `chinese_calendar`, past 2026 from the law alone.",
                f"- {self.asked.total():,} requests at random, with pauses (touching, overlapping, of no length, on the"
                " first and on the due day, dated and timed, open, recorded late), extensions, every setting, countries"
                " and calendars of one's own, zones with clock changes, uneven hours with breaks, single days and"
                " make-up hours:",
                "",
                "| unit | requests |",
                "|---|---:|",
                *rows,
                "",
                "An off-by-one planted in each of the rules R4 to R11 is found"
                " (`tests/exhaustive/test_it_can_fail.py`).",
                "",
            ]
        )
