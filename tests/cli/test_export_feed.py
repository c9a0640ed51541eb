"""`sla export feed` on both databases: a row an event, each in the feed of the day it was recorded; the shipped table
of codes, and one's own. Codes: GB/T 39046-2020 and the status codes of 工程建设项目审批 feeds; limits: 4 working days
promised, 30 by law (郑州市城乡规划管理条例 39)."""

import csv
import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from sla.formats.table import Column, Table
from sla.presets.feeds import mapping_of, shipped_text
from sla.service import feeds
from sla.service.errors import ServiceError
from tests.cli.cast import CommandLine, one_line
from tests.formats.cast import AT


def rows_of(sla: CommandLine, *options: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = sla("export", "feed", "planning-window", "--format", "json", *options).json["rows"]
    return rows


def short(rows: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [(row["entry"], row["status"], row["special_procedure"], row["voided"]) for row in rows]


def test_each_event_is_told_by_its_codes_in_the_feed_of_the_day_it_was_recorded(sla: CommandLine) -> None:
    window = sla.window
    number = window.at("2026-09-18 09:00").receive(title="滨河公园", applicant="张三")
    window.at("2026-09-21 10:00").record(number, "paused", "2026-09-20", ground="hearing")
    window.at("2026-09-22 10:00").record(number, "resumed", pause=3)
    window.decide(number)
    assert short(rows_of(sla)) == [
        (1, "1", "", False), (2, "3", "", False), (3, "9", "2", False), (4, "10", "2", False), (5, "11", "", False),
    ]  # fmt: skip
    [paused] = rows_of(sla, "--from", "2026-09-21", "--to", "2026-09-21")
    assert paused == {
        "number": number, "permit": "site_selection", "permit_name": "Site selection opinion",
        "item_type": "2", "item_type_name": "承诺件", "entry": 3, "status": "9", "status_name": "特别程序开始",
        "special_procedure": "2", "special_procedure_name": "除延长审批之外的情况",
        "stage": "", "stage_state": "", "stage_state_name": "",
        "happened": "20260920T000000", "day_only": True, "recorded": "20260921T100000", "by": "Li Min",
        "note": "hearing", "voided": False,
        "statutory_limit": 30, "statutory_unit": "工作日", "statutory_note": "郑州市城乡规划管理条例第三十九条",
        "promised_limit": 4, "promised_unit": "工作日", "promised_note": "窗口服务承诺",
    }  # fmt: skip
    window.at("2026-09-23 09:00").void(number, 5)
    assert short(rows_of(sla, "--from", "2026-09-23")) == [(5, "11", "", True)]
    assert short(rows_of(sla, "--to", "2026-09-18")) == [(1, "1", "", False), (2, "3", "", False)]


def test_an_acceptance_that_was_deemed_is_told_on_the_day_the_limit_had_run_out(sla: CommandLine) -> None:
    """5 working days from Friday 09-18 (行政许可法 32(4)): 09-20, 21, 22, 23, 24; over at 24:00, so on the 25th."""
    sla.window.at("2026-09-18 09:00").receive(accept=False)
    sla.window.at("2026-09-26 09:00").run()
    [row] = rows_of(sla, "--from", "2026-09-19")
    assert (row["entry"], row["status"], row["happened"], row["recorded"]) == (
        0, "3", "20260918T000000", "20260925T000000",
    )  # fmt: skip
    assert rows_of(sla, "--from", "2026-09-26") == []


def test_one_that_an_admitted_acceptance_takes_the_place_of_is_told_again_as_voided(sla: CommandLine) -> None:
    """Deemed on the 25th; on the 26th the receipt of the 21st is found, and a manager admits it."""
    number = sla.window.at("2026-09-18 09:00").receive(accept=False)
    sla.window.at("2026-09-26 09:00").run()
    assert short(rows_of(sla, "--from", "2026-09-25")) == [(0, "3", "", False)]
    sla.window.at("2026-09-26 10:00").record(
        number, "accepted", "2026-09-21 10:00", receipt="SL-17", admitted_by="zhao"
    )
    assert sla.window.find(number).history.deemed_on is None
    assert short(rows_of(sla, "--from", "2026-09-26")) == [(0, "3", "", True), (2, "3", "", False)]
    assert short(rows_of(sla, "--to", "2026-09-18")) == [(1, "1", "", False)]


def test_it_is_told_on_its_day_whatever_came_later(sla: CommandLine) -> None:
    """Admitted on the 26th, voided on the 27th: deemed again; a feed of the 25th that is made anew still has it."""
    number = sla.window.at("2026-09-18 09:00").receive(accept=False)
    sla.window.at("2026-09-26 09:00").run()
    told = {"receipt": "SL-17", "admitted_by": "zhao"}
    sla.window.at("2026-09-26 10:00").record(number, "accepted", "2026-09-21 10:00", **told)
    assert short(rows_of(sla, "--from", "2026-09-25", "--to", "2026-09-25")) == [(0, "3", "", True)]
    sla.window.at("2026-09-27 10:00").void(number, 2)
    assert sla.window.find(number).history.deemed_on is not None
    assert short(rows_of(sla, "--from", "2026-09-27")) == [(2, "3", "", True), (0, "3", "", False)]
    assert short(rows_of(sla, "--from", "2026-09-25", "--to", "2026-09-25")) == [(0, "3", "", True)]


def test_what_is_answered_after_it_moves_it_nowhere_and_is_not_told(sla: CommandLine) -> None:
    number = sla.window.at("2026-09-18 09:00").receive(accept=False)
    sla.window.at("2026-09-28 09:00").record(number, "correction_requested", papers=["site_plan"])
    assert sla.window.find(number).history.deemed_on is not None
    assert rows_of(sla, "--from", "2026-09-26") == []
    assert short(rows_of(sla, "--from", "2026-09-25", "--to", "2026-09-25")) == [(0, "3", "", False)]


def test_a_stage_and_an_extension_have_their_own_codes_and_a_table_may_give_them_more(sla: CommandLine) -> None:
    window = sla.window
    window.at("2026-09-01 08:00").publish(2, "2026-09-02")
    number = window.at("2026-09-18 09:00").receive()
    window.record(number, "stage_entered", stage="review")
    extension: dict[str, Any] = {
        "clock": "promise",
        "amount": 2,
        "unit": "working_days",
        "reason": "现场勘查",
        "approver": "zhao",
    }
    window.at("2026-09-18 10:00").record(number, "extended", by="zhao", **extension)
    window.at("2026-09-18 11:00").record(number, "stage_left", stage="review")
    _, _, entered, extended, left = rows_of(sla)
    assert [(row["stage"], row["stage_state"], row["stage_state_name"]) for row in (entered, left)] == [
        ("review", "1", "待办"), ("review", "2", "已办"),
    ]  # fmt: skip
    assert (extended["special_procedure_name"], extended["status"], extended["note"]) == ("延长审批", "", "现场勘查")
    text = sla("export", "feed", "--show-mapping").out
    assert mapping_of(text) == mapping_of(shipped_text())
    own = text.replace("[statuses]", '[statuses]\n"stage_entered:review" = { code = "8", name = "部门受理" }', 1)
    own = own.replace('"%Y%m%dT%H%M%S"', '"%Y-%m-%d %H:%M:%S"')
    _, _, entered, *_ = rows_of(sla, "--mapping", sla.file(own, "codes.toml"))
    assert (entered["status"], entered["happened"]) == ("8", "2026-09-18 09:00:00")


def test_files_are_csv_with_chinese_heads_and_workbooks_too(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    number = sla.window.at("2026-09-18 09:00").receive("planning_condition_notice")
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    [first, second] = csv.DictReader(StringIO(sla("export", "feed").out.removeprefix("\ufeff")))
    assert (first["办件编号"], first["办件类型代码"], first["办件类型"], first["办理状态"]) == (
        number,
        "1",
        "即办件",
        "接件",
    )
    assert (second["办理状态代码"], second["仅知日期"], second["法定办结时限"], second["承诺办结时限"]) == (
        "3",
        "0",
        "",
        "0",
    )
    path = sla.folder / "feed.xlsx"
    assert sla("export", "feed", "--output", str(path)).code == 0
    head, *rows = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes())).get_sheet_by_index(0).to_python()
    assert (head[:2], [row[6] for row in rows]) == (["办件编号", "事项编码"], ["1", "3"])


WRONG: list[tuple[list[str], str]] = [
    (["--format", "xml"], "format: 'xml' is unknown; write one of: csv, xlsx, json"),
    (["--format", "xlsx"], "output: a workbook is nothing for the screen"),
    (["--mapping", "nowhere.toml"], "file: nowhere.toml cannot be read"),
    (["--from", "2026-09-02", "--to", "2026-09-01"], "from: 2026-09-02 is later than 2026-09-01"),
]


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
def test_a_wrong_order_is_one_line(sla: CommandLine) -> None:
    for options, said in WRONG:
        assert one_line(sla("export", "feed", *options)).startswith(said)


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
def test_a_wrong_table_is_one_line_with_the_line_it_is_in_and_the_file_of_before_stays(sla: CommandLine) -> None:
    codes = sla.file(shipped_text().replace("accepted = {", "acepted = {", 1), "codes.toml")
    kept = Path(sla.file("of before", "feed.csv"))
    said = one_line(sla("export", "feed", "--mapping", codes, "--output", str(kept)))
    line = shipped_text().splitlines().index(next(one for one in shipped_text().splitlines() if one[:8] == "accepted"))
    assert said.startswith(f"mapping: line {line + 1}, statuses.acepted: 'acepted' is no event; known are: ")
    assert kept.read_text() == "of before"


def test_a_worksheet_that_is_full_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_ROWS", 2)
    table = Table("feed", "feed", (Column("n", "n"),), [("1",), ("2",), ("3",)], AT)
    with pytest.raises(ServiceError, match="a worksheet holds 2 rows"):
        list(feeds.fits_a_sheet(table).rows)


def test_a_case_whose_policy_is_not_on_record_is_told_all_the_same(sla: CommandLine) -> None:
    sla.window.at("2026-09-18 09:00").receive()
    sla.window.tamper("UPDATE case_file SET policy_version = 99")
    received, _ = rows_of(sla)
    assert (received["item_type"], received["status"], received["statutory_limit"]) == ("9", "1", None)
    assert json.loads(json.dumps(received))["promised_unit"] == ""
