"""CSV files that are written beside an import, whole or not at all."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from sla.formats.whole import whole
from sla.importing.rows import SourceError


class Lines:
    """A file while it is being written; `field` names it where it cannot be."""

    def __init__(self, path: Path, field: str, out: TextIO) -> None:
        self.path, self.field, self.lines = path, field, csv.writer(out)

    def writerow(self, cells: Iterable[str]) -> None:
        """Raises SourceError."""
        with _said(self.path, self.field):
            self.lines.writerow(cells)


@contextmanager
def lines_in(path: Path, field: str) -> Iterator[Lines]:
    """A file in UTF-8 that Excel reads. Raises SourceError where it cannot be written; what fails meanwhile for another
    reason, such as the file that is read, is none of it."""
    with ExitStack() as stack:
        with _said(path, field):
            raw = stack.enter_context(whole(path))
        text = TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")
        try:
            yield Lines(path, field, text)
        except BaseException:
            with suppress(OSError):
                text.detach()  # else it would be written to once more when nobody has it any longer
            raise
        with _said(path, field):
            text.detach()
            stack.close()


@contextmanager
def _said(path: Path, field: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(field, "%(file)s cannot be written: %(why)s", file=path, why=error.strerror) from None
