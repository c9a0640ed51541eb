"""Which addresses may be called: those of the public internet, and the hosts that the administrator allowed by name."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from notifiers.message import DeliveryError

Resolve = Callable[[str, int], Sequence[str]]


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
    return _found(host, port, 0)


def written_out(host: str) -> list[str]:
    """The address that a host is, in whatever spelling the system reads (127.1, 0x7f000001); none if it is a name."""
    try:
        return _found(host, 0, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []


def _found(host: str, port: int, flags: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_outside(name: str) -> bool:
    """Whether a plain host name can be one of the public internet: what nobody there may have is one of a machine or
    a network of our own.

    Source: RFC 6761, RFC 6762 (appendix G), RFC 8375, ICANN on .internal.
    """
    *before, last = name.split(".")
    return bool(before) and last not in INSIDE and not last.isdigit() and not name.endswith(".home.arpa")


INSIDE = frozenset(
    ("localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "invalid", "onion")
)


def plain(host: str) -> str:
    return host.lower().rstrip(".")


class Doorkeeper:
    """Says where a host leads; `allowed` are names as they stand in URLs."""

    def __init__(self, allowed: frozenset[str], resolve: Resolve) -> None:
        self._allowed = frozenset(map(plain, allowed))
        self._resolve = resolve

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host that may be called. Raises DeliveryError."""
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError):
            raise DeliveryError(f"{host} cannot be resolved") from None
        if not self._is_allowed(host) and not all(map(is_public, addresses)):
            raise refused(host)
        if not addresses:
            raise DeliveryError(f"{host} has no address")
        return addresses

    def check_unresolved(self, host: str) -> None:
        """What can be said of a host whose name others resolve. Raises DeliveryError."""
        addresses = written_out(plain(host))
        may = all(map(is_public, addresses)) if addresses else is_outside(plain(host))
        if not may and not self._is_allowed(host):
            raise refused(host)

    def _is_allowed(self, host: str) -> bool:
        return plain(host) in self._allowed


def refused(host: str) -> DeliveryError:
    text = f"{host} leads to an address that is not public; the administrator can allow the host by name"
    return DeliveryError(text, permanent=True)
