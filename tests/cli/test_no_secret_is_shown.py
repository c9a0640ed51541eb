"""A run of the service with secrets of every kind, against servers that fail and quote what they were sent: no log,
error, command, page, figure, table or copy shows one of them, nor the password of the database."""

import base64
import gzip
import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
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

from schedules.jobs import Job
from schedules.scheduler import guarded
from sla.app import App, build
from sla.settings import Settings
from tests.browser.cast import serving as serving_pages
from tests.cli.cast import CommandLine
from tests.notifiers.proxies import Desk as Gate
from tests.notifiers.proxies import proxying
from tests.notifiers.test_email import Desk, serving
from tests.service.cast import Window

pytestmark = [
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),  # a plugin of Apprise's
    pytest.mark.parametrize("window_app", ["postgresql"], indirect=True),  # SQLite has no password
]

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
    "aliyun id": "aliyun-id-a1a1",
    "SLA_X_ALIYUN": "aliyun-secret-b2b2",
    "SLA_X_TENCENT": "tencent-id-c3c3",
    "tencent key": "tencent-key-d4d4",
    "apprise password": "apprise-password-e5e5",
    "apprise token": "apprise-token-f6f6",
    "database password": "database-password-0707",
    "proxy password": "proxy-password-f00d",
    "proxy login": "sla:proxy-password-f00d",  # as base64 in a header
    "SLA_SECRET_KEY": KEY,
    "SLA_SECRET_KEY_PREVIOUS": OLD_KEY,
}
APPRISE = ("apprise",) if find_spec("apprise") else ()  # an extra
HTTP = ("web", "wecom", "dingtalk", "feishu", "sms", "aliyun", "tencent", *APPRISE)
KINDS = (*HTTP, "smtp")
KNOWN = {
    "web": ["SLA_X_HOOK"],
    "wecom": ["wecom key"],
    "dingtalk": ["SLA_X_DING", "dingtalk secret"],
    "feishu": ["feishu token", "SLA_X_FEISHU"],
    "sms": ["SLA_X_SMS", "sms password"],
    "aliyun": ["aliyun id", "SLA_X_ALIYUN"],
    "tencent": ["SLA_X_TENCENT", "tencent key"],
    "apprise": ["apprise password", "apprise token"],
    "smtp": ["mail password"],
}
CODES = {  # how each says it
    "yes": {"code": 0, "errcode": 0, "Code": "OK"},
    "refusing": {"code": 9499, "errcode": 40058, "Code": "isv.SMS_TEMPLATE_ILLEGAL"},
    "too many": {"code": 11232, "errcode": 45009, "Code": "isv.BUSINESS_LIMIT_CONTROL"},
    "strange": {"code": -1, "errcode": -1, "Code": "isp.SYSTEM_ERROR"},
}
OF_TENCENT = {
    "yes": "Ok",
    "refusing": "FailedOperation.PhoneNumberInBlacklist",
    "too many": "LimitExceeded.PhoneNumberThirtySecondLimit",
    "strange": "InternalError",
}
WRONG_ADDRESSES = (  # each holds the password where it belongs, or where it is read as something else
    "postgresql+psycopg://sla:{}@127.0.0.1:1/shixian",
    "postgresql+psycopg://sla@127.0.0.1:1/shixian?password={}",
    "postgresql+psycopg://sla:{}@127.0.0.1:1/shixian?nosuch={}",
    "postgresql+psycopg://sla:an@{}@127.0.0.1:1/shixian",
    "postgresql+psycopg://sla:{}@127.0.0.1:port/shixian",
    "postgresql+nosuch://sla:{}@127.0.0.1/shixian",
    "sla:{}@127.0.0.1",
)
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
MOBILE = "13800138000"
ADDRESSES = {"sms": MOBILE, "aliyun": MOBILE, "tencent": MOBILE, "smtp": "reader@office.example"}
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
        status = {"Code": OF_TENCENT.get(self.mode), "Message": own}
        said = CODES.get(self.mode, {}) | {"errmsg": own, "msg": own, "Message": own}
        said["Response"] = {"SendStatusSet": [status]}
        if self.mode == "redirecting":
            return Answer("", 302, {"Location": f"http://elsewhere.example/?{quote(everything)}"})
        if self.mode == "busy":
            return Answer(everything, 429, {"Retry-After": "30"})
        return Answer(json.dumps(said), 200) if self.mode in CODES else Answer(everything, 500)


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


@pytest.fixture
def sla(
    window: Window, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[CommandLine]:
    """The command line on a database whose address holds a password. (The server lets everybody in.)"""
    url = window.url.replace("://postgres:@", f"://postgres:{SECRETS['database password']}@")
    assert SECRETS["database password"] in url
    own = Window(url, tmp_path)
    yield CommandLine(own, monkeypatch, capsys, tmp_path)
    own.close()


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
    look_at_all(shown, numbers)
    broken_keys(shown)
    through_a_proxy(shown)
    copy = tmp_path / "copy.gz"
    shown.command("backup", str(copy))
    shown.add("copy", gzip.decompress(copy.read_bytes()).decode())
    broken_database(shown)
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    shown.command("restore", str(copy))
    shown.add("files", "".join(path.read_bytes().decode("latin-1") for path in tmp_path.glob("new.db*")))
    shown.add("tables", str(window.dump()))
    shown.add("log", "\n".join(map(logged, (r for r in caplog.records if not r.name.startswith(SERVERS)))))

    assert {(kind, mode) for kind in HTTP for mode in ("failing", "yes", "refusing")} <= sides.heard
    assert {(row.endpoint, row.state) for row in window.rows("message")} >= {
        (kind, state) for kind in KINDS for state in ("sent", "dead") if (kind, state) != ("apprise", "dead")
    }  # Apprise says of no failure that it is final
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
    there = f"{SECRETS['apprise password']}@{sides.base.partition('://')[2]}/apprise/{SECRETS['apprise token']}"
    typeable = SECRETS | {"apprise url": f"json://user:{there}?rto=2"}
    added = (
        ("wecom", ["--set", f"url={sides.base}/wecom", "--secret", "key"], ["wecom key"]),
        ("dingtalk", ["--set", f"url={sides.base}/dingtalk", "--secret", "secret", "--secret-env", "token=SLA_X_DING"],
         ["dingtalk secret"]),
        ("feishu", ["--set", f"url={sides.base}/feishu", "--secret", "token", "--secret-env", "secret=SLA_X_FEISHU"],
         ["feishu token"]),
        ("sms", ["--set", f"url={sides.base}/sms", "--set", "success=code=0", "--secret", "password",
                 "--secret-env", "token=SLA_X_SMS",
                 "--set", 'fields={"to": "{mobile}", "text": "{text}", "password": "{password}"}'], ["sms password"]),
        ("aliyun_sms", ["--set", f"url={sides.base}/aliyun", "--set", "sign_name=s", "--set", "template=t",
                        "--set", 'params={"what": "{subject}"}', "--secret", "access_key_id",
                        "--secret-env", "access_key_secret=SLA_X_ALIYUN"], ["aliyun id"]),
        ("tencent_sms", ["--set", f"url={sides.base}/tencent", "--set", "sign_name=s", "--set", "template=t",
                         "--set", 'params=["{subject}"]', "--set", "app_id=1", "--secret", "secret_key",
                         "--secret-env", "secret_id=SLA_X_TENCENT"], ["tencent key"]),
        *[("apprise", ["--secret", "url"], ["apprise url"]) for _ in APPRISE],
        ("email", ["--set", "host=127.0.0.1", "--set", f"port={port}", "--set", "sender=w@office.example",
                   "--set", "security=none", "--set", "username=sla", "--secret", "password"], ["mail password"]),
    )  # fmt: skip
    for kind, options, secrets in added:
        name = "smtp" if kind == "email" else kind.removesuffix("_sms")
        typed = "".join(f"{typeable[secret]}\n" for secret in secrets)
        assert f"{name} is added" in shown.command("channel", "add", name, kind, *options, typed=typed)
    people = (
        PERSON.format(kind=kind, roles='["clerk"]' if kind != "web" else ALL_ROLES, address=ADDRESSES.get(kind, ""))
        for kind in KINDS
    )
    window.apply(OFFICE.format(base=sides.base) + "".join(people))


def look(shown: Shown, numbers: list[str]) -> None:
    """What an administrator looks at each time, and the pages that change."""
    for kind in KINDS:
        shown.command("channel", "test", kind, "--to", kind)
    for arguments in (["channel", "list"], ["deliveries"], ["doctor"]):
        shown.command(*arguments)
    pages(shown, "/", f"/cases/{quote(numbers[0])}", "/metrics")


def look_at_all(shown: Shown, numbers: list[str]) -> None:
    """All there is to look at."""
    for arguments in (
        ["channel", "list", "--json"], ["deliveries", "--json"], ["deliveries", "--state", "dead"],
        ["doctor", "--json"], ["doctor", "--rebuild"], ["office", "show", "--json"], ["today"], ["migrate"],
        ["case", "show", numbers[0], "--json"], ["audit", "verify"],
    ):  # fmt: skip
        shown.command(*arguments)
    pages(shown, "/rates", "/nowhere", "/readyz", *(f"/cases/{quote(number)}" for number in numbers))
    shown.add("the app", repr(shown.sla.window.app))


def pages(shown: Shown, *paths: str, app: App | None = None) -> None:
    with serving_pages(app or shown.sla.window.app) as base:
        for path in paths:
            answer = httpx.get(base + path, follow_redirects=True, trust_env=False, verify=False)
            shown.add(path, answer.text + str(answer.headers))


def broken_database(shown: Shown) -> None:
    """What is said of an address that leads nowhere or is none, by commands, pages and the heartbeat."""
    password = SECRETS["database password"]
    with_option = f"{shown.sla.window.url}&password={password}"
    for address in (with_option, *(text.replace("{}", password) for text in WRONG_ADDRESSES)):
        shown.monkeypatch.setenv("SLA_DATABASE_URL", address)
        for command in ("migrate", "doctor"):
            shown.command(command)
    away = build(Settings(database_url=WRONG_ADDRESSES[0].format(password)), checked=False)
    pages(shown, "/", "/readyz", "/metrics", app=away)
    guarded(Job("sweep", timedelta(seconds=5), away.settle_all))
    away.close()


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
