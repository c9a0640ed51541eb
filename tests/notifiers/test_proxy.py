"""Through the office's proxy: where calls go, what of them is checked, and what is said when the proxy says no."""

import logging
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug import Response as Answer

from notifiers.answers import refused
from notifiers.guard import Guard
from notifiers.proxy import Proxy, ProxyError, proxy_at
from tests.notifiers.cast import HERE, NOW
from tests.notifiers.proxies import PASSWORD, QUOTED, Desk, proxying
from tests.notifiers.test_guard import SPELLINGS, refusal, tls_server

SHORT = timedelta(seconds=0.5)
NAMES = {"hook.test": "127.0.0.1"}  # which nobody but the proxy knows
ALLOWED = frozenset({"hook.test"})


def here(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def two_places(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1", "127.0.0.2"]


def nobody(host: str, port: int) -> Sequence[str]:
    pytest.fail(f"{host} was looked up, which is the proxy's to do")


@contextmanager
def through(
    desk: Desk,
    *,
    login: str = "",
    resolves: bool = False,
    direct: frozenset[str] = frozenset(),
    allowed: frozenset[str] = ALLOWED,
    **more: Any,
) -> Iterator[Guard]:
    """A guard that calls through the proxy; names that it looks up itself lead to this machine."""
    with proxying(desk) as port:
        proxy = proxy_at(f"http://{login}{'@' if login else ''}127.0.0.1:{port}", direct, resolves=resolves)
        resolve: Callable[[str, int], Sequence[str]] = more.pop("resolve", nobody if resolves else here)
        with Guard(allowed, proxy=proxy, resolve=resolve, **more) as guard:
            yield guard


@pytest.fixture
def hook(httpserver: HTTPServer) -> str:
    """An address that answers with the Host header it got."""
    httpserver.expect_request("/hook").respond_with_handler(lambda request: Answer(request.host))
    return f"http://hook.test:{httpserver.port}/hook?key=1"


# --- where it leads --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("resolves", "target"), [(False, "127.0.0.1"), (True, "hook.test")])
def test_https_is_a_tunnel_to_the_checked_address_or_to_the_name_and_the_certificate_is_the_names(
    resolves: bool, target: str
) -> None:
    trusting = ssl.create_default_context(cafile=HERE / "tls" / "authority.pem")
    desk = Desk({**NAMES, "other.test": "127.0.0.1"})
    with tls_server() as server:
        server.expect_request("/").respond_with_handler(lambda request: Answer(request.host))
        with through(desk, resolves=resolves, tls=trusting, allowed=frozenset({"hook.test", "other.test"})) as guard:
            assert guard.post(f"https://hook.test:{server.port}/", b"", {}).text == f"hook.test:{server.port}"
            error = refusal(lambda: guard.post(f"https://other.test:{server.port}/", b"", {}))
    assert desk.asked[0] == f"CONNECT {target}:{server.port}"
    assert "its certificate was not accepted" in str(error)
    assert (error.permanent, error.unknown) == (False, False)


def test_plain_http_is_a_tunnel_too_where_the_address_was_checked(hook: str, httpserver: HTTPServer) -> None:
    desk = Desk()
    with through(desk) as guard:
        assert guard.post(hook, b"{}", {}).text == f"hook.test:{httpserver.port}"
    assert desk.asked == [f"CONNECT 127.0.0.1:{httpserver.port}"]


def test_plain_http_is_a_whole_address_where_the_proxy_resolves(hook: str, httpserver: HTTPServer) -> None:
    desk = Desk(NAMES)
    with through(desk, resolves=True) as guard:
        assert guard.post(hook, "到期".encode(), {"webhook-id": "k1"}).text == f"hook.test:{httpserver.port}"
    assert desk.asked == [f"POST {hook}"]
    [(request, _)] = httpserver.log
    assert (request.get_data().decode(), request.headers["webhook-id"], request.args["key"]) == ("到期", "k1", "1")


def test_hosts_that_were_excepted_are_called_without_it(hook: str, httpserver: HTTPServer) -> None:
    desk = Desk()
    with through(desk, direct=frozenset({".TEST"})) as guard:
        assert guard.post(hook, b"", {}).status == 200
    assert desk.asked == []


@pytest.mark.parametrize(
    ("direct", "host", "passed"),
    [
        ("desk.office.example", "Desk.Office.Example.", True),
        ("desk.office.example", "a.desk.office.example", False),
        (".office.example", "desk.office.example", True),
        (".office.example", "office.example", False),
        (".office.example", "myoffice.example", False),
        ("10.0.0.5", "10.0.0.5", True),
    ],
)
def test_a_name_excepts_itself_and_one_with_a_dot_before_it_all_under_it(direct: str, host: str, passed: bool) -> None:
    assert Proxy("proxy", 3128, direct=frozenset({direct})).is_passed(host) is passed


def test_the_next_address_of_a_host_is_tried_where_the_proxy_cannot_reach_the_first(hook: str) -> None:
    desk = Desk(unreachable=frozenset({"[::1]"}))
    with through(desk, resolve=lambda host, port: ["::1", "127.0.0.1"]) as guard:
        assert guard.post(hook, b"", {}).status == 200
    assert [asked.partition(" ")[2].rpartition(":")[0] for asked in desk.asked] == ["[::1]", "127.0.0.1"]


# --- where it does not lead ------------------------------------------------------------------------------------------
INSIDE = [
    *("localhost", "foo.localhost", "LOCALHOST.", "metadata.google.internal", "metadata", "intranet", "printer.local"),
    *("nas.lan", "dc.corp", "router.home.arpa", "1.2.3.4.5"),
]


def test_no_spelling_of_an_address_that_is_not_public_gets_to_a_proxy_that_resolves() -> None:
    desk = Desk()
    with through(desk, resolves=True) as guard:
        for scheme in ("http", "https"):
            for host in (*SPELLINGS, *INSIDE):
                error = refusal(partial(guard.post, f"{scheme}://{host}/hook", b"{}", {}))
                assert error.permanent, host
                assert "not public" in str(error) or "not a URL" in str(error), host
    assert desk.asked == []


def test_what_does_not_lead_outside_is_not_asked_of_a_proxy_that_does_not_resolve(hook: str) -> None:
    desk = Desk()
    with through(desk, allowed=frozenset()) as guard:
        error = refusal(lambda: guard.post(hook, b"", {}))
    assert error.permanent and "not public" in str(error)
    assert desk.asked == []


def test_a_host_of_the_inside_that_was_allowed_by_name_is_asked_of_the_proxy(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("ok")
    with through(Desk({"gateway": "127.0.0.1"}), resolves=True, allowed=frozenset({"gateway"})) as guard:
        assert guard.post(f"http://gateway:{httpserver.port}/hook", b"", {}).text == "ok"


# --- what it says no to ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("resolves", [False, True], ids=["tunnel", "whole address"])
def test_a_proxy_that_asks_for_a_password_gets_it_and_nobody_else_does(
    hook: str, httpserver: HTTPServer, resolves: bool, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(NAMES, user="sla")
    shown: list[str] = []
    with caplog.at_level(logging.DEBUG):
        with through(desk, login=f"sla:{QUOTED}", resolves=resolves) as guard:
            assert guard.post(hook, b"", {}).status == 200
            shown.append(repr(vars(guard)) + repr(guard._transport._proxy))
        [(request, _)] = httpserver.log
        assert "Proxy-Authorization" not in request.headers
        for login, said in (
            ("", "the proxy asks for a user name and a password (HTTP 407)"),
            ("sla:wrong", "the proxy does not accept the user name and password (HTTP 407)"),
        ):
            desk.asked.clear()
            with through(desk, login=login, resolves=resolves, resolve=two_places) as guard:
                error = refusal(lambda: guard.post(hook, b"", {}))
            assert (str(error), error.permanent, error.unknown) == (said, False, False)
            assert len(desk.asked) == 1, "a wrong password is not tried again and again: accounts are locked for that"
    assert len(httpserver.log) == 1, "nothing was sent"
    heard = [head.partition("Basic ")[2].split("\r\n")[0] for head in desk.heads]
    shown += [record.getMessage() for record in caplog.records if record.name != "werkzeug"]
    assert not [text for text in shown for secret in (PASSWORD, QUOTED, "wrong", *heard) if secret and secret in text]


@pytest.mark.parametrize("resolves", [False, True], ids=["tunnel", "whole address"])
def test_a_proxy_that_is_down_has_sent_nothing(hook: str, resolves: bool) -> None:
    with proxying(Desk()) as port:
        pass
    proxy = proxy_at(f"http://sla:{QUOTED}@127.0.0.1:{port}", resolves=resolves)
    with Guard(ALLOWED, proxy=proxy, resolve=here) as guard:
        error = refusal(lambda: guard.post(hook, b"", {}))
    assert str(error) == f"no connection to the proxy 127.0.0.1:{port}: Connection refused"
    assert (error.permanent, error.unknown) == (False, False)


@pytest.mark.parametrize(
    ("desk", "said"),
    [
        (Desk(says=502), "the proxy made no connection to hook.test: HTTP 502"),
        (Desk(says=403), "the proxy made no connection to hook.test: HTTP 403"),
        (Desk(hangs=True), "the proxy made no connection to hook.test: timed out"),
        (Desk(garbage=b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "what the proxy answers is not HTTP"),
        (Desk(garbage=b"HTTP/1.1 200 OK\r\n\r\nmore"), "what the proxy answers is not HTTP"),
        (Desk(garbage=b"HTTP/1.1 200 OK\r\n"), "what the proxy answers is not HTTP"),
        (Desk(garbage=b"x" * 100_000), "what the proxy answers is not HTTP"),
    ],
    ids=["502", "403", "hangs", "no HTTP", "speaks ahead", "half a head", "no end"],
)
def test_a_tunnel_that_was_not_made_has_sent_nothing(hook: str, httpserver: HTTPServer, desk: Desk, said: str) -> None:
    with through(desk, timeout=SHORT) as guard:
        error = refusal(lambda: guard.post(hook, b"", {}))
    assert (str(error), error.permanent, error.unknown) == (said, False, False)
    assert httpserver.log == []


@pytest.mark.parametrize(("status", "unknown"), [(502, True), (504, True), (503, False)])
def test_of_a_whole_address_a_gateways_502_and_504_may_have_arrived(hook: str, status: int, unknown: bool) -> None:
    with through(Desk(says=status), resolves=True) as guard:
        error = refused(guard.post(hook, b"", {}), NOW)
    assert (error.permanent, error.unknown) == (False, unknown)


@pytest.mark.parametrize("resolves", [False, True], ids=["tunnel", "whole address"])
def test_no_answer_behind_the_proxy_is_unknown_as_without_it(httpserver: HTTPServer, resolves: bool) -> None:
    over = threading.Event()

    def hang(_: Request) -> Answer:
        over.wait(10)
        return Answer("late")

    httpserver.expect_request("/slow").respond_with_handler(hang)
    with through(Desk(NAMES), resolves=resolves, timeout=SHORT) as guard:
        error = refusal(lambda: guard.post(f"http://hook.test:{httpserver.port}/slow", b"", {}))
    over.set()
    assert error.unknown
    assert str(error) == "no answer from http://hook.test in time; it may have arrived"


# --- its address -----------------------------------------------------------------------------------------------------
def test_an_address_is_read_with_user_and_password_decoded() -> None:
    proxy = proxy_at(f"http://s%40a:{QUOTED}@Proxy.Office.Example:3128/")
    assert (proxy.host, proxy.port) == ("proxy.office.example", 3128)
    assert proxy.authorization == "Basic c0BhOnByb3h5LXBhc3M6d8O2cmRAMQ=="  # printf 's@a:proxy-pass:wörd@1' | base64
    assert "c0Bh" not in repr(proxy)


@pytest.mark.parametrize(
    "url",
    [
        "proxy:3128", "https://proxy:3128", "socks5://proxy:1080", "http://proxy", "http://:3128", "http://proxy:port",
        "http://sla:hunter2#x@proxy:3128", "http://sla:hunter2/x@proxy:3128", "http://sla:1234?hunter2@proxy:3128",
        "http://proxy:3128/hunter2", "http://[proxy:3128", "hunter2",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_proxy_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(ProxyError, match=r"write http://proxy\.office\.example:3128") as caught:
        proxy_at(url)
    assert "hunter2" not in str(caught.value)
