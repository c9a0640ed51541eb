"""Since when an office counts by which version of its calendar, and why (R16, R20)."""

from dataclasses import dataclass
from datetime import datetime

from sla.service.offices import Office
from sla.store import calendars as store
from sla.store.engine import Session


@dataclass(frozen=True)
class Changed:
    """A change of the calendar; `finished_at` is None while some open cases wait to be brought to it."""

    seq: int
    at: datetime
    version: str
    why: str
    notice: str
    by: str
    finished_at: datetime | None


def changes(session: Session, office: Office) -> list[Changed]:
    """From the one it began with to the one that counts now."""
    return [
        Changed(row.seq, row.at, row.version, row.why, row.notice, row.by, row.finished_at)
        for row in store.changes_of(session, office.id)
    ]
