"""The primary is killed and its synchronous standby promoted: nothing acknowledged is lost, the service goes on itself.

As docs/failover.md describes it: both servers stand in one address, and the driver looks for the one that writes.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from sla.store.cases import CASE
from tests.clusters import Cluster, cluster, kill_server, wait_until, with_standby
from tests.crash import cast
from tests.crash.child import app_of
from tests.crash.journey import FAILOVER, Cut, Journey, Server
from tests.crash.points import DELIVER, RECORD, SWEEP, Point
from tests.crash.written import Tally
from tests.databases import run

pytestmark = pytest.mark.skipif(not os.environ.get("SLA_CRASH_FULL"), reason="two servers take their time: make crash")
ACCEPTED, SWEPT, SETTLED = RECORD[2], SWEEP[2], DELIVER[6]
CASES = [(cast.RECEIVED, ACCEPTED, 3), (cast.REMINDED, SWEPT, 2), (cast.REMINDED, SETTLED, 2)]


@pytest.fixture
def pair(postgresql: str) -> Iterator[tuple[Cluster, Cluster]]:
    with cluster() as primary, with_standby(primary) as standby:
        yield primary, standby


@pytest.mark.parametrize(("now", "point", "nth"), CASES)
def test_what_was_acknowledged_is_there_and_the_running_service_goes_on(
    pair: tuple[Cluster, Cluster], server: Server, tally: Tally, monkeypatch: pytest.MonkeyPatch,
    now: datetime, point: Point, nth: int,
) -> None:  # fmt: skip
    primary, standby = pair
    run(primary.url, "CREATE DATABASE shixian")
    hosts = "&".join(f"host=127.0.0.1:{one.port}" for one in pair)
    url = f"postgresql+psycopg://postgres@/shixian?{hosts}&target_session_attrs=read-write&connect_timeout=5"
    journey = Journey(url, server)
    if now != cast.RECEIVED:
        journey.finish(cast.RECEIVED)
    monkeypatch.setenv(cast.SECRET_NAME, cast.SECRET)
    for name in ("SWEEP_EVERY", "DELIVER_EVERY", "DIGESTS_EVERY"):
        monkeypatch.setattr(f"sla.app.{name}", timedelta(seconds=0.3))
    with closing(app_of(url, cast.RECEIVED)) as app:
        heartbeat = app.heartbeat()
        heartbeat.start()
        try:
            assert primary.process is not None
            kill = partial(kill_server, primary.process.pid)
            assert journey.cut_off(now, Cut(FAILOVER, kill, standby.promote, point, nth=nth))
            if point == ACCEPTED:  # the third had just been acknowledged
                with app.reading() as session:
                    accepted = sa.select(sa.func.count()).select_from(CASE).where(CASE.c.head_seq == 2)
                    assert session.connection().execute(accepted).scalar_one() == nth
                journey.finish(cast.RECEIVED)
            app.clock.fixed = cast.REMINDED
            wait_until(lambda: journey.problems(cast.REMINDED) == [])
        finally:
            heartbeat.stop()
    tally.add(url, journey)
