"""Every list is also a file: `files` gives its addresses, `file_links` what a page shows of them.

A file is written out before the first byte of it is sent: what goes wrong is answered in words and never cuts a file
short, a slow reader keeps no transaction open, and a long list lies on the disk, not in memory.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import quote, urlencode

from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from sla.formats.as_xlsx import write_book
from sla.formats.book import Book
from sla.formats.choosing import FORMS, Form
from sla.formats.table import Table
from sla.rights import Right
from sla.service.finding import MOST_CASES, TooManyError
from sla.web.frame import App, Problem, Visit, page
from sla.web.routes import Route, shown

TableOf = Callable[[Visit], Table]
BookOf = Callable[[Visit], Book]
IN_MEMORY = 1_000_000  # bytes; what is larger lies on the disk
_PIECE = 65_536


class ListError(Exception):
    """A list that cannot be made as it was asked for; `text` says why in the reader's language."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def files(app: App, path: str, right: Right, table_of: TableOf, book_of: BookOf | None = None) -> list[Route]:
    """`path`.csv, .xlsx and .json of a list, for whoever has the right; with `book_of` the workbook is of that.

    Both may raise ListError.
    """
    every = [shown(app, f"{path}.{ending}", right, partial(_file, ending, table_of)) for ending in FORMS]
    if book_of is None:
        return every
    book = shown(app, f"{path}.xlsx", right, partial(_book, book_of))
    return [book, *(route for route in every if route.path != book.path)]


def file_links(path: str, asked: Mapping[str, str | Sequence[str]] | None = None) -> tuple[tuple[str, str], ...]:
    """The name and the address of each file of a list, with what its page was `asked`."""
    kept = {name: text for name, text in (asked or {}).items() if text}
    query = f"?{urlencode(kept, doseq=True)}" if kept else ""
    return tuple((form.name, f"{path}.{ending}{query}") for ending, form in FORMS.items())


def _file(ending: str, table_of: TableOf, app: App, visit: Visit) -> Response:
    def written(out: IO[bytes]) -> Table:
        table = table_of(visit)
        FORMS[ending].write(table, out)
        return table

    return _sent(ending, written, app, visit)


def _book(book_of: BookOf, app: App, visit: Visit) -> Response:
    def written(out: IO[bytes]) -> Book:
        book = book_of(visit)
        write_book(book, out)
        return book

    return _sent("xlsx", written, app, visit)


def _sent(ending: str, written: Callable[[IO[bytes]], Table | Book], app: App, visit: Visit) -> Response:
    form, out = FORMS[ending], SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is closed once it was sent
    try:
        made = written(out)
    except Exception as error:
        out.close()
        if isinstance(error, ListError | TooManyError):
            return refused(app, visit, error.text if isinstance(error, ListError) else _too_many(visit))
        raise
    headers = {"Content-Length": str(out.seek(0, 2)), "Content-Disposition": _disposition(made, form, ending)}
    out.seek(0)
    return StreamingResponse(pieces(out), 200, headers, form.media_type, BackgroundTask(out.close))


def pieces(out: IO[bytes]) -> Iterator[bytes]:
    while piece := out.read(_PIECE):
        yield piece


def _disposition(made: Table | Book, form: Form, ending: str) -> str:
    """Saved under its title and its day; under its English name where a program knows no more than ASCII."""
    how, day = "attachment" if form.kept else "inline", made.at.date()
    return f"{how}; filename=\"{made.name}-{day}.{ending}\"; filename*=UTF-8''{quote(f'{made.title} {day}.{ending}')}"


def refused(app: App, visit: Visit, why: str) -> Response:
    problem = Problem(400, visit.said.gettext("This list cannot be made"), why)
    return page(app, visit.request, "problem.html", {"problem": problem}, 400)


def _too_many(visit: Visit) -> str:
    return visit.said.gettext(
        "More than %(n)s cases match. Take a shorter time in which they came in, and make several files.",
        n=f"{MOST_CASES:,}",
    )  # fmt: skip
