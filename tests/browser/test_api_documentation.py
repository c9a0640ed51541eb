"""The documentation of the API in a real browser: no barrier, nothing from elsewhere, on a screen and on a phone."""

import pytest
from playwright.sync_api import Browser

from tests.browser.barriers import WIDTHS, barriers, elsewhere
from tests.browser.cast import Served


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_documentation_bars_nobody_and_fits(served: Served, browser: Browser, width: int, language: str) -> None:
    page, wrong = browser.new_page(viewport={"width": width, "height": 900}), list[str]()
    page.on("request", lambda request: wrong.extend(elsewhere(request, served.base)))
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(f"{served.base}/?lang={language}")
    page.click('a[href="/api/v1/docs"]')
    page.goto(f"{served.base}/api/v1/docs?lang={language}")
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert barriers(page) == wrong == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()
