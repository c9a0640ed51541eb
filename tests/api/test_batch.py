"""Many cases in one request: an answer for each in order, and a bad one takes no other with it."""

from typing import Any

import pytest

from sla.service import receiving
from sla.service.audit import verified
from sla.service.errors import ServiceError
from tests.api.cast import WORKS, Program, case, clock, problem
from tests.service.cast import Window

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"permit": "no_permit"}, "permit"),
    ({"handler": "nobody"}, "handler"),
    ({"colour": "red"}, "colour"),
    ({"at": "2027-01-01"}, "at"),
    ({"papers": ["no_paper"]}, "papers"),
    ({"by": "sun"}, "by"),
]


def send(program: Program, cases: list[Any], key: str = "one") -> Any:
    return program.post("/batch/cases", {"cases": cases}, Idempotency_Key=key)


def test_each_row_is_answered_at_its_place_and_a_bad_one_takes_no_other_with_it(program: Program) -> None:
    rows: list[Any] = [WORKS]
    for changes, _ in REFUSED:
        rows += [WORKS | changes, WORKS]
    answer = send(program, rows)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [row["row"] for row in told["results"]] == list(range(len(rows)))
    assert [row["status"] for row in told["results"]] == [201] + [422, 201] * len(REFUSED)
    assert [row["problem"]["field"] for row in told["results"][1::2]] == [field for _, field in REFUSED]
    numbers = [row["number"] for row in told["results"][0::2]]
    assert numbers == [f"建字第2026{n:04}号" for n in range(1, len(REFUSED) + 2)]
    assert (told["received"], told["refused"]) == (len(numbers), len(REFUSED))


def test_a_row_is_just_what_a_case_is_that_comes_alone(program: Program, window: Window) -> None:
    """The same dates, the same events, the same alarms, for every permit and way of receiving."""
    ways = [
        WORKS,
        WORKS | {"permit": "site_selection", "at": "2026-09-17"},
        WORKS | {"permit": "land_use", "accept": False, "applicant": "张三丰"},
        WORKS | {"permit": "rural_construction", "at": "2026-09-18T09:00:00+08:00", "land_area_ha": "3.25"},
    ]
    alone = [program.receive(**way) for way in ways]
    together = [row["number"] for row in send(program, ways).json()["results"]]
    for one, other in zip(alone, together, strict=True):
        seen = [program.get(f"{case(number)}").json() for number in (one, other)]
        for told in seen:
            del told["number"], told["head"]
        assert seen[0] == seen[1]
        assert _alarms(window, one) == _alarms(window, other) != []
    with window.app.reading() as session:
        assert list(verified(session)) == []


def _alarms(window: Window, number: str) -> list[tuple[Any, ...]]:
    [case_id] = [row.case_id for row in window.rows("case_file") if row.number == number]
    alarms = [row for row in window.rows("alarm") if row.case_id == case_id and row.state != "cancelled"]
    return sorted((row.clock_id, row.milestone, row.due, row.at, row.state) for row in alarms)


def test_numbers_of_their_own_are_kept_and_no_two_cases_have_one(program: Program) -> None:
    taken = program.receive(number="建字第20260002号")
    rows = [WORKS, WORKS | {"number": taken}, WORKS | {"number": "建字第20260003号"}, WORKS]
    rows += [WORKS | {"number": "建字第20260003号"}]
    told = send(program, rows).json()["results"]
    assert [row["number"] for row in told] == ["建字第20260001号", None, "建字第20260003号", "建字第20260004号", None]
    assert [row["problem"] and row["problem"]["field"] for row in told] == [None, "number", None, None, "number"]


def test_a_case_that_cannot_be_written_with_the_others_is_refused_alone(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = receiving.received

    def together(*_: Any) -> Any:
        raise ServiceError("case", "could not be rebuilt")

    def alone(session: Any, office: Any, receipt: Any, now: Any) -> Any:
        if receipt.details["title"] == "bad":
            raise ServiceError("case", "could not be rebuilt")
        return whole(session, office, receipt, now)

    monkeypatch.setattr(receiving, "_rebuilt", together)
    monkeypatch.setattr(receiving, "received", alone)
    told = send(program, [WORKS, WORKS | {"title": "bad"}, WORKS]).json()["results"]
    assert [row["number"] for row in told] == ["建字第20260001号", None, "建字第20260002号"]


def test_a_batch_needs_a_key_and_is_of_bounded_length(program: Program) -> None:
    assert problem(program.post("/batch/cases", {"cases": [WORKS]})) == (422, "invalid", "Idempotency-Key")
    assert problem(send(program, [])) == (422, "invalid", "cases")
    assert problem(send(program, [{}] * 10_001)) == (422, "invalid", "cases")
    assert problem(send(program, [WORKS, "no object"])) == (422, "invalid", "cases.1")
    assert program.get("/cases").json()["cases"] == []


def test_a_batch_again_tells_the_same_and_another_under_its_key_is_refused(program: Program) -> None:
    first = send(program, [WORKS] * 3)
    again = send(program, [WORKS] * 3)
    assert again.json() == first.json() and again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert problem(send(program, [WORKS] * 4))[:2] == (422, "key-reused")
    assert len(program.get("/cases").json()["cases"]) == 3


def test_the_dates_of_each_row_are_told(program: Program) -> None:
    [row] = send(program, [WORKS | {"at": "2026-09-18"}]).json()["results"]
    assert {one["clock"]: one["due_on"] for one in row["due"]}["promise"] == "2026-09-28"
    assert clock(program.get(case(row["number"])))["due_on"] == "2026-09-28"
