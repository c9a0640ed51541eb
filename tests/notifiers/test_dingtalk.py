"""The DingTalk robot against a real HTTP server. Source of what it takes and answers: CHANNELS.md."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from notifiers.channel import ChannelSettingsError
from notifiers.channels.dingtalk import DingTalkChannel, sign
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Recipient
from tests.notifiers.cast import CLERK, NOW, message

LINK = "https://office.example/cases/2026-17"
WANG = Recipient("p-7", "王小明", "13800138000", "zh-CN")


@pytest.fixture
def guard() -> Iterator[Guard]:
    with Guard(frozenset({"localhost"})) as guard:
        yield guard


@pytest.fixture
def robot(guard: Guard, httpserver: HTTPServer) -> DingTalkChannel:
    return DingTalkChannel("TOKEN-1", "SECtest", guard, httpserver.url_for("/robot/send"))


def answers(httpserver: HTTPServer, code: int, said: str = "ok") -> None:
    httpserver.expect_request("/robot/send").respond_with_json({"errcode": code, "errmsg": said})


def sent(httpserver: HTTPServer) -> Any:
    return httpserver.log[-1][0].json


def failure(robot: DingTalkChannel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        robot.send(message(), CLERK, NOW)
    return caught.value


def test_the_signature_of_the_published_vector_is_reproduced() -> None:
    assert sign("SECtest", 1_767_225_600_000) == "VFnS0ToY3dOa75/lvH0rYNwJBmfT5at2UOkds8G1Cuo="  # CHANNELS.md


def test_the_signature_is_encoded_once_in_the_address(robot: DingTalkChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, 0)
    for seconds in range(20):  # some of these signatures hold "+", "/" and "="
        robot.send(message(), WANG, NOW + timedelta(seconds=seconds))
        args = httpserver.log[-1][0].args
        at = 1_790_123_400_000 + seconds * 1_000  # date -u -d 2026-09-23T00:30:00Z +%s
        assert dict(args) == {"access_token": "TOKEN-1", "timestamp": str(at), "sign": sign("SECtest", at)}


def test_a_robot_without_secret_is_called_without_signature(guard: Guard, httpserver: HTTPServer) -> None:
    answers(httpserver, 0)
    DingTalkChannel("TOKEN-1", None, guard, httpserver.url_for("/robot/send")).send(message(), WANG, NOW)
    assert dict(httpserver.log[0][0].args) == {"access_token": "TOKEN-1"}


def test_the_call_is_markdown_with_the_mobile_number_in_the_text_too(
    robot: DingTalkChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, 0)
    receipt = robot.send(message(text=f"请看 {LINK}", link=LINK), WANG, NOW)
    assert sent(httpserver) == {
        "msgtype": "markdown",
        "markdown": {
            "title": "案件 2026-17 明天到期",
            "text": f"@13800138000  \n案件 2026-17 明天到期  \n请看 [{LINK}]({LINK})",
        },
        "at": {"atMobiles": ["13800138000"], "atUserIds": [], "isAtAll": False},
    }
    assert (receipt.reference, receipt.detail) == ("k1", "errcode 0")


@pytest.mark.parametrize(("address", "users", "start"), [("wang", ["wang"], "@wang  \n"), ("", [], "王小明  \n")])
def test_a_user_id_is_mentioned_as_one_and_anybody_else_is_named(
    address: str, users: list[str], start: str, robot: DingTalkChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, 0)
    robot.send(message(), Recipient("p-7", "王小明", address, "zh-CN"), NOW)
    assert sent(httpserver)["at"] == {"atMobiles": [], "atUserIds": users, "isAtAll": False}
    assert sent(httpserver)["markdown"]["text"].startswith(start)


def test_a_message_without_subject_has_a_title_all_the_same(robot: DingTalkChannel, httpserver: HTTPServer) -> None:
    answers(httpserver, 0)
    robot.send(message(subject=""), WANG, NOW)
    assert sent(httpserver)["markdown"]["title"] == "case.due_soon"


def test_a_long_text_is_cut_at_20_kilobytes_of_the_whole_call_and_ends_with_the_link(
    robot: DingTalkChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, 0)
    robot.send(message(text="[期]\n" * 10_000, link=LINK), WANG, NOW)
    text = sent(httpserver)["markdown"]["text"]
    assert 19_900 < len(httpserver.log[0][0].get_data()) <= 20_000
    assert text.endswith(f"…  \n[{LINK}]({LINK})")


@pytest.mark.parametrize("code", [310000, 300005])
def test_a_call_that_the_robot_does_not_accept_is_final(
    code: int, robot: DingTalkChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, code, "keywords not in content, more: [https://ding-doc.example/TOKEN-1] TOKEN-1 SECtest")
    error = failure(robot)
    assert (error.permanent, error.unknown, error.retry_after) == (True, False, None)
    assert str(error) == f"DingTalk said {code}: keywords not in content, more: *** ***"


@pytest.mark.parametrize("code", [130101, 410100])
def test_too_many_a_minute_waits_the_ten_minutes_it_is_blocked(
    code: int, robot: DingTalkChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, code, "send too fast")
    error = failure(robot)
    assert (error.permanent, error.unknown, error.retry_after) == (False, False, timedelta(minutes=10))


def test_an_invalid_timestamp_says_that_our_clock_is_off_and_is_tried_again(
    robot: DingTalkChannel, httpserver: HTTPServer
) -> None:
    answers(httpserver, 310000, "invalid timestamp")
    error = failure(robot)
    assert not error.permanent
    assert str(error) == "DingTalk said 310000: invalid timestamp; this machine's clock is off: set it"


def test_the_signature_in_the_answer_is_not_repeated(robot: DingTalkChannel, httpserver: HTTPServer) -> None:
    signed = sign("SECtest", 1_790_123_400_000)
    answers(httpserver, 310000, f"sign not match: {signed}")
    assert str(failure(robot)) == "DingTalk said 310000: sign not match: ***"


def test_a_robot_without_token_is_no_robot(guard: Guard) -> None:
    with pytest.raises(ChannelSettingsError, match=r"^token: is empty"):
        DingTalkChannel("", None, guard)
