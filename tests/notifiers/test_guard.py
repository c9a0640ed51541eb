"""The one door to HTTP: where it leads, where it does not, and what it says when a call fails."""

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug import Response as Answer

from notifiers.addresses import is_public
from notifiers.guard import Guard, Response
from notifiers.message import DeliveryError
from tests.notifiers.cast import HERE, NOW

SHORT = timedelta(seconds=0.5)


@pytest.fixture
def guard() -> Iterator[Guard]:
    """Allowed to call this machine, by its name."""
    with Guard(frozenset({"localhost"})) as guard:
        yield guard


def refusal(call: Callable[[], object]) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        call()
    return caught.value


def answering(*answers: Sequence[str]) -> tuple[Callable[[str, int], Sequence[str]], list[str]]:
    """A resolver that gives these answers one after another, and what it was asked."""
    asked: list[str] = []
    rest = iter(answers)

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return next(rest)

    return resolve, asked


# --- where it does not lead ------------------------------------------------------------------------------------------
SPELLINGS = [  # of addresses that are not public
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.255.255.254", "localhost", "LOCALHOST"),
    *("localhost.", "0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"),
    *("[0:0:0:0:0:ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::1]", "①②⑦.0.0.1", "127。0。0。1"),
    *("169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[fe80::1]"),
    *("[fd00:ec2::254]", "100.100.100.200", "168.63.129.16", "192.0.0.192"),  # metadata: AWS, Aliyun, Azure, Oracle
    *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "198.18.0.1", "192.0.2.1"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "[ff02::1]", "[fc00::1]", "[fec0::1]"),
    *("[2001:db8::1]", "[2001::1]", "[100::1]"),
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_an_address_that_is_not_public_gets_through(host: str, httpserver: HTTPServer) -> None:
    with Guard() as guard:
        error = refusal(lambda: guard.post(f"http://{host}:{httpserver.port}/hook", b"{}", {}))
    assert httpserver.log == []
    assert "not public" in str(error) or "not a URL" in str(error) or "cannot be resolved" in str(error)
    assert error.permanent or "cannot be resolved" in str(error)


@pytest.mark.parametrize("address", ["8.8.8.8", "223.5.5.5", "2400:3200::1", "2606:4700::1111", "64:ff9b::808:808"])
def test_the_public_resolvers_of_google_alibaba_and_cloudflare_have_public_addresses(address: str) -> None:
    assert is_public(address)


# RFC 1918, 6598, 1122, 3927, 5735, 1112: networks nobody outside may use
CLOSED = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "0.0.0.0/8",
]


@given(st.sampled_from([*CLOSED, "224.0.0.0/4", "240.0.0.0/4"]).flatmap(lambda n: st.ip_addresses(v=4, network=n)))
def test_a_closed_network_stays_closed_however_its_address_is_wrapped_in_ipv6(address: IPv4Address) -> None:
    wrapped = [f"::ffff:{address}", f"::{address}", f"64:ff9b::{address}"]
    assert not any(map(is_public, [str(address), *wrapped]))


def test_one_closed_address_among_public_ones_refuses_the_host(httpserver: HTTPServer) -> None:
    resolve, _ = answering(["8.8.8.8", "127.0.0.1"])
    with Guard(resolve=resolve) as guard:
        error = refusal(lambda: guard.post(f"http://hook.test:{httpserver.port}/", b"", {}))
    assert error.permanent
    assert "hook.test leads to an address that is not public" in str(error)


def test_what_is_asked_goes_by_the_same_door_and_brings_as_much_as_was_asked_for(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/keys", method="GET", headers={"accept": "x"}).respond_with_data("期" * 9_000)
    with Guard(frozenset({"localhost"})) as guard:
        url = f"http://localhost:{httpserver.port}/keys"
        assert guard.get(url, {"accept": "x"}, most=5_000).text == "期" * 5_000
        assert refusal(lambda: guard.get(f"http://127.0.0.1:{httpserver.port}/keys", {})).permanent
    with Guard() as guard:
        assert "is not public" in str(refusal(lambda: guard.get(url, {})))


def test_only_the_host_that_was_allowed_by_name_is_let_through(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("ok")
    with Guard(frozenset({"LocalHost."})) as guard:
        assert guard.post(f"http://localhost:{httpserver.port}/hook", b"", {}).status == 200
        assert refusal(lambda: guard.post(f"http://127.0.0.1:{httpserver.port}/hook", b"", {})).permanent


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://hook.test/",
            "file:///etc/passwd",
            "gopher://hook.test/",
            "hook.test/path",
            "//hook.test/",
            "http://",
            "",
        ),
        *(
            "http://user:pass@hook.test/",
            "http://user@hook.test/",
            "http://hook.test:port/",
            "http://hook.test:99999/",
            "http://[::1/",
            "http://a\x00b/",
        ),
    ],
)
def test_what_is_not_a_plain_web_address_is_refused_for_good(url: str) -> None:
    with Guard(frozenset({"hook.test"})) as guard:
        error = refusal(lambda: guard.post(url, b"", {}))
    assert error.permanent
    assert "pass" not in str(error).replace("password", "")


# --- the checked address is the one that is called -------------------------------------------------------------------
def test_a_name_that_moves_between_check_and_call_is_called_at_the_address_that_was_checked() -> None:
    with HTTPServer("127.0.0.1", 0) as first, HTTPServer("127.0.0.2", first.port) as second:
        first.expect_request("/").respond_with_data("first")
        second.expect_request("/").respond_with_data("second")
        resolve, asked = answering(["127.0.0.1"], ["127.0.0.2"])
        with Guard(frozenset({"hook.test"}), resolve=resolve) as guard:
            assert guard.post(f"http://hook.test:{first.port}/", b"", {}).text == "first"
        assert asked == ["hook.test"]
        assert second.log == []


def test_a_name_that_moves_to_this_machine_after_it_was_public_is_refused_at_the_next_call(
    httpserver: HTTPServer,
) -> None:
    resolve, _ = answering([], ["127.0.0.1"])
    with Guard(resolve=resolve) as guard:
        assert not refusal(lambda: guard.post(f"http://hook.test:{httpserver.port}/", b"", {})).permanent
        assert refusal(lambda: guard.post(f"http://hook.test:{httpserver.port}/", b"", {})).permanent
    assert httpserver.log == []


def test_the_operating_system_is_asked_for_the_name_once_a_connection(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    real = socket.getaddrinfo

    def listening(host: str, *rest: int, **more: int) -> object:
        names.append(host)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", listening)
    httpserver.expect_request("/").respond_with_data("ok")
    with Guard(frozenset({"localhost"})) as guard:
        guard.post(f"http://localhost:{httpserver.port}/", b"", {})
    assert names.count("localhost") == 1


def test_the_name_stays_in_the_host_header_and_in_the_certificate_check() -> None:
    with tls_server() as server:
        server.expect_request("/").respond_with_handler(lambda request: Answer(request.host))
        trusting = ssl.create_default_context(cafile=HERE / "tls" / "authority.pem")
        allowed = frozenset({"hook.test", "other.test"})
        with Guard(allowed, resolve=lambda host, port: ["127.0.0.1"], tls=trusting) as guard:
            assert guard.post(f"https://hook.test:{server.port}/", b"", {}).text == f"hook.test:{server.port}"
            error = refusal(lambda: guard.post(f"https://other.test:{server.port}/secret", b"", {}))
    assert "its certificate was not accepted" in str(error)
    assert not error.permanent
    assert not error.unknown


def test_a_certificate_of_an_unknown_authority_is_not_accepted() -> None:
    with (
        tls_server() as server,
        Guard(frozenset({"hook.test"}), resolve=lambda host, port: ["127.0.0.1"]) as guard,
    ):
        error = refusal(lambda: guard.post(f"https://hook.test:{server.port}/", b"", {}))
    assert "certificate was not accepted" in str(error)


def tls_server() -> HTTPServer:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(HERE / "tls" / "hook.test.pem")
    return HTTPServer("127.0.0.1", 0, ssl_context=context)


def test_a_second_address_is_tried_when_the_first_does_not_answer(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    with Guard(frozenset({"hook.test"}), resolve=lambda host, port: ["::1", "127.0.0.3", "127.0.0.1"]) as guard:
        assert guard.post(f"http://hook.test:{httpserver.port}/", b"", {}).text == "ok"


# --- what comes back -------------------------------------------------------------------------------------------------
def test_body_and_headers_arrive_as_they_were_given(guard: Guard, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("taken", status=202, headers={"X-Number": "7"})
    response = guard.post(httpserver.url_for("/hook"), "到期".encode(), {"webhook-id": "k1"})
    [(request, _)] = httpserver.log
    assert (request.method, request.get_data().decode(), request.headers["webhook-id"]) == ("POST", "到期", "k1")
    assert (response.status, response.headers["x-number"], response.text) == (202, "7", "taken")


def test_a_redirect_is_not_followed(guard: Guard, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data(status=307, headers={"Location": httpserver.url_for("/other")})
    assert guard.post(httpserver.url_for("/hook"), b"", {}).status == 307
    assert [request.path for request, _ in httpserver.log] == ["/hook"]


@pytest.mark.parametrize("location", [b"http://[::1/", b"mailto:x", b"http://:x/"])
def test_a_redirect_to_what_is_no_address_is_a_refusal_like_any_other(location: bytes) -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
    speaks = Speaking(lambda connection, over: connection.sendall(answer))
    with speaks as port, Guard(frozenset({"127.0.0.1"})) as guard:
        assert refused_or_redirect(lambda: guard.post(f"http://127.0.0.1:{port}/", b"", {}))


def refused_or_redirect(call: Callable[[], Response]) -> bool:
    try:
        return call().status == 302
    except DeliveryError as error:
        return error.permanent


def test_of_a_long_answer_two_thousand_characters_are_kept(guard: Guard, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("期" * 3_000_000)
    assert guard.post(httpserver.url_for("/hook"), b"", {}).text == "期" * 2_000


def test_an_answer_that_is_not_utf_8_is_read_all_the_same(guard: Guard, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data(b"ok \xff")
    assert guard.post(httpserver.url_for("/hook"), b"", {}).text == "ok �"


def test_no_cookie_is_kept_from_one_call_to_the_next(guard: Guard, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("ok", headers={"Set-Cookie": "seen=1"})
    for _ in range(2):
        guard.post(httpserver.url_for("/hook"), b"", {})
    assert ["Cookie" in request.headers for request, _ in httpserver.log] == [False, False]


def test_a_proxy_named_in_the_environment_is_not_used(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    httpserver.expect_request("/hook").respond_with_data("ok")
    with Guard(frozenset({"localhost"})) as guard:
        assert guard.post(httpserver.url_for("/hook"), b"", {}).status == 200


# --- when it fails ---------------------------------------------------------------------------------------------------
def test_no_answer_in_time_is_unknown_and_not_failed(httpserver: HTTPServer) -> None:
    over = threading.Event()

    def hang(_: Request) -> Answer:
        over.wait(10)
        return Answer("late")

    httpserver.expect_request("/hook").respond_with_handler(hang)
    with Guard(frozenset({"localhost"}), timeout=SHORT) as guard:
        error = refusal(lambda: guard.post(httpserver.url_for("/hook?key=SECRET"), b"", {}))
    over.set()
    assert error.unknown
    assert not error.permanent
    assert str(error) == "no answer from http://localhost in time; it may have arrived"


def test_an_answer_that_drips_ends_with_the_time_of_the_whole_call() -> None:
    with Speaking(drip) as port, Guard(frozenset({"127.0.0.1"}), timeout=SHORT) as guard:
        error = refusal(lambda: guard.post(f"http://127.0.0.1:{port}/", b"", {}))
    assert error.unknown


def test_a_call_that_breaks_off_may_have_arrived() -> None:
    hangs_up = Speaking(lambda connection, over: connection.recv(65_536))
    with hangs_up as port, Guard(frozenset({"127.0.0.1"})) as guard:
        error = refusal(lambda: guard.post(f"http://127.0.0.1:{port}/key", b"", {}))
    assert error.unknown
    assert "key" not in str(error)


def test_a_refused_connection_has_not_arrived_and_is_tried_again() -> None:
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/hook?key=SECRET"
        with Guard(frozenset({"127.0.0.1"})) as guard:
            error = refusal(lambda: guard.post(url, b"", {}))
    assert str(error) == "no connection to http://127.0.0.1: Connection refused"
    assert (error.permanent, error.unknown) == (False, False)


def test_a_name_nobody_knows_is_tried_again() -> None:
    with Guard() as guard:  # RFC 6761: .invalid never resolves
        error = refusal(lambda: guard.post("http://nobody.invalid/hook?key=SECRET", b"", {}))
    assert str(error) == "nobody.invalid cannot be resolved"
    assert not error.permanent


def test_neither_errors_nor_logs_hold_the_path_or_the_query(
    guard: Guard, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    httpserver.expect_request("/robot/SECRET").respond_with_data("no", status=500)
    with caplog.at_level(logging.DEBUG):
        guard.post(httpserver.url_for("/robot/SECRET?key=SECRET"), b"", {"x-secret": "SECRET"})
        refusal(lambda: guard.post("http://127.0.0.1/SECRET?key=SECRET", b"", {}))
        illegal = refusal(lambda: guard.post(httpserver.url_for("/SECRET"), b"", {"x": "SECRET\r\nInjected: 1"}))
    ours = [record for record in caplog.records if record.name != "werkzeug"]
    assert "SECRET" not in "".join(record.getMessage() for record in ours)
    assert str(illegal) == "the call to http://localhost is not valid HTTP"


# --- Retry-After (RFC 9110, 10.2.3) ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "pause"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta(0)),
        ("Wed, 23 Sep 2026 00:31:00 GMT", timedelta(minutes=1)),
        ("Wednesday, 23-Sep-26 00:31:00 GMT", timedelta(minutes=1)),  # RFC 850 form, obsolete and still to be read
        ("Wed, 23 Sep 2026 00:29:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date(value: str, pause: timedelta | None) -> None:
    assert Response(429, {"retry-after": value}, "").retry_after(NOW) == pause


def test_retry_after_is_counted_from_the_time_that_is_handed_in() -> None:
    noon = datetime(1999, 12, 31, 12, 0, tzinfo=UTC)
    response = Response(503, {"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}, "")  # the example of RFC 9110
    assert response.retry_after(noon) == timedelta(hours=11, minutes=59, seconds=59)


# --- servers that speak badly ----------------------------------------------------------------------------------------
def drip(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while not over.wait(0.05):
        connection.sendall(b"x")


class Speaking:
    """Takes one connection and leaves it to `behave`; gives its port."""

    def __init__(self, behave: Callable[[socket.socket, threading.Event], object]) -> None:
        self._behave = behave
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, suppress(OSError):  # the caller may have gone
            self._behave(connection, self._over)

    def __enter__(self) -> int:
        self._thread.start()
        return int(self._listener.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._listener.close()
