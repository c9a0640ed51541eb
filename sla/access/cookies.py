"""Our cookies: for this server alone, out of reach of scripts, and never sent along from elsewhere."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

SIGN_IN = "shixian"  # who is signed in
VISIT = "shixian-visit"  # that a form was shown to this browser
LEFT = "shixian-left"  # that this browser was led to the identity provider


def cookie(request: HTTPConnection, name: str) -> str:
    return request.cookies.get(_name(request, name), "")


def give(request: HTTPConnection, response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """A cookie for some `seconds`, or for as long as the browser runs; the server ends a sign-in by itself."""
    response.set_cookie(
        _name(request, name), value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=is_secure(request)
    )


def take(request: HTTPConnection, response: Response, name: str) -> None:
    response.delete_cookie(_name(request, name), path="/", httponly=True, samesite="lax", secure=is_secure(request))


def is_secure(request: HTTPConnection) -> bool:
    return request.url.scheme == "https"


def _name(request: HTTPConnection, name: str) -> str:
    """With TLS a name that browsers give to no other host, and let no plain page set."""
    return f"__Host-{name}" if is_secure(request) else name
