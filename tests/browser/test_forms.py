"""A clerk records with a browser: every state of the forms is readable by everybody, in both languages and sizes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.access.cast import PASSWORD
from tests.browser.barriers import elsewhere, in_console, seen
from tests.browser.cast import AWAITING, DUE_TODAY, OVERDUE
from tests.browser.signing_in import sign_in
from tests.web.cast import Desk, desk


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as made:
        yield made


class Walk:
    """A page that is looked at in every state it goes through."""

    def __init__(self, page: Page, base: str, language: str) -> None:
        self.page, self.base, self.language, self.wrong = page, base, language, list[str]()
        page.on("console", lambda message: self.wrong.extend(_told(message)))
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("request", lambda request: self.wrong.extend(elsewhere(request, base)))

    def go(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}{'&' if '?' in path else '?'}lang={self.language}")

    def open(self, path: str) -> None:
        self.go(path)
        self.look(path)

    def look(self, state: str) -> None:
        self.wrong += seen(self.page, state, self.language)

    def press(self, step: str) -> None:
        self.page.click(f"button[name=step][value={step}]")
        self.look(step)


def _told(message: ConsoleMessage) -> list[str]:
    """What the console says, but for the status of answers that say what is wrong."""
    return [] if "status of 4" in message.text else in_console(message)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_state_of_a_form_bars_anybody(browser: Browser, window: Desk, language: str) -> None:
    context = browser.new_context()
    walk, base = Walk(context.new_page(), window.readers["li"].base, language), window.readers["li"].base
    page = walk.page
    walk.go("/sign-in")
    page.fill("#name", "li")
    page.fill("#password", "wrong wrong wrong")
    page.click("form.fields button")
    walk.look("a wrong password")
    sign_in(page, "li")
    walk.go("/new")
    page.locator(".choices a").nth(2).click()
    page.fill("#f-title", "老旧小区加装电梯")
    page.check("#f-all_papers")
    page.check("#f-accepted")
    walk.press("check")
    walk.press("change")
    assert page.input_value("#f-title") == "老旧小区加装电梯" and page.is_checked("#papers-1")
    walk.press("check")
    walk.press("record")
    assert "/cases/" in page.url
    walk.open(window.path("decided", OVERDUE[0]))
    walk.go(window.path("correction_requested", AWAITING[0]))
    page.evaluate("document.querySelectorAll('[required]').forEach(field => { field.required = false; })")
    page.click("button[value=check]")
    walk.look("something is missing")
    expect(page.locator("[role=alert]")).to_have_count(1)
    page.goto(f"{base}/rates")
    walk.look("not yours")
    page.click("form.person button")
    page.wait_for_url("**/sign-in")
    context.close()
    assert walk.wrong == []


def test_a_clerk_decides_with_the_keyboard_alone(browser: Browser, window: Desk, tmp_path: Path) -> None:
    context = browser.new_context()
    page, base = context.new_page(), window.readers["li"].base
    page.goto(f"{base}/sign-in")
    page.wait_for_selector("input[name=name]:focus")  # where a page begins, it has its cursor once it is drawn
    page.keyboard.type("li")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}/")
    page.goto(f"{base}{window.path('decided', DUE_TODAY[0])}?to=/")
    page.focus("#f-outcome")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("选字9号")
    page.keyboard.press("Enter")
    page.wait_for_selector(".effect")
    page.wait_for_selector("button[value=record]:focus")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}/")
    assert DUE_TODAY[0] not in page.content()
    page.screenshot(path=tmp_path / "today.png")
    context.close()
