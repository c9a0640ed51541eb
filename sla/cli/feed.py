"""`sla export feed`."""

from pathlib import Path
from typing import Annotated

import typer

from sla.cli.context import step, text_of
from sla.cli.language import spoken
from sla.cli.output import FromOption, OfficeArgument, ToOption, days_of, form_of, written_to

Mapping = Annotated[
    Path | None, typer.Option("--mapping", help="your own table of codes; the one that is shipped if left out")
]
Form = Annotated[str, typer.Option("--format", help="json, csv or xlsx; by the file's name if left out, else csv")]
Shown = Annotated[bool, typer.Option("--show-mapping", help="print the table of codes, and export nothing")]


def feed(
    office: OfficeArgument = "",
    mapping: Mapping = None,
    form: Form = "",
    first: FromOption = "",
    last: ToOption = "",
    output: Annotated[Path | None, typer.Option(help="into this file, not to the screen")] = None,
    show_mapping: Shown = False,
) -> None:
    from sla.formats.choosing import FORMS
    from sla.presets import feeds
    from sla.service.feeds import feed, fits_a_sheet
    from sla.words import words

    text = text_of(mapping) if mapping else feeds.shipped_text()
    codes = feeds.mapping_of(text)
    if show_mapping:
        print(text, end="")
        return
    form = form_of(form, output, tuple(FORMS), "csv")
    begins, ends = days_of(first, last)
    with step(office) as now:
        table = feed(now.session, now.office, codes, begins, ends, now.now, words(spoken()))
        with written_to(output) as out:
            FORMS[form].write(fits_a_sheet(table) if form == "xlsx" else table, out)
