"""Every page as it looks full, empty and in error, at a desk and on a phone: `python -m tests.browser.gallery`.

Writes docs/pictures/pages/*.webp, each page from top to bottom, and the end of docs/pages.md, which shows them; with
names (`... today cases`) only those are taken again. What is photographed, and how it is reached, stands in `places`.
"""

import sys
import tempfile
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from sla.app import App
from sla.presets import text_of as pack
from sla.service import cases, lookup, passwords, users
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from tests.access.cast import PASSWORD
from tests.browser.cast import NEXT_DAYS, NOW, OFFICE, OVERDUE, PAUSED, Told, at, empty_app, serving
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.places import PLACES, Place, State, Step
from tests.web.office.cast import MORE, bureau, fill_up

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "pictures" / "pages"
DESK, PHONE = 1280, 390
TALLEST = 4_000  # pixels: what is longer is cut off there
QUALITY = 50
BEGINS = "<!-- From here on it is written by `python -m tests.browser.gallery`. -->\n"
LOOK_UP = "\n[lookup]\non = true\n"
NEWCOMER = """
[[staff]]
id = "chen"
name = "陈洁"
roles = ["clerk"]
addresses = { log = "chen" }
"""
BARE = """
[office]
slug = "planning-window"
name = "云溪市规划审批窗口"
zone = "Asia/Shanghai"
language = "zh"
policy = "cn_planning"

[channels.log]
kind = "log"

[[staff]]
id = "qian"
name = "钱主任"
roles = ["admin", "clerk", "chief", "head", "supervision", "manager", "auditor"]
addresses = { log = "qian" }
"""


def main(names: Iterable[str]) -> None:
    wanted = [place for place in PLACES if not names or place.name in names]
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        if old.name not in {picture(*one) for one in every_picture()} or not names:
            old.unlink()
    with ExitStack() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        gallery = Gallery(browser, {at: stack.enter_context(open_at()) for at, open_at in OPENED.items()})
        for place in wanted:
            for name, state in place.states():
                gallery.take(place, name, state)
        browser.close()
    head = (DOCS / "pages.md").read_text("utf-8").partition(BEGINS)[0]
    (DOCS / "pages.md").write_text(head + BEGINS + document(), "utf-8")


def picture(place: Place, state: str, width: int) -> str:
    return f"{place.name}-{state}{'-phone' if width == PHONE else ''}.webp"


def every_picture() -> Iterator[tuple[Place, str, int]]:
    return ((place, name, width) for place in PLACES for name, _ in place.states() for width in (DESK, PHONE))


def document() -> str:
    """The pictures of each page, the wide one beside the narrow one."""
    lines: list[str] = []
    for place in PLACES:
        lines += ["", f"## {place.title}", ""]
        reasons = (("empty", place.empty), ("error", place.error))
        lines += [f"No picture `{name}`: {why}.\n" for name, why in reasons if isinstance(why, str)]
        lines += ["| | at a desk | on a phone |", "|---|---|---|"]
        for name, _ in place.states():
            shown = (
                f"![{place.title}, {name}](pictures/pages/{picture(place, name, width)})" for width in (DESK, PHONE)
            )
            lines.append(f"| {name} | {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


# --- taking them ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Opened:
    """Where an office is served, and what stands for the names in the paths."""

    base: str
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Gallery:
    """The browser, with a page for each reader of each office."""

    browser: Browser
    offices: Mapping[str, Opened]
    readers: dict[tuple[str, str, bool], Page] = field(default_factory=dict)

    def take(self, place: Place, name: str, state: State) -> None:
        page = self._reader(state)
        opened = self.offices[state.at]
        page.set_viewport_size({"width": DESK, "height": 900})
        path = state.path.format_map({key: quote(value, safe="") for key, value in opened.names.items()})
        answered = page.goto(f"{opened.base}{path}")
        status = answered.status if answered else 0
        for step in state.steps:
            status = _done(page, step, opened) or status
        assert status == state.status, f"{place.name} {name}: {status} at {page.url}"
        for width in (DESK, PHONE):
            _photograph(page, FOLDER / picture(place, name, width), width)

    def _reader(self, state: State) -> Page:
        """Somebody's page, signed in if they are anybody; nobody has a new one each time."""
        key = (state.at, state.who, state.english)
        if state.who and key in self.readers:
            return self.readers[key]
        page = self.browser.new_page(color_scheme="light", locale="en-GB" if state.english else "zh-CN")
        self.readers[key] = page
        base = self.offices[state.at].base
        if state.english:
            page.goto(f"{base}/sign-in?lang=en")
        if state.who:
            page.goto(f"{base}/sign-in")
            page.fill("#name", state.who)
            page.fill("#password", PASSWORD)
            page.click("form[action='/sign-in'] button")
        return page


def _done(page: Page, step: Step, opened: Opened) -> int:
    """Do a step; the status of what is answered, 0 where nothing is sent."""
    where, value = step
    found = page.locator(where).first
    if value is None:
        found.evaluate("button => { button.form.noValidate = true; }")
        with page.expect_navigation() as answered:
            found.click()
        return answered.value.status
    value = value.format_map(opened.names) if value.startswith("{") else value
    kind = found.evaluate("part => part.type")
    if kind == "file":
        found.set_input_files({"name": "旧系统.csv", "mimeType": "text/csv", "buffer": value.encode("gb18030")})
    elif kind == "checkbox":
        found.check()
    elif kind == "select-one":
        found.select_option(value)
    elif kind in ("hidden", "submit"):
        found.evaluate("(part, value) => { part.value = value; }", value)
    else:
        found.fill(value)
    return 0


def _photograph(page: Page, target: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900 if width == DESK else 844})
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{target.name}: too wide"
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    page.set_viewport_size({"width": width, "height": tall})
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    target.write_bytes(b64decode(taken["data"]))
    session.detach()


# --- the offices ------------------------------------------------------------------------------------------------------
@contextmanager
def _window() -> Iterator[Opened]:
    """The cast's window with all that can be on its pages; `wang` has a password for once."""
    with tempfile.TemporaryDirectory() as folder, bureau(Path(folder), MORE + NEWCOMER + LOOK_UP) as made:
        fill_up(made)
        with made.app.writing() as session:
            office = office_named(session, "")
            users.give_password(session, office, "wang", PASSWORD, NOW)
            told = Told(session)
            told.numbers.update(made.numbers)
            names = _told_more(told)
            codes = {
                key: lookup.code_of(session, office, cases.find(session, office, names[case], NOW))
                for key, case in (("code", "running"), ("paused code", "paused"))
            }
        made.app.settle_all()
        yield Opened(made.readers["qian"].base, names | codes)


def _told_more(told: Told) -> dict[str, str]:
    """Cases with the papers that the cast's have none of; what each is called in the paths."""
    told.case("land_use", "云溪河公园停车场用地", "09-21T10:00", accepted=False)
    told.record(
        "云溪河公园停车场用地", "correction_requested", "09-21T11:00", papers=["approval", "contract"],
        notice="补〔2026〕7号",
    )  # fmt: skip
    told.case("land_use", "界山风电场用地", "09-21T10:10", accepted=False)
    told.record("界山风电场用地", "refused", "09-21T11:10", reason="不属于本机关职权范围，应向省自然资源厅申请")
    told.case("land_use", "学府路围墙修缮", "09-21T10:20", accepted=False)
    told.record("学府路围墙修缮", "not_required", "09-21T11:20", reason="修缮原有围墙不改变用地")
    titles = {
        "running": NEXT_DAYS[0], "paused": PAUSED[0], "overdue": OVERDUE[0], "delivered": "纺织厂旧址改造用地",
        "corrected": "云溪河公园停车场用地", "refused": "界山风电场用地", "not_required": "学府路围墙修缮",
    }  # fmt: skip
    return {name: told.numbers[title] for name, title in titles.items()}


@contextmanager
def _extending() -> Iterator[Opened]:
    """A window whose policy lets the law's limit be extended, and a case where it was; nobody signs in."""
    law = 'statutory = { amount = 30, source = "郑州市城乡规划管理条例第四十四条" }'
    longer = law.replace(" }", ', extensions = { most_times = 1, most_amount = 10, why = "行政许可法第四十二条" } }')
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "policy.toml").write_text(pack("cn_planning").replace(law, longer), "utf-8")
        text = _office("planning-window", "云溪市规划审批窗口").replace(
            'policy = "cn_planning"', 'policy_file = "policy.toml"'
        )
        app, title = empty_app(Path(folder)), "云溪大桥引道用地"
        with app.writing() as session:
            apply(session, plan_of(text, Path(folder)), at("08-01T08:00"))
            told = Told(session)
            told.case("land_use", title, "09-21T10:30")
            told.record(
                title, "extended", "09-22T10:00", clock="statutory", amount=10, unit="working_days",
                reason="涉及三个乡镇，情况复杂", approver="zhao",
            )  # fmt: skip
        with serving(app) as base:
            yield Opened(base, {"extended": told.numbers[title]})
        app.close()


@contextmanager
def _served(*texts: str, let_in: str = "") -> Iterator[Opened]:
    """Offices that are made and no more."""
    with tempfile.TemporaryDirectory() as folder:
        app = empty_app(Path(folder))
        for text in texts:
            _make(app, text, let_in)
        with serving(app) as base:
            yield Opened(base)
        app.close()


def _make(app: App, text: str, let_in: str) -> None:
    with app.writing() as session:
        apply(session, plan_of(text, Path()), NOW - timedelta(days=60))
        if let_in:
            users.put_chosen(session, office_named(session, ""), let_in, passwords.hashed(PASSWORD), NOW)


def _office(slug: str, name: str) -> str:
    return OFFICE % {"slug": slug, "name": name} + LOOK_UP


OPENED: Mapping[str, Callable[[], AbstractContextManager[Opened]]] = {
    "window": _window,
    "bare": lambda: _served(BARE, let_in="qian"),
    "extending": _extending,
    "first": _served,
    "offices": lambda: _served(_office("yunxi", "云溪市规划审批窗口"), _office("lanting", "兰亭县行政审批局")),
}

if __name__ == "__main__":
    main(sys.argv[1:])
