"""The rows that were not brought in, as a CSV file with the columns they came in and the reasons behind: it is mended
and brought in as it is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from schedules.faults import Phrase
from sla.formats.as_csv import harmless
from sla.importing.beside import Lines, lines_in
from sla.importing.report import Outcome
from sla.importing.rows import Cell

REASON = "reason"

Say = Callable[[Phrase], str]


class Rejects:
    """Takes the rows that were refused, one after the other; `say` says their reasons in somebody's language."""

    def __init__(self, lines: Lines, columns: Sequence[str], say: Say = str) -> None:
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
    with lines_in(path, "rejects") as lines:
        yield Rejects(lines, columns, say)


def _text(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else cell
