"""A request that cannot be answered is answered by an error that names its field, and stops no other line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from sla.cli.due import answers, batch, open_requests
from sla.due import FIELDS
from tests.core.cast import answered

GOOD: dict[str, Any] = {"id": "1", "start": "2026-09-18", "limit": {"amount": 4, "unit": "working_days"}}
PERMIT: dict[str, Any] = {"limit": None, "permit": "cn_planning.land_use"}
PAUSE = {"from": "2026-09-21", "to": "2026-09-22"}


def error(**changes: Any) -> dict[str, Any]:
    """The error that the good request gets with the changes; None takes a field away."""
    request = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    answer = answered(**request)
    assert set(answer) == {"id", "error"}, answer
    assert set(answer["error"]) == {"code", "message", "field"}
    assert answer["error"]["message"]
    found: dict[str, Any] = answer["error"]
    return found


def test_the_good_request_itself_is_answered() -> None:
    assert answered(**GOOD)["due_on"] == "2026-09-23"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"strat": "2026-09-18"}, "unknown", "strat"),  # fields
        ({"start": None}, "missing", "start"),
        ({"limit": None}, "invalid", "limit"),
        ({"permit": "cn_planning.land_use"}, "invalid", "limit"),  # both a limit and a permit
        ({"limit": 4}, "invalid", "limit"),
        ({"limit": {"unit": "working_days"}}, "missing", "limit.amount"),
        ({"limit": {"amount": 4}}, "missing", "limit.unit"),
        ({"limit": {**GOOD["limit"], "kind": "x"}}, "unknown", "limit.kind"),
        ({"ledger": "no"}, "invalid", "ledger"),
        ({**PERMIT, "permit": "cn_planning.fishing"}, "invalid", "permit"),  # permits
        ({**PERMIT, "permit": "de_building.land_use"}, "unknown", "permit"),
        ({**PERMIT, "clock": "stage"}, "invalid", "clock"),
        ({"limit": {"amount": -1, "unit": "working_days"}}, "invalid", "limit.amount"),  # limits
        ({"limit": {"amount": 2.5, "unit": "working_days"}}, "invalid", "limit.amount"),
        ({"limit": {"amount": "4", "unit": "working_days"}}, "invalid", "limit.amount"),
        ({"limit": {"amount": True, "unit": "working_days"}}, "invalid", "limit.amount"),
        ({"limit": {"amount": 10_001, "unit": "working_days"}}, "invalid", "limit.amount"),
        ({"limit": {"amount": 10**30, "unit": "calendar_days"}}, "invalid", "limit.amount"),
        ({"limit": {"amount": 101, "unit": "years"}}, "invalid", "limit.amount"),
        ({"limit": {"amount": 4, "unit": "fortnights"}}, "invalid", "limit.unit"),
        ({"limit": {"amount": 4, "unit": ["working_days"]}}, "invalid", "limit.unit"),
        ({"first_day": "second"}, "invalid", "first_day"),  # settings
        ({"first_day": ["same"]}, "invalid", "first_day"),
        ({"intake": "later"}, "invalid", "intake"),
        ({"roll": {}}, "invalid", "roll"),
        ({"cutoff": "noon"}, "invalid", "cutoff"),
        ({"boundary": "noon"}, "invalid", "boundary"),
        ({"start": "18.09.2026"}, "invalid", "start"),  # times
        ({"start": "20260918"}, "invalid", "start"),
        ({"start": "2026-W38-5"}, "invalid", "start"),
        ({"start": "2026-02-30"}, "invalid", "start"),
        ({"start": "2026-09-18T25:00"}, "invalid", "start"),
        ({"start": "2026-09-18T15:00+25:00"}, "invalid", "start"),
        ({"start": 20260918}, "invalid", "start"),
        ({"start": "1899-12-31"}, "invalid", "start"),
        ({"start": "9999-12-31"}, "invalid", "start"),
        ({"now": "later"}, "invalid", "now"),
        ({"now": "9999-12-31"}, "invalid", "now"),
        ({"decided": "2026-09-17"}, "invalid", "decided"),  # before the start
        ({"pauses": {}}, "invalid", "pauses"),  # pauses
        ({"pauses": ["2026-09-21"]}, "invalid", "pauses"),
        ({"pauses": [{"to": "2026-09-22"}]}, "missing", "pauses[0].from"),
        ({"pauses": [PAUSE, {**PAUSE, "until": "x"}]}, "unknown", "pauses[1].until"),
        ({"pauses": [{"from": "2026-09-22", "to": "2026-09-21"}]}, "invalid", "pauses[0].to"),
        ({"pauses": [{"from": "2026-09-22T15:00", "to": "2026-09-22T14:59"}]}, "invalid", "pauses[0].to"),
        ({"pauses": [{"from": "2026-09-17", "to": "2026-09-21"}]}, "invalid", "pauses[0].from"),
        ({"pauses": [{**PAUSE, "recorded_at": "once"}]}, "invalid", "pauses[0].recorded_at"),
        ({"extensions": [{"amount": 2}]}, "missing", "extensions[0].unit"),  # extensions
        ({"extensions": [{"amount": -2, "unit": "working_days"}]}, "invalid", "extensions[0].amount"),
        ({"extensions": [{"amount": 2, "unit": "weeks"}]}, "invalid", "extensions[0].unit"),
        ({"extensions": [{"amount": 2, "unit": "working_days", "why": "x"}]}, "unknown", "extensions[0].why"),
        ({"extensions": [{"amount": 9_999, "unit": "working_days"}]}, "invalid", "limit.amount"),  # more than any limit
    ],
)
def test_a_wrong_request_names_its_field(changes: dict[str, Any], code: str, field: str) -> None:
    found = error(**changes)
    assert (found["code"], found["field"]) == (code, field), found["message"]


@pytest.mark.parametrize(
    ("calendar", "field"),
    [
        ("CN", "calendar"),
        ({"country": "XX"}, "calendar.country"),
        ({"country": "GB", "subdiv": "Essex"}, "calendar.subdiv"),
        ({"country": "GB", "subdiv": ["ENG"]}, "calendar.subdiv"),
        ({"country": "GB", "zone": "Europe/Londinium"}, "calendar.zone"),
        ({"country": "CN", "weekend": ["sat"]}, "calendar.weekend"),  # a country brings its own
        ({"zone": "../etc/passwd"}, "calendar.zone"),
        ({"zone": "Etc/UTC", "holidays": []}, "calendar.holidays"),
        ({"zone": "Etc/UTC", "weekend": ["saturday"]}, "calendar.weekend"),
        ({"zone": "Etc/UTC", "weekend": "sat"}, "calendar.weekend"),
        ({"weekend": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}, "calendar.weekend"),  # no working day
        ({"closed": "2026-09-18"}, "calendar.closed"),
        ({"closed": ["2026-09-18", "18/09"]}, "calendar.closed[1]"),
        ({"open": [20260918]}, "calendar.open[0]"),
        ({"closed": ["2026-09-21"], "open": ["2026-09-21"]}, "calendar.closed"),  # R19
        ({"country": "CN", "closed": ["2026-09-21"], "open": ["2026-09-21"]}, "calendar.closed"),
        ({"hours": {"monday": []}}, "calendar.hours.monday"),
        ({"hours": {"mon": [["12:00", "09:00"]]}}, "calendar.hours.mon[0]"),  # reversed
        ({"hours": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "calendar.hours.mon[1]"),  # overlapping
        ({"hours": {"mon": [["09:00", "24:01"]]}}, "calendar.hours.mon[0]"),
        ({"hours": []}, None),
        ({"hours": [["09:00", "12:00"]]}, "calendar.hours"),
        ({"days": {"someday": []}}, "calendar.days.someday"),
        ({"makeup": [["17:00", "09:00"]]}, "calendar.makeup[0]"),
        ({"announced_through": "soon"}, "calendar.announced_through"),
    ],
)
def test_a_wrong_calendar_names_its_field(calendar: Any, field: str | None) -> None:
    if field is None:  # nothing said is nothing wrong
        assert answered(**GOOD, calendar=calendar)["due_on"] == "2026-09-24"
        return
    found = error(calendar=calendar)
    assert found["field"] == field, found["message"]


def test_a_deadline_past_the_years_of_any_calendar_says_so() -> None:
    found = error(start="2199-12-31", limit={"amount": 100, "unit": "years"})
    assert found["field"] == "calendar"
    assert "1900 to 2200" in found["message"]


def test_what_is_no_json_no_object_or_no_text_gets_its_answer_in_its_place() -> None:
    lines = [
        json.dumps(GOOD),
        "{'id': 2}",
        "",  # passed over
        "[1, 2]",
        '{"id": NaN}',
        '"a text"',
        "[" * 100_000,
        json.dumps({**GOOD, "id": {"a": 1}}),
    ]
    found = list(answers(iter(lines)))
    assert [answer.get("error", {}).get("code") for answer in found] == [
        None, "bad_json", "invalid", "bad_json", "invalid", "bad_json", None,
    ]  # fmt: skip
    assert [answer["id"] for answer in found] == ["1", None, None, None, None, None, {"a": 1}]
    assert "line 2" in found[1]["error"]["message"]


def test_bytes_that_are_no_utf8_and_half_characters_spoil_one_line_only(tmp_path: Path) -> None:
    good = json.dumps(GOOD).encode()
    half = b'{"id": "\\ud800", "strat\\udfff": 1}'
    (tmp_path / "requests.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\n".join([good, b'{"id": "\xff\xfe"}', half, good]))
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with open_requests(tmp_path / "requests.jsonl") as source:
        batch(source, out)
    out.seek(0)
    found = [json.loads(line) for line in out]
    assert [answer.get("due_on") for answer in found] == ["2026-09-23", None, None, "2026-09-23"]
    assert found[1]["error"]["code"] == "bad_json"
    assert (found[2]["id"], found[2]["error"]["code"]) == ("\ud800", "unknown")


JUNK: list[Any] = [None, [], {}, [1], {"a": 1}, 5, -1, 1.5, True, "", "x", "2026-09-18", 10**30, [[]], [{}], "\ud800"]
JUNK += ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59-12:00", "2026-09-18T24:00", " ", "\x00", "../../x", "é" * 300]


@pytest.mark.parametrize("name", FIELDS)
def test_no_value_of_a_field_brings_the_batch_down(name: str) -> None:
    for value in JUNK:
        base = {**GOOD, **PERMIT} if name in ("permit", "clock") else GOOD
        _answer({**base, name: value})


@pytest.mark.parametrize(
    "name", ["country", "subdiv", "zone", "weekend", "closed", "open", "hours", "days", "makeup", "announced_through"]
)
def test_no_value_in_a_calendar_brings_the_batch_down(name: str) -> None:
    for value in [*JUNK, *({"mon": junk} for junk in JUNK), *({"2026-09-21": junk} for junk in JUNK)]:
        for base in ({"country": "CN"}, {"zone": "Asia/Shanghai"}):
            _answer({**GOOD, "calendar": {**base, name: value}})


@pytest.mark.parametrize("name", ["from", "to", "ground", "notice", "recorded_at", "amount", "unit"])
def test_no_value_in_a_pause_or_an_extension_brings_the_batch_down(name: str) -> None:
    for value in JUNK:
        _answer({**GOOD, "pauses": [{**PAUSE, name: value}]})
        _answer({**GOOD, "extensions": [{"amount": 1, "unit": "working_days", name: value}]})


def _answer(request: dict[str, Any]) -> None:
    answer = answered(**request)
    assert ("error" in answer) is ("due_on" not in answer)
    assert answer["id"] == request["id"]
