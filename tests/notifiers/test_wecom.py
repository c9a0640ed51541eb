"""The WeCom robot against a real HTTP server. Source of what it takes and answers: CHANNELS.md."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from notifiers.channel import ChannelSettingsError
from notifiers.channels.wecom import WeComChannel
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Recipient
from tests.notifiers.cast import CLERK, NOW, message

LINK = "https://office.example/cases/2026-17"


@pytest.fixture
def robot(httpserver: HTTPServer) -> Iterator[WeComChannel]:
    with Guard(frozenset({"localhost"})) as guard:
        yield WeComChannel("KEY-693a91f6", guard, httpserver.url_for("/cgi-bin/webhook/send"))


def answers(httpserver: HTTPServer, code: object, said: str = "ok") -> None:
    httpserver.expect_request("/cgi-bin/webhook/send").respond_with_json({"errcode": code, "errmsg": said})


def sent(httpserver: HTTPServer) -> Any:
    return httpserver.log[-1][0].json


def failure(robot: WeComChannel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        robot.send(message(), CLERK, NOW)
    return caught.value


def test_the_call_is_a_text_with_the_key_in_the_address(robot: WeComChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, 0)
    receipt = robot.send(message(), Recipient("p-7", "王小明", "wang.xm", "zh-CN"), NOW)
    assert dict(httpserver.log[0][0].args) == {"key": "KEY-693a91f6"}
    assert sent(httpserver) == {
        "msgtype": "text",
        "text": {
            "content": "案件 2026-17 明天到期\n还剩 1 个工作日。\n请尽快处理。",
            "mentioned_list": ["wang.xm"],
            "mentioned_mobile_list": [],
        },
    }
    assert (receipt.reference, receipt.detail) == ("k1", "errcode 0")


def test_a_mobile_number_is_mentioned_as_one_and_anybody_else_is_named(
    robot: WeComChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, 0)
    robot.send(message(), Recipient("p-7", "王小明", "13800138000", "zh-CN"), NOW)
    text = sent(httpserver)["text"]
    assert (text["mentioned_list"], text["mentioned_mobile_list"]) == ([], ["13800138000"])
    robot.send(message(), Recipient("p-7", "王小明", "", "zh-CN"), NOW)
    text = sent(httpserver)["text"]
    assert (text["mentioned_list"], text["mentioned_mobile_list"]) == ([], [])
    assert text["content"].startswith("王小明\n案件 2026-17")


def test_a_long_text_is_cut_at_2048_bytes_and_ends_with_the_link(robot: WeComChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, 0)
    robot.send(message(text="期" * 2_000, link=LINK), Recipient("p-7", "王小明", "wang", "zh-CN"), NOW)
    content = sent(httpserver)["text"]["content"]
    assert 2_046 <= len(content.encode()) <= 2_048  # a character has 3 bytes
    assert content.endswith(f"期…\n{LINK}")


@pytest.mark.parametrize("code", [93000, 40058])
def test_a_bad_key_and_a_text_too_long_are_final(code: int, robot: WeComChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, code, "invalid webhook url, hint: [1], more info at https://open.work.weixin.qq.com/query?e=9")
    error = failure(robot)
    assert (error.permanent, error.unknown, error.retry_after) == (True, False, None)
    assert str(error) == f"WeCom said {code}: invalid webhook url, hint: [1], more info at"


def test_too_many_a_minute_waits_a_minute(robot: WeComChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, 45009, "api freq out of limit")
    error = failure(robot)
    assert (error.permanent, error.unknown, error.retry_after) == (False, False, timedelta(minutes=1))


def test_busy_is_tried_again(robot: WeComChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, -1, "system busy")
    error = failure(robot)
    assert (error.permanent, error.unknown, error.retry_after) == (False, False, None)


@pytest.mark.parametrize("code", [None, "0", False, 0.5])
def test_an_answer_without_a_code_is_neither_yes_nor_no(
    code: object, robot: WeComChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, code)
    assert failure(robot).unknown


def test_the_key_in_the_answer_is_not_repeated(robot: WeComChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, 93000, "no robot KEY-693a91f6 of 13800138000")
    assert str(failure(robot)) == "WeCom said 93000: no robot *** of …"


def test_a_robot_without_key_is_no_robot() -> None:
    with Guard() as guard, pytest.raises(ChannelSettingsError, match=r"^key: is empty"):
        WeComChannel("", guard)
