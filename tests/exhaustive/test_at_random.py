"""Thousands of requests at random over all units and settings, answered as the walk answers them (R2, R4-R11, R21)."""

from collections import Counter
from collections.abc import Iterator

from tests.exhaustive.asked import Request, requests
from tests.exhaustive.comparison import differing, smallest
from tests.exhaustive.size import REQUESTS, SEED
from tests.exhaustive.written import Tally


def test_every_request_is_answered_as_the_walk_answers_it(tally: Tally) -> None:
    asked: Counter[str] = Counter()
    wrong = list(differing(_counting(requests(SEED, REQUESTS), asked)))
    assert wrong == [], f"{len(wrong)} differ; the first at its smallest: {smallest(*wrong[0])}"
    assert len(asked) == 7
    tally.asked = asked


def _counting(asked: Iterator[Request], units: Counter[str]) -> Iterator[Request]:
    for request in asked:
        units[request["limit"]["unit"]] += 1
        yield request
