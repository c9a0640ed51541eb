"""R8: an immediate item (0 working days) is due the same day if that is a working day whose last closing has not
passed, otherwise on the next working day."""

from typing import Any

import pytest

from tests.rules.asking import CHINA, ENGLAND, JAPAN, NETHERLANDS, US, ask, due_at, due_on, hours

BERLIN_NIGHT = {"zone": "Europe/Berlin", "weekend": [], "hours": {"sun": [["01:00", "02:30"]]}}


@pytest.mark.parametrize(
    ("calendar", "start", "due"),
    [
        (CHINA, "2026-09-18", "2026-09-18"),  # no time: within service
        (CHINA, "2026-09-18T00:00", "2026-09-18"),  # early morning
        (CHINA, "2026-09-18T12:00", "2026-09-18"),  # the closing for lunch is not the last
        (CHINA, "2026-09-18T12:59", "2026-09-18"),
        (CHINA, "2026-09-18T16:59:59.999999", "2026-09-18"),
        (CHINA, "2026-09-18T17:00", "2026-09-20"),
        (CHINA, "2026-09-18T23:59", "2026-09-20"),
        (CHINA, "2026-09-18T24:00", "2026-09-20"),
        (CHINA, "2026-09-19T10:00", "2026-09-20"),  # Saturday off
        (CHINA, "2026-09-20T10:00", "2026-09-20"),  # a make-up Sunday
        (CHINA, "2026-09-20T17:00", "2026-09-21"),
        (CHINA, "2026-10-10T16:00", "2026-10-10"),  # a make-up Saturday
        (CHINA, "2026-10-10T17:00", "2026-10-12"),
        (CHINA, "2026-09-24T17:00", "2026-09-28"),  # 25-27 off
        (CHINA, "2026-09-30T17:00", "2026-10-08"),  # 1-7 October off
        (CHINA, "2025-12-31T17:00", "2026-01-04"),
        (CHINA, "2024-02-29T10:00", "2024-02-29"),
        (CHINA, "2026-09-18T08:59Z", "2026-09-18"),  # 16:59 in Shanghai
        (CHINA, "2026-09-18T09:00Z", "2026-09-20"),
        (ENGLAND, "2023-05-08", "2023-05-09"),  # the coronation
        (ENGLAND, "2026-04-03", "2026-04-07"),  # Good Friday to Easter Monday
        (ENGLAND, "2026-04-02T23:59", "2026-04-02"),  # no hours: closes at 24:00
        (NETHERLANDS, "2026-04-27", "2026-04-28"),
        (US, "2026-07-03", "2026-07-06"),
        (JAPAN, "2026-09-21", "2026-09-24"),
        (
            hours("Etc/UTC", days={"2026-09-18": [["09:00", "11:00"]]}),
            "2026-09-18T11:00",
            "2026-09-21",
        ),  # early closing
        (hours("Etc/UTC", days={"2026-09-18": [["09:00", "21:00"]]}), "2026-09-18T20:59", "2026-09-18"),
        (
            hours("Etc/UTC", days={"2026-09-19": [["09:00", "12:00"]]}),
            "2026-09-19T09:00",
            "2026-09-21",
        ),  # hours, yet off
        (hours("Etc/UTC", open=["2026-09-19"], makeup=[["09:00", "11:00"]]), "2026-09-19T10:59", "2026-09-19"),
        (hours("Etc/UTC", open=["2026-09-19"], makeup=[["09:00", "11:00"]]), "2026-09-19T11:00", "2026-09-21"),
        (BERLIN_NIGHT, "2026-10-25T02:15+01:00", "2026-10-25"),  # closes at the second 02:30, at +1
        (BERLIN_NIGHT, "2026-10-25T02:30+01:00", "2026-10-26"),
        (BERLIN_NIGHT, "2026-10-25T02:30+02:00", "2026-10-25"),  # the first 02:30 is an hour before closing
        (BERLIN_NIGHT, "2026-03-29T00:59Z", "2026-03-29"),  # 02:30 is skipped: closes at 01:00Z
        (BERLIN_NIGHT, "2026-03-29T01:00Z", "2026-03-30"),
    ],
)
def test_an_immediate_item_is_due_the_same_day_while_the_office_is_open(
    calendar: dict[str, Any], start: str, due: str
) -> None:
    assert due_on(start, 0, calendar=calendar) == due


@pytest.mark.parametrize("first_day", ["next", "same"])
@pytest.mark.parametrize("intake", ["as_filed", "next_working_day"])
@pytest.mark.parametrize("roll", ["following", "none"])
@pytest.mark.parametrize(
    ("start", "due"),
    [("2026-09-18T16:59", "2026-09-18"), ("2026-09-18T17:00", "2026-09-20"), ("2026-09-26T10:00", "2026-09-28")],
)
def test_no_setting_of_counting_moves_it(start: str, due: str, first_day: str, intake: str, roll: str) -> None:
    assert due_on(start, 0, first_day=first_day, intake=intake, roll=roll) == due


def test_the_moment_is_that_of_any_limit_in_days() -> None:
    assert due_at("2026-09-18T10:00", 0) == "2026-09-18T16:00:00Z"  # 24:00
    assert due_at("2026-09-18T10:00", 0, cutoff="closing") == "2026-09-18T09:00:00Z"  # 17:00
    assert due_at("2026-09-18T17:00", 0, cutoff="closing") == "2026-09-20T09:00:00Z"


@pytest.mark.parametrize(
    ("decided", "state", "late_by"),
    [
        ("2026-09-18T23:59", "met", None),
        ("2026-09-19T00:00", "late", 0),  # Saturday off
        ("2026-09-20", "late", 1),
        ("2026-09-18", "met", None),
    ],
)
def test_it_is_late_from_the_end_of_the_day_on(decided: str, state: str, late_by: int | None) -> None:
    answer = ask("2026-09-18T10:00", 0, decided=decided)
    assert (answer["state"], answer.get("late_by")) == (state, late_by)


@pytest.mark.parametrize(
    ("pause", "due"),
    [
        (("2026-09-18T11:00", "2026-09-18T12:00"), "2026-09-18"),  # on one day: excludes nothing
        (("2026-09-18T11:00", "2026-09-21T09:00"), "2026-09-21"),  # nothing is left: due on resuming
        (("2026-09-18T11:00", "2026-09-26T09:00"), "2026-09-28"),  # Saturday off: the first working day from it on
        (("2026-09-18T11:00", "2026-09-20T09:00"), "2026-09-20"),
    ],
)
def test_a_pause_makes_it_due_on_resuming(pause: tuple[str, str], due: str) -> None:
    assert due_on("2026-09-18T10:00", 0, pauses=[{"from": pause[0], "to": pause[1]}]) == due


def test_a_pause_on_the_evening_it_was_filed_does_not_make_it_due_earlier() -> None:
    pause = [{"from": "2026-09-18T18:00", "to": "2026-09-18T19:00"}]
    assert due_on("2026-09-18T17:30", 0, pauses=pause) == "2026-09-20"
    assert due_on("2026-09-18T17:30", 0, pauses=[{**pause[0], "to": "2026-09-22"}]) == "2026-09-22"


def test_extended_it_is_a_limit_like_any_other() -> None:
    more = [{"amount": 2, "unit": "working_days"}]
    assert due_on("2026-09-18T10:00", 0, extensions=more) == "2026-09-21"  # Sun 20, Mon 21


def test_only_working_days_make_an_immediate_item() -> None:
    assert due_on("2026-09-18T18:00", 0, "calendar_days") == "2026-09-18"
    assert due_on("2026-09-19T10:00", 0, "calendar_days", roll="none") == "2026-09-19"


def test_the_ledger_is_the_due_day_alone_or_the_days_up_to_it() -> None:
    one = ask("2026-09-18T10:00", 0, ledger=True)["ledger"]
    assert [(row["date"], row["status"], row["rule"]) for row in one] == [("2026-09-18", "due_immediate", "R8")]
    moved = ask("2026-09-18T17:00", 0, ledger=True)["ledger"]
    assert [(row["date"][-2:], row["status"]) for row in moved] == [
        ("18", "first_day"), ("19", "not_working"), ("20", "due_immediate"),
    ]  # fmt: skip
