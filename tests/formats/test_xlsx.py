"""Lists as workbooks, read back by another program (calamine) and, for what no reader tells, in the file itself.
Source: ECMA-376 for the names in it."""

from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from sla.formats.table import Column, Table
from tests.formats.cast import AT, EMPTY, FULL, HOSTILE, table, titled, written


def rows(content: bytes) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return [list(row) for row in book.get_sheet_by_index(0).to_python()]


def part(content: bytes, name: str) -> str:
    with ZipFile(BytesIO(content)) as file:
        return file.read(name).decode()


def test_another_program_reads_dates_as_dates_and_figures_as_figures() -> None:
    assert rows(written("xlsx", table(FULL, EMPTY))) == [
        ["办件编号", "标题", "天数", "按时率", "到期", "到期时刻", "暂定", "事项"],
        [
            "建字第20260012号", '锦绣花园，"二期"', -2.0, 0.95, date(2026, 9, 30), datetime(2026, 9, 30, 17, 0), "是",
            "用地规划许可",
        ],
        ["1", "", "", "", "", "", "否", ""],
    ]  # fmt: skip


OTHERS = ("http://x.example/", "mailto:a@b.example", "internal:Sheet1!A1", "007", "{=1}")


@pytest.mark.parametrize("title", [*HOSTILE, *OTHERS])
def test_a_text_is_never_a_formula_a_link_or_a_figure(title: str) -> None:
    content = written("xlsx", titled(title))
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert rows(content)[1] == [title]
    assert "<f>" not in sheet and "<hyperlink" not in sheet and 't="inlineStr"' in sheet


def test_the_head_stays_and_filters_over_all_rows() -> None:
    sheet = part(written("xlsx", table(FULL, EMPTY)), "xl/worksheets/sheet1.xml")
    assert 'state="frozen"' in sheet and 'ySplit="1"' in sheet
    assert '<autoFilter ref="A1:H3"/>' in sheet


def test_a_list_without_rows_is_a_head() -> None:
    assert len(rows(written("xlsx", table()))) == 1


def test_the_day_it_was_made_is_the_lists_own() -> None:
    assert "2026-09-23T02:00:00Z" in part(written("xlsx", table(FULL)), "docProps/core.xml")


@pytest.mark.parametrize("title", ["a/b:c*d?[e]\\f", "'", "很长的标题" * 20, ""])
def test_a_title_that_is_no_name_of_a_sheet_breaks_nothing(title: str) -> None:
    content = written("xlsx", Table("x", title, (Column("a", "a"),), [], AT))
    [name] = CalamineWorkbook.from_filelike(BytesIO(content)).sheet_names
    assert 0 < len(name) <= 31 and not set(name) & set("[]:*?/\\")


def test_a_text_that_is_longer_than_a_cell_is_cut_and_control_signs_break_nothing() -> None:
    found = rows(written("xlsx", titled("长" * 40_000, "a\x00b\x1f\ud800<&>")))
    assert len(str(found[1][0])) == 32_767 and str(found[2][0]).endswith("<&>")
