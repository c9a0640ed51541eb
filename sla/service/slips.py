"""A slip of the finger: whoever recorded the newest event of a case may take it back, for a while."""

from datetime import datetime, timedelta

from sla.service.cases import Recorded

OWN_SLIP = timedelta(minutes=15)


def is_slip(found: Recorded, seq: int, person_id: str, now: datetime) -> bool:
    """Whether an event is the newest, and this person recorded it just now; "" is nobody."""
    newest = found.events[-1]
    mine = bool(person_id) and newest.actor == person_id
    return newest.seq == seq and mine and now - newest.recorded_at <= OWN_SLIP
