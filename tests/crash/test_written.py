"""docs/crash.md tells of whole runs only."""

import pytest

from tests.crash.journey import AT_RANDOM, BACKEND, FAILOVER, SERVER
from tests.crash.points import EVERY
from tests.crash.written import Tally

KILLS = [
    *((database, name) for database in ("SQLite", "PostgreSQL") for name in (*(p.name for p in EVERY), AT_RANDOM)),
    *(("PostgreSQL", name) for name in (SERVER, BACKEND, FAILOVER)),
]


def test_a_run_that_killed_at_every_point_on_both_databases_is_whole() -> None:
    tally = Tally()
    tally.kills.update(KILLS)
    assert tally.is_whole


@pytest.mark.parametrize("left_out", [KILLS[0], KILLS[-1]])
def test_a_run_of_some_of_the_tests_is_not(left_out: tuple[str, str]) -> None:
    tally = Tally()
    tally.kills.update(kill for kill in KILLS if kill != left_out)
    assert not tally.is_whole
