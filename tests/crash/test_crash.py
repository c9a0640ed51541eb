"""Killed at every step that matters, on both databases: no alarm is lost or enqueued twice, each repeat has its id."""

import os
from contextlib import closing

import pytest

from tests.crash import cast
from tests.crash.child import app_of
from tests.crash.journey import Journey, Kill, Server, long, records, short
from tests.crash.written import Tally

SEEDS = (1, 2, 3)
PLANS = {f"seed {seed}": long(seed) for seed in SEEDS} if os.environ.get("SLA_CRASH_FULL") else {"short": short()}


@pytest.mark.parametrize("kills", PLANS.values(), ids=PLANS.keys())
def test_nothing_is_lost_and_nothing_doubled_however_often_it_is_killed(
    database_url: str, server: Server, tally: Tally, kills: list[Kill]
) -> None:
    journey = Journey(database_url, server)
    for now in (cast.RECEIVED, cast.REMINDED, cast.OVERDUE, cast.ESCALATED):
        for kill in (kill for kill in kills if kill.now == now):
            journey.kill(kill)
            if now == cast.RECEIVED:  # an event is there with all that follows from it, or not at all
                with closing(app_of(database_url, now)) as app:
                    assert list(records(app, now)) == []
        journey.finish(now)
        assert now == cast.RECEIVED or journey.problems(now) == []
    tally.add(database_url, journey)
