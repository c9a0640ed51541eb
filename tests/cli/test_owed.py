"""容缺受理 at the command line: accepted with papers owed, shown until they are in."""

import json

import pytest

from tests.cli.cast import CommandLine


@pytest.fixture
def case(sla: CommandLine) -> str:
    """A site selection received on Friday 2026-09-18; the approval and the map are owed by Monday 09-28."""
    number = sla.at("2026-09-18 09:30").window.receive(accept=False)
    sla("case", "accept", number, "--owed", "approval,site_plan", "--owed-by", "2026-09-28", "--by", "li")
    return number


def test_what_is_owed_is_shown_until_it_came_in(sla: CommandLine, case: str) -> None:
    shown = sla("case", "show", case).out
    assert "Owed since the acceptance, to come in by Mon 28 Sep 2026: project approval, map of the site" in shown
    sla("case", "supply", case, "--papers", "approval", "--by", "li")
    assert json.loads(sla("case", "show", case, "--json").out)["owed"] == {"papers": ["site_plan"], "by": "2026-09-28"}
    sla("case", "supply", case, "--papers", "site_plan", "--by", "li")
    assert "Owed" not in sla("case", "show", case).out
    assert "owed" not in json.loads(sla("case", "show", case, "--json").out)


def test_what_is_owed_past_its_day_is_said_to_be(sla: CommandLine, case: str) -> None:
    assert "its day is past (Mon 28 Sep 2026)" not in sla.at("2026-09-28 17:00")("case", "show", case).out
    assert "its day is past (Mon 28 Sep 2026)" in sla.at("2026-09-29 08:00")("case", "show", case).out


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("--owed", "approval"), "owed_by"),
        (("--owed-by", "2026-09-28"), "owed"),
        (("--owed", "approval", "--owed-by", "28.9."), "owed_by"),
        (("--owed", "deed", "--owed-by", "2026-09-28"), "owed"),
    ],
)
def test_what_cannot_be_owed_is_said_in_a_line(sla: CommandLine, arguments: tuple[str, ...], field: str) -> None:
    number = sla.at("2026-09-18 09:30").window.receive(accept=False)
    assert f"{field}: " in sla.refuses("case", "accept", number, *arguments, "--by", "li")
