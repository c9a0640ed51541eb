"""`sla import`: what is right is brought in, the rest comes back with its reasons; doing it again changes nothing."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from sla import importing_aside
from tests.cli.cast import CommandLine, at

ON_ONE = pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)

MAPPING = """
source = "archive"

[cases]
number = "办件编号"
permit = "事项"
title = "项目名称"
applicant = "申请人"
handler = "承办人"
received = "收件时间"
accepted = "受理时间"
decided = "办结时间"
outcome = "结果"
given = "承诺期限"

[values.permit]
"选址意见书" = "site_selection"

[values.handler]
"李敏" = "li"
"*" = "chen"

[values.outcome]
"准予" = "approved"
"不予许可" = "denied"
"""
HEAD = "办件编号,事项,项目名称,申请人,承办人,收件时间,受理时间,办结时间,结果,承诺期限"
RIGHT = [
    "旧-1,选址意见书,城北变电站,张三,李敏,2026-09-07 09:00,2026-09-07 10:00,2026-09-10 16:00,准予,2026-09-11",
    "旧-2,选址意见书,南湖公园,李四,王五,2026/9/8,2026/9/8,2026/9/15,不予许可,2026-09-14",
    "旧-3,选址意见书,=1+1,赵六,李敏,2026年9月14日15:00,2026年9月15日,,,2026-09-18",
]


def mapped(sla: CommandLine, rows: list[str], *more: str, mapping: str = MAPPING, head: str = HEAD) -> Any:
    """Run an import of these rows."""
    file = sla.folder / "cases.csv"
    file.write_text("\n".join([head, *rows, ""]), "utf-8")
    return sla("import", str(file), "--mapping", sla.file(mapping, "mapping.toml"), *more)


def table(file: Path) -> list[list[str]]:
    return list(csv.reader(file.read_text("utf-8-sig").splitlines()))


def numbers(sla: CommandLine) -> list[str]:
    return sorted(row.number for row in sla.window.rows("case_file"))


def content(sla: CommandLine) -> list[tuple[Any, ...]]:
    """What an import wrote, without what is drawn by lot."""
    names = {row.case_id: row.number for row in sla.window.rows("case_file")}
    events = [
        (names[row.case_id], row.seq, row.kind, row.occurred_at, row.recorded_at, row.dated, row.actor)
        for row in sla.window.rows("case_event")
    ]
    clocks = [(names[row.case_id], row.clock_id, row.state, row.due_on) for row in sla.window.rows("clock")]
    given = [(names[row.case_id], row.clock_id, row.due_on, row.source) for row in sla.window.rows("given_deadline")]
    return sorted([*events, *clocks, *given], key=repr)


# --- what is right ---------------------------------------------------------------------------------------------------
def test_cases_come_in_with_the_times_of_their_source_and_are_marked(sla: CommandLine) -> None:
    said = mapped(sla, RIGHT)
    assert said.code == 0, said
    assert said.out.startswith("3 rows: 3 cases brought in with 8 events, 0 already there, 0 refused\n")
    first = sla.window.find("旧-1")
    assert [(event.kind, event.occurred_at) for event in first.events] == [
        ("received", at("2026-09-07 09:00")), ("accepted", at("2026-09-07 10:00")), ("decided", at("2026-09-10 16:00")),
    ]  # fmt: skip
    assert all(event.recorded_at == event.occurred_at for event in first.events)  # judged as of then (R21)
    assert {event.actor for event in first.events} == {"import:archive"}
    second = sla.window.find("旧-2")
    assert [event.dated for event in second.events] == [True, True, True]
    assert (second.history.handler, second.row.outcome) == ("chen", "denied")
    assert sla.window.find("旧-3").history.received.title == "=1+1"  # a text, here and in every file of ours
    assert sla("audit", "verify").code == 0


def test_given_deadlines_are_kept_beside_ours_and_listed_where_they_differ(sla: CommandLine, tmp_path: Path) -> None:
    said = mapped(sla, RIGHT, "--differences", str(tmp_path / "differences.csv"))
    # Promise of 4 working days. 09-07 → Fri 09-11; 09-08 → Mon 09-14; Tue 09-15 → Sun 09-20, which works (R5).
    assert "1 of 3 given deadlines differ from those computed here\n" in said.out
    assert "  旧-3  promise: given 2026-09-18, here 2026-09-20" in said.out
    assert table(tmp_path / "differences.csv") == [
        ["number", "clock", "given", "ours"],
        ["旧-3", "promise", "2026-09-18", "2026-09-20"],
    ]
    kept = [(row.clock_id, str(row.due_on), row.source) for row in sla.window.rows("given_deadline")]
    assert sorted(kept) == [("promise", f"2026-09-{day}", "archive") for day in (11, 14, 18)]


def test_the_report_gives_the_rates_by_the_given_deadlines_and_by_ours(sla: CommandLine) -> None:
    found = mapped(sla, RIGHT, "--json", "--as-of", "2026-09-19").json
    assert (found["closed"], found["open"]) == (2, 1)
    # 旧-1 a day early, 旧-2 a day late, 旧-3 open and by its given deadline overdue on the 19th: 1 of 3.
    assert found["given"] == {
        "closed": 2, "late": 1, "early": 1, "open_overdue": 1, "on_time": pytest.approx(1 / 3), "closed_only": 0.5,
    }  # fmt: skip
    assert found["ours"]["open_overdue"] == 0
    assert (found["median_calendar_days"], found["median_working_days"]) == (3, 3)


def test_an_import_done_again_changes_nothing_and_says_that_all_is_there(sla: CommandLine) -> None:
    first = mapped(sla, RIGHT)
    before = sla.window.dump()
    again = mapped(sla, RIGHT)
    assert again.code == 0 and sla.window.dump() == before
    assert again.out.startswith("3 rows: 0 cases brought in with 0 events, 3 already there, 0 refused\n")
    assert again.out.splitlines()[1:] == first.out.splitlines()[1:]


def test_what_was_recorded_here_since_is_no_difference_but_another_story_of_the_source_is(sla: CommandLine) -> None:
    mapped(sla, RIGHT)
    sla.window.decide("旧-3")
    again = mapped(sla, [RIGHT[0].replace("16:00", "17:00"), RIGHT[1].replace("2026-09-14", "2026-09-16"), RIGHT[2]])
    assert again.code == 1
    assert "row 2: 旧-1 is there already and differs in: decided\n" in again.out
    assert "row 3: 旧-2 is there already and differs in: the given deadline\n" in again.out
    assert "1 already there, 2 refused" in again.out


def test_a_case_of_this_office_is_not_taken_for_one_of_the_source(sla: CommandLine) -> None:
    number = sla.window.receive(title="城北变电站")
    said = mapped(sla, [RIGHT[0].replace("旧-1", number)])
    assert f"{number} is there already and differs in: where it comes from, which is not archive" in said.out


def test_a_dry_run_tells_the_same_and_writes_nothing(sla: CommandLine) -> None:
    before = sla.window.dump()
    tried = mapped(sla, RIGHT, "--dry-run")
    assert sla.window.dump() == before
    assert tried.out.startswith("Tried only; nothing was written.\n")
    assert mapped(sla, RIGHT).out == tried.out.partition("\n")[2]


# --- the rest ---------------------------------------------------------------------------------------------------------
def test_what_is_refused_comes_back_with_its_reason_and_can_be_mended_and_brought_in(
    sla: CommandLine, tmp_path: Path
) -> None:
    wrong = RIGHT[1].replace("2026/9/15", "09/15/26").replace("不予许可", "驳回")
    said = mapped(sla, [RIGHT[0], wrong, RIGHT[2]], "--rejects", str(tmp_path / "rejects.csv"))
    assert said.code == 1 and numbers(sla) == ["旧-1", "旧-3"]
    [head, row] = table(tmp_path / "rejects.csv")
    assert head == [*HEAD.split(","), "reason"]
    assert row[:-1] == wrong.split(",")
    assert row[-1] == (
        "办结时间: '09/15/26' has a year of two digits; write 2026-09-18; 结果: '驳回' is not among values.outcome"
    )
    mended = (tmp_path / "rejects.csv").read_text("utf-8-sig").replace("09/15/26", "2026-09-15").replace("驳回", "准予")
    (tmp_path / "again.csv").write_text(mended, "utf-8-sig")
    again = sla("import", str(tmp_path / "again.csv"), "--mapping", str(sla.folder / "mapping.toml"))
    assert again.code == 0 and numbers(sla) == ["旧-1", "旧-2", "旧-3"], again


def test_the_file_of_refused_rows_runs_no_formula(sla: CommandLine, tmp_path: Path) -> None:
    mapped(sla, [RIGHT[2].replace("2026年9月14日15:00", "")], "--rejects", str(tmp_path / "rejects.csv"))
    assert "'=1+1" in (tmp_path / "rejects.csv").read_text("utf-8-sig")


def test_one_case_that_cannot_be_holds_up_no_other(sla: CommandLine) -> None:
    impossible = RIGHT[1].replace("2026/9/15", "2026/9/7")  # decided the day before it came in
    unknown = RIGHT[2].replace("选址意见书", "采矿许可")
    ahead = RIGHT[2].replace("旧-3", "旧-4").replace("2026年9月14日", "2027年9月14日")
    said = mapped(sla, [impossible, unknown, ahead, RIGHT[0]])
    assert numbers(sla) == ["旧-1"]
    reasons = [line for line in said.out.splitlines() if line.startswith("  row ")]
    assert [line.partition(":")[0] for line in reasons] == ["  row 2", "  row 3", "  row 4"]
    assert "lies before the case began" in reasons[0]
    assert "'采矿许可' is not among values.permit" in reasons[1]
    assert "lies in the future" in reasons[2]


def test_a_number_that_is_there_twice_is_taken_once(sla: CommandLine) -> None:
    said = mapped(sla, [RIGHT[0], RIGHT[1], RIGHT[0]])
    assert "row 4: 旧-1 is there twice; row 2 has it first" in said.out
    assert numbers(sla) == ["旧-1", "旧-2"]


# --- events -----------------------------------------------------------------------------------------------------------
EVENTS = """
[events]
case = "case"
event = "event"
at = "at"
ground = "why"
notice = "notice"

[events.kinds]
"expert review" = "paused"
"review done" = "resumed"
"""


def test_events_of_a_second_file_pause_the_case_as_they_were_recorded_then(sla: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(
        "case,event,at,why,notice\n"
        "旧-3,review done,2026-09-17 09:00,,\n"
        "旧-3,expert review,2026-09-16 09:00,expert_review,评 7\n"
        "旧-3,printed,2026-09-17 10:00,,\n"
        "旧-9,printed,2026-09-17 10:00,,\n",
        "utf-8",
    )
    said = mapped(sla, [RIGHT[2]], "--events", str(tmp_path / "events.csv"), mapping=MAPPING + EVENTS)
    assert said.code == 0, said
    assert "1 events passed over, to which the mapping gives no kind: printed" in said.out
    assert "1 events belong to no case of the file" in said.out
    found = sla.window.find("旧-3")
    assert [event.kind for event in found.events] == ["received", "accepted", "paused", "resumed"]
    # Accepted the 15th; the 16th is used up, the 17th free: 18 (2), Sun 20 (3), Mon 21 (4).
    assert found.history.clock("promise").due_on is not None
    assert sla.window.due("旧-3") == "2026-09-21"


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second process takes pieces of two cases from the first on."""
    monkeypatch.setattr("sla.aside._cores", lambda: 2)
    monkeypatch.setattr("sla.importing_aside.AFTER", 0)
    monkeypatch.setattr("sla.importing_aside.MANY", 1e-9)
    monkeypatch.setattr("sla.service.importing.CHUNK", 2)


@pytest.mark.usefixtures("second")
def test_what_another_process_takes_is_as_if_it_had_been_done_here(
    sla: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Every piece but what it has no room for; the refused rows come back with their reasons, and nothing is lost."""
    taken: list[int] = []
    take = importing_aside._Second.take

    def counted(second: Any, piece: Any) -> Any:
        future = take(second, piece)
        taken.extend([len(piece.drafts)] if future else [])
        return future

    monkeypatch.setattr(importing_aside._Second, "take", counted)
    rows = [f"旧-{n},{rest}" for n in range(1, 13) for rest in [RIGHT[n % 3].partition(",")[2]]]
    rows[4] = rows[4].replace("2026年9", "26年9")
    rows[8] = rows[8].replace("2026-09-07", "2018-09-07")  # before there was a policy
    rows[9] = rows[9].replace("选址意见书", "别的")
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    said = mapped(sla, rows, "--rejects", str(tmp_path / "refused.csv"))
    assert sum(taken) >= 4 and not caplog.records
    assert said.code == 1 and "9" in said.out.splitlines()[0] and "3" in said.out.splitlines()[0]
    refused = list(csv.DictReader((tmp_path / "refused.csv").read_text("utf-8-sig").splitlines()))
    assert [row["办件编号"] for row in refused] == ["旧-5", "旧-9", "旧-10"]
    assert all(row["reason"] for row in refused)
    there = {row.number: row.head_seq for row in sla.window.rows("case_file")}
    monkeypatch.setattr("sla.aside._cores", lambda: 1)
    before = sla.window.dump()
    assert mapped(sla, rows).code == 1
    assert sla.window.dump() == before and len(there) == 9


@pytest.mark.usefixtures("second")
def test_one_that_was_killed_while_it_had_nothing_is_done_without(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    take, killed = importing_aside._Second.take, list[int]()

    def done_and_killed(second: Any, piece: Any) -> Any:
        future = take(second, piece)
        if future and not killed:
            future.result()
            for process in second._pool._processes.values():
                killed.append(process.pid)
                process.kill()
                process.join()
        return future

    monkeypatch.setattr(importing_aside._Second, "take", done_and_killed)
    said = mapped(sla, [f"旧-{n},{RIGHT[n % 3].partition(',')[2]}" for n in range(1, 13)])
    assert (said.code, said.err) == (0, ""), said
    assert len(sla.window.rows("case_file")) == 12 and "12 cases brought in" in said.out
    # Whether the pool has noticed by the next piece is a matter of luck.
    assert killed and ("the import goes on in one process" in caplog.text or "is done again" in caplog.text)


@pytest.mark.usefixtures("second")
def test_a_process_that_is_killed_takes_nothing_with_it(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    take = importing_aside._Second.take

    def killed(second: Any, piece: Any) -> Any:
        future = take(second, piece)
        for process in second._pool._processes.values() if future else ():
            process.kill()
        return future

    monkeypatch.setattr(importing_aside._Second, "take", killed)
    rows = [f"旧-{n},{RIGHT[n % 3].partition(',')[2]}" for n in range(1, 13)]
    said = mapped(sla, rows)
    assert (said.code, said.err) == (0, ""), said
    assert len(sla.window.rows("case_file")) == 12
    assert "a piece is done again that another process could not end" in caplog.text


EXTENDED = """
[defaults]
clock = "statutory"

[events]
case = "case"
event = "event"
at = "at"
amount = "days"
reason = "why"
approver = "by"
mobile = "tel"

[values.approver]
"局长" = "zhao"

[events.kinds]
"extension" = "extended"
"new phone" = "contact_changed"
"""


def extendable(sla: CommandLine) -> None:
    """The statutory limit by 10 days once."""
    sla.window.at("2026-09-01 09:00").publish(2, "2026-09-02")
    sla.at("2026-09-18 09:30")


def test_an_extension_and_a_change_of_contact_come_in_as_they_were_recorded(sla: CommandLine, tmp_path: Path) -> None:
    extendable(sla)
    (tmp_path / "events.csv").write_text(
        "case,event,at,days,why,by,tel\n"
        "旧-3,extension,2026-09-17 09:00,10,专家意见不一,局长,\n"
        "旧-3,new phone,2026-09-17 10:00,,,,13800000007\n",
        "utf-8",
    )
    said = mapped(sla, [RIGHT[2]], "--events", str(tmp_path / "events.csv"), mapping=MAPPING + EXTENDED)
    assert said.code == 0, said
    # Accepted on 09-15: to 09-24 eight, to the 30th eleven, 10-08 to 10 fourteen, 30 on 11-02; ten more on 11-16.
    assert sla.window.due("旧-3", "statutory") == "2026-11-16"
    events = sla.window.find("旧-3").events
    assert [event.kind for event in events][2:] == ["extended", "contact_changed"]
    assert [row.value for row in sla.window.rows("party") if row.seq == 4] == ["13800000007"]
    before = sla.window.dump()
    again = mapped(sla, [RIGHT[2]], "--events", str(tmp_path / "events.csv"), mapping=MAPPING + EXTENDED)
    assert "1 already there" in again.out and sla.window.dump() == before


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("旧-3,extension,2026-09-17,ten,专家意见不一,局长,", "event row 2: days: 'ten' is no whole number"),
        ("旧-3,extension,2026-09-17,,专家意见不一,局长,", "event row 2: days: is empty; extended needs it"),
        ("旧-3,extension,2026-09-17,10,,局长,", "event row 2: why: is empty; extended needs it"),
        ("旧-3,extension,2026-09-17,11,专家意见不一,局长,", "amount: must lie between 1 and 10"),
        ("旧-3,extension,2026-09-17,10,专家意见不一,nobody,", "'nobody' is not among values.approver"),
    ],
)
def test_an_extension_that_could_not_be_keeps_its_case_out(
    sla: CommandLine, tmp_path: Path, row: str, said: str
) -> None:
    extendable(sla)
    (tmp_path / "events.csv").write_text(f"case,event,at,days,why,by,tel\n{row}\n", "utf-8")
    refused = mapped(sla, [RIGHT[2]], "--events", str(tmp_path / "events.csv"), mapping=MAPPING + EXTENDED)
    assert refused.code == 1 and said in refused.out, refused


def test_a_wrong_event_keeps_its_case_out_whole(sla: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(
        "case,event,at,why,notice\n旧-3,expert review,16.09.26,expert_review,\n旧-3,review done,2026-09-17,,\n", "utf-8"
    )
    before = sla.window.dump()
    said = mapped(sla, [RIGHT[2]], "--events", str(tmp_path / "events.csv"), mapping=MAPPING + EVENTS)
    assert "row 2: event row 2: at: '16.09.26' has a year of two digits" in said.out
    assert sla.window.dump() == before


def test_an_event_row_that_is_no_csv_is_told_and_keeps_no_case_out(sla: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(
        'case,event,at,why,notice\n旧-3,"expert"review,2026-09-16,expert_review,\n', "utf-8"
    )
    said = mapped(sla, [RIGHT[0], RIGHT[2]], "--events", str(tmp_path / "events.csv"), mapping=MAPPING + EVENTS)
    assert said.code == 1
    assert "2 cases brought in" in said.out
    assert "event row 2 belongs to no case: cannot be read: ',' expected after '\"'; a quotation" in said.out
    assert "events belong to no case" not in said.out


def test_what_follows_the_closing_and_cannot_is_left_out_and_told(sla: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(
        "case,event,at,why,notice\n旧-1,expert review,2026-09-11 09:00,expert_review,评 7\n", "utf-8"
    )
    said = mapped(sla, [RIGHT[0]], "--events", str(tmp_path / "events.csv"), mapping=MAPPING + EVENTS)
    assert said.code == 0
    assert "1 with events after closing (rows 2)" in said.out
    assert "1 with events that cannot follow the closing; those were left out (rows 2)" in said.out
    assert [event.kind for event in sla.window.find("旧-1").events] == ["received", "accepted", "decided"]
    before = sla.window.dump()
    mapped(sla, [RIGHT[0]], "--events", str(tmp_path / "events.csv"), mapping=MAPPING + EVENTS)
    assert sla.window.dump() == before


# --- the mapping ------------------------------------------------------------------------------------------------------
@ON_ONE
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "sauce = 1\n", "mapping sauce: is unknown; known are: cases, dates"),
        ('title = "项目名称"', 'titel = "项目名称"', "mapping cases.titel: is unknown"),
        ('number = "办件编号"\n', "", "mapping cases.number: is missing"),
        ('received = "收件时间"\n', "", "mapping cases.received: is missing"),
        ('permit = "事项"\n', "", "mapping cases.permit: is missing"),
        ('"收件时间"', '"收件日"', "mapping cases: column '收件日' is not there; there are: 办件编号, 事项"),
        ('"archive"', '"the archive"', "mapping source: 'the archive' must be letters, digits"),
        ("", 'zone = "Mars"\n', "mapping zone: 'Mars' is no time zone"),
        ("", 'dates = ["%d.%m.%y"]\n', "mapping dates: '%d.%m.%y' must have a year of four digits"),
        ("", "source = \n", "mapping: is no TOML"),
    ],
)
def test_a_wrong_mapping_is_told_in_one_line_before_anything_is_read(
    sla: CommandLine, old: str, new: str, said: str
) -> None:
    mapping = MAPPING.replace(old, new, 1) if old else new + MAPPING
    file = sla.file("\n".join([HEAD, *RIGHT]), "cases.csv")
    assert sla.refuses("import", file, "--mapping", sla.file(mapping, "mapping.toml")).startswith(said)


@ON_ONE
def test_what_is_written_is_never_what_is_read(sla: CommandLine) -> None:
    file, mapping = sla.file(HEAD, "cases.csv"), sla.file(MAPPING, "mapping.toml")
    assert "named twice" in sla.refuses("import", file, "--mapping", mapping, "--rejects", file)
    assert "cannot be read" in sla.refuses("import", str(sla.folder / "none.csv"), "--mapping", mapping)
    assert "is none of: .csv" in sla.refuses("import", sla.file("", "cases.pdf"), "--mapping", mapping)
    assert "file: cases.csv is empty" in sla.refuses("import", sla.file("", "cases.csv"), "--mapping", mapping)


@ON_ONE
def test_the_report_is_told_in_chinese_too(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    said = mapped(sla, RIGHT, "--as-of", "2026-09-19")
    assert said.out.startswith("共 3 行：导入 3 件、环节记录 8 个，原已导入 0 件，退回 0 行\n")
    assert "按原系统给出的时限: 超期办结 1 件，提前办结 1 件，在办已超期 1 件" in said.out


# --- whatever the form ------------------------------------------------------------------------------------------------
def test_a_workbook_says_the_same_as_the_csv(sla: CommandLine, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "cases.xlsx"), {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD.split(","))
        for place, line in enumerate(RIGHT, start=1):
            for column, text in enumerate(line.split(",")):
                sheet.write_string(place, column, text)
        sheet.write_datetime(1, 5, datetime(2026, 9, 7, 9))
        sheet.merge_range(4, 2, 5, 2, "两件")
        sheet.write_string(4, 0, "旧-4")
        sheet.write_string(5, 0, "旧-5")
    file, mapping = str(tmp_path / "cases.xlsx"), sla.file(MAPPING, "mapping.toml")
    said = sla("import", file, "--mapping", mapping)
    assert said.code == 1
    assert "5 rows: 3 cases brought in with 8 events, 0 already there, 2 refused\n" in said.out
    assert "row 5: cells C5:C6 are merged; unmerge them, and write each its value" in said.out
    assert mapped(sla, RIGHT).out.startswith("3 rows: 0 cases brought in with 0 events, 3 already there, 0 refused\n")


def test_a_file_in_gb18030_is_read_and_not_refused(sla: CommandLine) -> None:
    (sla.folder / "cases.csv").write_bytes("\r\n".join([HEAD, *RIGHT, ""]).encode("gb18030"))
    said = sla("import", str(sla.folder / "cases.csv"), "--mapping", sla.file(MAPPING, "mapping.toml"))
    assert said.code == 0 and numbers(sla) == ["旧-1", "旧-2", "旧-3"], said


LOG_MAPPING = """
source = "archive"
[cases]
number = "concept:name"
given = "deadline"
[defaults]
permit = "site_selection"
handler = "li"
[events]
event = "concept:name"
at = "time:timestamp"
[events.kinds]
"收件" = "received"
"受理" = "accepted"
"办结" = "decided"
"""


def test_an_event_log_brings_cases_with_their_events(sla: CommandLine) -> None:
    event = (
        '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="2026-09-{}+08:00"/></event>'
    )
    events = [("收件", "07T09:00"), ("打印", "07T09:30"), ("受理", "07T10:00"), ("办结", "10T16:00")]
    trace = (
        '<trace><string key="concept:name" value="旧-1"/><date key="deadline" value="2026-09-11"/>'
        f"{''.join(event.format(*one) for one in events)}</trace>"
    )
    nameless = f"<trace>{event.format(*events[0])}</trace>"
    file = sla.file(f"<log>{trace}{nameless}</log>", "log.xes")
    said = sla("import", file, "--mapping", sla.file(LOG_MAPPING, "mapping.toml"))
    assert said.code == 1
    assert said.out.startswith("2 rows: 1 cases brought in with 3 events, 0 already there, 1 refused\n")
    assert "row 2: concept:name: is empty" in said.out
    assert "1 events passed over, to which the mapping gives no kind: 打印" in said.out
    assert [event.kind for event in sla.window.find("旧-1").events] == ["received", "accepted", "decided"]
    assert sla.window.due("旧-1") == "2026-09-11"


@ON_ONE
def test_200_columns_and_every_kind_of_bad_cell_give_a_report_by_row_and_nothing_half(sla: CommandLine) -> None:
    more = "".join(f",c{n}" for n in range(190))
    bad = [
        ("18.09.2026", "no date that is read one way only"),
        ("09/18/26", "a year of two digits"),
        ("46283", "is a number"),
        ("=TODAY()", "is a formula"),
        ("#REF!", "a formula that failed"),
    ]
    rows = [RIGHT[2].replace("旧-3", f"旧-{n}").replace("2026年9月15日", text) for n, (text, _) in enumerate(bad, 10)]
    said = mapped(sla, [f"{row}{',' * 190}" for row in [*rows, RIGHT[0]]], head=HEAD + more)
    reasons = [line for line in said.out.splitlines() if line.startswith("  row ")]
    for number, (line, (_, reason)) in enumerate(zip(reasons, bad, strict=True), start=2):
        assert line.startswith(f"  row {number}: 受理时间: ") and reason in line
    assert numbers(sla) == ["旧-1"]
    assert len(sla.window.rows("case_event")) == 3


def test_a_case_shows_where_it_came_from_and_what_it_was_given(sla: CommandLine) -> None:
    mapped(sla, RIGHT)
    shown = sla("case", "show", "旧-3", "--json").json
    assert {event["by"] for event in shown["events"]} == {"import:archive"}
    assert not any(event["late_entry"] for event in shown["events"])
    assert shown["given"] == {"promise": {"due_on": "2026-09-18", "source": "archive"}}
    text = sla("case", "show", "旧-3").out
    assert "    archive gave it until Fri 18 Sep 2026\n" in text
    assert "received · imported from archive\n" in text
    sla.window.decide("旧-3")
    assert "decided · imported" not in sla("case", "show", "旧-3").out
    assert "given" not in sla("case", "show", sla.window.receive(), "--json").json


@ON_ONE
def test_events_are_asked_for_where_the_mapping_has_them_and_nowhere_else(sla: CommandLine) -> None:
    file, events = sla.file("\n".join([HEAD, *RIGHT]), "cases.csv"), sla.file("case,event,at\n", "events.csv")
    with_events = sla.file(MAPPING + EVENTS, "with.toml")
    said = sla.refuses("import", file, "--mapping", with_events)
    assert said == "events: are missing: the mapping has [events]; give their file with --events"
    said = sla.refuses("import", file, "--mapping", sla.file(MAPPING, "mapping.toml"), "--events", events)
    assert said.startswith("mapping events.case: is missing")
    said = sla.refuses("import", file, "--mapping", with_events, "--events", events)
    assert said.startswith("mapping events: column 'why' is not there; there are: case, event, at")
    log = sla.file("<log/>", "log.xes")
    said = sla.refuses("import", log, "--mapping", sla.file(LOG_MAPPING, "log.toml"), "--events", events)
    assert said == "events: stand in log.xes itself; leave --events out"


def test_a_case_that_somebody_else_recorded_in_the_meantime_holds_up_no_other(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapped(sla, RIGHT[:1])
    monkeypatch.setattr("sla.service.importing.store.cases_numbered", lambda *_: [])  # it was not there yet then
    said = mapped(sla, RIGHT)
    assert "row 2: 旧-1 was recorded by somebody else just now; import it again\n" in said.out
    assert numbers(sla) == ["旧-1", "旧-2", "旧-3"]


@ON_ONE
def test_a_number_is_a_line_of_80_characters_at_most(sla: CommandLine) -> None:
    said = mapped(sla, [RIGHT[0].replace("旧-1", "x" * 81), RIGHT[1].replace("旧-2", " 旧  2 ")])
    assert "row 2: 办件编号: is longer than 80 characters" in said.out
    assert numbers(sla) == ["旧 2"]
