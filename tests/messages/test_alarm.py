"""What an alarm says: why, what, when, how many working days, where to look. The expected words are written by hand."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.alarms import CORRECTION
from sla.clock import Clock
from sla.events import Paused, Withdrawn
from sla.messages import CaseCard, alarm_message
from sla.people import Person, Role
from sla.policies import Gravity
from tests.messages.cast import (
    ADDRESSES,
    CARD,
    CHIEF,
    ENGLISH,
    at,
    decided,
    event,
    history,
    item,
    promise,
    received,
)

SOURCE = "https://window.example"


def said(
    clock: Clock | None, now: str, person: Person = CHIEF, reason: Role | str = Role.CHIEF, **more: object
) -> tuple[str, str]:
    gravity = more.pop("gravity", Gravity.REMINDER)
    assert isinstance(gravity, Gravity)
    message = alarm_message("k", [item(clock, gravity, **more)], person, reason, at(now), SOURCE)  # type: ignore[arg-type]
    return message.subject, message.text


def test_a_reminder_in_chinese() -> None:
    subject, text = said(promise("2026-09-22T09:00"), "2026-09-22T09:00")
    assert subject == "催办：地字第20260012号 承诺时限，9月23日 周三到期"
    assert text == (
        "地字第20260012号 锦绣花园二期\n"
        "建设用地规划许可证 · 承办人：王小明\n"
        "承诺时限：2026年9月23日 周三到期，还有 1 个工作日。\n"
        "查看：https://window.example/cases/12\n"
        "\n"
        "您收到本消息，因为您是窗口首席。\n"
    )


def test_a_reminder_in_english() -> None:
    subject, text = said(promise("2026-09-21T09:00"), "2026-09-21T09:00", ENGLISH, Role.HANDLER)
    assert subject == "Reminder: 地字第20260012号 promise, due Wed 23 Sep"
    assert text == (
        "地字第20260012号 锦绣花园二期\n"
        "Land-use planning permit · handler: 王小明\n"
        "promise: Due Wed 23 Sep 2026, 2 working days left.\n"
        "Look here: https://window.example/cases/12\n"
        "\n"
        "You get this as handler.\n"
    )


def test_due_today() -> None:
    clock, now = promise("2026-09-23T08:30"), "2026-09-23T08:30"
    assert "今天（2026年9月23日 周三）到期。" in said(clock, now, gravity=Gravity.DUE)[1]
    subject, text = said(clock, now, ENGLISH, gravity=Gravity.DUE)
    assert subject == "Due: 地字第20260012号 promise, due Wed 23 Sep"
    assert "promise: Due today, Wed 23 Sep 2026.\n" in text


def test_overdue_counts_working_days_at_the_moment_of_sending() -> None:
    clock = promise("2026-09-24T00:00")
    subject, text = said(clock, "2026-09-24T08:30", gravity=Gravity.OVERDUE)
    assert subject == "超期：地字第20260012号 承诺时限，已于9月23日 周三到期"
    assert "承诺时限：已于2026年9月23日 周三到期，超期 1 个工作日。\n" in text
    assert "超期 2 个工作日" in said(clock, "2026-09-28T08:30", gravity=Gravity.OVERDUE)[1]  # 09-25 is off
    english = said(clock, "2026-09-28T08:30", ENGLISH, gravity=Gravity.OVERDUE)
    assert english[0] == "Overdue: 地字第20260012号 promise, was due Wed 23 Sep"
    assert "promise: Was due Wed 23 Sep 2026, 2 working days overdue.\n" in english[1]


def test_an_escalation_says_whom_it_goes_to_and_how_late_it_is() -> None:
    clock = promise("2026-09-30T08:30")
    subject, text = said(clock, "2026-09-30T08:30", reason=Role.SUPERVISION, gravity=Gravity.ESCALATION)
    assert subject == "上报：地字第20260012号 承诺时限，已于9月23日 周三到期"
    assert "超期 4 个工作日" in text
    assert "因为您是纪检监察人员。" in text
    english = said(clock, "2026-09-30T08:30", ENGLISH, Role.HEAD, gravity=Gravity.ESCALATION)
    assert english[0].startswith("Escalation: ")
    assert english[1].endswith("You get this as head of centre.\n")


def test_a_reminder_sent_too_late_does_not_pretend_to_be_early() -> None:
    subject, _ = said(promise("2026-09-24T08:30"), "2026-09-24T08:30")
    assert subject.startswith("超期：")


def test_a_make_up_sunday_is_a_working_day() -> None:
    clock = promise("2026-09-19T09:00", "2026-09-14")  # due on Friday 09-18
    assert "超期不足1个工作日" in said(clock, "2026-09-19T09:00", gravity=Gravity.OVERDUE)[1]
    assert "less than 1 working day overdue" in said(clock, "2026-09-19T09:00", ENGLISH, gravity=Gravity.OVERDUE)[1]
    assert "超期 1 个工作日" in said(clock, "2026-09-20T09:00", gravity=Gravity.OVERDUE)[1]


def test_a_stand_in_reads_for_whom() -> None:
    clock, now = promise("2026-09-22T09:00"), "2026-09-22T09:00"
    assert said(clock, now, reason="王小明")[1].endswith("您收到本消息，因为您是王小明的AB角。\n")
    assert said(clock, now, ENGLISH, "王小明")[1].endswith("You get this as the stand-in for 王小明.\n")


def test_a_date_past_the_announced_year_is_provisional() -> None:
    clock, now = promise("2026-12-31T09:00", "2026-12-28"), "2026-12-31T09:00"
    assert "2027年1月4日 周一到期，还有 1 个工作日。\n日期暂定：届时的节假日安排尚未公布。\n" in said(clock, now)[1]
    assert "The date is provisional: the holidays of that time are not announced yet.\n" in said(clock, now, ENGLISH)[1]


def test_a_capped_promise_says_so() -> None:
    clock, now = replace(promise("2026-09-22T09:00"), capped=True), "2026-09-22T09:00"
    assert "承诺时限以法定时限为限，与其同日到期。" in said(clock, now)[1]
    assert "The promise is capped: it is due with the statutory limit." in said(clock, now, ENGLISH)[1]


def test_deemed_acceptance_says_from_which_day() -> None:
    now = "2026-09-21T08:30"
    case = history([received("2026-09-14")], now)
    subject, text = said(case.clock("intake"), now, gravity=Gravity.OVERDUE, deemed_on=case.deemed_on)
    assert subject == "视为受理：地字第20260012号，自9月14日 周一起"
    assert "受理审查：至2026年9月20日 周日期满未答复，视为自2026年9月14日 周一起受理，各办理时限自该日起算。" in text
    subject, text = said(case.clock("intake"), now, ENGLISH, gravity=Gravity.OVERDUE, deemed_on=case.deemed_on)
    assert subject == "Deemed accepted: 地字第20260012号, as of Mon 14 Sep"
    assert (
        "Nobody answered by Sun 20 Sep 2026: the case is deemed accepted as of Mon 14 Sep 2026,"
        " and its limits run from that day." in text
    )
    text = said(case.clock("promise"), now, gravity=Gravity.OVERDUE, deemed_on=case.deemed_on)[1]
    assert "已于2026年9月18日 周五到期，超期 2 个工作日。\n本件视为受理，办理时限自2026年9月14日 周一起算。" in text


# --- corrections -----------------------------------------------------------------------------------------------------
def corrected(
    clock: Clock | None, told: date | None, now: str, person: Person = CHIEF, **more: object
) -> tuple[str, str]:
    return said(clock, now, person, "", gravity=Gravity.OVERDUE, milestone=CORRECTION, correction_of=told, **more)


def test_a_correction_gives_the_date_that_was_told_and_the_one_that_holds() -> None:
    clock, now = promise("2026-09-22T09:00"), "2026-09-22T09:00"
    subject, text = corrected(clock, date(2026, 9, 21), now)
    assert subject == "更正：地字第20260012号 承诺时限，到期日现为9月23日 周三"
    assert "此前告知的到期日为2026年9月21日 周一，现已变动。2026年9月23日 周三到期，还有 1 个工作日。" in text
    assert text.endswith("您收到本消息，因为您收到过它所更正的消息。\n")
    subject, text = corrected(clock, date(2026, 9, 21), now, ENGLISH)
    assert subject == "Correction: 地字第20260012号 promise, now due Wed 23 Sep"
    assert (
        "You were told that it was due Mon 21 Sep 2026; the deadline has moved. Due Wed 23 Sep 2026, 1 working" in text
    )
    assert text.endswith("You get this because you got the message that it corrects.\n")


def test_a_correction_says_that_it_was_decided_in_time_and_when() -> None:
    now = "2026-09-25T08:30"
    clock = promise(now, "2026-09-18", decided("2026-09-23"))
    subject, text = corrected(clock, date(2026, 9, 23), now)
    assert subject == "更正：地字第20260012号 承诺时限，并未超期（到期日9月23日 周三）"
    assert "此前告知为超期，实际并未超期。到期日2026年9月23日 周三，已于2026年9月23日 周三办结，按时。" in text
    subject, text = corrected(clock, date(2026, 9, 23), now, ENGLISH)
    assert subject == "Correction: 地字第20260012号 promise, not overdue (Wed 23 Sep)"
    assert "it is overdue; it is not. Due Wed 23 Sep 2026, decided on Wed 23 Sep 2026, in time." in text


def test_a_correction_says_that_there_is_no_deadline_any_more() -> None:
    now, told = "2026-09-22T09:00", date(2026, 9, 23)
    withdrawn = promise(now, "2026-09-18", event(Withdrawn, "2026-09-21T09:00", 3))
    paused = promise(now, "2026-09-18", event(Paused, "2026-09-21T09:00", 3, ground="hearing"))
    assert "此前告知的到期日为2026年9月23日 周三，现已无到期日：终止。" in corrected(withdrawn, told, now)[1]
    assert "现已无到期日：挂起。" in corrected(paused, told, now)[1]
    assert corrected(paused, told, now)[0] == "更正：地字第20260012号 承诺时限，现无到期日"
    subject, text = corrected(None, told, now, ENGLISH, clock_names={"zh": "承诺时限", "en": "promise"})
    assert subject == "Correction: 地字第20260012号 promise, no deadline now"
    assert "there is no deadline any more: this limit does not apply." in text
    assert "deadline: You were told" in corrected(None, told, now, ENGLISH)[1]


def test_a_correction_says_that_there_is_a_deadline_again() -> None:
    now = "2026-09-22T09:00"
    assert "此前告知无到期日，现有到期日。2026年9月23日 周三到期" in corrected(promise(now), None, now)[1]
    assert "现无到期日：该时限不再适用。" in corrected(None, None, now)[1]
    late = promise("2026-09-24T08:30")
    assert "到期日与此前告知的一致。已于" in corrected(late, date(2026, 9, 23), "2026-09-24T08:30")[1]


# --- several ---------------------------------------------------------------------------------------------------------
def test_several_clocks_are_one_message_with_the_gravest_first() -> None:
    now = "2026-09-24T08:30"
    other = replace(CARD, number="地字第20260013号", title="南湖公园", link="")
    soon = promise(now, "2026-09-21")  # due on Monday 09-28
    items = [item(soon, case=other), item(promise(now), Gravity.OVERDUE, "overdue")]
    message = alarm_message("k", items, CHIEF, Role.CHIEF, at(now), SOURCE)
    assert message.subject == "地字第20260012号等（另有 1 项）：超期 1 项、最早9月23日 周三到期"
    assert message.text.index("地字第20260012号") < message.text.index("地字第20260013号")
    assert message.text.count("您收到本消息") == 1
    assert message.about == "地字第20260012号, 地字第20260013号"
    assert message.kind == "case.several"
    english = alarm_message("k", [*items, *items], ENGLISH, Role.CHIEF, at(now), SOURCE)
    assert english.subject == "地字第20260012号 and 3 more: 2 overdue, first due Wed 23 Sep"


def test_each_of_several_says_why_where_the_reasons_differ() -> None:
    now = "2026-09-22T09:00"
    items = [item(promise(now), reason=Role.HANDLER), item(promise(now), reason="赵六")]
    text = alarm_message("k", items, ENGLISH, Role.CHIEF, at(now), SOURCE).text
    assert text.count("You get this as handler.") == 1
    assert text.count("You get this as the stand-in for 赵六.") == 1
    assert "chief" not in text


def test_of_very_many_the_rest_is_counted() -> None:
    now = "2026-09-22T09:00"
    message = alarm_message("k", [item(promise(now))] * 60, CHIEF, Role.CHIEF, at(now), SOURCE)
    assert message.text.count("锦绣花园二期") == 50
    assert "另有 10 项\n\n您收到本消息" in message.text
    clocks = message.data["clocks"]
    assert isinstance(clocks, list)
    assert len(clocks) == 60


def test_several_corrections_without_any_date() -> None:
    gone = item(None, Gravity.OVERDUE, CORRECTION, correction_of=date(2026, 9, 23))
    message = alarm_message("k", [gone, gone], CHIEF, "", at("2026-09-22T09:00"), SOURCE)
    assert message.subject == "地字第20260012号等（另有 1 项）：更正"


def test_a_message_about_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one alarm"):
        alarm_message("k", [], CHIEF, Role.CHIEF, at("2026-09-22T09:00"), SOURCE)


# --- for programs ----------------------------------------------------------------------------------------------------
def test_programs_read_the_same_in_json() -> None:
    now = "2026-09-28T08:30"
    message = alarm_message("key-1", [item(promise(now), Gravity.OVERDUE, "overdue")], CHIEF, "王小明", at(now), SOURCE)
    assert (message.key, message.kind, message.source, message.time) == ("key-1", "case.overdue", SOURCE, at(now))
    assert message.about == "地字第20260012号"
    assert json.loads(json.dumps(dict(message.data))) == {
        "clocks": [
            {
                "case": "地字第20260012号",
                "title": "锦绣花园二期",
                "permit": "建设用地规划许可证",
                "link": "https://window.example/cases/12",
                "clock": "promise",
                "state": "late",
                "due_on": "2026-09-23",
                "due_at": "2026-09-23T16:00:00Z",
                "days": -2,
                "provisional": False,
                "capped": False,
                "milestone": "overdue",
                "gravity": "overdue",
                "reason": "stand_in",
                "correction": False,
                "told": None,
                "deemed_on": None,
            }
        ]
    }


def test_no_message_leaks_an_address() -> None:
    now = "2026-09-22T09:00"
    message = alarm_message("k", [item(promise(now))], CHIEF, Role.CHIEF, at(now), SOURCE)
    assert not any(address in repr(message) for address in ADDRESSES.values())


# --- hostile titles --------------------------------------------------------------------------------------------------
HOSTILE = '一期\r\nBcc: x@y.example\r\n\r\n<script>alert(1)</script>\x00\u2028\u202e"&\ud800{{ 7*7 }}%(n)s'


def test_a_hostile_title_stays_on_its_line_and_out_of_the_html() -> None:
    now = "2026-09-22T09:00"
    card = CaseCard("号\n1", HOSTILE, {"en": HOSTILE, "zh": HOSTILE}, HOSTILE, "javascript:alert(1)")
    message = alarm_message("k", [item(promise(now), case=card)], CHIEF, HOSTILE, at(now), SOURCE)
    line = '一期 Bcc: x@y.example <script>alert(1)</script> "& {{ 7*7 }}%(n)s'
    assert message.text.startswith(f"号 1 {line}\n{line} · 承办人：{line}\n")
    assert message.html is not None
    assert "<script" not in message.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in message.html
    assert "javascript:" not in message.html + message.text
    assert "\n" not in message.subject
    message.text.encode()
    message.html.encode()


def test_a_link_is_a_link_in_html_and_escaped() -> None:
    now = "2026-09-22T09:00"
    card = replace(CARD, link='https://window.example/?a=1&b="')
    message = alarm_message("k", [item(promise(now), case=card)], CHIEF, Role.CHIEF, at(now), SOURCE)
    assert message.html is not None
    assert '<a href="https://window.example/?a=1&amp;b=&#34;">地字第20260012号</a>' in message.html
    assert '<html lang="zh-CN">' in message.html


def test_a_very_long_title_is_shortened() -> None:
    now = "2026-09-22T09:00"
    card = replace(CARD, title="长" * 5000)
    text = alarm_message("k", [item(promise(now), case=card)], CHIEF, Role.CHIEF, at(now), SOURCE).text
    assert "长" * 79 + "…\n" in text


@given(
    number=st.text(max_size=120), name=st.text(min_size=1, max_size=120), several=st.booleans(), english=st.booleans()
)
def test_a_subject_is_one_line_of_at_most_60_characters(number: str, name: str, several: bool, english: bool) -> None:
    now = "2026-09-24T08:30"
    clock = promise(now)
    clock = replace(clock, rule=replace(clock.rule, names={"zh": name, "en": name}))
    one = item(clock, Gravity.ESCALATION, case=replace(CARD, number=number))
    message = alarm_message(
        "k", [one] * (2 if several else 1), ENGLISH if english else CHIEF, Role.HEAD, at(now), SOURCE
    )
    assert len(message.subject) <= 60
    assert message.subject.isprintable()
    assert "Wed 23 Sep" in message.subject or "9月23日 周三" in message.subject
