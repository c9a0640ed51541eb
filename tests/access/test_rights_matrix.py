"""Who may ask what: every role at every address, of one's own office and of another. The table is DESIGN's, by hand."""

from collections.abc import Iterator

import httpx
import pytest

from sla.app import App
from sla.service import tokens
from sla.service.offices import office_named
from sla.web.pages import routes, web
from tests.access.cast import ROLES, Reader, form_token
from tests.browser.cast import NOW

STAFF = {*ROLES, "plain"}
RECORDERS = {"clerk", "manager", "admin"}
REPORTS = {"manager", "admin", "auditor", "head", "supervision"}  # the last two get the monthly summary
EVERYBODY = {*STAFF, "nobody", "reading program"}
OFFICE = {"admin", "auditor"}  # who reads what an administrator looks after
OFFICE_PAGES = (
    "/office", "/deliveries", "/policies", "/policies/version", "/people", "/channels", "/tokens", "/audit",
    "/audit/verify", "/audit/signs", "/audit/office.jsonl.gz", "/audit/log.xes.gz",
    "/audit/feed.csv.gz",
)  # fmt: skip
OFFICE_FORMS = (
    "/calendar/load", "/calendar/apply", "/calendar/go-on", "/deliveries/retry", "/policies/draft", "/policies/discard",
    "/policies/publish", "/people/absence", "/people/back", "/people/handover", "/people/password",
    "/people/no-password", "/channels/test", "/channels/pause", "/channels/resume", "/channels/new", "/tokens/new",
    "/tokens/revoke", "/import",
)  # fmt: skip
FILES = ("csv", "xlsx", "json")
RATES = (
    "months", "permits", "handlers", "savings", "cases", "report", "what-if/rates", "what-if/cases", "what-if/least",
)  # fmt: skip
OFFICE_LISTS = (
    "/deliveries", "/policies", "/people", "/people/away", "/people/left", "/channels", "/tokens", "/audit/verify",
    "/audit/anchors", "/audit/late", "/audit/deeds", "/audit/actors", "/audit/events", "/audit/sign-ins",
    "/audit/attempts", "/audit/signs",
)  # fmt: skip
CALENDAR_LISTS = ("/calendar/days", "/calendar/notices")
MAY = {
    ("GET", "/"): {*STAFF, "reading program"},
    ("GET", "/keys"): {*STAFF, "reading program"},
    ("GET", "/icon.svg"): EVERYBODY,
    ("GET", "/cases"): {*STAFF, "reading program"},
    ("GET", "/cases/{number:path}"): {*STAFF, "reading program"},
    ("GET", "/rates"): REPORTS,
    ("GET", "/rates/report"): REPORTS,
    ("GET", "/rates/what-if"): REPORTS,
    **{("GET", f"{path}.{ending}"): {*STAFF, "reading program"} for path in ("/today", "/cases") for ending in FILES},
    **{("GET", f"/rates/{name}.{ending}"): REPORTS for name in RATES for ending in FILES},
    **{("GET", f"/overruns.{ending}"): REPORTS for ending in FILES},
    **{("GET", f"{path}.{ending}"): OFFICE for path in OFFICE_LISTS for ending in FILES},
    **{("GET", f"{path}.{ending}"): {*STAFF, "reading program"} for path in CALENDAR_LISTS for ending in FILES},
    ("GET", "/rates/cases"): REPORTS,
    ("GET", "/overruns"): REPORTS,
    ("GET", "/overruns/sheet"): REPORTS,
    ("GET", "/new"): RECORDERS,
    ("POST", "/new"): RECORDERS,
    ("GET", "/new/several"): RECORDERS,
    ("POST", "/new/several"): RECORDERS,
    ("GET", "/record/{kind}/{number:path}"): RECORDERS,
    ("POST", "/record/{kind}/{number:path}"): RECORDERS,
    ("GET", "/papers/{kind}/{number:path}"): {*STAFF, "reading program"},
    ("GET", "/void/{seq:int}/{number:path}"): RECORDERS,
    ("POST", "/void/{seq:int}/{number:path}"): RECORDERS,
    ("GET", "/calendar"): {*STAFF, "reading program"},
    **{("GET", path): OFFICE for path in OFFICE_PAGES},
    **{(method, path): {"admin"} for path in OFFICE_FORMS for method in ("GET", "POST")},
    ("GET", "/channels/kinds"): {"admin"},
    ("GET", "/subscription"): {*STAFF, "reading program"},  # a program is told that it has none
    ("POST", "/subscription"): STAFF,
    ("GET", "/calendar/{token}.ics"): EVERYBODY,  # who holds an address reads one person's deadlines; no other is found
    ("GET", "/lookup"): EVERYBODY,  # these offices offer none, and say so to everybody
    ("POST", "/lookup"): EVERYBODY,
    ("GET", "/lookup-code/{number:path}"): RECORDERS,
    ("POST", "/lookup-code/{number:path}"): RECORDERS,
    ("GET", "/offices"): EVERYBODY,
    ("GET", "/sign-in"): EVERYBODY,
    ("POST", "/sign-in"): EVERYBODY,
    ("POST", "/sign-out"): STAFF,
    ("GET", "/password"): {*STAFF, "reading program"},  # who has none is led away
    ("POST", "/password"): STAFF,
    ("POST", "/sign-in/oidc"): EVERYBODY,  # where there is no provider, as here, it leads nowhere
    ("GET", "/sign-in/oidc/back"): EVERYBODY,
    ("GET", "/account"): {*STAFF, "reading program"},  # who has none is led away
    ("POST", "/account/end"): STAFF,
    ("GET", "/healthz"): EVERYBODY,
    ("GET", "/readyz"): EVERYBODY,
    ("GET", "/metrics"): EVERYBODY,  # from this machine, as here; elsewhere it asks for the right to read
}
WHO = sorted({*STAFF, "nobody", "reading program"})
SEEN = {200, 303, 400, 404, 422}  # it was answered: shown, led on, or the question made no sense


@pytest.fixture(scope="module")
def addresses(app: App) -> list[tuple[str, str]]:
    return [(route.methods[0], route.path) for route in routes(app)]


@pytest.fixture(scope="module")
def clients(app: App, base: str) -> Iterator[dict[str, httpx.Client]]:
    """A browser for each of the people, signed in; one for nobody; a program with a key to read."""
    with app.writing() as session:
        key = tokens.add(session, office_named(session, "east"), "prog", ["read"], NOW.date(), "admin", NOW)
    readers = {who: Reader(base) for who in WHO}
    for who in sorted(STAFF):
        assert readers[who].sign_in(who).status_code == 303, who
    readers["reading program"].client.headers["authorization"] = f"Bearer {key}"
    yield {who: reader.client for who, reader in readers.items()}
    for reader in readers.values():
        reader.close()


def test_every_address_of_the_server_is_in_the_list_of_routes_and_in_the_table(
    app: App, addresses: list[tuple[str, str]]
) -> None:
    served = {getattr(route, "path", "") for route in web(app).routes if hasattr(route, "methods")}
    assert served == {path for _, path in addresses}  # beside them there are the static files alone
    assert set(addresses) == set(MAY)


@pytest.mark.parametrize("who", WHO)
def test_a_role_is_answered_where_it_may_ask_and_nowhere_else(
    clients: dict[str, httpx.Client], addresses: list[tuple[str, str]], base: str, who: str
) -> None:
    client, wrong = clients[who], []
    token = form_token(client.get("/password" if who in STAFF else "/sign-in").text) if who != "reading program" else ""
    for method, path in sorted(addresses):
        if path in ("/sign-out", "/sign-in", "/password") and method == "POST":
            continue  # what these do, test_signing_in tells
        if who == "reading program" and method == "POST":
            continue  # it has no browser, and a form asks for one
        asked = path.replace("{number:path}", "x").replace("{kind}", "accepted").replace("{seq:int}", "1")
        fields = {"data": {"form_token": token}} if method == "POST" else {}
        answer = client.request(method, asked, headers={"origin": base}, **fields)  # type: ignore[arg-type]
        to = answer.headers.get("location", "")
        asked_to_sign_in = answer.status_code == 401 or to.startswith("/sign-in")
        seen = answer.status_code in SEEN and not asked_to_sign_in
        if seen is not (who in MAY[method, path]):
            wrong.append((method, path, answer.status_code, to))
        elif not seen:
            assert asked_to_sign_in if who == "nobody" else answer.status_code == 403, (path, answer.status_code)
    assert wrong == []


@pytest.mark.parametrize("asked", ["/?office=west", "/rates?office=west", "/cases/x?office=west"])
def test_nobody_sees_another_office(clients: dict[str, httpx.Client], asked: str) -> None:
    for who in ("admin", "auditor", "manager"):
        clients[who].cookies.set("office", "west")
        text = clients[who].get(asked).text
        assert '<span class="office">east</span>' in text and "west" not in text.replace("office=west", "")


def test_somebody_without_the_right_is_told_so_and_may_go_on(clients: dict[str, httpx.Client]) -> None:
    answer = clients["clerk"].get("/rates?lang=en")
    assert answer.status_code == 403
    assert "This is not yours to do" in answer.text and "needs the right to report" in answer.text
    assert 'href="/rates"' not in answer.text  # it is not offered either
    assert form_token(answer.text)
