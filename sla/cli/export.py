"""`sla export`: what an office has, as files for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from sla.cli import closed_clocks, event_log, feed
from sla.cli.output import OfficeArgument

app = typer.Typer(no_args_is_help=True, help="What an office has, as files for other programs.")
OutputOption = Annotated[
    Path | None, typer.Option("--output", help="the file, packed if its name ends in .gz; printed if left out")
]


@app.command("lines", help="Everything of an office as lines of JSON, which `sla import` brings in elsewhere.")
def lines(office: OfficeArgument = "", output: OutputOption = None) -> None:
    from sla.cli.exporting_lines import export_lines

    export_lines(office, output)


app.command("xes", help="An event log (XES, IEEE 1849) of the cases, for process mining.")(event_log.xes)
app.command("feed", help="What a supervision platform is told, by the codes of a mapping (GB/T 39046-2020).")(feed.feed)
app.command("parquet", help="The closed clocks as Parquet; needs the extra `parquet`.")(closed_clocks.parquet)
