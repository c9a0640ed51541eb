"""What is delivered, to whom, what comes back, and how delivery says no."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol


@dataclass(frozen=True)
class Recipient:
    """Who gets a message.

    `address` is what the channel needs (a mail address), or "" where the endpoint itself is the address.
    `language` is a BCP 47 tag, such as "zh-CN".
    """

    id: str
    name: str
    address: str
    language: str


@dataclass(frozen=True)
class Deadline:
    """A day something is due, for a reader's own calendar.

    `id` stays the same when the day moves, and `revision` has then grown. `on` is a civil day where it counts;
    `provisional`: the day may still move by itself. `title` is one line, `text` may be several. In a calendar that is
    subscribed to, `changed_at` is when what it says was last changed, and `warn_before` how long before its day begins
    the calendar speaks up.
    """

    id: str
    revision: int
    on: date
    title: str
    text: str
    link: str = ""
    provisional: bool = False
    changed_at: datetime | None = None
    warn_before: timedelta | None = None


class Body(Protocol):
    """What a message says to people: as plain text, and as HTML where there is any. Written when it is first read."""

    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str | None: ...


@dataclass(frozen=True)
class Written:
    """A body that is there already."""

    text: str
    html: str | None = None


@dataclass(frozen=True)
class Message:
    """One message as it goes out, its figures computed for this attempt.

    `key` is the idempotency key, the same on every try. `time` is when what it says became true; aware, or ValueError.
    `subject` and `body` are for people; `source`, `about` (what it is about) and `data` (values that JSON can
    carry) for programs. `link` is where to look, "" if nowhere. `repeat_note` says in the reader's language that it may
    have come already; "" where no earlier attempt can have arrived. `deadlines` go along where the channel can carry
    them. `short`: the whole of it for a telephone, where the subject does not say enough.
    """

    key: str
    kind: str
    subject: str
    body: Body
    time: datetime
    source: str
    about: str
    data: Mapping[str, object]
    link: str = ""
    repeat_note: str = ""
    deadlines: tuple[Deadline, ...] = ()
    short: str = ""

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError("a message needs a key: it is what makes a repeat recognisable")
        if self.time.utcoffset() is None:
            raise ValueError("a message's time needs a time zone")

    @property
    def text(self) -> str:
        return self.body.text

    @property
    def html(self) -> str | None:
        return self.body.html


@dataclass(frozen=True)
class Receipt:
    """A channel's word that a message was taken: the other side's reference, and what else is worth keeping."""

    reference: str
    detail: str = ""


@dataclass(frozen=True)
class NoLongerTrue:
    """What a renderer returns for a message that is dropped on record instead of sent, and why."""

    reason: str


class DeliveryError(Exception):
    """A message was not, or not surely, delivered. The text is safe to store: it holds no secret and no URL path.

    `permanent`: another try cannot help. `retry_after`: the other side asks for at least this pause.
    `closes`: the pause is asked of all that goes by the endpoint, not of this message alone.
    `unknown`: it may have arrived (a time-out is never "failed"). `gone`: the endpoint says it is no longer there.
    """

    def __init__(
        self,
        text: str,
        *,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        closes: bool = False,
        unknown: bool = False,
        gone: bool = False,
    ) -> None:
        super().__init__(text)
        self.permanent = permanent
        self.retry_after = retry_after
        self.closes = closes
        self.unknown = unknown
        self.gone = gone
