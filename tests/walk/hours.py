"""Limits in working hours and minutes: a walk of the service time, minute by minute (R7, R10).

Every instant is in seconds since 1970. The walk steps by the minute, or by the second where a request tells of one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
        """Whether the instant lies in service; a closing does where the boundary is the closing."""
        day = wall(at, self.calendar.zone).date()
        spans = [span for near in (day - ONE, day, day + ONE) for span in self.calendar.service(near)]
        return any(
            opening <= at < closing or (self.boundary == "closing" and opening < at == closing)
            for opening, closing in spans
        )

    def within(self, at: int) -> int:
        """The instant itself if it lies in service, else the next opening."""
        return at if self.serves(at) else next(self.ticks(at))


def due(service: Service, need: int, start: int, pauses: Sequence[Instants]) -> int | None:
    """The instant at which so many seconds of service are used up; None while a pause is open."""
    end = _used_up(service, need, start, pauses)
    while end is not None:
        end = service.within(end)
        pause = next((pause for pause in pauses if _runs(pause, end)), None)
        if pause is None:
            return end
        end = pause[1]  # nothing is left: due on resuming
    return None


def _used_up(service: Service, need: int, start: int, pauses: Sequence[Instants]) -> int | None:
    if not need:
        return start
    for tick in service.ticks(start):
        running = [pause for pause in pauses if _runs(pause, tick)]
        if any(until is None for _, until in running):
            return None
        need -= 0 if running else service.step
        if not need:
            return tick + service.step
    return None


def used(service: Service, start: int, until: int, pauses: Sequence[Instants]) -> int:
    """Seconds of service from the start to an instant that no pause takes out."""
    ticks = takewhile(lambda tick: tick < until, service.ticks(start))
    return sum(service.step for tick in ticks if not any(_runs(pause, tick) for pause in pauses))


def _runs(pause: Instants, at: int) -> bool:
    first, until = pause
    return first <= at and (until is None or at < until)
