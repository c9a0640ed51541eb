"""How long cases took against what was promised and what the law allows. Pure; days are working days.

compression   = (statutory − promise) ÷ statutory
speed-up      = (statutory − used) ÷ statutory
paused share  = working days paused ÷ (working days used + working days paused)
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sla.reports import Rate, Tally

HALF, NINE_TENTHS = 0.5, 0.9


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
