"""The forms in which a list is written, by how the file's name ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

from sla.formats.as_csv import write_csv
from sla.formats.as_json import write_json
from sla.formats.as_xlsx import write_xlsx
from sla.formats.table import Table


@dataclass(frozen=True)
class Form:
    """How a list is written. `name` is what people call it; `kept`: a browser saves it, and does not show it."""

    name: str
    media_type: str
    write: Callable[[Table, IO[bytes]], None]
    kept: bool = True


FORMS: Mapping[str, Form] = {
    "csv": Form("CSV", "text/csv; charset=utf-8", write_csv),
    "xlsx": Form("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "json": Form("JSON", "application/json", write_json, kept=False),
}
