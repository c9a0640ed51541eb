"""Half-open spans: what both hold, what only one holds, and their union."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.spans import Span, united

NOON = datetime(2026, 9, 18, 12, tzinfo=UTC)


def span(start: int, end: int) -> Span:
    return Span(NOON + timedelta(hours=start), NOON + timedelta(hours=end))


def hours(*spans: Span | None) -> set[int]:
    """The whole hours from noon that a set of spans holds, one by one."""
    held = [one for one in spans if one is not None]
    return {hour for hour, one in product(range(-12, 24), held) if NOON + timedelta(hours=hour) in one}


SPANS = st.tuples(st.integers(-10, 20), st.integers(0, 10)).map(lambda pair: span(pair[0], min(pair[0] + pair[1], 22)))


def test_a_span_holds_its_start_and_not_its_end() -> None:
    assert NOON in span(0, 1)
    assert NOON + timedelta(hours=1) not in span(0, 1)
    assert not span(0, 0)
    assert span(0, 3).duration == timedelta(hours=3)


def test_spans_that_only_touch_share_nothing() -> None:
    assert span(0, 1) & span(1, 2) is None


@given(SPANS, SPANS)
def test_and_keeps_what_both_hold_and_minus_what_only_one_holds(one: Span, other: Span) -> None:
    assert hours(one & other) == hours(one) & hours(other)
    assert hours(*(one - other)) == hours(one) - hours(other)


@given(st.lists(SPANS, max_size=6))
def test_a_union_holds_the_same_in_few_spans_that_stand_apart(spans: list[Span]) -> None:
    result = united(spans)
    assert hours(*result) == hours(*spans)
    assert all(before.end < after.start for before, after in pairwise(result))


def test_a_span_that_ends_before_it_starts_or_has_no_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        span(1, 0)
    with pytest.raises(ValueError, match=r"^a span needs a time zone at both ends$"):
        Span(datetime(2026, 9, 18), NOON)
