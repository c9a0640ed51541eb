"""The Feishu robot against a real HTTP server. Source of what it takes and answers: CHANNELS.md."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from notifiers.channel import ChannelSettingsError
from notifiers.channels.feishu import FeishuChannel, sign
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Recipient
from tests.notifiers.cast import CLERK, NOW, message

LINK = "https://office.example/cases/2026-17"
HOOK = "/open-apis/bot/v2/hook"
WANG = Recipient("p-7", "王小明", "ou_84aad35d", "zh-CN")


@pytest.fixture
def guard() -> Iterator[Guard]:
    with Guard(frozenset({"localhost"})) as guard:
        yield guard


@pytest.fixture
def robot(guard: Guard, httpserver: HTTPServer) -> FeishuChannel:
    return FeishuChannel("TOKEN-1", "feishutest", guard, httpserver.url_for(HOOK))


def answers(httpserver: HTTPServer, said: dict[str, object], status: int = 200) -> None:
    httpserver.expect_request(f"{HOOK}/TOKEN-1").respond_with_json(said, status=status)


def sent(httpserver: HTTPServer) -> Any:
    return httpserver.log[-1][0].json


def failure(robot: FeishuChannel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        robot.send(message(), CLERK, NOW)
    return caught.value


def test_the_signature_of_the_published_vector_is_reproduced() -> None:
    assert sign("feishutest", 1_767_225_600) == "MLni91/Nm4rCXgHiz+8c3JsAkGPkNL3fBWiObE7kvdg="  # CHANNELS.md


def test_the_call_is_rich_text_signed_in_its_body(robot: FeishuChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, {"code": 0, "msg": "success", "data": {}})
    receipt = robot.send(message(text=f"还剩 1 个工作日。\n请看 {LINK}", link=LINK), WANG, NOW)
    assert sent(httpserver) == {
        "timestamp": "1790123400",  # date -u -d 2026-09-23T00:30:00Z +%s
        "sign": sign("feishutest", 1_790_123_400),
        "msg_type": "post",
        "content": {
            "post": {
                "zh_cn": {
                    "title": "案件 2026-17 明天到期",
                    "content": [
                        [{"tag": "at", "user_id": "ou_84aad35d"}],
                        [{"tag": "text", "text": "还剩 1 个工作日。"}],
                        [{"tag": "text", "text": "请看 "}, {"tag": "a", "text": LINK, "href": LINK}],
                    ],
                }
            }
        },
    }
    assert (receipt.reference, receipt.detail) == ("k1", "code 0")


def test_a_robot_without_secret_is_called_without_signature(guard: Guard, httpserver: HTTPServer) -> None:
    answers(httpserver, {"StatusCode": 0, "StatusMessage": "success"})
    FeishuChannel("TOKEN-1", None, guard, httpserver.url_for(HOOK)).send(message(), WANG, NOW)
    assert sorted(sent(httpserver)) == ["content", "msg_type"]


@pytest.mark.parametrize("address", ["", "13800138000", "all"])
def test_whoever_has_no_user_id_is_named(address: str, robot: FeishuChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, {"code": 0})
    robot.send(message(), Recipient("p-7", "王小明", address, "zh-CN"), NOW)
    assert sent(httpserver)["content"]["post"]["zh_cn"]["content"][0] == [{"tag": "text", "text": "王小明"}]


def test_a_long_text_is_cut_at_20_kilobytes_of_the_whole_call_and_ends_with_the_link(
    robot: FeishuChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, {"code": 0})
    robot.send(message(text='"期"\n' * 10_000, link=LINK), WANG, NOW)
    assert 19_800 < len(httpserver.log[0][0].get_data()) <= 20_000
    last = sent(httpserver)["content"]["post"]["zh_cn"]["content"][-1]
    assert last == [{"tag": "a", "text": LINK, "href": LINK}]


@pytest.mark.parametrize("code", [19021, 19022, 19024, 9499])
@pytest.mark.parametrize("status", [200, 400])
def test_a_call_that_the_robot_does_not_accept_is_final(
    code: int, status: int, robot: FeishuChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, {"code": code, "msg": "not for TOKEN-1 with feishutest, see https://open.feishu.cn/x"}, status)
    error = failure(robot)
    assert (error.permanent, error.unknown, error.retry_after) == (True, False, None)
    hint = "; the secret is wrong, or this machine's clock is off by more than an hour" if code == 19021 else ""
    assert str(error) == f"Feishu said {code}: not for *** with ***, see{hint}"


def test_too_many_wait_a_minute(robot: FeishuChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, {"code": 11232, "msg": "frequency limited"})
    error = failure(robot)
    assert (error.permanent, error.unknown, error.retry_after) == (False, False, timedelta(minutes=1))


@pytest.mark.parametrize("said", [{}, {"code": "0"}, {"code": False}, {"code": None}])
def test_an_answer_without_a_code_is_neither_yes_nor_no(
    said: dict[str, object], robot: FeishuChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, said)
    assert failure(robot).unknown


def test_a_robot_without_token_is_no_robot(guard: Guard) -> None:
    with pytest.raises(ChannelSettingsError, match=r"^token: is empty"):
        FeishuChannel("", None, guard)
