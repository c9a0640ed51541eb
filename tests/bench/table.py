"""What a benchmark gives back: rows of measured figures, each with its bar."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Row:
    """One figure. `theirs` is the rival's, or a dash; `bar` is what was asked for, `met` whether it was reached."""

    what: str
    ours: str
    theirs: str
    measured: str
    bar: str
    met: bool


@dataclass(frozen=True)
class Table:
    title: str
    rows: Sequence[Row]

    def markdown(self) -> Iterator[str]:
        yield "| what | ours | theirs | measured | bar | |"
        yield "|---|--:|--:|--:|--:|---|"
        for row in self.rows:
            met = "met" if row.met else "**missed**"
            yield f"| {row.what} | {row.ours} | {row.theirs} | {row.measured} | {row.bar} | {met} |"
        yield ""


def times_faster(what: str, ours: float, theirs: float, bar: float) -> Row:
    """A row for two medians in seconds, of which ours has to be so many times the shorter."""
    ratio = theirs / ours
    return Row(what, duration(ours), duration(theirs), f"{ratio:,.0f} x", f">= {bar:,.0f} x", ratio >= bar)


def at_most(what: str, ours: float, bar: float) -> Row:
    """A row for a median in seconds that has to stay below a bar."""
    return Row(what, duration(ours), "–", duration(ours), f"< {duration(bar)}", ours < bar)


def median_seconds(call: Callable[[], object], rounds: int) -> float:
    """The median time of a call, after one that does not count."""
    call()
    return median(_seconds(call) for _ in range(max(1, rounds)))


def duration(seconds: float) -> str:
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def _seconds(call: Callable[[], object]) -> float:
    before = perf_counter()
    call()
    return perf_counter() - before
