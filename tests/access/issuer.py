"""A small identity provider on a real server: OpenID Connect as an office's Keycloak speaks it.

It keeps to the standard as the other side: one code for one use, the redirect address compared as it stands, PKCE
verified. Tokens are signed with `cryptography` alone, so that nothing of ours checks itself. `forge` spoils a token.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CLIENT, SECRET = "shixian", "provider-secret-7f3a/+ä"
REDIRECT = "http://localhost/sign-in/oidc/back"


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@dataclass
class Issuer:
    """The provider's state; tests change what it says. `person` is who is signed in there."""

    url: str
    now: int
    key: rsa.RSAPrivateKey
    redirect: str = REDIRECT
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "f:1", "preferred_username": "clerk"})
    told: dict[str, Any] = field(default_factory=dict)  # in place of what the metadata says
    keys: list[dict[str, Any]] = field(default_factory=list)
    forge: Callable[["Issuer", dict[str, Any], dict[str, Any]], str] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # the paths, in order
    methods: tuple[str, ...] = ("client_secret_basic",)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": list(self.methods),
            **self.told,
        }

    def claims(self, nonce: str) -> dict[str, Any]:
        return {
            "iss": self.url, "aud": CLIENT, "iat": self.now, "exp": self.now + 300, "nonce": nonce, **self.person,
        }  # fmt: skip

    def token(self, nonce: str) -> str:
        header, claims = {"alg": "RS256", "kid": "one", "typ": "JWT"}, self.claims(nonce)
        return self.forge(self, header, claims) if self.forge else rs256(header, claims, self.key)

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to. What a provider refuses, it does not send back at all."""
        assert asked["client_id"] == CLIENT and asked["redirect_uri"] == self.redirect, asked
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256", asked
        assert "openid" in asked["scope"].split() and len(asked["code_challenge"]) == 43, asked
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{self.redirect}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.url})}"

    def redeem(self, fields: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        if not self._is_client(fields, authorization):
            return 401, {"error": "invalid_client"}
        begun = self.codes.pop(fields["code"], None)
        verifier = b64(hashlib.sha256(fields["code_verifier"].encode()).digest())
        if begun is None or verifier != begun["code_challenge"] or fields["redirect_uri"] != self.redirect:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "not-for-us", "token_type": "Bearer", "id_token": self.token(begun["nonce"])}

    def _is_client(self, fields: dict[str, str], authorization: str) -> bool:
        given = fields.get("client_id", ""), fields.get("client_secret", "")
        if authorization.startswith("Basic "):
            name, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
            given = unquote(name), unquote(secret)
        return given == (CLIENT, SECRET)


def public(key: rsa.RSAPrivateKey, kid: str = "one") -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": number(numbers.n), "e": number(numbers.e)}


def public_ec(key: ec.EllipticCurvePrivateKey, kid: str) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    return {"kty": "EC", "kid": kid, "crv": "P-256", "x": number(numbers.x), "y": number(numbers.y)}


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"


def rs256(header: dict[str, Any], claims: dict[str, Any], key: rsa.RSAPrivateKey) -> str:
    text = unsigned(header, claims)
    return f"{text}.{b64(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def ps256(header: dict[str, Any], claims: dict[str, Any], key: rsa.RSAPrivateKey) -> str:
    text = unsigned(header, claims)
    salted = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    return f"{text}.{b64(key.sign(text.encode(), salted, hashes.SHA256()))}"


def es256(header: dict[str, Any], claims: dict[str, Any], key: ec.EllipticCurvePrivateKey) -> str:
    text = unsigned(header, claims)
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def hs256(header: dict[str, Any], claims: dict[str, Any], key: rsa.RSAPrivateKey) -> str:
    """Signed with the public key as if it were a shared secret."""
    text = unsigned(header, claims)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return f"{text}.{b64(hmac.digest(pem, text.encode(), 'sha256'))}"


@contextmanager
def issuing(now: int, key: rsa.RSAPrivateKey) -> Iterator[Issuer]:
    """A provider that runs."""
    issuer = Issuer("", now, key, keys=[public(key)])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            issuer.asked.append(parts.path)
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", issuer.authorize(_fields(parts.query)))
                self.end_headers()
            elif parts.path == "/keys":
                self._say(200, {"keys": issuer.keys})
            else:
                assert parts.path == "/.well-known/openid-configuration", parts.path
                self._say(200, issuer.metadata())

        def do_POST(self) -> None:
            issuer.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._say(*issuer.redeem(_fields(body), self.headers.get("authorization", "")))

        def _say(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _fields(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}
