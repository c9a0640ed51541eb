"""Limits in working hours and minutes: a walk of the service time, minute by minute (R7, R10).

Every instant is in seconds since 1970. The walk steps by the minute, or by the second where a request tells of one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from itertools import takewhile

from tests.walk.calendars import Calendar
from tests.walk.moments import ONE, wall

Instants = tuple[int, int | None]  # from the pause to the resumption; None: not resumed
MOST_DAYS = 4000  # so that a calendar that never serves ends the walk


@dataclass(frozen=True)
class Service:
    calendar: Calendar
    boundary: str
    step: int  # seconds

    def ticks(self, at: int) -> Iterator[int]:
        """Where each step of service begins, from an instant on, in order and each once."""
        day = wall(at, self.calendar.zone).date() - ONE  # whose night may reach into this one
        for _ in range(MOST_DAYS):
            spans = self.calendar.service(day)
            for tick in sorted({tick for opening, closing in spans for tick in range(opening, closing, self.step)}):
                if tick >= at:
                    yield tick
                    at = tick + self.step
            day += ONE
        raise ValueError(f"no service in {MOST_DAYS} days")

    def serves(self, at: int) -> bool:
        """Whether service goes on from an instant."""
        return next(self.ticks(at)) == at

    def closes(self, at: int) -> bool:
        """Whether service ends at an instant."""
        return next(self.ticks(at - self.step)) == at - self.step and not self.serves(at)

    def within(self, at: int) -> int:
        """The instant itself if it lies in service, else the next opening; a closing does if it is the boundary."""
        return at if self.boundary == "closing" and self.closes(at) else next(self.ticks(at))


@lru_cache(maxsize=16)  # of one request: each of its figures asks for the same walk
def due(service: Service, need: int, start: int, pauses: tuple[Instants, ...]) -> int | None:
    """The instant at which so many seconds of service are used up; None while a pause is open."""
    end = _used_up(service, need, start, pauses)
    while end is not None:
        end = service.within(end)
        pause = _pause_at(pauses, end)
        if pause is None:
            return end
        end = pause[1]  # nothing is left: due on resuming
    return None


def _used_up(service: Service, need: int, start: int, pauses: Sequence[Instants]) -> int | None:
    if not need:
        return start
    for tick in service.ticks(start):
        pause = _pause_at(pauses, tick)
        if pause is None:
            need -= service.step
            if not need:
                return tick + service.step
        elif pause[1] is None:
            return None
    return None


def used_up_at_midnight(service: Service, start: int, end: int, pauses: Sequence[Instants]) -> bool:
    """Whether the time ran to a closing at 24:00, which belongs to the day that ends."""
    midnight = wall(end, service.calendar.zone).time() == time()
    ran = start < end and _pause_at(pauses, end - service.step) is None
    return midnight and ran and service.closes(end)


def used(service: Service, start: int, until: int, pauses: Sequence[Instants]) -> int:
    """Seconds of service from the start to an instant that no pause takes out."""
    ticks = takewhile(lambda tick: tick < until, service.ticks(start))
    return sum(service.step for tick in ticks if _pause_at(pauses, tick) is None)


def _pause_at(pauses: Sequence[Instants], at: int) -> Instants | None:
    """A pause that runs at an instant; an open one before others."""
    found = None
    for first, until in pauses:
        if first <= at and (until is None or at < until):
            found = (first, until)
            if until is None:
                break
    return found
