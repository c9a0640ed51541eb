"""When messages may go out, and which daily and monthly runs are owed (M2)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from schedules.announcements import working_calendar
from schedules.recurrence import Window, month_owed, working_day_owed

CHINA = working_calendar("CN")
HALF_PAST_EIGHT = 8 * 60 + 30


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


@pytest.mark.parametrize(
    ("raised", "sent"),
    [
        ("2026-09-22 09:00", "2026-09-22 09:00"),  # inside
        ("2026-09-22 08:30", "2026-09-22 08:30"),  # at the opening
        ("2026-09-22 08:29", "2026-09-22 08:30"),
        ("2026-09-22 17:59:59", "2026-09-22 17:59:59"),
        ("2026-09-22 18:00", "2026-09-23 08:30"),  # at the closing: the window is half-open
        ("2026-09-24 00:00", "2026-09-24 08:30"),  # overdue at 24:00 of 09-23 (TIME RULES, M1)
        ("2026-09-24 20:00", "2026-09-28 08:30"),  # 25-27 September off
        ("2026-09-19 10:00", "2026-09-20 08:30"),  # Sun 20 September works
        ("2026-09-20 10:00", "2026-09-20 10:00"),
        ("2026-09-30 18:30", "2026-10-08 08:30"),  # 1-7 October off
    ],
)
def test_what_is_raised_outside_the_window_waits_for_its_opening(raised: str, sent: str) -> None:
    assert Window().next_open(CHINA, at(raised)) == at(sent)


def test_an_office_may_have_another_window() -> None:
    night = Window(opens=0, closes=24 * 60)
    assert night.next_open(CHINA, at("2026-09-23 23:59")) == at("2026-09-23 23:59")
    assert night.next_open(CHINA, at("2026-09-25 10:00")) == at("2026-09-28 00:00")


@pytest.mark.parametrize(
    ("now", "owed"),
    [
        ("2026-09-23 08:29:59", None),
        ("2026-09-23 08:30", date(2026, 9, 23)),
        ("2026-09-23 23:59", date(2026, 9, 23)),  # started late: it is still owed
        ("2026-09-25 12:00", None),  # a holiday
        ("2026-09-20 09:00", date(2026, 9, 20)),  # a make-up Sunday
    ],
)
def test_the_daily_run_is_owed_from_its_hour_of_a_working_day_on(now: str, owed: date | None) -> None:
    assert working_day_owed(CHINA, at(now), HALF_PAST_EIGHT) == owed


@pytest.mark.parametrize(
    ("now", "owed"),
    [
        ("2026-10-01 12:00", None),  # 1-7 October off
        ("2026-10-08 08:59", None),
        ("2026-10-08 09:00", date(2026, 9, 1)),
        ("2026-10-31 12:00", date(2026, 9, 1)),
        ("2026-01-04 09:00", date(2025, 12, 1)),  # Sun 4 January works
    ],
)
def test_a_months_summary_is_owed_from_the_first_working_day_of_the_next_on(now: str, owed: date | None) -> None:
    assert month_owed(CHINA, at(now), 9 * 60) == owed
