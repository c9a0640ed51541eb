"""Signing in by the office's identity provider: what opens the pages, and each forgery that does not."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from notifiers.guard import Guard
from sla.access.oidc import OidcSettingsError, leave_of, provider_of
from sla.app import App
from sla.service import users
from sla.service.offices import office_named
from sla.settings import Settings
from tests.access.cast import Reader, leads_to, reading, two_offices
from tests.access.issuer import (
    CLIENT,
    REDIRECT,
    SECRET,
    Issuer,
    b64,
    es256,
    hs256,
    issuing,
    ps256,
    public,
    public_ec,
    rs256,
    unsigned,
)
from tests.browser.cast import NOW

AT = int(NOW.timestamp())
BACK = "/sign-in/oidc/back"
ON_THIS_MACHINE = {
    "oidc_client_id": CLIENT,
    "oidc_client_secret": SECRET,
    "oidc_redirect": REDIRECT,
    "oidc_office": "east",
    "allowed_hosts": frozenset({"127.0.0.1"}),
}


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, str]]:
    with two_offices(tmp_path_factory.mktemp("oidc"), ("clerk", "viewer")) as app, reading(app) as reader:
        yield app, reader.base


@pytest.fixture
def issuer(running: tuple[App, str], key: rsa.RSAPrivateKey) -> Iterator[Issuer]:
    app, _ = running
    with issuing(AT, key) as issuer:
        set_up(app, oidc_issuer=issuer.url)
        yield issuer
        app.guard.close()


@pytest.fixture
def reader(running: tuple[App, str], issuer: Issuer) -> Iterator[Reader]:
    reader = Reader(running[1])
    yield reader
    reader.close()


def set_up(app: App, **more: Any) -> None:
    """The settings as an administrator's environment says them."""
    app.settings = Settings(database_url=app.settings.database_url, **{**ON_THIS_MACHINE, **more})
    app.guard = Guard(app.settings.allowed_hosts)


def leave(reader: Reader, to: str = "/") -> str:
    """The address at the provider that a browser is led to."""
    page = reader.send("/sign-in/oidc", "/sign-in", to=to)
    assert page.status_code == 200, page.text
    seconds, _, address = page.headers["refresh"].partition("; url=")
    assert seconds == "0"
    return address


def through(address: str) -> dict[str, str]:
    """What the provider answers the browser with, as it stands in the address it is sent back to."""
    answer = httpx.get(address, trust_env=False, verify=False)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == REDIRECT
    return {name: values[0] for name, values in parse_qs(back.query).items()}


def signed_in_by(reader: Reader, to: str = "/") -> httpx.Response:
    return reader.client.get(BACK, params=through(leave(reader, to)))


# --- what opens the pages ---------------------------------------------------------------------------------------------
def test_one_of_the_staff_is_signed_in_and_led_to_what_was_asked_for(reader: Reader, issuer: Issuer) -> None:
    answer = signed_in_by(reader, "/cases?number=x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases?number=x")
    page = reader.open("/account")
    assert page.status_code == 200 and "身份认证系统" in page.text
    begun, ended = ["/.well-known/openid-configuration", "/authorize"], ["/token", "/keys"]
    assert issuer.asked == [*begun, begun[0], *ended]
    assert "shixian-left" not in reader.client.cookies


def test_the_page_to_sign_in_offers_it_and_the_password_beside_it(reader: Reader) -> None:
    page = reader.open("/sign-in?lang=en").text
    assert "Sign in with the office" in page and 'action="/sign-in/oidc"' in page and 'name="password"' in page


def test_a_key_on_the_p256_curve_signs_too(reader: Reader, issuer: Issuer) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    issuer.keys = [public_ec(curve, "two")]
    issuer.forge = lambda _, header, claims: es256({**header, "alg": "ES256", "kid": "two"}, claims, curve)
    assert leads_to(signed_in_by(reader)) == "/"


def test_the_client_shows_its_secret_in_the_form_where_the_provider_asks_for_that(
    reader: Reader, issuer: Issuer
) -> None:
    issuer.methods = ("client_secret_post",)
    assert leads_to(signed_in_by(reader)) == "/"


def test_who_was_let_in_without_a_password_signs_in_by_the_provider_alone(
    running: tuple[App, str], reader: Reader, issuer: Issuer
) -> None:
    app, _ = running
    with app.writing() as session:
        users.let_in(session, office_named(session, "east"), "auditor", NOW)
    issuer.person = {"sub": "f:2", "preferred_username": "auditor"}
    assert leads_to(signed_in_by(reader)) == "/"
    assert reader.open("/").status_code == 200  # nothing asks them to change a password that they do not have


def test_the_claim_that_holds_the_id_is_configured(running: tuple[App, str], reader: Reader, issuer: Issuer) -> None:
    set_up(running[0], oidc_issuer=issuer.url, oidc_claim="sub")
    issuer.person = {"sub": "viewer", "preferred_username": "clerk"}
    signed_in_by(reader)
    assert ">viewer</a>" in reader.open("/").text


# --- who is not of the staff ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "person",
    [
        {"preferred_username": "stranger"},
        {"preferred_username": "manager"},  # on the staff, and never let in
        {"preferred_username": ""},
        {"preferred_username": ["clerk"]},
        {"preferred_username": 7},
        {"name": "clerk"},
    ],
)
def test_no_account_is_made_by_itself(reader: Reader, issuer: Issuer, person: dict[str, Any]) -> None:
    issuer.person = {"sub": "f:9", **person}
    assert signed_in_by(reader).status_code == 401
    assert leads_to(reader.open("/")) == "/sign-in"


def test_an_email_that_the_provider_has_not_verified_is_nobody(
    running: tuple[App, str], reader: Reader, issuer: Issuer
) -> None:
    set_up(running[0], oidc_issuer=issuer.url, oidc_claim="email")
    for verified in (False, None, "true"):
        issuer.person = {"sub": "f:1", "email": "clerk", "email_verified": verified}
        assert signed_in_by(reader).status_code == 401
    issuer.person = {"sub": "f:1", "email": "clerk", "email_verified": True}
    assert leads_to(signed_in_by(reader)) == "/"


def test_the_provider_of_one_office_opens_no_other(running: tuple[App, str], reader: Reader) -> None:
    assert leads_to(signed_in_by(reader)) == "/"
    page = reader.client.get("/?office=west")
    assert '<span class="office">east</span>' in page.text


# --- forged tokens ----------------------------------------------------------------------------------------------------
def without(name: str) -> Callable[[Issuer, dict[str, Any], dict[str, Any]], str]:
    def forge(issuer: Issuer, header: dict[str, Any], claims: dict[str, Any]) -> str:
        return rs256(header, {key: value for key, value in claims.items() if key != name}, issuer.key)

    return forge


def saying(**more: Any) -> Callable[[Issuer, dict[str, Any], dict[str, Any]], str]:
    return lambda issuer, header, claims: rs256(header, {**claims, **more}, issuer.key)


def headed(**more: Any) -> Callable[[Issuer, dict[str, Any], dict[str, Any]], str]:
    return lambda issuer, header, claims: rs256({**header, **more}, claims, issuer.key)


def tampered(issuer: Issuer, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """What was signed for somebody else, with another name put in."""
    first, _, signature = rs256(header, {**claims, "preferred_username": "viewer"}, issuer.key).split(".")
    return f"{first}.{b64(json.dumps(claims).encode())}.{signature}"


FORGED: dict[str, Callable[[Issuer, dict[str, Any], dict[str, Any]], str]] = {
    "no algorithm": lambda _, header, claims: unsigned({**header, "alg": "none"}, claims) + ".",
    "no algorithm, signed": lambda issuer, header, claims: rs256({**header, "alg": "none"}, claims, issuer.key),
    "no signature": lambda _, header, claims: unsigned(header, claims) + ".",
    "two parts": lambda _, header, claims: unsigned(header, claims),
    "the public key as a secret": lambda issuer, header, claims: hs256({**header, "alg": "HS256"}, claims, issuer.key),
    "an algorithm that is not pinned": lambda issuer, header, claims: ps256(
        {**header, "alg": "PS256"}, claims, issuer.key
    ),
    "tampered": tampered,
    "another issuer": saying(iss="https://elsewhere.example"),
    "an issuer with a slash more": lambda issuer, header, claims: rs256(
        header, {**claims, "iss": f"{issuer.url}/"}, issuer.key
    ),
    "no issuer": without("iss"),
    "another audience": saying(aud="another-client"),
    "an audience that holds ours": saying(aud="shixian-two"),
    "no audience": without("aud"),
    "many audiences and no party": saying(aud=[CLIENT, "another-client"]),
    "another party": saying(azp="another-client"),
    "many audiences, another party": saying(aud=[CLIENT, "another-client"], azp="another-client"),
    "another nonce": saying(nonce="made-up"),
    "no nonce": without("nonce"),
    "expired": saying(iat=AT - 900, exp=AT - 61),
    "no expiry": without("exp"),
    "an expiry that is no number": saying(exp="never"),
    "issued tomorrow": saying(iat=AT + 86_400, exp=AT + 90_000),
    "not valid yet": saying(nbf=AT + 600),
    "no subject": without("sub"),
    "an access token": headed(typ="at+jwt"),
    "a logout token": headed(typ="logout+jwt"),
    "a critical header nobody knows": headed(crit=["b64"], b64=False),
    "no token at all": lambda *_: "",
    "no text of a token": lambda *_: "a.b.c",
    "too long": saying(padding="x" * 20_000),
}


@pytest.mark.parametrize("forged", FORGED, ids=lambda name: name.replace(" ", "-"))
def test_a_forged_token_opens_nothing(reader: Reader, issuer: Issuer, forged: str) -> None:
    issuer.forge = FORGED[forged]
    answer = signed_in_by(reader)
    assert answer.status_code == 401 and "shixian=" not in answer.headers.get("set-cookie", "")
    assert leads_to(reader.open("/")) == "/sign-in"


@pytest.mark.parametrize("more", ["nothing", "jwk", "jku", "x5c"])
def test_another_key_signs_nothing_whatever_the_header_says_of_it(
    reader: Reader, issuer: Issuer, other_key: rsa.RSAPrivateKey, more: str
) -> None:
    said: dict[str, dict[str, Any]] = {
        "nothing": {},
        "jwk": {"jwk": public(other_key)},
        "jku": {"jku": f"{issuer.url}/others"},
    }
    header = said.get(more, {"x5c": [b64(b"none")]})
    issuer.forge = lambda _, first, claims: rs256({**first, **header}, claims, other_key)
    assert signed_in_by(reader).status_code == 401


@pytest.mark.parametrize(
    "told", [{"use": "enc"}, {"alg": "RS512"}, {"kty": "oct", "k": b64(b"secret")}, {"n": "!"}, {"e": None}]
)
def test_a_key_that_is_not_for_this_signs_nothing(reader: Reader, issuer: Issuer, told: dict[str, Any]) -> None:
    issuer.keys = [{**issuer.keys[0], **told}]
    assert signed_in_by(reader).status_code == 401


def test_a_key_that_is_too_short_signs_nothing(reader: Reader, issuer: Issuer) -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    issuer.keys = [public(short)]
    issuer.forge = lambda _, header, claims: rs256(header, claims, short)
    assert signed_in_by(reader).status_code == 401


@pytest.mark.parametrize("keys", [[], "none", [7], [None, {}]])
def test_a_provider_without_a_key_is_refused_and_not_an_error(reader: Reader, issuer: Issuer, keys: Any) -> None:
    issuer.keys = keys
    assert signed_in_by(reader).status_code == 401


# --- whose answer it is -----------------------------------------------------------------------------------------------
def test_the_answer_to_another_browser_counts_for_nobody(running: tuple[App, str], reader: Reader) -> None:
    """Whoever lures somebody into their own account sends them an answer that another browser began."""
    answer = through(leave(reader))
    other = Reader(running[1])
    assert other.client.get(BACK, params=answer).status_code == 400
    leave(other)
    assert other.client.get(BACK, params=answer).status_code == 400
    assert leads_to(other.open("/")) == "/sign-in"
    other.close()


def test_an_answer_counts_once(reader: Reader, issuer: Issuer) -> None:
    address = leave(reader)
    held, answer = reader.client.cookies["shixian-left"], through(address)
    assert leads_to(reader.client.get(BACK, params=answer)) == "/"
    reader.send("/sign-out", "/")
    assert reader.client.get(BACK, params=answer).status_code == 400  # the browser holds nothing of it any more
    reader.client.cookies.set("shixian-left", held)
    assert reader.client.get(BACK, params=answer).status_code == 401  # and the provider gives no second token
    assert leads_to(reader.open("/")) == "/sign-in"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"state": ""}, 400), ({"state": "made-up"}, 400), ({"state": "字"}, 400), ({"code": ""}, 401),
        ({"code": "made-up"}, 401), ({"error": "access_denied"}, 401), ({"iss": "https://elsewhere.example"}, 401),
    ],
)  # fmt: skip
def test_an_answer_that_was_changed_on_the_way_opens_nothing(
    reader: Reader, changed: dict[str, str], status: int
) -> None:
    answer = through(leave(reader))
    assert reader.client.get(BACK, params={**answer, **changed}).status_code == status
    assert leads_to(reader.open("/")) == "/sign-in"


def test_a_code_without_the_verifier_that_belongs_to_it_is_worth_nothing(reader: Reader, issuer: Issuer) -> None:
    """A code that somebody read on its way, put into a sign-in of their own."""
    stolen = through(leave(reader))["code"]
    mine = through(leave(reader))
    assert reader.client.get(BACK, params={**mine, "code": stolen}).status_code == 401


def test_no_page_from_elsewhere_begins_a_sign_in(reader: Reader, issuer: Issuer) -> None:
    assert reader.send("/sign-in/oidc", "/sign-in", origin="https://elsewhere.example").status_code == 403
    assert issuer.asked == []


def test_nobody_is_led_elsewhere_afterwards(reader: Reader) -> None:
    assert signed_in_by(reader, "//elsewhere.example/").headers["location"] == "/"


@pytest.mark.parametrize("held", ["", ".", "x.y", f"{'a' * 43}.{b64(bytes([255]))}", f"{'字' * 43}."])
def test_a_cookie_that_is_none_of_ours_is_nothing(held: str) -> None:
    assert leave_of(held) is None


# --- the provider itself ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "https://elsewhere.example"},
        {"authorization_endpoint": "http://elsewhere.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 7},
    ],
)
def test_a_provider_that_says_it_is_another_or_leads_into_the_clear_is_not_followed(
    reader: Reader, issuer: Issuer, told: dict[str, Any]
) -> None:
    issuer.told = told
    answer = reader.send("/sign-in/oidc", "/sign-in")
    assert answer.status_code == 401 and "refresh" not in answer.headers


def test_a_provider_that_cannot_be_reached_is_said_so_and_the_password_still_opens(
    running: tuple[App, str], reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    set_up(running[0], oidc_issuer="http://127.0.0.1:9")
    answer = reader.send("/sign-in/oidc", "/sign-in")
    assert answer.status_code == 503 and "稍后再试" in answer.text
    assert leads_to(reader.sign_in("clerk")) == "/"
    assert "no connection to http://127.0.0.1" in caplog.text


def test_an_address_that_is_not_public_is_called_only_where_it_was_allowed(
    running: tuple[App, str], reader: Reader, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    set_up(running[0], oidc_issuer=issuer.url, allowed_hosts=frozenset())
    assert reader.send("/sign-in/oidc", "/sign-in").status_code == 503
    assert issuer.asked == [] and "the administrator can allow the host by name" in caplog.text


def test_neither_code_nor_token_nor_secret_nor_name_is_ever_in_the_log(
    reader: Reader, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.WARNING)  # the test's own browser, which logs what it asks
    answer = through(leave(reader))
    reader.client.get(BACK, params=answer)
    reader.send("/sign-out", "/")
    issuer.forge = FORGED["expired"]
    signed_in_by(reader)
    told = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("sla", "notifiers")))
    assert "signed_in" in told and "sign_in_refused why=exp" in told
    for secret in (SECRET, answer["code"], answer["state"], "eyJ", "clerk"):
        assert secret not in told


# --- what the environment says ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"oidc_client_id": ""}, "SLA_OIDC_CLIENT_ID: is needed"),
        ({"oidc_issuer": "http://id.office.example"}, "SLA_OIDC_ISSUER: must begin with https://"),
        ({"oidc_issuer": "https://"}, "SLA_OIDC_ISSUER: must begin with https://"),
        ({"oidc_redirect": ""}, "SLA_OIDC_REDIRECT: must begin with https://"),
        ({"oidc_redirect": "https://window.office.example/"}, "SLA_OIDC_REDIRECT: must end with /sign-in/oidc/back"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_what_would_be_right(more: dict[str, Any], told: str) -> None:
    given = {**ON_THIS_MACHINE, "oidc_issuer": "https://id.office.example", **more}
    with pytest.raises(OidcSettingsError, match=told):
        provider_of(Settings(**given))


def test_without_a_provider_the_addresses_are_not_there(tmp_path: Path) -> None:
    with two_offices(tmp_path, ("clerk",)) as app, reading(app) as reader:
        assert "oidc" not in reader.open("/sign-in").text
        assert reader.send("/sign-in/oidc", "/sign-in").status_code == 404
        assert reader.open(BACK).status_code == 404
