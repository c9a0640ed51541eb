"""The optional channel, with the real library against a real HTTP server."""

import logging
import sys
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from notifiers.channel import ChannelSettingsError
from notifiers.channels.apprise import AppriseChannel
from notifiers.message import DeliveryError
from tests.notifiers.cast import CLERK, NOW, message

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # a plugin of Apprise's

LINK = "https://office.example/cases/2026_17"


@pytest.fixture(autouse=True)
def levels() -> Iterator[None]:
    """The channel silences two loggers of the process."""
    before = {name: logging.getLogger(name).level for name in ("apprise", "urllib3")}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def channel(httpserver: HTTPServer) -> AppriseChannel:
    return AppriseChannel(f"json://user:SECRET-1@localhost:{httpserver.port}/TOKEN-1")


def test_a_message_arrives_with_its_title_and_text(channel: AppriseChannel, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/TOKEN-1").respond_with_data("")
    receipt = channel.send(message(text=f"请看 {LINK}\n[x](http://y) @all", link=LINK), CLERK, NOW)
    [(request, _)] = httpserver.log
    assert request.json["title"] == "案件 2026-17 明天到期"
    assert request.json["message"] == f"请看 {LINK}\n［x］(http://y) ＠all"
    assert receipt.reference == "k1"


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
def test_a_failure_is_unknown_and_tells_no_secret(
    status: int, channel: AppriseChannel, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"Location": httpserver.url_for("/elsewhere")}
    httpserver.expect_request("/TOKEN-1").respond_with_data("TOKEN-1", status=status, headers=headers)
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryError) as caught:
        channel.send(message(), CLERK, NOW)
    assert (caught.value.permanent, caught.value.unknown) == (False, True)
    assert str(caught.value) == "Apprise could not deliver, and does not say why; it may have arrived"
    ours = " ".join(record.getMessage() for record in caplog.records if record.name != "werkzeug")
    assert not any(secret in ours for secret in ("SECRET-1", "TOKEN-1"))
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("url", ["", "nosuch://SECRET-1", "SECRET-1", "https://"])
def test_an_address_that_apprise_does_not_know_is_named_and_not_repeated(url: str) -> None:
    with pytest.raises(ChannelSettingsError, match=r"^url: is no address that Apprise knows") as caught:
        AppriseChannel(url)
    assert "SECRET-1" not in str(caught.value)


def test_without_the_library_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)  # as if it were not there
    with pytest.raises(ChannelSettingsError, match=r"^kind: needs Apprise: run `pip install shixian\[apprise\]`$"):
        AppriseChannel("json://localhost/")
