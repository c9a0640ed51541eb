"""Where a calendar ends, grows, and is asked for many days at once; what the office itself closed or opened."""

from datetime import date, timedelta

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import CalendarError, Kind, Level, Overlay, Scope

WINDOW = {day: [("09:00", "12:00"), ("13:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}


def test_many_days_at_once_are_answered_in_their_order() -> None:
    # hand counts of TIME_RULES: 09-18 + 4 is 09-23, 09-30 + 4 is 10-12, 02-13 + 4 is 02-26
    asked = [date(2026, 9, 30), date(2026, 9, 18), date(2026, 2, 13), date(2026, 9, 30)]
    expected = [date(2026, 10, 12), date(2026, 9, 23), date(2026, 2, 26), date(2026, 10, 12)]
    assert working_calendar("CN").nth_working_days(asked, 4) == expected
    assert working_calendar("CN").nth_working_days([date(2026, 9, 26)], -1) == [date(2026, 9, 24)]
    assert working_calendar("CN").nth_working_days([], 4) == []


def test_the_offices_own_days_are_those_of_office_scope_within_the_span() -> None:
    own = Overlay(
        "own", Level.OFFICE, Scope.OFFICE,
        {date(2026, 9, 21): "move", date(2026, 9, 30): "stocktaking"}, {date(2026, 9, 26): "rush"}, "note 3",
    )  # fmt: skip
    province = Overlay("province", Level.REGION, Scope.LEGAL, {date(2026, 9, 22): "flood"})
    calendar = working_calendar("CN", overlays=(own, province))
    found = calendar.own_days(date(2026, 9, 21), date(2026, 9, 30))
    assert [(day.date.day, day.kind, day.name, day.works) for day in found] == [
        (21, Kind.OFFICE_CLOSED, "move", False),
        (26, Kind.OFFICE_OPEN, "rush", True),
        (30, Kind.OFFICE_CLOSED, "stocktaking", False),
    ]
    assert calendar.own_days(date(2026, 9, 22), date(2026, 9, 25)) == ()
    assert calendar.legal.own_days(date(2026, 9, 21), date(2026, 9, 30)) == ()


def test_counting_past_the_years_a_calendar_covers_says_which_they_are() -> None:
    short = working_calendar("CN", years=(2025, 2026))
    assert short.nth_working_day(date(2026, 12, 30), 1) == date(2026, 12, 31)
    with pytest.raises(CalendarError) as after:
        short.nth_working_day(date(2026, 12, 30), 2)
    assert str(after.value) == (
        "calendar: 2 working days after 2026-12-30 lie outside the years this calendar covers, 2025 to 2026"
    )
    with pytest.raises(CalendarError) as before:
        short.nth_working_day(date(2025, 1, 3), -2)  # 1 January is off, the 2nd is the first working day
    assert str(before.value) == (
        "calendar: 2 working days before 2025-01-03 lie outside the years this calendar covers, 2025 to 2026"
    )
    with pytest.raises(CalendarError) as outside:
        short.is_working_day(date(2027, 1, 4))
    assert str(outside.value) == "calendar: 2027-01-04 lies outside the years this calendar covers, 2025 to 2026"
    assert outside.value.field == "calendar"


def test_a_table_grows_in_both_directions_as_far_as_it_is_asked() -> None:
    calendar = working_calendar("CN")
    assert calendar.nth_working_day(date(2026, 9, 18), 4) == date(2026, 9, 23)
    there = calendar.nth_working_day(date(2026, 9, 18), 2_000)
    assert calendar.working_days_between(date(2026, 9, 18), there) == 2_000
    back = calendar.nth_working_day(there, -4_000)
    assert calendar.working_days_between(back, there) == 4_000
    assert calendar.nth_working_day(back, 4_000) == there


def test_working_time_grows_in_both_directions_too() -> None:
    calendar = working_calendar("CN", hours=WINDOW)
    noon = calendar.start_of(date(2026, 9, 18)) + timedelta(hours=12)
    later = calendar.add_working_time(noon, timedelta(hours=7 * 1_000))
    assert calendar.date_of(later) == calendar.nth_working_day(date(2026, 9, 18), 1_000)
    earlier = calendar.add_working_time(noon, -timedelta(hours=7 * 1_000))
    assert calendar.date_of(earlier) == calendar.nth_working_day(date(2026, 9, 18), -1_000)
    assert calendar.working_time_between(earlier, later) == timedelta(hours=14 * 1_000)


def test_before_closing_never_leaves_the_day() -> None:
    calendar, friday = working_calendar("CN", hours=WINDOW), date(2026, 9, 18)
    opening = calendar.start_of(friday) + timedelta(hours=9)
    for minutes, expected in ((60, 16), (4 * 60, 13), (5 * 60, 11), (7 * 60, 9), (8 * 60, 9)):
        found = calendar.before_closing(friday, timedelta(minutes=minutes))
        assert found == opening + timedelta(hours=expected - 9)
    assert calendar.before_closing(date(2026, 9, 19), timedelta(hours=1)) == calendar.start_of(date(2026, 9, 19))


@pytest.mark.parametrize(
    ("spans", "minutes", "expected"),
    [
        ([("09:00", "12:00")], 60, 11),
        ([("09:00", "10:00"), ("11:00", "12:00"), ("13:00", "14:00")], 60, 13),
        ([("09:00", "10:00"), ("11:00", "12:00"), ("13:00", "14:00")], 90, 11.5),
    ],
)
def test_before_closing_counts_from_the_days_last_closing(
    spans: list[tuple[str, str]], minutes: int, expected: float
) -> None:
    calendar, friday = working_calendar("CN", hours={"fri": spans}), date(2026, 9, 18)
    found = calendar.before_closing(friday, timedelta(minutes=minutes))
    assert found == calendar.start_of(friday) + timedelta(hours=expected)


def test_a_day_that_no_layer_names_has_neither_name_nor_source() -> None:
    calendar = working_calendar("CN")
    friday, saturday = date(2026, 9, 18), date(2026, 9, 19)
    assert calendar.day(friday) == (friday, True, Kind.WORKDAY, "", "")
    assert calendar.day(saturday) == (saturday, False, Kind.WEEKEND, "", "")
