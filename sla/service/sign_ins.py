"""Where somebody is signed in, as they see it themselves, and how they end it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.service.errors import ServiceError
from sla.service.users import IDLE, LONGEST, SignedIn, Way
from sla.store import accounts as store
from sla.store.engine import Session

FRESH = timedelta(minutes=10)
KEY_CHARACTERS = 16


@dataclass(frozen=True)
class Standing:
    """One of somebody's sign-ins. `key` tells it from their others, and opens nothing; `here`: it is the one they look
    at it with. `browser` and `address` are "" for one that is older than they are kept."""

    key: str
    way: Way
    browser: str
    address: str
    since: datetime
    seen_at: datetime
    here: bool


def standing(session: Session, mine: SignedIn, now: datetime) -> tuple[Standing, ...]:
    """Where somebody is signed in, this browser first; none that is over."""
    rows = store.sign_ins_of(session, mine.office_id, mine.person_id)
    found = [
        Standing(
            row.digest[:KEY_CHARACTERS], Way(row.way), row.browser, row.address, row.created_at, row.seen_at,
            row.digest == mine.digest,
        )
        for row in rows
        if now - row.created_at < LONGEST and now - row.seen_at < IDLE
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: not one.here))


def is_fresh(mine: SignedIn, now: datetime) -> bool:
    """Whether somebody has shown just now who they are, and need not again."""
    return now - mine.since <= FRESH


def end(session: Session, mine: SignedIn, key: str) -> None:
    """Sign somebody out in one place. Raises ServiceError for a key that is none of theirs."""
    rows = store.sign_ins_of(session, mine.office_id, mine.person_id)
    digest = next((row.digest for row in rows if row.digest[:KEY_CHARACTERS] == key), None)
    if digest is None:
        raise ServiceError("which", "is no sign-in of yours that stands; it may have ended meanwhile")
    store.drop_sign_in(session, mine.office_id, digest)


def end_others(session: Session, mine: SignedIn) -> None:
    """Sign somebody out everywhere but here."""
    store.drop_sign_ins_of(session, mine.office_id, mine.person_id, but=mine.digest)
