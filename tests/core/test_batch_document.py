"""Every example of docs/due-batch.md does what stands beside it, and the document leaves no field out."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from schedules.limits import MOST
from sla.cli.due import answers
from sla.due import FIELDS
from sla.ledger import Remark, Status

TEXT = (Path(__file__).parents[2] / "docs" / "due-batch.md").read_text("utf-8")
BLOCKS = [block.strip().splitlines() for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[0][:90])
def test_an_example_of_the_document_is_answered_as_it_says(block: list[str]) -> None:
    request, expected = block
    answer = next(answers(iter([request])))
    assert _within(json.loads(expected), answer), answer


def test_every_field_unit_and_status_is_in_the_document() -> None:
    named = set(re.findall(r"`([^`\n]+)`", re.sub(r"```json.*?```", "", TEXT, flags=re.DOTALL)))
    answer = next(answers(iter([BLOCKS[0][0]])))
    assert {*FIELDS, *MOST, *Status, *Remark, *answer, *answer["ledger"][0]} - named == set()
    assert [str(most) for most in MOST.values() if f"| {most} |" not in TEXT] == []


def test_every_field_of_a_request_has_an_example() -> None:
    used = {name for request, _ in BLOCKS if request.startswith('{"') for name in json.loads(request)}
    assert set(FIELDS) - used == set()


def _within(expected: Any, found: Any) -> bool:
    """Whether the answer holds what is expected; a list must be of the same length."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            name in found and _within(value, found[name]) for name, value in expected.items()
        )
    if isinstance(expected, list):
        return len(expected) == len(found) and all(map(_within, expected, found))
    return bool(expected == found)
