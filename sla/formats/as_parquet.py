"""A list as Parquet, for programs that count over many rows: real dates, times with their zone, whole numbers.

Written by pyarrow, which is installed with `pip install shixian[parquet]`; imported when such a file is asked for.
"""

from collections.abc import Mapping
from datetime import date, datetime
from importlib.util import find_spec
from itertools import islice
from typing import IO, Any
from zoneinfo import ZoneInfo

from sla.formats.table import Choice, Kind, Table, Value

IN_A_GROUP = 10_000  # rows that are held at once


def is_installed() -> bool:
    """Whether pyarrow is there."""
    return find_spec("pyarrow") is not None


def write_parquet(table: Table, out: IO[bytes]) -> int:
    """The whole list, by its columns' names, a group of rows after the other; how many rows that were.

    Times are those of the zone that `table.at` is in. Raises ImportError where pyarrow is not installed.
    """
    import pyarrow as pa  # noqa: PLC0415 - optional, and slow to import
    from pyarrow import parquet  # noqa: PLC0415

    types = _types(pa, table)
    schema = pa.schema([pa.field(column.name, types[column.kind]) for column in table.columns])
    rows, n = iter(table.rows), 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as file:
        while group := list(islice(rows, IN_A_GROUP)):
            columns = zip(*group, strict=True)
            arrays = [pa.array(map(_plain, values), field.type) for values, field in zip(columns, schema, strict=True)]
            file.write_table(pa.Table.from_arrays(arrays, schema=schema))
            n += len(group)
    return n


def _types(pa: Any, table: Table) -> Mapping[Kind, Any]:
    zone = table.at.tzinfo
    return {
        Kind.TEXT: pa.string(),
        Kind.CHOICE: pa.string(),
        Kind.NUMBER: pa.int64(),
        Kind.DECIMAL: pa.float64(),
        Kind.SHARE: pa.float64(),
        Kind.DATE: pa.date32(),
        Kind.MOMENT: pa.timestamp("us", tz=zone.key if isinstance(zone, ZoneInfo) else "UTC"),
        Kind.FLAG: pa.bool_(),
    }


def _plain(value: Value) -> str | int | float | bool | date | datetime | None:
    return value.id if isinstance(value, Choice) else value
