"""R10: the day of the pause is used up and the day of resumption is free; pauses are united as instants, then dated,
and clipped to the clock; with nothing left it is due on resuming; an open pause has no due date."""

import json
from typing import Any

import pytest

from sla.cli.due import answers
from tests.rules.asking import CHINA, ENGLAND, JAPAN, NETHERLANDS, US, ask, due_at, due_on, figures, hours

Pauses = list[tuple[str, ...]]


def told(pauses: Pauses) -> list[dict[str, str]]:
    return [dict(zip(("from", "to", "ground"), pause, strict=False)) for pause in pauses]


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "pauses", "due"),
    [
        # China: Fri 18 September 2026; Sun 20 works, 25-27 off, 1-7 October off, Sat 10 October works
        (CHINA, "2026-09-18", 4, [("2026-09-20", "2026-09-22")], "2026-09-28"),  # 20 used; 23, 24, 28
        (CHINA, "2026-09-18", 4, [("2026-09-19", "2026-09-20")], "2026-09-24"),  # off to off-that-works: 21, 22, 23, 24
        (CHINA, "2026-09-18", 4, [("2026-09-19", "2026-09-19")], "2026-09-23"),
        (CHINA, "2026-09-18", 4, [("2026-09-25", "2026-09-27")], "2026-09-23"),  # after the deadline
        (CHINA, "2026-09-18", 5, [("2026-09-24", "2026-09-27")], "2026-09-28"),  # nothing left, resumed on a holiday
        (CHINA, "2026-09-18", 6, [("2026-09-24", "2026-09-27")], "2026-09-28"),  # one left, off days excluded anyhow
        (CHINA, "2026-09-18", 6, [("2026-09-24", "2026-09-28")], "2026-09-29"),
        (CHINA, "2026-09-18", 6, [("2026-09-24", "2026-10-07")], "2026-10-08"),  # over National Day
        (CHINA, "2026-09-18", 6, [("2026-09-24", "2026-10-10")], "2026-10-12"),  # resumed on a make-up Saturday: free
        (CHINA, "2026-10-08", 2, [("2026-10-10", "2026-10-11")], "2026-10-12"),  # paused on the due make-up Saturday
        (CHINA, "2025-12-30", 4, [("2025-12-31", "2026-01-04")], "2026-01-07"),  # 31 used; 5, 6, 7; over the year end
        (CHINA, "2024-02-28", 3, [("2024-02-29", "2024-03-01")], "2024-03-05"),  # leap day used; 4, 5
        # two and more
        (CHINA, "2026-09-01", 10, [("2026-09-03", "2026-09-07"), ("2026-09-09", "2026-09-11")], "2026-09-20"),
        # 2, 3 (2); 8, 9 (4); 14-18 with Thu (9), Sun 20
        (CHINA, "2026-09-18", 4, [("2026-09-21", "2026-09-22"), ("2026-09-22", "2026-09-24")], "2026-09-29"),
        # touching on a day: 20, 21 used; 28, 29
        (CHINA, "2026-09-18", 4, [("2026-09-21", "2026-09-28", "a"), ("2026-09-22", "2026-09-24", "b")], "2026-09-30"),
        # one within the other: 20, 21; 29, 30
        (CHINA, "2026-09-18", 4, [("2026-09-22", "2026-09-24", "b"), ("2026-09-21", "2026-09-23", "a")], "2026-09-29"),
        # overlapping, told in the wrong order: 20, 21; after Thu 24: 28, 29
        (CHINA, "2026-09-18", 4, [("2026-09-23", "2026-09-24"), ("2026-09-24", "2026-09-28")], "2026-09-28"),
        # nothing left twice, the second from the day it was due on
        (CHINA, "2026-09-18", 4, [("2026-09-23", "2026-09-24"), ("2026-09-28", "2026-09-29")], "2026-09-24"),
        # due on Thu 24 on resuming: the second comes too late
        # England, the Netherlands, US, Japan
        (ENGLAND, "2022-05-30", 5, [("2022-06-01", "2022-06-03")], "2022-06-08"),  # 31, 1 used; 6, 7, 8
        (ENGLAND, "2022-05-30", 5, [("2022-06-01", "2022-06-06")], "2022-06-09"),  # the Jubilee weekend, and Mon 6 free
        (NETHERLANDS, "2026-04-22", 5, [("2026-04-24", "2026-04-27")], "2026-04-30"),  # 23, 24; King's Day; 28, 29, 30
        (US, "2026-06-16", 20, [("2026-06-18", "2026-06-19")], "2026-07-16"),
        # 17, 18 (2); Juneteenth is off anyhow; 22-26 (7), 29-2 (11), 6-10 (16), 13-16 (20)
        (JAPAN, "2026-09-17", 3, [("2026-09-18", "2026-09-22")], "2026-09-25"),  # 18 used; 24, 25
        (JAPAN, "2026-09-17", 3, [("2026-09-18", "2026-09-24")], "2026-09-28"),  # 24 free; 25, 28
    ],
)  # fmt: skip
def test_pauses_counted_by_hand(calendar: dict[str, Any], start: str, amount: int, pauses: Pauses, due: str) -> None:
    assert due_on(start, amount, calendar=calendar, pauses=told(pauses)) == due
    assert due_on(start, amount, calendar=calendar, pauses=told(pauses[::-1])) == due


@pytest.mark.parametrize(
    ("pauses", "due"),  # four days from Fri 18 September: 20, 21, 22, 23
    [
        ([("2026-09-22T09:00", "2026-09-22T16:00")], "2026-09-23"),  # on one day: excludes nothing
        ([("2026-09-22T23:59", "2026-09-23T00:00")], "2026-09-24"),  # a minute over midnight: 20, 21, 22 used; 24
        ([("2026-09-22T00:00", "2026-09-22T23:59:59")], "2026-09-23"),
        ([("2026-09-22", "2026-09-22T24:00")], "2026-09-24"),  # 24:00 is the first instant of the 23rd
        ([("2026-09-21T16:30Z", "2026-09-22T16:30Z")], "2026-09-24"),  # the 22nd to the 23rd in Shanghai
        # united as instants: they touch at 15:00, and a minute apart; the same days either way
        ([("2026-09-18T10:00", "2026-09-21T15:00"), ("2026-09-21T15:00", "2026-09-22T09:00")], "2026-09-29"),
        ([("2026-09-18T10:00", "2026-09-21T15:00"), ("2026-09-21T15:01", "2026-09-22T09:00")], "2026-09-29"),
        # every night: each day of resumption is free and the day of each pause is that day
        ([("2026-09-18T17:00", "2026-09-20T09:00"), ("2026-09-20T17:00", "2026-09-21T09:00")], "2026-09-28"),
        # a pause of no length at midnight
        ([("2026-09-22T00:00", "2026-09-22T00:00")], "2026-09-23"),
        # a date is its whole day: dated and timed on one day
        ([("2026-09-22", "2026-09-22T10:00"), ("2026-09-22T15:00", "2026-09-24")], "2026-09-28"),
    ],
)
def test_pauses_are_united_as_instants_and_then_dated(pauses: Pauses, due: str) -> None:
    assert due_on("2026-09-18", 4, pauses=told(pauses)) == due


@pytest.mark.parametrize(("second", "told_of"), [("2026-09-21T15:00", 1), ("2026-09-21T15:01", 2)])
def test_pauses_that_touch_are_told_as_one(second: str, told_of: int) -> None:
    pauses = told([("2026-09-18T10:00", "2026-09-21T15:00"), (second, "2026-09-22T09:00")])
    notes = ask("2026-09-18", 4, pauses=pauses, ledger=True)["notes"]
    assert [note["what"] for note in notes] == ["paused", "resumed"] * told_of


@pytest.mark.parametrize("ground", ["expert_review", "public_notice"])
def test_a_clock_listens_to_the_grounds_of_its_policy(ground: str) -> None:
    # construction works: the promise is six days, 20-24 and Mon 28; 20, 21, 22 used; 29, 30, 8 October
    pause = [{"from": "2026-09-22", "to": "2026-09-28", "ground": ground, "notice": "ZJ-1"}]
    asked = {"start": "2026-09-18", "permit": "cn_planning.construction_works", "ledger": False}
    assert _answer(**asked)["due_on"] == "2026-09-28"
    assert _answer(**asked, pauses=pause)["due_on"] == "2026-10-08"


def test_a_limit_of_ones_own_listens_to_any_ground() -> None:
    assert due_on("2026-09-18", 4, pauses=told([("2026-09-22", "2026-09-28", "whatever it is")])) == "2026-09-29"


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "pauses", "due"),  # hours; 9-12 and 13-17 in UTC; Fri 18 September
    [
        (hours("Etc/UTC"), "2026-09-18T09:00", 3, [("2026-09-18T10:00", "2026-09-18T11:00")], "2026-09-18T14:00"),
        (hours("Etc/UTC"), "2026-09-18T09:00", 3, [("2026-09-18T12:00", "2026-09-18T13:00")], "2026-09-18T13:00"),
        # a minute is left when it is paused, and lunch does not count
        (hours("Etc/UTC"), "2026-09-18T09:00", 3, [("2026-09-18T11:59", "2026-09-18T12:30")], "2026-09-18T13:01"),
        (hours("Etc/UTC"), "2026-09-18T09:00", 4, [("2026-09-18T12:10", "2026-09-18T12:20")], "2026-09-18T14:00"),
        (hours("Etc/UTC"), "2026-09-18T09:00", 2, [("2026-09-18T11:00", "2026-09-19T10:00")], "2026-09-21T09:00"),
        (hours("Etc/UTC"), "2026-09-18T09:00", 2, [("2026-09-18T11:00", "2026-09-18T11:30")], "2026-09-18T11:30"),
        (hours("Etc/UTC"), "2026-09-18T09:00", 2, [("2026-09-18T11:00", "2026-09-18T17:00")], "2026-09-18T17:00"),
        # begun after the moment: too late
        (hours("Etc/UTC"), "2026-09-18T09:00", 2, [("2026-09-18T11:01", "2026-09-19T10:00")], "2026-09-18T11:00"),
        # dates: the first moment of the day
        (hours("Etc/UTC"), "2026-09-18T16:00", 2, [("2026-09-19", "2026-09-22")], "2026-09-22T10:00"),
        (hours("Etc/UTC"), "2026-09-18", 2, [("2026-09-18", "2026-09-21")], "2026-09-21T11:00"),
        # overlapping and one within the other: 10:00-15:00 without lunch is 4 h
        (
            hours("Etc/UTC"), "2026-09-18T09:00", 3,
            [("2026-09-18T10:00", "2026-09-18T14:00", "a"), ("2026-09-18T11:00", "2026-09-18T15:00", "b")],
            "2026-09-18T17:00",
        ),
        # over the night the clocks go back in Berlin: Sunday 25 October, service 00:00-04:00 holds 5 h
        (
            {"zone": "Europe/Berlin", "hours": {"sun": [["00:00", "04:00"]]}}, "2026-10-25T00:00", 2,
            [("2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00")], "2026-10-25T01:00",
        ),
    ],
)  # fmt: skip
def test_in_hours_exactly_the_service_within_the_pause_is_left_out(
    calendar: dict[str, Any], start: str, amount: int, pauses: Pauses, due: str
) -> None:
    assert due_at(start, amount, "working_hours", calendar=calendar, pauses=told(pauses)) == f"{due}:00Z"


def test_in_hours_with_nothing_left_it_is_due_on_resuming_or_at_the_next_opening() -> None:
    asked = {"calendar": hours("Etc/UTC"), "pauses": told([("2026-09-18T17:00", "2026-09-18T18:00")])}
    # seven hours are used up at closing, when it is paused; resumed in the evening
    assert due_at("2026-09-18T09:00", 7, "working_hours", **asked) == "2026-09-21T09:00:00Z"
    at_closing = {**asked, "pauses": told([("2026-09-18T16:00", "2026-09-21T17:00")]), "boundary": "opening"}
    assert due_at("2026-09-18T09:00", 6, "working_hours", **at_closing) == "2026-09-22T09:00:00Z"
    assert due_at("2026-09-18T09:00", 6, "working_hours", **{**at_closing, "boundary": "closing"}) == (
        "2026-09-21T17:00:00Z"
    )


@pytest.mark.parametrize(
    ("now", "used", "left", "if_resumed"),  # paused on Tue 22 after 20, 21, 22; one day is left
    [
        ("2026-09-22", 3, 1, "2026-09-23"),
        ("2026-09-23", 3, 1, "2026-09-24"),
        ("2026-09-24", 3, 1, "2026-09-28"),
        ("2026-09-26T10:00", 3, 1, "2026-09-28"),
        ("2026-09-28", 3, 1, "2026-09-29"),
        ("2026-12-31", 3, 1, "2027-01-04"),
    ],
)
def test_an_open_pause_shows_what_is_left_and_the_date_if_it_were_resumed_now(
    now: str, used: int, left: int, if_resumed: str
) -> None:
    answer = ask("2026-09-18", 4, pauses=told([("2026-09-22",)]), now=now)
    assert figures(answer) == (used, left, "paused")
    assert (answer["due_on"], answer["due_at"], answer["if_resumed"]) == (None, None, if_resumed)
    assert answer["provisional"] is (if_resumed > "2026-12-31")


def test_paused_on_the_due_day_it_has_nothing_left_and_is_not_late() -> None:
    answer = ask("2026-09-18", 4, pauses=told([("2026-09-23",)]), now="2026-09-26")
    assert figures(answer) == (4, 0, "paused")
    assert answer["if_resumed"] == "2026-09-28"  # Saturday off: the first working day from it on


@pytest.mark.parametrize(
    ("pauses", "field"),
    [
        ([("2026-09-21",), ("2026-09-22",)], "pauses[1].ground"),  # the same, though it is not said
        ([("2026-09-22", None, "hearing"), ("2026-09-21", None, "hearing")], "pauses[1].ground"),
    ],
)
def test_two_open_pauses_on_one_ground_are_refused(pauses: Any, field: str) -> None:
    assert ask("2026-09-18", 4, pauses=told(pauses))["error"]["field"] == field


def test_two_open_pauses_on_two_grounds_are_one_from_the_first_on() -> None:
    answer = ask("2026-09-18", 4, pauses=told([("2026-09-21", None, "a"), ("2026-09-22", None, "b")]), now="2026-09-24")  # type: ignore[list-item]
    assert figures(answer) == (2, 2, "paused")


def test_one_resumed_while_another_is_open_leaves_it_paused() -> None:
    pauses = [{"from": "2026-09-21", "to": "2026-09-22", "ground": "a"}, {"from": "2026-09-21", "ground": "b"}]
    assert figures(ask("2026-09-18", 4, pauses=pauses, now="2026-09-24")) == (2, 2, "paused")


@pytest.mark.parametrize(
    ("decided", "due", "state"),
    [
        ("2026-09-28", "2026-09-29", "met"),  # 20, 21, 22 used; ended on Mon 28; one left
        ("2026-09-22", "2026-09-23", "met"),  # on the day of the pause: excludes nothing
    ],
)
def test_a_decision_ends_an_open_pause_at_that_instant(decided: str, due: str, state: str) -> None:
    answer = ask("2026-09-18", 4, pauses=told([("2026-09-22T10:00",)]), decided=f"{decided}T15:00")
    assert (answer["due_on"], answer["state"]) == (due, state)


def test_a_decision_cuts_a_pause_that_would_have_gone_on() -> None:
    answer = ask("2026-09-18", 4, pauses=told([("2026-09-22", "2026-10-20")]), decided="2026-09-28")
    assert (answer["due_on"], answer["state"]) == ("2026-09-29", "met")


@pytest.mark.parametrize(
    "recorded_at", [None, "2026-09-22"], ids=["recorded as it begins", "told of two days beforehand"]
)
def test_a_clock_that_is_overdue_is_not_paused(recorded_at: str | None) -> None:
    late = {"from": "2026-09-24", "recorded_at": recorded_at}
    answer = ask("2026-09-18", 4, pauses=[{**late, "to": "2026-09-29"}])
    assert (answer["due_on"], answer["state"], answer["late_by"]) == ("2026-09-23", "late", 3)  # 24, 28, 29
    open_still = ask("2026-09-18", 4, pauses=[late], now="2026-09-28")
    assert (open_still["due_on"], open_still["state"]) == ("2026-09-23", "late")


def test_a_pause_told_of_beforehand_that_begins_in_time_counts() -> None:
    ahead = {"from": "2026-09-22", "to": "2026-09-28", "recorded_at": "2026-09-20"}
    assert due_on("2026-09-18", 4, pauses=[ahead]) == "2026-09-29"


def test_in_hours_too_a_pause_that_begins_after_the_deadline_does_nothing() -> None:
    ahead = {"from": "2026-09-18T16:30", "to": "2026-09-20T10:00", "recorded_at": "2026-09-18T15:30"}
    assert due_at("2026-09-18T15:00", 1, "working_hours", pauses=[ahead]) == "2026-09-18T08:00:00Z"


@pytest.mark.parametrize("unit", ["working_days", "calendar_days", "weeks", "months", "years"])
def test_paused_and_resumed_on_one_day_changes_nothing_in_any_unit_of_days(unit: str) -> None:
    plain = due_on("2026-09-14", 2, unit)
    for day in ("2026-09-14", "2026-09-15", "2026-09-16"):
        assert due_on("2026-09-14", 2, unit, pauses=told([(day, day)])) == plain


def test_the_ledger_says_which_days_were_paused_and_why() -> None:
    pause = [{"from": "2026-09-20", "to": "2026-09-22", "ground": "hearing", "notice": "ZJ-7"}]
    rows = ask("2026-09-18", 2, pauses=pause, ledger=True)["ledger"]
    assert [(row["date"][-2:], row["status"], row["counted"], row["ground"]) for row in rows] == [
        ("18", "first_day", None, ""),
        ("19", "not_working", None, ""),
        ("20", "counted", 1, ""),
        ("21", "paused", None, "hearing"),
        ("22", "paused", None, "hearing"),
        ("23", "counted", 2, ""),
    ]


def _answer(**request: Any) -> dict[str, Any]:
    found: dict[str, Any] = next(answers(iter([json.dumps(request)])))
    return found
