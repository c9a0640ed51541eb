"""Today with the keyboard, and as it keeps itself up to date: nothing is lost of where one is. The cast's window."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from sla.service import cases
from sla.service.cases import When
from sla.service.offices import office_named
from tests.browser.barriers import barriers
from tests.browser.cast import AWAITING, DUE_TODAY, NEXT_DAYS, NOW, OVERDUE, Served
from tests.web.cast import Desk, desk

MINUTE = 61_000


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


@pytest.fixture
def mine(window: Desk, browser: Browser) -> Iterator[Page]:
    """Today of Li, signed in, with the browser's time in hand."""
    reader = window.readers["li"]
    context = browser.new_context(viewport={"width": 1280, "height": 500})
    context.add_cookies(
        [{"name": c.name, "value": c.value or "", "url": reader.base} for c in reader.client.cookies.jar]
    )
    opened = context.new_page()
    opened.clock.install()
    opened.goto(reader.base)
    yield opened
    context.close()


def decide(window: Desk, title: str) -> None:
    with window.app.writing() as session:
        office = office_named(session, "")
        cases.record(session, office, window.numbers[title], "decided", {"outcome": "approved"}, When(NOW), NOW, "li")


def is_today(answer: Response) -> bool:
    return urlsplit(answer.url).path == "/"


def a_minute_later(page: Page) -> Response:
    with page.expect_response(is_today) as answered:
        page.clock.run_for(MINUTE)
    return answered.value


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_j_and_k_go_from_row_to_row_and_enter_opens(page: Page, served: Served) -> None:
    page.goto(f"{served.base}/?view=office")
    numbers = [served.numbers[title] for title in (*OVERDUE, *DUE_TODAY)]
    seen = []
    for _ in range(3):
        page.keyboard.press("j")
        seen.append(focused(page))
    assert seen == numbers
    page.keyboard.press("k")
    assert focused(page) == numbers[1]
    page.keyboard.press("Enter")
    page.wait_for_url(served.case(OVERDUE[1]))


def test_a_slash_looks_for_a_case_and_what_is_typed_there_is_text(page: Page, served: Served) -> None:
    page.goto(served.base)
    page.keyboard.press("/")
    page.keyboard.type("j/k?")
    assert page.input_value("#number") == "j/k?" and not page.locator("dialog").is_visible()


def test_the_keys_are_shown_in_a_dialog_that_gives_the_focus_back(page: Page, served: Served) -> None:
    page.goto(f"{served.base}/?lang=en")
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keyboard").is_visible()
    page.keyboard.press("j")
    assert focused(page) == "Close"
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible() and focused(page) == served.numbers[OVERDUE[0]]
    page.get_by_role("link", name="Keyboard").click()
    assert page.get_by_role("dialog").is_visible()


def test_single_keys_can_be_turned_off_for_good(page: Page, served: Served) -> None:
    page.goto(f"{served.base}/?lang=en")
    page.keyboard.press("?")
    page.get_by_label("Use single keys on this device").uncheck()
    page.keyboard.press("Escape")
    for _ in range(2):
        for key in ("j", "/", "?"):
            page.keyboard.press(key)
        assert not page.locator("dialog").is_visible() and page.evaluate("document.activeElement === document.body")
        page.goto(f"{served.base}/cases")  # there too, and after the page was loaded anew
        page.goto(served.base)
    page.goto(f"{served.base}/keys")
    page.get_by_label("Use single keys on this device").check()
    page.goto(served.base)
    page.keyboard.press("j")
    assert focused(page) == served.numbers[OVERDUE[0]]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_dialog_of_the_keys_bars_nobody(page: Page, served: Served, language: str) -> None:
    page.goto(f"{served.base}/?lang={language}")
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible() and barriers(page) == []


def test_without_scripts_the_keys_are_a_page_and_the_views_are_links(browser: Browser, window: Desk) -> None:
    reader = window.readers["li"]
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(
        [{"name": c.name, "value": c.value or "", "url": reader.base} for c in reader.client.cookies.jar]
    )
    page = context.new_page()
    page.goto(reader.base)
    page.get_by_role("link", name="窗口", exact=True).click()
    assert page.locator("#overdue .title").all_text_contents() == OVERDUE
    page.get_by_role("link", name="键盘快捷键").click()
    assert page.locator("h1").inner_text() == "键盘快捷键" and not page.locator("#single-keys").is_visible()
    context.close()


def test_what_has_not_changed_is_not_sent_and_the_page_says_when_it_was_asked(window: Desk, mine: Page) -> None:
    window.app.clock.fixed = NOW.replace(minute=7)
    assert a_minute_later(mine).status == 304
    mine.get_by_text("截至 10:07").wait_for()


def test_a_change_is_put_in_its_place_and_all_else_stays(window: Desk, mine: Page) -> None:
    row = mine.locator("#next_days tbody tr")
    row.evaluate("row => { row.kept = true; getSelection().selectAllChildren(row.querySelector('.title')); }")
    mine.select_option("#handler", "wang")
    mine.locator("#awaiting .at-case > a").evaluate("link => link.focus({ preventScroll: true })")
    mine.evaluate("scrollTo({ top: 600, behavior: 'instant' })")
    top = mine.locator("#awaiting tbody tr").evaluate("row => row.getBoundingClientRect().top")
    decide(window, DUE_TODAY[0])
    assert a_minute_later(mine).status == 200
    mine.locator("#due_today .empty").wait_for()
    assert focused(mine) == window.numbers[AWAITING[0]]
    assert row.evaluate("row => row.kept") is True
    assert mine.evaluate("getSelection().toString()") == NEXT_DAYS[0]
    assert mine.input_value("#handler") == "wang"
    now_at = mine.locator("#awaiting tbody tr").evaluate("row => row.getBoundingClientRect().top")
    assert abs(now_at - top) < 2


def test_the_title_and_the_icon_follow(window: Desk, mine: Page) -> None:
    mine.goto(f"{window.readers['li'].base}/?view=office")
    assert mine.title().startswith("超期 2 项")
    with window.app.writing() as session:
        office = office_named(session, "")
        details = {"outcome": "approved", "overdue_reason": "核查费时"}
        cases.record(session, office, window.numbers[OVERDUE[0]], "decided", details, When(NOW), NOW, "wang")
    a_minute_later(mine)
    expect(mine).to_have_title(re.compile("^超期 1 项"))
    expect(mine.locator("link[rel=icon]")).to_have_attribute("href", "/icon.svg?overdue=1")


def test_where_the_row_is_gone_the_focus_goes_to_the_next(window: Desk, mine: Page) -> None:
    mine.goto(f"{window.readers['li'].base}/?view=office")
    mine.locator("#overdue .at-case > a").first.focus()
    with window.app.writing() as session:
        office = office_named(session, "")
        details = {"outcome": "approved", "overdue_reason": "核查费时"}
        cases.record(session, office, window.numbers[OVERDUE[0]], "decided", details, When(NOW), NOW, "wang")
    a_minute_later(mine)
    expect(mine.locator("#overdue tbody tr")).to_have_count(1)
    assert focused(mine) == window.numbers[OVERDUE[1]]


def test_it_says_where_it_could_not_be_brought_up_to_date_and_when_it_can_again(window: Desk, mine: Page) -> None:
    mine.route("**/*", lambda route: route.abort())
    mine.clock.run_for(MINUTE)
    status = mine.get_by_role("status")
    status.get_by_text("本页未能更新").wait_for()
    mine.unroute("**/*")
    a_minute_later(mine)
    expect(mine.locator("#stale")).to_have_text("")
    mine.context.clear_cookies()
    a_minute_later(mine)
    status.get_by_text("请重新登录").wait_for()
    assert mine.locator("#due_today .title").all_text_contents() == DUE_TODAY  # what was there stays


def test_after_an_action_one_is_back_at_the_row_or_at_the_next(window: Desk, mine: Page) -> None:
    mine.goto(f"{window.readers['li'].base}/?view=office")
    row = mine.locator("#overdue tbody tr").first
    place = row.get_attribute("id")
    row.get_by_role("link", name=re.compile("^办结")).click()
    mine.select_option("#f-outcome", "approved")
    mine.fill("#f-overdue_reason", "核查费时")
    for step in ("check", "record"):
        mine.click(f"button[name=step][value={step}]")
    mine.wait_for_url(f"**/?view=office#{place}")
    assert focused(mine) == window.numbers[OVERDUE[1]]
    mine.goto(f"{window.readers['li'].base}/?view=office#{mine.locator('#next_days tbody tr').get_attribute('id')}")
    mine.reload()
    assert focused(mine) == window.numbers[NEXT_DAYS[0]]
