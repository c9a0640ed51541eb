"""Files as offices have them: any encoding they really use, any separator, and rows that are broken."""

from pathlib import Path

import pytest

from sla.importing.as_csv import csv_sheet
from sla.importing.rows import LONGEST, Row, SourceError

TEXT = "编号,名称\n旧-1,城北变电站\n旧-2,南湖公园\n"


def read(path: Path, content: bytes, encoding: str = "", separator: str = "") -> list[Row]:
    path.write_bytes(content)
    with csv_sheet(path, encoding, separator) as sheet:
        return list(sheet.rows)


def cells(rows: list[Row]) -> list[tuple[object, ...]]:
    return [row.cells for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_the_encoding_is_found_by_itself(tmp_path: Path, encoding: str) -> None:
    assert cells(read(tmp_path / "a.csv", TEXT.encode(encoding))) == [("旧-1", "城北变电站"), ("旧-2", "南湖公园")]


def test_a_sign_that_only_gb18030_has_four_bytes_for_is_read(tmp_path: Path) -> None:
    assert cells(read(tmp_path / "a.csv", "编号,名称\n1,㐂𠮷\n".encode("gb18030"))) == [("1", "㐂𠮷")]


@pytest.mark.parametrize(
    "content", [b"a,b\n1,\xff\xff\n", b"a,b\n1,caf\xe9\n", "a,b\n1,2\n".encode("utf-16-le"), b"a,b\n1,\x81"]
)
def test_what_is_no_text_is_refused_before_anything_is_read(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match=r"a\.csv is neither UTF-8 nor GB18030"):
        read(tmp_path / "a.csv", content)


def test_another_encoding_is_read_where_the_mapping_names_it(tmp_path: Path) -> None:
    assert cells(read(tmp_path / "a.csv", b"a,b\n1,caf\xe9\n", "cp1252")) == [("1", "café")]
    with pytest.raises(SourceError, match=r"encoding: row 2 is no utf-8|a\.csv is no utf-8"):
        read(tmp_path / "a.csv", b"a,b\n1,caf\xe9\n", "utf-8")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_by_itself(tmp_path: Path, separator: str) -> None:
    assert cells(read(tmp_path / "a.csv", TEXT.replace(",", separator).encode())) == [
        ("旧-1", "城北变电站"), ("旧-2", "南湖公园"),
    ]  # fmt: skip


def test_rows_have_the_numbers_a_spreadsheet_shows(tmp_path: Path) -> None:
    rows = read(tmp_path / "a.csv", b'a,b\n1,"two\nlines"\n\n,\n2,x\n')
    assert [(row.number, row.cells) for row in rows] == [(2, ("1", "two\nlines")), (5, ("2", "x"))]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1", "has 1 cells, the head has 2"),
        ("1,2,3", "has 3 cells, the head has 2"),
        ('1,"2"3', "cannot be read"),
        ("1," + "x" * (LONGEST + 1), "cell 2 is longer than 10,000 characters"),
        ("1," + "x" * (20 * LONGEST), "cannot be read: field larger than field limit"),
    ],
)
def test_a_broken_row_says_so_and_the_next_is_read(tmp_path: Path, line: str, said: str) -> None:
    broken, right = read(tmp_path / "a.csv", f"a,b\n{line}\n4,5\n".encode())
    assert said in str(broken.trouble) and len(broken.cells) == 2
    assert (right.trouble, right.cells) == (None, ("4", "5"))


def test_a_text_that_was_kept_from_being_a_formula_is_itself_again(tmp_path: Path) -> None:
    assert cells(read(tmp_path / "a.csv", b"a,b\n'=1+1,'quoted\n")) == [("=1+1", "'quoted")]


def test_200_columns_are_read_and_too_many_refused(tmp_path: Path) -> None:
    [row] = read(tmp_path / "a.csv", (",".join(f"c{n}" for n in range(200)) + "\n" + ",".join("x" * 200)).encode())
    assert len(row.cells) == 200
    with pytest.raises(SourceError, match="1,001 columns; the most is 1,000"):
        read(tmp_path / "a.csv", ",".join(f"c{n}" for n in range(1_001)).encode())


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "is empty"), (b"\n1,2\n", "has no head"), (b",,\n", "has no head")]
)
def test_a_file_without_a_head_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read(tmp_path / "a.csv", content)
