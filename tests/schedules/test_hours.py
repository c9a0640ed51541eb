"""Service hours and the moments they mean: breaks, single days, make-up days, the days the clocks change (R1, R7)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import CalendarError, WorkingCalendar
from schedules.hours import DayHours, HoursError, WeeklyHours, instant, moment

BERLIN, SHANGHAI, SAO_PAULO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Sao_Paulo")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # EU directive 2000/84: last Sunday, at 01:00 UTC
WEEK = {
    "mon": [("09:00", "12:00"), ("13:00", "17:00")],
    "tue": [("08:00", "10:30")],
    "fri": [("10:00", "24:00")],
}
CHINA = working_calendar("CN", hours=WEEK)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def service(calendar: WorkingCalendar, day: str) -> list[str]:
    spans = calendar.service_on(date.fromisoformat(day))
    return [f"{edge.astimezone(calendar.zone):%d %H:%M}" for span in spans for edge in (span.start, span.end)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-09-21", ["21 09:00", "21 12:00", "21 13:00", "21 17:00"]),  # a Monday
        ("2026-09-22", ["22 08:00", "22 10:30"]),  # a Tuesday
        ("2026-09-18", ["18 10:00", "19 00:00"]),  # a Friday until 24:00
        ("2026-09-19", []),  # a Saturday off
        ("2026-09-25", []),  # Mid-Autumn, a Friday with hours: a closed date has none
        ("2026-09-20", ["20 09:00", "20 12:00", "20 13:00", "20 17:00"]),  # a make-up Sunday takes the first weekday's
        ("2026-09-23", []),  # a working Wednesday the table leaves out: the table alone says which weekdays serve (R7)
    ],
)
def test_a_day_is_served_when_the_table_and_the_calendar_say_so(day: str, expected: list[str]) -> None:
    assert service(CHINA, day) == expected


def test_a_single_day_has_hours_of_its_own_and_a_make_up_day_may_have_too() -> None:
    hours = WeeklyHours.parse(WEEK, {"2026-02-16": [("09:00", "11:00")], "2026-09-21": []}, [("10:00", "11:00")])
    calendar = working_calendar("CN", hours=hours)
    assert service(calendar, "2026-02-16") == []  # the Spring Festival stays closed
    assert service(calendar, "2026-09-21") == []  # open by the calendar, without service
    assert service(calendar, "2026-09-20") == ["20 10:00", "20 11:00"]


def test_the_last_closing_ends_the_day() -> None:
    assert CHINA.closing_of(date(2026, 9, 21)) == utc("2026-09-21T09:00")  # 17:00 in Shanghai
    assert CHINA.closing_of(date(2026, 9, 19)) == utc("2026-09-19T16:00")  # no service: 24:00
    assert working_calendar("CN").closing_of(date(2026, 9, 21)) == utc("2026-09-21T16:00")  # no hours at all


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(60, "21 16:00"), (240, "21 13:00"), (241, "21 11:59"), (420, "21 09:00"), (10_000, "21 09:00"), (0, "21 17:00")],
)
def test_so_much_service_before_closing_skips_the_break(minutes: int, expected: str) -> None:
    found = CHINA.before_closing(date(2026, 9, 21), timedelta(minutes=minutes))
    assert f"{found.astimezone(SHANGHAI):%d %H:%M}" == expected


def test_twenty_four_hundred_is_the_first_instant_of_the_next_day() -> None:
    assert instant(date(2026, 9, 23), 24 * 60, SHANGHAI) == utc("2026-09-23T16:00")
    assert CHINA.end_of(date(2026, 9, 23)) == CHINA.start_of(date(2026, 9, 24)) == utc("2026-09-23T16:00")


def test_a_wall_time_that_a_clock_change_skips_is_the_instant_the_gap_ends() -> None:
    assert instant(SPRING, 2 * 60 + 30, BERLIN) == utc("2026-03-29T01:00")
    assert moment(datetime(2026, 3, 29, 2, 30), BERLIN) == utc("2026-03-29T01:00")
    assert instant(SPRING, 2 * 60, BERLIN) == instant(SPRING, 3 * 60, BERLIN) == utc("2026-03-29T01:00")
    # In São Paulo summer time began at midnight: 4 November 2018 began at 01:00, which is 03:00 UTC.
    assert instant(date(2018, 11, 4), 0, SAO_PAULO) == utc("2018-11-04T03:00")


@pytest.mark.parametrize("wall", ["02:00:00", "02:00:01", "02:13:37", "02:29:59", "02:59:58", "02:59:59"])
def test_the_gap_ends_to_the_second_whatever_wall_time_was_skipped(wall: str) -> None:
    found = moment(datetime.fromisoformat(f"2026-03-29T{wall}"), BERLIN)
    assert found == utc("2026-03-29T01:00")
    assert found.tzinfo is UTC


def test_a_wall_time_that_occurs_twice_is_the_first_unless_said() -> None:
    twice = datetime(2026, 10, 25, 2, 30)
    assert moment(twice, BERLIN) == moment(twice, BERLIN, fold=0) == utc("2026-10-25T00:30")
    assert moment(twice, BERLIN, fold=1) == utc("2026-10-25T01:30")


def test_a_moment_is_given_in_utc() -> None:
    assert moment(datetime(2026, 9, 18, 15), SHANGHAI).tzinfo is UTC
    assert moment(datetime(2026, 9, 18, 15), SHANGHAI, fold=1).tzinfo is UTC
    within = datetime(2026, 9, 21, 10, tzinfo=SHANGHAI)  # a Monday within service: no time at all is then
    found = CHINA.add_working_time(within, timedelta(0))
    assert found == within
    assert found.tzinfo is UTC


def test_of_a_wall_time_that_occurs_twice_openings_take_the_first_and_closings_the_second() -> None:
    assert instant(AUTUMN, 2 * 60 + 30, BERLIN, fold=0) == utc("2026-10-25T00:30")
    assert instant(AUTUMN, 2 * 60 + 30, BERLIN, fold=1) == utc("2026-10-25T01:30")
    hours = WeeklyHours.parse({"sun": [("02:15", "02:45")]})
    (span,) = WorkingCalendar(BERLIN, frozenset(), hours).service_on(AUTUMN)
    assert span.duration == timedelta(minutes=90)


def test_a_day_of_a_clock_change_is_as_long_as_it_is() -> None:
    berlin = WorkingCalendar(BERLIN, frozenset())
    assert berlin.service_on(SPRING)[0].duration == timedelta(hours=23)
    assert berlin.service_on(AUTUMN)[0].duration == timedelta(hours=25)


def test_a_span_that_a_clock_change_swallows_whole_is_none() -> None:
    hours = WeeklyHours.parse({"sun": [("02:00", "03:00"), ("09:00", "10:00")]})
    spans = WorkingCalendar(BERLIN, frozenset(), hours).service_on(SPRING)
    assert [span.start for span in spans] == [utc("2026-03-29T07:00")]


def test_a_moment_without_a_time_zone_is_an_error() -> None:
    with pytest.raises(CalendarError) as caught:
        CHINA.date_of(datetime(2026, 9, 18, 15))
    assert caught.value.field == "datetime"


@pytest.mark.parametrize(
    ("week", "days", "field"),
    [
        ({"monday": []}, {}, "hours.monday"),
        ({"mon": "09:00-12:00"}, {}, "hours.mon"),
        ({"mon": [["09:00"]]}, {}, "hours.mon[0]"),
        ({"mon": [["09:00", "12:00"], "13:00"]}, {}, "hours.mon[1]"),
        ({"mon": [["12:00", "09:00"]]}, {}, "hours.mon[0]"),  # reversed
        ({"mon": [["09:00", "09:00"]]}, {}, "hours.mon[0]"),  # empty
        ({"mon": [["09:00", "12:00"], ["11:00", "17:00"]]}, {}, "hours.mon[1]"),  # overlapping
        ({"mon": [["13:00", "17:00"], ["09:00", "12:00"]]}, {}, "hours.mon[1]"),  # out of order
        ({"mon": [["09:00", "24:01"]]}, {}, "hours.mon[0]"),
        ({"mon": [["9 o'clock", "12:00"]]}, {}, "hours.mon[0]"),
        ({"mon": [["09:60", "12:00"]]}, {}, "hours.mon[0]"),
        ({}, {"yesterday": []}, "days.yesterday"),
        ({}, {"2026-02-16": [["11:00", "09:00"]]}, "days.2026-02-16[0]"),
    ],
)
def test_hours_that_cannot_be_are_refused_by_name(
    week: dict[str, list[list[str]]], days: dict[str, list[list[str]]], field: str
) -> None:
    with pytest.raises(HoursError) as caught:
        WeeklyHours.parse(week, days)
    assert caught.value.field == field


def test_the_table_is_in_the_order_of_the_week_however_it_was_written() -> None:
    written: dict[int, DayHours] = {4: ((600, 720),), 0: ((540, 660),)}
    dated: dict[date, DayHours] = {date(2026, 9, 22): ((540, 600),), date(2026, 9, 21): ()}
    hours = WeeklyHours(written, dated)
    assert list(hours.week) == [0, 4]
    assert list(hours.days) == [date(2026, 9, 21), date(2026, 9, 22)]
    assert hours.makeup == ((540, 660),)  # Monday is the first weekday, though Friday was written first (R7)
    written.clear()
    dated.clear()
    assert (len(hours.week), len(hours.days)) == (2, 2)  # what was handed in may change; the hours do not


def test_spans_that_touch_are_no_overlap() -> None:
    hours = WeeklyHours.parse({"mon": [["09:00", "12:00"], ["12:00", "17:00"]]})
    assert hours.week[0] == ((540, 720), (720, 1020))
