"""What another calendar would do to every open clock of an office, without writing anything (R16)."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from operator import attrgetter
from typing import Any

from schedules.calendars import WorkingCalendar
from sla.service.look import Look, Looked, Moved
from sla.service.offices import Office
from sla.store import calendars as store
from sla.store.calendars import Part
from sla.store.engine import Session

logger = logging.getLogger(__name__)

PART = 4_000  # open clocks; for fewer, a second process takes longer to start than it saves

Aside = Callable[[Part], Future[Looked]]  # begins to look at a part


@dataclass(frozen=True)
class Totals:
    """How many clocks would move, become overdue by the calendar, be rescued, or be confirmed."""

    moved: int = 0
    overdue: int = 0
    rescued: int = 0
    confirmed: int = 0


@dataclass(frozen=True)
class DryRun:
    """All that would happen. `days` are those that one calendar works and the other does not; `failed` the numbers of
    the cases that could not be read, with why."""

    version_before: str
    version_after: str
    announced_before: date
    announced_after: date
    days: tuple[date, ...]
    cases: int
    moved: tuple[Moved, ...]
    failed: tuple[tuple[str, str], ...]
    total: Totals
    by_permit: Mapping[str, Totals] = field(default_factory=dict)
    by_handler: Mapping[str, Totals] = field(default_factory=dict)


def dry_run(
    session: Session, office: Office, calendar: WorkingCalendar, now: datetime, aside: Aside | None = None
) -> DryRun:
    """What the calendar would do to the office's open cases at `now`. Reads only.

    Where they are many, `aside` looks at some of them meanwhile; what is found is the same.
    """
    look = Look(session, office, calendar, now)
    found = [*_shared(look, store.parts(session, office.id, PART), aside)]
    moved = tuple(sorted(chain.from_iterable(part.moved for part in found), key=lambda entry: entry.number))
    counts = Counter(map(_COUNTED, moved))
    return DryRun(
        version_before=office.calendar.version,
        version_after=calendar.version,
        announced_before=office.calendar.announced_through,
        announced_after=calendar.announced_through,
        days=look.days,
        cases=sum(part.cases for part in found),
        moved=moved,
        failed=tuple(chain.from_iterable(part.failed for part in found)),
        total=_totals(counts),
        by_permit=_by(counts, 0),
        by_handler=_by(counts, 1),
    )


def _shared(look: Look, parts: Sequence[Part], aside: Aside | None) -> Iterator[Looked]:
    """One part after the other, from the front here and from the back aside, until they meet."""
    todo, elsewhere = deque(parts), deque[tuple[Part, Future[Looked]]]()
    while todo or elsewhere:
        try:
            if aside and len(todo) > 1 and len(elsewhere) < 2:  # one to work on, one that waits
                elsewhere.append((todo[-1], aside(todo[-1])))
                todo.pop()
            elif elsewhere and (not todo or elsewhere[0][1].done()):
                found = elsewhere[0][1].result()
                elsewhere.popleft()
                yield found
            else:
                yield look.at(todo.popleft())
        except BrokenExecutor:
            logger.warning("the process that looked at some of the cases was ended; the rest is looked at here")
            todo.extend(part for part, _ in elsewhere)
            elsewhere.clear()
            aside = None


_COUNTED: Callable[[Moved], tuple[Any, ...]] = attrgetter(
    "permit", "handler", "moved", "overdue", "rescued", "confirmed"
)


def _by(counts: Mapping[tuple[Any, ...], int], place: int) -> dict[str, Totals]:
    groups: dict[str, dict[tuple[Any, ...], int]] = {}
    for kind, count in counts.items():
        groups.setdefault(kind[place], {})[kind] = count
    return {group: _totals(groups[group]) for group in sorted(groups)}


def _totals(counts: Mapping[tuple[Any, ...], int]) -> Totals:
    """Of so many clocks of each permit, handler, and whether moved, overdue, rescued, confirmed."""
    return Totals(*(sum(count for kind, count in counts.items() if kind[place]) for place in range(2, 6)))
