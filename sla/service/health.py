"""Whether the service does what it should, in a few figures: what waits, since when, how far the calendars reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from notifiers.entries import Depth
from notifiers.outbox import depth
from sla.service.offices import every_office
from sla.store import cases as store
from sla.store.engine import DATABASE_TROUBLE, Session, StoreError

UNUSABLE = (StoreError, *DATABASE_TROUBLE)
"""What is raised while the database is away, read-only, full, or of a newer version."""


@dataclass(frozen=True)
class Health:
    """`waiting`: cases with an alarm or a deadline before them; `due`: those whose time has come, `oldest_due` the
    first of them. `horizon`: days from today to the last announced day of each office's calendar, by its slug."""

    waiting: int
    due: int
    oldest_due: datetime | None
    outbox: Depth
    horizon: Mapping[str, int]


def health(session: Session, now: datetime) -> Health:
    """The figures at `now` (aware), over all offices."""
    waiting, due, first = store.waiting_cases(session, now)
    horizon = {o.slug: (o.calendar.announced_through - o.today(now)).days for o in every_office(session)}
    return Health(waiting, due, first if due else None, depth(session, now), horizon)
