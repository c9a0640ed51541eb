"""A clerk's day, a manager's month-end, an administrator's first hour and an applicant's look-up, each played as one
story in a real browser: no console error, nothing asked of another machine, nothing wider than the screen.

In the suite in one language at each size; with SLA_PLAYS_FULL (`make plays`) in both at both, and at every stop axe
looks for what bars people. It is Wednesday 2026-09-23, 10:00; what is there the cast says.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.barriers import barriers, elsewhere
from tests.browser.cast import DUE_TODAY, PAUSED
from tests.browser.signing_in import sign_in
from tests.web.cast import desk
from tests.web.office.cast import bureau
from tests.web.test_lookup import ON, code_of, turn

FULL = bool(os.environ.get("SLA_PLAYS_FULL"))
SIZES = [("zh", 1280), ("en", 390), *([("zh", 390), ("en", 1280)] if FULL else [])]
PLAYED = pytest.mark.parametrize(("language", "width"), SIZES)


@dataclass
class Stage:
    """A browser before an office; what is wrong at any stop is in `wrong`."""

    page: Page
    base: str
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
        self.wrong += [f"{place}: {barrier}" for barrier in (barriers(self.page) if FULL else ())]
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.wrong.append(f"{place}: wider than the screen")

    def sign_in(self, person: str, language: str) -> None:
        self.go(f"/sign-in?lang={language}")
        sign_in(self.page, person)
        self.stop()


@contextmanager
def stage(browser: Browser, base: str, width: int) -> Iterator[Stage]:
    context = browser.new_context(viewport={"width": width, "height": 900})
    made = Stage(context.new_page(), base)
    made.page.on("console", lambda message: made.wrong.append(f"console: {message.text}"))
    made.page.on("pageerror", lambda error: made.wrong.append(f"error: {error}"))
    made.page.on("request", lambda request: made.wrong.extend(elsewhere(request, base)))
    yield made
    context.close()
    assert made.wrong == []


@PLAYED
def test_a_clerks_day(browser: Browser, tmp_path: Path, language: str, width: int) -> None:
    """Looks at the day, takes a case in and prints its slip, decides what is due, pauses another, finds one, leaves."""
    with desk(tmp_path) as window, stage(browser, window.readers["li"].base, width) as play:
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
        play.confirm()
        play.click(".done .paper")
        play.click("form.person button")
        assert play.page.locator("#password").count() == 1


@PLAYED
def test_a_managers_month_end(browser: Browser, tmp_path: Path, language: str, width: int) -> None:
    """Reads the rates, sees which cases stand behind one, compares with the month before, and publishes what was
    late."""
    with desk(tmp_path) as window, stage(browser, window.readers["zhao"].base, width) as play:
        play.sign_in("zhao", language)
        play.click("nav.pages a[href='/rates']")
        figure = play.page.locator("a[href*='figure=completed']").first
        n = int(re.findall(r"\d+", figure.inner_text())[-1])
        play.click("a[href*='figure=completed']")
        assert n == 4 and play.page.locator("tbody tr").count() == n  # decided in September, by the cast
        play.go("/rates?from=2026-09-01&to=2026-09-30&against=before")
        play.click("a[href^='/overruns']")
        assert play.page.locator("tbody tr").count() == 3  # one decided late, two still open
        play.click("a[href^='/overruns/sheet']")
        assert play.page.locator("article tbody tr").count() == 3 and "城北变电站" not in play.page.inner_text(
            "article"
        )


@PLAYED
def test_an_administrators_first_hour(browser: Browser, tmp_path: Path, language: str, width: int) -> None:
    """Looks at each room, tries a channel, puts an absence on record, makes a key, and finds it all in the audit."""
    with bureau(tmp_path) as office, stage(browser, office.readers["qian"].base, width) as play:
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
        play.go("/tokens/new")
        play.page.fill("[name=name]", "archive")
        play.confirm("do")
        assert "shixian_" in play.page.inner_text("main")
        play.go("/audit")
        assert play.page.inner_text("main").count("钱主任") >= 3


@PLAYED
def test_an_applicants_look_up(browser: Browser, tmp_path: Path, language: str, width: int) -> None:
    """Types number and code from the slip, wrong first, and sees the state and the date, and no name."""
    with desk(tmp_path) as window:
        turn(window.app, ON)
        number, code = window.numbers[PAUSED[0]], code_of(window, DUE_TODAY[0])
        with stage(browser, window.readers["li"].base, width) as play:
            play.go(f"/lookup?lang={language}")
            for case in (number, window.numbers[DUE_TODAY[0]]):
                play.page.fill("#lookup-number", case)
                play.page.fill("#lookup-code", code)
                play.click("main form button")
            play.wrong[:] = [text for text in play.wrong if "404" not in text]  # the console tells of the status
            words = play.page.inner_text("main")
            assert play.page.locator("main time").first.get_attribute("datetime") == "2026-09-23"
            assert "李敏" not in words and "实验小学" not in words
