"""Several nodes at once on one database, some of them killed: each message is put in once, and arrives."""

import os
import random

import pytest

from tests.crash import cast
from tests.crash.journey import Journey, Kill, Server
from tests.crash.points import DELIVER, DIGEST, RAISE, REBUILD, SWEEP
from tests.crash.written import Tally

FULL = bool(os.environ.get("SLA_CRASH_FULL"))
SEEDS = range(1, 11 if FULL else 2)
DAYS = (cast.REMINDED, cast.OVERDUE, cast.ESCALATED) if FULL else (cast.REMINDED, cast.OVERDUE)


@pytest.mark.parametrize("nodes", [2, 4] if FULL else [3])
def test_nodes_that_work_together_say_everything_once(database_url: str, server: Server, nodes: int) -> None:
    journey = Journey(database_url, server)
    journey.finish(cast.RECEIVED)
    for now in DAYS:
        journey.together(now, nodes, [])
        assert journey.problems(now) == []
    ids = [arrival.webhook_id for arrival in server.arrivals]
    assert len(ids) == len(set(ids)), "nobody was killed: nothing is repeated"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_killed_node_held_is_done_by_the_others(
    database_url: str, server: Server, tally: Tally, seed: int
) -> None:
    journey, chance = Journey(database_url, server), random.Random(seed)
    journey.finish(cast.RECEIVED)
    for now in DAYS:
        points = chance.sample((*SWEEP, *RAISE, *REBUILD, *DIGEST, *DELIVER), 3)
        journey.together(now, 2, [Kill(now, point, chance.randint(1, 2)) for point in points])
        journey.finish(now)
        assert journey.problems(now) == []
    assert journey.kills, "no node came as far as to be killed"
    tally.add(database_url, journey)
