"""The one door to HTTP: no call leaves for an address that was not checked.

The name is resolved, every address it has is checked, and the connection is made to one of those very addresses, while
TLS and the Host header keep the name. A name that changes between check and call gains nothing.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic
from types import TracebackType
from typing import Any, Self

import httpcore
import httpx

from notifiers.message import DeliveryError

TIMEOUT = timedelta(seconds=15)
MOST_BYTES = 65_536
MOST_CHARACTERS = 2_000
HEADERS = {"user-agent": "shixian", "accept-encoding": "identity"}

Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Response:
    """What the other side said: the names of `headers` in lower case, `text` cut at 2,000 characters."""

    status: int
    headers: Mapping[str, str]
    text: str

    def retry_after(self, now: datetime) -> timedelta | None:
        """The pause asked for, in seconds or as an HTTP date seen from `now`; None if there is none to be read."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return timedelta(seconds=int(value[:9]))
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(moment - now, timedelta(0))


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet: not to this machine, its network, its cloud, or nobody.

    Source: the IANA special-purpose address registries. An IPv4 address inside an IPv6 one is looked at as IPv4.
    """
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None)
        if inner is None:
            return ip in UNICAST and not any(ip in network for network in REFUSED_6)
        ip = inner
    special = not ip.is_global or ip.is_multicast or ip.is_reserved
    return not special and not any(ip in network for network in REFUSED_4)


NAT64 = ip_network("64:ff9b::/96")
UNICAST = ip_network("2000::/3")
REFUSED_6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
REFUSED_4 = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))  # the last: Azure's metadata


def addresses_of(host: str, port: int) -> list[str]:
    """Every address the system's resolver knows for the host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """A pooled client that posts to public addresses, and to the hosts the administrator allowed by name.

    Make one for the process; safe to use from several threads. `allowed_hosts` are names as they stand in URLs.
    `timeout` bounds the whole call after the name is resolved. `tls` replaces the usual certificate authorities.
    """

    def __init__(
        self,
        allowed_hosts: frozenset[str] = frozenset(),
        *,
        timeout: timedelta = TIMEOUT,
        resolve: Resolve = addresses_of,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)  # at INFO they log whole URLs, keys and all
        self._seconds = timeout.total_seconds()
        self._deadline = _Deadline()
        backend = _CheckedBackend(frozenset(map(_plain, allowed_hosts)), resolve, self._deadline)
        self._transport = _Transport(backend, tls or _authorities())
        self._extensions = {"timeout": httpx.Timeout(self._seconds).as_dict()}

    def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Response:
        """Send once, follow nothing, and give back what was said, whatever the status.

        Raises DeliveryError: permanent for an address that may not be called, unknown when the call may have arrived.
        """
        target = _checked_url(url)
        place = f"{target.scheme}://{target.host}"
        self._deadline.start(self._seconds)
        try:
            with closing(self._transport.handle_request(self._request(target, content, headers))) as answer:
                body = _first_bytes(answer.iter_raw())
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            raise DeliveryError(f"no connection to {place}: {_why(error)}") from None
        except httpcore.TimeoutException:
            raise DeliveryError(f"no answer from {place} in time; it may have arrived", unknown=True) from None
        except httpcore.LocalProtocolError:
            raise DeliveryError(f"the call to {place} is not valid HTTP", permanent=True) from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            text = f"the call to {place} broke off ({type(error).__name__}); it may have arrived"
            raise DeliveryError(text, unknown=True) from None
        text = body.decode("utf-8", errors="replace")[:MOST_CHARACTERS]
        return Response(answer.status_code, dict(answer.headers), text)

    def _request(self, target: httpx.URL, content: bytes, headers: Mapping[str, str]) -> httpx.Request:
        return httpx.Request(
            "POST", target, headers={**HEADERS, **headers}, content=content, extensions=self._extensions
        )

    def close(self) -> None:
        """Close the pooled connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


@cache
def _authorities() -> ssl.SSLContext:
    """The usual certificate authorities: read once for a process, which takes longer than a call."""
    return httpx.create_ssl_context(trust_env=False)


def _plain(host: str) -> str:
    return host.lower().rstrip(".")


def _checked_url(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise DeliveryError("the address is not a URL", permanent=True) from None
    if target.scheme not in ("http", "https") or not target.host or (target.port or 0) > 65_535:
        raise DeliveryError("the address must be http:// or https://, a host, and perhaps a port", permanent=True)
    if target.userinfo:
        raise DeliveryError("the address must not carry a user name or password", permanent=True)
    return target


def _first_bytes(parts: Iterator[bytes]) -> bytes:
    body = bytearray()
    for part in parts:
        body += part
        if len(body) >= MOST_BYTES:
            break
    return bytes(body[:MOST_BYTES])


def _why(error: Exception) -> str:
    """The operating system's or the certificate's reason; never the library's text, which can quote the request."""
    cause = error.__context__  # httpcore raises "from None", which clears the cause only
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate was not accepted ({cause.verify_message})"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return "timed out" if isinstance(error, httpcore.TimeoutException) else "failed"


class _Deadline(threading.local):
    """When the call of this thread must be over; without it, a byte every 14 seconds would hold a worker for days."""

    ends = 0.0

    def start(self, seconds: float) -> None:
        self.ends = monotonic() + seconds

    def left(self, error: type[Exception], at_most: float | None) -> float:
        left = self.ends - monotonic()
        if left <= 0:
            raise error("the call's time is over")
        return left if at_most is None else min(left, at_most)


class _CheckedBackend(httpcore.SyncBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, allowed: frozenset[str], resolve: Resolve, deadline: _Deadline) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._checked_addresses(host, port)
        for last, address in enumerate(addresses, start=1 - len(addresses)):
            try:
                left = self._deadline.left(httpcore.ConnectTimeout, timeout)
                stream = super().connect_tcp(address, port, left, local_address, socket_options)
                return _Stream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last == 0:
                    raise
        raise DeliveryError(f"{host} has no address")

    def _checked_addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError):
            raise DeliveryError(f"{host} cannot be resolved") from None
        if _plain(host) not in self._allowed and not all(map(is_public, addresses)):
            text = f"{host} leads to an address that is not public; the administrator can allow the host by name"
            raise DeliveryError(text, permanent=True)
        return addresses


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends with the call's deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
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


class _Transport(httpx.BaseTransport):
    """httpx over an httpcore pool with our own backend, which httpx's own transport cannot be given."""

    def __init__(self, backend: httpcore.NetworkBackend, tls: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls, network_backend=backend, max_connections=100, keepalive_expiry=60
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
