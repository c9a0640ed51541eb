"""What every channel has to do, whatever it speaks: one suite over all of them, against real servers.

A channel that is not in it fails the first test.
"""

import json
import logging
import pkgutil
import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response as Answer

from notifiers import channels
from notifiers.channel import Channel
from notifiers.channels.email import EmailChannel
from notifiers.channels.log import LogChannel
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from tests.notifiers.cast import CLERK, NOW, message
from tests.notifiers.dialects import DIALECTS, KEY, RIGHT, WRONG, OtherSide, says, status
from tests.notifiers.test_email import SENDER, Desk, authenticator, free_port, server_tls, serving, trusting

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # a plugin of Apprise's

LINK = "https://office.example/cases/2026-17"
SECRETS = (KEY, RIGHT, WRONG, RIGHT[6:], WRONG[6:], "SECRET-0a1b2c", "SECRET-9z8y7x", "13800138000")
SHORT = timedelta(seconds=0.5)

every = pytest.mark.parametrize("side", sorted(DIALECTS), indirect=True)
guarded = pytest.mark.parametrize("side", sorted(k for k, d in DIALECTS.items() if d.guarded), indirect=True)
measured = pytest.mark.parametrize("side", sorted(k for k, d in DIALECTS.items() if d.most), indirect=True)


@pytest.fixture
def side(request: pytest.FixtureRequest, httpserver: HTTPServer) -> OtherSide:
    return OtherSide(DIALECTS[request.param], httpserver)


@pytest.fixture
def guard() -> Iterator[Guard]:
    with Guard(frozenset({"localhost"}), timeout=SHORT) as guard:
        yield guard


@pytest.fixture(autouse=True)
def nothing_secret_is_said(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No log of ours, at any level, has a secret in it; the servers of the tests log what they are called with."""
    levels = {name: logging.getLogger(name).level for name in ("apprise", "urllib3")}
    with caplog.at_level(logging.DEBUG):
        yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    said = [record.getMessage() for record in caplog.records if record.name not in {"werkzeug", "mail.log"}]
    assert not [line for line in said if any(secret in line for secret in SECRETS)]


def send(side: OtherSide, guard: Guard, told: Message | None = None, *, wrong: bool = False, base: str = "") -> Receipt:
    secret = side.dialect.wrong if wrong else side.dialect.secret
    channel = side.dialect.make(base or side.base, secret, guard)
    return channel.send(told or message(link=LINK), Recipient("p-7", "王小明", side.dialect.address, "zh-CN"), NOW)


def failure(call: Callable[[], object]) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        call()
    assert not any(secret in str(caught.value) for secret in SECRETS)
    assert not re.search(r"\w\.\w+/\w|\?\w+=", str(caught.value)), "no path of an address"
    return caught.value


def is_unknown(error: DeliveryError) -> bool:
    return (error.permanent, error.unknown, error.retry_after) == (False, True, None)


def test_every_channel_is_in_this_suite() -> None:
    assert {module.name for module in pkgutil.iter_modules(channels.__path__)} == {*DIALECTS, "email", "log"}


# --- yes, no, wait, and no answer ------------------------------------------------------------------------------------
@every
def test_a_yes_is_a_receipt(side: OtherSide, guard: Guard) -> None:
    receipt = send(side, guard)
    assert receipt.reference
    assert not any(secret in f"{receipt.reference} {receipt.detail}" for secret in SECRETS)
    [heard] = side.heard
    assert side.dialect.lets_in(heard)
    shown = side.dialect.read(heard)
    assert "2026-17" in shown


@every
def test_a_refusal_for_good_is_permanent(side: OtherSide, guard: Guard) -> None:
    side.answer = side.dialect.permanent
    error = failure(lambda: send(side, guard))
    if side.dialect.tells_why:
        assert (error.permanent, error.unknown) == (True, False)
    else:
        assert is_unknown(error)


@every
def test_a_refusal_of_the_moment_asks_for_its_pause(side: OtherSide, guard: Guard) -> None:
    side.answer = side.dialect.wait
    error = failure(lambda: send(side, guard))
    if side.dialect.tells_why:
        assert (error.permanent, error.unknown, error.retry_after) == (False, False, side.dialect.pause)
    else:
        assert is_unknown(error)


@every
@pytest.mark.parametrize("over_http", [False, True])
def test_busy_is_tried_again(over_http: bool, side: OtherSide, guard: Guard) -> None:
    side.answer = status(500) if over_http else side.dialect.busy
    error = failure(lambda: send(side, guard))
    if side.dialect.tells_why:
        assert (error.permanent, error.unknown, error.retry_after) == (False, False, None)
    else:
        assert is_unknown(error)


@guarded
def test_the_pause_asked_for_in_http_is_honoured(side: OtherSide, guard: Guard) -> None:
    side.answer = status(429, Retry_After="600")
    error = failure(lambda: send(side, guard))
    assert (error.permanent, error.retry_after) == (False, timedelta(minutes=10))


@every
def test_no_answer_in_time_is_unknown(side: OtherSide, guard: Guard) -> None:
    over = threading.Event()
    answer = side.answer

    def hang() -> Answer:
        over.wait(10)
        return answer()

    side.answer = hang
    try:
        assert is_unknown(failure(lambda: send(side, guard)))
    finally:
        over.set()


@every
def test_an_answer_that_breaks_off_is_unknown(side: OtherSide, guard: Guard) -> None:
    with breaking_off() as base:
        assert is_unknown(failure(lambda: send(side, guard, base=base)))


@contextmanager
def breaking_off() -> Iterator[str]:
    """A server that hears a call, begins to answer, and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://localhost:{listener.getsockname()[1]}"
    thread.join()
    listener.close()


@every
def test_where_nobody_listens_nothing_was_sent(side: OtherSide, guard: Guard) -> None:
    error = failure(lambda: send(side, guard, base=f"http://localhost:{free_port()}"))
    assert not error.permanent
    assert error.unknown is not side.dialect.tells_why


@every
def test_a_redirect_is_not_followed(side: OtherSide, guard: Guard) -> None:
    side.answer = status(307, Location="/elsewhere")
    error = failure(lambda: send(side, guard))
    assert error.permanent is side.dialect.tells_why
    assert len(side.heard) == 1


@pytest.mark.parametrize("side", ["aliyun", "dingtalk", "feishu", "sms", "tencent", "wecom"], indirect=True)
@pytest.mark.parametrize("text", ["", "<html>sign in to the network</html>", "[]", '"ok"', "{", '{"x": 1}'])
def test_a_200_that_is_neither_yes_nor_no_is_unknown(text: str, side: OtherSide, guard: Guard) -> None:
    side.answer = lambda: Answer(text, 200)
    assert is_unknown(failure(lambda: send(side, guard)))


# --- known to the service, and to nobody else ------------------------------------------------------------------------
@every
def test_a_wrong_secret_is_refused_for_good_and_not_repeated(side: OtherSide, guard: Guard) -> None:
    def judge() -> Answer:
        lets_in = side.dialect.lets_in(side.heard[-1])
        return side.dialect.yes() if lets_in else side.dialect.shut_out()

    side.answer = judge
    assert send(side, guard).reference
    error = failure(lambda: send(side, guard, wrong=True))
    assert error.permanent is side.dialect.tells_why


@every
def test_an_answer_that_quotes_what_it_was_sent_gives_no_secret_away(side: OtherSide, guard: Guard) -> None:
    quoted = f"{side.dialect.key} {side.dialect.secret} 13800138000 {side.base}/x?key={KEY}"
    for code in (200, 400, 503):
        side.answer = says(
            code, errcode=7, errmsg=quoted, code=7, msg=quoted, message=quoted, Code="isv.X", Message=quoted,
            Response={"Error": {"Code": "FailedOperation.X", "Message": quoted}},
        )  # fmt: skip
        if code != 200 or side.dialect.yes().get_data():  # for whom any 200 is a yes, it is one
            failure(lambda: send(side, guard))


# --- the same on every try -------------------------------------------------------------------------------------------
@every
def test_every_try_says_the_same_and_a_repeat_is_known_or_said_to_be_one(side: OtherSide, guard: Guard) -> None:
    side.answer = side.dialect.busy
    first = message(link=LINK)
    for told in (first, first, replace(first, repeat_note="（重发，或已收到）")):
        failure(lambda told=told: send(side, guard, told))  # type: ignore[misc]
    texts = [side.dialect.read(request) for request in side.heard]
    assert texts[0] == texts[1]
    if side.dialect.is_same:
        assert len({side.dialect.is_same(request) for request in side.heard}) == 1
    else:
        assert "（重发，或已收到）" in texts[2]
        assert "重发" not in texts[1]


# --- texts from outside ----------------------------------------------------------------------------------------------
@measured
def test_a_text_that_is_too_long_is_cut_and_ends_with_the_link(side: OtherSide, guard: Guard) -> None:
    assert side.dialect.most
    size, most = side.dialect.most
    send(side, guard, message(subject="期" * 90, text='"期"<@all>\n' * 20_000, link=LINK))
    assert most * 0.9 < size(side.heard[0]) <= most
    shown = side.dialect.read(side.heard[0])
    assert "\ufffd" not in shown
    assert shown.rstrip(")").endswith(("…", LINK))


HOSTILE = [
    "@all @所有人 <@all> @13900139000",
    '<at user_id="all">所有人</at><at id=all></at>',
    "[点我](http://evil.example/) ![x](http://evil.example/x.png) <http://evil.example>",
    '<a href="http://evil.example">x</a><img src="http://evil.example/x.png"><script>alert(1)</script>',
    "x\r\nBcc: everybody@office.example\r\n\r\nbody\u2028\u0085",
    "【银行】\x00\x1b[31m\u202eabc\ud800",
    "{mobile} {password} {subject} %s {{7*7}} $(id)",
    '","isAtAll":true,"x":"',
]


@every
@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_from_outside_mentions_nobody_links_nowhere_and_breaks_nothing(
    title: str, side: OtherSide, guard: Guard
) -> None:
    text = f"2026-17 {title}\n请看 {LINK}"
    send(side, guard, message(subject=f"2026-17 {title}", text=text, data={}, link=LINK))
    [request] = side.heard
    if side.dialect.is_same:  # for programs, which get values instead
        assert title.encode("utf-8", "replace").decode() not in side.dialect.read(request)
        return
    assert not side.dialect.acts_on.search(side.dialect.read(request))
    body = request.get_data(as_text=True)
    assert not re.search(r'"isAtAll":\s*true|"user_id":\s*"(?!wang\.xm")', body)
    mentioned = re.findall(r'"(?:mentioned_list|mentioned_mobile_list|atMobiles|atUserIds)": \[([^]]*)\]', body)
    assert set(mentioned) <= {"", '"wang.xm"'}
    assert not {"Bcc", "X-Evil"} & set(request.headers.keys())


# --- where a call may lead -------------------------------------------------------------------------------------------
@guarded
@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost.", "[::1]", "[::ffff:127.0.0.1]"),
        *("169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:a9fe:a9fe]"),
        *("[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]", "100.100.100.200", "0.0.0.0", "10.0.0.1"),
    ],
)
def test_no_spelling_of_a_private_address_is_called(host: str, side: OtherSide) -> None:
    with Guard(timeout=SHORT) as nobody_allowed:
        error = failure(lambda: send(side, nobody_allowed, base=f"http://{host}:{side.server.port}"))
    assert side.heard == []
    assert error.permanent or "cannot be resolved" in str(error)  # which spellings are known depends on the system


@guarded
@pytest.mark.parametrize("name", ["robot.office.example", "robot.office.example.", "ROBOT.office.example"])
@pytest.mark.parametrize("leads_to", ["127.0.0.1", "::1"])
def test_a_name_that_leads_to_a_private_address_is_not_called(name: str, leads_to: str, side: OtherSide) -> None:
    with Guard(resolve=lambda host, port: [leads_to]) as nobody_allowed:
        error = failure(lambda: send(side, nobody_allowed, base=f"http://{name}:{side.server.port}"))
    assert error.permanent
    assert "is not public" in str(error)
    assert side.heard == []


@guarded
def test_a_private_name_is_called_if_the_administrator_allows_it(side: OtherSide) -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    base = f"http://robot.office.example:{side.server.port}"
    with Guard(frozenset({"robot.office.example"}), resolve=resolve) as allowed:
        send(side, allowed, base=base)
    assert len(side.heard) == 1


# --- mail ------------------------------------------------------------------------------------------------------------
def mail(port: int, password: str | None = None) -> Channel:
    if password is None:
        return EmailChannel("127.0.0.1", port, SENDER, "none", timeout=SHORT)
    return EmailChannel("127.0.0.1", port, SENDER, "starttls", "permits", password, timeout=SHORT, tls=trusting())


def post(channel: Channel, told: Message | None = None) -> Receipt:
    return channel.send(told or message(link=LINK), CLERK, NOW)


@pytest.mark.parametrize(("says", "permanent"), [("550 5.1.1 SECRET-0a1b2c", True), ("451 4.7.1 SECRET-0a1b2c", False)])
def test_a_mail_server_says_what_is_for_good_and_what_of_the_moment(says: str, permanent: bool) -> None:
    desk = Desk()
    desk.says["DATA"] = says
    with serving(desk) as port:
        error = failure(lambda: post(mail(port)))
    assert (error.permanent, error.unknown) == (permanent, False)


def test_a_mail_server_that_says_nothing_may_have_the_mail() -> None:
    desk = Desk()
    desk.hangs = True
    with serving(desk) as port:
        assert is_unknown(failure(lambda: post(mail(port))))


def test_a_mail_server_that_is_not_there_has_nothing() -> None:
    error = failure(lambda: post(mail(free_port())))
    assert (error.permanent, error.unknown) == (False, False)


def test_a_mail_server_with_another_password_refuses_for_good() -> None:
    with serving(Desk(), tls_context=server_tls(), authenticator=authenticator) as port:
        assert failure(lambda: post(mail(port, "SECRET-9z8y7x"))).permanent


def test_every_try_of_a_mail_has_the_same_id_and_hostile_titles_add_no_header() -> None:
    desk = Desk()
    with serving(desk) as port:
        receipts = {post(mail(port)).reference for _ in range(2)}
        plain = sorted(desk.mail().keys())
        for title in HOSTILE:
            post(mail(port), message(subject=title))
            assert sorted(desk.mail().keys()) == plain
    assert len(receipts) == 1
    assert all(taken.to == ["clerk@office.example"] for taken in desk.taken)


# --- the log ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("title", HOSTILE)
def test_the_log_gets_one_line_whatever_the_title_is(title: str, caplog: pytest.LogCaptureFixture) -> None:
    receipts = {post(LogChannel(), message(subject=title)).reference for _ in range(2)}
    lines = [record.getMessage() for record in caplog.records if record.name == "notifiers.log"]
    assert len(receipts) == 1
    assert [len(line.splitlines()) for line in lines] == [1, 1]
    assert json.loads(lines[0])["subject"] == title
