"""The worked examples of the time rules, counted by hand (tests/answers/worked_examples.toml)."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from sla.clock import run
from sla.events import ordered
from tests.core.cast import SHANGHAI, accepted, answered, at, china, day, paused, resumed, rule

SHEET = tomllib.loads((Path(__file__).parents[1] / "answers" / "worked_examples.toml").read_text("utf-8"))
SETTINGS = ("calendar", "first_day", "intake", "roll", "cutoff", "now", "decided")


@pytest.mark.parametrize("example", SHEET["example"], ids=lambda example: f"{example['rule']}: {example['what']}")
def test_a_worked_example_comes_out_as_counted_by_hand(example: dict[str, Any]) -> None:
    answer = answered(**request_of(example))
    expected = {field: None if value == "none" else value for field, value in example["expected"].items()}
    assert {field: answer.get(field) for field in expected} == expected, example["source"]
    assert ("late_by" in answer) == (answer["state"] == "late")


@pytest.mark.parametrize("example", SHEET["listening"], ids=lambda example: "+".join(example["grounds"]) or "none")
def test_a_clock_listens_to_its_own_grounds_and_unites_what_overlaps(example: dict[str, Any]) -> None:
    events = [
        accepted("2026-09-14", seq=1),
        paused("2026-09-15", "expert_review", seq=2),
        paused("2026-09-17", "public_notice", seq=3),
        resumed("2026-09-18", pause=2, seq=4),
        resumed("2026-09-22", pause=3, seq=5),
    ]
    clock = run(rule(6, *example["grounds"]), china(), ordered(events, SHANGHAI), at("2026-09-22"))
    assert clock.due_on == day(example["due_on"]), example["source"]


def request_of(example: dict[str, Any]) -> dict[str, Any]:
    request = {name: example[name] for name in SETTINGS if name in example}
    amount, unit = example["limit"] if isinstance(example["limit"], list) else (example["limit"], "working_days")
    request |= {"start": example["start"], "limit": {"amount": amount, "unit": unit}, "ledger": False}
    request["pauses"] = [dict(zip(("from", "to"), pause, strict=False)) for pause in example.get("pauses", ())]
    request["extensions"] = [
        {"unit": unit, **dict(zip(("amount", "recorded_at"), entry, strict=False))}
        for entry in example.get("extensions", ())
    ]
    return request
