"""Lists a part at a time: how many at once, where it goes on, and the address that says so."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from pydantic import BeforeValidator, Field, StringConstraints

from sla.api.problems import ProblemError
from sla.api.shapes import Query, plain_number

BASE = "/api/v1"
MOST = 200

Limit = Annotated[int, Field(ge=1, le=MOST), BeforeValidator(plain_number)]
"""How many lines at once."""

T = TypeVar("T")


class PageQuery(Query):
    """Which part of a list."""

    limit: Limit = 50
    cursor: Annotated[str, StringConstraints(max_length=200)] = ""
    """Where to go on, as `next` says it."""


def part_of(path: str, asked: PageQuery, every: Sequence[T], key: Callable[[T], str]) -> tuple[list[T], str | None]:
    """The part of a short list that is asked for, and the address of the next. `key` tells its lines apart; the cursor
    is that of the last one shown. Raises ProblemError for a cursor that is none."""
    start = 0
    if asked.cursor:
        places = [place for place, one in enumerate(every) if key(one) == asked.cursor]
        if not places:
            raise no_cursor()
        start = places[0] + 1
    shown = list(every[start : start + asked.limit])
    more = start + asked.limit < len(every)
    return shown, next_of(path, asked, key(shown[-1])) if more else None


def next_of(path: str, asked: Query, cursor: str) -> str | None:
    """Where the list of `path` goes on behind the cursor, with all else as it was asked; None without one."""
    if not cursor:
        return None
    kept = asked.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True)
    return f"{BASE}{path}?{urlencode({**kept, 'cursor': cursor})}"


def links(following: str | None) -> Mapping[str, str]:
    """The header that says so, too."""
    return {"Link": f'<{following}>; rel="next"'} if following else {}


def no_cursor() -> ProblemError:
    return ProblemError("invalid", "cursor: is none that was given; leave it out to begin", "cursor")
