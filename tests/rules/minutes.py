"""An independent oracle for limits in hours and minutes: it walks minute by minute with the office's clock on the wall.

It shares no code with the engine. A day opens at the first minute whose wall time is not before the opening, and closes
at the last minute that shows the closing, or behind the last that lies before it: that is R1 for skipped and for
doubled times. A minute is a whole number: those since 1970 in UTC.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
A_DAY = 24 * 60
Spans = Iterable[Iterable[str]]  # [["09:00", "17:00"]]; "24:00" is the end of the day


def minute_of(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def moment_of(minute: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)


def served_minutes(zone: str, hours: Mapping[date, Spans]) -> set[int]:
    """Each minute of service; `hours` are the spans of each date in a row of dates."""
    walls = wall_minutes(zone, min(hours), max(hours))
    served: set[int] = set()
    for day, spans in hours.items():
        minutes = walls[day]
        for opens, closes in spans:
            before = [at for at, wall in minutes if wall < closes]
            shown = [at for at, wall in minutes if wall == closes]
            begin = next((at for at, wall in minutes if wall >= opens), minutes[-1][0] + 1)
            served.update(range(begin, shown[-1] if shown else before[-1] + 1 if before else begin))
    return served


@cache
def wall_minutes(zone: str, first: date, last: date) -> dict[date, list[tuple[int, str]]]:
    """The minutes of each civil day, with what the clock on the wall shows."""
    by_day: dict[date, list[tuple[int, str]]] = {}
    begin = minute_of(datetime(first.year, first.month, first.day, tzinfo=UTC)) - A_DAY
    place = ZoneInfo(zone)
    for minute in range(begin, begin + ((last - first).days + 3) * A_DAY):
        wall = moment_of(minute).astimezone(place)
        by_day.setdefault(wall.date(), []).append((minute, f"{wall.hour:02}:{wall.minute:02}"))
    return by_day


def due(
    served: set[int], start: int, total: int, boundary: str = "closing", pauses: Iterable[tuple[int, int]] = ()
) -> int:
    """The minute at which a limit of so many minutes ends. Pauses are (from, to): the minute `to` counts again."""
    at, used, found = start, 0, None
    stops = sorted(pauses)
    while True:
        if found is None and used >= total:
            found = settled(served, at, boundary)
        end = max((to for begin, to in stops if begin <= at < to), default=None)
        if end is not None and (found is None or at <= found):
            at = end
            found = None if found is None else settled(served, at, boundary)  # nothing left: due on resuming
        elif found is not None and at >= found:
            return found
        else:
            used += at in served
            at += 1


def settled(served: set[int], at: int, boundary: str) -> int:
    """The minute itself within service, which a closing is part of unless the boundary is the opening; else the next
    opening."""
    if boundary == "closing" and at - 1 in served:
        return at
    while at not in served:
        at += 1
    return at
