"""docs/asvs.md answers each requirement of levels 1 and 2 once, names files that are there, and counts right."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text("utf-8")
LINES = (ROOT / "tests" / "answers" / "asvs-5.0.0.txt").read_text("utf-8").splitlines()
LEVELS = dict(line.split() for line in LINES if not line.startswith("#"))
ROW = re.compile(r"^\| (\d[\d., ]*) \| ([^|]+) \| (met|partly|not met|–) \|([^|]*)\|([^|]*)\|$", re.MULTILINE)
ROWS = [([number.strip() for number in found[1].split(",")], *found.groups()[1:]) for found in ROW.finditer(PAGE)]


def test_the_standard_has_so_many_requirements() -> None:
    """70 of level 1 and 183 of level 2, as its own introduction counts them."""
    assert Counter(LEVELS.values()) == {"1": 70, "2": 183}


def test_each_requirement_is_answered_once() -> None:
    answered = Counter(number for numbers, *_ in ROWS for number in numbers)
    assert answered == Counter(LEVELS.keys())


def test_no_row_is_written_in_another_form() -> None:
    assert len(re.findall(r"^\| \d", PAGE, re.MULTILINE)) == len(ROWS)


def test_each_file_that_is_named_is_there() -> None:
    named = {path for *_, where, tested in ROWS for path in re.findall(r"`([^`]+)`", where + tested)}
    assert len(named) > 50
    assert [path for path in sorted(named) if not (ROOT / path).is_file()] == []


def test_what_is_met_says_where_and_what_does_not_apply_names_nothing() -> None:
    wrong = [
        numbers
        for numbers, _, state, where, tested in ROWS
        if (state in ("met", "partly")) != bool(where.strip()) or (state == "–" and tested.strip())
    ]
    assert wrong == []


def test_the_sums_at_the_top_are_those_of_the_rows() -> None:
    found = Counter((state, LEVELS[number]) for numbers, _, state, *_ in ROWS for number in numbers)
    for state in ("met", "partly", "not met", "–"):
        assert f"| {state} | {found[state, '1']} | {found[state, '2']} |" in PAGE, state
