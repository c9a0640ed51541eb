"""Where an answer of the engine differs from the walk's, and the smallest request that still does."""

import json
from collections.abc import Iterable, Iterator
from itertools import tee
from typing import Any

from sla.cli.due import answers
from tests import walk
from tests.exhaustive.asked import IN_HOURS, Request
from tests.exhaustive.errata import Differences, unexplained

TOLERANCE = 1e-6


def differing(requests: Iterable[Request]) -> Iterator[tuple[Request, Differences]]:
    """The requests that the engine and the walk answer differently."""
    asked, sent = tee(requests)
    for request, given in zip(asked, answers(map(json.dumps, sent)), strict=True):
        found = unexplained(request, differences(request, given))
        if found:
            yield request, found


def differences(request: Request, given: dict[str, Any]) -> Differences:
    walked = walk.answer(request)
    if "error" in given:
        return {"error": (given["error"], walked.due_on)}
    pairs: Differences = {
        "due_on": (given["due_on"], walked.due_on),
        "due_at": (given["due_at"], walked.due_at),
        "state": (given["state"], walked.state),
        "used": (given["used"], walked.used),
        "left": (given["left"], walked.left),
        "late_by": (given.get("late_by"), walked.late_by),
        "if_resumed": (given.get("if_resumed"), walked.if_resumed),
    }
    if given.get("ledger") and walked.due_on and request["limit"]["unit"] not in IN_HOURS:
        counted = tuple(row["date"] for row in given["ledger"] if row["status"] == "counted")
        pairs["counted"] = (counted, walked.counted)
    return {name: pair for name, pair in pairs.items() if not _same(*pair)}


def _same(given: Any, walked: Any) -> bool:
    if isinstance(given, int | float) and isinstance(walked, int | float):
        return abs(given - walked) < TOLERANCE
    return bool(given == walked)


def smallest(request: Request, found: Differences) -> Request:
    """Without whatever can be left out of a request so that the answers still differ in the same."""
    for path in _parts(request):
        smaller = _without(request, path)
        if smaller and _differs(smaller, found):
            return smallest(smaller, found)
    return request


def _differs(request: Request, found: Differences) -> bool:
    try:
        return differences(request, next(answers(iter([json.dumps(request)])))).keys() >= found.keys()
    except (KeyError, ValueError):  # what is left is no request
        return False


def _parts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in entries:
        yield (*path, key)
        yield from _parts(part, (*path, key))


def _without(request: Request, path: tuple[Any, ...]) -> Request | None:
    smaller: Request = json.loads(json.dumps(request))
    part: Any = smaller
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    return smaller if "start" in smaller and "unit" in smaller.get("limit", {}) else None
