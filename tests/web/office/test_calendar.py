"""The calendar on the pages. Counted by hand: were Tuesday 2026-09-22 off, the case of 09-17 would be due on 09-23 and
no longer overdue, the one that is due today on 09-24, the one that is due on 09-28 on 09-29."""

import re

from sla.service import cases
from tests.browser.cast import DUE_TODAY, HOSTILE, NEXT_DAYS, NOW
from tests.web.cast import text_of
from tests.web.office.cast import Bureau

TYPHOON = {
    "number": "云政办〔2026〕31号",
    "title": "关于台风停工的通知",
    "published": "2026-09-20",
    "off": "2026-09-22 台风停工",
    "amends": "2025年通知",
}
MOVED = {HOSTILE: "2026-09-23", DUE_TODAY[0]: "2026-09-24", NEXT_DAYS[0]: "2026-09-29"}


def _promised(office: Bureau) -> dict[str, str]:
    with office.stands() as (session, stands):
        found = {title: cases.find(session, stands, office.numbers[title], NOW) for title in MOVED}
    return {
        title: str(next(clock.due_on for clock in one.history.clocks if clock.id == "promise"))
        for title, one in found.items()
    }


def test_a_year_shows_each_special_day_with_its_sign_its_name_and_whose_word_it_is(office: Bureau) -> None:
    page = office.open("/calendar?year=2026", "li")  # whoever may read
    sunday = re.search(
        r'<td class="work" title="([^"]*)"><span class="day-box"><time datetime="2026-09-20">20', page.text
    )
    friday = re.search(
        r'<td class="off" title="([^"]*)"><span class="day-box"><time datetime="2026-09-25">25', page.text
    )
    assert sunday and friday and "中秋节" in friday.group(1)
    assert "国务院办公厅" in text_of(page) and "announced" in text_of(office.open("/calendar?year=2026&lang=en"))


def test_a_year_that_nobody_has_announced_says_so_by_symbol_and_word(office: Bureau) -> None:
    words = text_of(office.open("/calendar?year=2027&lang=en"))
    assert "only computed" in words and "Provisional from Fri 1 Jan 2027 on" in words
    assert office.readers["qian"].open("/calendar?year=20x6").status_code == 400


def test_a_notice_that_cannot_be_read_keeps_the_form_and_says_where(office: Bureau) -> None:
    page = office.check("/calendar/load?lang=en", **{**TYPHOON, "off": "2026-09-31 x"})
    assert page.status_code == 422 and "look at “Days off”" in text_of(page) and "2026-09-31 x" in page.text
    page = office.check("/calendar/load?lang=en", text='[notice]\nnumber = "x"\noff = [')
    assert page.status_code == 422 and "is no TOML" in text_of(page)


def test_a_notice_is_tried_loaded_and_applied_and_moves_the_dates_it_said(office: Bureau) -> None:
    before = _promised(office)
    assert before == {HOSTILE: "2026-09-22", DUE_TODAY[0]: "2026-09-23", NEXT_DAYS[0]: "2026-09-28"}
    tried = text_of(office.check("/calendar/load?lang=en", **TYPHOON))
    assert "no longer overdue: 1" in tried and "overdue by the calendar: 0" in tried
    assert all(f"{before[title]} → {MOVED[title]}" in tried for title in MOVED)
    assert "No notice is on record" in text_of(office.open("/calendar?lang=en"))  # nothing was done yet
    office.do("/calendar/load", **TYPHOON)
    assert "loaded, not applied" in text_of(office.open("/calendar?lang=en"))
    assert _promised(office) == before
    path = f"/calendar/apply?notice={TYPHOON['number']}"
    assert "no longer overdue: 1" in text_of(office.check(f"{path}&lang=en"))
    done = office.do(f"{path}&lang=en")
    assert "applied to every open case" in text_of(done)
    assert _promised(office) == MOVED
    assert {kind for _, kind, _ in office.deeds()} == {"notice_applied", "notice_loaded"}
    again = office.readers["qian"].open(path)
    assert again.status_code == 400 and "is applied already" in again.text


def test_a_change_that_was_interrupted_is_shown_and_gone_on_with(office: Bureau) -> None:
    from sla.service import amendments, calendar_notices

    text = '[notice]\nnumber = "二号"\ntitle = "x"\npublished = 2026-09-21\namends = "y"\noff = [{date = 2026-10-12}]\n'
    with office.app.writing() as session:
        from sla.service.offices import office_named

        stands = office_named(session, "")
        calendar_notices.load(session, stands, text, NOW, "qian")
        calendar_notices.apply_notice(session, stands, "二号", NOW, "qian")
    with office.stands() as (session, stands):
        found = amendments.progress(session, stands)
    assert found is not None and found.waiting == 6  # the open cases of the cast
    assert "6 open cases wait" in text_of(office.open("/calendar?lang=en"))
    office.do("/calendar/go-on")
    with office.stands() as (session, stands):
        assert amendments.progress(session, stands) is None
    assert "wait" not in text_of(office.open("/calendar?lang=en"))
