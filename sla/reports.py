"""Rates and figures over clocks, each defined in one place. Pure; days are working days of the office's calendar.

on-time rate  = completed on time (early included) ÷ (completed + open and already overdue)
closed only   = completed on time ÷ completed: flatters, shown beside the honest one
early rate    = completed on a date before the due date ÷ completed, immediate items left out (they cannot be early)
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum

from sla.months import month_end
from sla.policies import Basis


class Cut(StrEnum):
    """The set of clocks behind a figure. `counted` is what the honest rate is of, `measured` what days are taken of:
    those completed under a limit in working days, immediate items left out. `used`, `paused` and `waiting` go by a
    value: so many days, a ground, an age or a light."""

    COUNTED = "counted"
    COMPLETED = "completed"
    ON_TIME = "on_time"
    LATE = "late"
    EARLY = "early"
    COMMITTED = "committed"
    IMMEDIATE = "immediate"
    OVERDUE = "overdue"
    MEASURED = "measured"
    USED = "used"
    PAUSED = "paused"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is of: clocks of `basis` completed from `first` to `last`, both included, and those open past their
    deadline at `now` that were due on or before `last`. Of one permit, handler, clock, or month (its first day: when
    they were completed, or fell due while open) where one is given."""

    basis: Basis
    first: date
    last: date
    now: datetime
    permit: str = ""
    handler: str = ""
    clock: str = ""
    month: date | None = None

    @property
    def closed_between(self) -> tuple[date, date]:
        if self.month is None:
            return self.first, self.last
        return max(self.first, self.month), min(self.last, month_end(self.month))

    @property
    def due_between(self) -> tuple[date, date]:
        if self.month is None:
            return date.min, self.last
        return self.month, min(self.last, month_end(self.month))

    def by(self, basis: Basis) -> "Scope":
        return replace(self, basis=basis)


@dataclass(frozen=True, slots=True)
class Tally:
    """One clock of one case as reports see it: stopped on a day, or open; `overdue` if it missed its deadline.

    `used` is None where the limit is in another unit than working days: the two are never added up. `paused` are the
    working days it stood still, by ground.
    """

    permit: str
    due_on: date | None
    stopped_on: date | None
    overdue: bool
    immediate: bool
    used: int | None = 0
    amount: int = 0
    handler: str = ""
    paused: tuple[tuple[str, int], ...] = ()

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

    @property
    def measured(self) -> bool:
        return self.completed and not self.immediate and self.used is not None


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
    """What a set of clocks comes to; of two sets that share none it is the sum. `used_days` are those of the
    `measured`."""

    completed: int = 0
    overdue_completed: int = 0
    early_completed: int = 0
    immediate_completed: int = 0
    measured: int = 0
    used_days: int = 0
    open_overdue: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in COUNTS))

    def times(self, n: int) -> "Figures":
        """Those of so many sets that are alike."""
        return Figures(*(n * getattr(self, name) for name in COUNTS))

    @property
    def open(self) -> int:
        """Of the open ones only those that are overdue are in a report."""
        return self.open_overdue

    @property
    def on_time(self) -> Rate:
        return Rate(self.completed - self.overdue_completed, self.completed + self.open_overdue)

    @property
    def closed_only(self) -> Rate:
        return Rate(self.completed - self.overdue_completed, self.completed)

    @property
    def early(self) -> Rate:
        return Rate(self.early_completed, self.completed - self.immediate_completed)

    @property
    def immediate(self) -> Rate:
        return Rate(self.immediate_completed, self.completed)

    @property
    def used_mean(self) -> float | None:
        return Rate(self.used_days, self.measured).value

    def count(self, cut: Cut) -> int:
        """How many clocks are in a set that goes by no value."""
        counts = {
            Cut.COUNTED: self.on_time.n,
            Cut.COMPLETED: self.completed,
            Cut.ON_TIME: self.on_time.part,
            Cut.LATE: self.overdue_completed,
            Cut.EARLY: self.early_completed,
            Cut.COMMITTED: self.early.n,
            Cut.IMMEDIATE: self.immediate_completed,
            Cut.OVERDUE: self.open_overdue,
            Cut.MEASURED: self.measured,
        }
        return counts[cut]


COUNTS = tuple(one.name for one in fields(Figures))


def figures(tallies: Iterable[Tally]) -> Figures:
    """The figures of a set of clocks, cancelled ones left out beforehand, and open ones that are not overdue."""
    return sum(map(_figures_of, tallies), Figures())


def _figures_of(tally: Tally) -> Figures:
    if not tally.completed:
        return Figures(open_overdue=int(tally.overdue))
    return Figures(
        completed=1,
        overdue_completed=int(tally.overdue),
        early_completed=int(tally.early and not tally.immediate),
        immediate_completed=int(tally.immediate),
        measured=int(tally.measured),
        used_days=(tally.used or 0) if tally.measured else 0,
    )


def grouped(tallies: Sequence[Tally], key: Callable[[Tally], str]) -> Mapping[str, Figures]:
    """Figures by permit, month or whatever the key says, in the order of the keys."""
    return summed((key(tally), _figures_of(tally)) for tally in tallies)


def summed(parts: Iterable[tuple[str, Figures]]) -> dict[str, Figures]:
    """The figures of each name, in the order of the names."""
    sums: dict[str, Figures] = {}
    for name, part in parts:
        sums[name] = sums.get(name, Figures()) + part
    return dict(sorted(sums.items()))


def month_of(tally: Tally) -> str:
    """The month a clock was completed in, or became overdue in while open."""
    day = tally.stopped_on or tally.due_on
    return f"{day:%Y-%m}" if day else ""


class Period(StrEnum):
    """What the months of a report are added up to."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def of(self, month: str) -> str:
        """2026-09 as itself, in 2026-Q3 or in 2026; "" stays "": nobody knows when."""
        if self is Period.MONTH or not month:
            return month
        year, _, number = month.partition("-")
        return year if self is Period.YEAR else f"{year}-Q{(int(number) + 2) // 3}"


def by_period(by_month: Mapping[str, Figures], period: Period) -> dict[str, Figures]:
    """The figures of each month added up by quarter or year."""
    return summed((period.of(month), part) for month, part in by_month.items())
