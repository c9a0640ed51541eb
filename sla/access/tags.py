"""The tag of an answer (ETag, RFC 9110, 8.8.3), and whether its reader has it already (If-None-Match)."""

import hashlib

from starlette.requests import HTTPConnection


def tag_of(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def is_known(request: HTTPConnection, tag: str) -> bool:
    """Whether the reader has just this answer."""
    known = [text.strip().removeprefix("W/") for text in request.headers.get("if-none-match", "").split(",")]
    return tag in known or "*" in known
