"""The rows that were not brought in, as a CSV file with the columns they came in and the reasons behind: it is mended
and brought in as it is."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from schedules.faults import Phrase
from sla.formats.as_csv import harmless
from sla.formats.whole import whole
from sla.importing.report import Outcome
from sla.importing.rows import Cell, SourceError

REASON = "reason"

Say = Callable[[Phrase], str]


class Rejects:
    """Takes the rows that were refused, one after the other; `say` says their reasons in somebody's language."""

    def __init__(self, lines: Any, columns: Sequence[str], say: Say = str) -> None:
        self.lines, self.say = lines, say
        self.kept = [place for place, name in enumerate(columns) if name != REASON]
        lines.writerow([*(harmless(columns[place]) for place in self.kept), REASON])

    def add(self, outcome: Outcome) -> None:
        if outcome.standing is None:
            cells = [harmless(_text(outcome.row.cells[place])) for place in self.kept]
            self.lines.writerow([*cells, harmless(self.say(Phrase.listed(outcome.reasons)))])


@contextmanager
def rejects(path: Path, columns: Sequence[str], say: Say = str) -> Iterator[Rejects]:
    """It stands under its name once everything is in it. Raises SourceError for one that cannot be written."""
    try:
        with whole(path) as raw:
            out = TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")
            yield Rejects(csv.writer(out), columns, say)
            out.detach()  # which writes what it holds; `raw` goes on
    except OSError as error:
        raise SourceError("rejects", "%(file)s cannot be written: %(why)s", file=path, why=error.strerror) from None


def _text(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else cell
