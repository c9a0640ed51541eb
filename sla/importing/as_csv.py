"""A CSV file as rows: UTF-8, UTF-16 with its mark, or GB18030, whichever it is whole; separated by , ; tab or |.

The file is gone through once for its encoding, then read row by row.
"""

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from schedules.faults import Phrase
from sla.formats.as_csv import BLANK, RUN
from sla.importing.rows import LONGEST, Row, Sheet, SourceError, head_of, row_of

PIECE = 1 << 20
SEPARATORS = ",;\t|"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@contextmanager
def csv_sheet(path: Path, encoding: str = "", separator: str = "") -> Iterator[Sheet]:
    """`encoding` and `separator` are found out where they are not given. Raises SourceError."""
    encoding = encoding or encoding_of(path)
    with path.open("rb") as raw, TextIOWrapper(raw, encoding, newline="") as text:
        first = _first_line(text, path.name, encoding)
        text.seek(0)
        lines = csv.reader(text, delimiter=separator or _separator(first), strict=True)
        columns = head_of(path.name, tuple(_head(lines, path.name)))
        size = max(path.stat().st_size, 1)
        yield Sheet(path.name, columns, _rows(lines, len(columns)), lambda: min(1.0, raw.tell() / size))


def encoding_of(path: Path) -> str:
    """The first encoding in which the whole file is text. Raises SourceError."""
    with path.open("rb") as raw:
        start = raw.read(4)
    marked = next((encoding for mark, encoding in MARKS if start.startswith(mark)), "")
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        if _is(path, encoding):
            return encoding
    known = "UTF-16" if marked == "utf-16" else "UTF-8" if marked else "UTF-8 nor GB18030"
    wrong = f"is no {known}" if marked else f"is neither {known}"
    raise SourceError(
        "file",
        '%(name)s %(wrong)s; save it as UTF-8, or name what it is: encoding = "cp1252"',
        name=path.name,
        wrong=wrong,
    )


def _is(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as raw:
        try:
            while piece := raw.read(PIECE):
                if "\0" in decoder.decode(piece):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _first_line(text: IO[str], name: str, encoding: str) -> str:
    try:
        return text.readline(PIECE)
    except UnicodeDecodeError:
        raise SourceError(
            "encoding", "%(name)s is no %(encoding)s; leave it out to have it found", name=name, encoding=encoding
        ) from None


def _separator(head: str) -> str:
    """The one that stands most often in the head."""
    return max(SEPARATORS, key=head.count)


def _head(lines: Iterator[list[str]], name: str) -> list[str]:
    try:
        return next(lines)
    except StopIteration:
        raise SourceError("file", "%(name)s is empty; its first row must name the columns", name=name) from None
    except UnicodeDecodeError as error:
        raise SourceError(
            "encoding", "the head of %(name)s is no %(encoding)s", name=name, encoding=error.encoding
        ) from None
    except csv.Error as error:
        raise SourceError("file", "%(name)s has no head that can be read: %(error)s", name=name, error=error) from None


def _rows(lines: Iterator[list[str]], width: int) -> Iterator[Row]:
    """Empty rows are passed over and counted; one that is no CSV has its trouble, and the next is read."""
    number = 1
    while True:
        number += 1
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            trouble = Phrase("cannot be read: %(error)s; a quotation mark may be missing", error=str(error))
            yield Row(number, ("",) * width, trouble)
            continue
        except UnicodeDecodeError as error:
            raise SourceError(
                "encoding", "row %(number)s is no %(encoding)s", number=number, encoding=error.encoding
            ) from None
        if any(cells):
            yield row_of(number, tuple(map(_plain, cells)), width)


def _plain(text: str) -> str:
    """The text itself where an apostrophe keeps spreadsheets from running it, as in our own files."""
    return text[1:] if text[:1] == "'" and text[1:].lstrip().startswith((*RUN, *BLANK)) else text


csv.field_size_limit(10 * LONGEST)
