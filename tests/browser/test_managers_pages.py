"""The manager's pages in a real browser: from a figure to its cases, from a period to another, and onto paper."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.barriers import barriers
from tests.browser.cast import Served


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_a_period_that_is_none_is_told_to_everybody(page: Page, served: Served) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{served.base}/rates?from=x")
    assert page.get_by_role("alert").count() == 1 and barriers(page) == []


def test_a_manager_goes_from_a_figure_to_its_cases_and_back_to_the_same_report(page: Page, served: Served) -> None:
    page.goto(f"{served.base}/rates?from=2026-09-01&to=2026-09-30&lang=en")
    page.locator(".figure.red .value a").click()
    expect(page.locator("h1")).to_have_text("Open and overdue n = 2", use_inner_text=True)
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Back to the rates").click()
    assert page.locator("#from").input_value() == "2026-09-01"


def test_the_days_to_compare_with_are_asked_for_where_they_are_wanted(page: Page, served: Served) -> None:
    page.goto(f"{served.base}/rates?lang=en")
    assert not page.locator("#other_from").is_visible()
    page.locator("#against").select_option("own")
    page.locator("#other_from").fill("2026-08-01")
    page.locator("#other_to").fill("2026-08-31")
    page.get_by_role("button", name="Show").click()
    assert "Sat 1 Aug 2026 to Mon 31 Aug 2026" in page.locator("section[aria-labelledby=compared] thead").inner_text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_of_a_month_is_one_sheet_of_a4(page: Page, served: Served, language: str) -> None:
    page.goto(f"{served.base}/rates/report?from=2026-09-01&to=2026-09-30&lang={language}")
    printed = page.pdf(prefer_css_page_size=True).decode("latin-1")
    assert len(re.findall(r"/Type\s*/Page\b", printed)) == 1
    box = re.search(r"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", printed)
    assert box is not None and (round(float(box[1])), round(float(box[2]))) == (595, 842)


@pytest.mark.parametrize("path", ["/overruns/sheet?lang=zh", "/rates/report?lang=zh"])
def test_the_sheet_prints_without_what_stands_around_it(page: Page, served: Served, path: str) -> None:
    page.goto(f"{served.base}{path}")
    page.emulate_media(media="print")
    assert page.locator(".sheet h1").is_visible()
    for around in (".top", ".onward", ".unprinted", ".foot"):
        assert page.locator(around).count() == 0 or not page.locator(around).first.is_visible(), around
