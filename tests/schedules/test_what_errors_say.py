"""Each error of calendars, hours and limits names its field and says what was wrong and what would be right (R19).

The texts are what a person reads; they were written for that, and are compared whole.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schedules.calendars import (
    CalendarError,
    Level,
    Overlay,
    Scope,
    WorkingCalendar,
    calendar_from_content,
    overlay_from_content,
    zone_named,
)
from schedules.hours import HoursError, WeeklyHours, plain_date
from schedules.limits import FirstDay, Limit, LimitError, Unit, ordinary_end

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE_TO_NOON = {day: [["09:00", "12:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
SHORT = WorkingCalendar(SHANGHAI, hours=WeeklyHours.parse(NINE_TO_NOON), years=(2025, 2026))
NEW_YEARS_EVE = datetime(2026, 12, 31, 9, tzinfo=SHANGHAI)  # a Thursday, the last day that SHORT knows
NAIVE = datetime(2026, 9, 18, 15)
HOUR, FRIDAY = timedelta(hours=1), date(2026, 9, 18)


def layer(name: str, *, closed: int = 0, opened: int = 0) -> Overlay:
    """A notice of a province that closes one day of September 2026, or opens one."""
    off, on = ({date(2026, 9, day): name} if day else {} for day in (closed, opened))
    return Overlay(name, Level.REGION, Scope.LEGAL, off, on)


def hours(spans: Any, day: str = "mon") -> Callable[[], object]:
    return lambda: WeeklyHours.parse({day: spans})


@pytest.mark.parametrize(
    ("ask", "field", "message"),
    [
        (
            lambda: WorkingCalendar(SHANGHAI, frozenset(range(7))),
            "weekend",
            "leaves no working day at all; leave at least one weekday out of it",
        ),
        (
            lambda: Overlay("fair", Level.OFFICE, Scope.OFFICE, {FRIDAY: "off"}, {FRIDAY: "on"}),
            "closed",
            "2026-09-18 is both closed and open in the layer 'fair'; keep one",
        ),
        (
            lambda: WorkingCalendar(
                SHANGHAI, overlays=(layer("flood", closed=18), layer("fair", opened=18), layer("storm", closed=22))
            ),
            "overlays",
            "2026-09-18 is closed and open in one layer ('flood' and 'fair'); a higher layer decides, or one of the "
            "two goes",
        ),
        (
            lambda: WorkingCalendar(
                SHANGHAI, overlays=(layer("fair", opened=18), layer("storm", closed=22), layer("flood", closed=18))
            ),
            "overlays",
            "2026-09-18 is closed and open in one layer ('fair' and 'flood'); a higher layer decides, or one of the "
            "two goes",
        ),
        (
            lambda: SHORT.date_of(NAIVE),
            "datetime",
            "has no time zone; write 2026-09-18T15:00:00+08:00",
        ),
        (
            lambda: SHORT.add_working_time(NAIVE, HOUR),
            "datetime",
            "has no time zone; write 2026-09-18T15:00:00+08:00",
        ),
        (
            lambda: SHORT.is_working_day(date(2027, 1, 1)),
            "calendar",
            "2027-01-01 lies outside the years this calendar covers, 2025 to 2026",
        ),
        (
            lambda: SHORT.nth_working_day(date(2026, 12, 31), 1),
            "calendar",
            "1 working day after 2026-12-31 lies outside the years this calendar covers, 2025 to 2026",
        ),
        (
            lambda: SHORT.nth_working_day(date(2025, 1, 1), -1),
            "calendar",
            "1 working day before 2025-01-01 lies outside the years this calendar covers, 2025 to 2026",
        ),
        (
            lambda: WorkingCalendar(SHANGHAI, years=(2025, 2028)).nth_working_day(date(2028, 12, 30), 0),
            "calendar",
            "the first working day from 2028-12-30 on lies outside the years this calendar covers, 2025 to 2028",
        ),
        (
            lambda: SHORT.add_working_time(NEW_YEARS_EVE, 4 * HOUR),
            "calendar",
            "so much service after 2026-12-31T09:00:00+08:00 lies outside the years this calendar covers, 2025 to 2026",
        ),
        (
            lambda: SHORT.add_working_time(NEW_YEARS_EVE + 4 * HOUR, timedelta(0)),  # no opening follows
            "calendar",
            "so much service after 2026-12-31T13:00:00+08:00 lies outside the years this calendar covers, 2025 to 2026",
        ),
        (
            lambda: SHORT.add_working_time(datetime(2025, 1, 1, 10, tzinfo=SHANGHAI), -2 * HOUR),
            "calendar",
            "so much service before 2025-01-01T10:00:00+08:00 lies outside the years this calendar covers, "
            "2025 to 2026",
        ),
        (  # 16:00 UTC, still 2026 there: the calendar's own wall time says why
            lambda: SHORT.add_working_time(datetime(2026, 12, 31, 16, tzinfo=UTC), HOUR),
            "calendar",
            "2027-01-01T00:00:00+08:00 lies outside the years this calendar covers, 2025 to 2026",
        ),
        (
            lambda: zone_named("Asia/Peking"),
            "zone",
            "'Asia/Peking' is no IANA time zone; write for example Asia/Shanghai",
        ),
    ],
)
def test_a_calendar_that_cannot_be_or_cannot_tell(ask: Callable[[], object], field: str, message: str) -> None:
    with pytest.raises(CalendarError) as caught:
        ask()
    assert (caught.value.field, str(caught.value)) == (field, f"{field}: {message}")


LIST = 'must be a list of spans such as [["09:00", "12:00"], ["13:00", "17:00"]]'
PAIR = 'must be an opening and a closing time such as ["09:00", "12:00"]'
NIGHT = "service through the night is written as two spans, to 24:00 and from 00:00 of the next day"


@pytest.mark.parametrize(
    ("ask", "field", "message"),
    [
        (hours([], "monday"), "hours.monday", "is no weekday; use mon, tue, wed, thu, fri, sat, sun"),
        (hours([]), "hours", "no weekday serves; give one its hours, or leave them out for whole days"),
        (hours("09:00-12:00"), "hours.mon", LIST),
        (hours(9), "hours.mon", LIST),
        (hours(["09:00"]), "hours.mon[0]", PAIR),
        (hours([["09:00", "12:00"], 13]), "hours.mon[1]", PAIR),
        (hours([["09:00", "12:00", "13:00"]]), "hours.mon[0]", PAIR),
        (hours([["22:00", "06:00"]]), "hours.mon[0]", f"closes at 06:00, not after it opens at 22:00; {NIGHT}"),
        (
            hours([["22:00", "00:00"]]),
            "hours.mon[0]",
            "closes at 00:00, not after it opens at 22:00; the end of the day is written 24:00",
        ),
        (
            hours([["09:00", "12:00"], ["11:30", "17:00"]]),
            "hours.mon[1]",
            "opens at 11:30, before the span ahead of it closes; spans must be in order and apart",
        ),
        (hours([["noon", "17:00"]]), "hours.mon[0]", "'noon' is no time of day; write 09:00, at the latest 24:00"),
        (hours([["x:30", "17:00"]]), "hours.mon[0]", "'x:30' is no time of day; write 09:00, at the latest 24:00"),
        (hours([["09:x", "17:00"]]), "hours.mon[0]", "'09:x' is no time of day; write 09:00, at the latest 24:00"),
        (hours([["９:00", "17:00"]]), "hours.mon[0]", "'９:00' is no time of day; write 09:00, at the latest 24:00"),
        (hours([["9:３0", "17:00"]]), "hours.mon[0]", "'9:３0' is no time of day; write 09:00, at the latest 24:00"),
        (hours([["09:00", "24:01"]]), "hours.mon[0]", "'24:01' is no time of day; write 09:00, at the latest 24:00"),
        (hours([["09:00", 17]]), "hours.mon[0]", "17 is no time of day; write 09:00, at the latest 24:00"),
        (lambda: WeeklyHours.parse({}, {"soon": []}), "days.soon", "is no date; write 2026-09-18"),
        (lambda: WeeklyHours.parse({}, {"2026-02-29": []}), "days.2026-02-29", "is no date; write 2026-09-18"),
        (lambda: WeeklyHours.parse({}, {"20260918": []}), "days.20260918", "is no date; write 2026-09-18"),
        (lambda: WeeklyHours.parse({}, {"2026-09-18": "early"}), "days.2026-09-18", LIST),
        (lambda: WeeklyHours.parse({}, {}, [["10:00"]]), "makeup[0]", PAIR),
    ],
)
def test_hours_that_cannot_be(ask: Callable[[], object], field: str, message: str) -> None:
    with pytest.raises(HoursError) as caught:
        ask()
    assert (caught.value.field, str(caught.value)) == (field, f"{field}: {message}")


@pytest.mark.parametrize("text", ["20260918", "2026-9-18", "2026-02-30x", "２026-09-18"])
def test_a_date_in_another_form_is_told_as_it_was_written(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        plain_date(text)


@pytest.mark.parametrize(
    ("ask", "field", "message"),
    [
        (lambda: Limit(1.5, Unit.WEEKS), "limit.amount", "must be a whole number, not 1.5"),  # type: ignore[arg-type]
        (lambda: Limit(True, Unit.WEEKS), "limit.amount", "must be a whole number, not True"),
        (lambda: Limit(-1, Unit.MONTHS), "limit.amount", "-1 months is not between 0 and 1200"),
        (lambda: Limit(10_001, Unit.WORKING_DAYS), "limit.amount", "10001 working_days is not between 0 and 10000"),
        (
            lambda: Limit(2, Unit.MONTHS) + Limit(10, Unit.WORKING_DAYS),
            "extension.unit",
            "must be the limit's own unit, months, not working_days",
        ),
        (
            lambda: ordinary_end(SHORT, Limit(3, Unit.WORKING_HOURS), FRIDAY, FirstDay.NEXT),
            "limit.unit",
            "working_hours are not counted in calendar days",
        ),
    ],
)
def test_a_limit_that_cannot_be(ask: Callable[[], object], field: str, message: str) -> None:
    with pytest.raises(LimitError) as caught:
        ask()
    assert (caught.value.field, str(caught.value)) == (field, f"{field}: {message}")


def test_a_record_that_is_no_calendar_says_what_was_found_in_its_place() -> None:
    with pytest.raises(TypeError, match=r"^an object was expected, not \['mon'\]$"):
        calendar_from_content({**SHORT.content(), "hours": ["mon"]})
    with pytest.raises(TypeError, match=r"^a list was expected, not 'sat'$"):
        calendar_from_content({**SHORT.content(), "weekend": "sat"})
    with pytest.raises(TypeError, match=r"^an object was expected, not None$"):
        overlay_from_content({**layer("flood", closed=18).content(), "closed": None})
