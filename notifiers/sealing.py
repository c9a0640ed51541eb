"""Secrets at rest: sealed with a key from the environment, each for the one place it belongs to."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

KEY, PREVIOUS = "SLA_SECRET_KEY", "SLA_SECRET_KEY_PREVIOUS"
KEY_BYTES = 32
AGAIN = f"set that key, as {PREVIOUS} if it was replaced, or give the secret again: `sla channel seal`"
HOW = "make one with `openssl rand -base64 32`"


class SealingError(Exception):
    """A secret cannot be sealed or opened: why, and what would be right. Holds neither a secret nor a key."""


@dataclass(frozen=True)
class Seal:
    """Seals with the first of the keys, and opens with any: that is how a key is changed."""

    keys: MultiFernet = field(repr=False)

    def close(self, secret: str, place: str, now: datetime) -> str:
        """The secret as a text that may be stored. `place` says where it belongs; it opens for no other."""
        return self.keys.encrypt_at_time(_text(secret, place), int(now.timestamp())).decode()

    def open(self, sealed: str, place: str) -> str:
        """The secret. Raises SealingError for another key, another place, or a text that was changed."""
        try:
            found = json.loads(self.keys.decrypt(sealed.encode()))
        except InvalidToken:
            raise SealingError(f"was sealed with another key than {KEY} holds now; {AGAIN}") from None
        if found["for"] != place:
            raise SealingError(f"was sealed for another channel; {AGAIN}")
        return str(found["secret"])


def seal_of(environment: Mapping[str, str]) -> Seal:
    """The seal of the keys in the environment. Raises SealingError where there is none, or one is no key."""
    if not environment.get(KEY):
        raise SealingError(f"needs the environment variable {KEY}; {HOW}, and keep it apart from the copies")
    return Seal(MultiFernet([_key(name, environment[name]) for name in (KEY, PREVIOUS) if environment.get(name)]))


def _text(secret: str, place: str) -> bytes:
    return json.dumps({"for": place, "secret": secret}, ensure_ascii=False).encode()


def _key(name: str, text: str) -> Fernet:
    try:
        key = base64.b64decode(text.strip().translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SealingError(f"{name} must be base64 of {KEY_BYTES} bytes; {HOW}")
    return Fernet(base64.urlsafe_b64encode(key))
