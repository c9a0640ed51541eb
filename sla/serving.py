"""The pages and the API: a real server, with the heartbeat beside it."""

import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.routing import Mount

from schedules.faults import FieldError
from sla.access.oidc import OidcSettingsError, provider_of
from sla.access.visitors import LOOPBACK
from sla.api.routes import api
from sla.app import App
from sla.service.users import is_set_up
from sla.settings import Settings
from sla.web.pages import web

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"  # of TLS 1.2; those of 1.3 are all well


class BindError(FieldError):
    """An address the pages must not, or cannot, be bound to."""


def serve_app(app: App, port: int, *, heartbeat: bool, about: str = "") -> None:
    """Serve until stopped; says where in one line, with what it is `about`. Raises BindError."""
    settings, host = app.settings, app.settings.host
    check_bind(app)
    if not is_free(host, port):
        raise BindError("port", "%(port)s is taken on %(host)s; give another with --port", port=port, host=host)
    named = f"[{host}]" if ":" in host else host
    print(f"{'https' if settings.tls_certificate else 'http'}://{named}:{port}  {about}".rstrip(), flush=True)
    beat = app.heartbeat() if heartbeat else None
    if beat:
        beat.start()
    try:
        uvicorn.run(site(app), host=host, port=port, **served_with(settings))
    finally:
        if beat:
            beat.stop()
        app.close()


def site(app: App) -> FastAPI:
    """The pages, and the API beside them; where the applicants' look-up is served alone, that alone."""
    served = web(app)
    if app.settings.public_only:
        return served
    beside = Mount("/api/v1", api(app), name="api")
    beside.path_regex = re.compile(r"^/api/v1/(?P<path>.*)$", re.DOTALL)  # a line break in it is the API's to refuse
    served.router.routes.append(beside)
    return served


def served_with(settings: Settings) -> dict[str, Any]:
    """How uvicorn serves: without a log of addresses, by TLS where there is a certificate, trusting named proxies."""
    return {
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "ssl_certfile": settings.tls_certificate or None,
        "ssl_keyfile": settings.tls_key or None,
        "ssl_ciphers": CIPHERS,
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": sorted(settings.trusted_proxies),
    }


def check_bind(app: App) -> None:
    """Raises BindError for an address that the pages must not be bound to, or not in the clear.

    As long as nobody has a password the pages are for this machine alone, but for the applicants' look-up where it is
    served alone. Beyond it they are encrypted, by us or by a proxy before us.
    """
    settings = app.settings
    try:
        provider_of(settings)
    except OidcSettingsError as error:
        field, _, message = str(error).partition(": ")
        raise BindError(field, "%(why)s", why=message) from None
    for field, path in (("SLA_TLS_CERTIFICATE", settings.tls_certificate), ("SLA_TLS_KEY", settings.tls_key)):
        if path and not Path(path).is_file():
            raise BindError(field, "%(path)s is not there, or not to be read", path=path)
    if bool(settings.tls_certificate) != bool(settings.tls_key):
        raise BindError("SLA_TLS_KEY", "is needed with SLA_TLS_CERTIFICATE, and the other way round")
    if settings.host in LOOPBACK:
        return
    with app.reading() as session:
        signs_in = settings.public_only or is_set_up(session)
    if not signs_in:
        raise BindError(
            "SLA_HOST",
            "%(host)s is not this machine; as long as nobody signs in the pages bind to 127.0.0.1 only; begin with "
            "`sla user add PERSON`",
            host=settings.host,
        )
    if not (settings.tls_certificate or settings.trusted_proxies or settings.plain_http):
        raise BindError(
            "SLA_HOST",
            "%(host)s would send passwords in the clear; give SLA_TLS_CERTIFICATE and SLA_TLS_KEY, or "
            "SLA_TRUSTED_PROXIES for the proxy that does TLS, or SLA_PLAIN_HTTP=1 if nobody can listen",
            host=settings.host,
        )


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM and SIGHUP end the process in order, like Ctrl+C: uvicorn stops, then raises the signal once more."""
    before = {number: signal.signal(number, stop) for number, stop in _STOPS.items()}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _: object) -> None:
    raise SystemExit(128 + number)


def _hung_up(*_: object) -> None:
    """The terminal is gone: as SIGTERM, which the server knows how to end on."""
    signal.raise_signal(signal.SIGTERM)


_STOPS: dict[signal.Signals, Callable[[int, Any], None]] = {signal.SIGTERM: _stop, signal.SIGHUP: _hung_up}


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def next_free(host: str, port: int) -> int:
    """The port, or the next free one after it."""
    for candidate in range(port, port + 100):
        if is_free(host, candidate):
            return candidate
    raise BindError("port", "none of %(port)s to %(port2)s is free on %(host)s", port=port, port2=port + 99, host=host)
