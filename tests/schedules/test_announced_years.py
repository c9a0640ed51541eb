"""How far a calendar is announced, and what it holds for certain past that day (R15)."""

from datetime import date, timedelta

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import CalendarError, WorkingCalendar, zone_named

CHINA = working_calendar("CN")


def test_china_is_announced_through_the_last_year_with_a_notice() -> None:
    assert CHINA.announced_through == date(2026, 12, 31)  # the notice of 2025-11-04 is the last there is
    assert not CHINA.is_provisional(date(2026, 12, 31))
    assert CHINA.is_provisional(date(2027, 1, 1))


def test_past_the_last_notice_the_days_that_are_certain_by_law_are_off() -> None:
    # 全国年节及纪念日放假办法 (2024) art. 2: 1 January; New Year's Eve and the first three days of the lunar year
    # (6 February 2027 is the first); Qingming (5 April); 1-2 May; Dragon Boat (9 June); Mid-Autumn (15 September);
    # 1-3 October.
    certain = [
        *((1, 1), (2, 5), (2, 6), (2, 7), (2, 8), (4, 5), (5, 1), (5, 2), (6, 9), (9, 15)),
        *((10, 1), (10, 2), (10, 3)),
    ]
    off = {date(2027, month, day) for month, day in certain}
    day = date(2027, 1, 1)
    while day.year == 2027:
        assert CHINA.is_working_day(day) is (day.weekday() < 5 and day not in off), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    "day", [date(2027, 2, 9), date(2027, 2, 10), date(2027, 5, 3), date(2027, 10, 4), date(2027, 10, 5)]
)
def test_past_the_last_notice_no_day_off_is_guessed(day: date) -> None:
    assert CHINA.is_working_day(day)  # `holidays` says (observed): nobody has announced it


def test_where_holidays_follow_from_law_every_computed_year_is_announced() -> None:
    england = working_calendar("GB", subdiv="ENG", zone="Europe/London")
    assert england.announced_through == date(2040, 12, 31)


def test_where_a_holiday_is_estimated_the_years_before_it_are_announced() -> None:
    # Islamic holidays are known by sighting: `holidays` marks those it computes as estimated.
    turkey = working_calendar("TR", zone="Europe/Istanbul", years=(2020, 2040))
    assert turkey.announced_through < date(2040, 12, 31)


def test_nothing_is_announced_past_the_end_of_the_data() -> None:
    england = working_calendar("GB", subdiv="ENG", zone="Europe/London", years=(2000, 2200))
    assert england.announced_through == date(2100, 12, 31)  # holidays.HolidayBase.end_year
    assert england.is_provisional(date(2101, 1, 1))


def test_an_inline_calendar_is_announced_for_ever() -> None:
    assert not WorkingCalendar(zone_named("Etc/UTC")).is_provisional(date(2199, 12, 31))


def test_calendars_of_the_same_days_have_the_same_version_and_others_another() -> None:
    assert CHINA.version == working_calendar("CN").version
    assert CHINA.version.startswith("cn-")
    assert CHINA.version != working_calendar("CN", years=(2000, 2030)).version


def test_names_do_not_follow_the_machines_locale_nor_does_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "nl")
    dutch = working_calendar("NL", zone="Europe/Amsterdam", years=(2003, 2033))  # years no other test asks for
    assert dutch.day(date(2026, 1, 1)).name == "New Year's Day"


def test_of_several_subdivisions_a_day_off_in_any_is_off() -> None:
    # gov.uk/bank-holidays: 2 January 2026 is Scotland's, 17 March Northern Ireland's, 6 April not Scotland's.
    parts = ("ENG", "SCT", "NIR")
    kingdom = working_calendar("GB", subdiv=parts, zone="Europe/London")
    assert not any(kingdom.is_working_day(date(2026, *day)) for day in ((1, 2), (3, 17), (4, 6)))
    assert kingdom.country == "GB-ENG+SCT+NIR" and kingdom.version.startswith("gb-eng+sct+nir-")
    one = working_calendar("GB", subdiv=("ENG",), zone="Europe/London")
    assert one.version == working_calendar("GB", subdiv="ENG", zone="Europe/London").version


def test_an_unknown_one_of_several_subdivisions_is_named() -> None:
    with pytest.raises(CalendarError, match="'Essex' is unknown in GB") as caught:
        working_calendar("GB", subdiv=("ENG", "Essex"), zone="Europe/London")
    assert caught.value.field == "subdiv"
