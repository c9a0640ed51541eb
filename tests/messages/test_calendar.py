"""What a changed calendar says: all that moved in one message, and the three for administrators; both languages."""

import json
from dataclasses import replace
from datetime import date

import pytest

from sla.alarms import CORRECTION
from sla.messages import (
    AlarmItem,
    CalendarChange,
    CalendarReport,
    ReportedMove,
    amendment_message,
    missing_message,
    report_message,
    review_message,
)
from sla.people import Role
from sla.policies import Gravity
from tests.messages.cast import CARD, CHIEF, ENGLISH, at, promise

NOW = "2026-09-22T10:00"
NOTICE = CalendarChange("notice", "国办发明电〔2026〕1号", "关于调整放假安排的通知")
MOVED = AlarmItem(CARD, promise(NOW), Gravity.REMINDER, CORRECTION, correction_of=date(2026, 9, 24))  # due 09-23
REPORT = CalendarReport(
    NOTICE, date(2026, 12, 31), moved=2, cases=1, overdue=1, rescued=0, confirmed=3,
    listed=(
        ReportedMove(CARD, "promise", {"zh": "承诺时限", "en": "promise"}, "2026-09-23", "2026-09-21", True, False),
        ReportedMove(CARD, "statutory", {"zh": "法定时限", "en": "statutory"}, "2026-12-31", "2027-01-04", False, True),
    ),
)  # fmt: skip


def test_what_moved_in_chinese() -> None:
    message = amendment_message("k", NOTICE, [MOVED], CHIEF, at(NOW), "s")
    assert message.subject == "国办发明电〔2026〕1号：曾告知您的 1 个期限已变动"
    assert message.text == (
        "已适用：关于调整放假安排的通知 国办发明电〔2026〕1号。\n"
        "\n"
        "地字第20260012号 锦绣花园二期\n"
        "建设用地规划许可证 · 承办人：王小明\n"
        "承诺时限：此前告知的到期日为2026年9月24日 周四，现已变动。2026年9月23日 周三到期，还有 1 个工作日。\n"
        "查看：https://window.example/cases/12\n"
        "\n"
        "您收到本消息，因为您收到过它所更正的消息。\n"
    )


def test_what_moved_in_english_and_for_programs() -> None:
    message = amendment_message("k", NOTICE, [MOVED, MOVED], ENGLISH, at(NOW), "s")
    assert message.subject == "国办发明电〔2026〕1号: 2 deadlines you were told have moved"
    assert message.text.count("You were told that it was due Thu 24 Sep 2026; the deadline has moved.") == 2
    assert message.kind == "calendar.amended"
    assert json.loads(json.dumps(message.data))["clocks"][0] == {
        "case": "地字第20260012号", "title": "锦绣花园二期", "permit": "Land-use planning permit",
        "link": "https://window.example/cases/12", "clock": "promise", "state": "running", "due_on": "2026-09-23",
        "due_at": "2026-09-23T16:00:00Z", "days": 1, "provisional": False, "capped": False, "told": "2026-09-24",
    }  # fmt: skip


def test_of_very_many_fifty_are_listed_and_the_rest_counted() -> None:
    message = amendment_message("k", NOTICE, [MOVED] * 53, ENGLISH, at(NOW), "s")
    assert message.text.count("地字第20260012号") == 50
    assert "and 3 more" in message.text
    assert len(message.data["clocks"]) == 53  # type: ignore[arg-type]


def test_what_comes_from_outside_is_text_and_never_markup() -> None:
    nasty = replace(NOTICE, title="<script>x</script>")
    message = amendment_message("k", nasty, [replace(MOVED, case=replace(CARD, title="<b>x</b>"))], CHIEF, at(NOW), "s")
    assert message.html is not None
    assert "<script>" not in message.html and "<b>x" not in message.html
    assert "&lt;b&gt;x&lt;/b&gt;" in message.html


def test_nothing_to_say_is_no_message() -> None:
    with pytest.raises(ValueError, match="at least one date"):
        amendment_message("k", NOTICE, [], CHIEF, at(NOW), "s")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (CalendarChange("installed"), "The installed holiday data knows more than before."),
        (CalendarChange("office"), "The office's calendar was changed."),
    ],
)
def test_a_change_without_a_notice_says_what_it_was(change: CalendarChange, text: str) -> None:
    message = amendment_message("k", change, [MOVED], ENGLISH, at(NOW), "s")
    assert message.subject.startswith("The calendar: ")
    assert message.text.startswith(text)


def test_the_report_counts_lists_and_marks_what_stays_provisional() -> None:
    message = report_message("k", REPORT, ENGLISH, Role.ADMIN, at(NOW), "s", link="https://window.example")
    assert message.subject == "国办发明电〔2026〕1号: 2 deadlines moved, 3 confirmed"
    assert (
        "Moved: 2 deadlines of 1 cases; overdue by the calendar: 1; no longer overdue: 0; confirmed: 3." in message.text
    )
    assert "promise: 2026-09-23 → 2026-09-21, overdue by the calendar" in message.text
    assert "statutory: 2026-12-31 → 2027-01-04 (provisional), no longer overdue" in message.text
    assert "You get this as administrator." in message.text
    chinese = report_message("k", REPORT, CHIEF, Role.ADMIN, at(NOW), "s")
    assert "变动：1 件的 2 个期限；因日历变更超期：1；不再超期：0；确定：3。" in chinese.text


def test_the_review_names_the_days_and_the_commands() -> None:
    message = review_message("k", [date(2026, 10, 9)], CHIEF, Role.MANAGER, at(NOW), "s")
    assert message.subject == "日历待核对：已公布的日期有出入"
    assert "2026-10-09" in message.text and "`sla calendar diff --installed`" in message.text
    assert message.data == {"days": ["2026-10-09"], "reason": "manager"}


def test_the_reminder_says_which_year_and_how_to_load_it() -> None:
    message = missing_message("k", 2027, date(2026, 12, 31), CHIEF, Role.ADMIN, at(NOW), "s")
    assert message.subject == "2027 年的放假安排尚未载入"
    assert "日历公布至2026年12月31日 周四。" in message.text
