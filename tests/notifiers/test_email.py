"""The mail channel against a real SMTP server."""

import asyncio
import email
import email.policy
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from hypothesis import given
from hypothesis import strategies as st

from notifiers.calendar_file import calendar_file
from notifiers.channel import ChannelSettingsError
from notifiers.channels.email import EmailChannel, Security
from notifiers.message import Deadline, DeliveryError, Recipient
from notifiers.wording import one_line
from tests.notifiers.cast import CLERK, HERE, NOW, message

SENDER = "许可办 <permits@office.example>"


class Desk:
    """Takes mail and keeps it, or answers with what it was told to say."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.says = {"RCPT": "250 OK", "DATA": "250 OK"}
        self.hangs = False
        self.over = asyncio.Event()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.says["RCPT"].startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says["RCPT"]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(SimpleNamespace(mail=envelope.content, sender=envelope.mail_from, to=envelope.rcpt_tos))
        if self.hangs:
            await self.over.wait()
        return self.says["DATA"]

    def raw(self) -> bytes:
        return bytes(self.taken[-1].mail)

    def mail(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.raw(), policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@contextmanager
def serving(desk: Desk, **settings: Any) -> Iterator[int]:
    controller = Controller(desk, hostname="127.0.0.1", port=free_port(), **settings)
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.loop.call_soon_threadsafe(desk.over.set)
        controller.stop()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def desk_and_port() -> Iterator[tuple[Desk, int]]:
    desk = Desk()
    with serving(desk) as port:
        yield desk, port


@pytest.fixture
def desk(desk_and_port: tuple[Desk, int]) -> Desk:
    desk, _ = desk_and_port
    desk.taken.clear()
    desk.says = {"RCPT": "250 OK", "DATA": "250 OK"}
    return desk


@pytest.fixture
def post(desk_and_port: tuple[Desk, int]) -> EmailChannel:
    return channel(desk_and_port[1])


def channel(
    port: int,
    security: Security = "none",
    username: str | None = None,
    password: str | None = None,
    timeout: timedelta = timedelta(seconds=2),
    tls: ssl.SSLContext | None = None,
) -> EmailChannel:
    return EmailChannel("127.0.0.1", port, SENDER, security, username, password, timeout=timeout, tls=tls)


def failure(send: Callable[[], object]) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send()
    return caught.value


# --- what is in the mail ---------------------------------------------------------------------------------------------
def test_a_mail_has_exactly_these_headers_and_its_text(desk: Desk, post: EmailChannel) -> None:
    receipt = post.send(message(), CLERK, NOW)
    mail = desk.mail()
    assert sorted(mail.keys()) == sorted(
        [
            *("Content-Type", "MIME-Version", "Content-Transfer-Encoding"),
            *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
        ]
    )
    assert mail["Subject"] == "案件 2026-17 明天到期"
    assert mail["From"] == SENDER
    assert mail["To"] == "王 小明 <clerk@office.example>"
    assert mail["Date"] == "Wed, 23 Sep 2026 00:30:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"  # RFC 3834: no out-of-office replies
    assert mail["Message-ID"] == receipt.reference
    assert mail.get_content() == "还剩 1 个工作日。\r\n请尽快处理。"  # RFC 2045, 6.8: CRLF under base64
    assert (desk.taken[-1].sender, desk.taken[-1].to) == ("permits@office.example", ["clerk@office.example"])


def test_with_html_the_plain_text_comes_first_and_the_html_is_the_alternative(desk: Desk, post: EmailChannel) -> None:
    post.send(message(text="plain", html="<p>期</p>"), CLERK, NOW)
    mail = desk.mail()
    assert mail.get_content_type() == "multipart/alternative"
    parts = [part for part in mail.iter_parts() if isinstance(part, EmailMessage)]
    assert [(p.get_content_type(), p.get_content()) for p in parts] == [
        ("text/plain", "plain"),
        ("text/html", "<p>期</p>"),
    ]


def test_on_the_wire_a_mail_is_short_lines_of_ascii(desk: Desk, post: EmailChannel) -> None:
    post.send(message(subject="到期" * 200, text="字" * 5_000 + "\n.\n", html="<p>" + "x" * 5_000), CLERK, NOW)
    assert desk.raw().isascii()
    assert max(map(len, desk.raw().split(b"\r\n"))) <= 78  # RFC 5322, 2.1.1
    assert b"\n" not in desk.raw().replace(b"\r\n", b"")
    assert desk.mail()["Subject"] == "到期" * 200


def test_every_try_has_the_same_message_id_and_another_message_another(desk: Desk, post: EmailChannel) -> None:
    for minutes in (0, 1):
        post.send(message(key="案件|1\r\n"), CLERK, NOW + timedelta(minutes=minutes))
    post.send(message(key="案件|2"), CLERK, NOW)
    ids = [email.message_from_bytes(taken.mail)["Message-ID"] for taken in desk.taken]
    assert ids[0] == ids[1] != ids[2]
    assert all(each.startswith("<") and each.endswith("@office.example>") and "|" not in each for each in ids)


# --- nobody writes headers but us ------------------------------------------------------------------------------------
HOSTILE = [
    "due\r\nBcc: thief@evil.example",
    "due\nBcc: thief@evil.example",
    "due\rBcc: thief@evil.example",
    "due\x0bBcc: x\x0cBcc: x\x1cBcc: x\x85Bcc: x\u2028Bcc: x\u2029Bcc: thief@evil.example",
    "due\r\n\r\n<p>another body",
    "=?utf-8?q?due=0D=0ABcc:_thief=40evil.example?=",  # CVE-2024-6923
    "=?utf-8?b?ZHVlDQpCY2M6IHRoaWVmQGV2aWwuZXhhbXBsZQ==?=",
    "\x00due\r\n\tBcc: thief@evil.example",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_subject_or_name_stays_one_header(hostile: str, desk: Desk, post: EmailChannel) -> None:
    post.send(message(subject=hostile), replace(CLERK, name=hostile), NOW)
    header_lines = desk.raw().split(b"\r\n\r\n")[0].split(b"\r\n")
    assert not any(line.lower().startswith((b"bcc", b"\tbcc")) for line in header_lines)
    raw = email.message_from_bytes(desk.raw())
    assert len(raw.keys()) == 9
    assert desk.taken[-1].to == ["clerk@office.example"]
    decoded = "".join(
        part.decode(charset or "ascii") if isinstance(part, bytes) else part
        for part, charset in email.header.decode_header(raw["Subject"])
    )
    assert decoded == one_line(hostile)


@given(subject=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_whatever_the_subject_the_headers_are_the_same_nine(subject: str) -> None:
    mail = EmailChannel("mail.example", 25, SENDER, "none")._mail(
        message(subject=subject), address_of("clerk@office.example"), NOW
    )
    again = email.message_from_bytes(mail.as_bytes(policy=email.policy.compat32.clone(linesep="\r\n")))
    assert sorted(again.keys()) == sorted(mail.keys())
    assert len(mail.keys()) == 9


def address_of(address: str) -> Any:
    from email.headerregistry import Address

    return Address("王", addr_spec=address)


@pytest.mark.parametrize(
    "address",
    [
        *("", "clerk", "clerk@", "@office.example", "a@x.example, b@y.example", "a@x.example\r\nRCPT TO:<b@y.example>"),
        *(
            "a@x.example>",
            "<a@x.example>",
            "王@office.example",
            "clerk@办公室.example",
            "a b@x.example",
            '"a\r\nb"@x.example',
        ),
    ],
)
def test_what_is_not_one_plain_address_is_refused_and_not_repeated(
    address: str, desk: Desk, post: EmailChannel
) -> None:
    error = failure(lambda: post.send(message(), replace(CLERK, address=address), NOW))
    assert error.permanent
    assert str(error) == "recipient p-7 has no usable mail address"
    assert desk.taken == []


# --- how a server says no --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("said", "codes", "permanent"),
    [
        ("451 4.3.0 try later, SECRET", "451 4.3.0", False),
        ("452 mailbox full of SECRET", "452", False),
        ("550 5.1.1 no such user SECRET", "550 5.1.1", True),
        ("554 5.7.1 SECRET is spam", "554 5.7.1", True),
    ],
)
def test_4xx_is_tried_again_and_5xx_is_final_and_only_codes_are_kept(
    stage: str, said: str, codes: str, permanent: bool, desk: Desk, post: EmailChannel
) -> None:
    desk.says[stage] = said
    error = failure(lambda: post.send(message(), CLERK, NOW))
    assert (error.permanent, error.unknown) == (permanent, False)
    assert str(error) == f"the mail server 127.0.0.1 said {codes}"


def test_a_server_that_is_not_there_is_tried_again() -> None:
    error = failure(lambda: channel(free_port()).send(message(), CLERK, NOW))
    assert (error.permanent, error.unknown) == (False, False)
    assert str(error) == "no conversation with the mail server 127.0.0.1: ConnectionRefusedError"


def test_no_answer_after_the_mail_was_sent_is_unknown() -> None:
    desk = Desk()
    desk.hangs = True
    with serving(desk) as port:
        error = failure(lambda: channel(port, timeout=timedelta(seconds=0.5)).send(message(), CLERK, NOW))
    assert (error.permanent, error.unknown) == (False, True)
    assert len(desk.taken) == 1


def test_a_server_that_never_greets_was_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        error = failure(lambda: channel(port, timeout=timedelta(seconds=0.3)).send(message(), CLERK, NOW))
    assert (error.permanent, error.unknown) == (False, False)


def test_a_server_that_is_busy_at_the_door_is_tried_again() -> None:
    with greeting(b"421 4.3.2 closing\r\n") as port:
        error = failure(lambda: channel(port).send(message(), CLERK, NOW))
    assert (error.permanent, str(error)) == (False, "the mail server 127.0.0.1 said 421 4.3.2")


def test_a_bad_goodbye_does_not_undo_a_mail_that_was_taken() -> None:
    script = [b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 taken\r\n"]
    with greeting(b"220 ready\r\n", script) as port:
        assert channel(port).send(message(), CLERK, NOW).reference.endswith("@office.example>")


@contextmanager
def greeting(first: bytes, script: list[bytes] | None = None) -> Iterator[int]:
    """A server that says its lines, one for each that it hears (the mail's end included), and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as heard:
            connection.sendall(first)
            for answer in script or []:
                if answer.startswith(b"250 taken"):
                    while heard.readline() != b".\r\n":
                        pass
                else:
                    heard.readline()
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield int(listener.getsockname()[1])
    thread.join()
    listener.close()


def test_deadlines_go_along_as_a_file_for_calendars(desk: Desk, post: EmailChannel) -> None:
    due = Deadline("9b2c", 7, date(2026, 9, 24), "2026-17 到期", "锦绣花园")
    post.send(replace(message(html="<p>x</p>"), deadlines=(due,)), CLERK, NOW)
    mail = desk.mail()
    assert mail.get_content_type() == "multipart/mixed"
    text, part = (part for part in mail.iter_parts() if isinstance(part, EmailMessage))
    assert [inner.get_content_type() for inner in text.iter_parts()] == ["text/plain", "text/html"]
    assert (part.get_filename(), part.get_content_disposition()) == ("deadline.ics", "attachment")
    assert dict(part["Content-Type"].params) == {"method": "PUBLISH", "charset": "utf-8"}
    assert part.get_payload(decode=True) == calendar_file([due], "permits@office.example", NOW)


# --- in private, and known to the server -----------------------------------------------------------------------------
def server_tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(HERE / "tls" / "hook.test.pem")
    return context


def trusting(*, names: bool = False) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(HERE / "tls" / "authority.pem"))
    context.check_hostname = names
    return context


def authenticator(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"permits", b"PASSWORD"), handled=False)


def test_with_starttls_the_mail_and_the_password_go_encrypted() -> None:
    desk = Desk()
    with serving(desk, tls_context=server_tls(), authenticator=authenticator, auth_require_tls=True) as port:
        channel(port, security="starttls", username="permits", password="PASSWORD", tls=trusting()).send(
            message(), CLERK, NOW
        )
    assert len(desk.taken) == 1


def test_a_wrong_password_is_final_and_not_repeated() -> None:
    desk = Desk()
    with serving(desk, tls_context=server_tls(), authenticator=authenticator) as port:
        wrong = channel(port, security="starttls", username="permits", password="WRONG-ONE", tls=trusting())
        error = failure(lambda: wrong.send(message(), CLERK, NOW))
    assert (error.permanent, str(error)) == (True, "the mail server 127.0.0.1 said 535 5.7.8")
    assert desk.taken == []


def test_a_certificate_for_another_name_is_not_accepted() -> None:
    desk = Desk()
    with serving(desk, tls_context=server_tls()) as port:
        strict = channel(port, security="starttls", tls=trusting(names=True))
        error = failure(lambda: strict.send(message(), CLERK, NOW))
    assert (error.permanent, error.unknown) == (False, False)
    assert "SSLCertVerificationError" in str(error)
    assert desk.taken == []


def test_a_server_without_starttls_gets_nothing_in_the_clear(desk: Desk, desk_and_port: tuple[Desk, int]) -> None:
    private = channel(desk_and_port[1], security="starttls", tls=trusting())
    assert failure(lambda: private.send(message(), CLERK, NOW)).permanent
    assert desk.taken == []


def test_a_server_without_a_login_gets_nothing_from_who_should_log_in(
    desk: Desk, desk_and_port: tuple[Desk, int]
) -> None:
    known = channel(desk_and_port[1], username="permits", password="PASSWORD")
    error = failure(lambda: known.send(message(), CLERK, NOW))
    assert error.permanent
    assert "PASSWORD" not in str(error)
    assert desk.taken == []


def test_with_tls_the_conversation_is_encrypted_from_its_first_byte() -> None:
    desk = Desk()
    with serving(desk, ssl_context=server_tls(), server_hostname="hook.test") as port:
        channel(port, security="tls", tls=trusting()).send(message(), CLERK, NOW)
    assert len(desk.taken) == 1


@pytest.mark.parametrize(
    "sender", ["", "office", "a@x.example, b@x.example", "office@", "a@x.example\r\nBcc: b@x.example"]
)
def test_a_sender_that_is_no_address_is_named(sender: str) -> None:
    with pytest.raises(ChannelSettingsError) as caught:
        EmailChannel("mail.example", 25, sender, "none")
    assert caught.value.field == "sender"


def test_a_security_that_does_not_exist_is_named() -> None:
    with pytest.raises(ChannelSettingsError) as caught:
        EmailChannel("mail.example", 25, SENDER, "ssl")  # type: ignore[arg-type]
    assert str(caught.value) == "security: must be one of none, starttls, tls"


def test_a_recipient_without_a_name_is_written_by_address_alone(desk: Desk, post: EmailChannel) -> None:
    post.send(message(), Recipient("p-8", "", "desk@office.example", "zh-CN"), NOW)
    assert desk.mail()["To"] == "desk@office.example"
