"""The table of working days against a walk that counts them one by one (R5)."""

from datetime import date, timedelta
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.announcements import working_calendar
from schedules.calendars import Level, Overlay, Scope, WorkingCalendar, zone_named
from tests.walk import Calendar

CHINA = working_calendar("CN")
CHINA_WALKED = Calendar(
    CHINA.zone,
    (5, 6),
    set(chain(*(layer.closed for layer in CHINA.overlays))).__contains__,
    set(chain(*(layer.open for layer in CHINA.overlays))).__contains__,
)
IN_CHINA = st.dates(date(2002, 1, 1), date(2038, 12, 31))
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkingCalendar, Calendar]:
    weekend = draw(st.frozensets(st.integers(0, 6), max_size=4))
    closed = draw(st.sets(DAYS, max_size=40))
    opened = draw(st.sets(DAYS, max_size=40)) - closed
    overlay = Overlay("made up", Level.REGION, Scope.LEGAL, dict.fromkeys(closed, ""), dict.fromkeys(opened, ""))
    zone = zone_named("Etc/UTC")
    walked = Calendar(zone, weekend, closed.__contains__, opened.__contains__)
    return WorkingCalendar(zone, weekend, overlays=(overlay,)), walked


@given(IN_CHINA, st.integers(-60, 60))
@settings(max_examples=400, deadline=None)
def test_the_nth_working_day_in_china_is_where_a_walk_ends(day: date, n: int) -> None:
    assert CHINA.nth_working_day(day, n) == CHINA_WALKED.nth_working_day(day, n)


@given(IN_CHINA, st.integers(-400, 400))
@settings(max_examples=300, deadline=None)
def test_the_working_days_between_two_days_in_china_are_those_a_walk_counts(day: date, distance: int) -> None:
    other = min(max(day + timedelta(days=distance), date(2001, 1, 1)), date(2039, 12, 31))
    assert CHINA.working_days_between(day, other) == CHINA_WALKED.working_days_between(day, other)


@given(calendars(), DAYS, st.integers(-90, 90))
@settings(max_examples=300, deadline=None)
def test_any_calendar_counts_as_a_walk_does(made: tuple[WorkingCalendar, Calendar], day: date, n: int) -> None:
    calendar, walked = made
    found = calendar.nth_working_day(day, n)
    assert found == walked.nth_working_day(day, n)
    assert calendar.is_working_day(found)
    assert calendar.working_days_between(day, found) == walked.working_days_between(day, found)


@given(IN_CHINA, st.integers(1, 200))
@settings(max_examples=200, deadline=None)
def test_n_days_after_a_day_lie_n_working_days(day: date, n: int) -> None:
    assert CHINA.working_days_between(day, CHINA.nth_working_day(day, n)) == n


@given(IN_CHINA, IN_CHINA, IN_CHINA)
@settings(max_examples=200, deadline=None)
def test_working_days_between_add_up(a: date, b: date, c: date) -> None:
    between = CHINA.working_days_between
    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)


def test_n_zero_is_the_day_itself_if_it_works_and_else_the_next() -> None:
    assert CHINA.nth_working_day(date(2026, 9, 18), 0) == date(2026, 9, 18)
    assert CHINA.nth_working_day(date(2026, 9, 19), 0) == date(2026, 9, 20)  # the notice: Sun 20 September works
    assert CHINA.nth_working_day(date(2026, 10, 1), 0) == date(2026, 10, 8)  # the notice: 1-7 October off


def test_a_far_day_is_found_without_asking_for_it_twice() -> None:
    fresh = WorkingCalendar(zone_named("Etc/UTC"))
    # 52 weeks of 5 days each are 260 working days: 40 * 260 working days after a Monday is 40 * 52 weeks later.
    monday = date(2026, 9, 14)
    assert fresh.nth_working_day(monday, 40 * 260) == monday + timedelta(weeks=40 * 52)
    assert fresh.nth_working_day(monday, -40 * 260) == monday - timedelta(weeks=40 * 52)
    # From one Monday to another 15,600 weeks later; numpy.busday_count("1901-01-08", "2199-12-31") says the same.
    assert fresh.working_days_between(date(1901, 1, 7), date(2199, 12, 30)) == 15_600 * 5
