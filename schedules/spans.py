"""Half-open spans of time, and the two set operations everything else is built from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The moments from `start` up to, but not including, `end`; both aware, `start <= end` (R1)."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span needs a time zone at both ends")
        if self.end < self.start:
            raise ValueError(f"a span cannot end ({self.end.isoformat()}) before it starts ({self.start.isoformat()})")

    @property
    def duration(self) -> timedelta:
        return self.end - self.start

    def __bool__(self) -> bool:
        return self.start < self.end

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def __and__(self, other: "Span") -> "Span | None":
        """What both hold, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None

    def __sub__(self, other: "Span") -> tuple["Span", ...]:
        """What only this one holds: none, one or two spans in order."""
        before = Span(self.start, max(self.start, min(self.end, other.start)))
        after = Span(min(self.end, max(self.start, other.end)), self.end)
        return tuple(span for span in (before, after) if span)


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same moments in as few spans as possible, in order; spans that touch become one, empty ones stay apart."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return tuple(result)
