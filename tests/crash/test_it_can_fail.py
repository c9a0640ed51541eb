"""The harness finds out: with the service broken on purpose, the same journey does not pass."""

import pytest

from tests.crash import cast
from tests.crash.journey import Journey, Kill, Server
from tests.crash.points import DELIVER, RAISE, Point

MARKED, SENT = RAISE[1], DELIVER[3]
BETWEEN = Point("enqueued and committed, before marked raised", "before", "tests.crash.child:mark")


@pytest.mark.parametrize(
    ("fault", "point", "found"),
    [
        ("without transaction", MARKED, "lost: "),
        ("enqueued first", BETWEEN, "enqueued: "),
        ("another id", SENT, "repeated under another id: "),
    ],
)
def test_what_is_broken_on_purpose_is_found(
    database_url: str, server: Server, fault: str, point: Point, found: str
) -> None:
    journey = Journey(database_url, server)
    journey.finish(cast.RECEIVED)
    journey.fault = fault
    journey.kill(Kill(cast.REMINDED, point))
    journey.finish(cast.REMINDED)
    problems = journey.problems(cast.REMINDED)
    assert any(problem.startswith(found) for problem in problems), problems


def test_and_the_same_journey_passes_when_nothing_is_broken(database_url: str, server: Server) -> None:
    journey = Journey(database_url, server)
    journey.finish(cast.RECEIVED)
    journey.kill(Kill(cast.REMINDED, MARKED))
    journey.kill(Kill(cast.REMINDED, SENT))
    journey.finish(cast.REMINDED)
    assert journey.problems(cast.REMINDED) == []


STALLED = DELIVER[4]


@pytest.mark.parametrize(("fault", "found"), [("", False), ("without fence", True)])
def test_a_node_that_stalls_longer_than_its_lease_changes_nothing_but_for_the_fence(
    database_url: str, server: Server, fault: str, found: bool
) -> None:
    """What it had sent went out once more by another node, and only that one's attempt is on record."""
    journey = Journey(database_url, server, fault=fault)
    journey.finish(cast.RECEIVED)
    journey.stall(cast.REMINDED, STALLED)
    problems = journey.problems(cast.REMINDED)
    assert any(problem.startswith("settled: ") for problem in problems) is found, problems
    assert found or problems == []
