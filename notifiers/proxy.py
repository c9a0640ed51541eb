"""The office's HTTP proxy, as its administrator names it."""

from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from notifiers.addresses import plain

FORM = "write http://proxy.office.example:3128, with user:password@ before the host if it asks for them"


class ProxyError(ValueError):
    """An address that is none of a proxy. The text quotes nothing of it: it may hold a password."""


@dataclass(frozen=True)
class Proxy:
    """Where it is, and what goes past it.

    `authorization` is the header's value, "" without user and password. `direct` are hosts that are called without it,
    `.office.example` all under that name. `resolves`: it is given names, because this machine knows none of outside.
    """

    host: str
    port: int
    authorization: str = field(default="", repr=False)
    direct: frozenset[str] = frozenset()
    resolves: bool = False

    def is_passed(self, host: str) -> bool:
        """Whether calls to the host go past it."""
        name = plain(host)
        return any(name == entry or (entry[:1] == "." and name.endswith(entry)) for entry in map(plain, self.direct))


def proxy_at(url: str, direct: frozenset[str] = frozenset(), *, resolves: bool = False) -> Proxy:
    """The proxy of an address such as `http://user:password@proxy:3128`; both percent-encoded. Raises ProxyError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ProxyError(f"is no address; {FORM}, both percent-encoded") from None
    if parts.scheme != "http" or not host or not port:
        raise ProxyError(f"must begin with http:// and name a host and a port; {FORM}, both percent-encoded")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ProxyError(f"must end with the port; {FORM}, both percent-encoded")
    return Proxy(host, port, _basic(parts.username, parts.password), direct, resolves)


def _basic(user: str | None, password: str | None) -> str:
    if user is None:
        return ""
    both = f"{unquote(user)}:{unquote(password or '')}"
    return f"Basic {b64encode(both.encode()).decode()}"
