"""One clock of a case worked out from its events, and requests answered by the line."""

import json

from sla.cli.due import answers
from sla.clock import run as worked_out
from sla.events import ordered
from tests.bench.table import Row, Table, at_most, median_seconds
from tests.core.cast import SHANGHAI, accepted, at, china, paused, received, resumed, rule

CALLS, ROUNDS, LINES = 1_000, 30, 20_000


def run(share: float = 1) -> Table:
    """A clock with four events and a pause at one moment; a file of plain requests without their ledgers."""
    return Table("Clocks", [_clock(max(2, round(ROUNDS * share))), _lines(round(LINES * share))])


def _clock(rounds: int) -> Row:
    events = [
        received("2026-09-18 09:00"),
        accepted("2026-09-18 09:30"),
        paused("2026-09-21 10:00"),
        resumed("2026-09-23 10:00"),
    ]
    told, watched, calendar, now = ordered(events, SHANGHAI), rule(4, "expert_review"), china(), at("2026-09-23 12:00")
    took = median_seconds(lambda: [worked_out(watched, calendar, told, now) for _ in range(CALLS)], rounds)
    return at_most("one case clock with four events and a pause", took / CALLS, 50e-6)


def _lines(lines: int) -> Row:
    request = {"start": "2026-09-18", "limit": {"amount": 6, "unit": "working_days"}, "ledger": False}
    text = json.dumps(request)

    def all_answered() -> None:
        for _ in answers(text for _ in range(lines)):
            pass

    return at_most("one line of `sla due --batch` without its ledger", median_seconds(all_answered, 3) / lines, 500e-6)
