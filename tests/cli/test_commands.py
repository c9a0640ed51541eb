"""Each command by hand: what it writes, that `--json` is JSON, how it ends; days by the calendar beside the cast."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sla.store.migrate import head_revision
from tests.cli.cast import CommandLine
from tests.service.cast import OFFICE, policy_text

NUMBER = "选字第20260001号"
ON_ONE = pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)


@pytest.fixture
def case(sla: CommandLine) -> str:
    """A site selection received and accepted on Friday 2026-09-18 at 09:30, due on Wed 09-23."""
    return sla.window.receive(title="城北变电站", applicant="张三")


# --- a case from its receipt to its delivery -------------------------------------------------------------------------
def test_a_case_goes_through_every_command(sla: CommandLine) -> None:
    sla.at("2026-09-14 08:00").file(policy_text(2, "2026-09-14"), "policy.toml")
    office = sla.file(OFFICE.replace('policy = "cn_planning"', 'policy_file = "policy.toml"'))
    assert sla("office", "apply", office).out.startswith(
        "changed planning-window: 5 people, 3 channels, policy cn_planning 2"
    )
    by = ("--by", "li")
    steps: list[tuple[str, list[str]]] = [
        (
            "2026-09-14 09:30",
            ["receive", "site_selection", "--title", "变电站", "--land-area", "3.25", "--floor-area", "4.8", *by],
        ),
        ("2026-09-14 10:00", ["correct", NUMBER, "--papers", "approval, site_plan", "--notice", "补 7", *by]),
        ("2026-09-15 10:00", ["complete", NUMBER, "--papers", "approval,site_plan", *by]),
        ("2026-09-15 11:00", ["accept", NUMBER, "--receipt", "受 7", *by]),
        ("2026-09-15 11:30", ["stage", NUMBER, "review", *by]),
        (
            "2026-09-16 09:00",
            ["pause", NUMBER, "--ground", "expert_review", "--notice", "评 7", "--until", "2026-09-20", *by],
        ),
        ("2026-09-17 09:00", ["resume", NUMBER, *by]),
        ("2026-09-17 10:00", ["stage", NUMBER, "review", "--leave", *by]),
        (
            "2026-09-17 11:00",
            ["extend", NUMBER, "--clock", "promise", "--amount", "1", "--reason", "r", "--approver", "zhao", *by],
        ),
        ("2026-09-17 12:00", ["reassign", NUMBER, "chen", "--reason", "r", *by]),
        ("2026-09-17 13:00", ["ack", NUMBER, "promise", "--note", "on it", *by]),
        ("2026-09-17 14:00", ["rebase", NUMBER, "cn_planning", "2", "--reason", "r", "--by", "zhao"]),
        ("2026-09-18 09:00", ["decide", NUMBER, "--certificate", "选 7", *by]),
        (
            "2026-09-18 09:10",
            ["void", NUMBER, "13", "--reason", "wrong hour", "--at", "2026-09-18T08:30+08:00", "--by", "zhao"],
        ),
        ("2026-09-18 15:00", ["deliver", NUMBER, "--method", "in person", *by]),
    ]
    for moment, arguments in steps:
        said = sla.at(moment)("case", *arguments)
        assert (said.code, said.err) == (0, ""), (arguments, said)
        assert NUMBER in said.out, arguments
    shown = sla("case", "show", NUMBER, "--json").json
    assert [event["kind"] for event in shown["events"]] == [
        "received", "correction_requested", "correction_received", "accepted", "stage_entered", "paused", "resumed",
        "stage_left", "extended", "reassigned", "acknowledged", "rebased", "decided", "voided", "decided", "delivered",
    ]  # fmt: skip
    assert (shown["phase"], shown["handler"], shown["policy"]) == ("delivered", "chen", "cn_planning 2")
    assert (shown["land_area_ha"], shown["floor_area_ha"]) == ("3.25", "4.8")
    assert shown["events"][12]["voided_by"] == 14
    assert shown["events"][14]["certificate"] == "选 7"
    # Accepted 09-15, paused 09-16, resumed 09-17 (free), 5 days: 16; 18, 20, 21, 22.
    assert shown["clocks"]["promise"]["due_on"] == "2026-09-22"
    sla.window.run()
    assert sla("doctor").out == "all is well\n"


@pytest.mark.parametrize(
    ("arguments", "kind", "outcome"),
    [
        (["refuse", NUMBER, "--reason", "elsewhere"], "refused", ""),
        (["refuse", NUMBER, "--reason", "elsewhere", "--not-required"], "not_required", ""),
        (["withdraw", NUMBER, "--reason", "asked for"], "withdrawn", ""),
    ],
)
def test_a_case_may_end_without_a_decision(sla: CommandLine, arguments: list[str], kind: str, outcome: str) -> None:
    sla("case", "receive", "site_selection", "--by", "li")
    assert sla("case", *arguments).code == 0
    assert sla("case", "show", NUMBER, "--json").json["events"][-1]["kind"] == kind


def test_a_denial_starts_no_delivery(sla: CommandLine, case: str) -> None:
    said = sla("case", "decide", case, "--denied", "--reason", "against the plan", "--json").json
    assert said["events"][-1]["outcome"] == "denied"
    assert said["clocks"]["delivery"]["due_on"] is None  # 行政许可法 44: what is delivered is the permit


def test_the_one_time_notice_is_printed_with_what_is_missing(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    sla("case", "receive", "site_selection", "--by", "li")
    said = sla("case", "correct", NUMBER, "--papers", "approval,site_plan")
    assert "一次性" in said.out
    assert "1. 项目批准或核准文件" in said.out
    assert "2. 拟选位置地形图" in said.out


def test_a_case_is_shown_without_the_applicant(sla: CommandLine, case: str) -> None:
    for arguments in (("case", "show", case), ("case", "show", case, "--json"), ("case", "list", "--json")):
        said = sla(*arguments)
        assert "城北变电站" in said.out
        assert "张三" not in said.out


def test_explain_says_a_line_a_day_with_rule_and_source(sla: CommandLine, case: str) -> None:
    lines = sla("case", "explain", case).out.splitlines()
    assert lines.pop() == "accepted 18 Sep (not counted) … working day 4: 23 Sep"
    assert [line.split("  ")[0] for line in lines] == [
        "Fri 18 Sep 2026",
        "Sat 19 Sep 2026",
        "Sun 20 Sep 2026",
        "Mon 21 Sep 2026",
        "Tue 22 Sep 2026",
        "Wed 23 Sep 2026",
    ]
    assert "first day, not counted  [R2] 民法典第二百零一条" in lines[0]
    assert "counted 1 of 4, make-up working day" in lines[2]
    assert "counted 4 of 4" in lines[5]


def test_the_person_and_the_office_may_come_from_the_environment(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLA_PERSON", "chen")
    monkeypatch.setenv("SLA_OFFICE", "planning-window")
    said = sla("case", "receive", "land_use", "--json").json
    assert (said["handler"], said["first_contact"], said["events"][0]["by"]) == ("chen", "chen", "chen")


def test_with_two_offices_the_command_asks_which(sla: CommandLine) -> None:
    second = OFFICE.replace('slug = "planning-window"', 'slug = "second-window"')
    assert sla("office", "apply", sla.file(second)).out.startswith("made second-window: 5 people")
    assert sla("today").err == "error: office: say which with --office: planning-window, second-window\n"
    assert sla("today", "--office", "second-window").code == 0


# --- listings --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "arguments",
    [
        "case list", f"case show {NUMBER}", f"case explain {NUMBER}", "today", "today --handler li", "report",
        "report --from 2026-09-01 --to 2026-09-30", "office show", "doctor",
        "due cn_planning.construction_works --on 2026-09-18",
    ],
)  # fmt: skip
def test_every_listing_is_valid_json_and_plain_text(sla: CommandLine, case: str, arguments: str) -> None:
    plain = sla(*arguments.split())
    assert (plain.code, plain.err) == (0, "")
    assert plain.out.strip()
    said = sla(*arguments.split(), "--json")
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out) is not None


def test_today_lists_by_how_near_it_is(sla: CommandLine, case: str) -> None:
    def lists(moment: str) -> dict[str, list[tuple[str, str]]]:
        said = sla.at(moment)("today", "--json").json
        return {
            name: [(entry["number"], entry["clock"]) for entry in entries]
            for name, entries in said.items()
            if name != "day" and entries
        }

    promise = [(NUMBER, "promise")]
    assert lists("2026-09-18 10:00") == {}  # the next three working days are 20, 21, 22
    assert lists("2026-09-20 10:00") == {"next_days": promise}  # 21, 22, 23
    assert lists("2026-09-23 10:00") == {"due_today": promise}
    assert lists("2026-09-24 10:00") == {"overdue": promise}
    sla.at("2026-09-24 11:00")("case", "decide", NUMBER, "--at", "2026-09-23")
    assert lists("2026-09-24 12:00") == {}


def test_today_shows_what_is_paused_and_what_awaits_acceptance(sla: CommandLine, case: str) -> None:
    sla.at("2026-09-21 10:00")("case", "pause", case, "--ground", "hearing", "--by", "li")
    sla("case", "receive", "land_use", "--by", "chen")  # intake due 09-28: 22, 23, 24, 28 and 29
    said = sla("today", "--json").json
    assert {entry["clock"] for entry in said["paused"]} == {"promise", "statutory"}
    assert said["paused"][0]["if_resumed"] == "2026-09-23"  # two days used, 20 and 21; two left: 22, 23
    assert [(entry["clock"], entry["due_on"]) for entry in said["awaiting"]] == [("intake", "2026-09-29")]


def test_report_counts_by_the_definition_that_stands_beside_it(sla: CommandLine, case: str) -> None:
    second = sla("case", "receive", "site_selection", "--by", "li", "--accept", "--json").json["number"]
    sla("case", "receive", "site_selection", "--by", "li", "--accept")
    sla.at("2026-09-22 10:00")("case", "decide", case)  # a day early
    sla.at("2026-09-24 10:00")("case", "decide", second, "--overdue-reason", "r")  # a day late; the third stays open
    said = sla("report", "--from", "2026-09-01", "--to", "2026-09-30", "--json").json
    total = said["total"]
    assert (total["on_time"]["part"], total["on_time"]["n"]) == (1, 3)  # of completed and of open and overdue
    assert (total["closed_only"]["part"], total["closed_only"]["n"]) == (1, 2)
    assert (total["early"]["part"], total["early"]["n"]) == (1, 2)
    assert total["open_overdue"] == 1
    assert said["saved_per_item"] == 90  # the article: 26 + 26 + 24 + 14
    assert [round(saving["compression"] * 100, 1) for saving in said["savings"]] == [86.7, 86.7, 80.0, 70.0]
    text = sla("report", "--from", "2026-09-01", "--to", "2026-09-30").out
    assert "completed on time (early included) ÷ (completed + open and already overdue)" in text
    assert "n = 3" in text


def test_a_report_says_how_long_it_took_and_what_waits(sla: CommandLine, case: str) -> None:
    sla.at("2026-09-22 10:00")("case", "decide", case)  # accepted on 09-18: 20, 21, 22
    sla("case", "receive", "land_use", "--by", "li", "--accept")
    said = sla("report", "--from", "2026-09-01", "--to", "2026-09-30", "--json").json
    assert said["used"] == {"n": 1, "mean": 3.0, "median": 3, "p90": 3, "by_days": {"3": 1}}
    one, every = said["limits"]
    assert (one["permit"], one["statutory"]["mean"], one["promise"]["mean"]) == ("site_selection", 30, 4)
    assert (round(one["compression"], 3), one["speed_up"], every["permit"]) == (0.867, 0.9, None)  # 26 and 27 of 30
    assert said["waiting"] == [{"age": "0-5", "light": "green", "n": 1}]
    assert said["paused"] == {"share": {"value": 0.0, "part": 0, "n": 3}, "grounds": {}, "unknown": 0}
    assert list(said["by_handler"]) == ["li"]


def test_a_report_is_narrowed_to_a_permit_a_handler_and_a_basis(sla: CommandLine, case: str) -> None:
    sla.at("2026-09-22 10:00")("case", "decide", case)

    def completed(*narrowed: str) -> int:
        total = sla("report", "--from", "2026-09-01", "--to", "2026-09-30", *narrowed, "--json").json["total"]
        return int(total["completed"])

    assert (completed("--permit", "land_use"), completed("--permit", "site_selection")) == (0, 1)
    assert (completed("--handler", "wang"), completed("--handler", "li")) == (0, 1)
    assert sla("report", "--basis", "statute", "--json").json["basis"] == "statute"


@pytest.mark.parametrize(
    ("narrowed", "said"),
    [("--basis stage", "basis: 'stage' is none of this office's"), ("--permit x", "permit: 'x' is unknown"),
     ("--handler x", "handler: 'x' is nobody here")],
)  # fmt: skip
def test_a_report_of_what_is_unknown_says_what_is_known(sla: CommandLine, narrowed: str, said: str) -> None:
    line = sla.refuses("report", *narrowed.split())
    assert said in line and "known are: " in line


def test_where_there_is_no_data_there_is_a_dash(sla: CommandLine) -> None:
    assert sla("report", "--json").json["total"]["on_time"] == {"value": None, "part": 0, "n": 0}
    assert "–" in sla("report").out


# --- due -------------------------------------------------------------------------------------------------------------
@ON_ONE
def test_the_construction_works_permit_of_18_september_is_due_on_28_september_day_by_day(sla: CommandLine) -> None:
    said = sla("due", "cn_planning.construction_works", "--on", "2026-09-18", "--json").json
    promise = said["clocks"]["promise"]
    assert promise["due_on"] == "2026-09-28"
    # Six working days by the notice of 2025-11-04: Sunday the 20th is worked, Friday the 25th is Mid-Autumn.
    assert [(row["date"][-2:], row["status"], row["day"], row["counted"]) for row in promise["ledger"]] == [
        ("18", "first_day", "workday", None),
        ("19", "not_working", "weekend", None),
        ("20", "counted", "makeup", 1),
        ("21", "counted", "workday", 2),
        ("22", "counted", "workday", 3),
        ("23", "counted", "workday", 4),
        ("24", "counted", "workday", 5),
        ("25", "not_working", "holiday", None),
        ("26", "not_working", "weekend", None),
        ("27", "not_working", "weekend", None),
        ("28", "counted", "workday", 6),
    ]
    assert all(row["rule"] for row in promise["ledger"])
    assert said["clocks"]["statutory"]["due_on"] == "2026-11-05"


@ON_ONE
def test_a_bad_line_of_a_batch_is_answered_and_stops_no_other(sla: CommandLine) -> None:
    lines = ['{"id": "1", "start": "2026-09-18", "limit": {"amount": 4, "unit": "working_days"}}', "{nonsense",
             '{"id": "3", "start": "2026-09-18", "permit": "cn_planning.demolition"}']  # fmt: skip
    said = sla("due", "--batch", sla.file("\n".join(lines) + "\n", "requests.jsonl"))
    answers = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 0
    assert answers[0]["due_on"] == "2026-09-23"
    assert answers[1]["error"]["code"] == "bad_json"
    assert (answers[2]["id"], answers[2]["error"]["field"]) == ("3", "permit")


# --- the database ----------------------------------------------------------------------------------------------------
def test_migrate_says_where_it_stands(sla: CommandLine) -> None:
    said = sla("migrate")
    assert said.code == 0
    assert said.out.endswith(": is up to date\n")


@ON_ONE
def test_migrate_makes_the_tables_of_an_empty_database(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    assert sla("migrate").out == f"sqlite:///{tmp_path}/new.db: empty → {head_revision()}\n"


def test_doctor_ends_with_1_for_what_is_serious_and_mends_what_is_an_index(sla: CommandLine, case: str) -> None:
    assert sla("doctor").out == "all is well\n"
    sla.window.tamper("UPDATE clock SET due_on = '2026-12-24' WHERE clock_id = 'promise'")
    assert sla("doctor").code == 0
    found = sla("doctor", "--rebuild", "--json")
    assert found.code == 1
    assert [finding["what"] for finding in found.json] == ["clock promise was not what its events say"]
    assert sla("doctor", "--rebuild").out == "all is well\n"
    sla.window.tamper("UPDATE party SET value = '李四'")
    assert sla("doctor").code == 1
    assert sla("doctor").out.startswith(
        "! planning-window 选字第20260001号: applicant of event 1 is not what was recorded"
    )


def test_applying_the_same_office_again_changes_nothing(sla: CommandLine) -> None:
    before = sla.window.dump()
    assert sla("office", "apply", sla.file(OFFICE)).out.startswith("changed planning-window: 5 people")
    assert sla.window.dump() == before


def test_the_office_is_shown_with_its_people(sla: CommandLine) -> None:
    said = sla("office", "show", "--json").json
    assert (said["slug"], said["zone"], said["announced_through"]) == ("planning-window", "Asia/Shanghai", "2026-12-31")
    assert said["people"]["li"]["stand_in"] == "chen"
    assert said["people"]["zhao"]["roles"] == ["head", "manager"]


# --- by a real process -----------------------------------------------------------------------------------------------
@ON_ONE
def test_an_office_from_nothing_by_real_processes(sla: CommandLine, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "SLA_DATABASE_URL": f"sqlite:///{tmp_path}/own.db",
        "SLA_PERSON": "li",
        "SLA_LANGUAGE": "zh",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "sla", *arguments], capture_output=True, text=True, timeout=60,
            env=environment, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    run("migrate")
    run("office", "apply", sla.file(OFFICE))
    assert run("case", "receive", "construction_works", "--title", "综合楼", "--accept").startswith("建字第")
    assert json.loads(run("case", "list", "--json"))[0]["title"] == "综合楼"


def test_what_was_recorded_stays_when_nobody_reads_what_is_printed(sla: CommandLine) -> None:
    read, write = os.pipe()
    os.close(read)  # as in `sla case receive ... | head -0`
    environment = {**os.environ, "SLA_DATABASE_URL": sla.window.url, "SLA_PERSON": "li"}
    command = [sys.executable, "-W", "error", "-m", "sla", "case", "receive", "construction_works", "--title", "综合楼"]
    done = subprocess.run(
        command, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60, env=environment, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")  # cut off, without a word
    assert [row.title for row in sla.window.rows("case_file")] == ["综合楼"]
