"""Aliyun's short messages against a real HTTP server. Sources: help.aliyun.com, "V3 版本请求体&签名机制", 错误码."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from notifiers.channel import ChannelSettingsError
from notifiers.channels.aliyun import AliyunSmsChannel, authorization, canonical_query
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Recipient
from notifiers.short_texts import Template
from tests.notifiers.cast import NOW, message

WANG = Recipient("p-7", "王小明", "13800138000", "zh-CN")
TEMPLATE = Template("云溪许可", "SMS_1", {"what": "{subject}"}, 35)


@pytest.fixture
def guard() -> Iterator[Guard]:
    with Guard(frozenset({"localhost"})) as guard:
        yield guard


@pytest.fixture
def channel(guard: Guard, httpserver: HTTPServer) -> AliyunSmsChannel:
    return AliyunSmsChannel(("ID-1", "SECRET-1"), TEMPLATE, guard, url=httpserver.url_for("/"), nonce=lambda: "n1")


def answers(httpserver: HTTPServer, status: int = 200, **said: str) -> None:
    httpserver.expect_request("/").respond_with_json(said, status=status)


def failure(channel: AliyunSmsChannel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(message(), WANG, NOW)
    return caught.value


def test_the_signature_of_aliyuns_own_example_is_reproduced() -> None:
    """help.aliyun.com, "V3 版本请求体&签名机制", 固定参数示例."""
    query = canonical_query(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    assert authorization(("YourAccessKeyId", "YourAccessKeySecret"), query, headers) == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_values_are_encoded_as_rfc_3986_says() -> None:
    assert canonical_query({"b": "a b*c~d/e+", "a": "到"}) == "a=%E5%88%B0&b=a%20b%2Ac~d%2Fe%2B"


def test_the_call_names_number_signature_template_and_its_variables(
    channel: AliyunSmsChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, Code="OK", Message="OK", BizId="900619746936498440^0")
    receipt = channel.send(message(), WANG, NOW)
    request = httpserver.log[0][0]
    assert dict(request.args) == {
        "PhoneNumbers": "13800138000",
        "SignName": "云溪许可",
        "TemplateCode": "SMS_1",
        "TemplateParam": '{"what": "案件 2026-17 明天到期"}',
        "OutId": "6ab9f1eb8f7d3388f4f9d586f66e99fd",  # printf k1 | sha256sum
    }
    wanted = {"x-acs-action": "SendSms", "x-acs-version": "2017-05-25", "x-acs-date": "2026-09-23T00:30:00Z"}
    assert {name: request.headers[name] for name in wanted} == wanted
    assert request.headers["host"] == f"localhost:{httpserver.port}"
    assert request.headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=ID-1,SignedHeaders=host;x-acs-")
    assert (receipt.reference, receipt.detail) == ("900619746936498440^0", "OK")


def test_a_number_from_abroad_has_its_country_code_without_plus(
    channel: AliyunSmsChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, Code="OK")
    channel.send(message(), Recipient("p", "n", "+852 61234567", "zh-CN"), NOW)
    assert httpserver.log[0][0].args["PhoneNumbers"] == "85261234567"


def test_a_variable_is_cut_at_35_characters(channel: AliyunSmsChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, Code="OK")
    channel.send(message(subject="期" * 90, repeat_note="（重发）"), WANG, NOW)
    assert httpserver.log[0][0].args["TemplateParam"] == f'{{"what": "（重发） {"期" * 29}…"}}'  # 4 + 1 + 29 + 1


def test_nothing_is_signed_twice(guard: Guard, httpserver: HTTPServer) -> None:
    answers(httpserver, Code="OK")
    channel = AliyunSmsChannel(("ID-1", "SECRET-1"), TEMPLATE, guard, url=httpserver.url_for("/"))
    for _ in range(2):
        channel.send(message(), WANG, NOW)
    assert len({request.headers["x-acs-signature-nonce"] for request, _ in httpserver.log}) == 2


LASTING: dict[str, Any] = {"permanent": True, "retry_after": None}
BUSY: dict[str, Any] = {"permanent": False, "retry_after": None}
TODAY = "; it takes no more for this number today"


@pytest.mark.parametrize(
    ("status", "code", "said", "means", "ends"),
    [
        (200, "isv.MOBILE_NUMBER_ILLEGAL", "13800138000 invalid", LASTING, ": … invalid"),
        (200, "isv.SMS_SIGNATURE_ILLEGAL", "签名不合法", LASTING, ": 签名不合法"),
        (200, "isv.AMOUNT_NOT_ENOUGH", "余额不足", LASTING, ": 余额不足"),
        (403, "isp.RAM_PERMISSION_DENY", "RAM权限DENY", LASTING, ": RAM权限DENY"),
        (404, "InvalidAccessKeyId.NotFound", "ID-1 is not found", LASTING, ": *** is not found"),
        (400, "SignatureDoesNotMatch", "SECRET-1: see https://x.example/SECRET-1", LASTING, ": ***: see"),
        (200, "isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1",
         {"permanent": False, "retry_after": timedelta(minutes=1)}, ": 触发分钟级流控Permits:1"),
        (200, "isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5",
         {"permanent": False, "retry_after": timedelta(hours=1)}, ": 触发小时级流控Permits:5"),
        (200, "isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:10", LASTING, f": 触发天级流控Permits:10{TODAY}"),
        (200, "isv.DAY_LIMIT_CONTROL", "触发日发送限额", LASTING, f": 触发日发送限额{TODAY}"),
        (400, "Throttling.User", "too fast", {"permanent": False, "retry_after": timedelta(minutes=1)}, ": too fast"),
        (200, "isp.SYSTEM_ERROR", "系统错误", BUSY, ": 系统错误"),
        (503, "ServiceUnavailable", "", BUSY, ""),
        (400, "InvalidTimeStamp.Expired", "expired", BUSY, ": expired; this machine's clock is off: set it"),
        (400, "SignatureNonceUsed", "used", BUSY, ": used"),
    ],
)  # fmt: skip
def test_each_code_says_what_another_try_can_help(
    status: int, code: str, said: str, means: dict[str, Any], ends: str, channel: AliyunSmsChannel,
    httpserver: HTTPServer,
) -> None:  # fmt: skip
    answers(httpserver, status, Code=code, Message=said)
    error = failure(channel)
    assert {name: getattr(error, name) for name in means} == means
    assert not error.unknown
    assert str(error) == f"Aliyun said {code}{ends}"


def test_an_answer_without_a_code_is_neither_yes_nor_no(channel: AliyunSmsChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, Message="OK")
    assert failure(channel).unknown


def test_a_status_without_a_code_is_the_refusal(channel: AliyunSmsChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, 403)
    error = failure(channel)
    assert (error.permanent, str(error)) == (True, "HTTP 403")


def test_a_key_without_secret_is_no_key(guard: Guard) -> None:
    with pytest.raises(ChannelSettingsError, match=r"^access_key_secret: "):
        AliyunSmsChannel(("ID-1", ""), TEMPLATE, guard)


def test_a_place_that_does_not_exist_is_named() -> None:
    with pytest.raises(ChannelSettingsError, match=r"^params: \{title\} is unknown; known are: subject"):
        Template("云溪许可", "SMS_1", {"what": "{title}"}, 35)
