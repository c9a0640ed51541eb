"""A moment as a request writes it, and what the clock on an office's wall shows (R1)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

ONE = timedelta(days=1)
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Moment:
    """A day in the office's zone and, where a time is known, its instant in seconds since 1970."""

    day: date
    at: int | None = None


def read(text: str, zone: ZoneInfo) -> Moment:
    """A date; or a time, with an offset or without one in the zone: the first of two, or the end of a gap."""
    if "T" not in text:
        return Moment(date.fromisoformat(text))
    day, clock = text.split("T")
    if clock.startswith("24:00"):
        written = datetime.combine(date.fromisoformat(day) + ONE, time())
    else:
        written = datetime.fromisoformat(text)
    at = first(written, zone) if written.tzinfo is None else int(written.timestamp())
    return Moment(wall(at, zone).date(), at)


def wall(at: int, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows at an instant."""
    return datetime.fromtimestamp(at, zone).replace(tzinfo=None)


def midnight(day: date, zone: ZoneInfo) -> int:
    """The first instant of a day."""
    return first(datetime.combine(day, time()), zone)


@cache
def first(local: datetime, zone: ZoneInfo) -> int:
    """The first instant at which the wall shows this time or a later one."""
    return next(at for at in _about(local, zone) if wall(at, zone) >= local)


@cache
def last(local: datetime, zone: ZoneInfo) -> int:
    """The last instant at which the wall shows this time; where it never does, the end of the gap."""
    shown = [at for at in _about(local, zone) if wall(at, zone) == local]
    return shown[-1] if shown else first(local, zone)


def _about(local: datetime, zone: ZoneInfo) -> range:
    """The minutes around a time; the very one where the clocks are not changed within a day of it."""
    as_if_utc = int(local.replace(tzinfo=UTC).timestamp())
    before, after = (_offset(as_if_utc + days * 24 * HOUR, zone) for days in (-1, 1))
    if before == after:
        return range(as_if_utc - before, as_if_utc - before + 1)
    return range(as_if_utc - max(before, after) - 2 * HOUR, as_if_utc - min(before, after) + 2 * HOUR, MINUTE)


def _offset(at: int, zone: ZoneInfo) -> int:
    return int(wall(at, zone).replace(tzinfo=UTC).timestamp()) - at
