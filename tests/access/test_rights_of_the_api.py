"""Who may ask what of the API: every role at every operation, and no other office. The table is by hand."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sla.api.routes import OPERATIONS
from sla.app import App
from sla.service import tokens
from sla.service.offices import office_named
from tests.access.cast import ROLES, Reader
from tests.browser.cast import NOW

STAFF = {*ROLES, "plain"}
READERS = {*STAFF, "reading program", "recording program"}
RECORDERS = {"clerk", "manager", "admin", "recording program"}
MANAGERS = {"manager", "admin"}
REPORTS = {"manager", "admin", "auditor", "head", "supervision"}
MAY = {
    "whoAmI": READERS,
    "listCases": READERS,
    "getCase": READERS,
    "receiveCase": RECORDERS,
    "receiveBatch": RECORDERS,
    "listEvents": READERS,
    "recordEvent": RECORDERS,
    "voidEvent": RECORDERS,  # what is not their own slip takes a manager: tests/api/test_events.py
    "listClocks": READERS,
    "explainClock": READERS,
    "listDue": READERS,
    "listDueOf": READERS,
    "getRates": REPORTS,
    "getCalendar": READERS,
    "getYear": READERS,
    "listNotices": READERS,
    "listPolicies": READERS,
    "getPolicy": READERS,
    "listPermits": READERS,
    "listChannels": {"admin"},
    "listDeliveries": READERS,
    "retryDeliveries": MANAGERS,
    "listWebhooks": {"admin"},
    "testWebhook": {"admin"},
}
OF_MANAGERS: list[dict[str, Any]] = [
    {"kind": "extended", "clock": "promise", "amount": 1, "reason": "x", "approver": "manager"},
    {"kind": "reassigned", "handler": "clerk"},
    {"kind": "rebased", "policy": "cn_planning", "version": 1, "reason": "x"},
]
WHO = sorted({*READERS, "nobody", "stranger"})
FILLED = {"number": "x", "seq": "1", "clock": "promise", "year": "2026", "policy": "cn_planning", "version": "1",
          "name": "none", "list": "overdue"}  # fmt: skip


@pytest.fixture(scope="module")
def callers(app: App, base: str) -> Iterator[dict[str, httpx.Client]]:
    """The staff at their browsers, programs with a key, one with a key that is none, and nobody."""
    readers = {who: Reader(base) for who in WHO}
    with app.writing() as session:
        east = office_named(session, "east")
        for who, rights in (("reading program", ["read"]), ("recording program", ["read", "record"])):
            key = tokens.add(session, east, who.replace(" ", "-"), rights, NOW.date(), "admin", NOW)
            readers[who].client.headers["authorization"] = f"Bearer {key}"
    readers["stranger"].client.headers["authorization"] = "Bearer shixian_none"
    for who in sorted(STAFF):
        assert readers[who].sign_in(who).status_code == 303, who
        token = readers[who].open("/api/v1/me").json()["form_token"]
        readers[who].client.headers.update({"x-form-token": token, "origin": base})
    yield {who: reader.client for who, reader in readers.items()}
    for reader in readers.values():
        reader.close()


def test_every_operation_is_in_the_table() -> None:
    assert {operation.name for operation in OPERATIONS} == set(MAY)


@pytest.mark.parametrize("who", WHO)
def test_a_role_is_answered_where_it_may_ask_and_nowhere_else(callers: dict[str, httpx.Client], who: str) -> None:
    wrong = []
    for operation in OPERATIONS:
        path = f"/api/v1{operation.path}".format(**FILLED)
        body: dict[str, Any] = {"json": {}} if operation.writes else {}
        status = callers[who].request(operation.method, path, **body).status_code
        refused = 401 if who in ("nobody", "stranger") else 403
        answered = status in (200, 404, 422)  # shown, or the question made no sense
        if (who in MAY[operation.name]) is not answered or (not answered and status != refused):
            wrong.append((operation.name, status))
    assert wrong == []


def test_what_is_a_managers_no_clerk_records(callers: dict[str, httpx.Client]) -> None:
    made = callers["clerk"].post("/api/v1/cases", json={"permit": "construction_works", "accept": True})
    path = f"{made.headers['location']}/events"
    for body in OF_MANAGERS:
        assert callers["clerk"].post(path, json=body).status_code == 403, body["kind"]
        assert callers["manager"].post(path, json=body).status_code != 403, body["kind"]


def test_nobody_reads_or_writes_a_case_of_another_office(app: App, callers: dict[str, httpx.Client]) -> None:
    with app.writing() as session:
        key = tokens.add(session, office_named(session, "west"), "other", ["read", "record"], NOW.date(), "admin", NOW)
    base = str(callers["nobody"].base_url)
    with httpx.Client(base_url=base, headers={"authorization": f"Bearer {key}"}, trust_env=False, verify=False) as west:
        made = west.post("/api/v1/cases", json={"permit": "land_use", "handler": "clerk", "number": "WEST-1"})
        assert made.status_code == 201, made.text
        assert west.get("/api/v1/cases/WEST-1").status_code == 200
    for who in ("admin", "auditor", "recording program"):
        client = callers[who]
        for path in ("", "/events", "/clocks", "/clocks/promise/ledger"):
            assert client.get(f"/api/v1/cases/WEST-1{path}").status_code == 404, (who, path)
        assert "WEST-1" not in client.get("/api/v1/cases").text + client.get("/api/v1/due").text
        assert client.get("/api/v1/cases?office=west").status_code == 403
    body = {"kind": "withdrawn"}
    assert callers["admin"].post("/api/v1/cases/WEST-1/events", json=body).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs.css"])
def test_what_the_api_is_like_everybody_may_read(callers: dict[str, httpx.Client], path: str) -> None:
    assert callers["nobody"].get(path).status_code == 200
