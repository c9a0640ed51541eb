"""R19: a calendar that contradicts itself within one layer (a date both closed and open, overlapping or reversed hours)
is refused, and the error names the field; a higher layer that decides otherwise is no contradiction."""

from datetime import date
from typing import Any

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import CalendarError, Level, Overlay, Scope
from schedules.hours import HoursError, WeeklyHours
from tests.rules.asking import CHINA, ENGLAND, ask, due_on

DAY = date(2026, 9, 21)


def error(calendar: dict[str, Any]) -> tuple[str, str]:
    """The field and the message of a request with that calendar."""
    found = ask("2026-09-18", 4, calendar=calendar)["error"]
    assert found["code"] == "invalid"
    return found["field"], found["message"]


@pytest.mark.parametrize("base", [{}, CHINA, ENGLAND, {"zone": "Asia/Dubai", "weekend": ["fri", "sat"]}])
@pytest.mark.parametrize("more", [[], ["2026-09-22", "2026-12-31"]])
def test_a_date_both_closed_and_open_is_refused(base: dict[str, Any], more: list[str]) -> None:
    field, message = error({**base, "closed": ["2026-09-21", *more], "open": ["2026-09-21"]})
    assert field == "calendar.closed"
    assert "2026-09-21 is both closed and open" in message


@pytest.mark.parametrize("day", ["2026-09-19", "2026-09-20", "2026-09-25", "2024-02-29"])
def test_whatever_day_it_is(day: str) -> None:
    assert error({**CHINA, "closed": [day], "open": [day]})[0] == "calendar.closed"


@pytest.mark.parametrize(
    ("spans", "index"),
    [
        ([["12:00", "09:00"]], 0),  # reversed
        ([["09:00", "09:00"]], 0),  # of no length
        ([["22:00", "06:00"]], 0),  # the night is written as two spans
        ([["24:00", "24:00"]], 0),
        ([["09:00", "12:00"], ["11:59", "17:00"]], 1),  # overlapping by a minute
        ([["09:00", "17:00"], ["10:00", "11:00"]], 1),  # one within the other
        ([["09:00", "12:00"], ["09:00", "12:00"]], 1),  # the same twice
        ([["13:00", "17:00"], ["09:00", "12:00"]], 1),  # not in order
        ([["09:00", "10:00"], ["10:00", "11:00"], ["10:30", "12:00"]], 2),
    ],
)
def test_reversed_and_overlapping_hours_are_refused_wherever_they_stand(spans: list[list[str]], index: int) -> None:
    fine = {"mon": [["09:00", "17:00"]]}
    assert error({"hours": {**fine, "tue": spans}})[0] == f"calendar.hours.tue[{index}]"
    assert error({"days": {"2026-09-21": spans}})[0] == f"calendar.days.2026-09-21[{index}]"
    assert error({"hours": fine, "makeup": spans})[0] == f"calendar.makeup[{index}]"
    assert error({**CHINA, "hours": {**fine, "sun": spans}})[0] == f"calendar.hours.sun[{index}]"


@pytest.mark.parametrize(
    "spans", [[["09:00", "12:00"], ["12:00", "17:00"]], [["00:00", "24:00"]], [["23:59", "24:00"]], []]
)
def test_spans_that_touch_or_fill_the_day_are_no_contradiction(spans: list[list[str]]) -> None:
    assert due_on("2026-09-18", 1, calendar={"hours": {"mon": [["09:00", "17:00"]], "tue": spans}}) == "2026-09-21"


def test_the_night_through_midnight_overlaps_nothing() -> None:
    through = {"mon": [["22:00", "24:00"]], "tue": [["00:00", "06:00"]]}
    assert "error" not in ask("2026-09-18", 1, calendar={"hours": through})


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("scopes", [(Scope.LEGAL, Scope.LEGAL), (Scope.LEGAL, Scope.OFFICE)])
def test_two_notices_of_one_layer_that_say_the_opposite_are_refused(level: Level, scopes: tuple[Scope, Scope]) -> None:
    closes = Overlay("notice 7", level, scopes[0], {DAY: "off"})
    opens = Overlay("notice 8", level, scopes[1], {}, {DAY: "on"})
    for order in ([closes, opens], [opens, closes]):
        with pytest.raises(CalendarError, match="2026-09-21 is closed and open in one layer") as caught:
            working_calendar("NL", zone="Europe/Amsterdam", overlays=order)
        assert caught.value.field == "overlays"
        assert "notice 7" in str(caught.value)
        assert "notice 8" in str(caught.value)


def test_a_notice_that_contradicts_the_announcement_itself_is_refused() -> None:
    # Sun 20 September 2026 works by the notice of 2025-11-04
    closes = Overlay("notice 9", Level.ANNOUNCED, Scope.LEGAL, {date(2026, 9, 20): "off"})
    with pytest.raises(CalendarError, match="2026-09-20"):
        working_calendar("CN", overlays=[closes])


@pytest.mark.parametrize(("lower", "higher"), [(1, 2), (1, 3), (2, 3)])
def test_a_higher_layer_that_decides_otherwise_is_no_contradiction(lower: int, higher: int) -> None:
    closes = Overlay("low", Level(lower), Scope.LEGAL, {DAY: "off"})
    opens = Overlay("high", Level(higher), Scope.LEGAL, {}, {DAY: "on"})
    assert working_calendar("NL", zone="Europe/Amsterdam", overlays=[opens, closes]).is_working_day(DAY)


def test_two_notices_that_say_the_same_are_no_contradiction() -> None:
    twice = [Overlay(name, Level.REGION, Scope.LEGAL, {DAY: "off"}) for name in ("one", "two")]
    assert not working_calendar("NL", zone="Europe/Amsterdam", overlays=twice).is_working_day(DAY)


@pytest.mark.parametrize("days", [{}, {"2026-09-21": [["09:00", "11:00"]]}])
def test_a_closed_date_with_hours_of_its_own_is_closed(days: dict[str, Any]) -> None:
    calendar = {"hours": {"mon": [["09:00", "17:00"]]}, "closed": ["2026-09-21"], "days": days}
    assert ask("2026-09-20", 1, "working_hours", calendar=calendar)["due_on"] == "2026-09-28"


def test_a_table_without_any_service_is_refused() -> None:
    assert error({"hours": {"mon": [], "tue": []}})[0] == "calendar.hours"


def test_a_calendar_without_any_working_day_is_refused_unless_it_opens_one() -> None:
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert error({"weekend": week})[0] == "calendar.weekend"
    assert due_on("2026-09-18", 1, calendar={"weekend": week, "open": ["2026-09-30"]}) == "2026-09-30"


@pytest.mark.parametrize(
    ("week", "field"),
    [
        ({"mon": [["09:00", "08:00"]]}, "hours.mon[0]"),
        ({"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}, "hours.mon[1]"),
        ({"mon": []}, "hours"),
    ],
)
def test_hours_are_refused_by_whoever_reads_them(week: dict[str, Any], field: str) -> None:
    with pytest.raises(HoursError) as caught:
        WeeklyHours.parse(week)
    assert caught.value.field == field
