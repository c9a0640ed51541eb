"""What a form would do, before anybody confirms it: done for real, looked at, and taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.store import cases as store
from sla.store.engine import Session, all_or_nothing, taken_back

T = TypeVar("T")


def tried(session: Session, write: Callable[[], T]) -> T:
    """What `write` makes; nothing of it is kept. Raises what it raises."""
    with taken_back(session):
        return write()


def kept(session: Session, write: Callable[[], T]) -> T:
    """What `write` makes, for good; all of it or, with what it raises, nothing."""
    with all_or_nothing(session):
        return write()


def check_unchanged(session: Session, office: Office, number: str, seen: str) -> None:
    """Hold the case, and see that its newest event is still the one somebody looked at, by its number as a text.
    Raises ChangedError."""
    row = store.case_numbered(session, office.id, number, lock=True)
    if row is None:
        raise ServiceError("case", f"{number!r} is unknown in {office.slug}; look with `sla case list`")
    if str(row.head_seq) != seen:
        raise ChangedError(int(seen) if seen.isascii() and seen.isdigit() else 0)


def is_this_one(session: Session, office: Office, number: str, title: str, actor: str, since: datetime) -> bool:
    """Whether a form to make a case was sent twice: the number it was shown is taken, by the very same case."""
    row = store.case_numbered(session, office.id, number) if number else None
    if row is None or row.title != " ".join(title.split()) or row.created_at < since:
        return False
    return bool(store.events_of(session, office.id, [row.case_id])[row.case_id][0].actor == actor)


class ChangedError(Exception):
    """Something was recorded about the case after event `seq`, the newest that its reader had seen."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"the case has changed since event {seq}")
        self.seq = seq
