"""docs/asvs.md answers each requirement of levels 1 and 2 once, names files that are there, and counts right."""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text("utf-8")
LINES = (ROOT / "tests" / "answers" / "asvs-5.0.0.txt").read_text("utf-8").splitlines()
LEVELS = dict(line.split() for line in LINES if not line.startswith("#"))
ROW = re.compile(r"^\| (\d[\d., ]*) \| [^|]+ \| (met|partly|not met|–) \|([^|]*)\|([^|]*)\|$", re.MULTILINE)


class Row(NamedTuple):
    numbers: tuple[str, ...]
    state: str
    where: str
    tested: str


ROWS = [
    Row(tuple(number.strip() for number in numbers.split(",")), state, where.strip(), tested.strip())
    for numbers, state, where, tested in ROW.findall(PAGE)
]


def test_the_standard_has_so_many_requirements() -> None:
    """70 of level 1 and 183 of level 2, as its own introduction counts them."""
    assert Counter(LEVELS.values()) == {"1": 70, "2": 183}


def test_each_requirement_is_answered_once() -> None:
    answered = Counter(number for row in ROWS for number in row.numbers)
    assert answered == Counter(LEVELS.keys())


def test_no_row_is_written_in_another_form() -> None:
    assert len(re.findall(r"^\| \d", PAGE, re.MULTILINE)) == len(ROWS)


def test_each_file_that_is_named_is_there() -> None:
    named = {path for row in ROWS for path in re.findall(r"`([^`]+)`", row.where + row.tested)}
    assert len(named) > 50
    assert [path for path in sorted(named) if not (ROOT / path).is_file()] == []


def test_what_is_met_says_where_and_what_does_not_apply_names_nothing() -> None:
    wrong = [row for row in ROWS if (row.state in ("met", "partly")) != bool(row.where)]
    wrong += [row for row in ROWS if row.state in ("–", "not met") and row.tested]
    assert wrong == []


def test_the_sums_at_the_top_are_those_of_the_rows() -> None:
    found = Counter((row.state, LEVELS[number]) for row in ROWS for number in row.numbers)
    for state in ("met", "partly", "not met", "–"):
        assert f"| {state} | {found[state, '1']} | {found[state, '2']} |" in PAGE, state
