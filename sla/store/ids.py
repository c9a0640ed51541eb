"""Version-7 UUIDs made from the time that is handed in: in order of time, without a sequence that spans offices."""

import secrets
import uuid
from datetime import datetime


def new_id(now: datetime) -> uuid.UUID:
    """A new id whose first 48 bits are `now` in milliseconds."""
    ms = int(now.timestamp() * 1000)
    return uuid.UUID(int=ms << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))


def first_id(moment: datetime) -> uuid.UUID:
    """What no id made at a moment or later is less than, and every earlier one is."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)
