"""A worker that is killed in the worst moment: the call was answered, nothing is on record. Run by test_delivery.py."""

import os
import signal
import sys
from datetime import datetime
from functools import partial
from uuid import uuid4

from notifiers.channels.webhook import WebhookChannel
from notifiers.delivery import Rendered, deliver_some
from notifiers.guard import Guard
from notifiers.message import Message, Receipt, Recipient
from sla.store.engine import engine_of, writing
from sla.store.ids import new_id
from tests.notifiers.cast import CLERK, NOW, each, message
from tests.notifiers.test_webhook import SECRET


class Doomed(WebhookChannel):
    """Sends, and does not live to tell."""

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        super().send(message, recipient, now)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def main(database_url: str, url: str) -> None:
    channel = Doomed(url, [SECRET], Guard(frozenset({"localhost"})))
    deliver_some(
        partial(writing, engine_of(database_url)),
        NOW,
        each(lambda claimed: Rendered(message(), CLERK)),
        lambda office, name: channel,
        lambda office, at: at,
        lambda: 0.0,
        uuid4(),
        new_id,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
