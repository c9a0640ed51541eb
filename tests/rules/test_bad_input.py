"""Bad input to `sla due --batch`: each gets an error that names the field and says what would be right, in its place,
and leaves the other lines alone."""

import json
from typing import Any

import pytest

from sla.cli.due import answers

GOOD: dict[str, Any] = {"id": 1, "start": "2026-09-18", "limit": {"amount": 4, "unit": "working_days"}}
EVERY_UNIT = ["working_days", "calendar_days", "weeks", "months", "years", "working_hours", "working_minutes"]


def error(**changes: Any) -> dict[str, Any]:
    answer = next(answers(iter([json.dumps({**GOOD, **changes})])))
    assert set(answer) == {"id", "error"}, answer
    assert set(answer["error"]) == {"code", "message", "field"}
    found: dict[str, Any] = answer["error"]
    return found


# --- 29 February -----------------------------------------------------------------------------------------------------
NOT_A_DAY = ["2026-02-29", "2026-02-29T10:00", "2100-02-29", "2026-02-30", "2026-04-31", "2026-13-01", "2026-00-10"]


@pytest.mark.parametrize("text", NOT_A_DAY)
@pytest.mark.parametrize(
    ("field", "put"),
    [
        ("start", lambda text: {"start": text}),
        ("now", lambda text: {"now": text}),
        ("decided", lambda text: {"decided": text}),
        ("pauses[0].from", lambda text: {"pauses": [{"from": text}]}),
        ("pauses[0].to", lambda text: {"pauses": [{"from": "2026-09-18", "to": text}]}),
        ("pauses[0].recorded_at", lambda text: {"pauses": [{"from": "2026-09-18", "recorded_at": text}]}),
        (
            "extensions[0].recorded_at",
            lambda text: {"extensions": [{"amount": 1, "unit": "working_days", "recorded_at": text}]},
        ),
        ("calendar.closed[0]", lambda text: {"calendar": {"closed": [text]}}),
        ("calendar.open[1]", lambda text: {"calendar": {"country": "CN", "open": ["2026-09-21", text]}}),
        ("calendar.announced_through", lambda text: {"calendar": {"announced_through": text}}),
    ],
)
def test_a_day_that_does_not_exist_names_the_field_it_stands_in(field: str, put: Any, text: str) -> None:
    found = error(**put(text))
    assert (found["code"], found["field"]) == ("invalid", field)
    assert text in found["message"]
    assert "write 2026-09-18" in found["message"]


def test_special_hours_of_29_february_in_an_ordinary_year() -> None:
    assert error(calendar={"days": {"2026-02-29": []}})["field"] == "calendar.days.2026-02-29"


@pytest.mark.parametrize("year", [2000, 2024, 2028])
def test_29_february_of_a_leap_year_is_a_day_like_any_other(year: int) -> None:
    request = {"start": f"{year}-02-28", "limit": {"amount": 1, "unit": "calendar_days"}, "roll": "none"}
    assert next(answers(iter([json.dumps(request)])))["due_on"] == f"{year}-02-29"


# --- limits ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("unit", EVERY_UNIT)
@pytest.mark.parametrize("amount", [-1, -(10**18), 0.5, 4.5, -0.5, 1e300, 10**18, "4", [4], {"n": 4}, True])
def test_an_amount_that_cannot_be_names_it_in_every_unit(unit: str, amount: Any) -> None:
    found = error(limit={"amount": amount, "unit": unit})
    assert (found["code"], found["field"]) == ("invalid", "limit.amount")
    assert "between 0 and" in found["message"] or "whole number" in found["message"]


@pytest.mark.parametrize("unit", ["working day", "days", "hours", "WORKING_DAYS", "", 4, None, [], {}])
def test_a_unit_that_does_not_exist(unit: Any) -> None:
    found = error(limit={"amount": 4, "unit": unit})
    assert (found["code"], found["field"]) == ("missing" if unit is None else "invalid", "limit.unit")


@pytest.mark.parametrize("limit", [4, "4 working_days", [], [4], True])
def test_a_limit_of_another_form(limit: Any) -> None:
    assert error(limit=limit)["field"] == "limit"


# --- zones, countries, calendars -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "Asia/Beijing", "UTC+8", "+08:00", "", "asia/shanghai/", "../UTC", "a" * 300, 8, [], {}]
)
def test_a_zone_that_does_not_exist(zone: Any) -> None:
    for base in ({}, {"country": "GB"}, {"country": "CN"}):
        found = error(calendar={**base, "zone": zone})
        assert (found["code"], found["field"]) == ("invalid", "calendar.zone")


@pytest.mark.parametrize("country", ["XX", "cn", "CHN", "China", "", "UK2", 86, [], {}, "C\u0430"])
def test_a_country_nobody_knows(country: Any) -> None:
    found = error(calendar={"country": country})
    assert (found["code"], found["field"]) == ("invalid", "calendar.country")
    assert "ISO 3166" in found["message"]


@pytest.mark.parametrize("subdiv", ["XX", "Essex", "", "eng", 1, []])
def test_a_subdivision_nobody_knows(subdiv: Any) -> None:
    assert error(calendar={"country": "GB", "zone": "Europe/London", "subdiv": subdiv})["field"] == "calendar.subdiv"


@pytest.mark.parametrize(
    ("calendar", "field"),
    [
        ("CN", "calendar"),
        ([], "calendar"),
        ({"contry": "CN"}, "calendar.contry"),
        ({"country": "CN", "announced_through": "2026-12-31"}, "calendar.announced_through"),  # for days of one's own
        ({"country": "CN", "weekend": ["sun"]}, "calendar.weekend"),
        ({"subdiv": "ENG"}, "calendar.subdiv"),  # of which country?
        ({"weekend": ["sat", "Sunday"]}, "calendar.weekend"),
        ({"weekend": "sat"}, "calendar.weekend"),
        ({"closed": ["2026-09-21", "21.09.2026"]}, "calendar.closed[1]"),
        ({"closed": ["2026-W39-1"]}, "calendar.closed[0]"),  # the other forms of ISO 8601
        ({"closed": ["20260921"]}, "calendar.closed[0]"),
        ({"closed": [20260921]}, "calendar.closed[0]"),
        ({"closed": ["2026-09-21T10:00"]}, "calendar.closed[0]"),
        ({"open": "2026-09-21"}, "calendar.open"),
        ({"hours": {"Mon": [["09:00", "17:00"]]}}, "calendar.hours.Mon"),
        ({"hours": {"mon": ["09:00", "17:00"]}}, "calendar.hours.mon[0]"),
        ({"hours": {"mon": [["09:00"]]}}, "calendar.hours.mon[0]"),
        ({"hours": {"mon": [["9", "17"]]}}, "calendar.hours.mon[0]"),
        ({"hours": {"mon": [["09:60", "17:00"]]}}, "calendar.hours.mon[0]"),
        ({"hours": {"mon": [["09:00", "25:00"]]}}, "calendar.hours.mon[0]"),
        ({"hours": {"mon": [[9, 17]]}}, "calendar.hours.mon[0]"),
        ({"hours": {"mon": "09:00-17:00"}}, "calendar.hours.mon"),
        ({"hours": "09:00-17:00"}, "calendar.hours"),
        ({"days": {"20260921": [["09:00", "17:00"]]}}, "calendar.days.20260921"),
        ({"days": [["2026-09-21", "09:00"]]}, "calendar.days"),
        ({"makeup": [["09:00", "08:00"]]}, "calendar.makeup[0]"),
        ({"makeup": "09:00"}, "calendar.makeup"),
    ],
)
def test_a_calendar_that_cannot_be_names_the_field(calendar: Any, field: str) -> None:
    assert error(calendar=calendar)["field"] == field


# --- pauses ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pauses": [{"from": "2026-09-22", "to": "2026-09-21"}]}, "pauses[0].to"),  # ends before it begins
        ({"pauses": [{"from": "2026-09-22T15:00", "to": "2026-09-22T14:59:59"}]}, "pauses[0].to"),
        ({"pauses": [{"from": "2026-09-22T15:00", "to": "2026-09-21"}]}, "pauses[0].to"),
        ({"pauses": [{"from": "2026-09-22T15:00+08:00", "to": "2026-09-22T06:59Z"}]}, "pauses[0].to"),
        ({"pauses": [{"from": "2026-09-17"}]}, "pauses[0].from"),  # outside of the clock: before the start …
        ({"pauses": [{"from": "2026-09-17", "to": "2026-09-21"}]}, "pauses[0].from"),
        ({"start": "2026-09-18T10:00", "pauses": [{"from": "2026-09-18T09:59"}]}, "pauses[0].from"),
        ({"start": "2026-09-18T10:00", "pauses": [{"from": "2026-09-17T23:59:59"}]}, "pauses[0].from"),
        ({"pauses": [{"from": "2026-09-22"}], "decided": "2026-09-21"}, "pauses[0].from"),  # … and after the end
        ({"pauses": [{"from": "2026-09-21T10:01"}], "decided": "2026-09-21T10:00"}, "pauses[0].from"),
        ({"pauses": [{"from": "2026-09-21", "recorded_at": "2026-09-17"}]}, "pauses[0].recorded_at"),
        ({"pauses": [{"from": "2026-09-21", "to": "2026-09-22"}, {"to": "2026-09-22"}]}, "pauses[1].from"),
        ({"pauses": [{"from": "2026-09-21"}, {"from": "2026-09-22"}]}, "pauses[1].ground"),  # two open on one ground
        ({"pauses": [{"from": "2026-09-21", "ground": 7}]}, "pauses[0].ground"),
        ({"pauses": [{"from": "2026-09-21", "notice": ["ZJ-3"]}]}, "pauses[0].notice"),
        ({"pauses": [{"from": "2026-09-21", "end": "2026-09-22"}]}, "pauses[0].end"),
        ({"pauses": {"from": "2026-09-21"}}, "pauses"),
        ({"pauses": [["2026-09-21", "2026-09-22"]]}, "pauses"),
        ({"decided": "2026-09-17"}, "decided"),
        ({"start": "2026-09-18T10:00", "decided": "2026-09-18T09:59"}, "decided"),
    ],
)
def test_what_happened_out_of_order_names_the_field(changes: dict[str, Any], field: str) -> None:
    assert error(**changes)["field"] == field


def test_a_pause_without_a_time_on_the_day_of_a_timed_start_is_judged_by_its_date() -> None:
    request = {**GOOD, "start": "2026-09-18T10:00", "pauses": [{"from": "2026-09-18", "to": "2026-09-21"}]}
    assert next(answers(iter([json.dumps(request)])))["due_on"] == "2026-09-28"


# --- times -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "2026-09-18T", "2026-09-18T15", "2026-09-18T1500", "2026-09-18x15:00", "2026-09-18T15:60", "2026-09-18T24:01",
        "2026-09-18T25:00", "2026-09-18T15:00 +08:00", "2026-09-18T15:00+0800", "2026-09-18T15:00+25:00",
        "2026-09-18T15:00:00Z ", "20260918T150000Z", "2026-W38-5", "2026-261", "18/09/2026", "now", "", " ",
        "٢٠٢٦-٠٩-١٨", "1899-12-31", "2201-01-01", "0000-00-00", "9999-12-31", 20260918, 1789689600, 1.5, True, [], {},
    ],
)  # fmt: skip
def test_a_time_in_another_form_names_the_field(text: Any) -> None:
    for field in ("start", "now", "decided"):
        assert error(**{field: text})["field"] == field


@pytest.mark.parametrize(
    "text", ["2026-09-18T15:00", "2026-09-18 15:00", "2026-09-18T15:00:00.5", "2026-09-18T07:00Z", "2026-09-18T24:00"]
)
def test_a_time_in_one_of_the_forms_is_read(text: str) -> None:
    assert "due_on" in next(answers(iter([json.dumps({**GOOD, "start": text})])))


# --- requests and lines ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"strat": "2026-09-18"}, "unknown", "strat"),
        ({"first_day": "2"}, "invalid", "first_day"),
        ({"intake": True}, "invalid", "intake"),
        ({"roll": "backwards"}, "invalid", "roll"),
        ({"cutoff": "17:00"}, "invalid", "cutoff"),
        ({"boundary": "Closing"}, "invalid", "boundary"),
        ({"ledger": "false"}, "invalid", "ledger"),
        ({"limit": None}, "invalid", "limit"),
        ({"permit": "cn_planning.land_use"}, "invalid", "limit"),
        ({"limit": None, "permit": "cn_planning.bakery"}, "invalid", "permit"),
        ({"limit": None, "permit": "atlantis.land_use"}, "unknown", "permit"),
        ({"limit": None, "permit": "cn_planning.land_use", "clock": "lunch"}, "invalid", "clock"),
        ({"start": None}, "missing", "start"),
    ],
)
def test_a_request_that_cannot_be_names_the_field(changes: dict[str, Any], code: str, field: str) -> None:
    found = error(**changes)
    assert (found["code"], found["field"]) == (code, field)


def test_null_is_the_same_as_not_said() -> None:
    names = ["calendar", "pauses", "extensions", "first_day", "intake", "roll", "cutoff", "boundary", "now", "decided"]
    nothing: dict[str, Any] = dict.fromkeys([*names, "permit", "clock", "ledger"])
    assert next(answers(iter([json.dumps({**GOOD, **nothing})]))) == next(answers(iter([json.dumps(GOOD)])))
    pause = {"from": "2026-09-22", "to": "2026-09-28"}
    more = {"amount": 1, "unit": "working_days"}
    said = {**GOOD, "pauses": [pause], "extensions": [more], "calendar": {"zone": "Asia/Shanghai"}}
    padded = {
        **GOOD,
        "pauses": [{**pause, "ground": None, "notice": None, "recorded_at": None}],
        "extensions": [{**more, "recorded_at": None}],
        "calendar": {
            "zone": "Asia/Shanghai",
            **dict.fromkeys(["country", "weekend", "closed", "open", "hours", "days", "makeup", "announced_through"]),
        },
    }
    assert next(answers(iter([json.dumps(padded)]))) == next(answers(iter([json.dumps(said)])))


@pytest.mark.parametrize(
    "line",
    [
        "not json", "{", "{'id': 1}", '{"id": 1,}', '{"id": 1} {"id": 2}', "NaN", '{"id": Infinity}', "[" * 50_000,
        "\ufeff\ufeff{}",
    ],
)  # fmt: skip
def test_a_line_that_is_no_json_gets_an_answer_in_its_place_and_stops_no_other(line: str) -> None:
    good = json.dumps(GOOD)
    found = list(answers(iter([good, line, good])))
    assert [answer.get("due_on") for answer in found] == ["2026-09-23", None, "2026-09-23"]
    assert found[1]["id"] is None
    assert found[1]["error"]["code"] == "bad_json"
    assert found[1]["error"]["field"] == ""
    assert "line 2" in found[1]["error"]["message"]


@pytest.mark.parametrize("line", ["[]", "1", "null", '"2026-09-18"', "true"])
def test_json_that_is_no_object_is_no_request(line: str) -> None:
    assert next(answers(iter([line])))["error"]["code"] == "invalid"
