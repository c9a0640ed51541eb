"""A clerk's day, a manager's month-end, an administrator's first hour and an applicant's look-up, each played as one
story in a real browser: no console error, nothing asked of another machine, nothing wider than the screen.

In the suite each is played once, the clerk's day twice: so every language and every size is, and what is recorded with
scripts and without. With SLA_PLAYS_FULL (`make plays`) each in both languages at both sizes, with scripts and without,
and axe looks at every stop for what bars people. It is Wednesday 2026-09-23, 10:00; what is there the cast says.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.barriers import FULL, WIDTHS, barriers, elsewhere, in_console
from tests.browser.cast import AWAITING, DUE_TODAY, PAUSED
from tests.browser.signing_in import sign_in
from tests.web.cast import desk
from tests.web.office.cast import bureau
from tests.web.test_lookup import ON, code_of, turn

LANGUAGES, SCRIPTS = ("zh", "en"), (True, False)
Stand = tuple[str, int, bool]  # the language, how wide the screen is, whether scripts run


def played(*stands: Stand) -> pytest.MarkDecorator:
    """Where a story is played in the suite; everywhere with SLA_PLAYS_FULL."""
    everywhere = tuple(product(LANGUAGES, WIDTHS, SCRIPTS))
    return pytest.mark.parametrize(("language", "width", "scripts"), everywhere if FULL else stands)


@dataclass
class Stage:
    """A browser before an office; what is wrong at any stop is in `wrong`."""

    page: Page
    base: str
    scripts: bool = True
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}")
        self.stop()

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()
        self.stop()

    def confirm(self, do: str = "record") -> None:
        """What comes of the form, then the form itself."""
        self.click("form.fields button[value=check]")
        self.click(f"button[value={do}]")

    def stop(self) -> None:
        place = self.page.url.removeprefix(self.base)
        self.wrong += [f"{place}: {barrier}" for barrier in (barriers(self.page) if FULL and self.scripts else ())]
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.wrong.append(f"{place}: wider than the screen")

    def sign_in(self, person: str, language: str) -> None:
        self.go(f"/sign-in?lang={language}")
        sign_in(self.page, person)
        self.stop()


@contextmanager
def stage(browser: Browser, base: str, width: int, scripts: bool) -> Iterator[Stage]:
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    made = Stage(context.new_page(), base, scripts)
    made.page.on("console", lambda message: made.wrong.extend(in_console(message)))
    made.page.on("pageerror", lambda error: made.wrong.append(f"error: {error}"))
    made.page.on("request", lambda request: made.wrong.extend(elsewhere(request, base)))
    yield made
    context.close()
    assert made.wrong == []


@played(("zh", 1280, True), ("en", 390, False))
def test_a_clerks_day(browser: Browser, tmp_path: Path, language: str, width: int, scripts: bool) -> None:
    """Looks at the day, takes a case in and prints its slip, decides what is due, pauses a case, goes on with it and
    takes that back, accepts what waits, keys in two cases, asks for what is missing of another, leaves."""
    with desk(tmp_path) as window, stage(browser, window.readers["li"].base, width, scripts) as play:
        play.sign_in("li", language)
        due = "#due_today .count"
        assert play.page.inner_text(due) == "1"
        play.click("nav.pages a[href='/new']")
        play.click("a[href*='permit=site_selection']")
        play.page.fill("[name=title]", "高铁站西广场选址")
        play.page.fill("[name=applicant]", "云溪市城投公司")
        play.page.check("[name=all_papers]")
        play.page.check("[name=accepted]")
        play.confirm()
        assert re.search("/cases/", play.page.url) and "高铁站西广场选址" in play.page.inner_text("main")
        play.click(".done .paper")
        assert "2026\u201109\u201130" in play.page.inner_text("article")  # the fourth working day
        play.click("nav.pages a[href='/']")
        play.click("#due_today a[href*='/record/decided/']")
        play.page.select_option("[name=outcome]", "approved")
        play.confirm()
        assert play.page.url.split("#")[0].split("?")[0] == f"{play.base}/" and play.page.inner_text(due) == "0"
        play.page.fill("#number", "高铁站西广场")
        play.click("form.look button")
        play.click("main a[href*='/cases/']")
        play.click("a[href*='/record/paused/']")
        play.page.select_option("[name=ground]", "expert_review")
        play.click("form.fields button[value=check]")
        assert play.page.locator(".effect").count() > 0
        play.click("button[value=record]")
        play.click(".done .paper")
        play.page.go_back()
        play.click("a[href*='/record/resumed/']")
        play.confirm()
        play.click("a[href*='/void/']")
        play.page.fill("[name=reason]", "误登")
        play.confirm()
        assert play.page.locator(".events .voided").count() == 1
        play.click("nav.pages a[href='/']")
        play.click("#awaiting a[href*='/record/accepted/']")
        play.confirm()
        assert AWAITING[0] not in play.page.inner_text("#awaiting")
        play.go("/new/several")
        play.page.select_option("#permit-1", "site_selection")
        for row, title in enumerate(("西站广场选址", "东站广场选址"), 1):
            play.page.fill(f"#title-{row}", title)
        play.click("form.several button[value=check]")
        play.click("button[value=record]")
        assert play.page.locator(".made li").count() == 2
        play.go("/new?permit=site_selection")
        play.page.fill("[name=title]", "南湖泵站选址")
        play.page.check("#papers-1")
        play.confirm()
        assert "/record/correction_requested/" in play.page.url
        play.confirm()
        play.click(".done .paper")
        assert {"zh": "项目批准或核准文件", "en": "project approval"}[language] in play.page.inner_text(
            "article"
        ).lower()
        play.click("form.person button")
        assert play.page.locator("#password").count() == 1


@played(("en", 1280, False))
def test_a_managers_month_end(browser: Browser, tmp_path: Path, language: str, width: int, scripts: bool) -> None:
    """Reads the rates, sees which cases stand behind one, compares with the month before, and publishes what was
    late."""
    with desk(tmp_path) as window, stage(browser, window.readers["zhao"].base, width, scripts) as play:
        play.sign_in("zhao", language)
        play.click("nav.pages a[href='/rates']")
        figure = play.page.locator("a[href*='figure=completed']").first
        n = int(re.findall(r"\d+", figure.inner_text())[-1])
        play.click("a[href*='figure=completed']")
        assert n == 4 and play.page.locator("tbody tr").count() == n  # decided in September, by the cast
        play.go("/rates")
        for name, day in (("from", "2026-09-01"), ("to", "2026-09-30")):
            play.page.fill(f"#{name}", day)
        play.page.select_option("#against", "before")
        play.click("form.fields button, form:has(#from) button")
        assert play.page.locator("section[aria-labelledby=compared]").count() == 1
        play.click("a[href^='/overruns']")
        assert play.page.locator("tbody tr").count() == 3  # one decided late, two still open
        play.click("a[href^='/overruns/sheet']")
        assert play.page.locator("article tbody tr").count() == 3 and "城北变电站" not in play.page.inner_text(
            "article"
        )


@played(("zh", 390, False))
def test_an_administrators_first_hour(
    browser: Browser, tmp_path: Path, language: str, width: int, scripts: bool
) -> None:
    """Looks at each room, tries a channel, puts an absence on record, loads a notice, makes a key, gives a password,
    and finds it all in the audit."""
    with bureau(tmp_path) as office, stage(browser, office.readers["qian"].base, width, scripts) as play:
        play.sign_in("qian", language)
        play.click("nav.pages a[href='/office']")
        for room in ("/calendar", "/deliveries", "/policies", "/people", "/channels", "/tokens", "/audit"):
            play.go(room)
        play.go("/channels/test?name=log")
        play.page.select_option("[name=to]", "li")
        play.confirm("do")
        play.go("/people/absence?person=li")
        for name, day in (("from", "2026-09-28"), ("to", "2026-09-30")):
            play.page.fill(f"[name={name}]", day)
        play.confirm("do")
        play.go("/calendar/load")
        written = {"number": "40", "title": "春节", "published": "2026-09-01", "off": "2026-11-09..2026-11-10 会议"}
        for name, text in written.items():
            play.page.fill(f"main [name={name}]", text)
        play.confirm("do")
        assert play.page.locator(".did").count() == 1
        play.go("/tokens/new")
        play.page.fill("[name=name]", "archive")
        play.confirm("do")
        assert "shixian_" in play.page.inner_text("main")
        play.go("/people/password?person=li")
        play.confirm("do")
        assert play.page.locator(".once code").count() == 1
        play.go("/audit")
        assert play.page.inner_text("main").count("钱主任") >= 3


@played(("en", 390, True))
def test_an_applicants_look_up(browser: Browser, tmp_path: Path, language: str, width: int, scripts: bool) -> None:
    """Types number and code from the slip, wrong first, and sees the state and the date, and no name."""
    with desk(tmp_path) as window:
        turn(window.app, ON)
        number, code = window.numbers[PAUSED[0]], code_of(window, DUE_TODAY[0])
        with stage(browser, window.readers["li"].base, width, scripts) as play:
            play.go(f"/lookup?lang={language}")
            for case in (number, window.numbers[DUE_TODAY[0]]):
                play.page.fill("#lookup-number", case)
                play.page.fill("#lookup-code", code)
                play.click("main form button")
            play.wrong[:] = [text for text in play.wrong if "404" not in text]  # the console tells of the status
            words = play.page.inner_text("main")
            assert play.page.locator("main time").first.get_attribute("datetime") == "2026-09-23"
            assert "李敏" not in words and "实验小学" not in words
