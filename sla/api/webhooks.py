"""Webhooks that go out: which channels call another program, what they send, and a trial."""

from dataclasses import replace
from urllib.parse import urlsplit

from notifiers.channel import ChannelSettingsError
from notifiers.message import DeliveryError
from sla.api.operations import Answered, Call, Operation
from sla.api.paging import PageQuery, links, part_of
from sla.api.problems import ProblemError
from sla.api.shapes import Body, Name, Shape
from sla.rights import Right
from sla.service import answers
from sla.service.answers import Answer
from sla.service.channels import states, try_out

HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature"]
KINDS = [
    "case.reminder", "case.due", "case.overdue", "case.escalation", "case.correction", "case.several", "digest.due",
    "report.month", "calendar.amended", "calendar.applied", "calendar.missing", "calendar.review", "delivery.failed",
    "channel.trial",
]  # fmt: skip
VERIFY = (
    "HMAC-SHA256 with the signing secret (base64, behind whsec_) over webhook-id.webhook-timestamp.body; compare it in"
    " constant time with each v1,… of webhook-signature, refuse timestamps more than 5 minutes off, and take a"
    " webhook-id just once: every repeat carries the same."
)


class Webhook(Shape):
    """A channel that calls another program."""

    name: str
    host: str
    """Where it leads, without the rest of its address."""
    paused: bool
    paused_because: str
    undelivered: int


class Webhooks(Shape):
    """Webhooks, and how to take what they send: a CloudEvent 1.0 in JSON, signed by Standard Webhooks. `next` goes on
    behind them, null at the end."""

    webhooks: list[Webhook]
    kinds: list[str]
    """What `type` of the CloudEvent may be."""
    headers: list[str]
    verification: str
    next: str | None


class NewTrial(Body):
    """Whom: a person who has the webhook among their channels."""

    to: Name


class Trial(Shape):
    """What the other side answered."""

    name: str
    reference: str
    said: str


def _webhooks(call: Call) -> Answered:
    every = [state for state in states(call.session, call.office) if state.endpoint.kind == "webhook"]
    found, following = part_of("/webhooks", call.query, every, lambda state: state.endpoint.name)
    webhooks = Webhooks(
        webhooks=[
            Webhook(
                name=state.endpoint.name,
                host=urlsplit(state.endpoint.settings.get("url", "")).hostname or "",
                paused=state.endpoint.paused,
                paused_because=state.endpoint.paused_because,
                undelivered=state.undelivered,
            )
            for state in found
        ],
        kinds=KINDS,
        headers=HEADERS,
        verification=VERIFY,
        next=following,
    )
    return Answered(webhooks, links(following))


def _try(call: Call) -> Answered:
    """A call to another program is no part of a transaction that writes; its answer is kept once it is there."""
    if call.repeat:
        with call.app.reading() as session:
            before = answers.known(session, call.repeat)
        if before:
            return _again(before)
    trial = _tried(call)
    if call.repeat:
        with call.step() as inside:
            before = answers.given(inside.session, call.repeat, inside.now)
            if before:  # another node has tried it meanwhile
                return _again(before)
            answers.keep(inside.session, call.repeat, Answer(200, trial.model_dump_json()), inside.now)
    return Answered(trial)


def _again(before: Answer) -> Answered:
    return Answered(Trial.model_validate_json(before.body), repeated=True)


def _tried(call: Call) -> Trial:
    name = call.at("name")
    with call.app.reading() as session:
        mine = {state.endpoint.name for state in states(session, call.office) if state.endpoint.kind == "webhook"}
        if name not in mine:
            raise ProblemError("not-found", f"{name!r} is no webhook; those that are: {', '.join(mine) or 'none'}")
        try:
            receipt = try_out(
                session, replace(call.office, session=session), name, call.body.to, call.now, call.app.channel
            )
        except ChannelSettingsError as error:
            raise ProblemError("invalid", str(error), error.field) from None
        except DeliveryError as error:
            raise ProblemError("undelivered", str(error)) from None
    return Trial(name=name, reference=receipt.reference, said=receipt.detail)


OPERATIONS = (
    Operation(
        "GET", "/webhooks", "listWebhooks", "webhooks", "Webhooks, what they send, and how to verify it",
        Right.ADMINISTER, Webhooks, _webhooks, query=PageQuery,
    ),
    Operation(
        "POST", "/webhooks/{name}/test", "testWebhook", "webhooks", "Call a webhook at once, as a trial",
        Right.ADMINISTER, Trial, _try, body=NewTrial, refuses=("not-found", "undelivered"), in_steps=True,
        example={"to": "zhao"},
    ),
)  # fmt: skip
