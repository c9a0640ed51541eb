"""The pages on this machine: a real server on the loopback address, with the heartbeat beside it."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from sla.app import App
from sla.web.pages import web

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class BindError(ValueError):
    """An address the pages must not, or cannot, be bound to."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


def serve_app(app: App, port: int, *, heartbeat: bool, about: str = "") -> None:
    """Serve until stopped; says where in one line, with what it is `about`.

    Without sign-in the pages bind to loopback only: anything else raises BindError.
    """
    host = app.settings.host
    if host not in LOOPBACK:
        raise BindError("SLA_HOST", f"{host} is not this machine; without sign-in the pages bind to 127.0.0.1 only")
    if not is_free(host, port):
        raise BindError("port", f"{port} is taken on {host}; give another with --port")
    print(f"http://{host}:{port}  {about}".rstrip(), flush=True)
    beat = app.heartbeat() if heartbeat else None
    if beat:
        beat.start()
    try:
        uvicorn.run(web(app), host=host, port=port, log_level="warning", access_log=False, server_header=False)
    finally:
        if beat:
            beat.stop()
        app.close()


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
    raise BindError("port", f"none of {port} to {port + 99} is free on {host}")
