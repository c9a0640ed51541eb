"""One's own calendar at the browser, and at its address without one. It is Wednesday 2026-09-23."""

import logging
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from icalendar import Calendar

from sla.store import accounts
from sla.store.migrate import METADATA
from tests.access.cast import Reader
from tests.browser.cast import DUE_TODAY
from tests.web.cast import Desk, desk, text_of


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("subscription")) as made:
        yield made


@pytest.fixture
def window(signed_in: Desk) -> Desk:
    """The window, where nobody has an address yet and nobody tried one."""
    with signed_in.app.writing() as session:
        for table in ("calendar_subscription", "sign_in_attempt"):
            session.connection().execute(METADATA.tables[table].delete())
    return signed_in


@pytest.fixture
def outside(window: Desk) -> Iterator[httpx.Client]:
    """Whoever has an address and no sign-in."""
    with httpx.Client(base_url=window.readers["li"].base, trust_env=False, verify=False) as client:
        yield client


def made(reader: Reader) -> str:
    """A new address, as its path."""
    page = reader.send("/subscription", "/subscription", step="make")
    found = re.search(r'value="(http[^"]+\.ics)"', page.text)
    assert page.status_code == 200 and found, text_of(page)
    assert found.group(1).startswith(f"{reader.base}/calendar/")
    return urlsplit(found.group(1)).path


def test_an_address_is_shown_once_and_read_without_signing_in(window: Desk, outside: httpx.Client) -> None:
    li = window.readers["li"]
    assert "您还没有订阅地址" in text_of(li.open("/subscription"))
    path = made(li)
    assert path not in li.open("/subscription").text and "订阅地址生成于" in text_of(li.open("/subscription"))
    answer = outside.get(path)
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    number = window.numbers[DUE_TODAY[0]]
    assert f"{number}：承诺时限到期" in [str(event["SUMMARY"]) for event in events]


def test_what_did_not_change_is_not_sent_again(window: Desk, outside: httpx.Client) -> None:
    path = made(window.readers["li"])
    first = outside.get(path)
    assert first.headers["cache-control"] == "private, no-cache"
    again = outside.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert outside.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_the_page_says_when_a_calendar_read_it(window: Desk, outside: httpx.Client) -> None:
    li = window.readers["li"]
    path = made(li)
    assert "尚无日历读取过" in text_of(li.open("/subscription"))
    outside.get(path)
    assert "日历最近一次读取：2026年9月23日" in text_of(li.open("/subscription"))


def test_a_new_address_or_a_revocation_ends_the_old_one(window: Desk, outside: httpx.Client) -> None:
    li = window.readers["li"]
    old = made(li)
    new = made(li)
    assert (outside.get(old).status_code, outside.get(new).status_code) == (404, 200)
    assert li.send("/subscription", "/subscription", step="revoke").status_code == 303
    assert outside.get(new).status_code == 404
    assert li.send("/subscription", "/subscription", step="revoke").status_code == 303  # there is none: nothing to do


def test_addresses_that_are_none_are_held_up_and_those_that_are_stay_open(window: Desk, outside: httpx.Client) -> None:
    path = made(window.readers["li"])
    wrong = path.partition(".")[0] + ".wrong.ics"
    answers = [outside.get(wrong) for _ in range(41)]
    assert {answer.status_code for answer in answers[:40]} == {404}
    assert answers[40].status_code == 429 and answers[40].headers["retry-after"] == "30"
    assert outside.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/calendar/x.ics", "/calendar/" + "0" * 32 + ".y.ics"])
def test_what_is_no_address_is_not_found(outside: httpx.Client, path: str) -> None:
    assert outside.get(path).status_code == 404


def test_nothing_of_an_address_stands_in_the_log(
    window: Desk, outside: httpx.Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(window.readers["li"])
    with caplog.at_level(logging.DEBUG):
        monkeypatch.setattr("sla.service.subscriptions.was_read", _fails)
        assert outside.get(path).status_code == 200
        monkeypatch.setattr(accounts, "attempts", _fails)
        assert outside.get(path.replace(".ics", "x.ics")).status_code == 500
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert "not on record that a calendar is read: RuntimeError" in ours
    assert path.partition(".")[2][:20] not in "\n".join(ours)


def _fails(*_: object) -> None:
    raise RuntimeError("as if the disk were full")


def test_whoever_is_not_signed_in_is_sent_to_sign_in(outside: httpx.Client) -> None:
    assert outside.get("/subscription").headers["location"].startswith("/sign-in")
