"""What doctor and audit say, and how both go through an office."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sla.service.offices import Office
from sla.store import cases as store
from sla.store.engine import Session

PAGE = 500  # cases read at a time


@dataclass(frozen=True)
class Finding:
    """Something to look at. `serious` findings make the command end with 1; the others are notes."""

    what: str
    where: str
    mend: str
    serious: bool = True


def pages(session: Session, office: Office, *, lock: bool = False) -> Iterator[Sequence[Any]]:
    """The cases of an office, a page at a time; `lock` holds them until the transaction ends."""
    after = None
    while rows := store.all_cases(session, office.id, after, PAGE, lock=lock):
        yield rows
        after = rows[-1].case_id
