"""`sla export`: an office's cases as files for other programs."""

import typer

from sla.cli import closed_clocks, event_log, feed

app = typer.Typer(help="An office's cases as files for other programs.")
app.command("xes", help="An event log (XES, IEEE 1849) of the cases, for process mining.")(event_log.xes)
app.command("feed", help="What a supervision platform is told, by the codes of a mapping (GB/T 39046-2020).")(feed.feed)
app.command("parquet", help="The closed clocks as Parquet; needs the extra `parquet`.")(closed_clocks.parquet)
