"""The pages on this machine: a real server on the loopback address, with the heartbeat beside it."""

import socket

import uvicorn

from sla.app import App
from sla.web.pages import web

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class BindError(ValueError):
    """An address the pages must not, or cannot, be bound to."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


def serve_app(app: App, port: int, *, heartbeat: bool) -> None:
    """Serve until stopped. Without sign-in the pages bind to loopback only: anything else raises BindError."""
    host = app.settings.host
    if host not in LOOPBACK:
        raise BindError("SLA_HOST", f"{host} is not this machine; without sign-in the pages bind to 127.0.0.1 only")
    if not is_free(host, port):
        raise BindError("port", f"{port} is taken on {host}; give another with --port")
    print(f"http://{host}:{port}", flush=True)
    beat = app.heartbeat() if heartbeat else None
    if beat:
        beat.start()
    try:
        uvicorn.run(web(app), host=host, port=port, log_level="warning", access_log=False, server_header=False)
    finally:
        if beat:
            beat.stop()
        app.close()


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
