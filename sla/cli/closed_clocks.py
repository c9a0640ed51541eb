"""`sla export parquet`."""

from pathlib import Path
from typing import Annotated

import typer

from sla.cli.context import step
from sla.cli.language import spoken
from sla.cli.output import FromOption, OfficeArgument, ToOption, days_of, written_to

Output = Annotated[Path | None, typer.Option(help="into this file, such as clocks.parquet; it is needed")]


def parquet(office: OfficeArgument = "", first: FromOption = "", last: ToOption = "", output: Output = None) -> None:
    from sla.formats.as_parquet import is_installed, write_parquet
    from sla.service.closed_clocks import closed_clocks
    from sla.service.errors import ServiceError
    from sla.words import words

    if not is_installed():
        raise ServiceError("parquet", "needs pyarrow: run `pip install shixian[parquet]`")
    if output is None:
        raise ServiceError("output", "Parquet is nothing for the screen; name a file, such as --output clocks.parquet")
    begins, ends = days_of(first, last)
    with step(office) as now:
        table = closed_clocks(now.session, now.office, begins, ends, now.now)
        with written_to(output) as out:
            n = write_parquet(table, out)
    print(words(spoken()).gettext("%(file)s: closed clocks %(n)s", file=output, n=n))
