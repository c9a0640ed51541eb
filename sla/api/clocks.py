"""The clocks of a case, and why each date is what it is."""

import logging
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field

from sla.api.operations import Answered, Call, Operation
from sla.api.paging import PageQuery, links, part_of
from sla.api.problems import ProblemError
from sla.api.shapes import Named, Shape, local
from sla.clock import Clock, Light, State
from sla.history import HistoryError
from sla.ledger import Note, Remark, Row, Status, explain, notes
from sla.policies import Basis
from sla.rights import Right
from sla.service import cases
from sla.service.cases import Recorded
from sla.service.errors import ServiceError
from sla.service.health import UNUSABLE

logger = logging.getLogger(__name__)


class LimitShape(Shape):
    """So many of a unit."""

    amount: int
    unit: str = Field(examples=["working_days"])


class ClockShape(Shape):
    """One limit running for one case."""

    id: str = Field(examples=["promise"])
    names: Named
    basis: Basis
    state: State
    light: Light
    limit: LimitShape
    started_on: date | None
    """Day 0, which is not counted unless the law says so; null while it has not begun."""
    due_on: date | None
    """The last day on which it is on time; null while pending or paused."""
    due_at: datetime | None
    """The moment on that day, in the office's own time."""
    provisional: bool
    """The date lies behind the last announced day of the calendar."""
    if_resumed: date | None
    """Of a paused clock: the date it would have if it were resumed now."""
    used: float
    left: float
    unit: str
    """What `used` and `left` are counted in."""
    stopped_on: date | None
    late_by: int | None
    """In working days; null while in time."""
    capped: bool
    """The promise was cut to what the statute allows."""
    deemed: bool
    """Its end counts as acceptance by law."""
    source: str
    """The law, or where the promise was published."""
    calendar_version: str


class Clocks(Shape):
    """Clocks of a case, in the policy's order. `next` goes on behind them, null at the end."""

    number: str
    clocks: list[ClockShape]
    next: str | None


class LedgerDay(Shape):
    """One day of the explanation."""

    date: date
    status: Status
    day: str = Field(examples=["makeup"])
    name: str
    counted: float | None
    """How much is counted through this day."""
    added: float
    of: float
    ground: str
    rule: str = Field(examples=["R5"])
    source: str
    provisional: bool


class LedgerNote(Shape):
    """Something that happened on the way, or had no effect."""

    date: date
    what: Remark
    rule: str
    at: datetime | None
    ground: str
    reference: str
    amount: int
    unit: str | None
    reason: str
    measure: str
    by: str
    name: str
    before: str
    after: str


class Ledger(Shape):
    """Why this date: a clock day by day, from day 0 to the due date. `next` goes on behind these days, null at the
    end."""

    number: str
    clock: ClockShape
    days: list[LedgerDay]
    notes: list[LedgerNote]
    """Of these days; the first part has those before them, too, and the last those behind."""
    next: str | None


def clock_shape(clock: Clock) -> ClockShape:
    zone, rule = clock.calendar.zone, clock.rule
    return ClockShape(
        id=clock.id,
        names=dict(rule.names),
        basis=rule.basis,
        state=clock.state,
        light=clock.light,
        limit=LimitShape(amount=clock.limit.amount, unit=clock.limit.unit.value),
        started_on=clock.day0,
        due_on=clock.due_on,
        due_at=local(clock.due_at, zone),
        provisional=clock.provisional,
        if_resumed=clock.if_resumed,
        used=clock.used,
        left=clock.left,
        unit=clock.unit.value,
        stopped_on=clock.stopped_on,
        late_by=clock.late_by,
        capped=clock.capped,
        deemed=clock.deemed,
        source=rule.source,
        calendar_version=clock.calendar.version,
    )


def found_case(call: Call) -> Recorded:
    """The case of the address. Raises ProblemError for one that is not there, or cannot be read."""
    number = call.at("number")
    try:
        return cases.find(call.session, call.office, number, call.now)
    except UNUSABLE:
        raise
    except Exception as error:
        if isinstance(error, ServiceError) and error.field == "case":
            raise ProblemError("not-found", f"{number!r} is no case of {call.office.slug}") from None
        if isinstance(error, ServiceError) and error.field == "time":  # the clock's doubt, not the case's
            raise
        logger.exception("case %s cannot be read", number)
        raise ProblemError("unreadable", f"{number} cannot be read; `sla doctor` on the server says why") from None


def part_path(call: Call) -> str:
    """The path of the case of the address, within the API."""
    return f"/cases/{quote(call.at('number'), safe='')}"


def _clocks(call: Call) -> Answered:
    found = found_case(call)
    shown, following = part_of(f"{part_path(call)}/clocks", call.query, found.history.clocks, lambda clock: clock.id)
    clocks = [clock_shape(clock) for clock in shown]
    return Answered(Clocks(number=found.number, clocks=clocks, next=following), links(following))


def _ledger(call: Call) -> Answered:
    found = found_case(call)
    try:
        clock = found.history.clock(call.at("clock"))
    except HistoryError as error:
        raise ProblemError("not-found", str(error), "clock") from None
    path = f"{part_path(call)}/clocks/{quote(clock.id, safe='')}/ledger"
    days, following = part_of(path, call.query, explain(clock), lambda row: row.date.isoformat())
    behind = date.fromisoformat(call.query.cursor) if call.query.cursor else date.min
    until = days[-1].date if following else date.max
    ledger = Ledger(
        number=found.number,
        clock=clock_shape(clock),
        days=[_day(row) for row in days],
        notes=[_note(note, clock) for note in notes(clock) if behind < note.on <= until],
        next=following,
    )
    return Answered(ledger, links(following))


def _day(row: Row) -> LedgerDay:
    told: dict[str, Any] = {name: getattr(row, name) for name in _OF_DAY}
    return LedgerDay(**told, day=row.kind.value)


def _note(note: Note, clock: Clock) -> LedgerNote:
    told: dict[str, Any] = {name: getattr(note, name) for name in _OF_NOTE}
    return LedgerNote(
        **told, date=note.on, what=note.remark, at=local(note.at, clock.calendar.zone),
        unit=note.unit.value if note.unit else None,
    )  # fmt: skip


_OF_DAY = ("date", "status", "name", "counted", "added", "of", "ground", "rule", "source", "provisional")
_OF_NOTE = ("rule", "ground", "reference", "amount", "reason", "measure", "by", "name", "before", "after")

OPERATIONS = (
    Operation(
        "GET", "/cases/{number}/clocks", "listClocks", "clocks", "The clocks of a case", Right.READ, Clocks, _clocks,
        query=PageQuery, refuses=("not-found",),
    ),
    Operation(
        "GET", "/cases/{number}/clocks/{clock}/ledger", "explainClock", "clocks",
        "Why a date is what it is: the clock day by day", Right.READ, Ledger, _ledger, query=PageQuery,
        refuses=("not-found",),
    ),
)  # fmt: skip
