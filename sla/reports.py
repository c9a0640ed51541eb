"""Rates and figures over clocks, each defined in one place. Pure; days are working days of the office's calendar.

on-time rate  = completed on time (early included) ÷ (completed + open and already overdue)
closed only   = completed on time ÷ completed: flatters, shown beside the honest one
early rate    = completed on a date before the due date ÷ completed, immediate items left out (they cannot be early)
compression   = (statutory − promise) ÷ statutory
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Tally:
    """One clock of one case as reports see it: stopped on a day, or open; `overdue` if it missed its deadline.

    `used` is None where the limit is in another unit than working days: the two are never added up.
    """

    permit: str
    due_on: date | None
    stopped_on: date | None
    overdue: bool
    immediate: bool
    used: int | None = 0
    amount: int = 0
    approved: bool = True

    @property
    def completed(self) -> bool:
        return self.stopped_on is not None

    @property
    def early(self) -> bool:
        return (
            self.completed
            and not self.overdue
            and self.due_on is not None
            and self.stopped_on is not None
            and self.stopped_on < self.due_on
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its n; `value` is None where n is 0, which is shown as "–", never as 0 % or 100 %."""

    part: int
    n: int

    @property
    def value(self) -> float | None:
        return self.part / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a set of clocks comes to."""

    completed: int
    overdue_completed: int
    open_overdue: int
    open: int
    on_time: Rate
    closed_only: Rate
    early: Rate
    immediate: Rate
    used_mean: float | None


def figures(tallies: Iterable[Tally]) -> Figures:
    """The rates of a set of clocks, cancelled ones left out beforehand."""
    tallies = list(tallies)
    done = [tally for tally in tallies if tally.completed]
    late = sum(tally.overdue for tally in done)
    open_overdue = sum(tally.overdue for tally in tallies if not tally.completed)
    committed = [tally for tally in done if not tally.immediate]
    used = [tally.used for tally in committed if tally.used is not None]
    return Figures(
        completed=len(done),
        overdue_completed=late,
        open_overdue=open_overdue,
        open=len(tallies) - len(done),
        on_time=Rate(len(done) - late, len(done) + open_overdue),
        closed_only=Rate(len(done) - late, len(done)),
        early=Rate(sum(tally.early for tally in committed), len(committed)),
        immediate=Rate(len(done) - len(committed), len(done)),
        used_mean=sum(used) / len(used) if used else None,
    )


def grouped(tallies: Sequence[Tally], key: Callable[[Tally], str]) -> Mapping[str, Figures]:
    """Figures by permit, month or whatever the key says, in the order of the keys."""
    groups: dict[str, list[Tally]] = {}
    for tally in tallies:
        groups.setdefault(key(tally), []).append(tally)
    return {name: figures(groups[name]) for name in sorted(groups)}


def month_of(tally: Tally) -> str:
    """The month a clock was completed in, or became overdue in while open."""
    day = tally.stopped_on or tally.due_on
    return f"{day:%Y-%m}" if day else ""


@dataclass(frozen=True, slots=True)
class Saving:
    """What the promise of one permit saves against its statute: days an item, and over the completed cases."""

    permit: str
    statutory: int
    promise: int
    completed: int
    used: int

    @property
    def per_item(self) -> int:
        return self.statutory - self.promise

    @property
    def compression(self) -> float:
        """压缩率: (statutory − promise) ÷ statutory."""
        return self.per_item / self.statutory

    @property
    def promised_over_cases(self) -> int:
        return self.per_item * self.completed

    @property
    def actual_over_cases(self) -> int:
        """Statutory days less the working days really used, over all completed cases."""
        return self.statutory * self.completed - self.used


def savings(limits: Mapping[str, tuple[int, int]], tallies: Iterable[Tally]) -> tuple[Saving, ...]:
    """For each permit with (statutory, promise) in working days, what was saved over the completed promise clocks."""
    used: dict[str, list[int]] = {permit: [] for permit in limits}
    for tally in tallies:
        if tally.completed and tally.permit in used and tally.used is not None:
            used[tally.permit].append(tally.used)
    return tuple(
        Saving(permit, statutory, promise, len(used[permit]), sum(used[permit]))
        for permit, (statutory, promise) in limits.items()
    )
