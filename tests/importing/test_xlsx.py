"""Workbooks: what their cells hold, merged cells, formulas, and files that are not what they seem."""

import struct
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from sla.importing.as_xlsx import MOST_BYTES, xlsx_sheet
from sla.importing.rows import Row, SourceError


@pytest.fixture
def book(tmp_path: Path) -> Any:
    """A workbook that is written when it is closed, with a head of three columns."""
    made = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    made.day = made.add_format({"num_format": "yyyy-mm-dd"})
    made.time = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    made.sheet = made.add_worksheet("办件")
    made.sheet.write_row(0, 0, ["编号", "名称", "收件"])
    return made


def read(book: Any, name: str = "") -> list[Row]:
    book.close()
    with xlsx_sheet(Path(book.filename), name) as sheet:
        assert sheet.columns == ("编号", "名称", "收件")
        return list(sheet.rows)


def test_numbers_days_and_times_are_what_the_sheet_shows(book: Any) -> None:
    book.sheet.write_number(1, 0, 20260001)
    book.sheet.write_string(1, 1, "=城北")
    book.sheet.write_datetime(1, 2, datetime(2026, 9, 18, 15, 30), book.time)
    book.sheet.write_string(3, 0, "旧-2")
    book.sheet.write_number(3, 1, 3.25)
    book.sheet.write_datetime(3, 2, datetime(2026, 9, 18), book.day)
    first, second = read(book)
    assert (first.number, first.cells) == (2, ("20260001", "=城北", datetime(2026, 9, 18, 15, 30)))
    assert (second.number, second.cells[:2]) == (4, ("旧-2", "3.25"))
    assert second.cells[2] == date(2026, 9, 18)


def test_a_formula_is_what_it_last_came_to(book: Any) -> None:
    book.sheet.write_formula(1, 0, '="旧-"&1', None, "旧-1")
    book.sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    [row] = read(book)
    assert row.cells[0] == "旧-1"
    assert row.cells[1] in ("#DIV/0!", "")


def test_merged_cells_are_refused_row_by_row_and_the_others_read(book: Any) -> None:
    book.sheet.write_row(1, 0, ["旧-1", "x", "2026-09-18"])
    book.sheet.merge_range(2, 1, 3, 1, "两件")
    book.sheet.write_string(2, 0, "旧-2")
    book.sheet.write_string(3, 0, "旧-3")
    book.sheet.write_row(4, 0, ["旧-4", "y", "2026-09-18"])
    rows = read(book)
    assert [row.number for row in rows if not row.trouble] == [2, 5]
    assert [str(row.trouble) for row in rows if row.trouble] == [
        "cells B3:B4 are merged; unmerge them, and write each its value"
    ] * 2


def test_a_sheet_is_chosen_by_its_name(book: Any) -> None:
    other = book.add_worksheet("说明")
    other.write_row(0, 0, ["编号", "名称", "收件"])
    other.write_row(1, 0, ["a", "b", "c"])
    assert [row.cells for row in read(book, "说明")] == [("a", "b", "c")]
    with (
        pytest.raises(SourceError, match=r"'无' is not in a\.xlsx; it has: 办件, 说明"),
        xlsx_sheet(Path(book.filename), "无"),
    ):
        pass


def test_200_columns_and_a_title_above_the_head_are_read(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as made:
        sheet = made.add_worksheet()
        sheet.write_row(2, 0, [f"c{n}" for n in range(200)])
        sheet.write_row(3, 0, ["x"] * 200)
    with xlsx_sheet(tmp_path / "a.xlsx") as sheet:
        assert [(row.number, len(row.cells)) for row in sheet.rows] == [(4, 200)]


# --- what is not what it seems ----------------------------------------------------------------------------------------
def bomb(path: Path, *, lies: bool) -> None:
    """A workbook of some hundred kilobytes whose sheet unpacks to more than may be; `lies`: it says it is small."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range((MOST_BYTES >> 20) + 10):
            part.write(bytes(1 << 20))
    if lies:
        content = bytearray(path.read_bytes())
        for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
            at = content.index(signature) + place
            content[at : at + 4] = struct.pack("<I", 1_000)
        path.write_bytes(content)


@pytest.mark.parametrize("lies", [False, True])
def test_what_unpacks_to_too_much_is_refused_whatever_it_says_of_itself(tmp_path: Path, lies: bool) -> None:
    bomb(tmp_path / "a.xlsx", lies=lies)
    assert (tmp_path / "a.xlsx").stat().st_size < 1 << 20
    with pytest.raises(SourceError, match=r"a\.xlsx unpacks to more than 200 MB"), xlsx_sheet(tmp_path / "a.xlsx"):
        pass


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04 cut off", bytes(1000)])
def test_what_is_no_workbook_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.xlsx is no workbook"), xlsx_sheet(tmp_path / "a.xlsx"):
        pass


def test_a_packed_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as packed:
        packed.writestr("hello.txt", "hello")
    with pytest.raises(SourceError, match=r"file: a\.xlsx cannot be read"), xlsx_sheet(tmp_path / "a.xlsx"):
        pass
