"""What was sent to whom, by which channel, and sending again what was given up."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from notifiers.entries import State
from sla.api.operations import Answered, Call, Operation
from sla.api.paging import PageQuery, links, next_of
from sla.api.shapes import Body, Shape, local
from sla.rights import Right
from sla.service import deliveries
from sla.service.deliveries import Logged


class AttemptShape(Shape):
    """One attempt and what came of it."""

    attempt: int
    at: datetime
    outcome: str
    said: str


class Delivery(Shape):
    """A message to one person by one channel, without its text."""

    id: UUID
    kind: str
    case: str
    person: str
    """Whom: a person's id, or `applicant`."""
    channel: str
    state: State
    due_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    said: str
    """The other side's word, or why it was not sent."""
    attempts: list[AttemptShape]


class Deliveries(Shape):
    """Messages, the newest first. `next` goes on behind them, null at the end."""

    deliveries: list[Delivery]
    next: str | None


class DeliveryQuery(PageQuery):
    """Which messages, and how many at once."""

    case: Annotated[str, StringConstraints(max_length=80)] = ""
    person: Annotated[str, StringConstraints(max_length=80)] = ""
    state: Literal["", "pending", "sent", "dropped", "dead"] = ""
    cursor: Annotated[str, StringConstraints(pattern="^([0-9a-f]{32})?$")] = ""
    """Where to go on, as `next` says it."""


class NewRetry(Body):
    """Which messages that were given up; all of them, if the list is empty."""

    ids: Annotated[list[Annotated[str, StringConstraints(max_length=36)]], Field(max_length=1_000)]


class Retried(Shape):
    """How many messages wait to be sent again."""

    retried: int


def _deliveries(call: Call) -> Answered:
    asked: DeliveryQuery = call.query
    before = UUID(asked.cursor) if asked.cursor else None
    found = deliveries.log(
        call.session, call.office, case=asked.case, person=asked.person, state=asked.state, limit=asked.limit + 1,
        before=before,
    )  # fmt: skip
    shown = found[: asked.limit]
    following = next_of("/deliveries", asked, shown[-1].message.id.hex if len(found) > asked.limit else "")
    lines = [_delivery(call, one) for one in shown]
    return Answered(Deliveries(deliveries=lines, next=following), links(following))


def _delivery(call: Call, logged: Logged) -> Delivery:
    message, zone = logged.message, call.office.calendar.zone
    return Delivery(
        id=message.id,
        kind=message.kind,
        case=logged.case,
        person="applicant" if logged.to_applicant else message.recipient_id,
        channel=message.endpoint,
        state=message.state,
        due_at=message.due_at.astimezone(zone),
        next_at=message.next_at.astimezone(zone) if message.state is State.PENDING else None,
        sent_at=local(logged.sent_at, zone),
        said=logged.said,
        attempts=[
            AttemptShape(attempt=a.attempt, at=a.started_at.astimezone(zone), outcome=a.outcome.value, said=a.detail)
            for a in logged.attempts
        ],
    )


def _retry(call: Call) -> Retried:
    return Retried(retried=deliveries.retry(call.session, call.office, call.body.ids, call.now))


OPERATIONS = (
    Operation(
        "GET", "/deliveries", "listDeliveries", "deliveries", "What was sent to whom, the newest first", Right.READ,
        Deliveries, _deliveries, query=DeliveryQuery,
    ),
    Operation(
        "POST", "/deliveries/retry", "retryDeliveries", "deliveries", "Send again what was given up", Right.MANAGE,
        Retried, _retry, body=NewRetry, example={"ids": []},
    ),
)  # fmt: skip
