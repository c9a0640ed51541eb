"""The lists of the office's pages as files: the rows of a section, by what its cells mean and what stands beside."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from sla.formats.table import Column, Table, Value
from sla.formats.table import Row as Values
from sla.rights import Right
from sla.web.files import ListError, files
from sla.web.frame import App, Visit
from sla.web.office.sheet import Cell, Row, Section
from sla.web.routes import Route
from sla.web.tables import table
from sla.words import NO_DATA

MOST_IN_FILE = 100_000

T = TypeVar("T")
SectionOf = Callable[[Visit], Section]


def list_files(app: App, path: str, right: Right, section_of: SectionOf) -> list[Route]:
    """`path`.csv, .xlsx and .json of a section with all its rows. `section_of` may raise ListError."""
    return files(app, path, right, partial(_whole, path, section_of))


def bounded(visit: Visit, found: Sequence[T]) -> Sequence[T]:
    """What a file holds all of. Raises ListError for more than MOST_IN_FILE."""
    if len(found) > MOST_IN_FILE:
        raise ListError(
            visit.said.gettext("This list has more than %(n)s lines, more than a file holds.", n=f"{MOST_IN_FILE:,}")
        )
    return found


def _whole(path: str, section_of: SectionOf, visit: Visit) -> Table:
    section = section_of(visit)
    return table_of(visit, path, section, section.rows)


def table_of(visit: Visit, path: str, section: Section, rows: Iterable[Row]) -> Table:
    """The table of a section, with other rows than it shows; they are read while the file is written."""
    columns = [column for column in (*section.columns, *section.beside) if isinstance(column, Column)]
    values = (values_of(row) for row in rows)
    return table(visit, path.strip("/").replace("/", "-"), section.title, columns, values)


def values_of(row: Row) -> Values:
    return (*(_value(cell) for cell in row.cells), *row.beside)


def _value(cell: Cell) -> Value:
    """What a cell means, or all its words; None where it says that there is nothing."""
    if cell.value is not None:
        return cell.value
    words = (cell.light.word if cell.light else "", cell.text, *cell.more)
    return "; ".join(word for word in words if word and word != NO_DATA) or None
