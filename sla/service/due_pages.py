"""The due lists of a day a part at a time, each behind a place in its order: what comes or goes meanwhile neither
doubles nor hides a clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sla.service.board import Item, day_of, items_of
from sla.service.offices import Office
from sla.store import board as store
from sla.store.board import AGAIN, EVERY_PAUSE, LISTS, Place
from sla.store.engine import Session

NAMES = (*LISTS, AGAIN)
_STORED = {"paused": EVERY_PAUSE}  # all of them, not only those that are paused too long


@dataclass(frozen=True)
class Part:
    """A part of a list. `more` goes on behind it, "" at the end."""

    items: Sequence[Item]
    more: str


def counts_of(session: Session, office: Office, now: datetime, handler: str = "") -> dict[str, int]:
    """How many clocks each list holds, of one handler or of everybody."""
    found = store.counted(session, day_of(office, now, handler), [_STORED.get(name, name) for name in NAMES])
    return {name: found[_STORED.get(name, name)] for name in NAMES}


def parts_of(
    session: Session, office: Office, now: datetime, names: Sequence[str], limit: int, handler: str = "",
    after: Place | None = None,
) -> Mapping[str, Part]:  # fmt: skip
    """The first of each list, or of one behind a place of its own."""
    day, wanted = day_of(office, now, handler), {_STORED.get(name, name): name for name in names}
    rows = store.listed(session, day, tuple(wanted), limit + 1, after=after)
    items = items_of(session, office, {name: several[:limit] for name, several in rows.items()}, now)
    more = {name: _text(store.place_of(rows[name][limit - 1])) if len(rows[name]) > limit else "" for name in wanted}
    return {own: Part(items[name], more[name]) for name, own in wanted.items()}


def place_from(text: str, name: str) -> Place | None:
    """Where a list goes on, as its `more` said it; None for anything else."""
    try:
        on, at, case_id, clock_id = text.split("_", 3)
        moment = datetime.fromisoformat(at) if at else None
        place = Place(date.fromisoformat(on), moment, UUID(case_id), clock_id)
    except ValueError:
        return None
    by_day = name in ("paused", AGAIN)
    fits = by_day if moment is None else not by_day and moment.tzinfo is not None and 1900 < moment.year < 2900
    return place if fits else None


def _text(place: Place) -> str:
    at = place.at.astimezone(UTC).isoformat() if place.at else ""
    return "_".join((place.on.isoformat(), at, place.case_id.hex, place.clock_id))
