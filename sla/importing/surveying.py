"""A file gone through once, for what its columns are called, what stands in them, and how many rows it has."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sla.importing.as_xes import ENDINGS, names_in, xes_sheet
from sla.importing.cells import CellError, text_of
from sla.importing.guessing import MOST_VALUES, Survey
from sla.importing.mapping import SourceMap
from sla.importing.opening import form_of, opened
from sla.importing.rows import Cell, Row, Sheet, SourceError


def surveyed(path: Path, most_rows: int, mapping: SourceMap | None = None) -> Survey:
    """Raises SourceError for a file that cannot be read to its end, or has more rows than `most_rows`.

    Without a `mapping` everything of an event log is looked at; with one what it names.
    """
    if mapping is None and form_of(path.name) in ENDINGS:
        with xes_sheet(path, *names_in(path)) as sheet:
            return _survey(sheet, most_rows)
    with opened(path, mapping or SourceMap("", {})) as sheet:
        return _survey(sheet, most_rows)


def _survey(sheet: Sheet, most_rows: int) -> Survey:
    texts = _Texts(sheet.columns)
    events = _Texts(sheet.event_columns)
    n = 0
    for n, row in enumerate(sheet.rows, start=1):
        if n > most_rows:
            raise SourceError(
                "file",
                "%(name)s has more than %(most_rows)s rows; divide it, or use: sla import",
                name=sheet.name,
                most_rows=f"{most_rows:,}",
            )
        texts.take(row)
        events.take_all(row.events)
    return Survey(sheet.columns, texts.found, n, sheet.event_columns, events.found)


class _Texts:
    """The different texts of each column, in the order they came."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns
        self.seen: dict[str, dict[str, None]] = {column: {} for column in columns}

    def take_all(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.take(row)

    def take(self, row: Row) -> None:
        for column, cell in zip(self.columns, row.cells, strict=False):
            known = self.seen[column]
            if len(known) < MOST_VALUES and (text := _text(cell)):
                known[text] = None

    @property
    def found(self) -> dict[str, tuple[str, ...]]:
        return {column: tuple(known) for column, known in self.seen.items()}


def _text(cell: Cell) -> str:
    try:
        return text_of(cell)
    except CellError:
        return ""
