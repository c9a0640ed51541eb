"""Service spans in order with the working time before each: to add and to measure is to look up, not to walk (R7)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.spans import Span, united

NONE = timedelta(0)


class Boundary(StrEnum):
    """R7: where a budget ends that is used up exactly at a closing: there, or at the next opening."""

    CLOSING = "closing"
    OPENING = "opening"


class BeyondError(LookupError):
    """The timetable ends before the moment that was asked for."""


class Timetable:
    """The service from `first` up to `last`, all moments in UTC. Spans that touch or overlap are one."""

    def __init__(self, spans: Iterable[Span], first: datetime, last: datetime) -> None:
        self.first, self.last = first, last
        self.starts: list[datetime] = []
        self.ends: list[datetime] = []
        self.before: list[timedelta] = []  # working time up to the start of a span
        self.upto: list[timedelta] = []  # and up to its end
        total = NONE
        for span in united(spans):
            self.starts.append(span.start)
            self.ends.append(span.end)
            self.before.append(total)
            total += span.duration
            self.upto.append(total)

    def elapsed(self, at: datetime) -> timedelta:
        """Working time from the beginning of the timetable to a moment it covers."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return NONE
        return self.before[index] + (min(at, self.ends[index]) - self.starts[index])

    def moment(self, elapsed: timedelta, boundary: Boundary) -> datetime:
        """The first moment with so much working time before it, or the last (`opening`). Raises BeyondError."""
        find = bisect_left if boundary is Boundary.CLOSING else bisect_right
        index = find(self.upto, elapsed)
        if index == len(self.upto):
            raise BeyondError
        return self.starts[index] + (elapsed - self.before[index])

    def opening_from(self, at: datetime, boundary: Boundary) -> datetime:
        """The moment itself within service (a closing belongs to it with `closing`), else the next opening. Raises
        BeyondError."""
        find = bisect_left if boundary is Boundary.CLOSING else bisect_right
        index = find(self.ends, at)
        if index == len(self.ends):
            raise BeyondError
        return max(at, self.starts[index])
