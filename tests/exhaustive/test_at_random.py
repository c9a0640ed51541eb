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


def test_what_is_asked_holds_pauses_and_extensions_of_every_kind() -> None:
    found: Counter[str] = Counter()
    for request in requests(SEED, 400):
        for pause in request["pauses"]:
            found.update(_kinds(request, pause))
        found["extended"] += bool(request["extensions"])
    assert set(found) == {
        "open",
        "dated",
        "timed",
        "late",
        "of no length",
        "day 0",
        "touching",
        "overlapping",
        "extended",
    }
    assert min(found.values()) > 5


def _kinds(request: Request, pause: dict[str, str]) -> Iterator[str]:
    begins, ends = pause["from"], pause.get("to")
    yield "timed" if "T" in begins else "dated"
    others = [other for other in request["pauses"] if other is not pause]
    kinds = {
        "open": ends is None,
        "late": "recorded_at" in pause,
        "of no length": begins == ends,
        "day 0": begins[:10] == request["start"][:10],
        "touching": any(other["from"] == ends for other in others),
        "overlapping": any(begins < other["from"] < (ends or "") for other in others),
    }
    yield from (kind for kind, is_so in kinds.items() if is_so)
