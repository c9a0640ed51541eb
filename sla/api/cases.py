"""Cases: looked for, received, and one of them whole."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import Field, StringConstraints

from sla.api.clocks import ClockShape, clock_shape, found_case
from sla.api.events import Receipt, receipt_of, tag_of
from sla.api.operations import Answered, Call, Operation
from sla.api.paging import BASE, PageQuery, links, next_of, no_cursor
from sla.api.shapes import AreaText, Body, By, Day, Line, Name, Shape, When
from sla.history import Phase
from sla.rights import Right
from sla.service import receiving
from sla.service.cases import Recorded, when_parsed
from sla.service.finding import Wanted, find_cases, is_place
from sla.service.rebuild import policy_of
from sla.service.shows import case_json


class CaseLine(Shape):
    """A case in a list, with the clock that counts most: the promise, or what runs."""

    number: str
    permit: str
    title: str
    handler: str
    phase: Phase
    received_on: date
    clock: str | None
    due_on: date | None
    state: str | None
    href: str


class CasePage(Shape):
    """Some cases, the newest first; overdue, paused or soon due ones by that day, the earliest first. `next` goes on
    behind them, null at the end."""

    cases: list[CaseLine]
    next: str | None = Field(examples=["/api/v1/cases?cursor=019…&limit=50"])


class Overrun(Shape):
    """A missed limit, with the reason that stands for it."""

    clock: str
    due_on: date | None
    stopped_on: date | None
    late_by: int | None
    reason: str | None
    measure: str | None


class Case(Shape):
    """Everything of a case but its events and personal data."""

    number: str
    permit: str
    title: str
    phase: Phase
    handler: str
    first_contact: str
    received_on: date
    deemed_on: date | None
    """The day on which it counted as accepted by law (视为受理)."""
    outcome: str | None
    land_area_ha: str
    floor_area_ha: str
    policy: str
    policy_version: int
    calendar_version: str
    seq: int
    """The newest event."""
    head: str
    """The hash of the newest event, over all before it."""
    blanked: bool
    """Personal data were taken out because the law asks for it."""
    broken: bool
    """It could not be rebuilt, and is set aside until somebody mends it."""
    clocks: list[ClockShape]
    overruns: list[Overrun]


class CaseQuery(PageQuery):
    """Which cases, and how many at once."""

    text: Annotated[str, StringConstraints(max_length=200)] = ""
    """Stands in the number or the title."""
    permit: Annotated[str, StringConstraints(max_length=80)] = ""
    handler: Annotated[str, StringConstraints(max_length=80)] = ""
    received_from: Day | None = None
    received_to: Day | None = None
    standing: Literal["", "open", "overdue", "soon", "paused", "closed"] = ""
    """`soon`: due within 3 working days."""
    cursor: Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d\d-\d\d_[0-9a-f]{32})?$")] = ""
    """Where to go on, as `next` says it."""


class NewCase(Body):
    """收件: the papers have come in."""

    permit: Name = Field(examples=["construction_works"])
    title: Line = ""
    applicant: Line = ""
    contact: Line = ""
    """A note for people."""
    email: Line = ""
    mobile: Line = ""
    language: Literal["zh", "en", ""] = ""
    handler: Annotated[str, StringConstraints(max_length=80)] = ""
    """Whose case it is: who records it, if left out; a program has to say."""
    first_contact: Annotated[str, StringConstraints(max_length=80)] = ""
    land_area_ha: AreaText = ""
    floor_area_ha: AreaText = ""
    papers: Annotated[list[Name], Field(max_length=100)] = Field(default_factory=list)
    """Those that were handed in."""
    number: Annotated[str, StringConstraints(max_length=80)] = ""
    """The number it has already; the next of its series, if left out."""
    accept: bool = False
    """受理 at the same moment."""
    at: When = None
    by: By = None


# --- looking ----------------------------------------------------------------------------------------------------------
def _list(call: Call) -> Answered:
    asked: CaseQuery = call.query
    wanted = Wanted(
        asked.text.strip(), asked.permit, asked.handler, "", asked.received_from, asked.received_to, asked.standing
    )
    if asked.cursor and not is_place(asked.cursor):
        raise no_cursor()
    found = find_cases(call.session, call.office, wanted, call.now, asked.cursor, asked.limit)
    following = next_of("/cases", asked, found.more)
    lines = [_line(row, clock) for row, clock, _ in found.cases]
    return Answered(CasePage(cases=lines, next=following), links(following))


def _line(row: Any, clock: Any) -> CaseLine:
    return CaseLine(
        number=row.number, permit=row.permit, title=row.title, handler=row.handler, phase=Phase(row.phase),
        received_on=row.received_on, clock=clock.clock_id if clock else None, due_on=clock.due_on if clock else None,
        state=clock.state if clock else None, href=case_path(row.number),
    )  # fmt: skip


def case_path(number: str) -> str:
    return f"{BASE}/cases/{quote(number, safe='')}"


def _one(call: Call) -> Answered:
    case = case_shape(call, found := found_case(call))
    digest = hashlib.sha256(case.model_dump_json().encode()).hexdigest()[:16]
    return Answered(case, {"ETag": f'{tag_of(found.row)[:-1]}.{digest}"'})


def case_shape(call: Call, found: Recorded) -> Case:
    row, history = found.row, found.history
    told = case_json(call.office, found)
    policy = policy_of(call.office, row, found.events)
    return Case(
        number=found.number,
        permit=history.received.permit,
        title=row.title,
        phase=history.phase,
        handler=history.handler,
        first_contact=history.received.first_contact,
        received_on=history.received.on(call.office.calendar.zone),
        deemed_on=history.deemed_on,
        outcome=row.outcome or None,
        land_area_ha=history.received.land_area_ha,
        floor_area_ha=history.received.floor_area_ha,
        policy=policy.id,
        policy_version=policy.version,
        calendar_version=row.calendar_version,
        seq=row.head_seq,
        head=row.head_hash,
        blanked=told["blanked"] is not None,
        broken=bool(row.broken),
        clocks=[clock_shape(clock) for clock in history.clocks],
        overruns=[Overrun(**{name: line[name] for name in Overrun.model_fields}) for line in told["overruns"]],
    )


# --- receiving --------------------------------------------------------------------------------------------------------
def receipt(call: Call, body: NewCase) -> receiving.Receipt:
    """What the service asks for. Raises ServiceError or ForbiddenError."""
    given = body.model_dump(exclude={"number", "accept", "at", "by", "papers"})
    details = {name: value for name, value in given.items() if value} | {"papers": tuple(body.papers)}
    when = when_parsed(call.office, body.at or "", call.now)
    return receiving.Receipt(details, when, call.actor(body.by, Right.RECORD), body.number, body.accept)


def _receive(call: Call) -> Answered:
    done = receiving.received(call.session, call.office, receipt(call, call.body), call.now)
    answered = receipt_of(done)
    return replace(answered, headers={**answered.headers, "Location": case_path(done.number)})


EXAMPLE = {
    "permit": "construction_works", "title": "人民医院综合楼", "applicant": "人民医院", "handler": "li", "by": "li",
    "accept": True, "at": "2026-09-18T15:00:00+08:00",
}  # fmt: skip

OPERATIONS = (
    Operation(
        "GET", "/cases", "listCases", "cases", "Cases that match, the newest first", Right.READ, CasePage, _list,
        query=CaseQuery,
    ),
    Operation(
        "POST", "/cases", "receiveCase", "cases", "Receive a case", Right.RECORD, Receipt, _receive, body=NewCase,
        status=201, tagged=True, example=EXAMPLE,
    ),
    Operation(
        "GET", "/cases/{number}", "getCase", "cases", "One case, without its events and personal data", Right.READ,
        Case, _one, refuses=("not-found",), tagged=True,
    ),
)  # fmt: skip
