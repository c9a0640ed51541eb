"""What a form would do, before anybody confirms it: done for real, looked at, and taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from schedules.calendars import CalendarError
from schedules.faults import Phrase
from sla.history import HistoryError
from sla.policies import PolicyError
from sla.service.cases import Recorded
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


@dataclass(frozen=True)
class Refused:
    """Why one of several was not written: the field, and what would be right."""

    field: str
    detail: Phrase


def each_tried(session: Session, writes: Sequence[Callable[[], Recorded]]) -> tuple[Recorded | Refused, ...]:
    """What each of several makes of its case, one after the other; nothing of it is kept."""
    with taken_back(session):
        return each_kept(session, writes)


def each_kept(session: Session, writes: Sequence[Callable[[], Recorded]]) -> tuple[Recorded | Refused, ...]:
    """What each of several makes of its case, for good; one that cannot be written takes no other with it."""
    return tuple(_one_of_several(session, write) for write in writes)


def _one_of_several(session: Session, write: Callable[[], Recorded]) -> Recorded | Refused:
    try:
        return kept(session, write)
    except (ServiceError, HistoryError, PolicyError) as error:
        return Refused(error.field, error.phrase)
    except CalendarError as error:
        return Refused("on", error.phrase)


def check_unchanged(session: Session, office: Office, number: str, seen: str) -> None:
    """Hold the case, and see that its newest event is still the one somebody looked at, by its number as a text.
    Raises ChangedError."""
    row = store.case_numbered(session, office.id, number, lock=True)
    if row is None:
        raise ServiceError(
            "case", "%(number)r is unknown in %(slug)s; look with `sla case list`", number=number, slug=office.slug
        )
    if str(row.head_seq) != seen:
        raise ChangedError(seen_from(seen))


def seen_from(text: str) -> int:
    """The number of the event that a form says its reader had seen, 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def is_this_one(session: Session, office: Office, number: str, title: str, actor: str, since: datetime) -> bool:
    """Whether a form to make a case was sent twice: the number it was shown is taken, by the very same case."""
    return bool(number) and number in numbers_of_these(session, office, {number: title}, actor, since)[0]


def numbers_of_these(
    session: Session, office: Office, titles: Mapping[str, str], actor: str, since: datetime
) -> tuple[set[str], set[str]]:
    """Of the numbers that a form with several cases was shown, by number the title: those its own cases have, because
    it was sent twice, and those that others have."""
    rows = {row.number: row for row in store.cases_numbered(session, office.id, list(titles)) if row.number in titles}
    events = store.events_of(session, office.id, [row.case_id for row in rows.values()]) if rows else {}
    own = {
        number
        for number, row in rows.items()
        if row.title == " ".join(titles[number].split())
        and row.created_at >= since
        and events[row.case_id][0].actor == actor
    }
    return own, set(rows) - own


class ChangedError(Exception):
    """Something was recorded about the case after event `seq`, the newest that its reader had seen."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"the case has changed since event {seq}")
        self.seq = seq
