"""Cases from other projects' own test suites, re-expressed as requests (read from the folder of shared facts)."""

import json

from sla.cli.due import answers
from tests.shared import shared


def test_peers_answers_come_out_of_our_engine_too() -> None:
    cases = [json.loads(line) for line in shared("answers", "peers.jsonl").read_text("utf-8").splitlines()]
    assert len(cases) > 240
    given = answers(json.dumps(case["request"]) for case in cases)
    wrong = [
        (case["request"]["id"], case["source"], answer)
        for case, answer in zip(cases, given, strict=True)
        if not _agrees(case["expected"], answer)
    ]
    assert wrong == []


def _agrees(expected: dict[str, str], answer: dict[str, str]) -> bool:
    if "due_on_not" in expected:
        return "due_on" in answer and answer["due_on"] != expected["due_on_not"]
    return all(answer.get(field) == value for field, value in expected.items())
