"""A year at a glance, against the State Council's notice for 2026 (2025-11-04) and the months counted by hand."""

from datetime import date

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import CalendarError
from schedules.years import year_of

CHINA = working_calendar("CN")


def test_2026_has_the_spells_and_make_up_days_of_its_notice() -> None:
    # 元旦 1月1日至3日, 春节 2月15日至23日, 清明 4月4日至6日, 劳动节 5月1日至5日, 端午 6月19日至21日,
    # 中秋 9月25日至27日, 国庆 10月1日至7日; 上班: 1月4日, 2月14日, 2月28日, 5月9日, 9月20日, 10月10日.
    year = year_of(CHINA, 2026)
    spells = [(f"{spell.first:%m-%d}", f"{spell.last:%m-%d}", spell.days, spell.names[-1]) for spell in year.spells]
    assert spells == [
        ("01-01", "01-03", 3, "元旦"), ("02-15", "02-23", 9, "春节"), ("04-04", "04-06", 3, "清明节"),
        ("05-01", "05-05", 5, "劳动节"), ("06-19", "06-21", 3, "端午节"), ("09-25", "09-27", 3, "中秋节"),
        ("10-01", "10-07", 7, "国庆节"),
    ]  # fmt: skip
    assert [f"{day.date:%m-%d}" for day in year.makeup] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert year.provisional_from is None
    assert len(year.sources) == 1


def test_working_days_are_counted_by_month() -> None:
    # By hand on the printed calendar: October 2026 has 22 weekdays, 5 of them off, and Saturday the 10th: 18.
    year = year_of(CHINA, 2026)
    assert year.working_days(10) == 18
    assert year.working_days(2) == 16  # 20 weekdays, 16 to 20 and 23 off, Saturdays 14 and 28 worked
    assert year.working_days() == sum(year.working_days(month) for month in range(1, 13)) == 248
    assert len(year.month(2)) == 28


def test_a_year_that_nobody_has_announced_is_provisional_from_its_first_day() -> None:
    assert year_of(CHINA, 2027).provisional_from == date(2027, 1, 1)


def test_a_year_the_calendar_does_not_cover_is_refused() -> None:
    with pytest.raises(CalendarError, match="year: 2041 is not covered; write one from 2000 to 2040"):
        year_of(CHINA, 2041)


def test_a_holiday_beside_a_weekend_is_one_spell_and_a_plain_weekend_none() -> None:
    england = year_of(working_calendar("GB", subdiv="ENG", zone="Europe/London"), 2026)
    easter = next(spell for spell in england.spells if "Good Friday" in spell.names)
    assert (easter.first, easter.last) == (date(2026, 4, 3), date(2026, 4, 6))
    assert all(spell.names for spell in england.spells)
