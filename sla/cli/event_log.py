"""`sla export xes`."""

from pathlib import Path
from typing import Annotated

import typer

from sla.cli.context import step
from sla.cli.language import spoken
from sla.cli.output import GZIP, FromOption, OfficeArgument, ToOption, days_of, written_to

XES = ".xes"
Output = Annotated[Path | None, typer.Option(help="into this file: x.xes, or packed as x.xes.gz")]


def xes(office: OfficeArgument = "", first: FromOption = "", last: ToOption = "", output: Output = None) -> None:
    from sla.formats.as_xes import write_xes
    from sla.service.errors import ServiceError
    from sla.service.event_logs import event_log
    from sla.words import words

    if output and not output.name.lower().endswith((XES, f"{XES}{GZIP}")):
        raise ServiceError("output", "%(name)s must end with .xes or .xes.gz", name=output.name)
    begins, ends = days_of(first, last)
    said = words(spoken())
    with step(office) as now:
        log = event_log(now.session, now.office, begins, ends, said)
        with written_to(output) as out:
            written = write_xes(log, out)
    if output:
        n = {"cases": written.cases, "events": written.events}
        print(said.gettext("%(file)s: cases %(cases)s, events %(events)s", file=output, **n))
