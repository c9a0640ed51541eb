"""Forms that come in: of bounded size, and from a page of ours.

Three things have to be right: what the browser says of where the form comes from, the cookie (SameSite), and a token in
the form that only a page of ours can know.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from sla.access.cookies import SIGN_IN, VISIT, cookie, give
from sla.access.multipart import PartsError, Upload, parts_of

MOST_BYTES = 256_000
MOST_FIELDS = 2_000
MOST_DRAINED = 64_000_000  # of a form with files, that is read on to say that it is too large
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
FIELD = "form_token"


class FormError(Exception):
    """A form that cannot be taken: `status` and why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class TooLargeError(FormError):
    """A form that is larger than it may be."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"is larger than {most:,} bytes")


class ElsewhereError(Exception):
    """A form that no page of ours made, or one made before its reader signed in or out."""


class Form:
    """The fields of a form, as a browser sent them, and the files that were chosen."""

    def __init__(self, pairs: Sequence[tuple[str, str]], files: Mapping[str, Upload] | None = None) -> None:
        self._pairs = pairs
        self._files = files or {}

    def file(self, name: str) -> Upload | None:
        """The file that was chosen; None if there is none."""
        return self._files.get(name)

    def asked(self, name: str) -> str:
        """A field without blanks around it; "" where it is absent."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """A field as it was typed: a password may begin with a blank."""
        return next((value for key, value in reversed(self._pairs) if key == name), "")

    def all_of(self, name: str) -> list[str]:
        """Every value of a field that may come several times."""
        return [value.strip() for key, value in self._pairs if key == name]


async def form_of(request: Request, most_with_files: int = 0) -> Form:
    """The form of a request, read to the end. Raises FormError.

    With files it may be as large as it says, or if that is 0 have none. What is larger is read on for a while all the
    same, and forgotten: a browser that is cut off shows nobody why.
    """
    kind, most = request.headers.get("content-type", ""), most_with_files or MOST_BYTES
    named = kind.partition(";")[0].strip().lower()
    if named == URLENCODED:
        return _form(_pairs(await _body(request, min(most, MOST_BYTES), MOST_BYTES)))
    if named == MULTIPART and most_with_files:
        try:
            pairs, files = parts_of(kind, await _body(request, most, MOST_DRAINED), MOST_FIELDS)
        except PartsError as error:
            raise FormError(400, str(error)) from None
        return _form(pairs, files)
    raise FormError(415, f"must be {URLENCODED}")


def _form(pairs: Sequence[tuple[str, str]], files: Mapping[str, Upload] | None = None) -> Form:
    return Form([(name, value.replace("\x00", "")) for name, value in pairs], files)


async def _body(request: Request, most: int, drained: int) -> bytes:
    body, size = bytearray(), 0
    async for part in request.stream():
        size += len(part)
        if size > max(most, drained):
            break
        if size <= most:
            body += part
    if size > most:
        raise TooLargeError(most)
    return bytes(body)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise FormError(400, "is no form in UTF-8") from None


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
