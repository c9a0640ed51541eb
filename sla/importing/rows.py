"""A source as rows of cells, read one after the other: what every form of file is read into."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from schedules.faults import FieldError, Phrase

Cell = str | date | datetime  # a datetime is naive where the file gives no zone; what is empty is ""

MOST_COLUMNS = 1_000
LONGEST = 10_000  # characters in a cell


class SourceError(FieldError):
    """A file or a mapping that cannot be used at all: says which, where, and what would be right."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` is the one a spreadsheet shows, the head being 1. `trouble`: why it cannot be read at all.

    `events`: rows of its own where the file holds them within the case.
    """

    number: int
    cells: tuple[Cell, ...]
    trouble: Phrase | None = None
    events: tuple["Row", ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A table that is read once. `share` is how much of it was read so far, from 0 to 1; `event_columns` are those of
    the rows within rows."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[Row]
    share: Callable[[], float]
    event_columns: tuple[str, ...] = ()


def head_of(name: str, cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """The names of the columns. Raises SourceError for a head that is none."""
    columns = tuple(" ".join(str(cell).split()) for cell in cells)
    if not any(columns):
        raise SourceError("file", "%(name)s has no head; its first row must name the columns", name=name)
    if len(columns) > MOST_COLUMNS:
        raise SourceError(
            "file",
            "%(name)s has %(count)s columns; the most is %(most)s",
            name=name,
            count=f"{len(columns):,}",
            most=f"{MOST_COLUMNS:,}",
        )
    return columns


def row_of(number: int, cells: tuple[Cell, ...], width: int) -> Row:
    """A row as wide as the head, or one with what is wrong with it. Cells behind the head must be empty."""
    if len(cells) < width:
        trouble = Phrase(
            "has %(cells)s cells, the head has %(head)s; the row is cut off, or a separator is missing",
            cells=len(cells),
            head=width,
        )
        return Row(number, (*cells, *("",) * (width - len(cells))), trouble)
    if any(cell != "" for cell in cells[width:]):
        trouble = Phrase(
            "has %(cells)s cells, the head has %(head)s; put a text with a separator in it in quotes",
            cells=len(cells),
            head=width,
        )
        return Row(number, cells[:width], trouble)
    long = [place for place, cell in enumerate(cells, start=1) if isinstance(cell, str) and len(cell) > LONGEST]
    if long:
        trouble = Phrase("cell %(cell)s is longer than %(most)s characters", cell=long[0], most=f"{LONGEST:,}")
        return Row(number, cells[:width], trouble)
    return Row(number, cells[:width])
