"""Which pauses and extensions have an effect: each judged once, against the deadline as it stood (R21)."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.walk.courses import Course, Deadline, Pause
from tests.walk.moments import Moment


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
    for entry in _as_recorded(course, pauses, extensions):
        deadline = None if _paused(course, taken, entry) else course.deadline(taken, amount)
        if isinstance(entry, Pause):
            taken += [entry] if _in_time(deadline, entry.recorded) and _in_time(deadline, entry.first) else []
        else:
            amount += entry.amount if _in_time(deadline, entry.recorded) else 0
    return taken, amount


def _paused(course: Course, taken: Sequence[Pause], entry: Pause | Extension) -> bool:
    """Whether it was recorded during a pause."""
    if entry.recorded is None:
        return False
    at = course.instant(entry.recorded)
    return any(
        course.instant(pause.first) <= at and (pause.until is None or at < course.instant(pause.until))
        for pause in taken
    )


def _in_time(deadline: Deadline | None, recorded: Moment | None) -> bool:
    """During a pause there is no deadline to miss."""
    return deadline is None or recorded is None or deadline.kept(recorded)


def _as_recorded(course: Course, pauses: Sequence[Pause], extensions: Sequence[Extension]) -> list[Pause | Extension]:
    """What is known by its day alone comes before what is known by the minute."""
    entries: list[Pause | Extension] = [*pauses, *extensions]
    dated = [(course.instant(entry.recorded), entry) for entry in entries if entry.recorded]
    return [entry for _, entry in sorted(dated, key=lambda pair: pair[0])]
