"""Every page of the server as people see it: nothing bars anybody, nothing is asked of another machine, nothing is
wider than its screen, and none weighs much. In Chinese by light, in English in the dark, each at both sizes; axe looks
at Chinese at a desk and at English on a phone, and at both at both with SLA_PLAYS_FULL (`make plays`).

What only comes up on the way, as a form with its effect, the other files here look at.
"""

from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.access.cast import Reader
from tests.browser.barriers import FULL, elsewhere, in_console, seen
from tests.web.office.cast import Bureau
from tests.web.office.places import NOBODY, PLACES, places_of
from tests.web.shown import pages_of

MOST_BYTES = 100_000
ASIDE = {NOBODY: ["/api/v1/docs"]}  # it is the API's


def test_every_page_has_a_place(office: Bureau) -> None:
    placed = [path for pages in PLACES.values() for path in pages]
    assert sorted(placed) == sorted(pages_of(office.app))


@pytest.mark.parametrize(("language", "scheme"), [("zh", "light"), ("en", "dark")])
@pytest.mark.parametrize("who", PLACES)
def test_no_page_bars_anybody_asks_elsewhere_or_is_wider_than_its_screen(
    browser: Browser, office: Bureau, who: str, language: str, scheme: Literal["light", "dark"]
) -> None:
    wrong: list[str] = []
    base = office.readers["qian"].base
    context = browser.new_context(color_scheme=scheme)
    if who != NOBODY:
        sign_in(context, office.readers[who])
    page = context.new_page()
    page.on("console", lambda message: wrong.extend(f"{page.url} {told}" for told in in_console(message)))
    page.on("pageerror", lambda error: wrong.append(f"{page.url} error: {error}"))
    page.on("request", lambda request: wrong.extend(elsewhere(request, base)))
    for path in [*places_of(office, who), *ASIDE.get(who, ())]:
        answer = page.goto(f"{base}{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer is not None and answer.status == 200, path
        assert len(answer.body()) < MOST_BYTES, path
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        wrong += seen(page, path, language, in_all=FULL)
    context.close()
    assert wrong == []


def sign_in(context: BrowserContext, reader: Reader) -> None:
    """As the reader is."""
    context.add_cookies(
        [{"name": each.name, "value": each.value or "", "url": reader.base} for each in reader.client.cookies.jar]
    )
