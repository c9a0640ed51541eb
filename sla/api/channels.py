"""The office's channels: their state, never a secret or an address."""

from typing import Literal

from sla.api.operations import Answered, Call, Operation
from sla.api.paging import PageQuery, links, part_of
from sla.api.shapes import Shape
from sla.rights import Right
from sla.service.channels import ChannelState, states


class Channel(Shape):
    """A way to reach people."""

    name: str
    kind: str
    paused: bool
    paused_because: str
    first_of: int
    """The first choice of so many people."""
    later_of: int
    for_applicants: bool
    undelivered: int
    secrets: dict[str, Literal["variable", "sealed"]]
    """Where each secret is kept, never what it is."""


class Channels(Shape):
    """Channels, by name. `next` goes on behind them, null at the end."""

    channels: list[Channel]
    next: str | None


def _channels(call: Call) -> Answered:
    every = states(call.session, call.office)
    shown, following = part_of("/channels", call.query, every, lambda state: state.endpoint.name)
    return Answered(Channels(channels=[_channel(state) for state in shown], next=following), links(following))


def _channel(state: ChannelState) -> Channel:
    endpoint = state.endpoint
    secrets: dict[str, Literal["variable", "sealed"]] = {
        **dict.fromkeys(endpoint.secret_names, "variable"), **dict.fromkeys(endpoint.sealed, "sealed")
    }  # fmt: skip
    return Channel(
        name=endpoint.name, kind=endpoint.kind, paused=endpoint.paused, paused_because=endpoint.paused_because,
        first_of=state.first_of, later_of=state.later_of, for_applicants=state.for_applicants,
        undelivered=state.undelivered, secrets=secrets,
    )  # fmt: skip


OPERATIONS = (
    Operation(
        "GET", "/channels", "listChannels", "channels", "The ways an office reaches people", Right.ADMINISTER, Channels,
        _channels, query=PageQuery,
    ),
)  # fmt: skip
