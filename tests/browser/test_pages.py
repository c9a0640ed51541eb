"""The pages as people meet them: right by a count by hand, up to date by themselves, and of use without scripts."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.cast import AWAITING, DUE_TODAY, NEXT_DAYS, OVERDUE, Served


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_the_lists_of_today_hold_what_the_hand_counted(page: Page, served: Served) -> None:
    page.goto(served.base)
    lists = {
        name: page.locator(f"#{name} tbody .title").all_text_contents()
        for name in ("overdue", "due_today", "next_days", "paused", "awaiting")
    }
    assert lists == {
        "overdue": OVERDUE,
        "due_today": DUE_TODAY,
        "next_days": NEXT_DAYS,
        "paused": [],  # until the 26th, when the notice is to end
        "awaiting": AWAITING,
    }
    assert page.title().startswith("超期 2 项 · 今日")


def test_each_row_says_how_it_stands_in_words(page: Page, served: Served) -> None:
    page.goto(served.base)
    rows = [" ".join(row.inner_text().split()) for row in page.locator("tbody tr").all()]
    assert [
        row for row in rows if "红灯" in row and "9月21日 周一" in row and "超期 2 个工作日" in row and "王强" in row
    ]
    assert [row for row in rows if "黄灯" in row and "9月23日 周三" in row and "今天到期" in row]
    assert [row for row in rows if "绿灯" in row and "9月28日 周一" in row and "还有 2 个工作日" in row]
    assert [row for row in rows if "受理审查" in row and "9月30日 周三" in row]


def test_the_day_strip_shows_how_the_date_was_counted(page: Page, served: Served) -> None:
    page.goto(f"{served.case(NEXT_DAYS[0])}?lang=en")
    cells = page.locator("#why-promise .cell")
    days = [cell.locator("time").get_attribute("datetime") for cell in cells.all()]
    said = dict(zip(days, (cell.locator(".unseen").inner_text() for cell in cells.all()), strict=True))
    assert days == [f"2026-09-{day}" for day in range(18, 29)]
    assert "first day, not counted (R2" in said["2026-09-18"]
    assert "counted 1 of 6, make-up working day" in said["2026-09-20"]
    assert "holiday (Mid-Autumn Festival)" in said["2026-09-25"]
    assert "counted 6 of 6 (R5" in said["2026-09-28"]
    assert cells.last.locator(".flag").inner_text() == "Due"


def test_what_happened_shows_late_entries_and_what_was_voided(page: Page, served: Served) -> None:
    page.goto(served.case(NEXT_DAYS[0]))
    late = page.locator(".events li", has=page.locator(".mark")).inner_text()
    assert "9月18日 周五 17:00" in late and "9月22日 周二 17:00" in late and "补登" in late
    voided = page.locator(".events .voided")
    assert voided.locator("s").first.inner_text() == "已知悉"
    assert "已由第 4 条作废：登记错件" in voided.inner_text()


def test_the_rates_are_those_of_the_hand_with_their_n(page: Page, served: Served) -> None:
    page.goto(f"{served.base}/rates")
    figures = [figure.inner_text().split() for figure in page.locator(".figure .value").all()]
    assert figures == [
        ["50.0%", "3", "÷", "6", "·", "n", "=", "6"],  # four completed, one of them late; two open and overdue
        ["75.0%", "3", "÷", "4", "·", "n", "=", "4"],
        ["33.3%", "1", "÷", "3", "·", "n", "=", "3"],  # the immediate item cannot be early
        ["25.0%", "1", "÷", "4", "·", "n", "=", "4"],
        ["2"],
    ]
    months = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts()
        for row in page.locator("section[aria-labelledby=months] tbody tr").all()
    }
    assert months["2026年9月"] == ["4", "50.0% n = 6", "75.0% n = 4", "33.3% n = 3", "2"]
    assert months["2026年8月"] == ["0", "– n = 0", "– n = 0", "– n = 0", "0"]
    chart = page.locator("section[aria-labelledby=months] svg.bars")
    assert chart.locator(".value").all_text_contents() == ["–"] * 11 + ["50.0%"]
    assert chart.locator(".month:visible").all_text_contents()[-2:] == ["8月", "9月"]
    assert page.locator("tfoot tr").inner_text().split()[1:4] == ["110", "20", "90"]


def test_today_is_fetched_again_without_losing_the_place(page: Page, served: Served) -> None:
    page.clock.install()
    page.set_viewport_size({"width": 390, "height": 400})
    page.goto(served.base)
    page.locator("#awaiting a >> nth=0").evaluate("link => link.focus({ preventScroll: true })")
    page.evaluate("scrollTo({ top: 700, behavior: 'instant' })")
    page.evaluate("document.querySelector('#overdue').classList.add('stale')")
    page.evaluate("document.querySelector('#lists').dataset.tag = ''")  # as if what it says were another thing
    with page.expect_response(lambda response: urlsplit(response.url).path == "/"):
        page.clock.run_for(61_000)
    page.locator("#overdue:not(.stale)").wait_for()
    assert page.evaluate("document.activeElement.closest('section').id") == "awaiting"
    assert page.evaluate("scrollY") == 700


def test_the_pages_work_without_script(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.base)
    page.get_by_label("承办人").select_option("王强")
    page.get_by_role("button", name="查看").click()
    titles = page.locator("tbody .title").all_text_contents()
    page.get_by_role("link", name="English").click()
    heading = page.locator("h1").inner_text()
    page.locator("tbody a").first.click()
    case = page.locator("h1").inner_text()
    context.close()
    assert titles == OVERDUE and heading.startswith("Today") and OVERDUE[0] in case
