"""Two periods side by side: each figure with its n in both, and what lies between them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sla.reports import Cut
from sla.service.reporting import Report, Summary
from sla.web.rates_asked import Asked, days_of
from sla.web.rates_tables import Share, days_text
from sla.words import NO_DATA, Words
from sla.words.figures import meanings

RATES = (  # each with the sets that are its part and its whole
    ("on_time", Cut.ON_TIME, Cut.COUNTED),
    ("closed_only", Cut.ON_TIME, Cut.COMPLETED),
    ("early", Cut.EARLY, Cut.COMMITTED),
    ("immediate", Cut.IMMEDIATE, Cut.COMPLETED),
)


@dataclass(frozen=True)
class Beside:
    """One figure of two periods, with its n in each, and what lies between them."""

    name: str
    these: Share
    others: Share
    difference: str


def beside(report: Report, other: Summary, asked: Asked, said: Words) -> Iterator[Beside]:
    """The figures of a report and of another period, side by side."""
    periods, named = ((report.total, report.scope), (other.total, other.scope)), meanings(said)
    for rate, part, whole in RATES:
        both = [getattr(figures, rate) for figures, _ in periods]
        shares = [
            Share(
                asked.count(one.part, part, text=said.percent(one.value), of=days_of(scope)),
                asked.count(one.n, whole, text=said.gettext("n = %(n)s", n=one.n), of=days_of(scope)),
            )
            for one, (_, scope) in zip(both, periods, strict=True)
        ]
        yield Beside(named[rate].name, shares[0], shares[1], points_text(both[0].value, both[1].value, said))
    yield from _days_beside(report, other, asked, said)


def _days_beside(report: Report, other: Summary, asked: Asked, said: Words) -> Iterator[Beside]:
    spreads = ((report.used, report.scope), (other.used, other.scope))
    named = meanings(said)
    for what in ("mean", "median", "p90"):
        values = [getattr(spread, what) for spread, _ in spreads]
        shares = [
            Share(
                asked.count(spread.n, Cut.MEASURED, text=days_text(value), of=days_of(scope)),
                asked.count(spread.n, Cut.MEASURED, text=said.gettext("n = %(n)s", n=spread.n), of=days_of(scope)),
            )
            for value, (spread, scope) in zip(values, spreads, strict=True)
        ]
        yield Beside(named[f"used_{what}"].name, shares[0], shares[1], difference_text(values[0], values[1], said))


def points_text(this: float | None, other: float | None, said: Words) -> str:
    """+1.5 percentage points; "–" where one of the two is missing."""
    if this is None or other is None:
        return NO_DATA
    return said.gettext("%(points)s percentage points", points=_signed(100 * (this - other)))


def difference_text(this: float | None, other: float | None, said: Words) -> str:
    if this is None or other is None:
        return NO_DATA
    return said.gettext("%(days)s working days", days=_signed(this - other))


def _signed(difference: float) -> str:
    text = f"{difference:+.1f}".removesuffix(".0")
    return "±0" if text in ("+0", "-0") else text.replace("-", "−")
