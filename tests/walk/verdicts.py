"""Which pauses and extensions have an effect: each judged once, against the deadline as it stood (R21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tests.walk.courses import Course, Deadline, Pause
from tests.walk.moments import Moment, midnight


@dataclass(frozen=True)
class Extension:
    amount: int
    recorded: Moment | None  # None: in time


def admitted(
    course: Course, amount: int, pauses: Sequence[Pause], extensions: Sequence[Extension]
) -> tuple[list[Pause], int]:
    """The pauses that count, and the amount with the extensions that do, in the order in which they were recorded."""
    amount += sum(extension.amount for extension in extensions if extension.recorded is None)
    taken: list[Pause] = []
    for entry in _as_recorded(course.calendar.zone, pauses, extensions):
        deadline = course.deadline(taken, amount)
        if isinstance(entry, Pause):
            taken += [entry] if _in_time(deadline, entry.recorded) and _in_time(deadline, entry.first) else []
        else:
            amount += entry.amount if _in_time(deadline, entry.recorded) else 0
    return taken, amount


def _in_time(deadline: Deadline | None, recorded: Moment | None) -> bool:
    """During a pause there is no deadline to miss."""
    return deadline is None or recorded is None or deadline.kept(recorded)


def _as_recorded(zone: ZoneInfo, pauses: Sequence[Pause], extensions: Sequence[Extension]) -> list[Pause | Extension]:
    """What is known by its day alone comes before what is known by the minute."""
    dated: list[tuple[int, Pause | Extension]] = []
    entries: list[Pause | Extension] = [*pauses, *extensions]
    for entry in entries:
        if entry.recorded is not None:
            at = entry.recorded.at
            dated.append((midnight(entry.recorded.day, zone) if at is None else at, entry))
    return [entry for _, entry in sorted(dated, key=lambda pair: pair[0])]
