"""The papers, each made of what is on record; and what is offered right after recording: the paper, and the way back.

It is Wednesday 2026-09-23, 10:00. 4 working days from then: 24, 28, 29, 30 September (the 25th is off). 30 from then:
4 in September, 10-08 to 10-10 are 3 more, 10-12 to 10-16, 10-19 to 10-23, 10-26 to 10-30 and 11-02 to 11-06 20 more,
11-09 to 11-11 the last 3: Wednesday 2026-11-11.
"""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest

from sla.service import cases
from sla.service.cases import When
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from sla.store.migrate import METADATA
from tests.browser.cast import DUE_TODAY, HOSTILE, NEXT_DAYS, NOW, OFFICE, PAUSED, at
from tests.web.cast import Desk, desk, text_of

LINKED = OFFICE.replace('language = "zh"', 'language = "zh"\nlink = "https://window.office.example"')


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A window that records; each test has a case of its own."""
    with desk(tmp_path_factory.mktemp("window")) as made:
        yield made


@pytest.fixture
def case(window: Desk) -> str:
    """The title of a new case that awaits its acceptance."""
    title = f"东环路第{len(window.numbers)}公交站用地"
    details = {"permit": "land_use", "title": title, "handler": "li", "applicant": "张三丰"}
    with window.app.writing() as session:
        office = office_named(session, "")
        window.numbers[title] = cases.receive(session, office, details, When(NOW), NOW, "li").number
    return title


@pytest.fixture
def accepted(window: Desk, case: str) -> str:
    """The title of a new case that is accepted by its second event."""
    with window.app.writing() as session:
        cases.record(session, office_named(session, ""), window.numbers[case], "accepted", {}, When(NOW), NOW, "li")
    return case


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A window that is only looked at; its office has a link."""
    with desk(tmp_path_factory.mktemp("still")) as made:
        text = LINKED % {"slug": "planning-window", "name": "云溪市规划审批窗口"}
        with made.app.writing() as session:
            apply(session, plan_of(text, Path()), NOW, demonstration=True)
        yield made


def path_of(window: Desk, kind: str, title: str) -> str:
    return f"/papers/{kind}/{quote(window.numbers[title], safe='')}"


def paper(window: Desk, kind: str, title: str, language: str = "zh", person: str = "li") -> str:
    answer = window.readers[person].open(f"{path_of(window, kind, title)}?lang={language}")
    assert answer.status_code == 200, text_of(answer)
    return text_of(answer).partition("Ctrl+P")[2]


def record(window: Desk, kind: str, title: str, person: str = "li", **fields: Any) -> httpx.Response:
    done = window.fill(person, window.path(kind, title), "record", **fields)
    assert done.status_code == 303, text_of(done)
    return done


# --- each paper -------------------------------------------------------------------------------------------------------
def test_the_slip_says_the_due_date_in_words_and_figures_and_how_it_was_counted(window: Desk, case: str) -> None:
    record(window, "accepted", case, receipt="受〔2026〕88号")
    text = paper(window, "accepted", case)
    assert "受理通知书" in text and "受〔2026〕88号" in text and "张三丰" in text and case in text
    assert "承诺时限，4 个工作日" in text and "二〇二六年九月三十日 星期三（2026‑09‑30）" in text
    assert "受理 9月23日（不计入）……第4个工作日 9月30日" in text
    assert "二〇二六年十一月十一日 星期三（2026‑11‑11）" in text
    for law in ("行政许可法 32(5)", "郑州市城乡规划管理条例第四十四条", "民法典第二百零一条", "窗口服务承诺"):
        assert law in text


def test_a_slip_in_english_says_the_same(window: Desk, case: str) -> None:
    record(window, "accepted", case)
    text = paper(window, "accepted", case, "en")
    assert "Acceptance slip" in text and "Wednesday, 30 September 2026 (2026‑09‑30)" in text
    assert "accepted 23 Sep (not counted) … working day 4: 30 Sep" in text


def test_a_conditional_slip_says_what_is_owed_and_by_when(window: Desk, case: str) -> None:
    record(window, "accepted", case, owed=["approval", "contract"], owed_by="2026-09-28")
    text = paper(window, "accepted", case)
    assert "容缺受理通知书" in text
    assert "还欠项目批准、核准或备案文件、土地出让合同或划拨文件，请于二〇二六年九月二十八日 星期一" in text
    assert "前（含当日）补齐" in text


def test_the_one_time_notice_names_all_that_is_missing_and_its_law(window: Desk, case: str) -> None:
    record(window, "correction_requested", case, papers=["approval", "contract"], notice="补〔2026〕7号")
    text = paper(window, "correction_requested", case)
    assert "一次性告知" in text and "补〔2026〕7号" in text and "行政许可法 32(4)" in text
    assert "项目批准、核准或备案文件 土地出让合同或划拨文件" in text and "用地规划许可申请表" not in text


def test_a_pause_says_how_long_on_which_ground_and_what_is_left(still: Desk) -> None:
    """Accepted on 09-14 with 6 days: by 09-16 two are used, four are left. 09-26 is a Saturday: of 09-17 to 09-26 seven
    days are working days (17, 18, Sunday 20, 21, 22, 23, 24)."""
    text = paper(still, "paused", PAUSED[0])
    assert "特别程序期限告知书" in text and "公示" in text and "云规公示〔2026〕12号" in text
    assert "二〇二六年九月十六日 星期三" in text and "二〇二六年九月二十六日 星期六" in text
    assert "预计不计入时限 7 个工作日" in text and "恢复后剩余（承诺时限） 4 个工作日" in text
    assert "郑州市城乡规划管理条例第八十六条" in text and "行政许可法" not in text


@pytest.mark.parametrize(
    ("kind", "title", "told"),
    [("refused", "不予受理通知书", "对该申请不予受理。"), ("not_required", "不受理告知书", "依法不需要取得许可")],
)
def test_a_refusal_says_its_reason(window: Desk, case: str, kind: str, title: str, told: str) -> None:
    record(window, kind, case, reason="不属于本机关职权范围")
    text = paper(window, kind, case)
    assert title in text and told in text and "不属于本机关职权范围" in text
    assert "依据" not in text  # the policy cites no law for it, so no law is cited


def test_a_decision_says_what_was_decided_and_whether_in_time(still: Desk) -> None:
    """Received and accepted on Monday 09-07 with 4 days: due 09-11, decided 09-15, two working days late. To be
    delivered within 10 working days: 16, 17, 18, 20, 21, 22, 23, 24, 28, 29."""
    text = paper(still, "decided", "纺织厂旧址改造用地")
    assert "办理结果告知书" in text and "准予" in text and "超期 2 个工作日" in text and "用地权属核查费时" in text
    assert "送达期限 二〇二六年九月二十九日 星期二" in text


def test_a_delivery_receipt_says_what_was_delivered_and_how(still: Desk) -> None:
    text = paper(still, "delivered", "石桥村卫生室")
    assert "送达回证" in text and "窗口领取" in text and "二〇二六年九月十日 星期四" in text
    assert "行政许可法第四十四条" in text


def test_an_extension_says_its_reason_who_approved_it_and_the_new_date(tmp_path: Path) -> None:
    """Accepted on Wednesday 09-23 with 30 days by law: 2026-11-11. Ten more are 12, 13, 16 to 20, 23 to 25 November."""
    preset = resources.files("sla.presets").joinpath("cn_planning.toml").read_text("utf-8")
    law = 'statutory = { amount = 30, source = "郑州市城乡规划管理条例第四十四条" }'
    longer = law.replace(" }", ', extensions = { most_times = 1, most_amount = 10, why = "行政许可法第四十二条" } }')
    text = preset.replace("version = 1", "version = 2").replace("2019-04-23 ", "2026-09-22 ").replace(law, longer)
    (tmp_path / "policy.toml").write_text(text, "utf-8")
    office = OFFICE.replace('policy = "cn_planning"', 'policy_file = "policy.toml"')
    with desk(tmp_path) as window:
        with window.app.writing() as session:
            plan = plan_of(office % {"slug": "planning-window", "name": "云溪市规划审批窗口"}, tmp_path)
            apply(session, plan, at("09-21T08:00"), demonstration=True)
            found = office_named(session, "")
            details = {"permit": "land_use", "title": "延期一例", "handler": "li"}
            number = cases.receive(session, found, details, When(NOW), NOW, "li").number
            cases.record(session, found, number, "accepted", {}, When(NOW), NOW, "li")
        window.numbers["延期一例"] = number
        record(
            window, "extended", "延期一例", "zhao", clock="statutory", amount="10", reason="情况复杂", approver="zhao"
        )
        said = paper(window, "extended", "延期一例")
        assert "延长期限告知书" in said and "情况复杂" in said and "赵静" in said and "10 个工作日" in said
        assert "延长后的期限 二〇二六年十一月二十五日 星期三" in said and "行政许可法第四十二条" in said


def test_where_no_extension_was_recorded_there_is_no_paper_of_one(still: Desk) -> None:
    assert still.readers["zhao"].open(path_of(still, "extended", NEXT_DAYS[0])).status_code == 400


# --- what a paper is made of ------------------------------------------------------------------------------------------
def test_a_paper_printed_again_later_is_the_same_paper(window: Desk, case: str) -> None:
    record(window, "accepted", case)
    before = paper(window, "accepted", case)
    record(window, "paused", case, ground="hearing", notice="听证1号")
    assert paper(window, "accepted", case) == before


def test_what_was_voided_has_no_paper_any_more(window: Desk, case: str) -> None:
    record(window, "accepted", case)
    assert window.fill("li", f"/void/2/{window.numbers[case]}", "record", reason="点错了").status_code == 303
    answer = window.readers["li"].open(path_of(window, "accepted", case))
    assert answer.status_code == 400 and "没有“受理”的记录" in answer.text


@pytest.mark.parametrize("kind", ["received", "voided", "nonsense", "..", "<b>"])
def test_what_is_no_paper_is_said_and_harms_nothing(still: Desk, kind: str) -> None:
    answer = still.readers["li"].open(f"/papers/{quote(kind, safe='')}/{still.numbers[DUE_TODAY[0]]}")
    assert answer.status_code in (400, 404) and "<b>" not in answer.text


def test_a_hostile_title_means_nothing_on_paper(still: Desk) -> None:
    answer = still.readers["li"].open(path_of(still, "accepted", HOSTILE))
    assert "<script>alert" not in answer.text and "&lt;script&gt;alert" in answer.text


def test_the_applicant_stands_on_paper_only_for_whoever_may_see_them(still: Desk) -> None:
    assert "张三丰" in paper(still, "accepted", DUE_TODAY[0])
    with still.app.writing() as session:
        person = METADATA.tables["person"]
        session.connection().execute(person.update().where(person.c.person_id == "wang").values(roles='["viewer"]'))
    assert "张三丰" not in paper(still, "accepted", DUE_TODAY[0], person="wang")


def test_the_square_leads_to_the_case_under_the_offices_link(still: Desk) -> None:
    """Drawn by the QR library from the address, square for square; read back by hand once with a telephone."""
    import segno

    number = still.numbers[DUE_TODAY[0]]
    page = still.readers["li"].open(path_of(still, "accepted", DUE_TODAY[0])).text
    drawn = page.partition('class="square"')[2].partition("<svg")[2].partition("</svg>")[0]
    svg = ElementTree.fromstring(f"<svg{drawn}</svg>")
    address = f"https://window.office.example/cases/{quote(number, safe='')}"
    side = segno.make(address, error="m", micro=False).symbol_size(border=4)[0]
    assert svg.attrib["viewBox"] == f"0 0 {side} {side}" and "style" not in drawn


def test_an_office_without_a_link_prints_no_square(window: Desk, accepted: str) -> None:
    page = window.readers["li"].open(path_of(window, "accepted", accepted)).text
    assert 'class="square"' not in page and "<svg" not in page.partition("<main")[2]


# --- right after recording --------------------------------------------------------------------------------------------
def test_where_one_lands_after_recording_the_paper_and_the_way_back_are_one_click_away_once(
    window: Desk, accepted: str
) -> None:
    path = f"{window.path('paused', accepted)}?to=%2F%3Fhandler%3Dli"
    done = window.fill("li", path, "record", ground="hearing", notice="听证1号")
    landed = window.readers["li"].open(done.headers["location"])
    number = quote(window.numbers[accepted], safe="")
    assert f'href="/papers/paused/{number}?event=3"' in landed.text
    assert f'href="/void/3/{number}?to=%2F%3Fhandler%3Dli"' in landed.text
    assert 'class="done"' not in window.readers["li"].open("/").text  # it is said once


def test_taking_back_returns_where_one_was(window: Desk, accepted: str) -> None:
    record(window, "paused", accepted, ground="hearing")
    number = quote(window.numbers[accepted], safe="")
    back = window.fill("li", f"/void/3/{number}?to=%2F%3Fhandler%3Dli", "record", reason="点错了")
    assert back.headers["location"] == "/?handler=li"


def test_from_the_case_its_papers_are_one_click_away(still: Desk) -> None:
    number = quote(still.numbers[PAUSED[0]], safe="")
    page = still.readers["li"].open(f"/cases/{number}").text
    for kind, event in (("accepted", 2), ("paused", 3)):
        assert f'href="/papers/{kind}/{number}?event={event}"' in page


MADE_UP = ["x", "paused.3", "paused.x.1", "<b>.1.x", "accepted.1." + "9" * 200, "paused.3.%00"]


@pytest.mark.parametrize("made_up", MADE_UP)
def test_what_a_browser_makes_up_says_nothing(still: Desk, made_up: str) -> None:
    reader = still.readers["zhao"]
    reader.client.cookies.set("shixian-done", made_up)
    answer = reader.open("/")
    assert answer.status_code == 200 and 'class="done"' not in answer.text
    reader.client.cookies.delete("shixian-done")
