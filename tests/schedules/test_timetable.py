"""A timetable of three spans, 9-12, 13-17 and 20-21 of one day: 3 h, 4 h and 1 h. Counted on a clock face."""

from datetime import UTC, datetime, timedelta

import pytest

from schedules.spans import Span
from schedules.timetable import BeyondError, Boundary, Timetable

CLOSING, OPENING = Boundary.CLOSING, Boundary.OPENING


def at(hour: float) -> datetime:
    return datetime(2026, 9, 21, tzinfo=UTC) + timedelta(hours=hour)


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


TABLE = Timetable([Span(at(20), at(21)), Span(at(9), at(12)), Span(at(13), at(17))], at(0), at(24))


@pytest.mark.parametrize(
    ("hour", "before"),
    [(0, 0), (9, 0), (10, 1), (12, 3), (12.5, 3), (13, 3), (14, 4), (17, 7), (19, 7), (20.5, 7.5), (21, 8), (23, 8)],
)
def test_so_much_service_lies_before_a_moment(hour: float, before: float) -> None:
    assert TABLE.elapsed(at(hour)) == hours(before)


@pytest.mark.parametrize(
    ("elapsed", "first", "last"), [(0, 9, 9), (1, 10, 10), (3, 12, 13), (5, 15, 15), (7, 17, 20), (7.5, 20.5, 20.5)]
)
def test_the_first_and_the_last_moment_with_so_much_before_it(elapsed: float, first: float, last: float) -> None:
    assert TABLE.moment(hours(elapsed), CLOSING) == at(first)
    assert TABLE.moment(hours(elapsed), OPENING) == at(last)


def test_past_its_end_it_knows_nothing() -> None:
    assert TABLE.moment(hours(8), CLOSING) == at(21)
    for elapsed, boundary in ((8.5, CLOSING), (8, OPENING)):
        with pytest.raises(BeyondError):
            TABLE.moment(hours(elapsed), boundary)
    assert TABLE.opening_from(at(21), CLOSING) == at(21)
    for hour, boundary in ((21.5, CLOSING), (21, OPENING)):
        with pytest.raises(BeyondError):
            TABLE.opening_from(at(hour), boundary)


@pytest.mark.parametrize(
    ("hour", "closing", "opening"), [(8, 9, 9), (9, 9, 9), (11, 11, 11), (12, 12, 13), (12.5, 13, 13), (17, 17, 20)]
)
def test_the_next_moment_in_service(hour: float, closing: float, opening: float) -> None:
    assert TABLE.opening_from(at(hour), CLOSING) == at(closing)
    assert TABLE.opening_from(at(hour), OPENING) == at(opening)


def test_spans_that_touch_are_one_so_that_nothing_ends_between_them() -> None:
    through = Timetable([Span(at(9), at(12)), Span(at(12), at(17))], at(0), at(24))
    assert through.starts == [at(9)]
    assert through.moment(hours(3), OPENING) == at(12)
    assert Timetable([], at(0), at(24)).elapsed(at(12)) == hours(0)
