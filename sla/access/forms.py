"""Forms that come in: of bounded size, and from a page of ours.

Three things have to be right: what the browser says of where the form comes from, the cookie (SameSite), and a token in
the form that only a page of ours can know.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from sla.access.cookies import SIGN_IN, VISIT, cookie, give

MOST_BYTES = 256_000
MOST_FIELDS = 2_000
FIELD = "form_token"


class FormError(Exception):
    """A form that cannot be taken: `status` and why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ElsewhereError(Exception):
    """A form that no page of ours made, or one made before its reader signed in or out."""


class Form:
    """The fields of a form, as a browser sent them."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = pairs

    def asked(self, name: str) -> str:
        """A field without blanks around it; "" where it is absent."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """A field as it was typed: a password may begin with a blank."""
        return next((value for key, value in reversed(self._pairs) if key == name), "")

    def all_of(self, name: str) -> list[str]:
        """Every value of a field that may come several times."""
        return [value.strip() for key, value in self._pairs if key == name]


async def form_of(request: Request) -> Form:
    """The form of a request, read to the end. Raises FormError."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise FormError(415, "must be application/x-www-form-urlencoded")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise FormError(413, f"is larger than {MOST_BYTES:,} bytes")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise FormError(400, "is no form in UTF-8") from None
    return Form([(name, value.replace("\x00", "")) for name, value in pairs])


def check_address(request: HTTPConnection) -> None:
    """Raises FormError for an address with a NUL in it: no database takes one, and no reader types it."""
    told = (request.scope["path"], *(text for pair in request.query_params.multi_items() for text in pair))
    if any("\x00" in text for text in told):
        raise FormError(400, "the address holds a character that no text has")


def token_of(request: HTTPConnection) -> str:
    """What each form of a page carries. A browser that holds no cookie yet is to be given one: `remember`.

    It is written differently each time, so that the length of a compressed page tells nobody what it is.
    """
    return _hidden(_token(request))


def _token(request: HTTPConnection) -> bytes:
    secret = cookie(request, SIGN_IN) or cookie(request, VISIT)
    if not secret:
        secret = getattr(request.state, "visit", "") or secrets.token_urlsafe(24)
        request.state.visit = secret
    return hmac.new(secret.encode("utf-8", "replace"), b"form", hashlib.sha256).digest()


def _hidden(token: bytes) -> str:
    pad = secrets.token_bytes(len(token))
    return (pad + _either(pad, token)).hex()


def _shown(given: str) -> bytes:
    """The token of what a form carries; nothing of anything else."""
    try:
        both = bytes.fromhex(given)
    except ValueError:
        return b""
    return _either(both[: len(both) // 2], both[len(both) // 2 :])


def _either(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))


def remember(request: HTTPConnection, response: Response) -> None:
    """Give the browser the cookie that the page's forms were made for, if it holds none."""
    visit = getattr(request.state, "visit", "")
    if visit:
        give(request, response, VISIT, visit)


def check_origin(request: HTTPConnection, given: str) -> None:
    """Raises ElsewhereError unless a page of ours sent the request, with `given` as its token."""
    if not _is_ours(request) or not (cookie(request, SIGN_IN) or cookie(request, VISIT)):
        raise ElsewhereError
    if not hmac.compare_digest(_token(request), _shown(given)):
        raise ElsewhereError


def check_site(request: HTTPConnection) -> None:
    """Raises ElsewhereError where a browser says that another site sent the request. For who needs no cookie: a program
    at this machine says nothing of a site."""
    speaks_for = request.headers.get("origin") or request.headers.get("sec-fetch-site", "none")
    if speaks_for != "none" and not _is_ours(request):
        raise ElsewhereError


def _is_ours(request: HTTPConnection) -> bool:
    origin = request.headers.get("origin")
    if origin is not None:
        return origin == f"{request.url.scheme}://{request.headers.get('host', '')}"
    return request.headers.get("sec-fetch-site") == "same-origin"
