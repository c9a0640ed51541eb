"""R11: extensions add to the clock's amount, in the limit's own unit; they never shorten it, and count if they are
recorded while the deadline stands."""

from dataclasses import replace
from typing import Any

import pytest

from schedules.limits import Unit
from sla.events import Extended
from sla.history import HistoryError, read
from sla.policies import Extensions
from tests.core.cast import accepted, at, china, day, policy, received, when
from tests.rules.asking import CHINA, ENGLAND, US, ask, due_at, due_on, figures


def more(amount: int, unit: str = "working_days", recorded_at: str | None = None) -> dict[str, Any]:
    return {"amount": amount, "unit": unit, "recorded_at": recorded_at}


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "unit", "added", "due"),
    [
        (CHINA, "2026-09-18", 4, "working_days", [1], "2026-09-24"),  # 20, 21, 22, 23; 24
        (CHINA, "2026-09-18", 4, "working_days", [2], "2026-09-28"),  # 25-27 are off
        (CHINA, "2026-09-18", 4, "working_days", [1, 1], "2026-09-28"),
        (CHINA, "2026-09-18", 4, "working_days", [0], "2026-09-23"),
        (CHINA, "2026-09-18", 0, "working_days", [1], "2026-09-20"),  # no longer an immediate item
        (CHINA, "2026-09-01", 20, "working_days", [10], "2026-10-19"),  # 行政许可法 art. 42: as thirty, hand-counted
        (CHINA, "2026-12-28", 3, "working_days", [1], "2027-01-04"),  # 29, 30, 31; past the announced year
        (US, "2026-06-01", 20, "working_days", [10], "2026-07-15"),
        # FOIA, "unusual circumstances": 30 June; 1, 2 July (2), 6-10 (7), 13, 14, 15 (10)
        (ENGLAND, "2024-04-08", 8, "weeks", [5], "2024-07-08"),  # 13 weeks, 91 days: Monday 8 July
        (CHINA, "2026-01-31", 1, "months", [1], "2026-03-31"),
        (CHINA, "2024-02-29", 1, "years", [3], "2028-02-29"),
        (CHINA, "2026-09-08", 18, "calendar_days", [1], "2026-09-28"),  # Sun 27 moves to Mon 28, as Sat 26 did
    ],
)  # fmt: skip
def test_extensions_add_to_the_amount(
    calendar: dict[str, Any], start: str, amount: int, unit: str, added: list[int], due: str
) -> None:
    extensions = [more(number, unit) for number in added]
    assert due_on(start, amount, unit, calendar=calendar, extensions=extensions) == due


@pytest.mark.parametrize(
    ("amount", "added", "unit", "due"),  # from Friday 15:00 in Shanghai: 2 hours to closing, then the make-up Sunday
    [
        (2, 2, "working_hours", "2026-09-20T03:00:00Z"),  # 11:00
        (2, 3, "working_hours", "2026-09-20T04:00:00Z"),  # 12:00
        (2, 4, "working_hours", "2026-09-20T06:00:00Z"),  # 14:00, after lunch
        (120, 30, "working_minutes", "2026-09-20T01:30:00Z"),
    ],
)
def test_hours_are_extended_by_hours(amount: int, added: int, unit: str, due: str) -> None:
    assert due_at("2026-09-18T15:00", amount, unit, extensions=[more(added, unit)]) == due


@pytest.mark.parametrize(
    ("recorded_at", "settings", "counts"),  # four days from Fri 18 September, due Wed 23; two more would be Mon 28
    [
        (None, {}, True),
        ("2026-09-18", {}, True),  # on day 0
        ("2026-09-23", {}, True),  # the last day
        ("2026-09-23T23:59:59", {}, True),
        ("2026-09-23T24:00", {}, False),
        ("2026-09-23T15:59:59Z", {}, True),
        ("2026-09-23T16:00Z", {}, False),  # 24:00 in Shanghai
        ("2026-09-24", {}, False),
        ("2026-09-25", {}, False),  # a day off after the deadline is after the deadline
        ("2026-09-23T17:00", {"cutoff": "closing"}, True),  # up to and including closing
        ("2026-09-23T17:00:01", {"cutoff": "closing"}, False),
        ("2026-09-23T17:00:01", {"cutoff": "end_of_day"}, True),
    ],
)
def test_an_extension_counts_if_it_is_recorded_while_the_deadline_stands(
    recorded_at: str | None, settings: dict[str, str], counts: bool
) -> None:
    answer = ask("2026-09-18", 4, extensions=[more(2, recorded_at=recorded_at)], **settings)
    assert answer["due_on"] == ("2026-09-28" if counts else "2026-09-23")
    assert answer["left"] == (6 if counts else 4) - answer["used"]


@pytest.mark.parametrize(
    ("recorded_at", "due"),
    [("2026-09-18T17:00", "2026-09-20T02:00:00Z"), ("2026-09-18T17:00:01", "2026-09-18T09:00:00Z")],
)
def test_in_hours_it_counts_up_to_and_including_the_moment(recorded_at: str, due: str) -> None:
    added = [more(1, "working_hours", recorded_at)]
    assert due_at("2026-09-18T15:00", 2, "working_hours", extensions=added) == due


def test_a_second_extension_is_judged_by_the_deadline_the_first_one_made() -> None:
    first, second = more(2, recorded_at="2026-09-23"), more(1, recorded_at="2026-09-28")
    assert due_on("2026-09-18", 4, extensions=[first, second]) == "2026-09-29"
    assert due_on("2026-09-18", 4, extensions=[second, first]) == "2026-09-29"  # whatever order they stand in
    assert due_on("2026-09-18", 4, extensions=[second]) == "2026-09-23"  # without the first it is too late
    too_late = more(1, recorded_at="2026-09-29")
    assert due_on("2026-09-18", 4, extensions=[first, too_late]) == "2026-09-28"


def test_during_a_pause_there_is_no_deadline_to_miss() -> None:
    # 20, 21, 22, 23 used; paused on 23 until Wed 30; extended in between by one: Thu 8 October
    pause = [{"from": "2026-09-23", "to": "2026-09-30"}]
    assert due_on("2026-09-18", 4, pauses=pause, extensions=[more(1, recorded_at="2026-09-28")]) == "2026-10-08"
    # on the day of resumption it is due, and it may be extended still; the day after it is too late
    assert due_on("2026-09-18", 4, pauses=pause, extensions=[more(1, recorded_at="2026-09-30")]) == "2026-10-08"
    assert due_on("2026-09-18", 4, pauses=pause, extensions=[more(1, recorded_at="2026-10-01")]) == "2026-09-30"


def test_an_extension_makes_a_pause_come_in_time() -> None:
    # due 23 September, extended to 28; paused on 24 (five used) until 29; one left: 30
    pause = [{"from": "2026-09-24", "to": "2026-09-29"}]
    assert due_on("2026-09-18", 4, pauses=pause) == "2026-09-23"
    assert due_on("2026-09-18", 4, pauses=pause, extensions=[more(2)]) == "2026-09-30"


def test_what_is_left_grows_by_it() -> None:
    assert figures(ask("2026-09-18", 4, now="2026-09-21")) == (2, 2, "running")
    assert figures(ask("2026-09-18", 4, now="2026-09-21", extensions=[more(3)])) == (2, 5, "running")


@pytest.mark.parametrize(
    ("extension", "code", "field"),
    [
        ({"amount": -1, "unit": "working_days"}, "invalid", "extensions[0].amount"),  # it never shortens
        ({"amount": 1.5, "unit": "working_days"}, "invalid", "extensions[0].amount"),
        ({"amount": 1, "unit": "calendar_days"}, "invalid", "extensions[0].unit"),
        ({"amount": 10_001, "unit": "working_days"}, "invalid", "extensions[0].amount"),
        ({"unit": "working_days"}, "missing", "extensions[0].amount"),
        ({"amount": 1}, "missing", "extensions[0].unit"),
        ({"amount": 1, "unit": "working_days", "recorded_at": "2026-09-17"}, "invalid", "extensions[0].recorded_at"),
        ({"amount": 9_997, "unit": "working_days"}, "invalid", "limit.amount"),  # together more than a limit may be
    ],
)
def test_an_extension_that_cannot_be_names_its_field(extension: dict[str, Any], code: str, field: str) -> None:
    error = ask("2026-09-18", 4, extensions=[extension])["error"]
    assert (error["code"], error["field"]) == (code, field)


def test_the_notes_say_what_was_added_and_what_came_too_late() -> None:
    extensions = [more(1, recorded_at="2026-09-21"), more(5, recorded_at="2026-10-08")]
    notes = ask("2026-09-18", 4, extensions=extensions, ledger=True)["notes"]
    assert [(note["date"], note["what"], note["rule"], note["amount"]) for note in notes] == [
        ("2026-09-21", "extended", "R11", 1), ("2026-10-08", "extension_too_late", "R21", 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("allowed", "extension", "field"),  # how often and how much a policy allows
    [
        (Extensions(1, 10), {"amount": 11}, "amount"),
        (Extensions(1, 10), {"amount": 0}, "amount"),
        (Extensions(0, 0), {"amount": 1}, "clock"),
        (Extensions(1, 10), {"amount": 1, "clock": "promise"}, "clock"),  # which clock
        (Extensions(1, 10), {"amount": 1, "reason": ""}, "reason"),
        (Extensions(1, 10), {"amount": 1, "approver": ""}, "approver"),
        (Extensions(1, 10), {"amount": 1, "unit": Unit.WEEKS}, "unit"),
        (Extensions(1, 10), {"amount": 10}, None),
    ],
)
def test_on_record_the_policy_says_how_much_how_often_and_on_which_clock(
    allowed: Extensions, extension: dict[str, Any], field: str | None
) -> None:
    rules = policy().rules("site_selection")
    changed = tuple(replace(rule, extensions=allowed) if rule.id == "statutory" else rule for rule in rules)
    loose = replace(policy(), clocks={**policy().clocks, "site_selection": changed})
    said = {"clock": "statutory", "unit": Unit.WORKING_DAYS, "reason": "r", "approver": "a", **extension}
    events = [
        received("2026-09-01 09:00"),
        accepted("2026-09-01 09:30"),
        Extended(**when("2026-09-02 09:00"), seq=3, **said),
    ]
    if field is None:
        found = read(loose, china(), events, at("2026-09-02 10:00"))
        assert found.clock("statutory").due_on == day("2026-11-02")  # forty days, hand-counted in the worked examples
        return
    with pytest.raises((HistoryError, ValueError)) as caught:
        read(loose, china(), events, at("2026-09-02 10:00"))
    assert getattr(caught.value, "field", None) == field
