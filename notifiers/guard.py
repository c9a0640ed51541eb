"""The one door to HTTP: no call leaves for an address that was not checked.

The name is resolved, every address it has is checked, and the connection is made to one of those very addresses, while
TLS and the Host header keep the name. A name that changes between check and call gains nothing. Through the office's
proxy it is the same, for the proxy is asked for a connection to the checked address; unless the proxy resolves.
"""

import logging
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from types import TracebackType
from typing import Self

import httpcore
import httpx

from notifiers.addresses import Doorkeeper, Resolve, addresses_of
from notifiers.message import DeliveryError
from notifiers.proxy import Proxy
from notifiers.routes import ASKS_FOR_A_PASSWORD, Deadline, Direct, Forwarded, Tunnelled, reason_of, refuse_password

TIMEOUT = timedelta(seconds=15)
MOST_BYTES = 65_536
MOST_CHARACTERS = 2_000
HEADERS = {"user-agent": "shixian", "accept-encoding": "identity"}


@dataclass(frozen=True)
class Response:
    """What the other side said: the names of `headers` in lower case, `text` cut at what was asked for."""

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


class Guard:
    """A pooled client that calls public addresses, and the hosts the administrator allowed by name.

    Make one for the process; safe to use from several threads. `allowed_hosts` are names as they stand in URLs.
    `timeout` bounds the whole call after the name is resolved. `tls` replaces the usual certificate authorities.
    `proxy` is what calls go through, but those that pass it.
    """

    def __init__(
        self,
        allowed_hosts: frozenset[str] = frozenset(),
        *,
        proxy: Proxy | None = None,
        timeout: timedelta = TIMEOUT,
        resolve: Resolve = addresses_of,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)  # at INFO they log whole URLs, keys and all
        self._seconds = timeout.total_seconds()
        self._deadline = Deadline()
        self._transport = _Transport(Doorkeeper(allowed_hosts, resolve), self._deadline, proxy, tls or _authorities())
        self._extensions = {"timeout": httpx.Timeout(self._seconds).as_dict()}

    def post(self, url: str, content: bytes, headers: Mapping[str, str], *, most: int = MOST_CHARACTERS) -> Response:
        """Send once, follow nothing, and give back what was said, whatever the status; of its text so many characters.

        Raises DeliveryError: permanent for an address that may not be called, unknown when the call may have arrived.
        """
        return self._call("POST", url, content, headers, most)

    def get(self, url: str, headers: Mapping[str, str], *, most: int = MOST_CHARACTERS) -> Response:
        """Ask once; as `post` in everything else."""
        return self._call("GET", url, b"", headers, most)

    def _call(self, method: str, url: str, content: bytes, headers: Mapping[str, str], most: int) -> Response:
        target = _checked_url(url)
        place = f"{target.scheme}://{target.host}"
        self._deadline.start(self._seconds)
        try:
            with closing(self._transport.handle_request(self._request(method, target, content, headers))) as answer:
                body = _first_bytes(answer.iter_raw())
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            raise DeliveryError(f"no connection to {place}: {reason_of(error)}") from None
        except httpcore.TimeoutException:
            raise DeliveryError(f"no answer from {place} in time; it may have arrived", unknown=True) from None
        except httpcore.LocalProtocolError:
            raise DeliveryError(f"the call to {place} is not valid HTTP", permanent=True) from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            text = f"the call to {place} broke off ({type(error).__name__}); it may have arrived"
            raise DeliveryError(text, unknown=True) from None
        text = body.decode("utf-8", errors="replace")[:most]
        return Response(answer.status_code, dict(answer.headers), text)

    def _request(self, method: str, target: httpx.URL, content: bytes, headers: Mapping[str, str]) -> httpx.Request:
        return httpx.Request(
            method, target, headers={**HEADERS, **headers}, content=content, extensions=self._extensions
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


class _Transport(httpx.BaseTransport):
    """httpx over httpcore's pools with backends of our own, which httpx's own transport cannot be given."""

    def __init__(self, door: Doorkeeper, deadline: Deadline, proxy: Proxy | None, tls: ssl.SSLContext) -> None:
        self._proxy = proxy
        self._direct = _pool(Direct(door, deadline), tls)
        self._tunnelled = _pool(Tunnelled(proxy, door, deadline), tls) if proxy else self._direct
        self._forwarded = _pool(Forwarded(proxy, door, deadline), tls) if proxy else self._direct

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises DeliveryError for what the proxy itself refuses."""
        url = request.url
        passed = self._proxy is None or self._proxy.is_passed(url.host)
        if self._proxy and not passed and self._proxy.resolves and url.scheme == "http":
            return self._forward(request, self._proxy)
        return _asked(self._direct if passed else self._tunnelled, request, url.raw_path, request.headers.raw)

    def _forward(self, request: httpx.Request, proxy: Proxy) -> httpx.Response:
        headers = request.headers.raw
        if proxy.authorization:
            headers = [*headers, (b"Proxy-Authorization", proxy.authorization.encode("ascii"))]
        target = b"http://" + request.url.netloc + request.url.raw_path
        response = _asked(self._forwarded, request, target, headers)
        if response.status_code == ASKS_FOR_A_PASSWORD:
            response.close()
            refuse_password(proxy)
        return response

    def close(self) -> None:
        for pool in {self._direct, self._tunnelled, self._forwarded}:
            pool.close()


def _pool(backend: httpcore.NetworkBackend, tls: ssl.SSLContext) -> httpcore.ConnectionPool:
    return httpcore.ConnectionPool(ssl_context=tls, network_backend=backend, max_connections=100, keepalive_expiry=60)


def _asked(
    pool: httpcore.ConnectionPool, request: httpx.Request, target: bytes, headers: list[tuple[bytes, bytes]]
) -> httpx.Response:
    url = request.url
    response = pool.handle_request(
        httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=target),
            headers=headers,
            content=request.stream,
            extensions=request.extensions,
        )
    )
    return httpx.Response(response.status, headers=response.headers, stream=_Body(response))


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
