"""Working time (R7): only what lies inside service counts; spans are half-open. Answers are counted on a clock face."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from schedules.announcements import working_calendar
from schedules.calendars import CalendarError, Level, Overlay, Scope, WorkingCalendar
from schedules.hours import WeeklyHours
from schedules.timetable import Boundary

WINDOW = {day: [("09:00", "12:00"), ("13:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
UNEVEN = {"mon": [("09:00", "12:00"), ("13:00", "17:00")], "tue": [("08:00", "10:30")], "fri": [("10:00", "24:00")]}
CHINA = working_calendar("CN", hours=WINDOW)
LAB = WorkingCalendar(ZoneInfo("Asia/Shanghai"), hours=WeeklyHours.parse(UNEVEN))
NIGHT = {"sat": [("22:00", "24:00")], "sun": [("00:00", "06:00")]}


def wall(text: str, calendar: WorkingCalendar = CHINA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=calendar.zone)


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-09-18 15:00", 2, "2026-09-18 17:00"),  # Friday: 15-17
        ("2026-09-18 15:00", 3, "2026-09-20 10:00"),  # and 9-10 of the Sunday that makes up for the holiday
        ("2026-09-18 11:30", 1, "2026-09-18 13:30"),  # over the lunch break
        ("2026-09-18 12:20", 1, "2026-09-18 14:00"),  # from within it
        ("2026-09-19 10:00", 1, "2026-09-20 10:00"),  # from a day off
        ("2026-09-24 16:00", 1.5, "2026-09-28 09:30"),  # 25-27 September are off
        ("2026-09-24 00:00", 7, "2026-09-24 17:00"),  # a whole day
        ("2026-09-30 16:30", 8, "2026-10-09 09:30"),  # 30 min, then 1-7 October off, 7 h of the 8th, 30 min of the 9th
    ],
)
def test_so_much_service_later(start: str, amount: float, end: str) -> None:
    found = CHINA.add_working_time(wall(start), hours(amount))
    assert found == wall(end)
    assert found.tzinfo is UTC
    assert CHINA.working_time_between(wall(start), wall(end)) == hours(amount)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-09-20 10:00", 3, "2026-09-18 15:00"),
        ("2026-09-18 17:00", 7, "2026-09-18 09:00"),  # counted backwards, a whole day ends at its opening
        ("2026-09-28 09:30", 1.5, "2026-09-24 16:00"),
    ],
)
def test_so_much_service_earlier(start: str, amount: float, end: str) -> None:
    assert CHINA.add_working_time(wall(start), -hours(amount)) == wall(end)
    assert CHINA.working_time_between(wall(start), wall(end)) == -hours(amount)


def test_what_is_used_up_at_a_closing_ends_there_or_at_the_next_opening() -> None:
    friday = wall("2026-09-18 15:00")
    assert CHINA.add_working_time(friday, hours(2), Boundary.CLOSING) == wall("2026-09-18 17:00")
    assert CHINA.add_working_time(friday, hours(2), Boundary.OPENING) == wall("2026-09-20 09:00")
    morning = wall("2026-09-18 09:00")
    assert CHINA.add_working_time(morning, hours(3), Boundary.CLOSING) == wall("2026-09-18 12:00")
    assert CHINA.add_working_time(morning, hours(3), Boundary.OPENING) == wall("2026-09-18 13:00")
    assert CHINA.add_working_time(friday, hours(1), Boundary.OPENING) == wall("2026-09-18 16:00")


@pytest.mark.parametrize(
    ("start", "closing", "opening"),
    [
        ("2026-09-18 15:00", "2026-09-18 15:00", "2026-09-18 15:00"),
        ("2026-09-18 17:00", "2026-09-18 17:00", "2026-09-20 09:00"),  # at the closing itself
        ("2026-09-18 17:01", "2026-09-20 09:00", "2026-09-20 09:00"),
        ("2026-09-18 12:30", "2026-09-18 13:00", "2026-09-18 13:00"),
    ],
)
def test_no_time_at_all_is_now_or_at_the_next_opening(start: str, closing: str, opening: str) -> None:
    assert CHINA.add_working_time(wall(start), hours(0)) == wall(closing)
    assert CHINA.add_working_time(wall(start), hours(0), Boundary.OPENING) == wall(opening)


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("Europe/Berlin", "2026-03-28", 7),  # 2:00 to 3:00 is skipped
        ("Europe/Berlin", "2026-10-24", 9),  # 2:00 to 3:00 comes twice
        ("Europe/Berlin", "2026-06-06", 8),
        ("America/New_York", "2026-03-07", 7),
        ("America/New_York", "2026-10-31", 9),
        ("Australia/Lord_Howe", "2026-10-03", 7.5),  # it moves by half an hour
        ("Australia/Lord_Howe", "2026-04-04", 8.5),
        ("Asia/Shanghai", "2026-03-28", 8),
    ],
)
def test_a_night_of_service_is_as_long_as_it_really_is(zone: str, day: str, length: float) -> None:
    calendar = WorkingCalendar(ZoneInfo(zone), hours=WeeklyHours.parse(NIGHT))
    evening = datetime.combine(date.fromisoformat(day), datetime.min.time(), calendar.zone) + timedelta(hours=22)
    opens = calendar.add_working_time(evening - timedelta(hours=2), hours(0))
    assert opens == evening
    closes = calendar.add_working_time(opens, hours(length))
    assert closes.astimezone(calendar.zone).time() == datetime.min.time().replace(hour=6)
    assert closes - opens == hours(length)


def test_a_night_in_cairo_where_the_clocks_change_at_midnight() -> None:
    # Law 24 of 2023: forward at 0:00 of the last Friday of April, back at 24:00 of the last Thursday of October
    week = {"thu": [("22:00", "24:00")], "fri": [("00:00", "06:00")]}
    cairo = WorkingCalendar(ZoneInfo("Africa/Cairo"), frozenset({4, 5}), WeeklyHours.parse(week))
    for evening, length in (("2026-04-23", 7), ("2026-10-29", 9), ("2026-05-07", 8)):
        opens = datetime.fromisoformat(f"{evening} 22:00").replace(tzinfo=cairo.zone)
        assert cairo.working_time_between(opens, opens.astimezone(UTC) + timedelta(hours=12)) == hours(length)


def test_the_weekly_table_says_which_weekdays_serve_and_the_weekend_which_count() -> None:
    saturdays = WorkingCalendar(ZoneInfo("Etc/UTC"), hours=WeeklyHours.parse({"sat": [("10:00", "14:00")]}))
    assert not saturdays.is_working_day(date(2026, 9, 19))
    found = saturdays.add_working_time(datetime(2026, 9, 17, tzinfo=UTC), hours(5))
    assert found == datetime(2026, 9, 26, 11, tzinfo=UTC)  # 19 September 10-14, 26 September 10-11


def test_special_days_close_early_open_extra_and_make_up() -> None:
    own = Overlay("own", Level.OFFICE, Scope.OFFICE, {date(2026, 9, 22): "move"}, {date(2026, 9, 27): "rush"})
    table = WeeklyHours.parse(
        WINDOW, {"2026-09-21": [("09:00", "11:00")], "2026-09-26": [("10:00", "11:00")]}, [("10:00", "12:00")]
    )
    calendar = working_calendar("CN", overlays=(own,), hours=table)
    # Sun 20 makes up: 10-12 (2 h); Mon 21 closes early (2 h); Tue 22 closed; Wed 23, Thu 24 (14 h); Sat 26 extra (1 h);
    # Sun 27 opened by the office: 10-12 (2 h)
    monday = wall("2026-09-28 00:00")
    assert calendar.working_time_between(wall("2026-09-19 00:00"), monday) == hours(2 + 2 + 14 + 1 + 2)
    assert calendar.add_working_time(wall("2026-09-20 11:30"), hours(3)) == wall("2026-09-23 09:30")


def test_without_a_table_a_working_day_serves_from_midnight_to_midnight() -> None:
    plain = working_calendar("CN")
    assert plain.add_working_time(wall("2026-09-18 12:00"), hours(24)) == wall("2026-09-20 12:00")  # Saturday is off
    assert plain.working_time_between(wall("2026-09-18 00:00"), wall("2026-09-21 00:00")) == hours(48)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 9, 18, 15)
    for ask in (lambda: CHINA.add_working_time(naive, hours(1)), lambda: CHINA.working_time_between(naive, naive)):
        with pytest.raises(CalendarError, match="has no time zone"):
            ask()


def test_more_service_than_the_calendar_holds_is_refused_in_both_directions() -> None:
    short = working_calendar("CN", hours=WINDOW, years=(2025, 2026))
    assert short.add_working_time(wall("2026-12-31 09:00"), hours(7)) == wall("2026-12-31 17:00")
    for amount in (hours(8), -hours(10_000)):
        with pytest.raises(CalendarError, match="2025 to 2026"):
            short.add_working_time(wall("2026-12-31 09:00"), amount)
    with pytest.raises(CalendarError, match="lies outside"):
        short.add_working_time(wall("2027-01-04 09:00"), hours(1))


MOMENTS = some.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=some.just(LAB.zone))
DURATIONS = some.timedeltas(timedelta(0), timedelta(hours=200))


@given(MOMENTS, DURATIONS)
@settings(deadline=None)  # the first of them builds the table
def test_adding_and_measuring_are_inverse(at: datetime, duration: timedelta) -> None:
    assert LAB.working_time_between(at, LAB.add_working_time(at, duration)) == duration
    assert LAB.working_time_between(LAB.add_working_time(at, -duration), at) == duration


@given(MOMENTS, MOMENTS, MOMENTS)
@settings(deadline=None)
def test_what_lies_between_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    between = LAB.working_time_between
    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)
