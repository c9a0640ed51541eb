"""`sla report`: how it went, as text, JSON, CSV, or a workbook with charts."""

import json
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sla.cli.context import JsonOption, OfficeOption, step
from sla.cli.language import spoken
from sla.cli.output import form_of

if TYPE_CHECKING:
    from sla.service.report_figures import Told

FORMS = ("text", "json", "csv", "xlsx")


def report(
    first: Annotated[str, typer.Option("--from", help="first day; a year before the last if left out")] = "",
    last: Annotated[str, typer.Option("--to", help="last day; today if left out")] = "",
    as_of: Annotated[str, typer.Option("--as-of", help="by what was on record then: a day's end, or a moment")] = "",
    basis: Annotated[str, typer.Option(help="promise, statute or stage; the promise if there is one")] = "",
    permit: Annotated[str, typer.Option(help="only this permit")] = "",
    handler: Annotated[str, typer.Option(help="only this person's cases")] = "",
    by: Annotated[
        list[str] | None,
        typer.Option(help="permit, handler, office, stage, month, quarter or year; may be given several times"),
    ] = None,
    compare: Annotated[str, typer.Option(help="another period: before, year, or 2025-09-01..2025-09-30")] = "",
    form: Annotated[str, typer.Option("--format", help="text, json, csv or xlsx; by the file's name if left out")] = "",
    output: Annotated[Path | None, typer.Option(help="into this file, not to the screen")] = None,
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    from sla.service.report_figures import by_of
    from sla.service.report_made import Wanted, made
    from sla.words import words

    form = form_of("json" if as_json else form, output, FORMS, "text")
    several = tuple(dict.fromkeys(by_of(one) for one in by or ()))
    wanted = Wanted(first, last, basis, permit, handler, compare, as_of, several)
    with step(office) as now:
        told = made(now.session, now.office, wanted, now.now, words(spoken()))
        _put(_written(told, form), output)


def _written(told: "Told", form: str) -> bytes:
    from sla.formats.as_csv import write_csv
    from sla.formats.as_xlsx import write_book
    from sla.service.report_shows import report_text, told_json
    from sla.service.report_tables import book_of, figures_table

    out = BytesIO()
    if form == "csv":
        write_csv(figures_table(told), out)
    elif form == "xlsx":
        write_book(book_of(told), out)
    else:
        text = json.dumps(told_json(told), ensure_ascii=False, indent=2) if form == "json" else report_text(told)
        out.write(f"{text}\n".encode())
    return out.getvalue()


def _put(content: bytes, output: Path | None) -> None:
    from sla.service.errors import ServiceError

    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise ServiceError("output", "%(file)s cannot be written: %(why)s", file=output, why=error.strerror) from None
