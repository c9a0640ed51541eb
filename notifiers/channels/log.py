"""A channel for trying things out and for offices without any other: one line in the log."""

import json
import logging
from datetime import UTC, datetime

from notifiers.message import Message, Receipt, Recipient

logger = logging.getLogger("notifiers.log")


class LogChannel:
    """Writes one line of JSON to the logger "notifiers.log": key, kind, subject and recipient id, never an address."""

    kind = "log"

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        """Always succeeds; `now` (aware) stands in the line in UTC."""
        line = {
            "at": now.astimezone(UTC).isoformat(),
            "key": message.key,
            "kind": message.kind,
            "recipient": recipient.id,
            "subject": message.subject,
        }
        logger.info(json.dumps(line, ensure_ascii=False))
        return Receipt(reference=message.key)
