"""The rates of a period, each with its parts and its n."""

from datetime import date
from typing import Literal

from sla.api.operations import Call, Operation
from sla.api.problems import ProblemError
from sla.api.shapes import Day, Query, Shape
from sla.policies import Basis
from sla.reports import Figures
from sla.reports import Rate as Share
from sla.rights import Right
from sla.service.report_asked import period_of
from sla.service.report_shows import report_json
from sla.service.reporting import report

MOST_YEARS = 10


class Rate(Shape):
    """A share: `part` of `n`; `value` is null where n is 0."""

    value: float | None
    part: int
    n: int


class FiguresShape(Shape):
    """What a set of clocks comes to."""

    completed: int
    overdue_completed: int
    open_overdue: int
    on_time: Rate
    """Completed on time ÷ (completed + open and overdue)."""
    closed_only: Rate
    """Completed on time ÷ completed."""
    early: Rate
    """Completed before the due date ÷ completed, immediate items left out."""
    immediate: Rate
    used_mean: float | None


class SavingShape(Shape):
    """What the promise of a permit saves against its statute, in working days."""

    permit: str
    statutory: int
    promise: int
    saved_per_item: int
    compression: float
    completed: int
    saved_over_cases: int
    saved_really: int


class Rates(Shape):
    """The rates from the first day to the last, both included."""

    first: date
    last: date
    basis: Basis
    total: FiguresShape
    by_permit: dict[str, FiguresShape]
    by_month: dict[str, FiguresShape]
    savings: list[SavingShape]


class RatesQuery(Query):
    """The period: without any, the year that ends today."""

    first: Day | None = None
    last: Day | None = None
    basis: Literal["", "promise", "statute"] = ""
    """By which limit; by the promise, or by the statute in an office that promises nothing."""


def _rates(call: Call) -> Rates:
    asked: RatesQuery = call.query
    first, last = (day.isoformat() if day else "" for day in (asked.first, asked.last))
    if asked.first and asked.first > (asked.last or call.office.today(call.now)):
        raise ProblemError("invalid", "first: lies behind the last day", "first")
    begins, ends = period_of(first, last, call.office.today(call.now))
    if ends.year - begins.year > MOST_YEARS:
        raise ProblemError("invalid", f"first: lies more than {MOST_YEARS} years before the last day", "first")
    basis = Basis(asked.basis) if asked.basis else None
    found = report(call.session, call.office, begins, ends, call.now, basis)
    return Rates(
        first=begins,
        last=ends,
        basis=found.basis,
        total=_figures(found.total),
        by_permit={name: _figures(figures) for name, figures in found.by_permit.items()},
        by_month={name: _figures(figures) for name, figures in found.by_month.items() if name},
        savings=[SavingShape(**saving) for saving in report_json(found)["savings"]],
    )


def _figures(found: Figures) -> FiguresShape:
    return FiguresShape(
        completed=found.completed,
        overdue_completed=found.overdue_completed,
        open_overdue=found.open_overdue,
        on_time=_share(found.on_time),
        closed_only=_share(found.closed_only),
        early=_share(found.early),
        immediate=_share(found.immediate),
        used_mean=found.used_mean,
    )


def _share(rate: Share) -> Rate:
    return Rate(value=rate.value, part=rate.part, n=rate.n)


OPERATIONS = (
    Operation(
        "GET", "/rates", "getRates", "rates", "The rates of a period", Right.REPORT, Rates, _rates, query=RatesQuery
    ),
)
