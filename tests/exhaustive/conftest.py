"""What a run compared, written down at its end."""

from collections.abc import Iterator

import pytest

from tests.exhaustive.size import FULL
from tests.exhaustive.written import Tally
from tests.long_runs import ROOT


@pytest.fixture(scope="session")
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """Kept on record after a long run in which nothing failed."""
    tally = Tally()
    yield tally
    if FULL and tally.complete and not request.session.testsfailed:
        tally.write(ROOT / "docs" / "exhaustive.md")
