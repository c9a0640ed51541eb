"""`sla report`: every figure with its definition and n, line by line, beside another period, as of an earlier day, as a
file. 09-18, Sunday 09-20 and 09-21 to 24 are worked; a site opinion is promised in 4 of 30 working days."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from tests.cli.cast import CommandLine
from tests.service.cast import OFFICE

SEPTEMBER = ("--from", "2026-09-01", "--to", "2026-09-30")


@pytest.fixture
def lived(sla: CommandLine) -> CommandLine:
    """Three accepted on 09-18: decided on 09-22, a day early; on 09-24, a day late; and open. It is 09-24, 10:00."""
    early, late, _ = (receive(sla) for _ in range(3))
    sla.at("2026-09-22 10:00")("case", "decide", early, "--by", "li")
    sla.at("2026-09-24 10:00")("case", "decide", late, "--by", "li", "--overdue-reason", "r")
    return sla


def receive(sla: CommandLine, permit: str = "site_selection", *more: str) -> str:
    said = sla("case", "receive", permit, "--by", "li", "--handler", "li", "--accept", *more, "--json")
    return str(said.json["number"])


def figures(said: Any) -> dict[str, tuple[float | None, int | None, int]]:
    return {one["id"]: (one["value"], one["part"], one["n"]) for one in said["figures"]}


def test_every_figure_has_its_n(lived: CommandLine) -> None:
    found = figures(lived("report", *SEPTEMBER, "--json").json)
    assert found["on_time"] == (1 / 3, 1, 3)  # the open one is overdue
    assert found["closed_only"] == (0.5, 1, 2)
    assert found["early"] == (0.5, 1, 2)
    assert found["used_mean"] == (4, None, 2)  # 20, 21, 22; and 20 to 24: 3 and 5
    assert (found["used_median"], found["used_p90"]) == ((3, None, 2), (5, None, 2))
    assert found["compression"] == (90 / 110, 90, 110)  # of the four items that have both limits
    assert found["speed_up"] == (26 / 30, None, 2)  # 4 of 30 used
    # Working days from 09-01 to 09-24: 1 to 4, 7 to 11, 14 to 18, 20 to 24. Due on 09-23: only the last is not free.
    assert found["free_days"] == (18 / 19, 18, 19)
    assert found["free_running"] == (0, None, 19)
    assert found["late_entries"][1:] == (0, 6 + 1)  # receipt, acceptance, decision of two, and one explanation
    assert found["saved_per_item"] == (90, None, 4)
    assert found["saved_over_cases"] == (52, None, 2)
    assert found["saved_really"] == (52, None, 2)  # 60 less 8


def test_the_text_says_each_definition_beside_its_figure(lived: CommandLine) -> None:
    lines = lived("report", *SEPTEMBER).out.splitlines()
    definition = "completed on time (early included) ÷ (completed + open and already overdue)"
    assert f"On-time rate: 33.3% (n = 3)  = {definition}" in lines
    assert all("(n = " in line and "  = " in line for line in lines[2:22])


@pytest.mark.parametrize(
    ("by", "title", "line"),
    [
        ("permit", "By permit", "Site selection opinion: 33.3% (n = 3), closed cases only 50.0% (n = 2), early 50.0%"),
        ("handler", "By handler", "Li Min: 33.3% (n = 3)"),
        ("office", "By office", "云溪市规划审批窗口: 33.3% (n = 3)"),
        ("month", "By month", "Sep 2026: 33.3% (n = 3)"),
        ("quarter", "By quarter", "2026-Q3: 33.3% (n = 3)"),
        ("year", "By year", "2026: 33.3% (n = 3)"),
    ],
)  # fmt: skip
def test_it_goes_line_by_line_by_what_is_asked(lived: CommandLine, by: str, title: str, line: str) -> None:
    said = lived("report", *SEPTEMBER, "--by", by).out
    assert f"\n{title}\n  {line}" in said
    others = {"By permit", "By handler", "By office", "By month", "By quarter", "By year"} - {title}
    assert not any(f"\n{other}\n" in said for other in others)


def test_offices_stand_one_below_the_other(lived: CommandLine) -> None:
    second = lived.file(OFFICE.replace("planning-window", "second").replace("云溪市规划审批窗口", "Second window"))
    assert lived("office", "apply", second).code == 0
    said = lived("report", *SEPTEMBER, "--by", "office", "--office", "planning-window", "--json").json
    rates = {name: (part["on_time"]["part"], part["on_time"]["n"]) for name, part in said["by_office"].items()}
    assert rates == {"planning-window": (1, 3), "second": (0, 0)}


def test_two_periods_stand_side_by_side(lived: CommandLine) -> None:
    periods = {"before": ("2026-08-01", "2026-08-31"), "year": ("2025-09-01", "2025-09-30")}
    for compare, days in {**periods, "2026-09-24..2026-09-24": ("2026-09-24", "2026-09-24")}.items():
        other = lived("report", *SEPTEMBER, "--compare", compare, "--json").json["compare"]
        assert (other["from"], other["to"]) == days
    assert figures(other)["closed_only"] == (0, 0, 1)  # on 09-24 the late one alone
    said = lived("report", *SEPTEMBER, "--compare", "before").out
    assert "On-time rate: 33.3% (n = 3) | – (n = 0)  = " in said


def test_as_of_an_earlier_day_it_is_the_report_of_that_day(lived: CommandLine) -> None:
    then = lived("report", *SEPTEMBER, "--as-of", "2026-09-22", "--json").json
    assert figures(then)["on_time"] == (1.0, 1, 1)  # the other two are not due before 09-23
    assert figures(then)["free_days"] == (1.0, 17, 17)
    assert then["as_of"].startswith("2026-09-22")
    at_noon = lived("report", "--from", "2026-09-01", "--as-of", "2026-09-23T12:00+08:00", "--json").json
    assert at_noon["to"] == "2026-09-23"
    assert lived("report", *SEPTEMBER, "--as-of", "2026-09-24", "--json").json["total"]["open_overdue"] == 1
    assert "as of Tue 22 Sep 2026" in lived("report", *SEPTEMBER, "--as-of", "2026-09-22").out


def test_as_csv_it_is_one_list_of_all_figures(lived: CommandLine) -> None:
    text = lived("report", *SEPTEMBER, "--by", "quarter", "--compare", "before", "--format", "csv").out
    head, *rows = csv.reader(StringIO(text.lstrip("\ufeff")))
    assert head[:8] == ["Of", "Line", "Figure", "Measured in", "Value", "Part", "n", "Sat 1 Aug 2026 – Mon 31 Aug 2026"]
    said = {(row[0], row[1], row[2]): row[4:9] for row in rows}
    assert said["All", "", "On-time rate, closed cases only"] == ["0.5", "1", "2", "", "0"]
    assert said["By quarter", "2026-Q3", "Early rate"] == ["0.5", "1", "2", "", ""]
    assert said["By quarter", "2026-Q3", "Open and overdue"] == ["1", "", "1", "", ""]
    assert all(row[-1] for row in rows)  # each has its definition


def test_as_a_workbook_it_has_charts_and_a_sheet_of_definitions(lived: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "report.xlsx"
    said = lived("report", *SEPTEMBER, "--by", "permit", "--by", "month", "--output", str(file))
    assert (said.code, said.out) == (0, "")
    book = CalamineWorkbook.from_path(file)
    assert book.sheet_names == [
        "Rates", "Cases and days", "By permit", "By month", "Working days used", "Open cases by age", "Definitions",
    ]  # fmt: skip
    rates = {row[0]: row[1:4] for row in book.get_sheet_by_name("Rates").to_python()}
    assert rates["On-time rate, closed cases only"] == [0.5, 1, 2]
    assert book.get_sheet_by_name("Working days used").to_python()[1:] == [[3, 1], [5, 1]]
    assert book.get_sheet_by_name("Open cases by age").to_python()[1][1:] == [1, 0, 0, 0]  # one, red
    defined = {row[0]: row[1] for row in book.get_sheet_by_name("Definitions").to_python()}
    assert defined["Speed-up"] == "(statutory − used) ÷ statutory, as the law counts the days"
    with ZipFile(file) as parts:
        charts = [parts.read(name).decode() for name in sorted(parts.namelist()) if name.startswith("xl/charts/chart")]
    assert len(charts) == 5
    assert "'Working days used'!$B$2:$B$3" in charts[3]
    assert charts[4].count("<c:ser>") == 4 and 'grouping val="stacked"' in charts[4]


def test_a_file_may_hold_any_form(lived: CommandLine, tmp_path: Path) -> None:
    for name, begins in (("r.json", b"{"), ("r.csv", b"\xef\xbb\xbf"), ("r.txt", "云溪".encode())):
        lived("report", *SEPTEMBER, "--output", str(tmp_path / name))
        assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--by", "colour"), "by: 'colour' is nothing a report can be by; write one of: permit, handler, office"),
        (("--format", "pdf"), "format: 'pdf' is unknown; write one of: text, json, csv, xlsx"),
        (("--format", "xlsx"), "output: a workbook is nothing for the screen"),
        (("--compare", "never"), "compare: 'never' is no period; write before, year, or 2025-09-01..2025-09-30"),
        (("--compare", "2026-09-02..2026-09-01"), "compare: '2026-09-02..2026-09-01' is no period"),
        (("--as-of", "2026-10-01"), "as-of: 2026-10-01 lies in the future"),
        (("--output", "/nowhere/report.csv"), "output: /nowhere/report.csv cannot be written"),
    ],
)
def test_what_no_report_can_be_is_refused(sla: CommandLine, asked: tuple[str, ...], said: str) -> None:
    assert sla.refuses("report", *asked).startswith(said)
