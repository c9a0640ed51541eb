"""What bars people from a page, by axe-core; and what a page asks for that is not on this machine."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
WIDTHS = (1280, 390)
LAID_OUT = """width => new Promise(done => {
  const look = () => innerWidth === width ? requestAnimationFrame(done) : requestAnimationFrame(look)
  requestAnimationFrame(look)
})"""


def widen(page: Page, width: int) -> None:
    """The page at a width, laid out anew: under load a browser takes a moment."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(LAID_OUT, width)


def barriers(page: Page) -> list[str]:
    """What axe finds: the rule and the places."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


def elsewhere(request: Request, base: str) -> list[str]:
    return [] if request.url.startswith(f"{base}/") else [f"asked elsewhere: {request.url}"]
