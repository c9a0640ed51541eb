"""R5: a limit of n working days is due on the first day d with W(d) - W(start) = n."""

from typing import Any

import pytest

from tests.rules.asking import CHINA, ENGLAND, JAPAN, NETHERLANDS, SCOTLAND, US, WASHINGTON, ask, due_on, figures

COUNTED: list[tuple[dict[str, Any], str, int, str, str]] = [
    # England: FOIA 2000 s. 10, twenty working days
    (ENGLAND, "2022-05-20", 20, "2022-06-21", "May 23-27 (5), 30, 31, 1 June (8), 6-10 (13), 13-17 (18), 20, 21"),
    (ENGLAND, "2022-09-01", 20, "2022-09-30", "2 (1), 5-9 (6), 12-16 (11), 20-23 (15), 26-30 (20)"),
    (ENGLAND, "2023-04-24", 20, "2023-05-24", "25-28 (4), May 2-5 (8), 9-12 (12), 15-19 (17), 22, 23, 24"),
    (ENGLAND, "2026-03-20", 20, "2026-04-21", "23-27 (5), 30-2 April (9), 7-10 (13), 13-17 (18), 20, 21"),
    (ENGLAND, "2021-12-10", 20, "2022-01-12", "13-17 (5), 20-24 (10), 29-31 (13), 4-7 January (17), 10, 11, 12"),
    (ENGLAND, "2024-02-27", 3, "2024-03-01", "28, the leap day 29, 1 March"),
    (ENGLAND, "2026-12-24", 1, "2026-12-29", "25-28 off: Christmas, Saturday, Sunday, substitute"),
    (SCOTLAND, "2025-12-30", 2, "2026-01-05", "31; 1 and 2 January off; Mon 5"),
    # US: FOIA, 5 U.S.C. 552(a)(6)(A)(i), twenty days without Saturdays, Sundays and legal public holidays
    (US, "2026-06-01", 20, "2026-06-30", "2-5 (4), 8-12 (9), 15-18 (13), 22-26 (18), 29, 30"),
    (US, "2026-12-15", 20, "2027-01-14", "16-18 (3), 21-24 (7), 28-31 (11), 4-8 January (16), 11-14 (20)"),
    (US, "2021-12-15", 20, "2022-01-14", "16, 17, 20-23 (6), 27-30 (10), 3-7 January (15), 10-14 (20)"),
    (US, "2023-10-30", 20, "2023-11-29", "31-3 (4), 6-9 (8), 13-17 (13), 20-22 (16), 24 (17), 27, 28, 29"),
    (US, "2021-01-15", 5, "2021-01-25", "18 off; 19, 20, 21, 22 (4), 25"),
    (WASHINGTON, "2021-01-15", 5, "2021-01-26", "18 and 20 off; 19, 21, 22 (3), 25, 26"),
    # the Netherlands and Japan
    (NETHERLANDS, "2026-04-20", 10, "2026-05-06", "21-24 (4), 28-1 May (8), 4 (9), 5 off, 6"),
    (NETHERLANDS, "2026-05-11", 10, "2026-05-27", "12, 13 (2), 15 (3), 18-22 (8), 26, 27"),
    (JAPAN, "2026-04-24", 10, "2026-05-14", "27, 28 (2), 30, 1 (4), 7, 8 (6), 11-14 (10)"),
    (JAPAN, "2026-09-15", 5, "2026-09-25", "16, 17, 18 (3), 24, 25"),
    (JAPAN, "2027-03-19", 1, "2027-03-23", "21 is Sunday and the equinox; Mon 22 substitute"),
    # China: 行政许可法 art. 42, 82
    (
        CHINA,
        "2026-02-10",
        20,
        "2026-03-16",
        "11-14 with Saturday (4), 24-28 with Saturday (9), 2-6 (14), 9-13 (19), 16",
    ),
    (CHINA, "2026-09-01", 60, "2026-11-30", "30 on 19 October, 20-23 (34), 26-30 (39), November 2-6 … 23-27 (59), 30"),
    (CHINA, "2026-10-08", 2, "2026-10-10", "Fri 9 and the make-up Saturday, the last day"),
    (CHINA, "2026-10-08", 3, "2026-10-12", "and not the Sunday after it"),
    (CHINA, "2026-09-17", 2, "2026-09-20", "due on a make-up Sunday"),
    (CHINA, "2026-09-20", 4, "2026-09-24", "from a make-up Sunday: 21, 22, 23, 24"),
    (CHINA, "2026-04-30", 4, "2026-05-09", "1-5 off; 6, 7, 8 (3), Sat 9"),
    (CHINA, "2026-04-30", 5, "2026-05-11", "6, 7, 8, Sat 9 (4), Mon 11"),
    (CHINA, "2026-09-26", 1, "2026-09-28", "from a Saturday off"),
    (CHINA, "2026-09-27", 1, "2026-09-28", "from the Sunday after it: the same"),
    (CHINA, "2024-02-28", 2, "2024-03-01", "29, 1 March"),
    (CHINA, "2025-12-30", 3, "2026-01-05", "31; 1-3 off; Sun 4, Mon 5"),
]


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "due"),
    [case[:4] for case in COUNTED],
    ids=[f"{case[1]} + {case[2]}: {case[4]}" for case in COUNTED],
)
def test_working_days_counted_on_the_printed_calendar(
    calendar: dict[str, Any], start: str, amount: int, due: str
) -> None:
    assert due_on(start, amount, calendar=calendar) == due


@pytest.mark.parametrize(
    ("now", "used", "left", "state"),  # from Fri 18 September, four days: Sun 20, 21, 22, 23
    [
        ("2026-09-18", 0, 4, "running"),
        ("2026-09-19", 0, 4, "running"),  # Saturday off
        ("2026-09-20", 1, 3, "running"),
        ("2026-09-20T00:00", 1, 3, "running"),  # a day is used up from its first moment on
        ("2026-09-23", 4, 0, "running"),
        ("2026-09-24", 5, -1, "late"),
        ("2026-09-27", 5, -1, "late"),  # 25-27 are off
        ("2026-09-28", 6, -2, "late"),
    ],
)
def test_what_is_used_up_is_the_working_days_since_the_start(now: str, used: int, left: int, state: str) -> None:
    assert figures(ask("2026-09-18", 4, now=now)) == (used, left, state)


@pytest.mark.parametrize("start", ["2026-09-25", "2026-09-26", "2026-09-27"])
def test_days_off_before_the_first_working_day_all_count_from_the_same_place(start: str) -> None:
    assert due_on(start, 2, calendar=CHINA) == "2026-09-29"  # Mon 28, Tue 29
    assert due_on(start, 2, calendar=CHINA, roll="none") == "2026-09-29"  # a working day needs no roll


def test_a_longer_limit_is_never_due_earlier_and_each_working_day_is_the_end_of_just_one() -> None:
    # from Wed 30 September 2026: 8, 9, Sat 10, 12, 13, 14 October
    assert [due_on("2026-09-30", n)[-2:] for n in range(1, 7)] == ["08", "09", "10", "12", "13", "14"]


def test_the_longest_limit_of_working_days() -> None:
    # without holidays 10,000 working days are 2,000 weeks: Mon 5 January 1998 + 14,000 days = Mon 5 May 2036
    assert due_on("1998-01-05", 10_000, calendar={}) == "2036-05-05"
