"""The other side of each channel, as the conformance suite speaks with it: what it hears, and what it answers.

Whether a call would be let in (key, token, signature) is worked out here anew from what arrived, as the service would.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import time_machine
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook, WebhookVerificationError
from werkzeug import Request
from werkzeug import Response as Answer

from notifiers.channel import Channel
from notifiers.channels.aliyun import AliyunSmsChannel
from notifiers.channels.apprise import AppriseChannel
from notifiers.channels.dingtalk import DingTalkChannel
from notifiers.channels.feishu import FeishuChannel
from notifiers.channels.sms import Gateway, SmsChannel
from notifiers.channels.tencent import TencentSmsChannel
from notifiers.channels.webhook import WebhookChannel
from notifiers.channels.wecom import WeComChannel
from notifiers.guard import Guard
from notifiers.short_texts import Template
from tests.notifiers.cast import NOW

RIGHT = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
WRONG = "whsec_MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE="
KEY = "KEY-693a91f6"  # what stands in an address
UNSEEN = r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]"
MENTIONS = re.compile(rf"<[a-z@/!]|@(?!13800138000\b|wang\.xm\b)|{UNSEEN}")
MARKDOWN = re.compile(rf"{MENTIONS.pattern}|(?<!138)!\[|\]\((?!https://office\.example/cases/2026-17\))|[*`#~]")
SENDERS = re.compile(rf"[【】\n]|{UNSEEN}")  # who sends a short message stands in 【】
MINUTE = timedelta(minutes=1)


def says(status: int = 200, **body: Any) -> Callable[[], Answer]:
    return lambda: Answer(json.dumps(body), status, content_type="application/json")


def status(code: int, **headers: str) -> Callable[[], Answer]:
    return lambda: Answer("", code, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass(frozen=True)
class Dialect:
    """One service over HTTP.

    `make(base, secret, guard)` builds the channel. `lets_in(request)`: whether the secret was right. `read(request)`:
    all that a reader sees. `is_same(request)`: what is alike at every try, where the service can tell a repeat by it;
    None where it cannot, and the text says so. `acts_on`: what in a text it does not merely show. `key`: what else in
    its address is secret. `most`: what is measured, and the most it may be. `tells_why`: whether a failure says what it
    was. `guarded`: whether its calls go through `notifiers.guard`.
    """

    make: Callable[[str, str, Guard], Channel]
    lets_in: Callable[[Request], bool]
    read: Callable[[Request], str]
    yes: Callable[[], Answer]
    permanent: Callable[[], Answer]
    busy: Callable[[], Answer]
    wait: Callable[[], Answer]
    pause: timedelta
    shut_out: Callable[[], Answer]
    is_same: Callable[[Request], object] | None = None
    most: tuple[Callable[[Request], int], int] | None = None
    acts_on: re.Pattern[str] = re.compile("(?!)")
    key: str = ""
    address: str = "wang.xm"
    secret: str = "SECRET-0a1b2c"
    wrong: str = "SECRET-9z8y7x"
    tells_why: bool = True
    guarded: bool = True


# --- let in, or not --------------------------------------------------------------------------------------------------
def _webhook(request: Request) -> bool:
    with time_machine.travel(NOW, tick=False):
        try:
            Webhook(RIGHT).verify(request.get_data(), dict(request.headers))
        except WebhookVerificationError:
            return False
    return True


def _dingtalk(request: Request) -> bool:
    at, secret = request.args["timestamp"], "SECRET-0a1b2c"
    mac = hmac.new(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256)
    fresh = abs(int(at) - NOW.timestamp() * 1000) < 3_600_000
    return (
        fresh
        and request.args["sign"] == base64.b64encode(mac.digest()).decode()
        and request.args["access_token"] == KEY
    )


def _feishu(request: Request) -> bool:
    at = _json(request)["timestamp"]
    mac = hmac.new(f"{at}\nSECRET-0a1b2c".encode(), digestmod=hashlib.sha256)
    return bool(_json(request)["sign"] == base64.b64encode(mac.digest()).decode()) and request.path.endswith(f"/{KEY}")


def _aliyun(request: Request) -> bool:
    """From the query as it arrived on the wire."""
    query = str(request.environ["RAW_URI"]).partition("?")[2]
    given = request.headers["authorization"]
    names = given.partition("SignedHeaders=")[2].partition(",")[0]
    lines = [f"{name}:{request.headers[name]}" for name in names.split(";")]
    body = hashlib.sha256(request.get_data()).hexdigest()
    asked = hashlib.sha256("\n".join(["POST", "/", query, *lines, "", names, body]).encode()).hexdigest()
    mac = hmac.new(b"SECRET-0a1b2c", f"ACS3-HMAC-SHA256\n{asked}".encode(), hashlib.sha256)
    wanted = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
    return given.endswith(f",Signature={mac.hexdigest()}") and set(names.split(";")) == wanted


def _tencent(request: Request) -> bool:
    at, date = request.headers["x-tc-timestamp"], "2026-09-23"
    lines = [f"content-type:{request.headers['content-type']}", f"host:{request.headers['host']}"]
    body = hashlib.sha256(request.get_data()).hexdigest()
    asked = hashlib.sha256("\n".join(["POST", "/", "", *lines, "", "content-type;host", body]).encode()).hexdigest()
    key = b"TC3SECRET-0a1b2c"
    for part in (date, "sms", "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    mac = hmac.new(key, f"TC3-HMAC-SHA256\n{at}\n{date}/sms/tc3_request\n{asked}".encode(), hashlib.sha256)
    return request.headers["authorization"].endswith(f"Signature={mac.hexdigest()}")


# --- what a reader sees ----------------------------------------------------------------------------------------------
def _json(request: Request) -> Any:
    return json.loads(request.get_data())


def _wecom_text(request: Request) -> str:
    return str(_json(request)["text"]["content"])


def _dingtalk_text(request: Request) -> str:
    shown = _json(request)["markdown"]
    return f"{shown['title']}\n{shown['text']}"


def _feishu_text(request: Request) -> str:
    post = _json(request)["content"]["post"]["zh_cn"]
    lines = ("".join(part.get("text", f"→{part.get('user_id')}") for part in line) for line in post["content"])
    return "\n".join([post["title"], *lines])


def _aliyun_text(request: Request) -> str:
    return " ".join(json.loads(request.args["TemplateParam"]).values())


def _long(read: Callable[[Request], str]) -> Callable[[Request], int]:
    return lambda request: len(read(request).encode())


def _whole_call(request: Request) -> int:
    return len(request.get_data())


DIALECTS: Mapping[str, Dialect] = {
    "webhook": Dialect(
        make=lambda base, secret, guard: WebhookChannel(f"{base}/hook/{KEY}", [secret], guard),
        lets_in=_webhook,
        read=lambda request: request.get_data(as_text=True),
        key=KEY,
        yes=status(204),
        permanent=status(400),
        busy=status(503),
        wait=status(429, Retry_After="600"),
        pause=10 * MINUTE,
        shut_out=status(401),
        is_same=lambda request: (request.headers["webhook-id"], request.get_data()),
        secret=RIGHT,
        wrong=WRONG,
    ),
    "wecom": Dialect(
        make=lambda base, secret, guard: WeComChannel(secret, guard, f"{base}/cgi-bin/webhook/send"),
        lets_in=lambda request: request.args["key"] == "SECRET-0a1b2c",
        read=_wecom_text,
        acts_on=MENTIONS,
        yes=says(errcode=0, errmsg="ok"),
        permanent=says(errcode=40058, errmsg="SECRET-0a1b2c is too long"),
        busy=says(errcode=-1, errmsg="system busy"),
        wait=says(errcode=45009, errmsg="api freq out of limit"),
        pause=MINUTE,
        shut_out=says(errcode=93000, errmsg="invalid webhook url SECRET-9z8y7x"),
        most=(_long(_wecom_text), 2_048),
    ),
    "dingtalk": Dialect(
        make=lambda base, secret, guard: DingTalkChannel(KEY, secret, guard, f"{base}/robot/send"),
        lets_in=_dingtalk,
        read=_dingtalk_text,
        acts_on=MARKDOWN,
        key=KEY,
        yes=says(errcode=0, errmsg="ok"),
        permanent=says(errcode=300005, errmsg=f"token {KEY} is not exist"),
        busy=says(errcode=-1, errmsg="system busy"),
        wait=says(errcode=130101, errmsg="send too fast"),
        pause=10 * MINUTE,
        shut_out=says(errcode=310000, errmsg="sign not match, more: [https://ding-doc.example/SECRET-9z8y7x]"),
        most=(_whole_call, 20_000),
    ),
    "feishu": Dialect(
        make=lambda base, secret, guard: FeishuChannel(KEY, secret, guard, f"{base}/open-apis/bot/v2/hook"),
        lets_in=_feishu,
        read=_feishu_text,
        acts_on=MENTIONS,
        key=KEY,
        yes=says(code=0, msg="success", data={}),
        permanent=says(code=9499, msg=f"Bad Request of {KEY}"),
        busy=says(code=1500, msg="internal error"),
        wait=says(code=11232, msg="frequency limited"),
        pause=MINUTE,
        shut_out=says(code=19021, msg="sign match fail or timestamp is not within one hour from current time"),
        most=(_whole_call, 20_000),
    ),
    "sms": Dialect(
        make=lambda base, secret, guard: SmsChannel(
            Gateway(
                f"{base}/send",
                {"to": "{mobile}", "text": "{text}", "id": "{key}", "password": "{password}"},
                success="code=0",
                final=frozenset({"9"}),
                most_characters=70,
            ),
            guard,
            token=secret,
            password=secret,
        ),
        lets_in=lambda request: request.headers["authorization"] == "Bearer SECRET-0a1b2c",
        read=lambda request: str(_json(request)["text"]),
        acts_on=SENDERS,
        yes=says(code=0),
        permanent=says(code=9, msg="no signature SECRET-0a1b2c"),
        busy=says(code=7, msg="busy"),
        wait=status(429, Retry_After="600"),
        pause=10 * MINUTE,
        shut_out=status(401),
        most=(lambda request: len(_json(request)["text"]), 70),
        address="13800138000",
    ),
    "aliyun": Dialect(
        make=lambda base, secret, guard: AliyunSmsChannel(
            ("ID-1", secret), Template("云溪许可", "SMS_1", {"what": "{subject}"}, 35), guard, url=f"{base}/"
        ),
        lets_in=_aliyun,
        read=_aliyun_text,
        acts_on=SENDERS,
        yes=says(Code="OK", BizId="9006^0"),
        permanent=says(Code="isv.SMS_TEMPLATE_ILLEGAL", Message="SECRET-0a1b2c"),
        busy=says(Code="isp.SYSTEM_ERROR", Message="busy"),
        wait=says(Code="isv.BUSINESS_LIMIT_CONTROL", Message="触发分钟级流控Permits:1"),
        pause=MINUTE,
        shut_out=says(400, Code="SignatureDoesNotMatch", Message="SECRET-9z8y7x"),
        most=(lambda request: len(_aliyun_text(request)), 35),
        address="13800138000",
    ),
    "tencent": Dialect(
        make=lambda base, secret, guard: TencentSmsChannel(
            ("ID-1", secret), "1400006666", Template("云溪许可", "1110", ["{subject}"], 60), guard, url=f"{base}/"
        ),
        lets_in=_tencent,
        read=lambda request: " ".join(_json(request)["TemplateParamSet"]),
        acts_on=SENDERS,
        yes=says(Response={"SendStatusSet": [{"Code": "Ok", "SerialNo": "2640:1"}]}),
        permanent=says(Response={"SendStatusSet": [{"Code": "FailedOperation.PhoneNumberInBlacklist", "Message": ""}]}),
        busy=says(Response={"Error": {"Code": "InternalError", "Message": "SECRET-0a1b2c"}}),
        wait=says(Response={"SendStatusSet": [{"Code": "LimitExceeded.PhoneNumberThirtySecondLimit", "Message": ""}]}),
        pause=MINUTE / 2,
        shut_out=says(Response={"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "SECRET-9z8y7x"}}),
        most=(lambda request: len(_json(request)["TemplateParamSet"][0]), 60),
        address="13800138000",
    ),
    "apprise": Dialect(
        make=lambda base, secret, guard: AppriseChannel(
            f"json://user:{secret}@{base.partition('://')[2]}/{KEY}?rto=0.5"
        ),
        lets_in=lambda request: request.authorization is not None and request.authorization.password == "SECRET-0a1b2c",
        read=lambda request: f"{_json(request)['title']}\n{_json(request)['message']}",
        acts_on=MARKDOWN,
        key=KEY,
        yes=status(200),
        permanent=status(400),
        busy=status(503),
        wait=status(429, Retry_After="600"),
        pause=timedelta(0),
        shut_out=status(401),
        tells_why=False,
        guarded=False,
    ),
}


@dataclass
class OtherSide:
    """A real HTTP server that speaks one dialect; it keeps what it heard."""

    dialect: Dialect
    server: HTTPServer
    heard: list[Request] = field(default_factory=list)
    answer: Callable[[], Answer] = field(init=False)

    def __post_init__(self) -> None:
        self.answer = self.dialect.yes
        self.server.expect_request(re.compile(".*"), method="POST").respond_with_handler(self._handle)

    @property
    def base(self) -> str:
        return self.server.url_for("").rstrip("/")

    def _handle(self, request: Request) -> Answer:
        self.heard.append(request)
        return self.answer()
