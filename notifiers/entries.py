"""What lies in the outbox, as values: what is put in, what is claimed, what became of it, what can be read.

pending ──▶ sent      one delivery settles a message and the bundle it leads
 ▲ │  └───▶ dropped   no longer true when it was to be sent
 │ ▼
 dead                 given up; back to pending by hand only
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """Where a message is; see the diagram above."""

    PENDING = "pending"
    SENT = "sent"
    DROPPED = "dropped"
    DEAD = "dead"


class Result(StrEnum):
    """How one attempt ended."""

    SENT = "sent"
    RETRY = "retry"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    DROPPED = "dropped"


class Fate(StrEnum):
    """Whether anybody can have read a message: it waits unsaid, has gone out or may have, or was dropped unsaid."""

    WAITING = "waiting"
    TRIED = "tried"
    LOST = "lost"


@dataclass(frozen=True)
class NewMessage:
    """A message to enqueue. `id` is a version-7 UUID; `about` is for the renderer alone; moments are aware.

    `after_id`: it does not go out before that message was tried once, or is settled.
    """

    office_id: UUID
    id: UUID
    key: str
    kind: str
    recipient_id: str
    endpoint: str
    about: str
    due_at: datetime
    next_at: datetime
    created_at: datetime
    bundle_id: UUID | None = None
    after_id: UUID | None = None


@dataclass(frozen=True)
class Claimed:
    """A message that is ours until the lease ends, with the members of the bundle it leads.

    `attempts` (1 at the first) is what the pauses are counted by; `attempt` is this attempt's number on record.
    `maybe_sent`: an earlier attempt may have arrived, for how it ended is not known.
    """

    office_id: UUID
    id: UUID
    key: str
    kind: str
    recipient_id: str
    endpoint: str
    about: str
    due_at: datetime
    created_at: datetime
    attempts: int
    attempt: int
    token: UUID
    followers: tuple["Claimed", ...] = ()
    maybe_sent: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a claimed message. `result` None puts it back as if it had not been claimed.

    `id` is the delivery's. `next_at` is needed with State.PENDING. `left_out`: members of the bundle (or its leader)
    that were not said because they are no longer true, each with why; they are dropped when the others are sent.
    `gone`: the endpoint said that it is no longer there. `instead`: what takes the place of members that are for
    somebody else now. `after_id`: what is put back waits for that message.
    """

    claimed: Claimed
    id: UUID
    result: Result | None
    state: State
    detail: str = ""
    reason: str = ""
    next_at: datetime | None = None
    left_out: Mapping[UUID, str] = field(default_factory=dict)
    gone: bool = False
    instead: tuple[NewMessage, ...] = ()
    after_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.state is State.PENDING) != (self.next_at is not None):
            raise ValueError("a message that stays pending, and only that, has a next attempt")


@dataclass(frozen=True)
class Depth:
    """How full the outbox is: what waits, what of that is due, since when the oldest, and what was given up."""

    pending: int
    due: int
    oldest_next_at: datetime | None
    dead: int


@dataclass(frozen=True)
class Which:
    """Messages of a state, to a person, of keys that begin so, of some kinds or of none of `but`, by an endpoint."""

    state: State | None = None
    recipient: str = ""
    prefix: str = ""
    kinds: Sequence[str] = ()
    but: Sequence[str] = ()
    endpoint: str = ""


ANY = Which()


@dataclass(frozen=True)
class Listed:
    """A message as it stands."""

    office_id: UUID
    id: UUID
    key: str
    kind: str
    recipient_id: str
    endpoint: str
    about: str
    bundle_id: UUID | None
    state: State
    reason: str
    due_at: datetime
    next_at: datetime
    attempts: int
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True)
class Attempt:
    """One attempt as it was recorded."""

    attempt: int
    started_at: datetime
    outcome: Result
    detail: str
