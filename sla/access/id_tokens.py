"""ID tokens: signed by the provider's own key, for us, for this sign-in, and now; else nothing in them counts.

The algorithm is one of two that are pinned here; what a token's header says of keys and where to find them is not used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}
LEAST_BITS = 2048
MOST_CHARACTERS = 20_000
LEEWAY = 60  # seconds, between the provider's clock and ours


class IdTokenError(Exception):
    """A token that does not count; `why` is a word for the log, and quotes nothing of it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Wanted:
    """Whose token it has to be, for whom, and of which sign-in."""

    issuer: str
    client_id: str
    nonce: str


def claims_of(token: str, keys: Mapping[str, Any], wanted: Wanted, now: datetime) -> Mapping[str, Any]:
    """What a token says, once nothing is left to doubt of it. Raises IdTokenError."""
    if len(token) > MOST_CHARACTERS:
        raise IdTokenError("too_long")
    try:
        found = jwt.decode(token, KeySet(_keys(keys)), algorithms=list(ALGORITHMS.values()))
    except (JoseError, ValueError, TypeError, KeyError):
        raise IdTokenError("signature") from None
    if str(found.header.get("typ", "JWT")).upper() != "JWT":  # a token of another purpose, signed by the same key
        raise IdTokenError("type")
    _check(found.claims, wanted, int(now.timestamp()))
    return found.claims


def _check(claims: Mapping[str, Any], wanted: Wanted, now: int) -> None:
    try:
        jwt.JWTClaimsRegistry(
            now, LEEWAY, iss={"essential": True, "value": wanted.issuer}, sub={"essential": True},
            aud={"essential": True}, exp={"essential": True}, iat={"essential": True},
            nonce={"essential": True, "value": wanted.nonce},
        ).validate(dict(claims))  # fmt: skip
    except JoseError as error:
        raise IdTokenError(str(getattr(error, "claim", "") or error.error)) from None
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp", None if len(audience) > 1 else wanted.client_id)
    if wanted.client_id not in audience or party != wanted.client_id:
        raise IdTokenError("aud")


def _keys(found: Mapping[str, Any]) -> list[Any]:
    """The provider's keys that may sign: of the pinned kinds, long enough, not for encryption."""
    listed = found.get("keys")
    keys = [_key(key) for key in (listed if isinstance(listed, list) else []) if isinstance(key, dict)]
    return [key for key in keys if key is not None]


def _key(told: dict[str, Any]) -> RSAKey | ECKey | None:
    kind = told.get("kty")
    algorithm = ALGORITHMS.get(kind) if isinstance(kind, str) else None
    if algorithm is None or told.get("use", "sig") != "sig" or told.get("alg", algorithm) != algorithm:
        return None
    public: dict[str, Any] = {name: told[name] for name in ("kty", "kid", "n", "e", "crv", "x", "y") if name in told}
    if kind == "RSA" and len(str(public.get("n", ""))) * 6 < LEAST_BITS:
        return None
    try:
        key = RSAKey.import_key(public) if kind == "RSA" else ECKey.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError):
        return None  # another of its keys may be well
    return key if isinstance(key, RSAKey) or key.curve_name == "P-256" else None
