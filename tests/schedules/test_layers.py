"""Layers of a calendar: weekend < announced < province or city < office, each with a scope (R3, R19)."""

from datetime import date
from itertools import permutations

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import CalendarError, Kind, Level, Overlay, Scope, WorkingCalendar, zone_named

CHINA = working_calendar("CN")
SATURDAY, SUNDAY_THAT_WORKS, FRIDAY = date(2026, 9, 19), date(2026, 9, 20), date(2026, 9, 18)


def overlay(
    level: Level, scope: Scope = Scope.LEGAL, *, closed: date | None = None, opened: date | None = None
) -> Overlay:
    days = ({closed: "off"} if closed else {}, {opened: "on"} if opened else {})
    return Overlay(f"{level.name} {closed or opened}", level, scope, *days, "a notice")


def china(*overlays: Overlay) -> WorkingCalendar:
    return working_calendar("CN", overlays=overlays)


def test_a_make_up_sunday_counts_like_any_working_day() -> None:
    assert CHINA.is_working_day(SUNDAY_THAT_WORKS)
    assert CHINA.nth_working_day(FRIDAY, 1) == SUNDAY_THAT_WORKS  # the notice: Sun 20 September works
    assert CHINA.working_days_between(FRIDAY, SUNDAY_THAT_WORKS) == 1


def test_a_province_closes_a_make_up_day_and_an_office_opens_it_again() -> None:
    region = overlay(Level.REGION, closed=SUNDAY_THAT_WORKS)
    office = overlay(Level.OFFICE, Scope.OFFICE, opened=SUNDAY_THAT_WORKS)
    assert not china(region).is_working_day(SUNDAY_THAT_WORKS)
    assert china(region, office).is_working_day(SUNDAY_THAT_WORKS)
    assert china(region, office).day(SUNDAY_THAT_WORKS).kind is Kind.OFFICE_OPEN
    assert china(region).day(SUNDAY_THAT_WORKS) == (SUNDAY_THAT_WORKS, False, Kind.HOLIDAY, "off", "a notice")


def test_the_order_in_which_layers_are_given_does_not_matter() -> None:
    layers = (
        overlay(Level.REGION, closed=SUNDAY_THAT_WORKS),
        overlay(Level.OFFICE, opened=SUNDAY_THAT_WORKS),
        overlay(Level.ANNOUNCED, opened=SATURDAY),
    )
    results = {
        tuple(china(*order).is_working_day(day) for day in (SATURDAY, SUNDAY_THAT_WORKS))
        for order in permutations(layers)
    }
    assert results == {(True, True)}


def test_the_statute_never_sees_an_office_that_is_closed() -> None:
    office = china(overlay(Level.OFFICE, Scope.OFFICE, closed=FRIDAY))
    assert not office.is_working_day(FRIDAY)
    assert office.legal.is_working_day(FRIDAY)  # 行政许可法 art. 82 leaves out statutory holidays only
    assert office.day(FRIDAY).kind is Kind.OFFICE_CLOSED


def test_a_notice_of_a_city_is_seen_by_the_statute() -> None:
    city = china(overlay(Level.REGION, closed=FRIDAY))
    assert not city.legal.is_working_day(FRIDAY)


def test_the_legal_calendar_of_an_office_without_closures_is_the_same() -> None:
    assert CHINA.legal is CHINA


def test_a_date_both_closed_and_open_in_one_overlay_is_refused() -> None:
    with pytest.raises(CalendarError, match="2026-09-18 is both closed and open") as caught:
        Overlay("one", Level.OFFICE, Scope.OFFICE, {FRIDAY: "off"}, {FRIDAY: "on"})
    assert caught.value.field == "closed"


def test_two_overlays_of_one_layer_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(CalendarError, match="2026-09-18 is closed and open in one layer") as caught:
        china(overlay(Level.REGION, closed=FRIDAY), overlay(Level.REGION, opened=FRIDAY))
    assert caught.value.field == "overlays"


def test_a_calendar_without_any_working_day_is_refused() -> None:
    with pytest.raises(CalendarError) as caught:
        WorkingCalendar(zone_named("Etc/UTC"), frozenset(range(7)))
    assert caught.value.field == "weekend"


def test_a_day_outside_the_years_of_a_calendar_is_an_error_not_a_guess() -> None:
    for ask in (CHINA.is_working_day, CHINA.day, lambda day: CHINA.nth_working_day(day, 1)):
        with pytest.raises(CalendarError, match="outside the years this calendar covers, 2000 to 2040"):
            ask(date(2041, 1, 1))
    with pytest.raises(CalendarError, match="1 working day after 2040-12-31 lies outside"):
        CHINA.nth_working_day(date(2040, 12, 31), 1)
    with pytest.raises(CalendarError, match="10 working days before 2000-01-03 lie outside"):
        CHINA.nth_working_day(date(2000, 1, 3), -10)


@pytest.mark.parametrize(
    ("country", "options", "field"),
    [
        ("XX", {}, "country"),
        ("China", {}, "country"),
        ("GB", {}, "zone"),
        ("GB", {"zone": "Europe/Londinium"}, "zone"),
        ("GB", {"zone": "Europe/London", "subdiv": "Essex"}, "subdiv"),
    ],
)
def test_an_unknown_country_subdivision_or_zone_is_named(country: str, options: dict[str, str], field: str) -> None:
    with pytest.raises(CalendarError) as caught:
        working_calendar(country, **options)  # type: ignore[arg-type]
    assert caught.value.field == field
