"""Today: what is overdue, due, paused or awaiting acceptance."""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from sla.api.cases import case_path
from sla.api.clocks import ClockShape, clock_shape
from sla.api.operations import Call, Operation
from sla.api.shapes import Named, Query, Shape
from sla.messages import DueEntry
from sla.rights import Right
from sla.service import lists


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
    """The lists of a day, each by its due date."""

    day: date
    overdue: list[DueLine]
    due_today: list[DueLine]
    next_days: list[DueLine]
    """Within the next 3 working days."""
    paused: list[DueLine]
    awaiting: list[DueLine]
    """Received and not yet accepted, refused or answered otherwise."""
    paused_again: list[DueLine]
    """Paused again on a day it had been resumed."""


class DueQuery(Query):
    """Whose."""

    handler: Annotated[str, StringConstraints(max_length=80)] = ""


def _due(call: Call) -> DueLists:
    handler = call.query.handler
    chosen = [call.office.person(handler, "handler").id] if handler else None
    found = lists.due_lists(call.session, call.office, call.now, chosen)
    named = {name: [_line(entry) for entry in getattr(found, name)] for name in (*found.counts(), "paused_again")}
    return DueLists(day=found.day, **named)


def _line(entry: DueEntry) -> DueLine:
    case = entry.case
    return DueLine(
        number=case.number, title=case.title, permit_names=dict(case.permit_names), handler=case.handler_name,
        clock=clock_shape(entry.clock), href=case_path(case.number),
    )  # fmt: skip


OPERATIONS = (
    Operation(
        "GET", "/due", "listDue", "due", "Today's lists: overdue, due, next, paused, awaiting acceptance", Right.READ,
        DueLists, _due, query=DueQuery,
    ),
)  # fmt: skip
