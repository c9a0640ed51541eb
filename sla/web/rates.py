"""The rates of a period in words: each figure with its definition and its n; "–" where n is 0."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sla.messages import DueEntry
from sla.policies import Basis
from sla.reports import Figures, Rate, Saving
from sla.service.reporting import Report
from sla.web.charts import BarChart, Point, bar_chart
from sla.web.frame import Visit, case_path
from sla.words import NO_DATA, TERMS, Words, paused_again_text

FIRST_YEAR, LAST_YEAR, MOST_YEARS = 2000, 2099, 10


class PeriodError(ValueError):
    """Dates that make no period: `field` is from or to; `text` says in the reader's language what would be right."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field, self.text = field, text


@dataclass(frozen=True)
class Period:
    """The first and the last day as they stand in the address, both included."""

    first: str
    last: str


@dataclass(frozen=True)
class Figure:
    """One figure with its n and its definition."""

    name: str
    value: str
    n: str
    definition: str
    main: bool = False


@dataclass(frozen=True)
class Share:
    """A rate in words with its n."""

    value: str
    n: int


@dataclass(frozen=True)
class Line:
    """The rates of one permit or one month."""

    name: str
    completed: int
    on_time: Share
    closed_only: Share
    early: Share
    open_overdue: int


@dataclass(frozen=True)
class SavingLine:
    """What the promise of one permit saves; "–" over cases where none was completed."""

    permit: str
    statutory: str
    promise: str
    per_item: str
    compression: str
    completed: int
    promised: str
    really: str


@dataclass(frozen=True)
class PausedAgain:
    """A clock that was paused again on a day it had been resumed, how often, and when last (R10)."""

    number: str
    path: str
    clock: str
    handler: str
    times: str


@dataclass(frozen=True)
class Rates:
    """The whole page."""

    title: str
    by_promise: bool  # else by the statute
    open_overdue: int
    figures: tuple[Figure, ...]
    by_permit: tuple[Line, ...]
    by_month: tuple[Line, ...]
    chart: BarChart
    savings: tuple[SavingLine, ...]
    sums: SavingLine | None
    paused_again: tuple[PausedAgain, ...]


def period_of(asked: Period, today: date, said: Words) -> tuple[date, date]:
    """The days asked for; without any, this month and the eleven before it. Raises PeriodError."""
    last = _day("to", asked.last, said) if asked.last else today
    year, month = divmod(12 * last.year + last.month - 12, 12)
    first = _day("from", asked.first, said) if asked.first else date(year, month + 1, 1)
    if first > last:
        raise PeriodError("from", said.gettext("The first day lies after the last. Exchange them."))
    if last.year - first.year > MOST_YEARS:
        raise PeriodError("from", said.gettext("The period is too long. Ask for %(n)s years at most.", n=MOST_YEARS))
    return first, last


def rates_view(visit: Visit, report: Report) -> Rates:
    """What the page says of a report."""
    said = visit.said
    names = {permit: said.name(names) for permit, names in report.permit_names.items()}
    months = tuple(_months(report))
    return Rates(
        title=said.gettext(
            "%(first)s to %(last)s", first=said.date(report.first, year=True), last=said.date(report.last, year=True)
        ),
        by_promise=report.basis is Basis.PROMISE,
        open_overdue=report.total.open_overdue,
        figures=tuple(_figures(report.total, said)),
        by_permit=tuple(
            _line(names.get(permit, permit), figures, said) for permit, figures in report.by_permit.items()
        ),
        by_month=tuple(_line(said.month(day), figures, said) for day, figures in months),
        chart=bar_chart([_point(day, figures, index == 0, said) for index, (day, figures) in enumerate(months)]),
        savings=tuple(_saving(names.get(saving.permit, saving.permit), saving, said) for saving in report.savings),
        sums=_sums(report, said),
        paused_again=tuple(_paused_again(entry, said) for entry in report.paused_again),
    )


def _day(field: str, text: str, said: Words) -> date:
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PeriodError(
            field, said.gettext("“%(text)s” is no date we know. Write it like 2026-09-18.", text=text[:40])
        )
    return day


def _months(report: Report) -> Iterable[tuple[date, Figures | None]]:
    """Every month of the period, and earlier ones that still have an overdue clock open."""
    known = {date.fromisoformat(f"{month}-01"): figures for month, figures in report.by_month.items() if month}
    month = min([report.first.replace(day=1), *known])
    while month <= report.last:
        if month in known or month >= report.first.replace(day=1):
            yield month, known.get(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _figures(total: Figures, said: Words) -> Iterable[Figure]:
    yield _figure(
        said.gettext("On-time rate"), total.on_time,
        said.gettext("completed on time (early included) ÷ (completed + open and already overdue)"), said, main=True,
    )  # fmt: skip
    yield _figure(
        said.gettext("On-time rate, closed cases only"), total.closed_only,
        said.gettext("completed on time (early included) ÷ completed"), said,
    )  # fmt: skip
    yield _figure(
        said.gettext("Early rate"), total.early,
        said.gettext("completed on a date before the due date ÷ completed, immediate items left out"), said,
    )  # fmt: skip
    yield _figure(said.gettext("Immediate rate"), total.immediate, said.gettext("immediate items ÷ completed"), said)


def _figure(name: str, rate: Rate, definition: str, said: Words, *, main: bool = False) -> Figure:
    share = f"{rate.part} ÷ {rate.n} · n = {rate.n}" if rate.n else "n = 0"
    return Figure(name, said.percent(rate.value), share, definition, main)


def _line(name: str, figures: Figures | None, said: Words) -> Line:
    if figures is None:
        nothing = Share(NO_DATA, 0)
        return Line(name, 0, nothing, nothing, nothing, 0)
    rates = (figures.on_time, figures.closed_only, figures.early)
    on_time, closed_only, early = (Share(said.percent(rate.value), rate.n) for rate in rates)
    return Line(name, figures.completed, on_time, closed_only, early, figures.open_overdue)


def _point(day: date, figures: Figures | None, first: bool, said: Words) -> Point:
    label = said.pgettext("month", TERMS["month"][str(day.month - 1)])
    share = figures.on_time.value if figures else None
    return Point(label, str(day.year) if first or day.month == 1 else "", share, said.percent(share))


def _saving(name: str, saving: Saving, said: Words) -> SavingLine:
    some = saving.completed > 0
    return SavingLine(
        permit=name,
        statutory=str(saving.statutory),
        promise=str(saving.promise),
        per_item=str(saving.per_item),
        compression=said.percent(saving.compression),
        completed=saving.completed,
        promised=str(saving.promised_over_cases) if some else NO_DATA,
        really=str(saving.actual_over_cases) if some else NO_DATA,
    )


def _paused_again(entry: DueEntry, said: Words) -> PausedAgain:
    case, clock = entry.case, entry.clock
    return PausedAgain(
        number=case.number,
        path=case_path(case.number),
        clock=said.name(clock.rule.names),
        handler=case.handler_name or NO_DATA,
        times=paused_again_text(clock, said),
    )


def _sums(report: Report, said: Words) -> SavingLine | None:
    if not report.savings:
        return None
    statutory, promise = (sum(getattr(saving, name) for saving in report.savings) for name in ("statutory", "promise"))
    completed = sum(saving.completed for saving in report.savings)
    return SavingLine(
        permit=said.gettext("All"),
        statutory=str(statutory),
        promise=str(promise),
        per_item=str(report.saved_per_item),
        compression=said.percent(report.saved_per_item / statutory),
        completed=completed,
        promised=str(report.saved_over_cases) if completed else NO_DATA,
        really=str(report.saved_really) if completed else NO_DATA,
    )
