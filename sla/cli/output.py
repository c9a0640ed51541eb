"""Where an export goes, and which days it is of."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Annotated, cast

import typer

OfficeArgument = Annotated[str, typer.Argument(help="which office, where there are several", show_default=False)]
FromOption = Annotated[str, typer.Option("--from", help="first day, such as 2026-09-01; from the beginning")]
ToOption = Annotated[str, typer.Option("--to", help="last day; to the end")]
GZIP = ".gz"


def days_of(first: str, last: str) -> tuple[date | None, date | None]:
    """The days that were asked for, None for an end that is open. Raises ServiceError."""
    from sla.service.days import day_of
    from sla.service.errors import ServiceError

    begins, ends = (day_of(text, field) if text else None for text, field in ((first, "from"), (last, "to")))
    if begins and ends and begins > ends:
        raise ServiceError("from", "%(begins)s is later than %(ends)s", begins=begins, ends=ends)
    return begins, ends


def form_of(form: str, output: Path | None, known: Sequence[str], usual: str) -> str:
    """The format that was asked for, else that of the file's name, else the usual one. Raises ServiceError."""
    from sla.service.errors import ServiceError

    ending = output.suffix.lstrip(".").lower() if output else ""
    form = form or (ending if ending in known else usual)
    if form not in known:
        raise ServiceError("format", "%(form)r is unknown; write one of: %(known)s", form=form, known=known)
    if form == "xlsx" and output is None:
        raise ServiceError("output", "a workbook is nothing for the screen; name a file, such as --output report.xlsx")
    return form


@contextmanager
def written_to(output: Path | None, level: int = 6) -> Iterator[IO[bytes]]:
    """What an export is written to: standard output, or a file, packed (at a `level`) where its name ends with .gz.

    A file stands under its name whole, or not at all, for its owner alone to read; one that was there is replaced.
    Raises ServiceError.
    """
    from sla.formats.whole import packed, whole
    from sla.service.errors import ServiceError

    if output is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with whole(output) as raw:
            if output.suffix.lower() == GZIP:
                with packed(raw, level) as lines:
                    yield cast("IO[bytes]", lines)
            else:
                yield raw
    except OSError as error:
        raise ServiceError("output", "%(file)s cannot be written: %(why)s", file=output, why=error.strerror) from None
