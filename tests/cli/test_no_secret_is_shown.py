"""A run of the service with secrets of every kind, against servers that fail and quote what they were sent: no log,
error, command, page, table or copy shows one of them."""

import base64
import gzip
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug import Response as Answer

from sla.settings import Settings
from tests.browser.cast import serving as serving_pages
from tests.cli.cast import CommandLine
from tests.notifiers.proxies import Desk as Gate
from tests.notifiers.proxies import proxying
from tests.notifiers.test_email import Desk, serving

KEY, OLD_KEY = base64.b64encode(b"the-key-of-now-of-32-bytes-today").decode(), base64.b64encode(b"o" * 32).decode()
SECRETS = {
    "SLA_X_HOOK": "whsec_" + base64.b64encode(b"webhook-secret-24-bytes!").decode(),
    "wecom key": "wecom-key-5f1d",
    "SLA_X_DING": "dingtalk-token-77aa",
    "dingtalk secret": "SECdingtalk-secret-31",
    "feishu token": "feishu-token-90cc",
    "SLA_X_FEISHU": "feishu-secret-12ef",
    "SLA_X_SMS": "sms-token-6b6b",
    "sms password": "sms-password-c0de",
    "mail password": "mail-password-beef",
    "proxy password": "proxy-password-f00d",
    "proxy login": "sla:proxy-password-f00d",  # as base64 in a header
    "SLA_SECRET_KEY": KEY,
    "SLA_SECRET_KEY_PREVIOUS": OLD_KEY,
}
KINDS = ("web", "wecom", "dingtalk", "feishu", "sms", "smtp")
KNOWN = {
    "web": ["SLA_X_HOOK"],
    "wecom": ["wecom key"],
    "dingtalk": ["SLA_X_DING", "dingtalk secret"],
    "feishu": ["feishu token", "SLA_X_FEISHU"],
    "sms": ["SLA_X_SMS", "sms password"],
    "smtp": ["mail password"],
}
OFFICE = """
[office]
slug = "planning-window"
name = "Window"
zone = "Asia/Shanghai"
language = "en"
policy = "cn_planning"

[channels.web]
kind = "webhook"
url = "{base}/web"
secret_env = "SLA_X_HOOK"
"""
PERSON = """
[[staff]]
id = "{kind}"
name = "The reader of {kind}"
roles = {roles}
addresses = {{ {kind} = "{address}" }}
"""
ALL_ROLES = '["clerk", "chief", "manager", "head", "supervision", "admin"]'
ADDRESSES = {"sms": "13800138000", "smtp": "reader@office.example"}
SERVERS = (
    "werkzeug",
    "mail.log",
    "asyncio",
)  # the other sides of this test run in this process, and log what they hear


class OtherSides:
    """Every service over HTTP, and a mail server; all answer in the mode that was set, quoting what they know."""

    def __init__(self, server: HTTPServer, desk: Desk) -> None:
        self.base, self.desk = server.url_for("").rstrip("/"), desk
        self.heard: set[tuple[str, str]] = set()
        server.expect_request(re.compile(".*")).respond_with_handler(self._answer)
        self.be("failing")

    def be(self, mode: str) -> None:
        self.mode = mode
        codes = {"yes": "250 OK", "refusing": f"550 5.1.1 {quoted('smtp')}"}
        self.desk.says["DATA"] = codes.get(mode, f"451 4.7.1 {quoted('smtp')}")

    def _answer(self, request: Request) -> Answer:
        self.heard.add((request.path.split("/")[1], self.mode))
        own = f"{request.url} {quoted(request.path.split('/')[1])}"
        everything = f"{own} {dict(request.headers)} {request.get_data(as_text=True)}"
        code = {"yes": 0, "refusing": 9499, "too many": 11232}.get(self.mode, -1)
        said = {"code": code, "errcode": {9499: 40058, 11232: 45009}.get(code, code), "errmsg": own, "msg": own}
        if self.mode == "redirecting":
            return Answer("", 302, {"Location": f"http://elsewhere.example/?{quote(everything)}"})
        if self.mode == "busy":
            return Answer(everything, 429, {"Retry-After": "30"})
        return Answer(everything, 500) if self.mode == "failing" else Answer(json.dumps(said), 200)


def quoted(kind: str) -> str:
    """The secrets that this service knows."""
    return " ".join(secret for name, secret in SECRETS.items() if name in KNOWN[kind])


@pytest.fixture
def others(httpserver: HTTPServer) -> Iterator[tuple[OtherSides, int]]:
    desk = Desk()

    def lets_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password.decode() == SECRETS["mail password"])

    with serving(desk, authenticator=lets_in, auth_require_tls=False) as port:
        yield OtherSides(httpserver, desk), port


class Shown:
    """All that anybody could read."""

    def __init__(self, sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sla, self.monkeypatch = sla, monkeypatch
        self.texts: list[tuple[str, str]] = []

    def add(self, where: str, text: str) -> None:
        self.texts.append((where, text))

    def command(self, *arguments: str, typed: str = "") -> str:
        self.monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        said = self.sla(*arguments)
        self.add(f"sla {' '.join(arguments)}", said.out + said.err)
        return said.out + said.err

    def found(self) -> list[tuple[str, str]]:
        """Where a secret stands, in the clear, as base64, or as a part of an address."""
        return [
            (where, name)
            for where, text in self.texts
            for name, secret in SECRETS.items()
            if any(form in text for form in forms(secret))
        ]


def forms(secret: str) -> set[str]:
    plain = secret.removeprefix("whsec_")
    return {plain, quote(plain, safe=""), base64.b64encode(plain.encode()).decode().rstrip("=")}


def test_the_search_finds_what_is_there(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown(sla, monkeypatch)
    shown.add("log", f"POST /send?key={SECRETS['wecom key']}")
    shown.add("copy", base64.b64encode(SECRETS["mail password"].encode()).decode())
    shown.add("page", quote(KEY, safe=""))
    assert shown.found() == [("log", "wecom key"), ("copy", "mail password"), ("page", "SLA_SECRET_KEY")]


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)  # what is shown does not depend on the database
def test_no_secret_is_shown_anywhere(
    sla: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    others: tuple[OtherSides, int],
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    (sides, port), shown = others, Shown(sla, monkeypatch)
    set_up(shown, sides, port)
    window = sla.window
    window.at("2026-09-18 09:30")
    numbers = [window.receive(handler=kind) for kind in KINDS]
    for moment, mode in (
        ("2026-09-22 08:40", "failing"), ("2026-09-22 08:46", "busy"), ("2026-09-22 08:56", "too many"),
        ("2026-09-22 09:36", "strange"), ("2026-09-22 17:20", "yes"),
        ("2026-09-24 09:10", "refusing"), ("2026-09-28 09:10", "redirecting"),
    ):  # fmt: skip
        sides.be(mode)
        window.at(moment).run_all()
        look(shown, numbers)
    broken_keys(shown)
    through_a_proxy(shown)
    copy = tmp_path / "copy.gz"
    shown.command("backup", str(copy))
    shown.add("copy", gzip.decompress(copy.read_bytes()).decode())
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    shown.command("restore", str(copy))
    shown.add("files", "".join(path.read_bytes().decode("latin-1") for path in tmp_path.glob("new.db*")))
    shown.add("tables", str(window.dump()))
    shown.add("log", "\n".join(map(logged, (r for r in caplog.records if not r.name.startswith(SERVERS)))))

    assert {(kind, mode) for kind in KINDS[:5] for mode in ("failing", "yes", "refusing")} <= sides.heard
    assert {(row.endpoint, row.state) for row in window.rows("message")} >= {
        (kind, state) for kind in KINDS for state in ("sent", "dead")
    }
    assert len(shown.texts) > 100
    assert shown.found() == []


def set_up(shown: Shown, sides: OtherSides, port: int) -> None:
    """Each person is reached by another channel: one of the file, the others added; what has two secrets has one of
    them sealed and one in the environment."""
    for name, secret in SECRETS.items():
        if name.startswith("SLA_"):
            shown.monkeypatch.setenv(name, secret)
    shown.monkeypatch.setenv("SLA_ALLOWED_HOSTS", "localhost,127.0.0.1")
    window = shown.sla.window
    added = (
        ("wecom", ["--set", f"url={sides.base}/wecom", "--secret", "key"], ["wecom key"]),
        ("dingtalk", ["--set", f"url={sides.base}/dingtalk", "--secret", "secret", "--secret-env", "token=SLA_X_DING"],
         ["dingtalk secret"]),
        ("feishu", ["--set", f"url={sides.base}/feishu", "--secret", "token", "--secret-env", "secret=SLA_X_FEISHU"],
         ["feishu token"]),
        ("sms", ["--set", f"url={sides.base}/sms", "--set", "success=code=0", "--secret", "password",
                 "--secret-env", "token=SLA_X_SMS",
                 "--set", 'fields={"to": "{mobile}", "text": "{text}", "password": "{password}"}'], ["sms password"]),
        ("email", ["--set", "host=127.0.0.1", "--set", f"port={port}", "--set", "sender=w@office.example",
                   "--set", "security=none", "--set", "username=sla", "--secret", "password"], ["mail password"]),
    )  # fmt: skip
    for kind, options, secrets in added:
        name = "smtp" if kind == "email" else kind
        typed = "".join(f"{SECRETS[secret]}\n" for secret in secrets)
        assert f"{name} is added" in shown.command("channel", "add", name, kind, *options, typed=typed)
    people = (
        PERSON.format(kind=kind, roles='["clerk"]' if kind != "web" else ALL_ROLES, address=ADDRESSES.get(kind, ""))
        for kind in KINDS
    )
    window.apply(OFFICE.format(base=sides.base) + "".join(people))


def look(shown: Shown, numbers: list[str]) -> None:
    """Everything an administrator may look at, and the pages."""
    for kind in KINDS:
        shown.command("channel", "test", kind, "--to", kind)
    for arguments in (
        ["channel", "list"], ["channel", "list", "--json"], ["deliveries"], ["deliveries", "--json"], ["doctor"],
        ["deliveries", "--state", "dead"], ["doctor", "--json"], ["office", "show", "--json"], ["today"],
        ["case", "show", numbers[0], "--json"],
    ):  # fmt: skip
        shown.command(*arguments)
    with serving_pages(shown.sla.window.app) as base:
        for path in ("/", "/rates", "/nowhere", *(f"/cases/{quote(number)}" for number in numbers)):
            answer = httpx.get(base + path, follow_redirects=True, trust_env=False)
            shown.add(path, answer.text + str(answer.headers))


def broken_keys(shown: Shown) -> None:
    """What is said of a key that is wrong, none, or no key, and of secrets in places where they do not belong."""
    for key in (base64.b64encode(b"another key, of 32 bytes as well").decode(), "", SECRETS["wecom key"]):
        with shown.monkeypatch.context() as patched:
            patched.setenv("SLA_SECRET_KEY", key)
            patched.delenv("SLA_SECRET_KEY_PREVIOUS")
            shown.command("channel", "test", "wecom", "--to", "wecom")
            shown.command("channel", "reseal")
            shown.sla.window.at("2026-09-30 09:10").run_all()
    address = f"https://robot.example/?key={SECRETS['wecom key']}"
    shown.command("channel", "add", "again", "wecom", "--secret", "key", typed=f"{address}\n")
    shown.command("channel", "add", "again", "apprise", "--secret", "url", typed=f"{SECRETS['wecom key']}\n")
    shown.command("channel", "seal", "web", "secret", typed=f"{SECRETS['wecom key']}\n")


def through_a_proxy(shown: Shown) -> None:
    """What is said where a proxy lets nobody in and quotes what it was asked, and where it is no proxy's address."""
    with shown.monkeypatch.context() as patched, proxying(Gate(user="sla")) as port:
        for end in (f"127.0.0.1:{port}", "127.0.0.1:9", "127.0.0.1", "127.0.0.1:port", "127.0.0.1:9/x"):
            patched.setenv("SLA_HTTP_PROXY", f"http://sla:{SECRETS['proxy password']}@{end}")
            for resolves in "01":
                patched.setenv("SLA_HTTP_PROXY_RESOLVES", resolves)
                shown.command("channel", "test", "wecom", "--to", "wecom")
        shown.add("settings", repr(Settings(http_proxy=SecretStr(f"http://x:{SECRETS['proxy password']}@h:1"))))


def logged(record: logging.LogRecord) -> str:
    return logging.Formatter("%(name)s %(message)s").format(record)
