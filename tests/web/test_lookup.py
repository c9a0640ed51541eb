"""An applicant looks up a case without signing in. It is Wednesday 2026-09-23; the cases are those of the pages' cast,
their dates are counted by hand there."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa

from sla.app import App
from sla.service import cases, lookup
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from sla.settings import Settings
from sla.store.migrate import METADATA
from sla.web.qr import leads_to as square_leads_to
from tests.access.cast import Reader, leads_to
from tests.browser.cast import APPLICANT, AWAITING, DUE_TODAY, NOW, OFFICE, PAUSED, serving
from tests.web.cast import Desk, desk, text_of

WRONG = "没有同时符合该编号和查询码的办件"
ON = OFFICE % {"slug": "planning-window", "name": "云溪市规划审批窗口"} + "\n[lookup]\non = true\n"


@pytest.fixture(scope="module")
def window_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("lookup")) as made:
        turn(made.app, ON)
        yield made


@pytest.fixture
def window(window_once: Desk) -> Desk:
    """The window with the look-up on, where nobody has tried one yet."""
    with window_once.app.writing() as session:
        session.connection().execute(METADATA.tables["sign_in_attempt"].delete())
    return window_once


@pytest.fixture
def applicant(window: Desk) -> Iterator[Reader]:
    reader = Reader(window.readers["li"].base)
    yield reader
    reader.close()


def turn(app: App, text: str) -> None:
    with app.writing() as session:
        apply(session, plan_of(text, Path()), NOW, demonstration=True)


def code_of(window: Desk, title: str) -> str:
    with window.app.reading() as session:
        office = office_named(session, "")
        return lookup.code_of(session, office, cases.find(session, office, window.numbers[title], NOW))


def ask(reader: Reader, number: str, code: str, **more: str) -> httpx.Response:
    return reader.send("/lookup", "/lookup", number=number, code=code, **more)


# --- what is told ----------------------------------------------------------------------------------------------------
def test_number_and_code_tell_state_dates_and_how_they_were_counted(window: Desk, applicant: Reader) -> None:
    answer = ask(applicant, window.numbers[DUE_TODAY[0]], code_of(window, DUE_TODAY[0]))
    words = text_of(answer)
    assert answer.status_code == 200
    assert "办理阶段 已受理" in words and "到期日： 2026年9月23日 周三 计时中" in words
    assert "计算方式：受理 9月18日（不计入）……第4个工作日 9月23日" in words


def test_nothing_else_is_told(window: Desk, applicant: Reader) -> None:
    text = ask(applicant, window.numbers[DUE_TODAY[0]], code_of(window, DUE_TODAY[0])).text
    for name in (DUE_TODAY[0], APPLICANT, "李敏", "/cases", "选址"):
        assert name not in text, name


def test_a_paused_case_has_no_date_and_says_since_when(window: Desk, applicant: Reader) -> None:
    words = text_of(ask(applicant, window.numbers[PAUSED[0]], code_of(window, PAUSED[0])))
    assert "到期日： – 挂起" in words and "9月16日起" in words


def test_a_case_that_is_not_accepted_has_no_limit_yet(window: Desk, applicant: Reader) -> None:
    words = text_of(ask(applicant, window.numbers[AWAITING[0]], code_of(window, AWAITING[0])))
    assert "办理阶段 已收件" in words and "期限自受理起计算" in words


def test_it_speaks_english_too(window: Desk, applicant: Reader) -> None:
    applicant.open("/lookup?lang=en")
    words = text_of(ask(applicant, window.numbers[DUE_TODAY[0]], code_of(window, DUE_TODAY[0])))
    assert "Due: Wed 23 Sep 2026" in words and "How it was counted: accepted" in words


def test_a_code_may_be_typed_as_people_type(window: Desk, applicant: Reader) -> None:
    number, code = window.numbers[DUE_TODAY[0]], code_of(window, DUE_TODAY[0])
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code.replace("-", ""))
    for typed in (code.lower(), code.replace("-", ""), f" {code[:3]} {code[3:]} ", wide):
        assert ask(applicant, f" {number} ", typed).status_code == 200, typed


# --- what is wrong ---------------------------------------------------------------------------------------------------
def statements(app: App, reader: Reader, number: str, code: str) -> tuple[str, list[str]]:
    """What is answered, without the form's own token, and what is asked of the database for it."""
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *more: Any) -> None:
        seen.append(statement)

    token = re.search(r'name="form_token" value="(\w+)"', reader.open("/lookup").text)
    assert token
    fields = {"form_token": token.group(1), "number": number, "code": code}
    sa.event.listen(app.engine, "before_cursor_execute", note)
    try:
        answer = reader.client.post("/lookup", data=fields, headers={"origin": reader.base})
    finally:
        sa.event.remove(app.engine, "before_cursor_execute", note)
    page = re.sub(r'name="form_token" value="\w+"', "", answer.text)  # it is written differently each time
    return page.replace(number, "NUMBER"), seen


def test_a_wrong_number_and_a_wrong_code_are_the_same_in_words_and_in_work(window: Desk, applicant: Reader) -> None:
    code = code_of(window, DUE_TODAY[0])
    other = code_of(window, PAUSED[0])
    wrong_code = statements(window.app, applicant, window.numbers[DUE_TODAY[0]], other)
    wrong_number = statements(window.app, applicant, "选字第20269999号", code)
    assert wrong_code == wrong_number and WRONG in wrong_code[0]


@pytest.mark.parametrize("code", ["", "2222222222", "é", "=1", "x" * 300])
def test_what_is_no_code_is_just_wrong(window: Desk, applicant: Reader, code: str) -> None:
    answer = ask(applicant, window.numbers[DUE_TODAY[0]], code)
    assert answer.status_code == 404 and WRONG in text_of(answer)


def test_after_five_wrong_ones_the_number_is_closed_for_a_while_also_to_the_right_code(
    window: Desk, applicant: Reader
) -> None:
    number, code = window.numbers[DUE_TODAY[0]], code_of(window, DUE_TODAY[0])
    assert [ask(applicant, number, "WRONG").status_code for _ in range(5)] == [404] * 5
    answer = ask(applicant, number, code)
    assert answer.status_code == 429 and answer.headers["retry-after"] == "30"
    assert "尝试次数过多" in text_of(answer)
    assert ask(applicant, window.numbers[PAUSED[0]], code_of(window, PAUSED[0])).status_code == 200


def test_one_address_may_not_try_number_after_number(window: Desk, applicant: Reader) -> None:
    tried = [ask(applicant, f"选字第2026{index:04}号", "WRONG").status_code for index in range(41)]
    assert tried == [404] * 40 + [429]


def test_wrong_codes_close_no_sign_in(window: Desk, applicant: Reader) -> None:
    for _ in range(6):
        ask(applicant, "li", "WRONG")
    assert leads_to(applicant.sign_in("li", office="")) == "/"


# --- the code --------------------------------------------------------------------------------------------------------
def test_every_case_has_a_code_of_its_own_without_signs_that_look_alike(window: Desk) -> None:
    codes = {code_of(window, title) for title in window.numbers}
    assert len(codes) == len(window.numbers)
    assert all(re.fullmatch(r"[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}", code) for code in codes)
    assert not set("01OIL") & set("".join(codes))


def test_whoever_records_sees_it_on_the_case_and_renews_it_and_the_old_one_is_void(
    window: Desk, applicant: Reader
) -> None:
    li, title = window.readers["li"], "人民医院综合楼"
    number, old = window.numbers[title], code_of(window, title)
    assert old in li.open(f"/cases/{number}").text
    assert li.send(f"/lookup-code/{number}", f"/lookup-code/{number}").status_code == 303
    new = code_of(window, title)
    assert new != old and new in li.open(f"/lookup-code/{number}").text
    assert (ask(applicant, number, old).status_code, ask(applicant, number, new).status_code) == (404, 200)


def test_the_address_on_a_slip_tells_number_and_code_to_no_server(window: Desk) -> None:
    with window.app.reading() as session:
        link = lookup.lookup_link(office_named(session, ""), "选字第20260001号", "ABCDE-FGHJK")
    parts = urlsplit(link)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "http://127.0.0.1:8000/lookup"
    assert parse_qs(parts.query) == {"office": ["planning-window"]}
    assert parse_qs(parts.fragment) == {"number": ["选字第20260001号"], "code": ["ABCDE-FGHJK"]}


def test_the_slip_carries_the_code_and_its_square_leads_to_the_look_up(window: Desk) -> None:
    slip = window.readers["li"].open(f"/papers/accepted/{window.numbers[DUE_TODAY[0]]}")
    code = code_of(window, DUE_TODAY[0])
    assert f"查询码： {code}" in text_of(slip)
    with window.app.reading() as session:
        office = replace(office_named(session, ""), link="https://window.office.example")
    target = urlsplit(square_leads_to(office, window.numbers[DUE_TODAY[0]], code))
    assert (target.hostname, target.path) == ("window.office.example", "/lookup")
    assert parse_qs(target.fragment)["code"] == [code]


def test_codes_stay_when_the_look_up_is_turned_off_and_on_again(window: Desk, applicant: Reader) -> None:
    title, li = DUE_TODAY[0], window.readers["li"]
    before = code_of(window, title)
    turn(window.app, ON.replace("on = true", "on = false"))
    try:
        assert (applicant.open("/lookup").status_code, code_of(window, title)) == (404, "")
        assert before not in li.open(f"/cases/{window.numbers[title]}").text
        assert li.open(f"/lookup-code/{window.numbers[title]}").status_code == 404
    finally:
        turn(window.app, ON)
    assert code_of(window, title) == before


# --- where it is served ----------------------------------------------------------------------------------------------
def test_without_a_word_in_the_office_file_there_is_no_look_up(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        applicant = Reader(made.readers["li"].base)
        assert applicant.open("/lookup").status_code == 404
        applicant.close()


def test_of_several_offices_one_is_chosen(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        turn(made.app, ON)
        number, code = made.numbers[DUE_TODAY[0]], code_of(made, DUE_TODAY[0])
        turn(made.app, ON.replace("planning-window", "west").replace("云溪市规划审批窗口", "西区窗口"))
        applicant = Reader(made.readers["li"].base)
        page = applicant.open("/lookup").text
        assert '<option value="planning-window">' in page and '<option value="west">西区窗口' in page
        assert ask(applicant, number, code, office="planning-window").status_code == 200
        assert ask(applicant, number, code, office="west").status_code == 404
        assert leads_to(ask(applicant, number, code, office="nowhere")) == "/lookup"
        applicant.close()


def test_a_server_for_the_look_up_alone_answers_nothing_else(window: Desk) -> None:
    settings = Settings(database_url=window.app.settings.database_url, public_only=True)
    alone = App(settings, window.app.engine, window.app.guard, {}, window.app.clock)
    with serving(alone) as base:
        outside = Reader(base)
        title = DUE_TODAY[0]
        assert leads_to(outside.open("/")) == "/lookup"
        assert ask(outside, window.numbers[title], code_of(window, title), office="planning-window").status_code == 200
        pages = ("/cases", f"/cases/{window.numbers[title]}", "/sign-in", "/today.json", "/metrics", "/calendar/x.ics")
        calls = ("/api/v1/me", "/api/v1/cases", "/api/v1/docs", "/api/v1/openapi.json")
        paths = (*pages, *calls)
        assert [outside.open(path).status_code for path in paths] == [404] * len(paths)
        outside.close()
    alone.pool.shutdown()
