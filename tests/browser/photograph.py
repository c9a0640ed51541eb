"""Pictures for the documentation, taken from pages that run: `python -m tests.browser.photograph BASE_URL CASE_NUMBER`.

Writes two pictures into docs/pictures: today.png (the first screen of Today in Chinese, 1280 by 900 pixels) and
day-strip.png (the day strip of the case's promise).
"""

import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
MOST_BYTES = 200_000


def photograph(base: str, number: str, folder: Path = PICTURES) -> tuple[Path, ...]:
    """Both pictures; returns where they are. Each is under 200 KB, or it is an error."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        pictures = (_today(page, base, folder), _day_strip(page, base, number, folder))
        browser.close()
    for picture in pictures:
        size = picture.stat().st_size
        assert size < MOST_BYTES, f"{picture} has {size} bytes; it should have less than {MOST_BYTES}"
    return pictures


def _today(page: Page, base: str, folder: Path) -> Path:
    page.goto(f"{base}/?lang=zh")
    path = folder / "today.png"
    page.screenshot(path=path)
    return path


def _day_strip(page: Page, base: str, number: str, folder: Path) -> Path:
    response = page.goto(f"{base}/cases/{quote(number, safe='')}?lang=zh")
    assert response is not None and response.status == 200, f"there is no case {number} at {base}"
    path = folder / "day-strip.png"
    page.locator("details.why").first.screenshot(path=path)
    return path


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for taken in photograph(sys.argv[1].rstrip("/"), sys.argv[2]):
        print(taken)
