"""A real browser: Debian's chromium, driven by Playwright. Without it these tests are skipped, except in CI."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.cast import Served, empty_app, make_cases, make_office, serving
from tests.web.office.cast import MORE, Bureau, bureau, fill_up

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this folder; a test opens its own context or page.

    It ends with the folder, not with the session: while Playwright runs, `asyncio.run` is refused in this thread.
    """
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is missing (Debian: apt install chromium fonts-noto-cjk)"
        if os.environ.get("SLA_REQUIRE_BROWSER") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages of the cast's window; tests only read them."""
    app = empty_app(tmp_path_factory.mktemp("pages"))
    make_office(app)
    numbers = make_cases(app)
    with serving(app) as base:
        yield Served(base, numbers)
    app.close()


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The window with its administrator and an applicants' look-up, something on every page; tests add to it, and leave
    what is there."""
    with bureau(tmp_path_factory.mktemp("bureau"), f"{MORE}\n[lookup]\non = true\n") as made:
        fill_up(made)
        yield made
