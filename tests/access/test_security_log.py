"""What the log tells of sign-ins, refusals and denials: each of them, with where and whose, and no name in it."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sla.access.security_log import Told, network_of, pseudonym
from sla.app import App
from sla.logs import as_json
from sla.service import tokens
from sla.service.offices import office_named
from tests.access.cast import PASSWORD, Reader, reading, two_offices
from tests.browser.cast import NOW

SECURITY_PAGE = Path(__file__).parents[2] / "docs" / "security.md"


@pytest.fixture
def office(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[tuple[App, Reader]]:
    caplog.set_level(logging.INFO, logger="sla.security")
    with two_offices(tmp_path, ("clerk",)) as app, reading(app) as reader:
        yield app, reader


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "sla.security"]


def who(app: App) -> str:
    with app.reading() as session:
        return pseudonym(office_named(session, "east").id, "clerk")


def test_each_of_them_stands_in_it_with_whose_and_where(
    office: tuple[App, Reader], caplog: pytest.LogCaptureFixture
) -> None:
    app, reader = office
    reader.sign_in("clerk", "wrong wrong wrong")
    reader.sign_in("correct horse battery staple", "clerk")
    reader.sign_in("clerk")
    reader.open("/rates")
    reader.send("/sign-out", "/", origin="https://elsewhere.example")
    reader.client.post("/sign-out", content=b"{}", headers={"content-type": "application/json"})
    reader.send("/password", "/password", old="wrong", new="x", again="x")
    reader.client.get("/", headers={"authorization": "Bearer shixian_made-up"})
    reader.send("/account/end", "/account", which="others")
    reader.send("/sign-out", "/")
    mine, here = f"who={who(app)}", "network=127.0.0.1"
    assert told(caplog) == [
        f"sign_in_refused {mine} why=wrong by=password route=/sign-in {here}",
        f"sign_in_refused why=unknown by=password route=/sign-in {here}",
        f"signed_in {mine} by=password route=/sign-in {here}",
        f"forbidden {mine} why=report route=/rates {here}",
        f"form_refused why=elsewhere route=/sign-out {here}",
        f"form_refused why=415 route=/sign-out {here}",
        f"password_refused {mine} why=wrong route=/password {here}",
        f"key_refused route=/ {here}",
        f"sign_ins_ended {mine} why=others route=/account/end {here}",
        f"signed_out {mine} route=/sign-out {here}",
    ]
    for secret in (PASSWORD, "clerk", "horse", "wrong wrong", "made-up"):
        assert secret not in "\n".join(told(caplog))


def test_refusals_of_the_api_stand_in_it_too(office: tuple[App, Reader], caplog: pytest.LogCaptureFixture) -> None:
    app, reader = office
    with app.writing() as session:
        key = tokens.add(session, office_named(session, "east"), "p", ["read"], NOW.date(), "admin", NOW)
    with httpx.Client(base_url=reader.base, trust_env=False, verify=False) as client:
        client.get("/api/v1/cases/secret-number", headers={"authorization": "Bearer shixian_made-up"})
        client.headers["authorization"] = f"Bearer {key}"
        client.get("/api/v1/rates")
        client.get("/api/v1/cases?office=west")
    here = "network=127.0.0.1"
    assert told(caplog) == [
        f"key_refused route=/api/v1/cases/{{number}} {here}",
        f"forbidden why=report route=/api/v1/rates {here}",
        f"forbidden why=office route=/api/v1/cases {here}",
    ]


def test_who_guesses_on_is_told_as_closed(office: tuple[App, Reader], caplog: pytest.LogCaptureFixture) -> None:
    _, reader = office
    for _ in range(6):
        reader.sign_in("clerk", "wrong wrong wrong")
    assert ["why=closed" in line for line in told(caplog)] == [False] * 5 + [True]


def test_for_a_program_that_collects_logs_each_fact_stands_by_itself(
    office: tuple[App, Reader], caplog: pytest.LogCaptureFixture
) -> None:
    app, reader = office
    reader.sign_in("clerk")
    record = next(record for record in caplog.records if record.name == "sla.security")
    line = json.loads(as_json().format(record))
    known = {"security": "signed_in", "who": who(app), "by": "password", "route": "/sign-in", "network": "127.0.0.1"}
    assert known.items() <= line.items() and line["timestamp"].endswith("Z") and line["level"] == "info"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::77", "2001:db8:1::/48"), ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"), ("", ""), ("testclient", ""), ("1\n2", ""),
    ],
)  # fmt: skip
def test_of_an_address_its_network_is_kept(address: str, network: str) -> None:
    assert network_of(address) == network


def test_the_page_on_security_explains_each_of_them_and_no_other() -> None:
    section = SECURITY_PAGE.read_text("utf-8").partition("## What the log tells")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert rows == [what.value for what in Told]
