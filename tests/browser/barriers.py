"""What bars people from a page, by axe-core; and what a page asks for that is not on this machine.

Whether a text stands out from what is behind it takes axe three quarters of its time, and the words change nothing of
it: that is asked once in each language, of a wide page in Chinese and of a narrow one in English; with SLA_PLAYS_FULL
(`make plays`) always.
"""

import os

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Request

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
BUT_COLOURS = {"color-contrast": {"enabled": False}}
RUN = "options => axe.run(options).then(found => found.violations)"
WIDTHS = (1280, 390)
FULL = bool(os.environ.get("SLA_PLAYS_FULL"))
COLOURS_AT = {"zh": 1280, "en": 390}
LAID_OUT = """width => new Promise(done => {
  const look = () => innerWidth === width ? requestAnimationFrame(done) : requestAnimationFrame(look)
  requestAnimationFrame(look)
})"""


def widen(page: Page, width: int) -> None:
    """The page at a width, laid out anew: under load a browser takes a moment."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(LAID_OUT, width)


def seen(page: Page, state: str, language: str, *, in_all: bool = True) -> list[str]:
    """What is wrong with a page at both sizes: what bars people, and what is wider than the screen. Without `in_all`
    axe looks at it in one size a language only, as at its colours."""
    wrong = []
    page.wait_for_load_state()
    for width in WIDTHS:
        widen(page, width)
        here = FULL or width == COLOURS_AT[language]
        found = barriers(page, colours=here) if in_all or here else []
        wrong += [f"{state} {width}: {barrier}" for barrier in found]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{state} {width}: wider than the screen")
    return wrong


def barriers(page: Page, *, colours: bool = True) -> list[str]:
    """What axe finds: the rule and the places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(RUN, AXE if colours else {**AXE, "rules": BUT_COLOURS})
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


def elsewhere(request: Request, base: str) -> list[str]:
    return [] if request.url.startswith(f"{base}/") else [f"asked elsewhere: {request.url}"]


def in_console(message: ConsoleMessage) -> list[str]:
    """What the console says, but that whoever wrote at once was quicker than the focus which a page asks for."""
    return [] if "Autofocus processing was blocked" in message.text else [f"console: {message.text}"]
