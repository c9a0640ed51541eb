"""A request that comes again is answered as it was the first time, and does nothing twice.

The answer is kept in the transaction of what it wrote: killed in between, there is neither.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sla.store import answers as store
from sla.store.engine import Session

KEPT = timedelta(hours=24)


class ReusedError(Exception):
    """The key was used for another request."""


@dataclass(frozen=True)
class Repeatable:
    """A request that may come again: whose it is, its key, and what it says, as a digest."""

    office_id: UUID
    caller: str
    key: str
    digest: str


@dataclass(frozen=True)
class Answer:
    """What was answered: status, headers that belong to it, and the text."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


def digest_of(key: str, *parts: bytes) -> str:
    """What a request says; mixed with its key, so that nobody can look it up."""
    found = hashlib.sha256(key.encode())
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()


def given(session: Session, asked: Repeatable, now: datetime, part: int = 0) -> Answer | None:
    """What was answered before; None the first time: then `keep` has to follow in this transaction. Raises
    ReusedError."""
    row = store.claimed(session, _row(asked, part, Answer(0, ""), now))
    return _answer(row, asked) if row else None


def known(session: Session, asked: Repeatable) -> Answer | None:
    """What was answered before, if anything was; takes no place. Raises ReusedError."""
    row = store.found(session, {"office_id": asked.office_id, "caller": asked.caller, "key": asked.key, "part": 0})
    return _answer(row, asked) if row else None


def keep(session: Session, asked: Repeatable, answer: Answer, now: datetime, part: int = 0) -> None:
    """Keep what is answered, in the transaction of what it wrote."""
    store.put(session, _row(asked, part, answer, now))


def forget_old(session: Session, now: datetime, only: UUID | None = None) -> int:
    """Forget what was answered more than a day ago; how many answers."""
    return store.drop_before(session, now - KEPT, only)


def _answer(row: Any, asked: Repeatable) -> Answer:
    if row.digest != asked.digest:
        raise ReusedError
    return Answer(row.status, row.body, json.loads(row.headers))


def _row(asked: Repeatable, part: int, answer: Answer, now: datetime) -> dict[str, Any]:
    return {
        "office_id": asked.office_id,
        "caller": asked.caller,
        "key": asked.key,
        "part": part,
        "digest": asked.digest,
        "status": answer.status,
        "headers": json.dumps(dict(answer.headers)),
        "body": answer.body,
        "made_at": now,
    }
