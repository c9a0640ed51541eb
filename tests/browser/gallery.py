"""Every page as it looks empty, full, in error and on a phone: `python -m tests.browser.gallery`.

Writes docs/pictures/pages/*.jpg and docs/pages.md, which shows them. In Chinese; the cases are those of the cast.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from sla.app import App
from sla.service import passwords, users
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from tests.access.cast import PASSWORD
from tests.browser.cast import NEXT_DAYS, NOW, OFFICE, empty_app, make_cases, serving
from tests.browser.conftest import CHROMIUM, FLAGS

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "pictures" / "pages"
WIDE, NARROW = (1280, 900), (390, 844)
STATES = {"full": "with cases", "empty": "without", "error": "asked for what is not there", "phone": "on a phone"}
MOST_BYTES = 150_000


@dataclass(frozen=True)
class Shot:
    """A page: what the documentation calls it, where it is, and an address at which it has to say what is wrong; ""
    where nothing can be. `CASE` stands for the number of a case. `signed_in`: it is somebody's own."""

    name: str
    title: str
    path: str
    wrong: str = ""
    signed_in: bool = False


SHOTS = (
    Shot("today", "Today", "/", "/?handler=nobody"),
    Shot("case", "A case", "/cases/CASE", "/cases/2026"),
    Shot("cases", "Cases", "/cases", "/cases?from=soon"),
    Shot("new", "New case", "/new?permit=land_use", "/new?permit=none"),
    Shot("several", "Several new cases", "/new/several"),
    Shot("record", "Recording: a decision", "/record/decided/CASE", "/record/nothing/CASE"),
    Shot("slip", "The acceptance slip", "/papers/accepted/CASE", "/papers/refused/CASE"),
    Shot("rates", "On-time rate", "/rates", "/rates?from=2026-13-01"),
    Shot("rates-cases", "The cases behind a figure", "/rates/cases?figure=completed", "/rates/cases?figure=none"),
    Shot("overruns", "Overruns", "/overruns", "/overruns?from=soon"),
    Shot("sheet", "Overruns, to publish", "/overruns/sheet", "/overruns/sheet?from=soon"),
    Shot("office", "Office", "/office"),
    Shot("calendar", "Calendar", "/calendar", "/calendar?year=1"),
    Shot("deliveries", "Deliveries", "/deliveries", "/deliveries?person=nobody"),
    Shot("policies", "Policies", "/policies", "/policies/version?policy=none&version=1"),
    Shot("people", "People", "/people"),
    Shot("channels", "Channels", "/channels"),
    Shot("tokens", "Keys for programs", "/tokens"),
    Shot("audit", "Audit", "/audit"),
    Shot("account", "One's account", "/account", signed_in=True),
    Shot("subscription", "One's own calendar", "/subscription", signed_in=True),
    Shot("lookup", "An applicant's look-up", "/lookup"),
    Shot("api", "The API", "/api/v1/docs", "/api/v1/none"),
    Shot("keys", "Keyboard", "/keys"),
)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.jpg"):
        old.unlink()
    with ExitStack() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        pages = {who: stack.enter_context(_opened(browser, who)) for who in ("full", "signed in", "empty", "first")}
        taken = {shot: dict(_taken(shot, pages)) for shot in SHOTS}
        first = _picture(pages["first"], "/", "first-full", WIDE)
        browser.close()
    (DOCS / "pages.md").write_text(_document(taken, first), "utf-8")


@dataclass(frozen=True)
class Opened:
    """A browser at an office, and the numbers of its cases by title."""

    page: Page
    base: str
    numbers: Mapping[str, str]


@contextmanager
def _opened(browser: Browser, who: str) -> Iterator[Opened]:
    """`full` and `signed in` have cases, `empty` has none; `first` is a database without an office."""
    with tempfile.TemporaryDirectory() as folder:
        app = empty_app(Path(folder))
        if who != "first":
            _make_office(app)
        numbers = make_cases(app) if who in ("full", "signed in") else {}
        if numbers:
            app.settle_all()
        if who == "signed in":
            _let_in(app)
        with serving(app) as base:
            page = browser.new_page(color_scheme="light", locale="zh-CN")
            if who == "signed in":
                _sign_in(page, base)
            yield Opened(page, base, numbers)
        app.close()


def _make_office(app: App) -> None:
    with app.writing() as session:
        text = OFFICE % {"slug": "planning-window", "name": "云溪市规划审批窗口"}
        apply(session, plan_of(f"{text}\n[lookup]\non = true\n", Path()), NOW - timedelta(days=60))


def _let_in(app: App) -> None:
    with app.writing() as session:
        office = office_named(session, "")
        users.put_chosen(session, office, "li", passwords.hashed(PASSWORD), NOW)


def _sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/sign-in")
    page.fill("#name", "li")
    page.fill("#password", PASSWORD)
    page.click("form[action='/sign-in'] button")


def _taken(shot: Shot, pages: Mapping[str, Opened]) -> Iterator[tuple[str, str]]:
    full = pages["signed in" if shot.signed_in else "full"]
    yield "full", _picture(full, shot.path, f"{shot.name}-full", WIDE)
    yield "phone", _picture(full, shot.path, f"{shot.name}-phone", NARROW)
    if "CASE" not in shot.path and not shot.signed_in:
        yield "empty", _picture(pages["empty"], shot.path, f"{shot.name}-empty", WIDE)
    if shot.wrong:
        yield "error", _picture(full, shot.wrong, f"{shot.name}-error", WIDE)


def _picture(opened: Opened, path: str, name: str, size: tuple[int, int]) -> str:
    number = opened.numbers.get(NEXT_DAYS[0], "")
    opened.page.set_viewport_size({"width": size[0], "height": size[1]})
    opened.page.goto(f"{opened.base}{path.replace('CASE', quote(number, safe=''))}")
    target = FOLDER / f"{name}.jpg"
    opened.page.screenshot(path=target, type="jpeg", quality=60)
    assert target.stat().st_size < MOST_BYTES, f"{target} is larger than {MOST_BYTES:,} bytes"
    return f"pictures/pages/{name}.jpg"


def _document(taken: Mapping[Shot, Mapping[str, str]], first: str) -> str:
    lines = [
        "# The pages", "",
        "Each with cases, without, asked for what is not there, and on a phone (390 px wide); taken by"
        " `python -m tests.browser.gallery`, by no hand.", "",
        "## The first page, before there is an office", "", f"![The four steps]({first})", "",
    ]  # fmt: skip
    for shot, pictures in taken.items():
        lines += [f"## {shot.title}", ""]
        lines += [f"![{shot.title}, {STATES[state]}]({path})\n" for state, path in pictures.items()]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
