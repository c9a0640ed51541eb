"""`sla export`: what an office has, for other programs."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="What an office has, for other programs.")
OfficeArgument = Annotated[str, typer.Argument(help="which office; not needed where there is one only (SLA_OFFICE)")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", help="the file, packed if its name ends in .gz; printed if left out")
]


@app.command("lines", help="Everything of an office as lines of JSON, which `sla import` brings in elsewhere.")
def lines(office: OfficeArgument = "", output: OutputOption = None) -> None:
    from sla.cli.exporting_lines import export_lines

    export_lines(office, output)
