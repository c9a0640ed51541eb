"""A calendar written down and read back is the same calendar (R20)."""

import json
from datetime import date, timedelta
from typing import Any

from schedules.announcements import working_calendar
from schedules.calendars import Level, Overlay, Scope, WorkingCalendar, calendar_from_content, zone_named
from schedules.hours import WeeklyHours

HOURS = WeeklyHours.parse({"mon": [["09:00", "12:00"], ["13:00", "24:00"]]}, {"2026-02-16": []}, [["10:00", "11:00"]])
OFFICE = Overlay(
    "office", Level.OFFICE, Scope.OFFICE, {date(2026, 9, 21): "move"}, {date(2026, 9, 26): "fair"}, "note 7"
)


def test_content_read_back_has_the_same_version_days_and_hours() -> None:
    calendar = working_calendar("CN", hours=HOURS, overlays=(OFFICE,))
    stored: dict[str, Any] = json.loads(json.dumps(calendar.content()))
    again = calendar_from_content(stored)
    assert again.version == calendar.version
    assert again.content() == calendar.content()
    days = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(365)]
    assert [again.day(day) for day in days] == [calendar.day(day) for day in days]
    assert [again.service_on(day) for day in days[250:290]] == [calendar.service_on(day) for day in days[250:290]]


def test_a_weekend_of_friday_and_saturday_is_read_back() -> None:
    cairo = WorkingCalendar(zone_named("Africa/Cairo"), frozenset({4, 5}))
    again = calendar_from_content(json.loads(json.dumps(cairo.content())))
    # Thursday 17 to Sunday 20 September 2026
    assert [again.is_working_day(date(2026, 9, day)) for day in (17, 18, 19, 20)] == [True, False, False, True]


def test_each_part_of_a_calendar_changes_its_version() -> None:
    plain = working_calendar("CN")
    others = [
        working_calendar("CN", hours=HOURS),
        working_calendar("CN", overlays=(OFFICE,)),
        working_calendar("CN", zone="Asia/Urumqi"),
        working_calendar("CN", subdiv=None, years=(2001, 2040)),
    ]
    assert len({calendar.version for calendar in (plain, *others)}) == 5
