"""New cases and papers with a browser: by keyboard alone and in few steps, readable by everybody, one sheet of paper.

It is Wednesday 2026-09-23, 10:00.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.cast import DUE_TODAY, PAUSED
from tests.browser.signing_in import sign_in
from tests.browser.test_forms import Walk
from tests.web.cast import Desk, desk

A5, A4 = (420, 595), (595, 842)  # in points, 148 x 210 and 210 x 297 mm


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.fixture
def page(browser: Browser, window: Desk) -> Iterator[Page]:
    """A browser at the desk of a clerk who is signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{window.readers['li'].base}/sign-in?lang=zh")
    sign_in(page, "li")
    yield page
    context.close()


class Keys:
    """A keyboard that counts: a text is one step, each other key one.

    Where a page begins, it has its cursor once it is drawn; a hand waits for it, and so do these.
    """

    def __init__(self, page: Page) -> None:
        self.page, self.steps = page, 0

    def type(self, text: str) -> None:
        self.page.wait_for_selector("main :focus")
        self.page.keyboard.type(text)
        self.steps += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.wait_for_selector("main :focus")
            self.page.keyboard.press(key)
            self.steps += 1


def test_a_new_case_is_received_and_accepted_in_a_dozen_steps_by_keyboard_alone(page: Page, window: Desk) -> None:
    """Three texts, four tabs, two boxes, Enter for what comes of it, Enter to record: at a second and a half a step 17
    seconds."""
    base = window.readers["li"].base
    page.goto(f"{base}/new?permit=site_selection")  # chosen once; from then on it is remembered
    page.goto(f"{base}/new")
    keys = Keys(page)
    keys.type("高铁站西广场选址")
    keys.press("Tab")
    keys.type("云溪市城投公司")
    keys.press("Tab")
    keys.type("13800138000")
    keys.press("Tab", "Space", "Tab", "Space", "Enter")
    page.wait_for_selector(".effect")
    keys.press("Enter")
    page.wait_for_url(re.compile("/cases/"))
    assert keys.steps <= 12
    words = page.inner_text("main")
    assert "高铁站西广场选址" in words and "已受理" in words
    page.click(".done .paper")
    assert "高铁站西广场选址" in page.inner_text("article") and page.title().startswith("受理通知书")


def test_papers_that_are_not_ticked_lead_by_keyboard_to_the_one_time_notice(page: Page, window: Desk) -> None:
    page.goto(f"{window.readers['li'].base}/new?permit=site_selection")
    keys = Keys(page)
    keys.type("南湖泵站选址")
    keys.press(*["Tab"] * 5, "Space", "Enter")  # past applicant, contact and both boxes to the first paper
    page.wait_for_selector(".effect")
    keys.press("Enter")
    page.wait_for_url(re.compile("/record/correction_requested/"))
    keys.press("Enter")  # the first box has the focus, and all that is missing is ticked
    page.wait_for_selector(".effect")
    keys.press("Enter")
    page.wait_for_url(re.compile("/cases/"))
    page.click(".done .paper")
    assert "项目批准或核准文件" in page.inner_text("article") and "选址申请表" not in page.inner_text(".parts .main")


@pytest.mark.parametrize(("kind", "title", "size"), [("accepted", DUE_TODAY[0], A5), ("paused", PAUSED[0], A4)])
def test_a_paper_is_one_sheet_of_its_size(
    page: Page, window: Desk, kind: str, title: str, size: tuple[int, int]
) -> None:
    page.goto(f"{window.readers['li'].base}/papers/{kind}/{window.numbers[title]}")
    printed = page.pdf(prefer_css_page_size=True).decode("latin-1")
    assert len(re.findall(r"/Type\s*/Page\b", printed)) == 1
    box = re.search(r"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", printed)
    assert box is not None and (round(float(box[1])), round(float(box[2]))) == size


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_state_of_several_cases_bars_anybody(page: Page, window: Desk, language: str) -> None:
    walk = Walk(page, window.readers["li"].base, language)
    walk.go("/new/several")
    page.select_option("#permit-1", "site_selection")
    page.fill("#title-1", "西站广场选址")
    page.fill("#on-1", "2026-09-18")
    page.fill("#title-2", "东站广场选址")
    page.fill("#accepted_on-2", "2026-09-17")  # before its receipt
    walk.press("check")
    walk.press("record")
    expect(page.locator(".made li")).to_have_count(1)
    assert page.input_value("#title-2") == "东站广场选址"
    walk.go(window.path("paused", DUE_TODAY[0]))
    page.select_option("#f-ground", "hearing" if language == "zh" else "expert_review")
    walk.press("check")
    page.click("button[value=record]")
    walk.look("recorded")
    expect(page.locator(".done .paper")).to_have_count(1)
    assert walk.wrong == []


def test_no_new_page_weighs_more_than_a_hundred_kilobytes(page: Page, window: Desk) -> None:
    base, sizes = window.readers["li"].base, dict[str, int]()
    page.on("response", lambda response: sizes.update({response.url: len(response.body())}))
    for path in ("/new/several", f"/papers/accepted/{window.numbers[DUE_TODAY[0]]}"):
        sizes.clear()
        page.goto(f"{base}{path}", wait_until="networkidle")
        assert 0 < sum(sizes.values()) < 100_000, sizes
