"""Signing in by the office's identity provider: OpenID Connect, the authorization code flow with PKCE.

A browser that leaves for the provider takes one secret along in a cookie. State, nonce and PKCE's verifier are each
made from it, so that an answer counts for that browser and that sign-in only. Nothing of a provider's answer but one
claim is used, and no token is kept.

Sources: OpenID Connect Core 1.0 and Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer), RFC 9700 (best practice).
"""

import base64
import hashlib
import hmac
import json
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from notifiers.guard import Guard, Response
from notifiers.message import DeliveryError
from sla.access.visitors import LOOPBACK
from sla.settings import Settings

logger = logging.getLogger(__name__)

BACK = "/sign-in/oidc/back"
MOST_CHARACTERS = 60_000
LEAVE_SECONDS = 600  # for as long a browser may be away
SCOPES = {"sub": "openid", "email": "openid email"}
_AT_ONCE = BoundedSemaphore(4)  # a provider that does not answer holds up no other page
_WORD = re.compile(r"[a-z_]{1,40}")


class OidcSettingsError(ValueError):
    """The environment does not say what it takes: which variable, and what would be right."""


class OidcError(Exception):
    """Nobody is signed in by the provider. `why` is a word of ours for the log; `passing`: it may work in a while."""

    def __init__(self, why: str, *, passing: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.passing = passing


@dataclass(frozen=True)
class Provider:
    """The identity provider of one office. `claim` is what holds the id of somebody of the staff."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect: str
    claim: str


@dataclass(frozen=True)
class Leave:
    """What a browser holds while it is at the provider: a secret of this one sign-in, and where it leads then."""

    secret: str = field(repr=False)
    to: str

    @property
    def state(self) -> str:
        return self._made("state")

    @property
    def nonce(self) -> str:
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        return self._made("verifier")

    @property
    def cookie(self) -> str:
        return f"{self.secret}.{_b64(self.to.encode())}"

    def _made(self, what: str) -> str:
        return _b64(hmac.digest(self.secret.encode(), what.encode(), "sha256"))


def leave_to(to: str) -> Leave:
    """A browser sets out, to be led to a path of ours when it comes back."""
    return Leave(secrets.token_urlsafe(32), to)


def leave_of(cookie: str) -> Leave | None:
    """What a browser that comes back holds; None for what is nothing of ours."""
    secret, _, to = cookie.partition(".")
    try:
        path = base64.urlsafe_b64decode(to + "=" * (-len(to) % 4)).decode()
    except ValueError:
        return None
    return Leave(secret, path) if re.fullmatch(r"[\w-]{43}", secret, re.ASCII) else None


def provider_of(settings: Settings) -> Provider | None:
    """The provider of the settings; None where there is none. Raises OidcSettingsError."""
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise OidcSettingsError("SLA_OIDC_CLIENT_ID: is needed with SLA_OIDC_ISSUER; the provider gave it")
    for name, url in (("SLA_OIDC_ISSUER", settings.oidc_issuer), ("SLA_OIDC_REDIRECT", settings.oidc_redirect)):
        if not _is_safe(url):
            raise OidcSettingsError(f"{name}: must begin with https://, as it stands at the provider")
    if not settings.oidc_redirect.endswith(BACK):
        raise OidcSettingsError(f"SLA_OIDC_REDIRECT: must end with {BACK}, such as https://window.office.example{BACK}")
    if find_spec("joserfc") is None:
        raise OidcSettingsError("SLA_OIDC_ISSUER: needs joserfc: run `pip install shixian[oidc]`")
    secret = settings.oidc_client_secret.get_secret_value()
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_redirect, settings.oidc_claim)


def address_to_leave_for(guard: Guard, provider: Provider, leave: Leave) -> str:
    """Where a browser is led to sign in. Raises OidcError."""
    with _Door(guard) as door:
        endpoint = _endpoint(_metadata(door, provider), "authorization_endpoint")
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": provider.redirect,
        "scope": SCOPES.get(provider.claim, "openid profile"),
        "state": leave.state,
        "nonce": leave.nonce,
        "code_challenge": _b64(hashlib.sha256(leave.verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"


def check_answer(provider: Provider, leave: Leave | None, answer: Mapping[str, str]) -> Leave:
    """That an answer is of the sign-in which this very browser began. Raises OidcError."""
    state = answer.get("state", "").encode("utf-8", "replace")
    if leave is None or not hmac.compare_digest(leave.state.encode(), state):
        raise OidcError("state")
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise OidcError("issuer")
    if answer.get("error") or not answer.get("code"):
        raise OidcError("declined")
    return leave


def person_of(guard: Guard, provider: Provider, leave: Leave, code: str, now: datetime) -> str:
    """Whom the provider says has signed in: the claim that holds the id of one of the staff. Raises OidcError."""
    from sla.access import id_tokens  # noqa: PLC0415 - joserfc is an extra

    with _Door(guard) as door:
        metadata = _metadata(door, provider)
        token = _token(door, provider, metadata, leave, code)
        keys = door.json_at(_endpoint(metadata, "jwks_uri"))
    wanted = id_tokens.Wanted(provider.issuer, provider.client_id, leave.nonce)
    try:
        claims = id_tokens.claims_of(token, keys, wanted, now)
    except id_tokens.IdTokenError as error:
        raise OidcError(error.why) from None
    person = claims.get(provider.claim)
    if not isinstance(person, str) or not person:
        raise OidcError("no_claim")
    if provider.claim == "email" and claims.get("email_verified") is not True:
        raise OidcError("email_not_verified")
    return person


class _Door:
    """The door to HTTP for one sign-in; no more than a few at once."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def __enter__(self) -> "_Door":
        if not _AT_ONCE.acquire(blocking=False):
            raise OidcError("busy", passing=True)
        return self

    def __exit__(self, *_: object) -> None:
        _AT_ONCE.release()

    def json_at(self, url: str) -> Mapping[str, Any]:
        try:
            answer = self._guard.get(url, {"accept": "application/json"}, most=MOST_CHARACTERS)
        except DeliveryError as error:
            raise _unreachable(error) from None
        if answer.status != 200:
            raise OidcError(f"status_{answer.status}", passing=answer.status >= 500)
        return _object(answer)

    def post(self, url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Response:
        kind = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        try:
            return self._guard.post(url, urlencode(fields).encode(), {**kind, **headers}, most=MOST_CHARACTERS)
        except DeliveryError as error:
            raise _unreachable(error) from None


def _unreachable(error: DeliveryError) -> OidcError:
    logger.warning("the identity provider cannot be asked: %s", error)  # it names the host, and nothing else
    return OidcError("unreachable", passing=True)


def _metadata(door: _Door, provider: Provider) -> Mapping[str, Any]:
    """What the provider says of itself, if it is the one that was configured."""
    found = door.json_at(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise OidcError("issuer")
    return found


def _token(door: _Door, provider: Provider, metadata: Mapping[str, Any], leave: Leave, code: str) -> str:
    """The ID token for a code."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": provider.redirect,
        "code_verifier": leave.verifier,
    }
    headers: dict[str, str] = {}
    if not provider.client_secret:
        fields["client_id"] = provider.client_id
    elif "client_secret_basic" in metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        both = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        headers["authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
    else:
        fields |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    answer = door.post(_endpoint(metadata, "token_endpoint"), fields, headers)
    found = _object(answer)
    token = found.get("id_token")
    if answer.status != 200 or not isinstance(token, str):
        said = str(found.get("error", ""))
        raise OidcError(said if _WORD.fullmatch(said) else "no_token", passing=answer.status >= 500)
    return token


def _endpoint(metadata: Mapping[str, Any], name: str) -> str:
    url = metadata.get(name)
    if not isinstance(url, str) or not _is_safe(url):
        raise OidcError("metadata")
    return url


def _is_safe(url: str) -> bool:
    """Whether what is sent there cannot be read on the way: by TLS, or within this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    encrypted = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    return encrypted and bool(host) and url.isascii() and url.isprintable()


def _object(answer: Response) -> Mapping[str, Any]:
    try:
        found = json.loads(answer.text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise OidcError("no_json")
    return found


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
