"""How a connection is made: to a checked address itself, or through the office's proxy; and its time, which ends."""

import re
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any, NoReturn

import httpcore

from notifiers.addresses import Doorkeeper
from notifiers.message import DeliveryError
from notifiers.proxy import Proxy

MOST_HEAD = 16_384
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: [^\r\n]*)?\r\n")
ENDED = b"\r\n\r\n"
ASKS_FOR_A_PASSWORD = 407
NOT_HTTP = "what the proxy answers is not HTTP"


class Deadline(threading.local):
    """When the call of this thread must be over; without it, a byte every 14 seconds would hold a worker for days."""

    ends = 0.0

    def start(self, seconds: float) -> None:
        self.ends = monotonic() + seconds

    def left(self, error: type[Exception], at_most: float | None) -> float:
        left = self.ends - monotonic()
        if left <= 0:
            raise error("the call's time is over")
        return left if at_most is None else min(left, at_most)


@dataclass(frozen=True)
class _Wanted:
    """How httpcore wants a connection to be made."""

    timeout: float | None
    local_address: str | None
    socket_options: Iterable[httpcore.SOCKET_OPTION] | None


class Direct(httpcore.SyncBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, door: Doorkeeper, deadline: Deadline) -> None:
        self._door = door
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return self._reach(host, port, _Wanted(timeout, local_address, socket_options))

    def _reach(self, host: str, port: int, wanted: _Wanted) -> httpcore.NetworkStream:
        return _first_of(self._door.addresses(host, port), lambda address: self._opened(address, port, wanted))

    def _opened(self, address: str, port: int, wanted: _Wanted) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout, wanted.timeout)
        stream = super().connect_tcp(address, port, left, wanted.local_address, wanted.socket_options)
        return _Stream(stream, self._deadline)


class Forwarded(Direct):
    """Opens connections to the proxy, which is then asked for whole addresses (RFC 9112, 3.2.2): it resolves them."""

    def __init__(self, proxy: Proxy, door: Doorkeeper, deadline: Deadline) -> None:
        super().__init__(door, deadline)
        self._proxy = proxy

    def _reach(self, host: str, port: int, wanted: _Wanted) -> httpcore.NetworkStream:  # noqa: ARG002 - in the request
        self._door.check_unresolved(host)
        return self._to_proxy(wanted)

    def _to_proxy(self, wanted: _Wanted) -> httpcore.NetworkStream:
        """Raises DeliveryError: nothing was sent."""
        try:
            return self._opened(self._proxy.host, self._proxy.port, wanted)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            place = f"{self._proxy.host}:{self._proxy.port}"
            raise DeliveryError(f"no connection to the proxy {place}: {reason_of(error)}") from None


class Tunnelled(Forwarded):
    """Opens connections through the proxy (CONNECT, RFC 9110, 9.3.6) to a checked address; where the proxy resolves,
    to the name.

    Whatever the proxy says but yes, nothing was sent yet.
    """

    def _reach(self, host: str, port: int, wanted: _Wanted) -> httpcore.NetworkStream:
        if self._proxy.resolves:
            self._door.check_unresolved(host)
            return self._through(host, host, port, wanted)
        return _first_of(self._door.addresses(host, port), lambda address: self._through(address, host, port, wanted))

    def _through(self, place: str, host: str, port: int, wanted: _Wanted) -> httpcore.NetworkStream:
        stream = self._to_proxy(wanted)
        try:
            target = f"[{place}]:{port}" if ":" in place else f"{place}:{port}"
            stream.write(self._connect(target), wanted.timeout)
            self._accept(_head(stream, wanted.timeout), host)
        except (httpcore.TimeoutException, httpcore.NetworkError) as error:
            stream.close()
            raise _NotReachedError(f"the proxy made no connection to {host}: {reason_of(error)}") from None
        except BaseException:
            stream.close()
            raise
        return stream

    def _connect(self, target: str) -> bytes:
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}", "User-Agent: shixian"]
        if self._proxy.authorization:
            lines.append(f"Proxy-Authorization: {self._proxy.authorization}")
        return "\r\n".join((*lines, "", "")).encode("ascii")

    def _accept(self, head: bytes, host: str) -> None:
        status = STATUS.match(head)
        if not status:
            raise DeliveryError(NOT_HTTP)
        code = int(status[1])
        if code == ASKS_FOR_A_PASSWORD:
            refuse_password(self._proxy)
        if code // 100 != 2:
            raise _NotReachedError(f"the proxy made no connection to {host}: HTTP {code}")
        if not head.endswith(ENDED):  # nobody speaks ahead of us
            raise DeliveryError(NOT_HTTP)


def _first_of(places: Iterable[str], opened: Callable[[str], httpcore.NetworkStream]) -> httpcore.NetworkStream:
    """The connection to the first place to which there is one; the last one's error, if there is none."""
    error: Exception | None = None
    for place in places:
        try:
            return opened(place)
        except (httpcore.ConnectError, httpcore.ConnectTimeout, _NotReachedError) as failed:
            error = failed
    assert error is not None
    raise error


class _NotReachedError(DeliveryError):
    """There is no way to this address; there may be one to the host's next."""


def refuse_password(proxy: Proxy) -> NoReturn:
    """Raises DeliveryError: the proxy let nothing through."""
    if proxy.authorization:
        raise DeliveryError("the proxy does not accept the user name and password (HTTP 407)")
    raise DeliveryError("the proxy asks for a user name and a password (HTTP 407)")


def reason_of(error: Exception) -> str:
    """The operating system's or the certificate's reason; never the library's text, which can quote the request."""
    cause = error.__context__  # httpcore raises "from None", which clears the cause only
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate was not accepted ({cause.verify_message})"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return "timed out" if isinstance(error, httpcore.TimeoutException) else "failed"


def _head(stream: httpcore.NetworkStream, timeout: float | None) -> bytes:
    """What the proxy answers, up to the empty line at least, if there is one."""
    head = b""
    while ENDED not in head and len(head) < MOST_HEAD:
        part = stream.read(4096, timeout)
        if not part:
            break
        head += part
    return head


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends with the call's deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(httpcore.ReadTimeout, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(httpcore.WriteTimeout, timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout, timeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()
