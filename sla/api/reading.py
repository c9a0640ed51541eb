"""Reading a body: of bounded size, UTF-8, and JSON that means one thing only."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request

from sla.api.problems import ProblemError

UNASKED = 64_000  # bytes that are taken from anybody
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


async def body_of(request: Request, most: int, admit: Callable[[], Awaitable[None]]) -> bytes:
    """The body, read to the end. Beyond UNASKED bytes `admit` says first whether its sender may send any. Raises
    ProblemError for one that is too large, and what `admit` raises."""
    body, admitted = bytearray(), False
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise ProblemError("too-large", f"the body is larger than {most:,} bytes")
        if len(body) > UNASKED and not admitted:
            await admit()
            admitted = True
    return bytes(body)


def check_media_type(request: Request) -> None:
    """Raises ProblemError unless the body is JSON: a form of another site cannot be."""
    kind, _, more = request.headers.get("content-type", "").partition(";")
    charset = more.strip().lower().replace('"', "")
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise ProblemError("media-type", "the body must be application/json, in UTF-8")


def parsed(body: bytes) -> Any:
    """The value of a body. Raises ProblemError for what is no JSON, names something twice, or holds NaN or signs that
    no text has."""
    try:
        text = body.decode("utf-8")
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except UnicodeDecodeError:
        raise ProblemError("malformed", "the body is not UTF-8") from None
    except RecursionError:
        raise ProblemError("malformed", "the body is nested too deep") from None
    except json.JSONDecodeError as error:
        raise ProblemError("malformed", f"the body is no JSON: {error.msg}, line {error.lineno}") from None
    except ValueError as error:
        raise ProblemError("malformed", str(error)) from None
    if _CONTROL.search(text) or _escaped_control(found):
        raise ProblemError("malformed", "the body holds control characters or halves of signs")
    return found


def is_plain(text: str) -> bool:
    """Whether a text holds no control characters and no halves of signs."""
    return not _CONTROL.search(text)


def _escaped_control(found: Any) -> bool:
    """Whether a text of the value holds what may stand in none; a walk without recursion."""
    waiting = [found]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and not is_plain(value):
            return True
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
    return False


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name[:80]!r} stands twice in an object")
        found[name] = value
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number in JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:40]} is too large a number")
    return value
