"""What another calendar does to the open clocks of a case: which dates move, which are confirmed, who is rescued (R16).

Pure. A stopped clock keeps its calendar and is not looked at; a paused one has no date to move.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sla.clock import Clock, State


class Standing(NamedTuple):
    """Where a clock stands: its deadline as text ("" while it has none), whether it is past, whether provisional."""

    due: str
    late: bool
    provisional: bool


class Move(NamedTuple):
    """One clock before and after. `overdue`: by the calendar alone; `rescued`: no longer; `confirmed`: the same date,
    which is certain now (R15)."""

    clock: str
    before: str
    after: str
    overdue: bool
    rescued: bool
    confirmed: bool

    @property
    def moved(self) -> bool:
        return self.before != self.after


def standings(clocks: Iterable[Clock]) -> dict[str, Standing]:
    """Every clock that no event has stopped."""
    return {clock.id: _standing(clock) for clock in clocks if clock.stopped_by is None}


def moves(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> tuple[Move, ...]:
    """What differs, in the order of the clocks; a clock that only now has a deadline, or none any more, too."""
    found = (_move(clock, before.get(clock, _NONE), after.get(clock, _NONE)) for clock in {**before, **after})
    return tuple(move for move in found if move.moved or move.confirmed)


_NONE = Standing("", late=False, provisional=False)


def _move(clock: str, before: Standing, after: Standing) -> Move:
    return Move(
        clock,
        before.due,
        after.due,
        overdue=after.late and not before.late,
        rescued=before.late and not after.late,
        confirmed=bool(after.due) and before.due == after.due and before.provisional and not after.provisional,
    )


def _standing(clock: Clock) -> Standing:
    due = clock.due_key
    return Standing(due.isoformat() if due else "", late=clock.state is State.LATE, provisional=clock.provisional)
