"""Killed at any moment, in the middle of a statement or a commit too: nothing is lost and nothing doubled."""

import os
import random

import pytest

from tests.crash import cast
from tests.crash.journey import Journey, Server
from tests.crash.written import Tally

FULL = bool(os.environ.get("SLA_CRASH_FULL"))
SEEDS = range(1, 4 if FULL else 2)
TRIES = 12 if FULL else 1  # a day
LONGEST = 0.4  # seconds; undisturbed a node needs about as much for a day here


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_and_nothing_doubled_at_whatever_moment_it_is_killed(
    database_url: str, server: Server, tally: Tally, seed: int
) -> None:
    journey, chance = Journey(database_url, server), random.Random(seed)
    for now in (cast.RECEIVED, cast.REMINDED, cast.OVERDUE, cast.ESCALATED):
        for _ in range(TRIES):
            if not journey.kill_at(now, chance.uniform(0, LONGEST)):
                break
        journey.finish(now)
        assert now == cast.RECEIVED or journey.problems(now) == []
    assert journey.others.total(), "no process was killed before it had done everything"
    tally.add(database_url, journey)
