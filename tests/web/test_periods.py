"""The period of a report, what it may be compared with, and the usual choices; each by a wall calendar."""

from datetime import date

import pytest

from sla.months import Days
from sla.web.periods import PeriodError, other_of, period_of, usual
from sla.words import words

EN = words("en")


def days(text: str) -> Days:
    first, last = text.split(" ")
    return Days(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("period", "before", "year"),
    [
        ("2026-09-01 2026-09-30", "2026-08-01 2026-08-31", "2025-09-01 2025-09-30"),
        ("2026-07-01 2026-09-30", "2026-04-01 2026-06-30", "2025-07-01 2025-09-30"),  # a quarter, though a day longer
        ("2026-01-01 2026-12-31", "2025-01-01 2025-12-31", "2025-01-01 2025-12-31"),
        ("2026-03-01 2026-03-31", "2026-02-01 2026-02-28", "2025-03-01 2025-03-31"),
        ("2026-09-01 2026-09-23", "2026-08-09 2026-08-31", "2025-09-01 2025-09-23"),  # 23 days each
        ("2026-09-18 2026-09-18", "2026-09-17 2026-09-17", "2025-09-18 2025-09-18"),
        ("2024-02-01 2024-02-29", "2024-01-01 2024-01-31", "2023-02-01 2023-02-28"),
        ("2025-02-01 2025-02-28", "2025-01-01 2025-01-31", "2024-02-01 2024-02-29"),  # a whole month stays one
    ],
)
def test_the_period_before_and_the_year_before(period: str, before: str, year: str) -> None:
    assert days(period).before == days(before)
    assert days(period).year_before == days(year)


def test_without_dates_it_is_this_month_and_the_eleven_before() -> None:
    assert period_of("", "", date(2026, 9, 23), EN) == days("2025-10-01 2026-09-23")
    assert period_of("", "2026-01-15", date(2026, 9, 23), EN) == days("2025-02-01 2026-01-15")


def test_another_period_may_be_given_for_itself() -> None:
    asked = days("2026-09-01 2026-09-30")
    assert other_of("own", "2020-02-01", "2020-02-29", asked, EN) == days("2020-02-01 2020-02-29")
    assert other_of("", "2020-02-01", "2020-02-29", asked, EN) is None


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [("", "2020-02-29", "other_from"), ("2020-02-01", "x", "other_to"), ("2020-03-01", "2020-02-01", "other_from"),
     ("2001-01-01", "2026-01-01", "other_from")],
)  # fmt: skip
def test_a_period_to_compare_with_that_is_none_is_said_by_its_field(first: str, last: str, field: str) -> None:
    with pytest.raises(PeriodError) as raised:
        other_of("own", first, last, days("2026-09-01 2026-09-30"), EN)
    assert raised.value.field == field


def test_the_usual_periods_are_those_of_the_wall_calendar() -> None:
    assert dict(usual(date(2026, 2, 20), EN)) == {
        "This month": days("2026-02-01 2026-02-20"),
        "Last month": days("2026-01-01 2026-01-31"),
        "This quarter": days("2026-01-01 2026-02-20"),
        "Last quarter": days("2025-10-01 2025-12-31"),
        "This year": days("2026-01-01 2026-02-20"),
        "Last year": days("2025-01-01 2025-12-31"),
        "The last 12 months": days("2025-03-01 2026-02-20"),
    }
