"""What a channel is; which kinds there are is said by whoever builds the program."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from notifiers.message import Message, Receipt, Recipient


class Channel(Protocol):
    """A way to reach people. Safe to use from several threads."""

    @property
    def kind(self) -> str:
        """The kind's name, as an endpoint is stored with it."""
        ...

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        """Hand the message over. `now` (aware, UTC) is the moment of this attempt. Raises DeliveryError."""
        ...


ChannelFactory = Callable[[Mapping[str, str], Mapping[str, str]], Channel]
"""Builds a channel from its settings and its secrets; raises ChannelSettingsError."""


class ChannelSettingsError(Exception):
    """A channel cannot be built: which field is wrong, and what would be right. Holds no secret."""

    def __init__(self, field: str, template: str, /, **values: object) -> None:
        self.field, self.template, self.values = field, template, values
        self.message = template % {name: _plain(value) for name, value in values.items()} if values else template
        super().__init__(f"{field}: {self.message}")


def _plain(value: object) -> object:
    return (", ".join(map(str, value)) or "none") if isinstance(value, list | tuple) else value
