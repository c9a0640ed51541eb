"""Today: what is overdue, due, paused or awaiting acceptance. The first of each list, and each a part at a time."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from sla.api.cases import case_path
from sla.api.clocks import ClockShape, clock_shape
from sla.api.operations import Answered, Call, Operation
from sla.api.paging import Limit, PageQuery, links, next_of, no_cursor
from sla.api.problems import ProblemError
from sla.api.shapes import Named, Query, Shape
from sla.rights import Right
from sla.service.board import Item
from sla.service.due_pages import NAMES, counts_of, parts_of, place_from


class DueLine(Shape):
    """One clock of a case in a list."""

    number: str
    title: str
    permit_names: Named
    handler: str
    """Whose case it is, by name."""
    clock: ClockShape
    href: str


class DueLists(Shape):
    """The lists of a day: how many clocks each holds, and the first of them. Those with a due date come by it, paused
    ones by how long they are paused, the earliest first."""

    day: date
    counts: dict[str, int]
    """Of each whole list."""
    overdue: list[DueLine]
    due_today: list[DueLine]
    next_days: list[DueLine]
    """Within the next 3 working days."""
    paused: list[DueLine]
    awaiting: list[DueLine]
    """Received and not yet accepted, refused or answered otherwise."""
    paused_again: list[DueLine]
    """Paused again on a day it had been resumed."""
    next: dict[str, str | None] = Field(examples=[{"overdue": "/api/v1/due/overdue?cursor=2026-09-22_…"}])
    """Of each list where it goes on, null at its end."""


class DuePage(Shape):
    """Some clocks of one list. `next` goes on behind them, null at the end."""

    day: date
    count: int
    """Of the whole list."""
    clocks: list[DueLine]
    next: str | None = Field(examples=["/api/v1/due/overdue?cursor=2026-09-22_…"])


Handler = Annotated[str, StringConstraints(max_length=80)]


class DueQuery(Query):
    """Whose, and how many of each list."""

    handler: Handler = ""
    limit: Limit = 50


class DuePageQuery(PageQuery):
    """Whose, and which part."""

    handler: Handler = ""


def _due(call: Call) -> DueLists:
    asked: DueQuery = call.query
    handler = _handler(call, asked.handler)
    found = parts_of(call.session, call.office, call.now, NAMES, asked.limit, handler)
    return DueLists(
        day=call.office.today(call.now),
        counts=counts_of(call.session, call.office, call.now, handler),
        next={name: next_of(f"/due/{name}", asked, part.more) for name, part in found.items()},
        **{name: [_line(item) for item in part.items] for name, part in found.items()},
    )


def _one(call: Call) -> Answered:
    asked: DuePageQuery = call.query
    name, handler = call.at("list"), _handler(call, asked.handler)
    if name not in NAMES:
        raise ProblemError("not-found", f"{name[:40]!r} is no list of a day; what is: {', '.join(NAMES)}", "list")
    after = place_from(asked.cursor, name)
    if asked.cursor and after is None:
        raise no_cursor()
    part = parts_of(call.session, call.office, call.now, [name], asked.limit, handler, after)[name]
    following = next_of(f"/due/{name}", asked, part.more)
    count = counts_of(call.session, call.office, call.now, handler)[name]
    lines = [_line(item) for item in part.items]
    return Answered(
        DuePage(day=call.office.today(call.now), count=count, clocks=lines, next=following), links(following)
    )


def _handler(call: Call, handler: str) -> str:
    return call.office.person(handler, "handler").id if handler else ""


def _line(item: Item) -> DueLine:
    case = item.case
    return DueLine(
        number=case.number, title=case.title, permit_names=dict(case.permit_names), handler=case.handler_name,
        clock=clock_shape(item.clock), href=case_path(case.number),
    )  # fmt: skip


OPERATIONS = (
    Operation(
        "GET", "/due", "listDue", "due", "Today's lists: overdue, due, next, paused, awaiting acceptance", Right.READ,
        DueLists, _due, query=DueQuery,
    ),
    Operation(
        "GET", "/due/{list}", "listDueOf", "due", "One of today's lists, a part at a time", Right.READ, DuePage, _one,
        query=DuePageQuery, refuses=("not-found",),
    ),
)  # fmt: skip
