"""Keys of programs: shown once, kept as a digest, with rights of their own and an end."""

import json
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sla.people import Role
from sla.rights import Right, rights_of
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.service.users import digest_of, office_of
from sla.store import accounts as store
from sla.store.engine import Session

PREFIX = "shixian_"
LONGEST = timedelta(days=366)
USED_EVERY = timedelta(minutes=5)
_NAME = re.compile(r"[\w.-]{1,50}")


@dataclass(frozen=True)
class Token:
    """A key, without what it is known by. Moments are aware. `unseen`: that it is in use is not on record yet."""

    office_id: UUID
    name: str
    rights: frozenset[Right]
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    unseen: bool = False

    def state(self, now: datetime) -> str:
        """`valid`, `expired` or `revoked`."""
        if self.revoked_at:
            return "revoked"
        return "valid" if now < self.expires_at else "expired"


def add(
    session: Session, office: Office, name: str, rights: Collection[str], until: date, by: str, now: datetime
) -> str:
    """A new key that works through the day `until`, at most a year; what it is known by is given back, once.

    Only an administrator makes keys, and none with more rights than their own. Raises ServiceError.
    """
    maker = office.person(by, "by")
    if Role.ADMIN not in maker.roles:
        admins = ", ".join(person.id for person in office.people.values() if Role.ADMIN in person.roles)
        raise ServiceError(
            "by", "%(by)s is no administrator; administrators are: %(admins)s", by=by, admins=admins or "none"
        )
    if not _NAME.fullmatch(name):
        raise ServiceError(
            "name", "%(name)r must be letters, digits, dots and hyphens, such as archive-system", name=name
        )
    wanted = _rights(rights) & rights_of(maker.roles)
    expires_at = office.calendar.end_of(until)
    if expires_at <= now or expires_at - now > LONGEST:
        raise ServiceError("until", "%(until)s must lie ahead, and within a year", until=until)
    if any(row.name == name for row in store.tokens(session, office.id)):
        raise ServiceError("name", "%(name)r is taken; a key that was revoked keeps its name", name=name)
    token = f"{PREFIX}{office.id.hex}.{secrets.token_urlsafe(32)}"
    store.put_token(session, {
        "office_id": office.id, "name": name, "digest": digest_of(token),
        "rights": json.dumps(sorted(wanted)), "made_by": by, "made_at": now, "expires_at": expires_at,
    })  # fmt: skip
    return token


def listed(session: Session, office: Office) -> list[Token]:
    """The keys of an office by name, those that are over too."""
    return [_token(row) for row in store.tokens(session, office.id)]


def revoke(session: Session, office: Office, name: str, now: datetime) -> None:
    """A key works no more from now on. Raises ServiceError for one that is not there or was revoked."""
    known = {token.name: token for token in listed(session, office) if token.revoked_at is None}
    if name not in known:
        raise ServiceError("name", "%(name)r is no key; those that are: %(known)s", name=name, known=known)
    store.change_token(session, office.id, name, revoked_at=now)


def known_by(session: Session, token: str, now: datetime) -> Token | None:
    """The key that a caller holds; None for what is none, is over, or was revoked."""
    office_id = office_of(token.removeprefix(PREFIX)) if token.startswith(PREFIX) else None
    row = store.token_of(session, office_id, digest_of(token)) if office_id else None
    found = _token(row) if row else None
    if found is None or found.state(now) != "valid":
        return None
    return replace(found, unseen=found.used_at is None or now - found.used_at >= USED_EVERY)


def used(session: Session, token: Token, now: datetime) -> None:
    store.change_token(session, token.office_id, token.name, used_at=now)


def _rights(names: Collection[str]) -> frozenset[Right]:
    known = [right.value for right in Right]
    unknown = sorted(set(names) - set(known))
    if unknown or not names:
        raise ServiceError("rights", "%(unknown)s must be of: %(known)s", unknown=unknown, known=known)
    return frozenset(map(Right, names))


def _token(row: Any) -> Token:
    return Token(
        row.office_id, row.name, frozenset(map(Right, json.loads(row.rights))), row.made_by, row.made_at,
        row.expires_at, row.revoked_at, row.used_at,
    )  # fmt: skip
