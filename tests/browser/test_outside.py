"""What is meant for outside the office, in a real browser: an applicant's look-up and one's own calendar. It is
Wednesday 2026-09-23."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.barriers import elsewhere, in_console, seen
from tests.browser.cast import DUE_TODAY
from tests.browser.signing_in import sign_in
from tests.web.cast import Desk, desk
from tests.web.test_lookup import ON, code_of, turn


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("outside")) as made:
        turn(made.app, ON)
        yield made


@pytest.fixture
def wrong() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, window: Desk, wrong: list[str]) -> Iterator[Page]:
    """A fresh browser; what it complains of, or asks for elsewhere, is in `wrong`."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, base = context.new_page(), window.readers["li"].base
    page.on("console", lambda message: wrong.extend(in_console(message)))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("request", lambda request: wrong.extend(elsewhere(request, base)))
    yield page
    context.close()


@pytest.mark.parametrize(("language", "button"), [("zh", "查询"), ("en", "Look it up")])
def test_an_applicant_finds_the_date_and_a_wrong_code_is_told(
    page: Page, window: Desk, wrong: list[str], language: str, button: str
) -> None:
    base, number = window.readers["li"].base, window.numbers[DUE_TODAY[0]]
    page.goto(f"{base}/lookup?lang={language}")
    page.fill("#lookup-number", number)
    page.fill("#lookup-code", "2222222222")
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("alert")).to_have_count(1)
    assert page.input_value("#lookup-number") == number
    wrong[:] = [text for text in wrong if "404" not in text]  # the console tells of the status
    wrong += seen(page, "look-up", language)
    page.fill("#lookup-code", code_of(window, DUE_TODAY[0]).lower())
    page.get_by_role("button", name=button, exact=True).click()
    assert page.locator("time").first.get_attribute("datetime") == "2026-09-23"
    wrong += seen(page, "look-up", language)
    assert wrong == []


def test_the_address_on_a_slip_fills_both_in_and_leaves_the_bar(page: Page, window: Desk, wrong: list[str]) -> None:
    base, code = window.readers["li"].base, code_of(window, DUE_TODAY[0])
    page.goto(f"{base}/lookup?office=planning-window#number=%E9%80%89%E5%AD%97&code={code}")
    assert (page.input_value("#lookup-number"), page.input_value("#lookup-code")) == ("选字", code)
    assert page.url == f"{base}/lookup?office=planning-window" and wrong == []


def test_who_is_signed_in_makes_an_address_and_finds_the_code(page: Page, window: Desk, wrong: list[str]) -> None:
    base, number = window.readers["li"].base, window.numbers[DUE_TODAY[0]]
    page.goto(f"{base}/sign-in")
    sign_in(page, "li")
    page.get_by_role("link", name="在自己的日历中查看办理时限").click()
    page.get_by_role("button", name="生成地址").click()
    assert page.input_value("#address").startswith(f"{base}/calendar/")
    wrong += seen(page, "address", "zh")
    page.goto(f"{base}/cases/{number}")
    page.get_by_role("link", name=code_of(window, DUE_TODAY[0])).click()
    assert page.locator("h1").count() == 1
    assert wrong == []


@pytest.mark.parametrize("path", ["/", "/cases", "/rates"])
def test_a_list_is_saved_from_its_page(page: Page, window: Desk, path: str) -> None:
    cookies = [{"name": each.name, "value": each.value, "url": window.readers["zhao"].base} for each in
               window.readers["zhao"].client.cookies.jar]  # fmt: skip
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # plain dictionaries are what it takes
    page.goto(f"{window.readers['zhao'].base}{path}")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Excel").first.click()
    assert saved.value.suggested_filename.endswith("2026-09-23.xlsx")
