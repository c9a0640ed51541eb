"""R6: calendar days are day 0 + n, months and years end on the same-numbered day or the month's last; a last day off
moves to the next working day unless `roll = "none"`; extensions are added to the amount first."""

from typing import Any

import pytest

from tests.rules.asking import CHINA, ENGLAND, JAPAN, NETHERLANDS, US, ask, due_at, due_on, every_day, figures

ENDS: list[tuple[dict[str, Any], str, int, str, str, str, str]] = [
    # calendar, start, amount, unit, the day itself, the day it moves to, how counted
    (NETHERLANDS, "2026-03-02", 8, "weeks", "2026-04-27", "2026-04-28", "King's Day, a Monday"),
    (NETHERLANDS, "2026-03-10", 8, "weeks", "2026-05-05", "2026-05-06", "Liberation Day, a Tuesday"),
    (NETHERLANDS, "2025-03-10", 8, "weeks", "2025-05-05", "2025-05-06", "Liberation Day, a Monday"),
    (NETHERLANDS, "2026-02-06", 8, "weeks", "2026-04-03", "2026-04-07", "Good Friday, and on past Easter Monday"),
    (NETHERLANDS, "2026-03-19", 8, "weeks", "2026-05-14", "2026-05-15", "Ascension, a Thursday"),
    (NETHERLANDS, "2026-03-30", 8, "weeks", "2026-05-25", "2026-05-26", "Whit Monday"),
    (NETHERLANDS, "2026-10-30", 8, "weeks", "2026-12-25", "2026-12-28", "both days of Christmas, a Sunday"),
    (NETHERLANDS, "2025-11-06", 8, "weeks", "2026-01-01", "2026-01-02", "New Year"),
    (NETHERLANDS, "2025-03-01", 8, "weeks", "2025-04-26", "2025-04-28", "Saturday, King's Day of 2025; Mon 28"),
    (ENGLAND, "2024-04-08", 8, "weeks", "2024-06-03", "2024-06-03", "DMPO art. 34: eight weeks, a Monday"),
    (ENGLAND, "2026-02-09", 8, "weeks", "2026-04-06", "2026-04-07", "Easter Monday"),
    (ENGLAND, "2026-01-05", 13, "weeks", "2026-04-06", "2026-04-07", "thirteen weeks, 91 days: the same Monday"),
    (ENGLAND, "2022-04-07", 8, "weeks", "2022-06-02", "2022-06-06", "the moved bank holiday, the Jubilee, a weekend"),
    (ENGLAND, "2022-07-25", 8, "weeks", "2022-09-19", "2022-09-20", "the funeral"),
    (ENGLAND, "2023-03-13", 8, "weeks", "2023-05-08", "2023-05-09", "the coronation"),
    (ENGLAND, "2023-10-30", 8, "weeks", "2023-12-25", "2023-12-27", "Christmas and Boxing Day"),
    (US, "2026-06-04", 30, "calendar_days", "2026-07-04", "2026-07-06", "June has 30: Saturday 4 July"),
    (US, "2026-06-03", 30, "calendar_days", "2026-07-03", "2026-07-06", "Friday, observed for the 4th"),
    (US, "2026-10-12", 30, "calendar_days", "2026-11-11", "2026-11-12", "Veterans Day, a Wednesday"),
    (US, "2021-12-01", 30, "calendar_days", "2021-12-31", "2022-01-03", "New Year observed in the old year"),
    (US, "2024-01-31", 1, "months", "2024-02-29", "2024-02-29", "the leap February's last"),
    (US, "2026-01-31", 1, "months", "2026-02-28", "2026-03-02", "a Saturday"),
    (US, "2026-01-29", 1, "months", "2026-02-28", "2026-03-02", "29, 30 and 31 January end alike"),
    (US, "2026-01-28", 1, "months", "2026-02-28", "2026-03-02", "and so does the 28th"),
    (US, "2026-08-31", 6, "months", "2027-02-28", "2027-03-01", "over the year end, a Sunday"),
    (US, "2026-03-31", 1, "months", "2026-04-30", "2026-04-30", "April has 30"),
    (US, "2026-02-28", 1, "months", "2026-03-28", "2026-03-30", "the same-numbered day, not the month's last"),
    (US, "2024-02-29", 1, "years", "2025-02-28", "2025-02-28", "a leap day, a Friday a year on"),
    (US, "2024-02-29", 12, "months", "2025-02-28", "2025-02-28", "as many months"),
    (US, "2024-02-29", 4, "years", "2028-02-29", "2028-02-29", "the next leap day"),
    (US, "2023-02-28", 1, "years", "2024-02-28", "2024-02-28", "the same-numbered day of a leap year"),
    (US, "2025-07-04", 1, "years", "2026-07-04", "2026-07-06", "a Saturday"),
    (US, "1999-02-28", 1, "years", "2000-02-28", "2000-02-28", "2000 is a leap year, and its 28th a Monday"),
    (CHINA, "2026-09-01", 1, "months", "2026-10-01", "2026-10-08", "1-7 October off"),
    (CHINA, "2026-08-20", 1, "months", "2026-09-20", "2026-09-20", "a Sunday that works"),
    (CHINA, "2026-08-19", 1, "months", "2026-09-19", "2026-09-20", "the Saturday before it moves there"),
    (CHINA, "2026-01-15", 1, "months", "2026-02-15", "2026-02-24", "the Spring Festival, 15-23"),
    (CHINA, "2026-01-31", 1, "months", "2026-02-28", "2026-02-28", "a Saturday that works"),
    (CHINA, "2025-12-19", 2, "weeks", "2026-01-02", "2026-01-04", "1-3 January off, Sun 4 works"),
    (CHINA, "2026-03-05", 60, "calendar_days", "2026-05-04", "2026-05-06", "26 in March, 30 in April, 4; 1-5 May off"),
    (JAPAN, "2026-04-03", 1, "months", "2026-05-03", "2026-05-07", "Sunday, two holidays, the substitute"),
    (JAPAN, "2026-08-22", 1, "months", "2026-09-22", "2026-09-24", "国民の休日 and the equinox"),
    (JAPAN, "2026-03-20", 0, "calendar_days", "2026-03-20", "2026-03-23", "no days: the day itself, the equinox"),
]


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "unit", "stays", "moves"),
    [case[:6] for case in ENDS],
    ids=[f"{case[1]} + {case[2]} {case[3]}: {case[6]}" for case in ENDS],
)
def test_the_last_day_and_where_it_moves(
    calendar: dict[str, Any], start: str, amount: int, unit: str, stays: str, moves: str
) -> None:
    assert due_on(start, amount, unit, calendar=calendar, roll="none") == stays
    assert due_on(start, amount, unit, calendar=calendar, roll="following") == moves
    assert due_on(start, amount, unit, calendar=calendar) == moves


@pytest.mark.parametrize(
    ("start", "amount", "added", "unit", "due"),
    [
        ("2026-01-31", 1, 1, "months", "2026-03-31"),  # not 28 February + 1 month
        ("2024-02-29", 1, 3, "years", "2028-02-29"),  # not 28 February 2028
        ("2026-09-08", 18, 2, "calendar_days", "2026-09-28"),  # 28, not two days after the 28th that 26 moves to
        ("2026-04-13", 8, 6, "weeks", "2026-07-20"),  # 14 weeks, 98 days: Monday 20 July
        ("2026-01-31", 1, 0, "months", "2026-02-28"),
    ],
)
def test_extensions_are_added_to_the_amount_before_the_end_is_looked_for(
    start: str, amount: int, added: int, unit: str, due: str
) -> None:
    assert due_on(start, amount, unit, extensions=[{"amount": added, "unit": unit}]) == due


def test_several_extensions_are_all_added_first() -> None:
    more = [{"amount": 1, "unit": "months"}, {"amount": 1, "unit": "months"}]
    assert due_on("2025-12-31", 1, "months", calendar=every_day("Etc/UTC"), extensions=more) == "2026-03-31"


@pytest.mark.parametrize(
    ("start", "amount", "unit", "pause", "due"),  # in calendar days the days in (P, R] are left out
    [
        ("2026-09-01", 10, "calendar_days", ("2026-09-03", "2026-09-07"), "2026-09-15"),  # 2, 3 used; 8-15
        ("2026-09-01", 1, "weeks", ("2026-09-03", "2026-09-07"), "2026-09-12"),  # 2, 3 used; 5 after the 7th
        ("2026-01-31", 1, "months", ("2026-02-10", "2026-02-13"), "2026-03-03"),  # 28 days; 10 used, 18 after the 13th
        ("2023-03-01", 1, "years", ("2024-02-28", "2024-03-10"), "2024-03-12"),  # 366 days, 364 used on 28 February
        (
            "2026-09-01",
            10,
            "calendar_days",
            ("2026-09-11", "2026-09-14"),
            "2026-09-14",
        ),  # on the last day: nothing left
        ("2026-09-01", 10, "calendar_days", ("2026-09-03", "2026-09-03"), "2026-09-11"),  # excludes nothing
    ],
)
def test_a_pause_leaves_calendar_days_out(start: str, amount: int, unit: str, pause: tuple[str, str], due: str) -> None:
    asked = {"calendar": every_day("Etc/UTC"), "pauses": [{"from": pause[0], "to": pause[1]}]}
    assert due_on(start, amount, unit, **asked) == due


def test_with_nothing_left_it_is_due_on_resuming_rolled_as_the_limit_rolls() -> None:
    # 10 days after Tue 1 September: Fri 11, on which it is paused, until Sat 19
    asked = {"calendar": CHINA, "pauses": [{"from": "2026-09-11", "to": "2026-09-19"}]}
    assert due_on("2026-09-01", 10, "calendar_days", **asked, roll="none") == "2026-09-19"
    assert due_on("2026-09-01", 10, "calendar_days", **asked) == "2026-09-20"  # Sunday works


@pytest.mark.parametrize(
    ("start", "amount", "unit", "now", "used", "left"),
    [
        ("2026-01-31", 1, "months", "2026-02-10", 10, 18),
        ("2026-01-31", 1, "months", "2026-01-31", 0, 28),
        ("2024-02-29", 1, "years", "2024-03-01", 1, 364),  # to 28 February 2025: 365 days
        ("2023-02-28", 1, "years", "2023-02-28", 0, 365),
        ("2026-09-01", 8, "weeks", "2026-09-08", 7, 49),
        ("2026-09-01", 30, "calendar_days", "2026-09-20", 19, 11),
    ],
)
def test_what_is_used_and_left_shows_in_calendar_days(
    start: str, amount: int, unit: str, now: str, used: int, left: int
) -> None:
    assert figures(ask(start, amount, unit, now=now)) == (used, left, "running")


def test_between_the_last_day_and_the_one_it_moved_to_the_limit_is_used_up_and_not_overdue() -> None:
    # 8 + 18 = Sat 26 September, off until Mon 28
    for day in ("2026-09-26", "2026-09-27", "2026-09-28"):
        assert figures(ask("2026-09-08", 18, "calendar_days", now=day)) == (18, 0, "running")
    # once overdue all that has gone by shows: 8 to 29 September is 21 days
    assert figures(ask("2026-09-08", 18, "calendar_days", now="2026-09-29")) == (21, -3, "late")


def test_the_ledger_says_that_the_last_day_moved() -> None:
    rows = ask("2026-09-24", 1, "calendar_days", ledger=True)["ledger"]
    assert [(row["date"][-2:], row["status"], row["rule"]) for row in rows] == [
        ("24", "first_day", "R2"),
        ("25", "counted", "R6"),
        *((day, "rolled", "R6") for day in ("26", "27", "28")),
    ]
    assert {row["source"] for row in rows[2:]} == {"民法典第二百零三条"}


def test_eight_weeks_over_the_change_of_the_clocks_end_with_the_day() -> None:
    assert due_at("2026-03-02", 8, "weeks", calendar=NETHERLANDS, roll="none") == "2026-04-27T22:00:00Z"  # +2 by then
    assert due_at("2026-10-05", 8, "weeks", calendar=NETHERLANDS) == "2026-11-30T23:00:00Z"
