"""A workbook's sheet as rows: values as they are shown, what a formula last came to. Rows with merged cells are
refused.

It is unpacked once to be measured, before anything else reads it: what is packed small may be huge.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from schedules.faults import Phrase
from sla.importing.rows import MOST_COLUMNS, Cell, Row, Sheet, SourceError, head_of, row_of

MOST_BYTES = 200 << 20  # unpacked
MOST_PARTS = 2_000
PIECE = 1 << 20


@contextmanager
def xlsx_sheet(path: Path, name: str = "") -> Iterator[Sheet]:
    """The sheet of that name, or the first. Raises SourceError."""
    _measure(path)
    try:
        with CalamineWorkbook.from_path(path) as book:
            yield _sheet(path, _chosen(book, path, name))
    except CalamineError as error:
        raise SourceError("file", "%(file)s cannot be read: %(why)s", file=path.name, why=error) from None


def _measure(path: Path) -> None:
    """Raises SourceError for what is no workbook, or unpacks to more than MOST_BYTES, whatever it says of itself."""
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS:
                raise SourceError(
                    "file",
                    "%(name)s has %(count)s parts; a workbook has a few dozen",
                    name=path.name,
                    count=f"{len(parts):,}",
                )
            for part in parts:
                part.file_size = 1 << 62  # else no more would be unpacked than it says
                with packed.open(part) as unpacked:
                    while piece := unpacked.read(PIECE):
                        left -= len(piece)
                        if left < 0:
                            megabytes = MOST_BYTES >> 20
                            raise SourceError(
                                "file",
                                "%(name)s unpacks to more than %(megabytes)s MB; save its sheet as CSV",
                                name=path.name,
                                megabytes=megabytes,
                            )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise SourceError(
            "file", "%(name)s is no workbook that can be read; save it as .xlsx or CSV", name=path.name
        ) from None


def _chosen(book: CalamineWorkbook, path: Path, name: str) -> CalamineSheet:
    names = book.sheet_names
    if name and name not in names:
        raise SourceError(
            "mapping sheet", "%(name)r is not in %(name2)s; it has: %(names)s", name=name, name2=path.name, names=names
        )
    return book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)


def _sheet(path: Path, sheet: CalamineSheet) -> Sheet:
    if sheet.width > MOST_COLUMNS:
        raise SourceError(
            "file",
            "%(name)s has %(count)s columns; the most is %(most)s",
            name=path.name,
            count=f"{sheet.width:,}",
            most=f"{MOST_COLUMNS:,}",
        )
    first, last = sheet.start or (0, 0), sheet.end or (0, 0)
    rows = enumerate(sheet.iter_rows(), start=1)
    _, head = next(((number, row) for number, row in rows if any(cell != "" for cell in row)), (0, []))
    columns = head_of(path.name, tuple(map(_cell, head)))
    done = [0]
    merged = _merged(sheet)
    return Sheet(
        path.name, columns, _rows(rows, len(columns), merged, done), lambda: done[0] / (last[0] - first[0] + 1)
    )


def _merged(sheet: CalamineSheet) -> dict[int, str]:
    """The rows that a merged range lies in, with what it is called."""
    found: dict[int, str] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        named = f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"
        found |= dict.fromkeys(range(top + 1, min(bottom, top + 100_000) + 2), named)
    return found


def _rows(rows: Iterator[tuple[int, list[Any]]], width: int, merged: dict[int, str], done: list[int]) -> Iterator[Row]:
    for number, cells in rows:
        done[0] = number
        if all(cell == "" for cell in cells) and number not in merged:
            continue
        row = row_of(number, tuple(map(_cell, cells)), width)
        if number in merged:
            trouble = Phrase("cells %(cells)s are merged; unmerge them, and write each its value", cells=merged[number])
            row = Row(number, row.cells, trouble)
        yield row


def _cell(value: Any) -> Cell:
    """A whole number without its point; of a day no time; a duration or a time of day as a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return value
    return str(value) if isinstance(value, int | str | time | timedelta) else ""


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
