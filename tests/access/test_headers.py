"""What stands around an answer: headers for browsers, its type, and which methods are answered at all."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from sla.app import App
from sla.serving import served_with
from sla.settings import Settings
from tests.access.cast import Reader, form_token, leads_to
from tests.access.fuzzing import raw, send
from tests.browser.cast import serving

YEAR = 365 * 24 * 3600
PATHS = ("/", "/sign-in", "/nothing-here", "/healthz", "/readyz", "/static/pages.css", "/cases/x", "/sign-in?lang=en")


@pytest.fixture
def by_tls(app: App) -> Iterator[Reader]:
    """A browser behind a proxy that does TLS, and says so."""
    with serving(app, proxy_headers=True) as base:
        reader = Reader(base)
        reader.client.headers["x-forwarded-proto"] = "https"
        yield reader
        reader.close()


@pytest.mark.parametrize("path", PATHS)
def test_by_tls_every_answer_says_that_only_tls_is_spoken_here_for_a_year(by_tls: Reader, path: str) -> None:
    said = by_tls.open(path).headers["strict-transport-security"]
    age, subdomains = said.split("; ")
    assert int(age.removeprefix("max-age=")) >= YEAR and subdomains == "includeSubDomains"


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_is_for_another_origin_or_another_window(reader: Reader, path: str) -> None:
    headers = reader.client.get(path, headers={"origin": "https://elsewhere.example"}).headers
    assert not [name for name in headers if name.startswith("access-control")]
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_with_a_body_has_its_type_and_charset(reader: Reader, path: str) -> None:
    answer = reader.open(path)
    if answer.content:
        assert answer.headers["content-type"] in (
            "text/html; charset=utf-8", "text/plain; charset=utf-8", "text/css; charset=utf-8",
        )  # fmt: skip


@pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"OPTIONS", b"PUT", b"PATCH", b"DELETE", b"PROPFIND"])
def test_a_method_that_is_not_there_is_refused_and_gives_nothing_back(base: str, method: bytes) -> None:
    host = base.partition("//")[2]
    sent = raw(
        b"/sign-in", method, [(b"Host", host.encode()), (b"X-Told", b"back-again"), (b"Connection", b"close")], b""
    )
    answer = send(int(host.rpartition(":")[2]), sent, method)
    assert answer.status in (400, 405) and b"back-again" not in answer.body


@pytest.mark.parametrize(
    "path", ["/static", "/static/", "/static/../pages.py", "/static/%2e%2e/pages.py", "/.git/HEAD"]
)
def test_no_folder_is_listed_and_no_file_beside_the_static_ones_is_given_out(reader: Reader, path: str) -> None:
    reader.sign_in("clerk")
    assert reader.open(path).status_code == 404


def test_signing_out_by_tls_tells_the_browser_to_forget_what_it_was_shown(by_tls: Reader) -> None:
    """The client here sends a `Secure` cookie over the loopback only if it is told to."""
    jar = {}
    page = by_tls.open("/sign-in")
    jar["cookie"] = page.headers["set-cookie"].partition(";")[0]
    origin = by_tls.base.replace("http:", "https:")
    fields = {
        "form_token": form_token(page.text),
        "office": "east",
        "name": "clerk",
        "password": "今天下午三点在窗口见面吧",
    }
    given = by_tls.client.post("/sign-in", data=fields, headers={**jar, "origin": origin})
    jar["cookie"] = given.headers["set-cookie"].partition(";")[0]
    token = form_token(by_tls.client.get("/account", headers=jar).text)
    answer = by_tls.client.post("/sign-out", data={"form_token": token}, headers={**jar, "origin": origin})
    assert leads_to(answer) == "/sign-in" and answer.headers["clear-site-data"] == '"cache", "storage"'
    assert leads_to(by_tls.client.get("/", headers=jar)) == "/sign-in"


def test_by_tls_what_is_remembered_of_a_reader_is_for_this_host_alone(by_tls: Reader) -> None:
    told = by_tls.open("/sign-in?lang=en").headers.get_list("set-cookie")
    names = {cookie.partition("=")[0]: cookie for cookie in told}
    assert set(names) == {"__Host-lang", "__Host-shixian-visit"}
    assert all("; Secure" in cookie and "; HttpOnly" in cookie and "; Path=/" in cookie for cookie in told)


def test_as_sla_serves_nobody_but_a_named_proxy_says_who_asks_and_the_server_says_nothing_of_itself(app: App) -> None:
    with serving(app, **{**served_with(Settings()), "log_level": "critical"}) as base, closing(Reader(base)) as reader:
        headers = {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9", "x-forwarded-host": "x.example"}
        answer = reader.client.get("/sign-in", headers=headers)
        assert answer.status_code == 200
        assert "strict-transport-security" not in answer.headers and "server" not in answer.headers
        assert all("__Host-" not in cookie for cookie in answer.headers.get_list("set-cookie"))


def test_a_language_that_was_remembered_by_tls_is_spoken(by_tls: Reader) -> None:
    answer = httpx.get(
        f"{by_tls.base}/sign-in",
        headers={"x-forwarded-proto": "https", "cookie": "__Host-lang=en"},
        trust_env=False,
        verify=False,
    )
    assert 'lang="en"' in answer.text
