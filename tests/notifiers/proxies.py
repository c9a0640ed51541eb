"""A small HTTP proxy: tunnels (CONNECT) and whole addresses, with names of its own, and a password where it has one."""

import base64
import select
import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PASSWORD = "proxy-pass:wörd@1"  # with what has to be percent-encoded in an address
QUOTED = "proxy-pass%3Aw%C3%B6rd%401"


@dataclass
class Desk:
    """What the proxy was asked for, as `CONNECT 127.0.0.1:443`, and how it answers.

    `names` are those it knows; any other is looked up as it is. Where there is a `user`, it and PASSWORD are asked for.
    `says` is answered to everything, if it is not 0; `garbage` in place of HTTP; `unreachable` addresses get a 503.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    says: int = 0
    garbage: bytes = b""
    unreachable: frozenset[str] = frozenset()
    hangs: bool = False
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def lets_in(self, head: str) -> bool:
        both = base64.b64encode(f"{self.user}:{PASSWORD}".encode()).decode()
        return not self.user or f"\r\nProxy-Authorization: Basic {both}\r\n" in head


@contextmanager
def proxying(desk: Desk) -> Iterator[int]:
    """The port the proxy listens on."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # whoever called may have gone
                _serve(desk, self.request)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            desk.over.set()
            server.shutdown()
            thread.join()


def _serve(desk: Desk, client: socket.socket) -> None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        part = client.recv(65_536)
        if not part:
            return
        raw += part
    head, _, rest = raw.partition(b"\r\n\r\n")
    text = head.decode("ascii") + "\r\n"
    method, target, _ = text.split(" ", 2)
    desk.asked.append(f"{method} {target}")
    desk.heads.append(text)
    if desk.hangs:
        desk.over.wait(20)
    elif desk.garbage:
        client.sendall(desk.garbage)
    elif not desk.lets_in(text):
        client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n" + page(text))
    elif desk.says:
        client.sendall(f"HTTP/1.1 {desk.says} No\r\n".encode() + page(text))
    elif method == "CONNECT":
        _tunnel(desk, client, target)
    else:
        _forward(desk, client, text, rest)


def page(asked: str) -> bytes:
    """A page in answer, which quotes everything, and the end of the connection."""
    body = f"<html><pre>{asked}</pre></html>".encode()
    return f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def _tunnel(desk: Desk, client: socket.socket, target: str) -> None:
    host, _, port = target.rpartition(":")
    if host in desk.unreachable:
        client.sendall(b"HTTP/1.1 503 Service Unavailable\r\n" + page(""))
        return
    with closing(socket.create_connection((desk.names.get(host, host), int(port)), 10)) as upstream:
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        _relay(client, upstream, desk.over)


def _forward(desk: Desk, client: socket.socket, head: str, rest: bytes) -> None:
    """One request on its way; the Host header is the target's, whatever it was (RFC 9112, 3.2.2)."""
    line, *headers = head.removesuffix("\r\n").split("\r\n")
    method, target, version = line.split(" ")
    parts = urlsplit(target)
    kept = [entry for entry in headers if not entry.lower().startswith(("host:", "proxy-"))]
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    sent = "\r\n".join((f"{method} {path} {version}", f"Host: {parts.netloc}", *kept, "", "")).encode() + rest
    host = str(parts.hostname)
    with closing(socket.create_connection((desk.names.get(host, host), parts.port or 80), 10)) as upstream:
        upstream.sendall(sent)
        _relay(client, upstream, desk.over)


def _relay(one: socket.socket, other: socket.socket, over: threading.Event) -> None:
    while not over.is_set():
        for ready in select.select((one, other), (), (), 0.05)[0]:
            part = ready.recv(65_536)
            if not part:
                return
            (other if ready is one else one).sendall(part)
