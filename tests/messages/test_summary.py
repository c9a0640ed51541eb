"""The managers' month: every figure with its definition, n beside every rate, "–" where there is no data."""

import json
from datetime import date

from sla.messages import MonthFigures, PermitFigures, summary_message
from sla.people import Role
from tests.messages.cast import ADDRESSES, CHIEF, ENGLISH, POLICY, at

NOW = at("2026-09-01T09:00")
LAND = PermitFigures(POLICY.permit("land_use").names, 35, 33 / 36, 1.0, 33 / 35, 1)
NOTICE = PermitFigures({"zh": "<i>通知书</i>", "en": "<i>Notice</i>"}, 5, None, None, None, 0, immediate=5)
FIGURES = MonthFigures(date(2026, 8, 1), 40, 38 / 43, 34 / 35, 38 / 40, 3, (LAND, NOTICE), immediate=5)
SOURCE = "https://window.example"


def test_the_month_in_chinese() -> None:
    message = summary_message("k", FIGURES, CHIEF, Role.MANAGER, NOW, SOURCE, link="https://window.example/reports")
    assert message.subject == "2026年8月：按时办结率 88.4%，办结 40 件，在办超期 3 件"
    assert message.text.startswith(
        "按时办结率：88.4%（n = 43）\n"
        "  = 按时办结（含提前）÷（办结 + 在办且已超期）\n"
        "按时办结率（仅计已办结）：95.0%（n = 40）\n"
        "  = 按时办结（含提前）÷ 办结\n"
        "提前办结率：97.1%（n = 35）\n"
        "  = 早于到期日办结 ÷ 办结（不含即办件）\n"
        "办结：40 件\n"
        "  = 本月办结的办件\n"
        "在办超期：3 件\n"
        "  = 尚未办结且已超过时限的办件\n"
        "\n"
        "建设用地规划许可证\n"
        "  按时办结率：91.7%（n = 36）\n"
    )
    assert message.text.endswith("查看：https://window.example/reports\n\n您收到本消息，因为您是管理人员。\n")


def test_the_month_in_english() -> None:
    message = summary_message("k", FIGURES, ENGLISH, Role.MANAGER, NOW, SOURCE)
    assert message.subject == "Aug 2026: 88.4% on time, 40 completed, 3 open overdue"
    assert (
        "On-time rate: 88.4% (n = 43)\n  = completed on time (early included) ÷ (completed + open and" in message.text
    )
    assert "Land-use planning permit\n  On-time rate: 91.7% (n = 36)\n" in message.text


def test_where_there_is_no_data_there_is_a_dash_and_n_is_0() -> None:
    empty = MonthFigures(date(2026, 8, 1), 0, None, None, None, 0)
    message = summary_message("k", empty, CHIEF, Role.MANAGER, NOW, SOURCE)
    assert message.subject == "2026年8月：按时办结率 –，办结 0 件，在办超期 0 件"
    assert "提前办结率：–（n = 0）" in message.text
    assert message.html is not None
    assert "0.0%" not in message.text + message.html
    assert "100" not in message.text + message.html


def test_immediate_items_are_left_out_of_the_early_rate() -> None:
    text = summary_message("k", FIGURES, ENGLISH, Role.MANAGER, NOW, SOURCE).text
    assert "<i>Notice</i>\n  On-time rate: – (n = 5)\n" in text
    assert "  Early rate: – (n = 0)\n" in text


def test_html_has_definitions_and_a_table_by_permit() -> None:
    html = summary_message("k", FIGURES, CHIEF, Role.MANAGER, NOW, SOURCE).html
    assert html is not None
    assert "<dd>= 按时办结（含提前）÷（办结 + 在办且已超期）</dd>" in html
    assert '<th scope="row">建设用地规划许可证</th>' in html
    assert "<td>91.7%（n = 36）</td>" in html
    assert '<th scope="row">&lt;i&gt;通知书&lt;/i&gt;</th>' in html


def test_programs_read_the_rates_as_numbers() -> None:
    message = summary_message("key-1", FIGURES, CHIEF, Role.MANAGER, NOW, SOURCE)
    assert (message.key, message.kind, message.about) == ("key-1", "report.month", "2026-08")
    data = json.loads(json.dumps(dict(message.data)))
    assert (data["month"], data["reason"], data["completed"], data["open_overdue"]) == ("2026-08", "manager", 40, 3)
    assert data["on_time_rate"] == 38 / 43
    assert data["by_permit"][1]["early_rate"] is None


def test_no_summary_leaks_an_address() -> None:
    message = summary_message("k", FIGURES, CHIEF, Role.MANAGER, NOW, SOURCE)
    assert not any(address in repr(message) for address in ADDRESSES.values())
