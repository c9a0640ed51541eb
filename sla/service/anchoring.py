"""An office's record is anchored once a day: the heads that have moved, chained with the day before.

An anchor covers what was committed when it was made, and lists it: an event that was recorded before and committed
after is the next one's. So each can be computed again to the letter, on any database, at any time (ADR 16).
"""

import hashlib
from datetime import date, datetime

from sla.service.offices import Office
from sla.store import anchors as store
from sla.store.cases import GENESIS
from sla.store.engine import Session

DAILY = "due_today"  # the digest that an anchor is made with, and printed in


def anchor(session: Session, office: Office, on: date, now: datetime) -> None:
    """Anchor what no anchor covers yet. Needs a writing transaction, and to be the only one of the day."""
    heads = store.moved_heads(session, office.id)
    last = store.last_anchor(session, office.id)
    sealed = Sealing(last.hash if last else GENESIS, on)
    for head in heads:
        sealed.add(head.case_id.hex, head.head_seq, head.head_hash)
    store.put_anchor(session, office.id, on, sealed.hash, now, heads)


class Sealing:
    """The hash of an anchor while it is counted: the one before it, its day, and a line a head."""

    def __init__(self, before: str, on: date) -> None:
        self._digest = hashlib.sha256(f"{before}\n{on.isoformat()}\n".encode())

    def add(self, case: str, seq: int, head: str) -> None:
        """`case` is the case's id in hexadecimal, `head` the hash of its event `seq`."""
        self._digest.update(f"{case} {seq} {head}\n".encode())

    @property
    def hash(self) -> str:
        return self._digest.hexdigest()
