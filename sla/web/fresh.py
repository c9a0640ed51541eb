"""Whether a page says anything else than what its reader has: the tag of what it says, and the answer where it does
not."""

import hashlib
from collections.abc import Callable
from typing import Any

from fastapi.responses import Response

from sla.web.frame import Visit


def tag_of(visit: Visit, view: Any) -> str:
    """Of everything a page says: the view, in which language and to whom, and what stands above every page."""
    about = (visit.said.language, visit.visitor.person_id, visit.office.name, visit.request.state.doubt, view)
    return f'"{hashlib.sha256(repr(about).encode()).hexdigest()[:32]}"'


def unchanged(visit: Visit, view: Any) -> bool:
    """Whether the reader has just this."""
    given = visit.request.headers.get("if-none-match", "")
    return tag_of(visit, view) in (tag.strip().removeprefix("W/") for tag in given.split(","))


def with_tag(visit: Visit, view: Any, made: Callable[[str], Response]) -> Response:
    """A page with its tag, in the header and for the page's own script."""
    tag = tag_of(visit, view)
    response = made(tag)
    response.headers["ETag"] = tag
    return response
