"""Today: whose day it is, what stands in it, and how it goes on. It is Wednesday 2026-09-23; the cast's cases."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from sla.web import day as day_module
from tests.access.cast import Reader
from tests.browser.cast import AWAITING, DUE_TODAY, NEXT_DAYS, NOW, OVERDUE, PAUSED, at
from tests.web.cast import Desk, desk, text_of


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("today")) as made:
        yield made


@pytest.fixture
def li(window: Desk) -> Iterator[Reader]:
    yield window.readers["li"]
    if window.app.clock.fixed != NOW:
        on(window, NOW)


def on(window: Desk, moment: datetime) -> None:
    """Another day: everybody signs in again, as the sign-in of the day before has ended."""
    window.app.clock.fixed = moment
    for reader in window.readers.values():
        reader.client.cookies.clear()
    window.sign_in()


def titles(page: str, name: str) -> list[str]:
    """The cases of a list."""
    part = page.partition(f'<section class="list {name}"')[2].partition("</section>")[0]
    return [unescape(title) for title in re.findall(r'<span class="title">(.*?)</span>', part)]


def lists_of(page: str) -> dict[str, list[str]]:
    return {name: titles(page, name) for name in ("overdue", "due_today", "next_days", "paused", "awaiting")}


def test_a_clerk_begins_with_their_own_cases(window: Desk, li: Reader) -> None:
    mine = li.open("/").text
    assert lists_of(mine) == {
        "overdue": [], "due_today": DUE_TODAY, "next_days": NEXT_DAYS, "paused": [], "awaiting": AWAITING,
    }  # fmt: skip
    assert titles(window.readers["wang"].open("/").text, "overdue") == OVERDUE
    assert "<title>今日" in mine and 'href="/icon.svg?overdue=0"' in mine


def test_the_office_is_everybody_and_may_be_one_of_them(li: Reader) -> None:
    assert titles(li.open("/?view=office").text, "overdue") == OVERDUE
    assert titles(li.open("/?view=office&handler=li").text, "overdue") == []
    assert titles(li.open("/?handler=").text, "overdue") == OVERDUE  # as the form sends it


def test_whoever_handles_no_cases_begins_with_the_office(window: Desk, li: Reader) -> None:
    assert titles(window.readers["zhao"].open("/").text, "overdue") == OVERDUE


def test_the_title_and_the_icon_say_how_many_are_overdue(li: Reader) -> None:
    page = li.open("/?view=office&lang=en").text
    assert "<title>2 overdue · Today" in page
    icon = li.open(re.search(r'rel="icon" href="([^"]+)"', page)[1])  # type: ignore[index]
    assert icon.headers["content-type"].startswith("image/svg+xml") and ">2</text>" in icon.text
    assert ">99+</text>" in li.open("/icon.svg?overdue=100").text
    for none in ("", "?overdue=0", "?overdue=%3Cscript%3E", "?overdue=-1"):
        assert "<text" not in li.open(f"/icon.svg{none}").text
    li.open("/?lang=zh")


def test_a_pause_rests_until_its_end_is_past(window: Desk, li: Reader) -> None:
    before = li.open("/").text
    assert titles(before, "paused") == [] and "另有 2 个时限处于挂起状态" in before
    assert 'href="/cases?standing=paused&amp;handler=li"' in before
    on(window, at("09-27T10:00"))  # it was to end on the 26th
    after = li.open("/").text
    assert titles(after, "paused") == PAUSED * 2
    rows = [
        " ".join(text.split()) for text in re.findall(r'<tr role="row" class="row paused".*?</tr>', after, re.DOTALL)
    ]
    # Of a promise of six days the 15th and 16th had run; resumed on Sunday the 27th: 28 to 30 September, 8 October.
    assert any(
        "9月16日 周三" in row and "公示" in row and ">4 个工作日<" in row and "10月8日 周四" in row for row in rows
    )
    assert "预计结束：9月26日 周六" in after and "处于挂起状态" not in after.partition("<main")[2]


def test_a_pause_without_an_end_rests_for_twenty_working_days(window: Desk, li: Reader) -> None:
    assert li.open(window.path("paused", NEXT_DAYS[0])).status_code == 200
    done = window.fill("li", window.path("paused", NEXT_DAYS[0]), "record", ground="public_notice", notice="号")
    assert done.status_code == 303, done.text
    # 24, 28-30 September, 8-10, 12-16, 19-23, 26-28 October: twenty. The day after is the twenty-first.
    for now, listed in (("10-28T10:00", False), ("10-29T10:00", True)):
        on(window, at(now))
        assert (NEXT_DAYS[0] in titles(li.open("/").text, "paused")) is listed, now
    on(window, NOW)
    assert window.fill("li", window.path("resumed", NEXT_DAYS[0]), "record").status_code == 303


def test_a_provisional_date_of_a_paused_clock_is_said_once(window: Desk, li: Reader) -> None:
    on(window, at("12-28T10:00"))
    rows = re.findall(r'<tr role="row" class="row paused".*?</tr>', li.open("/").text, re.DOTALL)
    assert [row.count("暂定") for row in rows] == [1, 1]  # of next year nothing is announced


@pytest.mark.parametrize("wrong", ["view=theirs", "handler=nobody", "list=all", "page=0", "page=x", "page=1e9"])
def test_what_there_is_not_is_said(li: Reader, wrong: str) -> None:
    page = li.open(f"/?{wrong}")
    assert page.status_code == 400 and wrong.partition("=")[2] in text_of(page)


def test_a_list_shows_so_many_and_leads_to_the_rest(li: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    from sla.service import board

    for module in (board, day_module):
        monkeypatch.setattr(module, "FIRST", 1)
        monkeypatch.setattr(module, "PAGE", 1)
    page = li.open("/?view=office").text
    assert titles(page, "overdue") == OVERDUE[:1]
    more = re.search(r'另有 1 项.*?<a href="([^"]*list=overdue[^"]*)">“超期”全部 2 项', page)
    assert more
    whole = li.open(unescape(more[1]))
    assert titles(whole.text, "overdue") == OVERDUE[:1] and "<h1>超期" in whole.text
    following = re.search(r'<a href="([^"]+)" rel="next"', whole.text)
    assert following
    last = li.open(unescape(following[1])).text
    assert titles(last, "overdue") == OVERDUE[1:] and 'rel="next"' not in last and 'rel="prev"' in last
    assert "此页已没有内容" in li.open("/?view=office&list=overdue&page=9").text


def test_a_page_that_says_the_same_is_not_sent_again(window: Desk, li: Reader) -> None:
    first = li.open("/")
    asked = {"if-none-match": first.headers["etag"]}
    window.app.clock.fixed = at("09-23T10:05")
    same = li.client.get("/", headers=asked)
    assert (same.status_code, same.content, same.headers["x-as-of"]) == (304, b"", "10:05")
    assert li.client.get("/?view=office", headers=asked).status_code == 200
    assert li.client.get("/?lang=en", headers=asked).status_code == 200
    li.open("/?lang=zh")
    assert window.readers["wang"].client.get("/", headers=asked).status_code == 200
    window.fill("li", window.path("paused", DUE_TODAY[0]), "record", ground="public_notice", notice="号")
    assert li.client.get("/", headers=asked).status_code == 200
    assert window.fill("li", window.path("resumed", DUE_TODAY[0]), "record").status_code == 303


def test_an_action_leads_back_to_its_place(window: Desk, li: Reader) -> None:
    page = li.open("/?view=office&handler=li").text
    row = re.search(
        rf'<tr role="row" class="row \w+" id="([^"]+)">(?:(?!</tr>).)*{DUE_TODAY[0]}.*?</tr>', page, re.DOTALL
    )
    assert row
    path = unescape(re.search(r'href="(/record/decided/[^"]+)"', row[0])[1])  # type: ignore[index]
    back = f"/?view=office&handler=li#{row[1]}"
    assert parse_qs(urlsplit(path).query) == {"to": [back]}
    form = li.open(path).text
    assert f'name="to" value="{back.replace("&", "&amp;")}"' in form
