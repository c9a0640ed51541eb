"""A list as CSV (RFC 4180) in UTF-8 with a byte-order mark, by which Excel knows it; dates are ISO 8601.

What a spreadsheet would run is text here: a title may come from anybody. An apostrophe ahead of it shows and is
harmless (CWE-1236).
"""

import csv
from datetime import date
from io import TextIOWrapper
from typing import IO

from sla.formats.table import Choice, Table, Value

RUN = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # what begins a formula, full-width too in some
BLANK = ("\t", "\r", "\n")


def write_csv(table: Table, out: IO[bytes]) -> None:
    """A head with the columns' titles, then the rows; an empty field where there is nothing."""
    text = TextIOWrapper(out, "utf-8-sig", "replace", newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([harmless(column.title) for column in table.columns])
    for row in table.rows:
        lines.writerow([_field(value, table) for value in row])
    text.flush()
    text.detach()


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(BLANK) or text.lstrip().startswith(RUN) else text


def _field(value: Value, table: Table) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return table.word(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    return harmless(value.name if isinstance(value, Choice) else value)
