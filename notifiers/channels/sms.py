"""Short messages through an HTTP gateway of any make: its fields and what it says for yes are settings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from notifiers.answers import answer, harmless, not_understood, refusal, refused
from notifiers.channel import ChannelSettingsError
from notifiers.guard import Guard, Response
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from notifiers.short_texts import checked, filled, number_of, words
from notifiers.wording import mobile

Format = Literal["json", "form"]
TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
FIELDS = {"mobile": "{mobile}", "text": "{text}"}
MOST_CHARACTERS = 200
SERVICE = "the SMS gateway"


@dataclass(frozen=True)
class Gateway:
    """Where a gateway is and how it is spoken to.

    `fields` are posted as JSON or as a form, their {places} filled with at most `most_characters` each. `success`:
    "code=0" for a yes by a field of a JSON answer ("data.status=ok" for one within another), "OK" for an answer that
    begins so, "" for any 2xx. `final`: values of that field that no other try can help. Raises ChannelSettingsError.
    """

    url: str
    fields: Mapping[str, Any] = field(default_factory=lambda: FIELDS)
    form: Format = "json"
    success: str = ""
    final: frozenset[str] = frozenset()
    most_characters: int = MOST_CHARACTERS

    def __post_init__(self) -> None:
        if self.form not in get_args(Format):
            raise ChannelSettingsError("format", "must be one of %(known)s", known=get_args(Format))
        checked("fields", self.fields)
        if self.form == "form" and not all(isinstance(value, str) for value in self.fields.values()):
            raise ChannelSettingsError("fields", "must all be texts in a form")
        if self.final and "=" not in self.success:
            raise ChannelSettingsError("final", 'needs a success such as "code=0": they are other values of its field')


class SmsChannel:
    """Posts a filled call. `token` goes into the header Authorization, `password` into the place {password}.

    Raises ChannelSettingsError.
    """

    kind = "sms"

    def __init__(self, gateway: Gateway, guard: Guard, *, token: str = "", password: str = "") -> None:
        if "{password}" in str(gateway.fields) and not password:
            raise ChannelSettingsError("password", "is missing, and stands in the fields")
        self._gateway, self._guard = gateway, guard
        self._token, self._password = token, password

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        """Succeeds when the gateway says so; `now` (aware) dates a pause asked for. Raises DeliveryError."""
        number = number_of(recipient)
        places = words(message, recipient, self._gateway.most_characters) | {
            "mobile": mobile(number),
            "password": self._password,
        }
        fields = filled(self._gateway.fields, places)
        body = urlencode(fields) if self._gateway.form == "form" else json.dumps(fields, ensure_ascii=False)
        headers = {"content-type": TYPES[self._gateway.form]}
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        response = self._guard.post(self._gateway.url, body.encode(), headers)
        if not 200 <= response.status < 300:
            raise refused(response, now)
        no = self._refusal(response)
        if no:
            raise no
        return Receipt(reference=places["key"], detail=f"HTTP {response.status}")

    def _refusal(self, response: Response) -> DeliveryError | None:
        """None for a yes."""
        name, by_field, wanted = self._gateway.success.partition("=")
        if not by_field:
            text = response.text.strip()
            return None if text.startswith(self._gateway.success) else self._no(text[:20], "")
        said = answer(response)
        value = _within(said, name.strip())
        if value is None:
            return not_understood(SERVICE)
        return None if value == wanted.strip() else self._no(value, said.get("message") or said.get("msg") or "")

    def _no(self, code: str, said: object) -> DeliveryError:
        secrets = [self._token, self._password]
        return refusal(SERVICE, harmless(code, secrets), harmless(said, secrets), final=self._gateway.final)


def _within(said: Mapping[str, Any], path: str) -> str | None:
    """The value at a path such as "data.status", as JSON writes it; None if it is not there."""
    value: Any = said
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
