"""Up to 10,000 cases received in one request: an answer for each in order, and a bad one takes no other with it.

They are written some hundreds in a transaction, each with its answers: killed half-way, the same request again does the
rest and tells all.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, ValidationError

from sla.api.cases import EXAMPLE, NewCase, case_path, receipt
from sla.api.operations import Answered, Call, Operation
from sla.api.problems import KINDS, Problem, ProblemError, invalid, problem_of
from sla.api.shapes import Body, Shape, local, problems_of
from sla.clock import Clock
from sla.rights import Right
from sla.service import answers
from sla.service.answers import Answer
from sla.service.cases import Recorded
from sla.service.receiving import REFUSALS, Receipt, receive_each

CHUNK = 200  # cases of one transaction, which holds the office
MOST, MOST_BYTES = 10_000, 16_000_000


class NewBatch(Body):
    """Cases as `POST /cases` takes them. One that cannot be read is answered with its problem, like any other."""

    cases: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST, json_schema_extra={"items": {}})]


class Due(Shape):
    """When a clock of a new case is due."""

    clock: str
    due_on: date | None
    due_at: datetime | None
    provisional: bool


class Row(Shape):
    """What became of one case: 201 with its number and dates, or a problem."""

    row: int
    """Its place in the request, 0 for the first."""
    status: int
    number: str | None
    href: str | None
    due: list[Due]
    """Of the clocks that run."""
    problem: Problem | None


class Batch(Shape):
    """What became of each case, in the order of the request."""

    received: int
    refused: int
    results: list[Row]


def _receive(call: Call) -> Answered:
    rows: Sequence[dict[str, Any]] = call.body.cases
    results: list[Row] = []
    repeated = True
    for part, start in enumerate(range(0, len(rows), CHUNK)):
        with call.step() as inside:
            done, before = _part(inside, call, part, start, rows[start : start + CHUNK])
        results += done
        repeated = repeated and before
    received = sum(row.problem is None for row in results)
    batch = Batch(received=received, refused=len(results) - received, results=results)
    return Answered(batch, repeated=repeated)


def _part(call: Call, whole: Call, part: int, start: int, rows: Sequence[dict[str, Any]]) -> tuple[list[Row], bool]:
    """One transaction's cases, or what was answered of them before."""
    assert whole.repeat is not None
    before = answers.given(call.session, whole.repeat, call.now, part)
    if before:
        return [Row.model_validate(row) for row in json.loads(before.body)], True
    instance = whole.request.scope["path"]
    taken = [_taken(call, row) for row in rows]
    outcomes = iter(
        receive_each(call.session, call.office, [one for one in taken if isinstance(one, Receipt)], call.now)
    )
    done = [
        _row(place, next(outcomes) if isinstance(one, Receipt) else one, instance)
        for place, one in enumerate(taken, start)
    ]
    text = "[" + ",".join(row.model_dump_json() for row in done) + "]"
    answers.keep(call.session, whole.repeat, Answer(200, text), call.now, part)
    return done, False


def _taken(call: Call, row: dict[str, Any]) -> Receipt | Exception:
    try:
        return receipt(call, NewCase.model_validate(row))
    except ValidationError as error:
        return invalid(problems_of(error.errors(include_url=False, include_input=False)))
    except REFUSALS as error:
        return error


def _row(place: int, outcome: Recorded | Exception, instance: str) -> Row:
    if isinstance(outcome, Exception):
        error: ProblemError = problem_of(outcome)
        problem = error.at(f"{instance}#{place}")
        return Row(row=place, status=KINDS[error.kind].status, number=None, href=None, due=[], problem=problem)
    return Row(
        row=place, status=201, number=outcome.number, href=case_path(outcome.number),
        due=[_due(clock) for clock in outcome.history.clocks if clock.is_open], problem=None,
    )  # fmt: skip


def _due(clock: Clock) -> Due:
    at = local(clock.due_at, clock.calendar.zone)
    return Due(clock=clock.id, due_on=clock.due_on, due_at=at, provisional=clock.provisional)


OPERATIONS = (
    Operation(
        "POST", "/batch/cases", "receiveBatch", "cases", "Receive up to 10,000 cases, each for itself", Right.RECORD,
        Batch, _receive, body=NewBatch, in_steps=True, needs_key=True, most_bytes=MOST_BYTES,
        example={"cases": [EXAMPLE]},
    ),
)  # fmt: skip
