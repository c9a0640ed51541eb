"""`window` and `sla`: the fixed cast and its command line on a database of each kind; `posted`: what was sent."""

import pytest

from notifiers.channels.log import LogChannel
from notifiers.message import Message, Receipt, Recipient
from tests.cli.conftest import sla
from tests.service.conftest import databases, window, window_app

__all__ = ["databases", "posted", "sla", "window", "window_app"]


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Message]]:
    """Each message that the desk's channel was given, with its recipient, in the order in which it was sent."""
    sent: list[tuple[str, Message]] = []
    send = LogChannel.send

    def noted(self: LogChannel, message: Message, recipient: Recipient, now: object) -> Receipt:
        sent.append((recipient.id, message))
        return send(self, message, recipient, now)  # type: ignore[arg-type]

    monkeypatch.setattr(LogChannel, "send", noted)
    return sent
