"""The heartbeat goes on whatever is done to the machine's clock, and what was missed is one run."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from schedules.jobs import Job
from schedules.scheduler import Heartbeat

LONG = 20.0  # seconds until a test gives up
MORNING = datetime(2026, 9, 23, 0, 41, tzinfo=UTC)  # 08:41 in Beijing


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The machine's clock, which goes on from 08:41 and can be set; what measures spans of time is not touched."""
    with time_machine.travel(MORNING, tick=True) as traveller:
        yield traveller


def test_a_clock_that_is_set_back_by_eight_hours_stops_nothing(clock: time_machine.Traveller) -> None:
    """As on a machine whose hardware clock keeps local time, when NTP corrects it after the start."""
    ran = threading.Semaphore(0)
    heart = Heartbeat([Job("sweep", timedelta(seconds=0.05), ran.release)])
    heart.start()
    try:
        assert ran.acquire(timeout=LONG)
        clock.move_to(MORNING - timedelta(hours=8), tick=True)
        for _ in range(20):  # a run or two may have been under way
            assert ran.acquire(timeout=LONG), "it waits until the clock comes to where it had been"
    finally:
        heart.stop()


@pytest.mark.parametrize("away", [timedelta(hours=9), timedelta(days=26 * 365)], ids=["a night", "since 2000"])
def test_what_was_missed_while_the_machine_slept_or_its_clock_was_wrong_is_one_run(
    clock: time_machine.Traveller, away: timedelta
) -> None:
    ran = threading.Semaphore(0)
    heart = Heartbeat([Job("sweep", timedelta(seconds=1), ran.release)])
    heart.start()
    try:
        clock.move_to(MORNING + away, tick=True)
        assert ran.acquire(timeout=LONG), "26 years of seconds are counted one by one"
        assert not ran.acquire(timeout=0.5), "the next comes in its time"
    finally:
        heart.stop()
