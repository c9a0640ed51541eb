"""What has to be looked up while a file is read, kept on disk and gone afterwards: the events of each case, whatever
order they stand in, and the numbers seen so far."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from itertools import islice

from schedules.faults import Phrase
from sla.importing.rows import Cell, Row

PIECE = 1_000


class Spool:
    """Rows by the number of the case they belong to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.execute("CREATE TABLE event (number TEXT, row INTEGER, cells TEXT, trouble TEXT)")
        connection.execute("CREATE TABLE seen (number TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID")

    def fill(self, events: Iterable[tuple[str, Row]]) -> None:
        lines = ((number, row.number, _written(row.cells), _told(row.trouble)) for number, row in events)
        while piece := list(islice(lines, PIECE)):
            self.connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?)", piece)
        self.connection.execute("CREATE INDEX event_number ON event (number, row)")

    def events_of(self, number: str) -> list[Row]:
        """In the order of their file."""
        rows = self.connection.execute("SELECT row, cells, trouble FROM event WHERE number = ? ORDER BY row", (number,))
        return [Row(row, _read(cells), _trouble(trouble)) for row, cells, trouble in rows]

    def seen_before(self, number: str, row: int) -> int | None:
        """The row that had the number first, None if it is this one."""
        self.connection.execute("INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING", (number, row))
        first: int = self.connection.execute("SELECT row FROM seen WHERE number = ?", (number,)).fetchone()[0]
        return None if first == row else first

    def unreadable(self) -> list[Row]:
        """Those that cannot be read so far as to tell their case, in the order of their file."""
        rows = self.connection.execute("SELECT row, trouble FROM event WHERE number = '' AND trouble <> '' ORDER BY 1")
        return [Row(row, (), _trouble(trouble)) for row, trouble in rows]

    def strays(self) -> int:
        """How many more belong to no case that was seen."""
        counted = """SELECT count(*) FROM event
                     WHERE NOT (number = '' AND trouble <> '') AND number NOT IN (SELECT number FROM seen)"""
        n: int = self.connection.execute(counted).fetchone()[0]
        return n


@contextmanager
def spool() -> Iterator[Spool]:
    """An empty one, in a file that the system removes."""
    with closing(sqlite3.connect("")) as connection:
        yield Spool(connection)


def _told(trouble: Phrase | None) -> str:
    return json.dumps([trouble.template, trouble.values]) if trouble else ""


def _trouble(text: str) -> Phrase | None:
    if not text:
        return None
    template, values = json.loads(text)
    return Phrase(template, **values)


def _written(cells: tuple[Cell, ...]) -> str:
    return json.dumps([cell if isinstance(cell, str) else [cell.isoformat()] for cell in cells], ensure_ascii=False)


def _read(text: str) -> tuple[Cell, ...]:
    return tuple(cell if isinstance(cell, str) else _dated(cell[0]) for cell in json.loads(text))


def _dated(text: str) -> Cell:
    return date.fromisoformat(text) if len(text) == len("2026-09-18") else datetime.fromisoformat(text)
