"""The database is killed while nodes work, and recovers: what was acknowledged is there, and all goes on from it."""

import os
import random
from collections.abc import Iterator
from datetime import datetime
from functools import partial

import pytest

from tests.clusters import Cluster, cluster, kill_backend, kill_server
from tests.crash import cast
from tests.crash.journey import BACKEND, SERVER, Cut, Journey, Server
from tests.crash.points import DELIVER, DIGEST, RAISE, REBUILD, RECORD, SWEEP, Point
from tests.crash.written import Tally
from tests.databases import new_database

FULL = bool(os.environ.get("SLA_CRASH_FULL"))
SEEDS = range(1, 3 if FULL else 2)
MOMENTS = 4 if FULL else 0  # a day
LONGEST = 0.4  # seconds


@pytest.fixture(scope="module")
def database(postgresql: str) -> Iterator[Cluster]:
    with cluster() as made:
        yield made


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_acknowledged_is_lost_when_the_database_is_killed(
    database: Cluster, server: Server, tally: Tally, seed: int
) -> None:
    chance = random.Random(seed)
    with new_database(database.url) as url:
        journey = Journey(url, server)
        for now in (cast.RECEIVED, cast.REMINDED, cast.OVERDUE, cast.ESCALATED):
            for point in _points(now, chance):
                # It may be that nothing was left to do: a node goes on where the server was there again at once.
                journey.cut_off(now, _cut(database, url, chance, point=point))
            for _ in range(MOMENTS):
                journey.cut_off(now, _cut(database, url, chance, moment=chance.uniform(0, LONGEST)))
            journey.finish(now)
            assert now == cast.RECEIVED or journey.problems(now) == []
        assert journey.others.total() >= 4, "hardly ever was the database killed before all was done"
        tally.add(url, journey)


def _points(now: datetime, chance: random.Random) -> list[Point]:
    """In the order in which there is work for them; all of them on the long way, else one a day."""
    if now == cast.RECEIVED:
        points = [*RECORD]
    else:
        points = [*SWEEP, *(RAISE if now == cast.REMINDED else REBUILD), *DIGEST, *DELIVER]
    return points if FULL else [chance.choice(points)]


def _cut(database: Cluster, url: str, chance: random.Random, *, point: Point | None = None, moment: float = 0) -> Cut:
    assert database.process is not None
    postmaster = database.process.pid
    if chance.random() < 0.5:
        return Cut(SERVER, partial(kill_server, postmaster), partial(_again, database), point, moment)
    name = url.rsplit("/", 1)[1].partition("?")[0]
    return Cut(BACKEND, partial(kill_backend, postmaster, name), database.wait, point, moment)


def _again(database: Cluster) -> None:
    assert database.process is not None
    database.process.wait()
    database.start()
