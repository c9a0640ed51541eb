"""What an administrator does on the pages, as people see it: no state of it bars anybody, at both sizes."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.access.cast import reading
from tests.browser.barriers import elsewhere, in_console, seen
from tests.browser.cast import empty_app
from tests.browser.signing_in import sign_in
from tests.web.office.cast import Bureau


def _signed_in(browser: Browser, base: str, language: str, wrong: list[str]) -> Page:
    page = browser.new_context().new_page()
    page.on("console", lambda message: wrong.extend(in_console(message)))
    page.on("request", lambda request: wrong.extend(elsewhere(request, base)))
    page.goto(f"{base}/sign-in?lang={language}")
    sign_in(page, "qian")
    return page


def test_no_state_of_a_change_bars_anybody(browser: Browser, office: Bureau) -> None:
    wrong: list[str] = []
    page, base = _signed_in(browser, office.readers["qian"].base, "zh", wrong), office.readers["qian"].base
    page.goto(f"{base}/people/handover?from=wang")
    page.select_option("#f-to", "li")
    page.fill("#f-reason", "调离窗口")
    page.click("button[value=check]")
    wrong += seen(page, "what comes of it", "zh")
    page.click("button[value=change]")
    assert page.input_value("#f-reason") == "调离窗口"
    page.goto(f"{base}/calendar/apply?notice=%E4%BA%91%E6%94%BF%E5%8A%9E%E3%80%942026%E3%80%9531%E5%8F%B7")
    page.click("button[value=check]")
    wrong += seen(page, "a dry run", "zh")
    page.goto(f"{base}/people/password?person=wang")
    page.click("button[value=check]")
    page.click("button[value=do]")
    expect(page.locator(".once code")).to_have_count(1)
    wrong += seen(page, "a password, shown once", "zh")
    page.context.close()
    assert wrong == []


def test_a_key_that_is_asked_for_twice_is_made_and_shown_once(browser: Browser, office: Bureau) -> None:
    context = browser.new_context()
    page, base = context.new_page(), office.readers["qian"].base
    page.goto(f"{base}/sign-in?lang=en")
    sign_in(page, "qian")
    page.goto(f"{base}/tokens/new")
    page.fill("[name=name]", "pressed-twice")
    page.click("button[value=check]")
    page.wait_for_selector("main button[value=do]")
    page.evaluate("() => { const form = document.querySelector('main form'), button = form.querySelector('[value=do]');"
                  " form.requestSubmit(button); form.requestSubmit(button) }")  # fmt: skip
    page.wait_for_selector(".once")
    assert "shixian_" in page.inner_text(".once")
    context.close()


def test_the_four_steps_bar_nobody_on_an_empty_database(browser: Browser, tmp_path: Path) -> None:
    app = empty_app(tmp_path)
    with reading(app) as reader:
        page = browser.new_context().new_page()
        page.goto(f"{reader.base}/?lang=zh")
        assert seen(page, "an empty database", "zh") == []
        page.context.close()
    app.close()


def test_cases_from_a_file_are_tried_brought_in_and_the_rest_is_saved(
    browser: Browser, office: Bureau, tmp_path: Path
) -> None:
    wrong: list[str] = []
    page, base = _signed_in(browser, office.readers["qian"].base, "zh", wrong), office.readers["qian"].base
    file = tmp_path / "旧系统.csv"
    file.write_text(
        "办件编号,事项,项目名称,承办人,收件日期,到期日\n"
        "旧-1,建设项目选址意见书,城北变电站,李敏,2026-09-14,2026-09-17\n旧-2,选址,南湖公园,王强,2026-09-14,\n",
        "gb18030",
    )
    page.goto(f"{base}/import")
    page.set_input_files("#f-file", file)
    page.click("button[value=check]")
    assert 'number = "办件编号"' in page.input_value("#f-mapping")
    wrong += seen(page, "tried", "zh")
    page.click("button[value=do]")
    expect(page.locator(".did")).to_have_count(1)
    wrong += seen(page, "done", "zh")
    with page.expect_download() as saved:
        page.click("button[value=refused]")
    assert "旧-2" in saved.value.path().read_text("utf-8-sig")
    page.context.close()
    assert wrong == []
