"""R4: a starting event keeps its own date; with `intake = "next_working_day"` what is filed on a day off, or at or
after closing on a working day, counts as filed on the next working day: starting events only, and once."""

from typing import Any

import pytest

from tests.rules.asking import CHINA, ENGLAND, JAPAN, NETHERLANDS, US, ask, due_at, due_on, hours

LONDON = {**ENGLAND, "hours": hours("Europe/London")["hours"]}
NEXT = {"intake": "next_working_day"}


@pytest.mark.parametrize(
    ("calendar", "start", "as_filed", "moved"),  # the due date of one working day
    [
        (CHINA, "2026-09-18", "2026-09-20", "2026-09-20"),  # without a time: within service
        (CHINA, "2026-09-18T00:00", "2026-09-20", "2026-09-20"),  # before opening, of a working day
        (CHINA, "2026-09-18T08:59", "2026-09-20", "2026-09-20"),
        (CHINA, "2026-09-18T12:30", "2026-09-20", "2026-09-20"),  # at lunch: only the last closing counts
        (CHINA, "2026-09-18T16:59:59.999999", "2026-09-20", "2026-09-20"),
        (CHINA, "2026-09-18T17:00", "2026-09-20", "2026-09-21"),  # at closing: day 0 is the make-up Sunday
        (CHINA, "2026-09-18T17:00:01", "2026-09-20", "2026-09-21"),
        (CHINA, "2026-09-18T23:59", "2026-09-20", "2026-09-21"),
        (CHINA, "2026-09-18T24:00", "2026-09-20", "2026-09-21"),  # Saturday 19, off
        (CHINA, "2026-09-19", "2026-09-20", "2026-09-21"),  # a day off without a time
        (CHINA, "2026-09-19T09:00", "2026-09-20", "2026-09-21"),
        (CHINA, "2026-09-20T16:59", "2026-09-21", "2026-09-21"),  # the make-up Sunday closes at 17:00 too
        (CHINA, "2026-09-20T17:00", "2026-09-21", "2026-09-22"),
        (CHINA, "2026-09-24T17:00", "2026-09-28", "2026-09-29"),  # the eve of a holiday: 25-27 off, day 0 is 28
        (CHINA, "2026-09-30T18:00", "2026-10-08", "2026-10-09"),  # 1-7 October off, day 0 is Thu 8
        (CHINA, "2026-10-01T10:00", "2026-10-08", "2026-10-09"),
        (CHINA, "2025-12-31T17:00", "2026-01-04", "2026-01-05"),  # day 0 in another year: Sun 4 January works
        (CHINA, "2024-02-29T17:00", "2024-03-01", "2024-03-04"),  # a leap day; Fri 1 March, Mon 4
        (CHINA, "2026-09-18T09:00Z", "2026-09-20", "2026-09-21"),  # 17:00 in Shanghai
        (CHINA, "2026-09-18T08:59Z", "2026-09-20", "2026-09-20"),
        (LONDON, "2022-06-01T17:00", "2022-06-06", "2022-06-07"),  # 2, 3 June off
        (LONDON, "2022-06-02", "2022-06-06", "2022-06-07"),
        (LONDON, "2026-03-27T16:30Z", "2026-03-30", "2026-03-30"),  # 16:30 GMT on the Friday before the change …
        (LONDON, "2026-03-30T16:30Z", "2026-03-31", "2026-04-01"),  # … the same in UTC is 17:30 on the Monday after it
        (ENGLAND, "2026-09-18T23:59", "2026-09-21", "2026-09-21"),  # no hours: closes at 24:00
        (ENGLAND, "2026-09-18T24:00", "2026-09-21", "2026-09-22"),
        (NETHERLANDS, "2026-04-27", "2026-04-28", "2026-04-29"),  # King's Day
        (US, "2026-07-03", "2026-07-06", "2026-07-07"),  # Independence Day, observed
        (JAPAN, "2026-09-22", "2026-09-24", "2026-09-25"),  # 国民の休日
    ],
)
def test_what_is_filed_outside_of_service_counts_on_the_next_working_day_if_asked(
    calendar: dict[str, Any], start: str, as_filed: str, moved: str
) -> None:
    assert due_on(start, 1, calendar=calendar) == as_filed
    assert due_on(start, 1, calendar=calendar, intake="as_filed") == as_filed
    assert due_on(start, 1, calendar=calendar, **NEXT) == moved


@pytest.mark.parametrize(
    ("calendar", "start", "due"),
    [
        # Fri 18 closes at 11:00; without a time of its own it would close at 17:00
        (hours("Etc/UTC", days={"2026-09-18": [["09:00", "11:00"]]}), "2026-09-18T11:00", "2026-09-22"),
        (hours("Etc/UTC", days={"2026-09-18": [["09:00", "11:00"]]}), "2026-09-18T10:59", "2026-09-21"),
        # Fri 18 closes late
        (hours("Etc/UTC", days={"2026-09-18": [["09:00", "20:00"]]}), "2026-09-18T19:59", "2026-09-21"),
        # Sat 19 is opened and has the make-up hours, 10-12
        (hours("Etc/UTC", open=["2026-09-19"], makeup=[["10:00", "12:00"]]), "2026-09-19T11:59", "2026-09-21"),
        (hours("Etc/UTC", open=["2026-09-19"], makeup=[["10:00", "12:00"]]), "2026-09-19T12:00", "2026-09-22"),
        # a Saturday with hours that is none of the working days: a day off
        (hours("Etc/UTC", days={"2026-09-19": [["10:00", "12:00"]]}), "2026-09-19T10:30", "2026-09-22"),
        # a closed Friday has no hours and is a day off
        (hours("Etc/UTC", closed=["2026-09-18"]), "2026-09-18T10:00", "2026-09-22"),
        # a working day without hours closes at 24:00
        ({"zone": "Etc/UTC", "hours": {"mon": [["09:00", "17:00"]]}}, "2026-09-18T22:00", "2026-09-21"),
        # service to 24:00: never after closing
        ({"zone": "Etc/UTC", "hours": {"fri": [["20:00", "24:00"]]}}, "2026-09-18T23:59", "2026-09-21"),
    ],
)
def test_the_closing_is_the_last_of_that_very_day(calendar: dict[str, Any], start: str, due: str) -> None:
    assert due_on(start, 1, calendar=calendar, **NEXT) == due


@pytest.mark.parametrize(
    ("amount", "unit", "due"),  # filed Sat 12 September 2026; day 0 is Mon 14
    [
        (0, "working_days", "2026-09-14"),
        (4, "working_days", "2026-09-18"),
        (10, "calendar_days", "2026-09-24"),
        (1, "weeks", "2026-09-21"),
        (1, "months", "2026-10-14"),
        (1, "years", "2027-09-14"),
    ],
)
def test_it_moves_the_start_of_every_unit(amount: int, unit: str, due: str) -> None:
    assert due_on("2026-09-12", amount, unit, **NEXT) == due


def test_hours_count_from_the_opening_of_the_day_it_moved_to() -> None:
    # service on Saturday 19 although it is none of the working days: as filed it counts, moved it does not
    open_saturday = hours("Etc/UTC", days={"2026-09-19": [["10:00", "12:00"]]})
    asked = {"calendar": open_saturday}
    assert due_at("2026-09-19T10:00", 3, "working_hours", **asked) == "2026-09-21T10:00:00Z"
    assert due_at("2026-09-19T10:00", 3, "working_hours", **asked, **NEXT) == "2026-09-21T12:00:00Z"
    assert due_at("2026-09-18T15:00", 3, "working_hours", **asked, **NEXT) == "2026-09-19T11:00:00Z"  # not moved


def test_it_moves_once() -> None:
    # filed Friday 18 at 20:00: Sunday 20 works, and there it stays, though the same hour of Sunday is after closing too
    assert due_on("2026-09-18T20:00", 0, **NEXT) == "2026-09-20"
    assert due_on("2026-09-18T20:00", 1, **NEXT) == "2026-09-21"


def test_a_decision_keeps_its_own_date() -> None:
    # day 0 Mon 7; 8, 9, 10, 11 due Friday 11; decided Friday after closing is in time, on Saturday late
    asked: dict[str, Any] = {"calendar": CHINA, **NEXT}
    assert ask("2026-09-07", 4, **asked, decided="2026-09-11T20:00")["state"] == "met"
    late = ask("2026-09-07", 4, **asked, decided="2026-09-12")
    assert (late["state"], late["late_by"]) == ("late", 0)


def test_a_pause_and_a_resumption_keep_their_own_dates() -> None:
    # 8, 9 used of 4; paused Wed 9 after closing, resumed Sat 12: Mon 14, Tue 15. As of Mon 14 it would be 15, 16.
    pause = [{"from": "2026-09-09T18:00", "to": "2026-09-12T10:00"}]
    assert due_on("2026-09-07", 4, pauses=pause, **NEXT) == "2026-09-15"


def test_a_pause_before_the_day_it_counts_from_excludes_nothing() -> None:
    # filed Sat 12, day 0 Mon 14; the pause ended on Sunday: 15, 16, 17, 18
    assert due_on("2026-09-12", 4, pauses=[{"from": "2026-09-12", "to": "2026-09-13"}], **NEXT) == "2026-09-18"
    until_tuesday = [{"from": "2026-09-12", "to": "2026-09-15"}]  # 16, 17, 18, then Sun 20 works
    assert due_on("2026-09-12", 4, pauses=until_tuesday, **NEXT) == "2026-09-20"


def test_the_ledger_begins_on_the_day_it_counts_from() -> None:
    answer = ask("2026-09-18T17:00", 1, ledger=True, **NEXT)
    assert [(row["date"], row["status"]) for row in answer["ledger"]] == [
        ("2026-09-20", "first_day"),
        ("2026-09-21", "counted"),
    ]
