"""Rates and figures over clocks, each defined in one place. Pure; days are working days of the office's calendar.

on-time rate  = completed on time (early included) ÷ (completed + open and already overdue)
closed only   = completed on time ÷ completed: flatters, shown beside the honest one
early rate    = completed on a date before the due date ÷ completed, immediate items left out (they cannot be early)
compression   = (statutory − promise) ÷ statutory
speed-up      = (statutory − used) ÷ statutory
paused share  = working days paused ÷ (working days used + working days paused)
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum

from sla.policies import Basis

HALF, NINE_TENTHS = 0.5, 0.9


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
        return max(self.first, self.month), min(self.last, _month_end(self.month))

    @property
    def due_between(self) -> tuple[date, date]:
        if self.month is None:
            return date.min, self.last
        return self.month, min(self.last, _month_end(self.month))

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


# --- how long it took -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Lasted:
    """So many measured clocks of one permit with one limit that used so many working days and stood still for others.
    `paused` is None where nobody knows any more."""

    permit: str
    amount: int
    used: int
    paused: tuple[tuple[str, int], ...] | None
    n: int


def lasting(tallies: Iterable[Tally]) -> tuple[Lasted, ...]:
    """The measured ones, those alike together."""
    alike = Counter((t.permit, t.amount, t.used or 0, t.paused) for t in tallies if t.measured)
    return tuple(Lasted(*key, n) for key, n in alike.items())


@dataclass(frozen=True)
class Spread:
    """How many took how many working days. Mean, median and p90 are None where there is none; median and p90 are by
    nearest rank: the fewest days within which half, or nine tenths, of them were done."""

    by_days: Mapping[int, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return sum(self.by_days.values())

    @property
    def days(self) -> int:
        return sum(days * n for days, n in self.by_days.items())

    @property
    def mean(self) -> float | None:
        return Rate(self.days, self.n).value

    @property
    def median(self) -> int | None:
        return self.within(HALF)

    @property
    def p90(self) -> int | None:
        return self.within(NINE_TENTHS)

    def within(self, share: float) -> int | None:
        """The fewest days within which this share of them was done."""
        reached = 0
        for days, n in sorted(self.by_days.items()):
            reached += n
            if reached >= share * self.n:
                return days
        return None


def spread(pairs: Iterable[tuple[int, int]]) -> Spread:
    """Of pairs of days and how many."""
    by_days: Counter[int] = Counter()
    for days, n in pairs:
        by_days[days] += n
    return Spread(dict(sorted(by_days.items())))


@dataclass(frozen=True)
class Compared:
    """Promise, statute and actual of one permit, or of all. `promised` and `statutory` are the limits the cases had,
    `used` what they took under the promise, `by_law` what they took as the law counts. Each has its own n."""

    permit: str
    promised: Spread
    statutory: Spread
    used: Spread
    by_law: Spread

    @property
    def comparable(self) -> bool:
        """Whether the limits are those of the same cases; of all permits, some may have but one of the two."""
        return bool(self.permit) or not self.promised.n or not self.statutory.n or self.promised.n == self.statutory.n

    @property
    def compression(self) -> float | None:
        return _less(self.promised.mean, self.statutory.mean) if self.comparable else None

    @property
    def speed_up(self) -> float | None:
        return _less(self.by_law.mean, self.statutory.mean)


def compared(promise: Iterable[Lasted], statute: Iterable[Lasted]) -> tuple[Compared, ...]:
    """Each permit, and all of them last, under ""; nothing where nothing was measured."""
    kept, law = tuple(promise), tuple(statute)
    permits = sorted({one.permit for one in (*kept, *law)})
    return tuple(_compared(permit, kept, law) for permit in (*permits, "") if permits)


def _compared(permit: str, promise: Sequence[Lasted], statute: Sequence[Lasted]) -> Compared:
    kept, law = ([one for one in of if permit in ("", one.permit)] for of in (promise, statute))
    return Compared(
        permit,
        promised=spread((one.amount, one.n) for one in kept),
        statutory=spread((one.amount, one.n) for one in law),
        used=spread((one.used, one.n) for one in kept),
        by_law=spread((one.used, one.n) for one in law),
    )


def _less(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else (whole - part) / whole


@dataclass(frozen=True)
class Pausing:
    """How long measured clocks stood still: `grounds` has the clocks and the working days of each. `unknown`: how many
    are left out because nobody knows any more."""

    n: int
    used: int
    paused: int
    grounds: Mapping[str, tuple[int, int]]
    unknown: int = 0

    @property
    def share(self) -> Rate:
        return Rate(self.paused, self.used + self.paused)

    def share_of(self, ground: str) -> Rate:
        return Rate(self.grounds[ground][1], self.used + self.paused)


def pausing(lasted: Iterable[Lasted]) -> Pausing:
    """What the pauses come to, by ground."""
    every = tuple(lasted)
    known = [(one, one.paused) for one in every if one.paused is not None]
    clocks: Counter[str] = Counter()
    days: Counter[str] = Counter()
    for one, paused in known:
        for ground, amount in paused:
            clocks[ground] += one.n
            days[ground] += amount * one.n
    return Pausing(
        n=sum(one.n for one, _ in known),
        used=sum(one.used * one.n for one, _ in known),
        paused=days.total(),
        grounds={ground: (clocks[ground], days[ground]) for ground in sorted(clocks)},
        unknown=sum(one.n for one in every if one.paused is None),
    )


# --- what is saved ----------------------------------------------------------------------------------------------------
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


def savings(limits: Mapping[str, tuple[int, int]], lasted: Iterable[Lasted]) -> tuple[Saving, ...]:
    """For each permit with (statutory, promise) in working days, what was saved over the measured promise clocks."""
    completed: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for one in lasted:
        completed[one.permit] += one.n
        used[one.permit] += one.used * one.n
    return tuple(
        Saving(permit, statutory, promise, completed[permit], used[permit])
        for permit, (statutory, promise) in limits.items()
    )


def _month_end(first: date) -> date:
    year, month = divmod(12 * first.year + first.month, 12)
    return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)
