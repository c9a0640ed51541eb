"""An operation of the API: what is asked, by whom it may be, what comes back. A call is one of them under way."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from starlette.requests import Request

from notifiers.channel import Channel
from sla.access import visitors
from sla.access.security_log import Told, tell
from sla.access.visitors import Visitor, allow, visitor_of
from sla.api.problems import ProblemError
from sla.api.shapes import Query, Shape
from sla.people import Program
from sla.rights import Right, rights_of
from sla.service.answers import Repeatable
from sla.service.errors import ServiceError
from sla.service.offices import Office, office_named

MOST_BYTES = 256_000


class App(visitors.App, Protocol):
    """What the API needs of the composition root; its sessions are the store's."""

    def channel(self, office_id: UUID, name: str) -> Channel: ...


class Open(Enum):
    """Who may ask where no right is needed."""

    KNOWN = "known"


@dataclass(frozen=True)
class Call:
    """One request of one office, at one moment, by whoever asks. `step` begins a transaction of its own, and gives the
    same call in it; `repeat` is the request where it may come again."""

    app: App
    request: Request
    session: Any
    office: Office
    now: datetime
    visitor: Visitor
    query: Any
    body: Any
    step: "Callable[[], AbstractContextManager[Call]]"
    repeat: Repeatable | None = None

    def at(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def actor(self, by: str | None, right: Right) -> str:
        """Who records it: whoever is signed in; a program, or whom it names; where nobody signs in, who is named.

        Raises ServiceError or ForbiddenError for somebody who may not.
        """
        allow(self.visitor, right)
        mine, token = self.visitor.person_id, self.visitor.token
        if mine:
            if by not in (None, mine):
                raise ServiceError(
                    "by", "%(by)s is not you; you are signed in as %(mine)s, leave it out", by=by, mine=mine
                )
            return mine
        if by is None:
            if token:
                return Program.with_key(token.name)
            raise ServiceError("by", "is missing: as long as nobody signs in, say who records it")
        person = self.office.person(by, "by")
        if right not in rights_of(person.roles):
            raise ServiceError(
                "by", "%(person)s may not record this; it needs the right to %(right)s", person=by, right=right
            )
        return person.id


@dataclass(frozen=True)
class Answered:
    """An answer with the headers that belong to it."""

    shape: Shape
    headers: Mapping[str, str] = field(default_factory=dict)
    repeated: bool = False


@dataclass(frozen=True)
class Operation:
    """What is answered at a path to a method. `refuses` are the kinds of problem beside those of every operation.

    `in_steps`: its handler opens its transactions by itself. `needs_key`: it is not done without an Idempotency-Key.
    `example` is a body; `tagged`: its answer has an ETag. `matched`: it heeds If-Match. `lasts`: it reads much, and
    takes no turn from pages.
    """

    method: str
    path: str
    name: str
    tag: str
    summary: str
    right: Right | Open
    answer: type[Shape]
    handle: Callable[[Call], Answered | Shape]
    query: type[Query] = Query
    body: Any = None
    status: int = 200
    refuses: tuple[str, ...] = ()
    in_steps: bool = False
    needs_key: bool = False
    most_bytes: int = MOST_BYTES
    example: Mapping[str, Any] | None = None
    tagged: bool = False
    matched: bool = False
    lasts: bool = False

    @property
    def writes(self) -> bool:
        return self.method == "POST"


@contextmanager
def entering(app: App, request: Request, operation: Operation, query: Query, *, writes: bool = False) -> Iterator[Call]:
    """The call in a transaction, for whoever has the right. Raises what access raises, ServiceError, ProblemError."""
    with app.writing() if writes else app.reading() as session:
        now = app.now(session)
        visitor = request.state.visitor = visitor_of(app, session, request, now)
        allow(visitor, None)
        office = visitor.office or _office(app, session, query.office)
        if query.office not in ("", office.slug):
            tell(request, Told.FORBIDDEN, why="office")
            raise ProblemError("forbidden", "this is another office's", "office")
        if isinstance(operation.right, Right):
            allow(visitor, operation.right)
            if visitor.must_change:
                raise ProblemError("password", "sign in at /sign-in and choose a password of your own")

        def step() -> AbstractContextManager[Call]:
            return entering(app, request, operation, query, writes=True)

        yield Call(app, request, session, office, now, visitor, query, None, step)


def caller_of(visitor: Visitor) -> str:
    """Whose Idempotency-Keys these are."""
    if visitor.token:
        return Program.with_key(visitor.token.name)
    return f"person:{visitor.person_id}" if visitor.person_id else "machine"


def _office(app: App, session: Any, slug: str) -> Office:
    if app.settings.office:
        return office_named(session, app.settings.office)
    return office_named(session, slug)
