"""R2: the day of the starting event is day 0; with `first_day = "same"` it is day 1, and limits in weeks, months and
years end one day before their ordinary end."""

from typing import Any

import pytest

from tests.rules.asking import CHINA, ENGLAND, JAPAN, NETHERLANDS, US, ask, due_at, due_on, figures


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "unit", "following", "same"),
    [
        (CHINA, "2026-09-18", 1, "working_days", "2026-09-20", "2026-09-18"),  # Fri; Sun 20 works
        (CHINA, "2026-09-18", 2, "working_days", "2026-09-21", "2026-09-20"),
        (CHINA, "2026-09-20", 5, "working_days", "2026-09-28", "2026-09-24"),  # a make-up Sunday is day 1: 20-24
        (CHINA, "2026-09-19", 1, "working_days", "2026-09-20", "2026-09-20"),  # Saturday off: day 1 counts nothing
        (CHINA, "2026-09-25", 3, "working_days", "2026-09-30", "2026-09-30"),  # a holiday: 28, 29, 30
        (CHINA, "2025-12-31", 1, "working_days", "2026-01-04", "2025-12-31"),  # the year end
        (CHINA, "2024-02-29", 1, "working_days", "2024-03-01", "2024-02-29"),  # a leap day, Thursday
        (ENGLAND, "2022-06-01", 2, "working_days", "2022-06-07", "2022-06-06"),  # 2 and 3 June are off
        (ENGLAND, "2022-09-19", 20, "working_days", "2022-10-17", "2022-10-17"),  # the funeral: day 1 is off either way
        (US, "2026-06-18", 20, "working_days", "2026-07-20", "2026-07-17"),
        # June 22-26 (5), 29, 30, July 1, 2 (9), 3 is off, 6-10 (14), 13-17 (19), 20 (20)
        (JAPAN, "2026-04-28", 3, "working_days", "2026-05-07", "2026-05-01"),  # 29 off, 30, 1, 4-6 off, 7
        (CHINA, "2026-09-18", 12, "calendar_days", "2026-09-30", "2026-09-29"),
        (CHINA, "2026-09-18", 1, "calendar_days", "2026-09-20", "2026-09-18"),  # Sat 19 is off, Sun 20 works
        (NETHERLANDS, "2026-03-03", 8, "weeks", "2026-04-28", "2026-04-28"),  # a day before is King's Day, which rolls
        (ENGLAND, "2026-02-10", 8, "weeks", "2026-04-07", "2026-04-07"),  # a day before is Easter Monday
        (ENGLAND, "2024-04-08", 8, "weeks", "2024-06-03", "2024-06-03"),  # a day before is a Sunday
        (US, "2026-01-31", 1, "months", "2026-03-02", "2026-02-27"),  # 28 February is a Saturday; 27 a Friday
        (US, "2025-01-02", 1, "years", "2026-01-02", "2026-01-02"),  # a day before is New Year
        (US, "2024-02-29", 1, "years", "2025-02-28", "2025-02-27"),  # the ordinary end is the month's last day
        (US, "2023-03-01", 1, "years", "2024-03-01", "2024-02-29"),
    ],
)
def test_the_first_day_is_not_counted_unless_asked(
    calendar: dict[str, Any], start: str, amount: int, unit: str, following: str, same: str
) -> None:
    assert due_on(start, amount, unit, calendar=calendar) == following
    assert due_on(start, amount, unit, calendar=calendar, first_day="next") == following
    assert due_on(start, amount, unit, calendar=calendar, first_day="same") == same


@pytest.mark.parametrize(
    ("start", "amount", "unit", "same"),  # the ordinary end by the printed calendar, less a day; nothing rolled
    [
        ("2026-03-02", 8, "weeks", "2026-04-26"),
        ("2026-01-30", 1, "months", "2026-02-27"),
        ("2026-03-01", 12, "months", "2027-02-28"),
        ("2026-03-16", 1, "months", "2026-04-15"),
        ("2025-01-01", 1, "years", "2025-12-31"),
        ("2024-03-01", 4, "years", "2028-02-29"),
        ("2026-09-18", 30, "calendar_days", "2026-10-17"),
    ],
)
def test_with_the_first_day_counted_a_limit_ends_a_day_before_its_ordinary_end(
    start: str, amount: int, unit: str, same: str
) -> None:
    assert due_on(start, amount, unit, calendar=NETHERLANDS, first_day="same", roll="none") == same


def test_the_extension_is_added_before_the_day_is_taken_off() -> None:
    # 31 January + 2 months = 31 March, less a day
    more = [{"amount": 1, "unit": "months"}]
    assert due_on("2026-01-31", 1, "months", calendar=US, first_day="same", extensions=more) == "2026-03-30"


def test_day_1_is_used_on_the_day_itself() -> None:
    assert figures(ask("2026-09-18", 4, now="2026-09-18")) == (0, 4, "running")
    assert figures(ask("2026-09-18", 4, now="2026-09-18", first_day="same")) == (1, 3, "running")
    assert figures(ask("2026-09-19", 4, now="2026-09-19", first_day="same")) == (0, 4, "running")  # Saturday off
    assert figures(ask("2026-09-18", 1, "weeks", now="2026-09-18", first_day="same"))[:2] == (1, 6)


def test_a_pause_on_day_1_leaves_that_day_used() -> None:
    pause = [{"from": "2026-09-18", "to": "2026-09-21"}]
    assert due_on("2026-09-18", 4, pauses=pause) == "2026-09-28"  # nothing used; 22, 23, 24, 28
    assert due_on("2026-09-18", 4, pauses=pause, first_day="same") == "2026-09-24"  # 18 used; 22, 23, 24
    assert due_on("2026-09-18", 1, pauses=pause, first_day="same") == "2026-09-21"  # nothing left: due on resuming


def test_day_1_is_the_day_the_start_counts_as() -> None:
    same = {"first_day": "same", "intake": "next_working_day"}
    assert due_on("2026-09-12", 4, **same) == "2026-09-17"  # Sat; day 1 is Mon 14: 14, 15, 16, 17
    assert due_on("2026-09-18T17:00", 4, **same) == "2026-09-23"  # at closing; day 1 is Sun 20: 20, 21, 22, 23


def test_hours_count_from_the_moment_whatever_the_first_day() -> None:
    for first_day in ("next", "same"):
        assert due_at("2026-09-18T15:00", 2, "working_hours", first_day=first_day) == "2026-09-18T09:00:00Z"
        assert due_on("2026-09-18", 0, first_day=first_day) == "2026-09-18"  # nor does it apply to immediate items
