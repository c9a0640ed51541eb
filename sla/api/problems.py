"""What is answered when something is wrong: problem details by RFC 9457, in English."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field
from starlette.exceptions import HTTPException

from schedules.calendars import CalendarError
from sla.access.forms import ElsewhereError
from sla.access.visitors import ForbiddenError, MisdirectedError, NotSignedInError
from sla.api.shapes import Shape
from sla.history import HistoryError
from sla.policies import PolicyError
from sla.service.answers import ReusedError
from sla.service.errors import ServiceError
from sla.service.health import UNUSABLE

PREFIX = "/api/v1/docs#"
MEDIA_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its status, its title, and when it comes."""

    status: int
    title: str
    about: str


KINDS = {
    "malformed": Kind(400, "The request cannot be read", "The body is no JSON that means one thing only."),
    "not-signed-in": Kind(401, "Nobody is signed in", "Without a key or a sign-in, or with one that is over."),
    "forbidden": Kind(403, "This is not yours to do", "The right is missing, or it is another office's."),
    "elsewhere": Kind(403, "This comes from elsewhere", "A browser wrote without the X-Form-Token of its sign-in."),
    "password": Kind(403, "The password is to be changed first", "It was set by an administrator, for once."),
    "not-found": Kind(404, "There is no such thing", "The address, the case or the part of it does not exist."),
    "method": Kind(405, "This cannot be done here", "The header Allow says what can."),
    "under-way": Kind(409, "The same request is under way", "Another one with this Idempotency-Key is not done yet."),
    "changed": Kind(412, "The case has changed", "It is not as If-Match says; the answer tells what was recorded."),
    "too-large": Kind(413, "The body is too large", "256,000 bytes, or 16,000,000 of a batch."),
    "media-type": Kind(415, "The body is of another kind", "It must be application/json."),
    "misdirected": Kind(421, "This is for its own machine only", "As long as nobody signs in, 127.0.0.1 is answered."),
    "invalid": Kind(
        422, "This cannot be taken", "A field is wrong, unknown or missing, or the case does not allow it."
    ),
    "key-reused": Kind(422, "The key was used before", "With the same Idempotency-Key something else was asked."),
    "undelivered": Kind(502, "The other side did not take it", "What a channel said to a trial."),
    "failed": Kind(500, "Something went wrong here", "The log has more. Send the same again, with the same key."),
    "unreadable": Kind(
        500, "The case cannot be read", "What is on record of it does not fit together; see `sla doctor`."
    ),
    "unavailable": Kind(503, "Nothing can be done just now", "The database cannot be used, or the clock is wrong."),
}


class Wrong(Shape):
    """One field and what is wrong with it."""

    field: str
    message: str


class Event(Shape):
    """Something that was recorded meanwhile."""

    seq: int
    kind: str
    by: str


class Problem(Shape):
    """Problem details (RFC 9457). `type` leads to what is said of it in the documentation."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    field: str | None = None
    """What to mend, if it is one thing."""
    errors: list[Wrong] = Field(default_factory=list)
    """Everything that is wrong, where it is more than one thing."""
    changes: list[Event] = Field(default_factory=list)
    """What was recorded since the version of If-Match."""


class ProblemError(Exception):
    """A request that is answered with a problem of this kind."""

    def __init__(
        self, kind: str, detail: str, field: str | None = None, *, errors: Sequence[Wrong] = (),
        changes: Sequence[Event] = (),
    ) -> None:  # fmt: skip
        super().__init__(detail)
        self.kind, self.detail, self.field = kind, detail, field
        self.errors, self.changes = list(errors), list(changes)

    def at(self, instance: str) -> Problem:
        """The problem as it is answered."""
        kind = KINDS[self.kind]
        return Problem(
            type=PREFIX + self.kind, title=kind.title, status=kind.status, detail=self.detail, instance=instance,
            field=self.field, errors=self.errors, changes=self.changes,
        )  # fmt: skip


def invalid(found: Sequence[tuple[str, str]]) -> ProblemError:
    """What is wrong with the fields of a request."""
    errors = [Wrong(field=field, message=message) for field, message in found]
    first = errors[0]
    return ProblemError("invalid", f"{first.field}: {first.message}", first.field, errors=errors)


AGAIN = "send the same again, with the same Idempotency-Key: what was recorded already is not recorded twice"


def problem_of(error: Exception) -> ProblemError:
    """The problem that an error of ours is answered with; one that is not ours goes to the log."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, UNUSABLE):
        return ProblemError("unavailable", f"the database cannot be used just now; {AGAIN}")
    if isinstance(error, ServiceError | HistoryError | PolicyError | CalendarError):
        return _refused(error.field, str(error))
    if isinstance(error, HTTPException):
        kind = "method" if error.status_code == 405 else "not-found"
        return ProblemError(kind, "the documentation names every address: /api/v1/docs")
    return _of_access(error)


def _refused(field: str, message: str) -> ProblemError:
    """What a service refuses, with the field as the API calls it."""
    if field == "time":
        return ProblemError("unavailable", message)
    known = _CALLED.get(field, field)
    return ProblemError("invalid", f"{known}: {message.removeprefix(f'{field}: ')}", known)


_CALLED = {"occurred_at": "at", "actor": "by", "event": "seq", "id": "ids", "as-of": "as_of"}


def _of_access(error: Exception) -> ProblemError:
    if isinstance(error, ForbiddenError):
        return ProblemError("forbidden", str(error))
    told = {
        NotSignedInError: ("not-signed-in", "send a key: Authorization: Bearer shixian_…"),
        ElsewhereError: ("elsewhere", "send the form_token of /api/v1/me as X-Form-Token, from a page of this server"),
        MisdirectedError: ("misdirected", "as long as nobody signs in, ask http://127.0.0.1"),
        ReusedError: ("key-reused", "this Idempotency-Key was sent with another request; make a new one"),
    }
    for kind, (name, detail) in told.items():
        if isinstance(error, kind):
            return ProblemError(name, detail)
    logger.error("a call of the API failed", exc_info=error)
    return ProblemError("failed", f"{type(error).__name__}; {AGAIN}")
