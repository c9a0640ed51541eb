"""A report as a list of figures, each with its name, definition and n; and what it is of, line by line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sla.durations import Spread
from sla.reports import Figures, Period, Rate, by_period
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.service.reporting import Report
from sla.words import Words
from sla.words.figures import meanings


class Measure(StrEnum):
    """What a figure is: a share of one, a number of working days, or of cases."""

    SHARE = "share"
    DAYS = "days"
    CASES = "cases"


class By(StrEnum):
    """What the lines of a report may be of."""

    PERMIT = "permit"
    HANDLER = "handler"
    OFFICE = "office"
    STAGE = "stage"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class Figure:
    """`value` is None where there is no data. `part` is None where it is no share; `n`: of how many."""

    id: str
    name: str
    definition: str
    measure: Measure
    value: float | None
    part: int | None
    n: int


@dataclass(frozen=True)
class Line:
    """The rates of one permit, handler, month …; `id` is what a program knows it by."""

    id: str
    name: str
    figures: Figures


@dataclass(frozen=True)
class Lines:
    """All lines of one kind."""

    by: By
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Told:
    """A report in somebody's words: beside another period, if one was asked for, and line by line."""

    office: Office
    report: Report
    other: Report | None
    lines: tuple[Lines, ...]
    as_of: datetime | None
    now: datetime
    said: Words

    @property
    def at(self) -> datetime:
        """When it was made, in the office's time."""
        return self.now.astimezone(self.office.calendar.zone)

    @property
    def days(self) -> str:
        """From the first to the last day, in words."""
        return self.said.span(self.report.first, self.report.last)

    @property
    def figures(self) -> tuple[Figure, ...]:
        return figures_of(self.report, self.said)

    @property
    def others(self) -> Mapping[str, Figure]:
        """The figures of the other period, by their ids."""
        return {one.id: one for one in figures_of(self.other, self.said)} if self.other else {}


def figures_of(report: Report, said: Words) -> tuple[Figure, ...]:
    """Every figure of a report; those of its conduct where it was asked for."""
    named = meanings(said)
    return tuple(
        Figure(one, named[one].name, named[one].definition, measure, value, part, n)
        for one, measure, value, part, n in _values(report)
    )


_Value = tuple[str, Measure, float | None, int | None, int]


def _values(report: Report) -> Iterator[_Value]:
    total = report.total
    for name in ("on_time", "closed_only", "early", "immediate"):
        yield _share(name, getattr(total, name))
    yield "completed", Measure.CASES, total.completed, None, total.completed
    yield "open_overdue", Measure.CASES, total.open_overdue, None, total.open_overdue
    yield from _days(report)
    yield from _conduct(report)
    if report.savings:
        yield _share("compression", Rate(report.saved_per_item, sum(saving.statutory for saving in report.savings)))
        n = sum(saving.completed for saving in report.savings)
        yield "saved_per_item", Measure.DAYS, report.saved_per_item, None, len(report.savings)
        yield "saved_over_cases", Measure.DAYS, report.saved_over_cases if n else None, None, n
        yield "saved_really", Measure.DAYS, report.saved_really if n else None, None, n


def _days(report: Report) -> Iterator[_Value]:
    used: Spread = report.used
    for name, value in (("used_mean", used.mean), ("used_median", used.median), ("used_p90", used.p90)):
        yield name, Measure.DAYS, value, None, used.n
    every = report.compared[-1] if report.compared else None
    yield "speed_up", Measure.SHARE, every.speed_up if every else None, None, every.by_law.n if every else 0
    yield _share("paused", report.pausing.share)


def _conduct(report: Report) -> Iterator[_Value]:
    found = report.conduct
    if found is None:
        return
    yield _share("extended", found.extending.rate)
    yield "extension_days", Measure.DAYS, found.extending.days, None, found.extending.extended
    yield _share("late_entries", found.entries.rate)
    yield _share("free_days", found.free.rate)
    yield "free_running", Measure.DAYS, found.free.running if found.free.n else None, None, found.free.n


def _share(name: str, rate: Rate) -> _Value:
    return name, Measure.SHARE, rate.value, rate.part, rate.n


# --- line by line -----------------------------------------------------------------------------------------------------
def lines_of(office: Office, report: Report, by: By, said: Words, offices: Sequence[Line] = ()) -> Lines:
    """The lines of one kind; those of offices are handed in."""
    named = {
        By.PERMIT: lambda: [
            Line(of, _named(report.permit_names, of, said), part) for of, part in report.by_permit.items()
        ],
        By.HANDLER: lambda: [Line(of, office.name_of(of) or of, part) for of, part in report.by_handler.items()],
        By.STAGE: lambda: [
            Line(of, _named(report.clock_names, of, said), part) for of, part in report.by_stage.items()
        ],
        By.OFFICE: lambda: list(offices),
    }
    lines = named[by]() if by in named else list(_periods(report, Period(by.value), said))
    return Lines(by, title_of(by, said), tuple(lines))


def title_of(by: By, said: Words) -> str:
    return {
        By.PERMIT: said.gettext("By permit"),
        By.HANDLER: said.gettext("By handler"),
        By.OFFICE: said.gettext("By office"),
        By.STAGE: said.gettext("By stage"),
        By.MONTH: said.gettext("By month"),
        By.QUARTER: said.gettext("By quarter"),
        By.YEAR: said.gettext("By year"),
    }[by]


def by_of(text: str) -> By:
    """Raises ServiceError for what no report can be by."""
    try:
        return By(text)
    except ValueError:
        raise ServiceError(
            "by", "%(text)r is nothing a report can be by; write one of: %(by)s", text=text, by=By
        ) from None


def _periods(report: Report, period: Period, said: Words) -> Iterator[Line]:
    for of, part in by_period(report.by_month, period).items():
        name = said.month(date.fromisoformat(f"{of}-01")) if period is Period.MONTH and of else of
        yield Line(of, name, part)


def _named(names: Mapping[str, Mapping[str, str]], name: str, said: Words) -> str:
    return said.name(names[name]) if name in names else name
