"""Tencent's short messages against a real HTTP server. Sources: cloud.tencent.com/document/product/382, 签名方法 v3."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from notifiers.channel import ChannelSettingsError
from notifiers.channels.tencent import TencentSmsChannel, authorization
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Recipient
from notifiers.short_texts import Template
from tests.notifiers.cast import NOW, message

WANG = Recipient("p-7", "王小明", "13800138000", "zh-CN")
TEMPLATE = Template("云溪许可", "1110", ["{about}", "{subject}"], 60)


@pytest.fixture
def guard() -> Iterator[Guard]:
    with Guard(frozenset({"localhost"})) as guard:
        yield guard


@pytest.fixture
def channel(guard: Guard, httpserver: HTTPServer) -> TencentSmsChannel:
    return TencentSmsChannel(("ID-1", "SECRET-1"), "1400006666", TEMPLATE, guard, url=httpserver.url_for("/"))


def answers(httpserver: HTTPServer, code: object, said: str = "send success") -> None:
    """What the service says of the one number."""
    status = {"SerialNo": "2640:1", "PhoneNumber": "+8613800138000", "Fee": 1, "Code": code, "Message": said}
    httpserver.expect_request("/").respond_with_json({"Response": {"SendStatusSet": [status], "RequestId": "r"}})


def refuses(httpserver: HTTPServer, code: str, said: str) -> None:
    """What it says of the whole call."""
    error = {"Code": code, "Message": said}
    httpserver.expect_request("/").respond_with_json({"Response": {"Error": error, "RequestId": "r"}})


def failure(channel: TencentSmsChannel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(message(), WANG, NOW)
    return caught.value


def test_the_signature_of_tencents_own_example_is_reproduced() -> None:
    """cloud.tencent.com, "签名方法 v3": DescribeInstances of cvm at 1551113065."""
    body = b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    key = ("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")
    headers = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
    assert authorization(key, "cvm", headers, body, datetime.fromtimestamp(1_551_113_065, tz=UTC)) == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_the_call_names_number_application_template_and_its_variables(
    channel: TencentSmsChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, "Ok")
    receipt = channel.send(message(), WANG, NOW)
    request = httpserver.log[0][0]
    assert request.json == {
        "PhoneNumberSet": ["+8613800138000"],
        "SmsSdkAppId": "1400006666",
        "SignName": "云溪许可",
        "TemplateId": "1110",
        "TemplateParamSet": ["case/2026-17", "案件 2026-17 明天到期"],
        "SessionContext": "6ab9f1eb8f7d3388f4f9d586f66e99fd",  # printf k1 | sha256sum
    }
    wanted = {
        "x-tc-action": "SendSms",
        "x-tc-version": "2021-01-11",
        "x-tc-region": "ap-guangzhou",
        "x-tc-timestamp": "1790123400",  # date -u -d 2026-09-23T00:30:00Z +%s
        "content-type": "application/json; charset=utf-8",
        "host": f"localhost:{httpserver.port}",
    }
    assert {name: request.headers[name] for name in wanted} == wanted
    assert request.headers["authorization"].startswith("TC3-HMAC-SHA256 Credential=ID-1/2026-09-23/sms/tc3_request, ")
    assert (receipt.reference, receipt.detail) == ("2640:1", "Ok")


LASTING: dict[str, Any] = {"permanent": True, "retry_after": None, "unknown": False}
BUSY: dict[str, Any] = {"permanent": False, "retry_after": None, "unknown": False}
TODAY = ": limit; it takes no more today"


def waits(**pause: int) -> dict[str, Any]:
    return {"permanent": False, "retry_after": timedelta(**pause), "unknown": False}


@pytest.mark.parametrize(
    ("code", "means", "ends"),
    [
        ("FailedOperation.InsufficientBalanceInSmsPackage", LASTING, ": limit"),
        ("FailedOperation.TemplateIncorrectOrUnapproved", LASTING, ": limit"),
        ("InvalidParameterValue.IncorrectPhoneNumber", LASTING, ": limit"),
        ("UnauthorizedOperation.SmsSdkAppIdVerifyFail", LASTING, ": limit"),
        ("LimitExceeded.PhoneNumberThirtySecondLimit", waits(seconds=30), ": limit"),
        ("LimitExceeded.PhoneNumberOneHourLimit", waits(hours=1), ": limit"),
        ("LimitExceeded.DeliveryFrequencyLimit", waits(minutes=1), ": limit"),
        ("LimitExceeded.PhoneNumberSameContentDailyLimit", LASTING, TODAY),
        ("LimitExceeded.PhoneNumberDailyLimit", LASTING, TODAY),
        ("LimitExceeded.AppDailyLimit", LASTING, TODAY),
        ("InternalError.OtherError", BUSY, ": limit"),
        ("InternalError.Timeout", {"permanent": False, "unknown": True}, "; it may have arrived"),
    ],
)
def test_each_status_of_the_number_says_what_another_try_can_help(
    code: str, means: dict[str, Any], ends: str, channel: TencentSmsChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, code, "limit")
    error = failure(channel)
    assert {name: getattr(error, name) for name in means} == means
    assert str(error) == f"Tencent said {code}{ends}"


@pytest.mark.parametrize(
    ("code", "means", "ends"),
    [
        ("AuthFailure.SecretIdNotFound", LASTING, ": *** of ***, see"),
        ("AuthFailure.SignatureFailure", LASTING, ": *** of ***, see"),
        ("AuthFailure.SignatureExpire", BUSY, ": *** of ***, see; this machine's clock is off: set it"),
        ("RequestLimitExceeded", waits(minutes=1), ": *** of ***, see"),
        ("RequestLimitExceeded.UinLimitExceeded", waits(minutes=1), ": *** of ***, see"),
        ("InternalError", BUSY, ": *** of ***, see"),
    ],
)
def test_each_refusal_of_the_call_says_what_another_try_can_help(
    code: str, means: dict[str, Any], ends: str, channel: TencentSmsChannel, httpserver: HTTPServer
) -> None:
    refuses(httpserver, code, "SECRET-1 of ID-1, see https://cloud.example/SECRET-1")
    error = failure(channel)
    assert {name: getattr(error, name) for name in means} == means
    assert str(error) == f"Tencent said {code}{ends}"


@pytest.mark.parametrize(
    "said", [{}, {"Response": None}, {"Response": {"SendStatusSet": []}}, {"Response": {"SendStatusSet": ["Ok"]}}]
)
def test_an_answer_without_a_status_is_neither_yes_nor_no(
    said: dict[str, object], channel: TencentSmsChannel, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/").respond_with_json(said)
    assert failure(channel).unknown


def test_a_key_without_secret_is_no_key(guard: Guard) -> None:
    with pytest.raises(ChannelSettingsError, match=r"^secret_key: "):
        TencentSmsChannel(("ID-1", ""), "1400006666", TEMPLATE, guard)
