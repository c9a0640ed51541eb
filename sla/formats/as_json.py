"""A list for programs: English names that stay, ISO dates, null for nothing. A row a line."""

import json
from datetime import date
from typing import IO

from sla.formats.table import Choice, Table, Value


def write_json(table: Table, out: IO[bytes]) -> None:
    """`{"list", "at", "columns", "rows"}`; each row is an object with the columns' names."""
    names = [column.name for column in table.columns]
    columns = [{"name": column.name, "title": column.title, "kind": column.kind.value} for column in table.columns]
    head = {"list": table.name, "at": table.at.isoformat(), "columns": columns}
    out.write(_encoded(head).removesuffix("}").encode())
    out.write(b', "rows": [')
    ahead = "\n"
    for row in table.rows:
        found = {name: _plain(value) for name, value in zip(names, row, strict=True)}
        out.write(f"{ahead}{_encoded(found)}".encode("utf-8", "replace"))
        ahead = ",\n"
    out.write(b"\n]}\n")


def _plain(value: Value) -> object:
    if isinstance(value, Choice):
        return {"id": value.id, "name": value.name}
    return value.isoformat() if isinstance(value, date) else value


_encoded = json.JSONEncoder(ensure_ascii=False).encode
