"""Lists as Parquet, read back by the library it is written with: types, zones, groups of rows; and without it."""

from datetime import date, datetime
from io import BytesIO

import pytest

from sla.formats import as_parquet
from sla.formats.as_parquet import write_parquet
from sla.formats.table import Row
from tests.formats.cast import EMPTY, FULL, ZONE, table

parquet = pytest.importorskip("pyarrow.parquet", reason="the extra is not installed: pip install shixian[parquet]")


def written(*rows: Row) -> bytes:
    out = BytesIO()
    assert write_parquet(table(*rows), out) == len(rows)
    return out.getvalue()


def test_dates_times_with_their_zone_and_whole_numbers_keep_their_types() -> None:
    found = parquet.read_table(BytesIO(written(FULL, EMPTY)))
    assert {field.name: str(field.type) for field in found.schema} == {
        "number": "string", "title": "string", "days": "int64", "rate": "double", "due_on": "date32[day]",
        "due_at": "timestamp[us, tz=Asia/Shanghai]", "provisional": "bool", "permit": "string",
    }  # fmt: skip
    first, second = found.to_pylist()
    assert first == {
        "number": "建字第20260012号", "title": '锦绣花园，"二期"', "days": -2, "rate": 0.95,
        "due_on": date(2026, 9, 30), "due_at": datetime(2026, 9, 30, 17, 0, tzinfo=ZONE), "provisional": True,
        "permit": "land_use",
    }  # fmt: skip
    assert second == {"number": "1", "title": "", "provisional": False, **dict.fromkeys(
        ("days", "rate", "due_on", "due_at", "permit")
    )}  # fmt: skip


def test_rows_are_written_in_groups_and_a_list_without_rows_has_its_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_parquet, "IN_A_GROUP", 2)
    file = parquet.ParquetFile(BytesIO(written(FULL, EMPTY, FULL, EMPTY, FULL)))
    assert [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)] == [2, 2, 1]
    assert parquet.read_table(BytesIO(written())).num_columns == len(EMPTY)
