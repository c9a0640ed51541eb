"""The tables of a report in words: each figure with its n, and the way to its cases; "–" where n is 0."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sla.durations import Compared, Pausing, Saving, Spread
from sla.months import months_before
from sla.policies import Basis
from sla.reports import Cut, Figures, Rate
from sla.service.report_facts import AGES, LIGHTS
from sla.service.report_tables import age_text
from sla.service.reporting import Report
from sla.web.charts import BarChart, Point, histogram
from sla.web.rates_asked import Asked, Count
from sla.words import NO_DATA, TERMS, Words

MOST_BARS = 31  # of the histogram; what took longer is one more


@dataclass(frozen=True)
class Share:
    """A rate in words, which leads to its part, with its n, which leads to the whole."""

    part: Count
    whole: Count


@dataclass(frozen=True)
class Line:
    """The rates of one permit, month, handler or stage."""

    name: str
    completed: Count
    rates: tuple[Share, ...]  # on time, of those closed only, early
    overdue: Count


def line(name: str, figures: Figures, asked: Asked, said: Words, of: Mapping[str, str]) -> Line:
    """`of` is what the line is of, as it stands in an address."""

    def share(rate: Rate, part: Cut, whole: Cut) -> Share:
        n = said.gettext("n = %(n)s", n=rate.n)
        return Share(
            asked.count(rate.part, part, said.percent(rate.value), of=of),
            asked.count(rate.n, whole, n, of=of),
        )

    return Line(
        name,
        asked.count(figures.completed, Cut.COMPLETED, of=of),
        (
            share(figures.on_time, Cut.ON_TIME, Cut.COUNTED),
            share(figures.closed_only, Cut.ON_TIME, Cut.COMPLETED),
            share(figures.early, Cut.EARLY, Cut.COMMITTED),
        ),
        asked.count(figures.open_overdue, Cut.OVERDUE, of=of),
    )


# --- by month ---------------------------------------------------------------------------------------------------------
def months_of(report: Report) -> Iterator[tuple[date, Figures]]:
    """Every month of the period, and earlier ones that still have an overdue clock open."""
    known = {date.fromisoformat(f"{month}-01"): figures for month, figures in report.by_month.items() if month}
    month = min([report.first.replace(day=1), *known])
    while month <= report.last:
        if month in known or month >= report.first.replace(day=1):
            yield month, known.get(month, Figures())
        month = months_before(month, -1)


def month_point(day: date, figures: Figures, first: bool, said: Words) -> Point:
    label = said.pgettext("month", TERMS["month"][str(day.month - 1)])
    share = figures.on_time.value
    return Point(label, str(day.year) if first or day.month == 1 else "", share, said.percent(share))


def days_text(days: float | None) -> str:
    """4, 3.5; "–" where there is none. What is whole needs no places."""
    if days is None:
        return NO_DATA
    return str(int(days)) if days == int(days) else f"{days:.1f}"


# --- promise, statute, actual -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ComparedLine:
    """What the law allows, what was promised and what it took, of one permit or of all."""

    permit: str
    statutory: str
    promised: str
    mean: str
    median: str
    p90: str
    compression: str
    speed_up: str
    by_law: int  # how many cases the speed-up is of
    measured: Count


def compared_line(one: Compared, asked: Asked, names: Mapping[str, str], said: Words) -> ComparedLine:
    """What it took is by the promise; by the statute where the report goes by it, or nothing was promised."""
    used, basis = (one.by_law, "statute") if asked.scope.basis is Basis.STATUTE else (one.used, "promise")
    of = {"permit": one.permit} if one.permit else {}
    return ComparedLine(
        permit=names.get(one.permit, one.permit) if one.permit else said.gettext("All"),
        statutory=days_text(one.statutory.mean if one.comparable else None),
        promised=days_text(one.promised.mean if one.comparable else None),
        mean=days_text(used.mean),
        median=days_text(used.median),
        p90=days_text(used.p90),
        compression=said.percent(one.compression),
        speed_up=said.percent(one.speed_up),
        by_law=one.statutory.n,
        measured=asked.count(used.n, Cut.MEASURED, of={"basis": basis, **of}),
    )


# --- how long it took -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Took:
    """How many took so many working days, and what share was done by then."""

    days: str
    n: Count
    share: str
    within: str


def took(spread: Spread, asked: Asked, said: Words) -> Iterator[Took]:
    reached = 0
    for days, n in spread.by_days.items():
        reached += n
        count = asked.count(n, Cut.USED, value=str(days))
        yield Took(str(days), count, said.percent(n / spread.n), said.percent(reached / spread.n))


def took_chart(spread: Spread) -> BarChart | None:
    """A bar a day, from none to the longest; None where nothing was measured."""
    if not spread.n:
        return None
    last = max(spread.by_days)
    bars = {days: spread.by_days.get(days, 0) for days in range(min(last + 1, MOST_BARS))}
    beyond = spread.n - sum(bars.values())
    most = max([*bars.values(), beyond])
    points = [Point(str(days), "", n / most, str(n) if n else "") for days, n in bars.items()]
    if beyond:
        points.append(Point(f"{MOST_BARS}+", "", beyond / most, str(beyond)))
    return histogram(points, most)


# --- what stood still, and what waits ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class PausedLine:
    """How many stood still on a ground, for how many working days, and what share of all days that is."""

    ground: str
    cases: Count
    days: int
    share: str


def paused_lines(report: Report, asked: Asked, said: Words) -> Iterator[PausedLine]:
    pausing = report.pausing
    for ground, (n, days) in pausing.grounds.items():
        name = said.joined(_ground(one, report, said) for one in ground.split("+"))
        count = asked.count(n, Cut.PAUSED, value=ground)
        yield PausedLine(name, count, days, said.percent(pausing.share_of(ground).value))


def _ground(ground: str, report: Report, said: Words) -> str:
    return said.name(report.ground_names[ground]) if ground in report.ground_names else ground


def paused_text(pausing: Pausing, said: Words) -> str:
    """12.5% · 3 ÷ 24."""
    share = pausing.share
    if not share.n:
        return NO_DATA
    return f"{said.percent(share.value)} · {share.part} ÷ {share.n}"


@dataclass(frozen=True)
class AgeLine:
    """The open cases of one age by light, in the order of LIGHTS, and all of them."""

    name: str
    lights: tuple[Count, ...]
    total: Count


def age_lines(report: Report, asked: Asked, said: Words) -> Iterator[AgeLine]:
    """From the youngest to the oldest, and all together."""
    for age in range(len(AGES) + 1):
        yield _age_line(age_text(age, said), str(age), report, asked)
    yield _age_line(said.gettext("All"), "", report, asked)


def _age_line(name: str, age: str, report: Report, asked: Asked) -> AgeLine:
    counts = dict.fromkeys(LIGHTS, 0)
    for (of, light), n in report.waiting.items():
        if age in ("", str(of)):
            counts[light] += n
    lights = tuple(asked.count(n, Cut.WAITING, value=f"{age}-{light}") for light, n in counts.items())
    return AgeLine(name, lights, asked.count(sum(counts.values()), Cut.WAITING, value=f"{age}-"))


# --- days saved -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class SavingLine:
    """What the promise of one permit saves; "–" over cases where none was completed."""

    permit: str
    statutory: str
    promise: str
    per_item: str
    compression: str
    completed: Count
    promised: str
    really: str


def saving_line(name: str, saving: Saving, asked: Asked, said: Words) -> SavingLine:
    some = saving.completed > 0
    return SavingLine(
        permit=name,
        statutory=str(saving.statutory),
        promise=str(saving.promise),
        per_item=str(saving.per_item),
        compression=said.percent(saving.compression),
        completed=asked.count(saving.completed, Cut.MEASURED, of={"permit": saving.permit}),
        promised=str(saving.promised_over_cases) if some else NO_DATA,
        really=str(saving.actual_over_cases) if some else NO_DATA,
    )


def saving_sums(report: Report, said: Words) -> SavingLine | None:
    savings: Iterable[Saving] = report.savings
    statutory, promise, completed = (
        sum(getattr(one, name) for one in savings) for name in ("statutory", "promise", "completed")
    )
    if not statutory:
        return None
    return SavingLine(
        permit=said.gettext("All"),
        statutory=str(statutory),
        promise=str(promise),
        per_item=str(report.saved_per_item),
        compression=said.percent(report.saved_per_item / statutory),
        completed=Count(str(completed), 0, ""),
        promised=str(report.saved_over_cases) if completed else NO_DATA,
        really=str(report.saved_really) if completed else NO_DATA,
    )
