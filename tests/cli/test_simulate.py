"""`sla policy simulate`: real cases under another promise, pause rule or calendar.

09-18, Sunday 09-20 and 09-21 to 24 are worked; site opinions and land-use permits are promised in 4 working days.
"""

from typing import Any

import pytest

from tests.cli.cast import CommandLine
from tests.service.cast import notice

SEPTEMBER = ("--from", "2026-09-01", "--to", "2026-09-30")
ON = {"a": "2026-09-22 10:00", "b": "2026-09-23 10:00", "c": "2026-09-24 10:00", "d": "2026-09-24 11:00"}


@pytest.fixture
def lived(sla: CommandLine) -> dict[str, str]:
    """Accepted on 09-18: site opinions of li decided after 3, 4 and 5 working days, a land-use permit of chen's after
    5."""
    sla.at("2026-09-18 10:00")
    numbers = {name: sla.window.receive() for name in "abc"}
    numbers["d"] = sla.window.receive("land_use", handler="chen")
    for name, moment in ON.items():
        sla.at(moment).window.finish(numbers[name])
    return numbers


def simulated(sla: CommandLine, *supposed: str) -> Any:
    before = sla.window.dump()
    said = sla("policy", "simulate", *SEPTEMBER, *supposed, "--json")
    assert said.code == 0, said
    assert sla.window.dump() == before
    return said.json


def sides(said: Any, *path: str) -> tuple[tuple[int, int], tuple[int, int]]:
    for name in path:
        said = said[name]
    rates = (said["before"]["on_time"], said["after"]["on_time"])
    before, after = ((rate["part"], rate["n"]) for rate in rates)
    return before, after


def turned(said: Any, lived: dict[str, str], side: str) -> list[str]:
    names = {number: name for name, number in lived.items()}
    return sorted(names[one["number"]] for one in said[side])


def test_with_nothing_supposed_nothing_changes(sla: CommandLine, lived: dict[str, str]) -> None:
    said = simulated(sla)
    assert sides(said) == ((2, 4), (2, 4))
    assert (said["turned_late"], said["turned_in_time"], said["cases"], said["failed"]) == ([], [], 4, [])


def test_another_promise_has_its_rates_and_those_that_would_have_missed_it(
    sla: CommandLine, lived: dict[str, str]
) -> None:
    said = simulated(sla, "--promise", "site_selection=3")
    assert sides(said, "by_permit", "site_selection") == ((2, 3), (1, 3))
    assert sides(said, "by_permit", "land_use") == ((0, 1), (0, 1))
    assert turned(said, lived, "turned_late") == ["b"]
    assert said["turned_late"][0] | {"number": ""} == {
        "number": "", "permit": "site_selection", "handler": "li", "clock": "promise", "due_before": "2026-09-23",
        "due_after": "2026-09-22", "stopped_on": "2026-09-23",
    }  # fmt: skip
    several = simulated(sla, "--promise", "site_selection=5", "--promise", "land_use=5")
    assert turned(several, lived, "turned_in_time") == ["c", "d"]


def test_the_smallest_promise_that_would_have_held_is_said_for_each_permit(
    sla: CommandLine, lived: dict[str, str]
) -> None:
    least = simulated(sla)["least_promise"]
    assert least == {
        "land_use": {"n": 1, "95": 5, "99": 5, "100": 5},
        "site_selection": {"n": 3, "95": 5, "99": 5, "100": 5},  # of 3, 4 and 5 the third
    }


@pytest.mark.parametrize("days", ["2026-09-21", "2026-09-21..2026-09-22"])
def test_with_days_off_what_was_a_day_late_was_in_time(sla: CommandLine, lived: dict[str, str], days: str) -> None:
    said = simulated(sla, "--closed", days)
    assert turned(said, lived, "turned_in_time") == ["c", "d"]
    assert sides(said) == ((2, 4), (4, 4))


def test_days_on_which_a_handler_was_away_concern_his_cases(sla: CommandLine, lived: dict[str, str]) -> None:
    assert turned(simulated(sla, "--leave", "li=2026-09-21"), lived, "turned_in_time") == ["c"]
    assert turned(simulated(sla, "--leave", "chen=2026-09-21"), lived, "turned_in_time") == ["d"]


def test_where_the_limits_run_on_the_work_waits(sla: CommandLine, lived: dict[str, str]) -> None:
    said = simulated(sla, "--leave", "li=2026-09-21", "--limits-run-on")
    assert turned(said, lived, "turned_late") == ["b"]  # done a day later, on 09-24; the first on 09-23
    assert simulated(sla, "--leave", "chen=2026-09-21", "--limits-run-on")["turned_late"] == []


def test_another_calendar_is_a_notice_file(sla: CommandLine, lived: dict[str, str]) -> None:
    worked = sla.file(notice("notice 19", work="2026-09-19"), "notice.toml")  # 19, 20, 21, 22
    said = simulated(sla, "--calendar", worked)
    assert turned(said, lived, "turned_late") == ["b"]
    assert said["least_promise"]["site_selection"]["100"] == 6


def test_a_ground_that_counts_or_does_not(sla: CommandLine) -> None:
    number = sla.at("2026-09-18 10:00").window.receive()
    sla.window.record(number, "paused", ground="expert_review", notice="1")
    sla.at("2026-09-21 10:00").window.record(number, "resumed", pause=3)
    sla.at("2026-09-28 10:00").window.decide(number)  # 22, 23, 24, 28
    said = simulated(sla, "--counted", "expert_review")
    assert [one["due_after"] for one in said["turned_late"]] == ["2026-09-23"]
    assert simulated(sla, "--counted", "hearing")["turned_late"] == []
    assert simulated(sla, "--not-counted", "expert_review")["turned_late"] == []


def test_what_could_not_be_published_is_said(sla: CommandLine, lived: dict[str, str]) -> None:
    [gap] = simulated(sla, "--promise", "site_selection=31")["not_publishable"]
    assert "31 is more than the 30" in gap


def test_the_text_says_it_side_by_side_in_both_languages(
    sla: CommandLine, lived: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = sla("policy", "simulate", *SEPTEMBER, "--promise", "site_selection=3").out
    assert "  On-time rate: 50.0% (n = 4) → 25.0% (n = 4)" in said
    assert f"Would have been late (1)\n  {lived['b']}  " in said
    assert "Site selection opinion: 95 %: 5, 99 %: 5, 100 %: 5 (n = 3)" in said
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    assert (
        "按时办结率: 50.0% (n = 4) → 25.0% (n = 4)"
        in sla("policy", "simulate", *SEPTEMBER, "--promise", "site_selection=3").out
    )


@pytest.mark.parametrize(
    ("supposed", "said"),
    [
        ("--promise x=3", "promise: 'x' promises nothing here; known are: "),
        ("--promise land_use", "promise: 'land_use' names no limit; write for example land_use=3"),
        ("--promise land_use=0", "promise: 'land_use=0' names no limit"),
        ("--counted x", "counted: 'x' is unknown; known are: "),
        ("--not-counted x", "not-counted: 'x' is unknown; known are: "),
        ("--closed 2026-09-25..2026-09-24", "closed: '2026-09-25..2026-09-24' is no span of days"),
        ("--closed soon", "closed: 'soon' is no date"),
        ("--leave nobody=2026-09-24", "leave: 'nobody' is nobody here"),
        ("--leave li", "leave: '' is no date"),
        ("--calendar /nowhere", "file: /nowhere cannot be read"),
    ],
)
def test_what_cannot_be_supposed_is_refused(sla: CommandLine, supposed: str, said: str) -> None:
    assert sla.refuses("policy", "simulate", *supposed.split()).startswith(said)
