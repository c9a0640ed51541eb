"""Who a request comes from, and what they may do.

A program shows its key (`Authorization: Bearer`), a person the cookie of their sign-in. As long as nobody has a
password, nobody signs in: the pages then answer this machine alone, and whoever sits at it says who they are
when they record something, as with `sla case --by`.
"""

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from starlette.requests import HTTPConnection

from sla.access.cookies import SIGN_IN, cookie
from sla.rights import Right, rights_of
from sla.service import tokens, users
from sla.service.offices import Office, office_with
from sla.service.tokens import Token
from sla.service.users import SignedIn
from sla.settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
OF_THIS_MACHINE = frozenset({Right.READ, Right.RECORD, Right.MANAGE, Right.REPORT, Right.AUDIT})


logger = logging.getLogger(__name__)


class App(Protocol):
    """What access needs of the composition root; its sessions are the store's."""

    @property
    def settings(self) -> Settings: ...
    def reading(self) -> AbstractContextManager[Any]: ...
    def writing(self) -> AbstractContextManager[Any]: ...
    def now(self, session: Any) -> datetime: ...


@dataclass(frozen=True)
class Visitor:
    """Who asks. `office` is the one they belong to, None for whoever sits at this machine; `person_id` is "" for
    nobody in particular, and for a program."""

    rights: frozenset[Right] = frozenset()
    office: Office | None = None
    person_id: str = ""
    signed_in: SignedIn | None = None
    token: Token | None = None

    @property
    def is_known(self) -> bool:
        return bool(self.rights)

    @property
    def must_change(self) -> bool:
        """Whether their password was set by an administrator, and is to be changed before anything else."""
        return self.signed_in is not None and self.signed_in.once


class NotSignedInError(Exception):
    """Nobody is signed in with this browser, or a program's key is none."""


class ForbiddenError(Exception):
    """Whoever asks is known, and lacks the `right`."""

    def __init__(self, right: Right) -> None:
        super().__init__(f"needs the right to {right.value}")
        self.right = right


class MisdirectedError(Exception):
    """Another machine's name leads here, or a page from elsewhere asks: there is no sign-in to protect what is here."""


def visitor_of(app: App, session: Any, request: HTTPConnection, now: datetime) -> Visitor:
    """Who a request comes from. Raises MisdirectedError; NotSignedInError for a key that is none."""
    bearer = request.headers.get("authorization", "")
    if bearer:
        return _program(app, session, bearer, now)
    if not users.is_set_up(session):
        if request.url.hostname not in LOOPBACK:
            raise MisdirectedError
        return Visitor(OF_THIS_MACHINE)
    mine = users.signed_in(session, cookie(request, SIGN_IN), now)
    office = _theirs(app, session, mine.office_id) if mine else None
    if mine is None or office is None or mine.person_id not in office.people:
        return Visitor()
    return Visitor(rights_of(office.people[mine.person_id].roles), office, mine.person_id, signed_in=mine)


def visitor_known(request: HTTPConnection) -> Visitor:
    """Who asks, once it is found; nobody before."""
    visitor = getattr(request.state, "visitor", None)
    return visitor if isinstance(visitor, Visitor) else Visitor()


def allow(visitor: Visitor, right: Right | None) -> None:
    """Raises NotSignedInError or ForbiddenError unless the visitor has the right; None asks only that they are
    known."""
    if not visitor.is_known:
        raise NotSignedInError
    if right is not None and right not in visitor.rights:
        raise ForbiddenError(right)


def keep(app: App, visitor: Visitor) -> None:
    """Put on record, every few minutes, that a sign-in or a key is in use. Where nothing can be written, what was asked
    for is shown all the same."""
    signed_in, token = visitor.signed_in, visitor.token
    if not (signed_in and signed_in.unseen) and not (token and token.unseen):
        return
    try:
        with app.writing() as session:
            now = app.now(session)
            if signed_in and signed_in.unseen:
                users.still_here(session, signed_in, now)
            if token and token.unseen:
                tokens.used(session, token, now)
    except Exception as error:
        logger.warning("not on record that a sign-in is in use: %s", type(error).__name__)


def _program(app: App, session: Any, bearer: str, now: datetime) -> Visitor:
    scheme, _, key = bearer.partition(" ")
    token = tokens.known_by(session, key.strip(), now) if scheme.lower() == "bearer" else None
    office = _theirs(app, session, token.office_id) if token else None
    if token is None or office is None:
        raise NotSignedInError
    return Visitor(token.rights, office, token=token)


def _theirs(app: App, session: Any, office_id: UUID) -> Office | None:
    """The office somebody belongs to; None where this process serves another one only."""
    office = office_with(session, office_id)
    return office if app.settings.office in ("", office.slug) else None
