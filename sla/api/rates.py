"""The rates of a period, each with its parts and its n: the document of `sla report --format json`."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from sla.api.operations import Call, Operation
from sla.api.problems import ProblemError
from sla.api.shapes import DAY, MOMENT, Day, Query, Shape
from sla.policies import Basis
from sla.rights import Right
from sla.service.errors import ServiceError
from sla.service.report_figures import By, Measure
from sla.service.report_made import Wanted, made
from sla.service.report_shows import told_json
from sla.service.reporting import MOST_AS_OF, cases_of
from sla.words import words

MOST_YEARS = 10

_DAY = DAY.strip("^$")
_COMPARE = rf"^(before|year|{_DAY}\.\.{_DAY})?$"


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


class FigureShape(Shape):
    """One figure of all: a share with its part, a number of working days, or of cases; null where there is no data."""

    id: str = Field(examples=["on_time"])
    name: str = Field(examples=["On-time rate"])
    """What its definition calls it."""
    measure: Measure
    value: float | None
    part: int | None
    n: int


class SpreadShape(Shape):
    """Working days: mean, and the fewest within which half, or nine tenths, were done."""

    n: int
    mean: float | None
    median: int | None
    p90: int | None


class UsedShape(SpreadShape):
    """The same, with how many took so many working days."""

    by_days: dict[str, int]


class LimitsShape(Shape):
    """What the law allows, what was promised and what it took, in working days."""

    permit: str | None
    """null: of all permits"""
    statutory: SpreadShape
    promise: SpreadShape
    used: SpreadShape
    used_by_statute: SpreadShape
    """The days as the law counts them."""
    compression: float | None
    """(statutory − promise) ÷ statutory"""
    speed_up: float | None
    """(statutory − used) ÷ statutory"""


class GroundShape(Shape):
    """What was paused on a ground."""

    cases: int
    days: int
    """Working days."""
    share: Rate
    """Of all days, used and paused."""


class PausedShape(Shape):
    """Time not counted, by ground."""

    share: Rate
    grounds: dict[str, GroundShape]
    unknown: int
    """Cases left out: for how long they were paused is not known before `sla doctor --rebuild`."""


class WaitingShape(Shape):
    """How many clocks are open, of an age and a light."""

    age: str = Field(examples=["0-5"])
    """Working days since the clock began."""
    light: Literal["red", "yellow", "green", "paused"]
    n: int


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


class PausedAgainShape(Shape):
    """A clock that was paused again on a day it had been resumed."""

    number: str
    clock: str
    handler: str
    on: list[date]


class FreeShape(Rate):
    """Working days without anything overdue ÷ working days up to now; `running`: how many in a row at the end."""

    running: int


class ExtendedShape(Rate):
    """Cases that were given more time ÷ cases completed; `days`: the working days they were given."""

    days: int


class LateShape(Rate):
    """Entries made more than a working day late ÷ all entries; `by_kind`: the late ones."""

    by_kind: dict[str, int]


class ConductShape(Shape):
    """How the office conducted itself."""

    days_without_overdue: FreeShape
    extended: ExtendedShape
    late_entries: LateShape


class OtherShape(Shape):
    """The other period and all its figures."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: date = Field(alias="from")
    to: date
    figures: list[FigureShape]


Lines = dict[str, FiguresShape] | None


class Rates(Shape):
    """A report of the period from its first to its last day, both included. Of each kind of line null where `by` asked
    for others."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: date = Field(alias="from")
    to: date
    basis: Basis
    permit: str
    handler: str
    as_of: datetime | None
    """By what was on record then; null for now."""
    definitions: dict[str, str]
    """Of each figure by its id, in a sentence."""
    figures: list[FigureShape]
    compare: OtherShape | None
    conduct: ConductShape | None
    total: FiguresShape
    by_permit: Lines
    by_month: Lines
    by_quarter: Lines
    by_year: Lines
    by_handler: Lines
    by_stage: Lines
    by_office: Lines
    """null unless `by` asks for it"""
    stages: dict[str, SpreadShape]
    """How long each stage took."""
    limits: list[LimitsShape]
    used: UsedShape
    paused: PausedShape
    waiting: list[WaitingShape]
    savings: list[SavingShape]
    saved_per_item: int
    saved_over_cases: int
    saved_really: int
    paused_again: list[PausedAgainShape]
    first: date
    """As `from`."""
    last: date
    """As `to`."""


def _known_kinds(text: str) -> str:
    kinds = text.split(",") if text else []
    if len(set(kinds)) < len(kinds) or not set(kinds) <= set(By):
        raise ValueError(f"is nothing a report can be by; write some of {','.join(By)}, each once")
    return text


def _some_of(kinds: str) -> str:
    return rf"^(({kinds})(,({kinds})){{0,6}})?$"


class RatesQuery(Query):
    """The period, and what it is narrowed to: without any, the year that ends today, of everything."""

    first: Day | None = None
    last: Day | None = None
    basis: Literal["", "promise", "statute", "stage"] = ""
    """By which limit; by the promise, or by the statute in an office that promises nothing."""
    permit: Annotated[str, StringConstraints(max_length=80)] = ""
    handler: Annotated[str, StringConstraints(max_length=80)] = ""
    compare: Annotated[str, StringConstraints(pattern=_COMPARE)] = ""
    """Another period beside it: `before`, `year`, or `2025-09-01..2025-09-30`."""
    as_of: Annotated[str, StringConstraints(pattern=rf"^$|{MOMENT}")] = ""
    """By what was on record at the end of that day, or at that moment (RFC 3339, + as %2B), and nothing later."""
    by: Annotated[
        str, StringConstraints(pattern=_some_of("|".join(By))), AfterValidator(_known_kinds)
    ] = ""  # fmt: skip
    """Which lines, with commas between: permit, handler, office, stage, month, quarter, year; all but `office` if left
    out."""


def _rates(call: Call) -> Rates:
    asked: RatesQuery = call.query
    _check_size(call, asked)
    kinds = tuple(By(kind) for kind in asked.by.split(",")) if asked.by else ()
    first, last = (day.isoformat() if day else "" for day in (asked.first, asked.last))
    wanted = Wanted(
        first, last, asked.basis, asked.permit, asked.handler, asked.compare, asked.as_of, kinds, alone=_is_one(call)
    )
    document = _document(call, wanted)
    shown = kinds or [kind for kind in By if kind is not By.OFFICE]
    lines = {name: document.get(name) if kind in shown else None for kind in By for name in [f"by_{kind.value}"]}
    return Rates.model_validate(document | lines | {"first": document["from"], "last": document["to"]})


def _document(call: Call, wanted: Wanted) -> dict[str, Any]:
    try:
        return told_json(made(call.session, call.office, wanted, call.now, words("en")))
    except ServiceError as error:
        if error.field != "from":
            raise
        raise ProblemError("invalid", "first: lies behind the last day", "first") from None


def _is_one(call: Call) -> bool:
    """Whether whoever asks is of one office, and is told of no other."""
    return bool(call.visitor.office or call.app.settings.office)


def _check_size(call: Call, asked: RatesQuery) -> None:
    """Raises ProblemError for what would take too long."""
    last = asked.last or call.office.today(call.now)
    if asked.first and last.year - asked.first.year > MOST_YEARS:
        raise ProblemError("invalid", f"first: lies more than {MOST_YEARS} years before the last day", "first")
    begins, dots, ends = asked.compare.partition("..")
    if dots and int(ends[:4]) - int(begins[:4]) > MOST_YEARS:
        raise ProblemError("invalid", f"compare: is longer than {MOST_YEARS} years", "compare")
    if asked.as_of and cases_of(call.session, call.office) > MOST_AS_OF:
        raise ServiceError(
            "as-of", "there are more than %(most_as_of)s cases; ask `sla report --as-of`", most_as_of=f"{MOST_AS_OF:,}"
        )


OPERATIONS = (
    Operation(
        "GET", "/rates", "getRates", "rates", "The rates of a period, and what stands behind them", Right.REPORT, Rates,
        _rates, query=RatesQuery, lasts=True,
    ),
)  # fmt: skip
