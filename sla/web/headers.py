"""The headers of every answer: nothing from elsewhere, no script or style inside a page, no page is kept."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
BY_TLS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}  # a year


def strict(scheme: str) -> Mapping[str, str]:
    """What every answer says. That only TLS is spoken here is said by TLS alone: else browsers do not believe it."""
    return HEADERS | BY_TLS_ONLY if scheme == "https" else HEADERS


class StrictHeaders:
    """ASGI middleware: adds what an answer does not bring itself. Only static files may be kept, and are checked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in strict(scope["scheme"]).items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-cache" if scope["path"].startswith("/static/") else "no-store")
            await send(message)

        await self.app(scope, receive, strictly if scope["type"] == "http" else send)
