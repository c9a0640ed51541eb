"""The walk itself against answers that were not made here: the hand counts of the rules, and other projects' tests."""

import ast
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests import walk
from tests.core.test_worked_examples import request_of
from tests.shared import shared

SHEET = tomllib.loads((Path(__file__).parents[1] / "answers" / "worked_examples.toml").read_text("utf-8"))
WITHIN_2026 = [
    example
    for example in SHEET["example"]
    if not str(example["expected"]["due_on"]).startswith("2027") and not example["expected"].get("provisional")
]  # past it chinese_calendar knows nothing


@pytest.mark.parametrize("example", WITHIN_2026, ids=lambda example: f"{example['rule']}: {example['what']}")
def test_the_walk_answers_a_worked_example_as_counted_by_hand(example: dict[str, Any]) -> None:
    answer = walk.answer(request_of(example))
    expected = {name: None if value == "none" else value for name, value in example["expected"].items()}
    expected.pop("provisional", None)
    assert {name: getattr(answer, name) for name in expected} == expected, example["source"]


def test_the_walk_imports_nothing_of_the_engine() -> None:
    imported = {
        name.split(".")[0]
        for path in Path(walk.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
        + ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
    }
    assert "tests" in imported
    assert imported & {"schedules", "sla", "notifiers"} == set()


def test_the_walk_answers_as_other_projects_do() -> None:
    cases = [json.loads(line) for line in shared("answers", "peers.jsonl").read_text("utf-8").splitlines()]
    wrong = [
        (case["request"]["id"], case["source"], walked)
        for case in cases
        if not _agrees(case["expected"], walked := walk.answer(case["request"]))
    ]
    assert wrong == []


def _agrees(expected: dict[str, str], walked: walk.Answer) -> bool:
    if "due_on_not" in expected:
        return walked.due_on != expected["due_on_not"]
    return all(getattr(walked, name) == value for name, value in expected.items())
