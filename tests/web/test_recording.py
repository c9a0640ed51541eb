"""Recording on the pages: the effect is shown before it is confirmed, and is then just what was shown.

It is Wednesday 2026-09-23, 10:00. Sunday 09-20 was worked, Friday 09-25 is off; 10-01 to 10-07 are off, Saturday 10-10
is worked.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sla.service import cases, trying
from sla.service.cases import When
from sla.service.offices import office_named
from sla.store.migrate import METADATA
from tests.access.cast import leads_to
from tests.browser.cast import AWAITING, DUE_TODAY, HOSTILE, NEXT_DAYS, NOW, OVERDUE, PAUSED
from tests.web.cast import Desk, desk, inputs, text_of


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


def events(window: Desk) -> int:
    with window.app.reading() as session:
        return len(session.connection().execute(METADATA.tables["case_event"].select()).all())


def test_the_effect_is_shown_nothing_is_kept_and_then_it_is_recorded_by_whoever_is_signed_in(window: Desk) -> None:
    """Accepted on 09-18 with 4 days: due 09-23. Paused on 09-23 nothing is left, so it is due when it is resumed."""
    path, before = window.path("paused", DUE_TODAY[0]), events(window)
    fields = {"ground": "expert_review", "notice": "云规专〔2026〕3号", "expected_end": "2026-09-29"}
    shown = window.fill("li", path, "check", **fields)
    assert shown.status_code == 200 and events(window) == before
    assert "承诺时限 目前的到期日 2026年9月23日 周三 之后的到期日 如现在恢复：2026年9月23日 周三 挂起" in text_of(shown)
    sent = inputs(shown.text)
    done = window.readers["li"].client.post(
        path, data={**sent, "step": "record"}, headers={"origin": window.readers["li"].base}
    )
    assert leads_to(done).startswith("/cases/") and events(window) == before + 1
    page = text_of(window.readers["li"].open(leads_to(done)))
    assert "云规专〔2026〕3号" in page and "9月23日 周三 10:00 李敏" in page.replace("· ", "").replace("• ", "")


def test_from_today_one_is_back_on_today(window: Desk) -> None:
    today = window.readers["li"].open("/?handler=li").text
    record = re.escape(f"/record/decided/{quote(window.numbers[DUE_TODAY[0]], safe='')}?to=")
    offered = re.search(rf'href="({record}[^"]+)"', today)
    assert offered
    done = window.fill("li", offered[1], "record", outcome="approved", certificate="选字1号")
    assert re.fullmatch(r"/\?view=office&handler=li#c[0-9a-f]{32}-promise", done.headers["location"])
    assert DUE_TODAY[0] not in window.readers["li"].open("/?handler=li").text


def test_of_two_clerks_on_one_case_the_second_is_told_what_the_first_recorded(window: Desk) -> None:
    path = window.path("paused", NEXT_DAYS[0])
    assert window.fill("wang", path, "record", ground="hearing", notice="听证1号").status_code == 303
    count = events(window)
    answer = window.fill("li", path, "record", seq="5", ground="expert_review")
    assert answer.status_code == 409 and events(window) == count
    assert "在此期间，别人为此办件登记了内容" in text_of(answer) and "听证1号" in text_of(answer)
    assert window.fill("li", path, "record", ground="expert_review").status_code == 303  # having seen it


def test_what_is_missing_is_said_at_its_field_and_what_was_filled_in_stays(window: Desk) -> None:
    answer = window.fill("li", window.path("paused", DUE_TODAY[0]), "check", notice="云规专〔2026〕3号")
    assert answer.status_code == 422
    assert "“事由”未填" in text_of(answer) and 'value="云规专〔2026〕3号"' in answer.text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"on": "2026-09-24"}, "发生日期"),  # tomorrow
        ({"on": "2026-13-01"}, "发生日期"),
        ({"on": "2026-09-22", "time": "25:00"}, "时间"),
        ({"ground": "no-such-ground"}, "事由"),
        ({"expected_end": "2026-09-22"}, "预计结束"),  # it begins a day later
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_kept(
    window: Desk, fields: dict[str, str], told: str
) -> None:
    count = events(window)
    answer = window.fill("li", window.path("paused", DUE_TODAY[0]), "record", **({"ground": "hearing"} | fields))
    assert answer.status_code == 422 and f"“{told}”" in text_of(answer) and events(window) == count


def test_an_overdue_case_asks_for_its_reason_with_the_decision(window: Desk) -> None:
    """Due 09-21 by the promise: two working days late (优化营商环境条例 36)."""
    path = window.path("decided", OVERDUE[0])
    assert "“超期理由”未填" in text_of(window.fill("wang", path, "record", outcome="approved"))
    done = window.fill("wang", path, "record", outcome="approved", overdue_reason="补测用地界线")
    assert "补测用地界线" in text_of(window.readers["wang"].open(leads_to(done)))


def test_a_time_of_day_is_the_offices_own(window: Desk) -> None:
    done = window.fill(
        "li", window.path("decided", DUE_TODAY[0]), "record", outcome="approved", on="2026-09-22", time="16:30"
    )
    assert "9月22日 周二 16:30" in text_of(window.readers["li"].open(leads_to(done)))


def test_a_hostile_title_is_shown_and_means_nothing(window: Desk) -> None:
    for page in (
        window.readers["li"].open(window.path("paused", HOSTILE)),
        window.fill("li", window.path("paused", HOSTILE), "check", ground="hearing", notice="<b>x</b>"),
    ):
        assert "<script>alert" not in page.text and "&lt;script&gt;alert" in page.text and "<b>x" not in page.text


# --- a whole case by forms --------------------------------------------------------------------------------------------
def test_a_case_goes_from_receipt_to_delivery_by_forms_alone(window: Desk) -> None:
    """Received and sent back on 09-21, complete and accepted on 09-22, 6 working days: due 10-08 without the pause
    (09-23, 24, 28, 29, 30, 10-08). Paused on 09-23 (the day is used up), resumed on 09-29 (the day is free): of the 6
    days one is used, five are left after 09-29: 09-30, 10-08, 10-09, 10-10, 10-12."""
    papers = ["application", "land"]
    made = window.fill(
        "li", "/new?permit=construction_works", "check", title="老城区加装电梯", applicant="李四", on="2026-09-21",
        time="09:00", papers=papers,
    )  # fmt: skip
    assert made.status_code == 200, text_of(made)
    number = inputs(made.text)["shown"]
    reader = window.readers["li"]
    sent = inputs(made.text) | {"papers": papers, "step": "record"}
    led = leads_to(reader.client.post("/new", data=sent, headers={"origin": reader.base}))
    assert led == f"/record/correction_requested/{quote(number)}"  # five of the seven papers are missing
    window.numbers["new"] = number

    def record(kind: str, person: str = "li", **fields: Any) -> str:
        shown = window.fill(person, window.path(kind, "new"), "check", **fields)
        assert shown.status_code == 200, (kind, text_of(shown))
        done = window.fill(person, window.path(kind, "new"), "record", **fields)
        assert done.status_code == 303, (kind, text_of(done))
        return text_of(shown)

    record("correction_requested", papers=["design"], notice="补1号", on="2026-09-21", time="10:00")
    record("correction_received", papers=["design"], on="2026-09-22", time="09:00")
    accepted = record("accepted", receipt="受1号", on="2026-09-22", time="09:30")
    assert "承诺时限 目前的到期日 – 之后的到期日 2026年10月8日 周四" in accepted
    paused = record("paused", ground="expert_review", on="2026-09-23", time="09:00")
    assert "承诺时限 目前的到期日 2026年10月8日 周四 之后的到期日 如现在恢复：2026年10月8日" in paused
    window.app.clock.fixed = NOW + timedelta(days=6)
    window.sign_in()
    assert "2026年10月12日 周一" in record("resumed")
    page = window.readers["li"].open(f"/cases/{number}").text
    assert "转办" not in page and "撤销" in page  # a clerk takes back the own newest event, and reassigns nothing
    record("reassigned", "zhao", handler="wang", reason="李敏请假")
    record("decided", outcome="approved", certificate="建字2号")
    record("delivered", method="窗口领取")
    assert "已送达" in text_of(window.readers["li"].open(f"/cases/{number}"))


def test_a_button_that_is_pressed_twice_makes_one_case(window: Desk) -> None:
    reader = window.readers["li"]
    shown = window.fill("li", "/new?permit=site_selection", "check", title="两次点击", accepted="1")
    sent = inputs(shown.text) | {"step": "record"}
    answers = [reader.client.post("/new", data=sent, headers={"origin": reader.base}) for _ in range(2)]
    assert leads_to(answers[0]) == leads_to(answers[1])
    assert reader.open("/").text.count("两次点击") == 0 and reader.open(leads_to(answers[0])).status_code == 200
    with window.app.reading() as session:
        rows = session.connection().execute(METADATA.tables["case_file"].select()).all()
    assert [row.title for row in rows].count("两次点击") == 1


def test_what_fails_half_way_leaves_nothing(window: Desk) -> None:
    count = events(window)
    with window.app.writing() as session:
        office = office_named(session, "")

        def write() -> cases.Recorded:
            details = {"permit": "site_selection", "title": "half"}
            done = cases.receive(session, office, details, When(NOW), NOW, "li")
            return cases.record(session, office, done.number, "delivered", {}, When(NOW), NOW, "li")

        with pytest.raises(ValueError, match="cannot follow"):
            trying.kept(session, write)
    assert events(window) == count


# --- rights within the forms ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["extended", "reassigned", "rebased"])
def test_what_is_a_managers_a_clerk_is_not_offered_and_is_refused(window: Desk, kind: str) -> None:
    assert window.readers["li"].open(window.path(kind, DUE_TODAY[0])).status_code == 403


def test_a_slip_of_the_finger_is_taken_back_by_its_owner_for_a_quarter_of_an_hour(window: Desk) -> None:
    number = window.numbers[DUE_TODAY[0]]
    window.fill("li", window.path("decided", DUE_TODAY[0]), "record", outcome="denied")
    path = f"/void/3/{number}"
    assert window.readers["wang"].open(path).status_code == 403  # not wang's
    assert window.readers["li"].open(f"/void/2/{number}").status_code == 403  # not the newest
    window.app.clock.fixed = NOW + timedelta(minutes=16)
    assert window.readers["li"].open(path).status_code == 403  # not just now
    window.app.clock.fixed = NOW + timedelta(minutes=15)
    shown = window.fill("li", path, "check", reason="点错了")
    assert "承诺时限" in text_of(shown) and "今天到期" in text_of(shown)
    assert window.fill("li", path, "record", reason="点错了").status_code == 303
    page = text_of(window.readers["li"].open(f"/cases/{number}"))
    assert "点错了" in page and "已受理" in page


def test_a_manager_takes_back_what_others_recorded_with_a_reason(window: Desk) -> None:
    number = window.numbers[DUE_TODAY[0]]
    assert "“理由”未填" in text_of(window.fill("zhao", f"/void/2/{number}", "record"))
    shown = window.fill("zhao", f"/void/2/{number}", "check", reason="未受理")
    assert shown.status_code == 200, text_of(shown)
    assert window.fill("zhao", f"/void/2/{number}", "record", reason="未受理").status_code == 303


def test_the_applicant_is_shown_to_whoever_records_and_to_no_other(window: Desk) -> None:
    assert "张三丰" in window.readers["li"].open(f"/cases/{window.numbers[AWAITING[0]]}").text
    with window.app.writing() as session:
        session.connection().execute(METADATA.tables["person"].update().values(roles='["viewer"]'))
    assert "张三丰" not in window.readers["li"].open(f"/cases/{window.numbers[AWAITING[0]]}").text


def test_what_may_come_next_is_offered_and_nothing_else(window: Desk) -> None:
    offered = {
        AWAITING[0]: ["受理", "一次性告知补正", "不予受理", "不受理（无需许可）", "申请人撤回", "转办"],
        PAUSED[0]: ["办结", "挂起", "恢复", "申请人撤回", "转办"],
    }
    for title, words in offered.items():
        page = window.readers["zhao"].open(f"/cases/{window.numbers[title]}").text
        bar = page.partition('<nav class="actions"')[2].partition("</nav>")[0]
        found = [part.partition("<")[0] for part in bar.split('">')[2:]]
        assert found == words


# --- at the same moment -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("step", ["check", "record"])
@pytest.mark.parametrize("second", ["decided", "paused"])
def test_whoever_comes_second_to_a_decision_is_told_of_it_and_loses_nothing_of_what_was_filled_in(
    window: Desk, second: str, step: str
) -> None:
    """Both have the form open; what the second wanted can no longer be recorded at all."""
    path, reader = window.path(second, DUE_TODAY[0]), window.readers["li"]
    form = inputs(reader.open(path).text)
    decided = window.path("decided", DUE_TODAY[0])
    assert window.fill("wang", decided, "record", outcome="approved", certificate="选字9号").status_code == 303
    count = events(window)
    mine = {
        "decided": {"outcome": "denied", "reason": "缺规划条件"},
        "paused": {"ground": "hearing", "notice": "缺规划条件"},
    }
    sent = {**form, **mine[second], "step": step}
    answer = reader.client.post(path, data=sent, headers={"origin": reader.base})
    told = text_of(answer)
    assert answer.status_code == 409 and events(window) == count
    assert "办件已有新进展" in told and "选字9号" in told and "王强" in told and "缺规划条件" in told
    assert '<form method="post" action="/record/' not in answer.text


def test_whoever_opens_a_form_from_a_list_that_is_older_than_the_case_is_told_what_happened(window: Desk) -> None:
    decided = window.path("decided", DUE_TODAY[0])
    assert window.fill("wang", decided, "record", outcome="approved", certificate="选字9号").status_code == 303
    page = window.readers["li"].client.get(decided)
    assert page.status_code == 409 and "选字9号" in text_of(page) and "王强" in text_of(page)


def test_of_two_that_take_the_same_back_the_second_is_told(window: Desk) -> None:
    """Two windows of one browser."""
    assert window.fill("li", window.path("paused", DUE_TODAY[0]), "record", ground="hearing").status_code == 303
    reader, number = window.readers["li"], quote(window.numbers[DUE_TODAY[0]], safe="")
    seq = inputs(reader.open(window.path("resumed", DUE_TODAY[0])).text)["seq"]
    path = f"/void/{seq}/{number}"
    form = {**inputs(reader.open(path).text), "reason": "登记有误", "step": "record"}
    first, second = (reader.client.post(path, data=form, headers={"origin": reader.base}) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 409)
    assert "登记有误" in text_of(second)


def test_there_is_no_form_for_what_nobody_records_by_hand(window: Desk) -> None:
    for kind in ("received", "no_kind"):
        assert window.readers["li"].client.get(window.path(kind, DUE_TODAY[0])).status_code == 400, kind
