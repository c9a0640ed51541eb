"""Deciding an overdue case at the command line: refused with what to do, then in one step or in two."""

import pytest

from tests.cli.cast import CommandLine


@pytest.fixture
def case(sla: CommandLine) -> str:
    """Accepted on 09-18, promise of 4 working days, due 09-23; it is the day after."""
    number = sla.window.at("2026-09-18 09:30").receive()
    sla.at("2026-09-24 10:00")
    return number


def kinds(sla: CommandLine, case: str) -> list[str]:
    return [event["kind"] for event in sla("case", "show", case, "--json").json["events"]]


def test_the_refusal_is_one_line_that_names_the_limit_the_law_and_the_way_out(sla: CommandLine, case: str) -> None:
    assert sla.refuses("case", "decide", case) == (
        "overdue_reason: is needed: promise was due on 2026-09-23 (优化营商环境条例 36); give it with the decision,"
        f" --overdue-reason, or before it: sla case explain {case} --reason ..."
    )


def test_in_one_step(sla: CommandLine, case: str) -> None:
    said = sla("case", "decide", case, "--overdue-reason", "评审延期", "--measure", "增派一人", "--by", "li")
    assert (said.code, said.err) == (0, "")
    assert "Overdue because: 评审延期 · 增派一人" in said.out
    assert kinds(sla, case) == ["received", "accepted", "overdue_explained", "decided"]


def test_in_two_steps_and_the_case_shows_what_is_missing_until_then(sla: CommandLine, case: str) -> None:
    assert "overdue, no reason given yet" in sla("case", "show", case).out
    assert sla("case", "explain", case, "--reason", "评审延期", "--by", "li").code == 0
    assert sla("case", "decide", case, "--by", "li").code == 0
    shown = sla("case", "show", case, "--json").json
    assert [(o["clock"], o["due_on"], o["late_by"], o["reason"]) for o in shown["overruns"]] == [
        ("promise", "2026-09-23", 1, "评审延期")
    ]
    assert shown["events"][2]["clocks"] == ["promise"]
    assert "overdue explained · 10:00 · 评审延期  [优化营商环境条例 36]" in sla("case", "explain", case).out


def test_a_decision_put_right_to_a_late_day_brings_its_reason(sla: CommandLine, case: str) -> None:
    sla("case", "decide", case, "--at", "2026-09-23T16:00+08:00")
    again = ("case", "void", case, "3", "--reason", "wrong day", "--at", "2026-09-24T09:00+08:00")
    assert sla.refuses(*again).startswith("overdue_reason: is needed")
    assert sla(*again, "--overdue-reason", "评审延期").code == 0
    assert kinds(sla, case)[2:] == ["decided", "voided", "overdue_explained", "decided"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["explain", "--measure", "增派一人"], "reason: is needed"),
        (["explain", "--reason", "r", "--clock", "statutory"], "clock: statutory is not overdue"),
        (["explain", "--reason", "r", "--clock", "nonsense"], "clock: 'nonsense' is no clock"),
        (["explain", "--reason", "r", "--as-of", "2026-09-20"], "as_of: looks back and records nothing"),
        (["decide", "--measure", "增派一人"], "overdue_reason: is missing"),
        (["void", "2", "--reason", "r", "--overdue-reason", "r"], "overdue_reason: belongs to the decision"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(
    sla: CommandLine, case: str, arguments: list[str], line: str
) -> None:
    assert sla.refuses("case", arguments[0], case, *arguments[1:]).startswith(line)
