"""The webhook channel against a real HTTP server. Source of the rules: the Standard Webhooks specification."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook
from werkzeug import Request
from werkzeug import Response as Answer

from notifiers.channel import ChannelSettingsError
from notifiers.channels.webhook import WebhookChannel, body_of, webhook_id
from notifiers.guard import Guard
from notifiers.message import DeliveryError
from tests.notifiers.cast import CLERK, NOW, message

# CHANNELS.md, "Signing vectors"
SECRET = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
OTHER = "whsec_MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE="


@pytest.fixture
def guard() -> Iterator[Guard]:
    with Guard(frozenset({"localhost"}), timeout=timedelta(seconds=0.5)) as guard:
        yield guard


@pytest.fixture
def hook(guard: Guard, httpserver: HTTPServer) -> WebhookChannel:
    return WebhookChannel(httpserver.url_for("/hook/KEY?token=TOKEN"), [SECRET], guard)


def failure(send: Callable[[], object]) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send()
    assert not {"KEY", "TOKEN"} & set(str(caught.value).replace("/", " ").replace("=", " ").split())
    return caught.value


def test_the_signature_of_the_published_vector_is_reproduced() -> None:
    at = datetime.fromtimestamp(1_767_225_600, tz=UTC)
    signed = Webhook(SECRET).sign("msg_1", at, '{"type":"case.due"}')
    assert signed == "v1,GpFlINvVfTkFB8IJEStJE3zGnbpWtPf6AXmhhfMiiU8="  # CHANNELS.md


def test_a_receiver_with_the_secret_can_verify_what_it_got(hook: WebhookChannel, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook/KEY").respond_with_data("", status=204)
    receipt = hook.send(message(), CLERK, NOW)
    [(request, _)] = httpserver.log
    with time_machine.travel(NOW, tick=False):
        assert Webhook(SECRET).verify(request.get_data(), dict(request.headers))
    assert request.headers["webhook-timestamp"] == "1790123400"  # date -u -d 2026-09-23T00:30:00Z +%s
    assert (receipt.reference, receipt.detail) == ("k1", "HTTP 204")


@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_while_a_secret_is_rotated_either_verifies(secret: str, guard: Guard, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("")
    WebhookChannel(httpserver.url_for("/"), [SECRET, OTHER], guard).send(message(), CLERK, NOW)
    [(request, _)] = httpserver.log
    assert [part[:3] for part in request.headers["webhook-signature"].split(" ")] == ["v1,", "v1,"]
    with time_machine.travel(NOW, tick=False):
        assert Webhook(secret).verify(request.get_data(), dict(request.headers))


def test_the_body_is_a_cloud_event_in_compact_json() -> None:
    assert body_of(message(data={"b": "到期", "a": 1})) == (
        '{"data":{"a":1,"b":"到期"},"id":"k1","source":"urn:office:1","specversion":"1.0","subject":"case/2026-17",'
        '"time":"2026-09-23T00:30:00Z","type":"case.due_soon"}'
    )


def test_the_signed_time_is_utc_whatever_zone_the_time_was_handed_in(
    hook: WebhookChannel, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook/KEY").respond_with_data("")
    beijing = NOW.astimezone(tz=datetime.fromisoformat("2026-01-01T00:00+08:00").tzinfo)
    hook.send(message(), CLERK, NOW)
    hook.send(message(), CLERK, beijing)
    first, second = (request.headers["webhook-signature"] for request, _ in httpserver.log)
    assert first == second


def test_every_try_carries_the_same_id_and_body_and_its_own_time(hook: WebhookChannel, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook/KEY").respond_with_data("", status=503)
    for minutes in (0, 1, 6):
        failure(lambda minutes=minutes: hook.send(message(), CLERK, NOW + timedelta(minutes=minutes)))  # type: ignore[misc]
    requests = [request for request, _ in httpserver.log]
    assert {request.headers["webhook-id"] for request in requests} == {"k1"}
    assert len({request.get_data() for request in requests}) == 1
    assert len({request.headers["webhook-timestamp"] for request in requests}) == 3


@pytest.mark.parametrize("key", ["案件|2026-17", "a b", "a.b", "a\r\nX-Evil: 1", "k" * 500, "é"])
def test_a_key_that_no_header_can_carry_becomes_a_stable_digest(
    key: str, hook: WebhookChannel, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook/KEY").respond_with_data("")
    for _ in range(2):
        hook.send(message(key=key), CLERK, NOW)
    [sent] = {request.headers["webhook-id"] for request, _ in httpserver.log}
    assert sent.startswith("msg_")
    assert sent != webhook_id(key + "x")
    assert {json.loads(request.get_data())["id"] for request, _ in httpserver.log} == {key}
    assert all("X-Evil" not in request.headers for request, _ in httpserver.log)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 404, 413, 422])
def test_a_redirect_and_a_plain_refusal_are_final(status: int, hook: WebhookChannel, httpserver: HTTPServer) -> None:
    headers = {"Location": httpserver.url_for("/elsewhere")}
    httpserver.expect_request("/hook/KEY").respond_with_data("KEY TOKEN", status=status, headers=headers)
    error = failure(lambda: hook.send(message(), CLERK, NOW))
    assert (error.permanent, error.gone, error.unknown) == (True, False, False)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_refusal_of_the_moment_is_tried_again(status: int, hook: WebhookChannel, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook/KEY").respond_with_data("", status=status)
    error = failure(lambda: hook.send(message(), CLERK, NOW))
    assert (error.permanent, error.gone, error.unknown) == (False, False, False)


def test_410_is_final_and_says_that_the_endpoint_is_gone(hook: WebhookChannel, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook/KEY").respond_with_data("", status=410)
    error = failure(lambda: hook.send(message(), CLERK, NOW))
    assert (error.permanent, error.gone) == (True, True)


@pytest.mark.parametrize("value", ["600", "Wed, 23 Sep 2026 00:40:00 GMT"])
def test_the_pause_a_receiver_asks_for_is_passed_on(value: str, hook: WebhookChannel, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook/KEY").respond_with_data("", status=429, headers={"Retry-After": value})
    assert failure(lambda: hook.send(message(), CLERK, NOW)).retry_after == timedelta(minutes=10)


def test_a_time_out_is_unknown(hook: WebhookChannel, httpserver: HTTPServer) -> None:
    import threading

    over = threading.Event()

    def hang(_: Request) -> Answer:
        over.wait(10)
        return Answer("")

    httpserver.expect_request("/hook/KEY").respond_with_handler(hang)
    error = failure(lambda: hook.send(message(), CLERK, NOW))
    over.set()
    assert (error.unknown, error.permanent) == (True, False)


@pytest.mark.parametrize("secrets", [[], [""], ["whsec_"], ["whsec_c2hvcnQ="], ["not base64!"], [SECRET, "x"]])
def test_a_secret_that_is_none_is_named_and_not_repeated(secrets: list[str], guard: Guard) -> None:
    with pytest.raises(ChannelSettingsError) as caught:
        WebhookChannel("https://hook.test/", secrets, guard)
    assert caught.value.field == "secret"
    assert not any(
        secret and secret in str(caught.value) for secret in secrets if secret != "whsec_" and len(secret) > 1
    )


def test_the_address_is_called_as_it_was_given(hook: WebhookChannel, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook/KEY", query_string="token=TOKEN").respond_with_data("")
    hook.send(message(), CLERK, NOW)
    assert urlsplit(httpserver.log[0][0].url).query == "token=TOKEN"
