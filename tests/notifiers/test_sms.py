"""Short messages through a gateway of any make, against a real HTTP server."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from notifiers.channel import ChannelSettingsError
from notifiers.channels.sms import Gateway, SmsChannel
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Recipient
from tests.notifiers.cast import CLERK, NOW, message

LINK = "https://office.example/cases/2026-17"
WANG = Recipient("p-7", "王小明", "+86 13800138000", "zh-CN")


@pytest.fixture
def guard() -> Iterator[Guard]:
    with Guard(frozenset({"localhost"})) as guard:
        yield guard


@pytest.fixture
def url(httpserver: HTTPServer) -> str:
    return httpserver.url_for("/send")


def answers(httpserver: HTTPServer, said: object, status: int = 200, **headers: str) -> None:
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    httpserver.expect_request("/send").respond_with_data(text, status=status, headers=headers)


def failure(channel: SmsChannel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(message(), WANG, NOW)
    return caught.value


def test_fields_are_filled_and_posted_as_json(url: str, guard: Guard, httpserver: HTTPServer) -> None:
    answers(httpserver, "")
    fields = {"to": ["{mobile}"], "body": {"text": "【许可办】{text}"}, "type": 1, "id": "{key}", "pass": "{password}"}
    channel = SmsChannel(Gateway(url, fields), guard, token="TOKEN-1", password="PASSWORD-1")
    channel.send(message(link=LINK), WANG, NOW)
    request = httpserver.log[0][0]
    assert request.headers["authorization"] == "Bearer TOKEN-1"
    assert request.json == {
        "to": ["13800138000"],
        "body": {"text": f"【许可办】案件 2026-17 明天到期 {LINK}"},
        "type": 1,
        "id": "6ab9f1eb8f7d3388f4f9d586f66e99fd",  # printf k1 | sha256sum
        "pass": "PASSWORD-1",
    }


def test_fields_are_filled_and_posted_as_a_form(url: str, guard: Guard, httpserver: HTTPServer) -> None:
    answers(httpserver, "OK 1")
    fields = {"mobile": "{mobile}", "content": "{subject}|{about}|{name}|{link}"}
    SmsChannel(Gateway(url, fields, "form", "OK"), guard).send(message(link=LINK), WANG, NOW)
    request = httpserver.log[0][0]
    assert "authorization" not in request.headers
    assert dict(request.form) == {
        "mobile": "13800138000",
        "content": f"案件 2026-17 明天到期|case/2026-17|王小明|{LINK}",
    }


def test_a_number_from_abroad_keeps_its_country_code(url: str, guard: Guard, httpserver: HTTPServer) -> None:
    answers(httpserver, "")
    SmsChannel(Gateway(url), guard).send(message(), Recipient("p", "n", "+44 7700900123", "en"), NOW)
    assert httpserver.log[0][0].json["mobile"] == "+447700900123"


def test_a_text_is_cut_and_ends_with_the_link(url: str, guard: Guard, httpserver: HTTPServer) -> None:
    answers(httpserver, "")
    SmsChannel(Gateway(url, most_characters=60), guard).send(message(subject="期" * 90, link=LINK), WANG, NOW)
    assert httpserver.log[0][0].json["text"] == f"{'期' * 22}… {LINK}"  # 22 + 1 + 1 + 36 characters


def test_a_subject_cannot_pose_as_another_sender_nor_break_the_line(
    url: str, guard: Guard, httpserver: HTTPServer
) -> None:
    answers(httpserver, "")
    SmsChannel(Gateway(url), guard).send(message(subject="【银行】\r\n请\x00转账"), WANG, NOW)
    assert httpserver.log[0][0].json["text"] == "［银行］ 请 转账"


@pytest.mark.parametrize(
    ("success", "said"),
    [("", "whatever"), ("OK", "OK:123"), ("code=0", {"code": 0}), ("code=0", {"code": "0"}),
     ("data.ok=true", {"data": {"ok": True}})],
)  # fmt: skip
def test_a_yes_is_what_the_settings_say(
    success: str, said: object, url: str, guard: Guard, httpserver: HTTPServer
) -> None:
    answers(httpserver, said)
    assert SmsChannel(Gateway(url, success=success), guard).send(message(), WANG, NOW).detail == "HTTP 200"


@pytest.mark.parametrize(
    ("success", "said", "final", "unknown", "text"),
    [
        ("OK", "ERR busy", False, False, "the SMS gateway said ERR busy"),
        ("code=0", {"code": 7, "msg": "busy"}, False, False, "the SMS gateway said 7: busy"),
        ("code=0", {"code": 9, "message": "TOKEN-1 at http://x/y"}, True, False, "the SMS gateway said 9: *** at"),
        ("code=0", {"status": 0}, False, True, "the SMS gateway gave an answer that is not understood; it may have "
                                               "arrived"),
        ("code=0", "<html>", False, True, "the SMS gateway gave an answer that is not understood; it may have arrived"),
    ],
)  # fmt: skip
def test_a_no_is_what_is_no_yes(
    success: str, said: object, final: bool, unknown: bool, text: str, url: str, guard: Guard, httpserver: HTTPServer
) -> None:
    answers(httpserver, said)
    lasting = frozenset({"9"}) if "=" in success else frozenset[str]()
    error = failure(SmsChannel(Gateway(url, success=success, final=lasting), guard, token="TOKEN-1"))
    assert (error.permanent, error.unknown, str(error)) == (final, unknown, text)


def test_a_pause_asked_for_over_http_is_passed_on(url: str, guard: Guard, httpserver: HTTPServer) -> None:
    answers(httpserver, "", 429, **{"Retry-After": "600"})
    assert failure(SmsChannel(Gateway(url), guard)).retry_after == timedelta(minutes=10)


def test_a_recipient_without_a_number_is_named_by_id(url: str, guard: Guard, httpserver: HTTPServer) -> None:
    with pytest.raises(DeliveryError, match=r"^recipient p-7 has no usable mobile number$") as caught:
        SmsChannel(Gateway(url), guard).send(message(), CLERK, NOW)
    assert caught.value.permanent
    assert httpserver.log == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"fields": {"to": "{phone}"}}, "fields"),
        ({"fields": {"to": ["{mobile}", {"x": "{phone}"}]}}, "fields"),
        ({"fields": {"to": ["{mobile}"]}, "form": "form"}, "fields"),
        ({"form": "xml"}, "format"),
        ({"success": "OK", "final": frozenset({"9"})}, "final"),
        ({"fields": {"p": "{password}"}}, "password"),
    ],
)
def test_settings_that_cannot_be_are_named(more: dict[str, Any], field: str) -> None:
    with Guard() as guard, pytest.raises(ChannelSettingsError) as caught:
        SmsChannel(Gateway("https://sms.example/", **more), guard)
    assert caught.value.field == field
