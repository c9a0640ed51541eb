"""Signing in: who has a password, who is signed in where, and for how long.

Somebody who is signed in holds a token: the office's id and 256 random bits. The database has only its SHA-256.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sla.people import Role
from sla.service import passwords
from sla.service.attempts import attempts_of
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.store import accounts as store
from sla.store.engine import Session
from sla.store.subscriptions import drop_subscription

IDLE = timedelta(hours=12)  # a working day
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)


class Way(StrEnum):
    """How somebody showed who they are: by a password of ours, or by the office's identity provider."""

    PASSWORD = "password"  # noqa: S105 - the word
    OIDC = "oidc"


@dataclass(frozen=True)
class Place:
    """From where somebody signs in: the client's address, and which browser it says it is."""

    address: str = ""
    browser: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A standing sign-in, by `way` of a password or of the identity provider. `once`: the password was set by an
    administrator, and is to be changed before anything else. `unseen`: that it is still in use is not on record yet."""

    office_id: UUID
    person_id: str
    digest: str
    once: bool
    unseen: bool
    way: Way
    since: datetime


@dataclass(frozen=True)
class Refused:
    """Not signed in: a wrong name or password; or, `until` then, no more attempts are taken."""

    until: datetime | None = None


@dataclass(frozen=True)
class Account:
    """One of the staff: since when they have had their password, and when they were last seen; None for never."""

    person_id: str
    name: str
    roles: tuple[str, ...]
    active: bool
    password_at: datetime | None
    once: bool
    seen_at: datetime | None


def is_set_up(session: Session) -> bool:
    """Whether anybody has a password: from then on the pages ask for one."""
    return store.anybody_signs_in(session)


def is_without_administrator(session: Session, office: Office) -> bool:
    """Whether people sign in here, and none of them administers the office."""
    signing_in = [account for account in accounts(session, office) if account.active and account.password_at]
    return bool(signing_in) and not any(Role.ADMIN in account.roles for account in signing_in)


def accounts(session: Session, office: Office) -> list[Account]:
    """The staff by id, those who left too."""
    return [
        Account(
            row.person_id, row.name, tuple(json.loads(row.roles)), row.active, row.password_at, row.password_once,
            row.seen_at,
        )
        for row in store.accounts(session, office.id)
    ]  # fmt: skip


def give_password(session: Session, office: Office, person_id: str, password: str, now: datetime) -> str:
    """Set somebody's password, one that is made up for ""; it is given back, to be told to them.

    It is for once: its owner chooses another at the next sign-in. They are signed out everywhere.
    """
    person = office.person(person_id)
    password = password or passwords.made_up()
    passwords.check(password, person_id=person.id, name=person.name)
    store.put_password(session, office.id, person.id, passwords.hashed(password), now, once=True)
    store.drop_sign_ins_of(session, office.id, person.id)
    return password


def let_in(session: Session, office: Office, person_id: str, now: datetime) -> None:
    """Somebody may sign in by the identity provider, and by it alone: the password they have nobody knows."""
    put_chosen(session, office, person_id, passwords.hashed(secrets.token_urlsafe(32)), now)
    store.drop_sign_ins_of(session, office.id, person_id)


def put_chosen(session: Session, office: Office, person_id: str, hashed: str, now: datetime) -> None:
    """Somebody's own password, as its hash: it stays until they change it."""
    store.put_password(session, office.id, office.person(person_id).id, hashed, now, once=False)


def take_password(session: Session, office: Office, person_id: str) -> None:
    """Somebody signs in no more, is signed out everywhere, and has no calendar any more. Raises ServiceError for who
    has no password."""
    if not stored_password(session, office, person_id):
        raise ServiceError("person", "%(person_id)s has no password", person_id=person_id)
    store.put_password(session, office.id, person_id, "", None, once=False)
    store.drop_sign_ins_of(session, office.id, person_id)
    drop_subscription(session, office.id, person_id)


def change_password(session: Session, office: Office, mine: SignedIn, password: str, again: str, now: datetime) -> None:
    """Somebody's own new password, after the old one was found right; they stay signed in here alone."""
    person = office.person(mine.person_id)
    if password != again:
        raise ServiceError("again", "is not the same as the new password")
    passwords.check(password, person_id=person.id, name=person.name)
    if passwords.fits(password, stored_password(session, office, person.id)):
        raise ServiceError("password", "is the one you have; take another")
    put_chosen(session, office, person.id, passwords.hashed(password), now)
    store.drop_sign_ins_of(session, office.id, person.id, but=mine.digest)


def stored_password(session: Session, office: Office, person_id: str) -> str:
    """The hash of somebody's password, "" where there is none: for `passwords.fits`, outside of any transaction."""
    row = store.with_password(session, office.id, person_id)
    return row.password if row else ""


def sign_in(
    session: Session, office: Office, person_id: str, place: Place, now: datetime, *, right: bool
) -> str | Refused:
    """Somebody gave a password that was `right` or not, at a place: the token they hold from now on, or not.

    Wrong ones are counted; while the way is closed a right one is refused too.
    """
    attempts = attempts_of(session, office.id, person_id, place.address, now)
    if attempts.closed_until:
        return Refused(attempts.closed_until)
    if not right:
        attempts.failed()
        return Refused()
    attempts.succeeded()
    return _begun(session, office, person_id, Way.PASSWORD, place, now)


def sign_in_vouched(session: Session, office: Office, person_id: str, place: Place, now: datetime) -> str | Refused:
    """Somebody whom the identity provider vouches for: the token they hold; not for who was never let in here."""
    if person_id not in office.people or not stored_password(session, office, person_id):
        return Refused()
    return _begun(session, office, person_id, Way.OIDC, place, now)


def _begun(session: Session, office: Office, person_id: str, way: Way, place: Place, now: datetime) -> str:
    store.drop_old_sign_ins(session, office.id, now - LONGEST, now - IDLE)
    token = f"{office.id.hex}.{secrets.token_urlsafe(32)}"
    store.put_sign_in(session, {
        "office_id": office.id, "digest": digest_of(token), "person_id": person_id, "created_at": now, "seen_at": now,
        "way": way.value, "browser": place.browser, "address": place.address,
    })  # fmt: skip
    return token


def signed_in(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Whose token it is; None for one that is none, is over, or was ended."""
    office_id = office_of(token)
    row = store.sign_in_of(session, office_id, digest_of(token)) if office_id else None
    if row is None or now - row.created_at >= LONGEST or now - row.seen_at >= IDLE:
        return None
    way, unseen = Way(row.way), now - row.seen_at >= SEEN_EVERY
    once = row.password_once and way is Way.PASSWORD
    return SignedIn(row.office_id, row.person_id, row.digest, once, unseen, way, row.created_at)


def still_here(session: Session, mine: SignedIn, now: datetime) -> None:
    """Keep a sign-in that is in use from ending."""
    store.seen(session, mine.office_id, mine.digest, now)


def sign_out(session: Session, mine: SignedIn) -> None:
    store.drop_sign_in(session, mine.office_id, mine.digest)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def office_of(token: str) -> UUID | None:
    """The office that a token names; None for what is no token."""
    try:
        return UUID(token.partition(".")[0])
    except ValueError:
        return None
