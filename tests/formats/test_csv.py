"""Lists as CSV. Sources: RFC 4180; CWE-1236 for what a spreadsheet would run."""

import csv
from io import StringIO

import pytest

from sla.formats.as_csv import harmless
from tests.formats.cast import EMPTY, FULL, HOSTILE, table, titled, written


def fields(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_excel_knows_it_by_its_mark_and_every_line_ends_as_rfc_4180_says() -> None:
    content = written("csv", table(FULL, EMPTY))
    assert content.startswith("\ufeff办件编号,标题,".encode())
    assert content.count(b"\r\n") == content.count(b"\n") == 3 and content.endswith(b"\r\n")


def test_every_kind_of_value_is_plain_text_and_nothing_is_an_empty_field() -> None:
    assert fields(written("csv", table(FULL, EMPTY)))[1:] == [
        [
            "建字第20260012号", '锦绣花园，"二期"', "-2", "0.95", "2026-09-30", "2026-09-30T17:00:00+08:00", "是",
            "用地规划许可",
        ],
        ["1", "", "", "", "", "", "否", ""],
    ]  # fmt: skip


@pytest.mark.parametrize("title", HOSTILE)
def test_what_a_spreadsheet_would_run_is_text(title: str) -> None:
    [_, [field]] = fields(written("csv", titled(title)))
    assert field == f"'{title}"


@pytest.mark.parametrize("title", ["锦绣花园", "a=b", "3-4", "O'Neill", "", "“=”"])
def test_an_ordinary_text_stays_as_it_is(title: str) -> None:
    assert harmless(title) == title


def test_commas_quotes_and_line_breaks_come_back_as_they_were() -> None:
    titles = ['a,"b"', "two\r\nlines", "a\nb", "；,，"]
    assert fields(written("csv", titled(*titles)))[1:] == [[title] for title in titles]


def test_what_cannot_be_encoded_breaks_nothing() -> None:
    assert fields(written("csv", titled("a\ud800b")))[1:] == [["a?b"]]
