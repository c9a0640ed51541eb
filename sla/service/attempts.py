"""How often somebody may try to sign in: wrong passwords close the way for a while, for all nodes together.

Counted are a name at an address, a name, and an address. Whoever guesses at a name from elsewhere does not lock its
owner out at once: it takes four times as many, from all addresses together. No right password opens a way that is
closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sla.store import accounts as store
from sla.store.engine import Session

FORGOTTEN = timedelta(hours=24)
LONGEST = timedelta(hours=1)
FREE = {"here": 5, "name": 20, "from": 40}  # failures before the way closes, first for 30 s, then for twice as long


@dataclass(frozen=True)
class Attempts:
    """What was tried of late with a name from an address; nobody else counts until the transaction ends."""

    session: Session
    office_id: UUID
    kinds: Mapping[str, str]
    found: Mapping[str, Any]
    now: datetime

    @property
    def closed_until(self) -> datetime | None:
        """Until when nobody may try this name from this address; None if now is well."""
        closed = [row.closed_until for row in self.found.values() if row.closed_until and row.closed_until > self.now]
        return max(closed, default=None)

    def failed(self) -> None:
        """Count a wrong password."""
        rows = [
            _counted(self.office_id, subject, kind, self.found[subject], self.now)
            for subject, kind in self.kinds.items()
        ]
        store.put_attempts(self.session, rows)

    def succeeded(self) -> None:
        """Forget what was counted against this name at this address, and whatever is a day old."""
        here = [subject for subject, kind in self.kinds.items() if kind == "here"]
        store.drop_attempts(self.session, self.office_id, here)
        store.drop_no_attempts(self.session, self.office_id, self.kinds)
        store.drop_old_attempts(self.session, self.office_id, self.now - FORGOTTEN)


def attempts_of(session: Session, office_id: UUID, person_id: str, address: str, now: datetime) -> Attempts:
    return _attempts(session, office_id, _subjects(person_id, address), now)


def attempts_from(session: Session, office_id: UUID, what: str, address: str, now: datetime) -> Attempts:
    """What an address tried of late where there is no name to try: only the address counts."""
    return _attempts(session, office_id, {f"{what} from {address}": "from"}, now)


def _attempts(session: Session, office_id: UUID, kinds: Mapping[str, str], now: datetime) -> Attempts:
    return Attempts(session, office_id, kinds, store.attempts(session, office_id, kinds, now), now)


def _counted(office_id: UUID, subject: str, kind: str, row: Any, now: datetime) -> Mapping[str, Any]:
    before = row.failures if now - row.last_at < FORGOTTEN else 0
    failures = before + 1
    beyond = failures - FREE[kind]
    pause = min(timedelta(seconds=30) * 2 ** min(beyond, 10), LONGEST) if beyond >= 0 else None
    return {
        "office_id": office_id, "subject": subject, "failures": failures, "last_at": now,
        "closed_until": now + pause if pause else None,
    }  # fmt: skip


def _subjects(person_id: str, address: str) -> dict[str, str]:
    name = person_id[:100]
    return {f"here {name} {address}": "here", f"name {name}": "name", f"from {address}": "from"}
