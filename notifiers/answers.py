"""What the other side said in JSON, and what its "no" means for the next try."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from notifiers.guard import Response
from notifiers.message import DeliveryError
from notifiers.wording import one_line

RETRIED = {408, 425, 429}  # 4xx that speak of the moment, not of the message
CLOSES = {429, 503}  # with Retry-After: nothing else by this endpoint until then either
PASSED_ON = {502, 504}  # a gateway that does not know what became of the call
LONGEST_SAID = 200
ADDRESS = re.compile(r"\S*://\S*")
DIGITS = re.compile(r"\d{9,}")  # telephone numbers, user ids, times in milliseconds

Waits = Mapping[Any, timedelta]
NO_WAITS: Waits = MappingProxyType({})


def refused(response: Response, now: datetime, said: str = "") -> DeliveryError:
    """The refusal that the HTTP status is, for a service without an idempotency key."""
    status = response.status
    return DeliveryError(
        f"HTTP {status} {said}".strip(),
        permanent=status < 500 and status not in RETRIED,
        retry_after=response.retry_after(now),
        closes=status in CLOSES,
        unknown=status in PASSED_ON,
    )


def answer(response: Response) -> dict[str, Any]:
    """The JSON object that was answered; empty if it was none."""
    try:
        found = json.loads(response.text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def not_understood(service: str) -> DeliveryError:
    """For an answer that is neither a yes nor a no: a proxy's page, a text cut off."""
    return DeliveryError(f"{service} gave an answer that is not understood; it may have arrived", unknown=True)


def refusal(
    service: str,
    code: object,
    said: object,
    *,
    final: Collection[Any] = (),
    waits: Waits = NO_WAITS,
    closes: bool = False,
) -> DeliveryError:
    """The refusal a code is: `final` ones are permanent, those in `waits` ask for a pause, any other is tried again.

    `closes`: the pause is asked of the whole endpoint. `said` must be harmless already.
    """
    words = f"{service} said {one_line(str(code))[:60]}" + (f": {said}" if said else "")
    return DeliveryError(words, permanent=code in final, retry_after=waits.get(code), closes=closes)


def harmless(said: object, secrets: Iterable[str]) -> str:
    """The other side's words on one line, without addresses, long numbers, or any of the secrets it may quote."""
    text = str(said)
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return " ".join(one_line(DIGITS.sub("…", ADDRESS.sub("", text))).split())[:LONGEST_SAID]
