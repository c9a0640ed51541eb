"""Every announced day of China against the notice itself and against two sets of other people's data (R3)."""

import csv
import tomllib
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from schedules.announcements import working_calendar
from schedules.calendars import Kind
from tests.shared import shared

CHINA = working_calendar("CN")
NOTICE = tomllib.loads((Path(__file__).parents[1] / "answers" / "notice_2026.toml").read_text("utf-8"))


@pytest.mark.parametrize("year", range(2006, 2027))
def test_every_day_of_a_year_agrees_with_chinesecalendar(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=offset) for offset in range(366)]
    wrong = [
        day for day in days if day.year == year and CHINA.is_working_day(day) is not chinese_calendar.is_workday(day)
    ]
    assert wrong == []


def test_every_day_of_2026_is_as_the_notice_says() -> None:
    off, works = (set(map(date.fromisoformat, NOTICE[name])) for name in ("off", "works"))
    day = date(2026, 1, 1)
    while day.year == 2026:
        expected = day in works or (day not in off and day.weekday() < 5)
        assert CHINA.is_working_day(day) is expected, day
        day += timedelta(days=1)


def test_every_day_from_2007_to_2026_agrees_with_five_encodings_of_the_notices() -> None:
    with shared("calendars", "cn_workdays_2007_2026.csv").open(encoding="utf-8") as file:
        rows = [(date.fromisoformat(row["date"]), row["is_workday"] == "1") for row in csv.DictReader(file)]
    assert len(rows) == 7305  # 20 years with five leap days
    assert [day for day, works in rows if CHINA.is_working_day(day) is not works] == []


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        ("2026-09-25", Kind.HOLIDAY, "中秋节"),  # the notice: 六、中秋节
        ("2026-09-26", Kind.WEEKEND, ""),  # a Saturday within it needs no name of its own
        ("2026-09-20", Kind.MAKEUP, "补班"),  # the notice: 9月20日（周日）上班
        ("2026-09-19", Kind.WEEKEND, ""),
        ("2026-09-18", Kind.WORKDAY, ""),
        ("2026-01-01", Kind.HOLIDAY, "元旦"),
    ],
)
def test_a_day_says_what_it_is_and_why(day: str, kind: Kind, name: str) -> None:
    what = CHINA.day(date.fromisoformat(day))
    assert (what.kind, what.name) == (kind, name)
    assert bool(what.source) is (kind in (Kind.HOLIDAY, Kind.MAKEUP))


@pytest.mark.parametrize(
    ("notice", "off", "works"),
    [  # gov.cn: 国发明电〔2015〕1号, 国办发明电〔2019〕3号 and 〔2020〕1号; two that touch the December before
        ("2015-05-13", ["2015-09-03", "2015-09-04"], ["2015-09-06"]),
        ("2019-03-22", ["2019-05-02", "2019-05-03"], ["2019-04-28", "2019-05-05"]),
        ("2020-01-27", ["2020-01-31", "2020-02-01"], ["2020-02-03"]),
        ("of 2019", ["2018-12-30", "2018-12-31"], ["2018-12-29"]),
        ("of 2023", ["2022-12-31"], ["2022-12-30"]),
    ],
)
def test_amended_days_are_known_as_amended(notice: str, off: list[str], works: list[str]) -> None:
    assert [CHINA.is_working_day(date.fromisoformat(day)) for day in off] == [False] * len(off)
    assert [CHINA.is_working_day(date.fromisoformat(day)) for day in works] == [True] * len(works)


def test_a_holiday_has_an_english_name_too() -> None:
    assert CHINA.english("中秋节") == "Mid-Autumn Festival"
    assert CHINA.english("补班") == "make-up working day"
    assert CHINA.english("a name nobody translated") == "a name nobody translated"
