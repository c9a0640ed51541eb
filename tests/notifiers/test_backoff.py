"""The pauses between tries."""

from datetime import timedelta

import pytest

from notifiers.backoff import next_attempt_at
from tests.notifiers.cast import NOW

# CHANNELS.md, Retry: "5 s, 1 min, 5 min, 30 min, 2 h, 5 h, 10 h, with jitter, then dead letter"
IN_SECONDS = [5, 60, 300, 1_800, 7_200, 18_000, 36_000]


@pytest.mark.parametrize(("attempts", "seconds"), list(enumerate(IN_SECONDS, start=1)))
def test_each_failure_waits_longer_than_the_one_before(attempts: int, seconds: int) -> None:
    assert next_attempt_at(attempts, NOW, 0.0) == NOW + timedelta(seconds=seconds)


def test_the_eighth_failure_is_the_last() -> None:
    assert next_attempt_at(8, NOW, 0.0) is None


def test_jitter_stretches_a_pause_by_a_tenth_at_the_most() -> None:
    assert next_attempt_at(2, NOW, 0.5) == NOW + timedelta(seconds=63)  # 60 s and half of 10 %
    longest = next_attempt_at(7, NOW, 0.999999)
    assert longest is not None
    assert longest < NOW + timedelta(hours=11)


@pytest.mark.parametrize(("attempts", "jitter"), [(0, 0.0), (-1, 0.0), (1, 1.0), (1, -0.1)])
def test_numbers_that_make_no_sense_are_refused(attempts: int, jitter: float) -> None:
    with pytest.raises(ValueError, match=r"it lies in|no next attempt"):
        next_attempt_at(attempts, NOW, jitter)
