"""A signed call to another program, by the Standard Webhooks specification."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from notifiers.answers import CLOSES, RETRIED
from notifiers.channel import ChannelSettingsError
from notifiers.guard import Guard, Response
from notifiers.message import DeliveryError, Message, Receipt, Recipient

LEAST_SECRET_BYTES = 24  # Standard Webhooks: 24 to 64 bytes
FIT_ID = re.compile(r"[!-\-/-~]{1,200}")  # visible ASCII without the full stop, which divides the signed text


class WebhookChannel:
    """Posts the message as a CloudEvent, signed with one secret, or with two while a secret is being rotated.

    `secrets` are base64, with or without "whsec_". Raises ChannelSettingsError for a secret that is none.
    """

    kind = "webhook"

    def __init__(self, url: str, secrets: Sequence[str], guard: Guard) -> None:
        if not secrets:
            raise ChannelSettingsError("secret", "at least one signing secret is needed")
        self._url = url
        self._signers = [_signer(secret) for secret in secrets]
        self._guard = guard

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:  # noqa: ARG002 - the URL says who
        """Succeeds on 2xx only; `now` (aware) is the signed timestamp. Raises DeliveryError."""
        body = body_of(message)
        at = now.astimezone(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": webhook_id(message.key),
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(s.sign(webhook_id(message.key), at, body) for s in self._signers),
        }
        response = self._guard.post(self._url, body.encode(), headers)
        if not 200 <= response.status < 300:
            raise _refusal(response, now)
        return Receipt(reference=webhook_id(message.key), detail=f"HTTP {response.status}")


def webhook_id(key: str) -> str:
    """The key itself where a header can carry it, else a digest of it: the same on every try."""
    return key if FIT_ID.fullmatch(key) else "msg_" + hashlib.sha256(key.encode()).hexdigest()[:40]


def body_of(message: Message) -> str:
    """The CloudEvent as compact JSON with sorted names; `time` in UTC; `subject` is what the message is about."""
    event = {
        "specversion": "1.0",
        "id": message.key,
        "source": message.source,
        "type": message.kind,
        "time": message.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": dict(message.data),
    }
    if message.about:  # CloudEvents: present and not empty, or absent
        event["subject"] = message.about
    return json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _signer(secret: str) -> Webhook:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < LEAST_SECRET_BYTES:
        raise ChannelSettingsError(
            "secret",
            "must be base64 of %(least_secret_bytes)s bytes or more, after whsec_",
            least_secret_bytes=LEAST_SECRET_BYTES,
        )
    return Webhook(key)


def _refusal(response: Response, now: datetime) -> DeliveryError:
    status = response.status
    return DeliveryError(
        f"HTTP {status}",
        permanent=status < 500 and status not in RETRIED,
        retry_after=response.retry_after(now),
        closes=status in CLOSES,
        gone=status == 410,
    )
