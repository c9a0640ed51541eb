"""A channel for trying things out and for offices without any other: one line in the log."""

import json
import logging
import re
from datetime import UTC, datetime

from notifiers.message import Message, Receipt, Recipient

logger = logging.getLogger("notifiers.log")

NOT_ON_A_LINE = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")  # the rest JSON escapes


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
        logger.info(NOT_ON_A_LINE.sub(_escaped, json.dumps(line, ensure_ascii=False)))
        return Receipt(reference=message.key)


def _escaped(sign: re.Match[str]) -> str:
    return f"\\u{ord(sign[0]):04x}"
