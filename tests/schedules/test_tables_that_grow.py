"""The tables of a calendar grow as far as they are asked, and no answer depends on what was asked before (R5, R7).

Every week of these calendars is like any other, so that the answers are a number of weeks, counted by hand.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.calendars import CalendarError, Level, Overlay, Scope, WorkingCalendar
from schedules.hours import WeeklyHours
from schedules.timetable import Boundary

ETC = ZoneInfo("Etc/UTC")
FRIDAY, MONDAY = date(2026, 9, 18), date(2026, 9, 14)
OPENING = datetime(2026, 9, 14, 9, tzinfo=UTC)  # of that Monday
FOUR_YEARS = timedelta(weeks=208)


def weekdays() -> WorkingCalendar:
    """Monday to Friday, never asked before."""
    return WorkingCalendar(ETC)


def mondays(years: tuple[int, int] = (1900, 2200)) -> WorkingCalendar:
    """Three hours of service a week, Mondays from 9 to 12, never asked before."""
    return WorkingCalendar(ETC, hours=WeeklyHours.parse({"mon": [("09:00", "12:00")]}), years=years)


def only(opened: date) -> WorkingCalendar:
    """A calendar with a single working day."""
    overlay = Overlay("only", Level.OFFICE, Scope.OFFICE, open={opened: "the one day"})
    return WorkingCalendar(ETC, frozenset(range(7)), overlays=(overlay,))


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


def test_between_a_day_that_is_in_the_table_and_one_that_is_not() -> None:
    for near, far, expected in (
        (FRIDAY, FRIDAY + FOUR_YEARS, 208 * 5),
        (FRIDAY, FRIDAY - FOUR_YEARS, -208 * 5),
        (FRIDAY + FOUR_YEARS, FRIDAY, -208 * 5),
        (FRIDAY - FOUR_YEARS, FRIDAY, 208 * 5),
    ):
        calendar = weekdays()
        assert calendar.is_working_day(FRIDAY)
        assert calendar.working_days_between(near, far) == expected


def test_working_time_between_a_moment_that_is_in_the_timetable_and_one_that_is_not() -> None:
    for near, far, weeks in (
        (OPENING, OPENING + FOUR_YEARS, 208),
        (OPENING, OPENING - FOUR_YEARS, -208),
        (OPENING - 2 * FOUR_YEARS, OPENING - FOUR_YEARS, 208),
        (OPENING + FOUR_YEARS, OPENING + 2 * FOUR_YEARS, 208),
    ):
        calendar = mondays()
        assert calendar.working_time_between(OPENING, OPENING + hours(1)) == hours(1)
        assert calendar.working_time_between(near, far) == weeks * hours(3)


def test_a_timetable_that_had_to_grow_still_ends_where_the_boundary_says() -> None:
    ten_years = 520 * hours(3)
    assert mondays().add_working_time(OPENING, ten_years) == OPENING + timedelta(weeks=519) + hours(3)
    assert mondays().add_working_time(OPENING, ten_years, Boundary.OPENING) == OPENING + timedelta(weeks=520)
    assert mondays().add_working_time(OPENING, -ten_years) == OPENING - timedelta(weeks=520)


def test_the_first_and_the_last_day_of_the_years_covered_count_like_any_other() -> None:
    eve, new_year = date(2026, 12, 31), date(2026, 1, 1)  # both Thursdays
    year = WorkingCalendar(ETC, hours=WeeklyHours.parse({"thu": [("09:00", "12:00")]}), years=(2026, 2026))
    assert year.is_working_day(new_year)
    assert year.nth_working_day(new_year, 0) == new_year
    assert year.nth_working_day(date(2026, 1, 2), -1) == new_year
    assert year.nth_working_day(date(2026, 12, 30), 1) == eve
    assert year.working_days_between(new_year, eve) == 52 * 5
    assert year.working_time_between(year.start_of(new_year), year.start_of(date(2026, 1, 8))) == hours(3)
    assert year.add_working_time(year.start_of(eve), hours(3)) == datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert year.add_working_time(datetime(2026, 1, 1, 10, tzinfo=UTC), -hours(1)) == datetime(2026, 1, 1, 9, tzinfo=UTC)


def test_a_closure_on_the_last_day_covered_closes_it() -> None:
    eve, new_year = date(2026, 12, 31), date(2026, 1, 1)
    closed = Overlay("both ends", Level.REGION, Scope.LEGAL, {new_year: "New Year", eve: "New Year's Eve"})
    year = WorkingCalendar(ETC, overlays=(closed,), years=(2026, 2026))
    assert [year.is_working_day(day) for day in (new_year, date(2026, 1, 2), date(2026, 12, 30), eve)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_the_midnight_that_ends_the_last_day_begins_one_that_is_not_covered() -> None:
    calendar = mondays((2025, 2026))
    assert calendar.working_time_between(OPENING, OPENING + timedelta(weeks=15)) == 15 * hours(3)  # to 28 December
    with pytest.raises(CalendarError) as caught:
        calendar.add_working_time(datetime(2027, 1, 1, tzinfo=UTC), hours(1))
    assert str(caught.value) == (
        "calendar: 2027-01-01T00:00:00+00:00 lies outside the years this calendar covers, 2025 to 2026"
    )


@pytest.mark.parametrize("opened", [date(1999, 6, 2), date(2026, 9, 30), date(2031, 6, 2), date(2190, 6, 2)])
def test_a_single_working_day_is_found_however_far_it_is(opened: date) -> None:
    assert only(opened).nth_working_day(opened - timedelta(days=2_000), 0) == opened
    assert only(opened).nth_working_day(opened - timedelta(days=2_000), 1) == opened
    assert only(opened).nth_working_day(opened + timedelta(days=2_000), -1) == opened
    assert not only(opened).is_working_day(opened + timedelta(days=2_000))
    assert only(opened).working_days_between(opened - timedelta(days=2_000), opened + timedelta(days=2_000)) == 1
