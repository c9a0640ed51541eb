"""An applicant's look-up: by the number of the case and a code, without signing in.

The code is made from the case's id, a secret of the office that stands in the database alone, and how often it was
renewed; so every case has one, also those from before, nobody else can make one, a copy of the database brings them
along, and renewing makes the one before worthless. A wrong number and a wrong code take the same way.
"""

import hashlib
import hmac
import json
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from sla.service import cases
from sla.service.attempts import attempts_of
from sla.service.cases import Recorded
from sla.service.lookup_setup import lookup_read
from sla.service.offices import Office
from sla.store import cases as case_store
from sla.store import lookups as store
from sla.store import offices
from sla.store.engine import Session

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31 of them: no 0 and O, no 1, I and L
LENGTH = 10  # 49 bits
_NO_CASE = UUID(int=0)


@dataclass(frozen=True)
class NotFound:
    """Nothing is found by this number and this code; or, `until` then, no more attempts are taken."""

    until: datetime | None = None


def begin(session: Session, office_id: UUID, now: datetime) -> None:
    """Give an office what its codes are made from, unless it has it: they stay what they were if it is turned off
    meanwhile."""
    store.put_secret(session, {"office_id": office_id, "secret": secrets.token_hex(32), "made_at": now})


def offering(session: Session, only: str = "") -> tuple[tuple[str, str], ...]:
    """Slug and name of the offices whose cases can be looked up; `only` one of them, if it is named."""
    return tuple(
        (row.slug, row.name)
        for row in offices.offices(session)
        if only in ("", row.slug) and lookup_read(json.loads(row.settings).get("lookup", {})).on
    )


def code_of(session: Session, office: Office, case: Recorded) -> str:
    """The code of a case as it is printed, ABCDE-FGHJK; "" where the office offers no look-up."""
    if not office.look_up.on:
        return ""
    secret, renewals = store.secret_and_renewals(session, office.id, case.row.case_id)
    code = _code(secret, renewals, case.row.case_id)
    return f"{code[:5]}-{code[5:]}" if secret else ""


def lookup_link(office: Office, number: str, code: str) -> str:
    """The address that fills number and code in. Behind the # they are sent to no server, and stand in no log."""
    base = office.look_up.link or office.link
    return f"{base}/lookup?{urlencode({'office': office.slug})}#{urlencode({'number': number, 'code': code})}"


def renew(session: Session, office: Office, case: Recorded, now: datetime, by: str) -> str:
    """A new code in place of the old one, which finds nothing from now on."""
    store.renew(session, office.id, case.row.case_id, now, by)
    return code_of(session, office, case)


def look_up(
    session: Session, office: Office, number: str, code: str, address: str, now: datetime
) -> Recorded | NotFound:
    """The case as it stands now, if number and code belong together. What is wrong counts against the number and the
    address it comes from, and after some of it the way is closed for a while, as in signing in."""
    number = number.strip()[:80]
    attempts = attempts_of(session, office.id, f"look-up {number}", f"look-up {address}", now)
    if attempts.closed_until:
        return NotFound(attempts.closed_until)
    row = case_store.case_numbered(session, office.id, number)
    case_id = row.case_id if row else _NO_CASE
    secret, renewals = store.secret_and_renewals(session, office.id, case_id)
    fits = hmac.compare_digest(_read(code).encode(), _code(secret, renewals, case_id).encode())
    if not fits or row is None or not secret:  # without a secret anybody could make the code
        attempts.failed()
        return NotFound()
    attempts.succeeded()
    return cases.find(session, office, number, now)


def _code(secret: str, renewals: int, case_id: UUID) -> str:
    made = hmac.new(secret.encode(), f"{case_id.hex}/{renewals}".encode(), hashlib.sha256).digest()
    number, signs = int.from_bytes(made), []
    for _ in range(LENGTH):
        number, index = divmod(number, len(SIGNS))
        signs.append(SIGNS[index])
    return "".join(signs)


def _read(code: str) -> str:
    """A code as somebody types it: in small or full-width letters, with blanks or hyphens wherever they like."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", code[:100]).upper() if sign.isalnum())
