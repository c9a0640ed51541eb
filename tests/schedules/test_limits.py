"""Limits and where they end: amounts, units, months and years, the closing of a day (R6, R9, R19)."""

from datetime import date, datetime

import pytest

from schedules.announcements import working_calendar
from schedules.limits import (
    MOST,
    FirstDay,
    Intake,
    Limit,
    LimitError,
    Roll,
    Unit,
    counts_from,
    immediate_due,
    months_later,
    ordinary_end,
    rolled,
)

CHINA = working_calendar("CN")


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [  # 民法典 art. 202: the same-numbered day, or the month's last
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-09-18", 12, "2027-09-18"),
        ("2026-09-18", 0, "2026-09-18"),
    ],
)
def test_a_month_ends_on_the_same_numbered_day_or_its_last(day: str, months: int, expected: str) -> None:
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("amount", "unit", "first_day", "expected"),
    [  # hand count from Fri 18 September 2026
        (0, Unit.CALENDAR_DAYS, FirstDay.NEXT, "2026-09-18"),
        (0, Unit.CALENDAR_DAYS, FirstDay.SAME, "2026-09-18"),
        (1, Unit.CALENDAR_DAYS, FirstDay.SAME, "2026-09-18"),
        (12, Unit.CALENDAR_DAYS, FirstDay.NEXT, "2026-09-30"),
        (2, Unit.WEEKS, FirstDay.NEXT, "2026-10-02"),
        (2, Unit.WEEKS, FirstDay.SAME, "2026-10-01"),
        (1, Unit.MONTHS, FirstDay.SAME, "2026-10-17"),
        (1, Unit.YEARS, FirstDay.SAME, "2027-09-17"),
        (1, Unit.WORKING_DAYS, FirstDay.SAME, "2026-09-18"),
        (2, Unit.WORKING_DAYS, FirstDay.SAME, "2026-09-20"),
    ],
)
def test_counting_the_first_day_ends_a_day_earlier(amount: int, unit: Unit, first_day: FirstDay, expected: str) -> None:
    assert ordinary_end(CHINA, Limit(amount, unit), date(2026, 9, 18), first_day) == date.fromisoformat(expected)


def test_a_last_day_off_moves_to_the_next_working_day() -> None:
    holiday = date(2026, 10, 1)  # 1-7 October off: 民法典 art. 203
    assert rolled(CHINA, holiday, Roll.FOLLOWING) == date(2026, 10, 8)
    assert rolled(CHINA, holiday, Roll.NONE) == holiday


@pytest.mark.parametrize("amount", [-1, 1.5, 4.0, "4", True, None])
@pytest.mark.parametrize("unit", Unit)
def test_an_amount_that_is_no_whole_number_from_zero_on_is_refused(amount: object, unit: Unit) -> None:
    with pytest.raises(LimitError) as caught:
        Limit(amount, unit)  # type: ignore[arg-type]
    assert caught.value.field == "limit.amount"


@pytest.mark.parametrize("unit", MOST)
def test_the_most_of_a_unit_is_allowed_and_one_more_refused(unit: str) -> None:
    assert Limit(MOST[unit], Unit(unit)).amount == MOST[unit]
    with pytest.raises(LimitError, match=f"not between 0 and {MOST[unit]}"):
        Limit(MOST[unit] + 1, Unit(unit))


def test_a_limit_grows_by_its_own_unit_only() -> None:
    assert Limit(30, Unit.WORKING_DAYS) + Limit(10, Unit.WORKING_DAYS) == Limit(40, Unit.WORKING_DAYS)
    with pytest.raises(LimitError) as caught:
        Limit(1, Unit.MONTHS) + Limit(10, Unit.WORKING_DAYS)
    assert caught.value.field == "extension.unit"


@pytest.mark.parametrize(
    ("filed", "dated", "expected"),
    [  # R8 and R4: service ends at 24:00 here; Sat 19 September is off, Sun 20 works
        ("2026-09-18T23:59", False, "2026-09-18"),
        ("2026-09-19T10:00", False, "2026-09-20"),
        ("2026-09-19T10:00", True, "2026-09-20"),
        ("2026-09-20T10:00", False, "2026-09-20"),
    ],
)
def test_an_immediate_item_is_due_the_same_day_or_on_the_next_that_works(
    filed: str, dated: bool, expected: str
) -> None:
    at = datetime.fromisoformat(filed).replace(tzinfo=CHINA.zone)
    assert immediate_due(CHINA, at, dated=dated) == date.fromisoformat(expected)
    assert counts_from(CHINA, at, dated=dated, intake=Intake.NEXT_WORKING_DAY) == date.fromisoformat(expected)
    assert counts_from(CHINA, at, dated=dated, intake=Intake.AS_FILED) == at.date()


@pytest.mark.parametrize(
    ("time", "dated", "expected"),
    [("16:59:59", False, 18), ("17:00", False, 20), ("17:00", True, 18), ("18:00", True, 18), ("07:00", False, 18)],
)
def test_what_comes_at_closing_is_for_the_next_day_unless_only_its_day_is_known(
    time: str, dated: bool, expected: int
) -> None:
    window = working_calendar("CN", hours={"fri": [("09:00", "17:00")]})
    at = datetime.fromisoformat(f"2026-09-18T{time}").replace(tzinfo=window.zone)
    assert immediate_due(window, at, dated=dated) == date(2026, 9, expected)
    assert counts_from(window, at, dated=dated, intake=Intake.NEXT_WORKING_DAY) == date(2026, 9, expected)


def test_only_zero_working_days_are_an_immediate_item() -> None:
    assert Limit(0, Unit.WORKING_DAYS).immediate
    assert not Limit(1, Unit.WORKING_DAYS).immediate
    assert not Limit(0, Unit.CALENDAR_DAYS).immediate
