"""Mail through the office's own server."""

import hashlib
import re
import smtplib
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.charset import BASE64, SHORTEST, Charset
from email.encoders import encode_base64
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import Message as Mail
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, getaddresses
from functools import cache
from typing import Literal, get_args

from notifiers.channel import ChannelSettingsError
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from notifiers.wording import BREAKS, encodable, one_line

Security = Literal["none", "starttls", "tls"]
TIMEOUT = timedelta(seconds=15)
UTF_8 = Charset("utf-8")  # with encodings of its own: other libraries change those of "utf-8" for the whole process
UTF_8.body_encoding, UTF_8.header_encoding = BASE64, SHORTEST
WIRE = compat32.clone(linesep="\r\n")


class EmailChannel:
    """Sends one mail a message, each over a connection of its own.

    `sender` is an address, with or without a name. `tls` replaces the system's certificate authorities; `timeout`
    bounds each step of the conversation. Raises ChannelSettingsError for a sender or a security that is none.
    """

    kind = "email"

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        security: Security,
        username: str | None = None,
        password: str | None = None,
        *,
        timeout: timedelta = TIMEOUT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        found = [_address(name, address) for name, address in getaddresses([sender])]
        if len(found) != 1 or found[0] is None or BREAKS.search(sender):
            raise ChannelSettingsError("sender", "must be one mail address, such as permits@office.example")
        if security not in get_args(Security):
            raise ChannelSettingsError("security", "must be one of %(known)s", known=get_args(Security))
        self._sender = found[0]
        self._host = host
        self._port = port
        self._security = security
        self._login = (username, password or "") if username else None
        self._seconds = timeout.total_seconds()
        self._tls = tls or _system_tls()

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        """Succeeds when the server has taken the mail; `now` (aware) is its date. Raises DeliveryError."""
        to = _address(recipient.name, recipient.address)
        if to is None:
            raise DeliveryError(f"recipient {recipient.id} has no usable mail address", permanent=True)
        mail = self._mail(message, to, now)
        server = self._connect()
        try:
            self._prepare(server)
            self._hand_over(server, to.addr_spec, mail)
            with suppress(OSError):  # it was taken: a bad goodbye changes nothing
                server.quit()
        finally:
            server.close()
        return Receipt(reference=str(mail["Message-ID"]))

    def _mail(self, message: Message, to: Address, now: datetime) -> Mail:
        mail: Mail = _text("plain", message.text)
        if message.html is not None:
            mail = MIMEMultipart("alternative", _subparts=[mail, _text("html", message.html)])
        if message.deadlines:
            mail = MIMEMultipart("mixed", _subparts=[mail, self._calendar(message, now)])
        mail["Subject"] = _encoded("Subject", message.subject)
        mail["From"] = _mailbox("From", self._sender)
        mail["To"] = _mailbox("To", to)
        mail["Date"] = format_datetime(now.astimezone(UTC))
        mail["Message-ID"] = f"<{hashlib.sha256(message.key.encode()).hexdigest()[:40]}@{self._sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        return mail

    def _calendar(self, message: Message, now: datetime) -> Mail:
        from notifiers.calendar_file import calendar_file  # noqa: PLC0415 - it takes longer to import than all the rest

        part = MIMENonMultipart("text", "calendar", method="PUBLISH", charset="utf-8")
        part.add_header("Content-Disposition", "attachment", filename="deadline.ics")
        part.set_payload(calendar_file(message.deadlines, self._sender.addr_spec, now))
        encode_base64(part)
        return part

    def _connect(self) -> smtplib.SMTP:
        try:
            if self._security == "tls":
                return smtplib.SMTP_SSL(self._host, self._port, timeout=self._seconds, context=self._tls)
            return smtplib.SMTP(self._host, self._port, timeout=self._seconds)
        except OSError as error:
            raise self._no_conversation(error) from None

    def _prepare(self, server: smtplib.SMTP) -> None:
        """The mail is never sent in the clear, nor without the login, when the server does not offer them."""
        try:
            if self._security == "starttls":
                server.starttls(context=self._tls)
            if self._login:
                server.login(*self._login)
        except OSError as error:
            raise self._no_conversation(error) from None

    def _hand_over(self, server: smtplib.SMTP, to: str, mail: Mail) -> None:
        try:
            server.sendmail(self._sender.addr_spec, [to], mail.as_bytes(policy=WIRE))
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refusal(*next(iter(error.recipients.values()))) from None
        except smtplib.SMTPResponseException as error:
            raise self._refusal(error.smtp_code, error.smtp_error) from None
        except OSError:  # smtplib's own errors are OSErrors too
            text = f"the conversation with the mail server {self._host} broke off; the mail may have arrived"
            raise DeliveryError(text, unknown=True) from None

    def _no_conversation(self, error: OSError) -> DeliveryError:
        """Nothing was sent when this fails: another try repeats nothing."""
        if isinstance(error, smtplib.SMTPResponseException):
            return self._refusal(error.smtp_code, error.smtp_error)
        if isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected):
            text = f"the mail server {self._host} does not offer what the settings ask for (STARTTLS or a login)"
            return DeliveryError(text, permanent=True)
        return DeliveryError(f"no conversation with the mail server {self._host}: {type(error).__name__}")

    def _refusal(self, code: int, said: bytes | str) -> DeliveryError:
        """The codes only: a server's words can quote what it was sent."""
        words = said.decode("ascii", errors="replace") if isinstance(said, bytes) else said
        enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", words)
        codes = f"{code} {enhanced[0]}" if enhanced else str(code)
        return DeliveryError(f"the mail server {self._host} said {codes}", permanent=500 <= code < 600)


@cache
def _system_tls() -> ssl.SSLContext:
    """Made once a process: reading the system's certificate authorities takes longer than sending a mail."""
    return ssl.create_default_context()


def _text(form: str, text: str) -> Mail:
    """RFC 2045, 6.8: text is brought to CRLF before it is encoded."""
    part = MIMENonMultipart("text", form, charset="utf-8")
    part.set_payload(re.sub(r"\r\n|\r|\n", "\r\n", encodable(text)), UTF_8)
    return part


def _encoded(header: str, text: str) -> str:
    """Always as encoded words: EmailMessage would decode a "=?utf-8?q?=0A?=" in a subject, line break and all."""
    return Header(one_line(encodable(text)), UTF_8, header_name=header).encode(linesep="") if text else ""


def _mailbox(header: str, address: Address) -> str:
    name = _encoded(header, address.display_name)
    return f"{name} <{address.addr_spec}>" if name else address.addr_spec


def _address(name: str, address: str) -> Address | None:
    """None unless it is one address with a domain, in ASCII."""
    try:
        found = Address(one_line(name), addr_spec=address)
    except (ValueError, IndexError, HeaderParseError):
        return None
    return found if found.domain and found.addr_spec.isascii() and not BREAKS.search(address) else None
