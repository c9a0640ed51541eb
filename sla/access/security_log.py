"""What is told of sign-ins, refusals and denials: a line each, for whoever looks for an attack.

It names nobody. A person is twelve digits of a digest, which `sla user list --json` shows beside their name; an address
is its network. What somebody typed, a key, a cookie, the path of a page are never in it.
"""

import hashlib
import logging
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import UUID

from starlette.requests import HTTPConnection

from sla.access.forms import ElsewhereError, FormError
from sla.access.visitors import ForbiddenError, MisdirectedError, NotSignedInError, visitor_known

logger = logging.getLogger("sla.security")
DIGITS = 12


class Told(StrEnum):
    """What happened; docs/security.md explains each."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    SIGN_INS_ENDED = "sign_ins_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the word
    PASSWORD_REFUSED = "password_refused"  # noqa: S105 - the word
    FORBIDDEN = "forbidden"
    FORM_REFUSED = "form_refused"
    KEY_REFUSED = "key_refused"
    MISDIRECTED = "misdirected"


WELL = frozenset({Told.SIGNED_IN, Told.SIGNED_OUT, Told.SIGN_INS_ENDED, Told.PASSWORD_CHANGED})


def tell(request: HTTPConnection, what: Told, who: str = "", why: str = "", by: str = "") -> None:
    """Put it in the log, with the route that was asked. `who` is of `pseudonym`; `why` and `by` are words of ours."""
    facts = {"who": who, "why": why, "by": by, "route": _route(request), "network": network_of(address_of(request))}
    given = {name: value for name, value in facts.items() if value}
    line = " ".join((what, *(f"{name}={value}" for name, value in given.items())))
    extra: dict[str, Any] = {"security": what.value, **given}
    logger.log(logging.INFO if what in WELL else logging.WARNING, line, extra=extra)


def tell_refusal(request: HTTPConnection, error: Exception) -> None:
    """A refusal that an attack would meet with, of a page or of the API; nothing of any other error."""
    visitor = visitor_known(request)
    who = pseudonym(visitor.office.id, visitor.person_id) if visitor.office and visitor.person_id else ""
    if isinstance(error, ForbiddenError):
        tell(request, Told.FORBIDDEN, who, error.right.value)
    elif isinstance(error, MisdirectedError):
        tell(request, Told.MISDIRECTED)
    elif isinstance(error, ElsewhereError):
        tell(request, Told.FORM_REFUSED, who, "elsewhere")
    elif isinstance(error, FormError):
        tell(request, Told.FORM_REFUSED, who, str(error.status))
    elif isinstance(error, NotSignedInError) and "authorization" in request.headers:
        tell(request, Told.KEY_REFUSED)


def pseudonym(office_id: UUID, person_id: str) -> str:
    """Somebody of an office, as the log has them: the same each time, and no name."""
    return hashlib.sha256(f"{office_id}/{person_id}".encode()).hexdigest()[:DIGITS]


def address_of(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""


def network_of(address: str) -> str:
    """An address without what is one machine's: 192.0.2.0/24, 2001:db8:1::/48; this machine as it is."""
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    return str(ip) if ip.is_loopback else str(ip_network(f"{ip}/{24 if ip.version == 4 else 48}", strict=False))


def _route(request: HTTPConnection) -> str:
    """The pattern of the address, such as /cases/{number:path}, which holds nothing of what was asked."""
    return str(getattr(request.state, "route", ""))
