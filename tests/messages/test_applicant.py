"""What an applicant reads: the dates that are promised, with what is not certain of them, and nothing internal."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sla.applicants import Fact, NotificationKind
from sla.clock import Clock
from sla.events import Decided, Extended, Outcome
from sla.messages import ApplicantNews, applicant_message
from tests.messages.cast import CARD, POLICY, accepted, at, event, history, received

KIND = NotificationKind
FACT = Fact(KIND.ACCEPTED, 2, ("2026-09-18",))


def clocks(day: str, now: str) -> tuple[Clock, ...]:
    found = history([received(day), accepted(day)], now)
    return found.clock("promise"), found.clock("statutory")


def news(kind: KIND = KIND.ACCEPTED, facts: tuple[Fact, ...] = (FACT,), **more: Any) -> ApplicantNews:
    day = facts[0].says[0] if facts and facts[0].kind is KIND.ACCEPTED else "2026-09-18"
    known: dict[str, Any] = {
        "case": replace(CARD, handler_name="", link=""), "office": "云溪市规划审批窗口", "inquiries": "0371-6777",
        "clocks": clocks(day, f"{day}T10:00"), "grounds": POLICY.grounds, "sources": POLICY.sources,
        "clock_names": {rule.id: rule.names for rule in POLICY.rules("land_use")}, "accepted_on": date(2026, 9, 18),
    }  # fmt: skip
    return ApplicantNews(kind=kind, facts=facts, **(known | more))


def said(told: ApplicantNews, language: str = "zh") -> Any:
    return applicant_message("k", told, language, at("2026-09-18T10:00"), "urn:x")


def test_an_acceptance_names_both_limits_and_the_law_and_fits_a_telephone_without_it() -> None:
    message = said(news())
    assert message.subject == "地字第20260012号：已受理，最迟9月23日 周三"
    assert "您的申请已于2026年9月18日 周五受理（行政许可法 32(5)）。" in message.text
    assert "承诺时限（4 个工作日）：最迟2026年9月23日 周三办结。" in message.text
    assert "法定时限（30 个工作日）：最迟2026年11月5日 周四办结。" in message.text
    assert "咨询：0371-6777" in message.text
    assert message.short == (
        "地字第20260012号: 您的申请已于2026年9月18日 周五受理。 承诺时限（4 个工作日）：最迟2026年9月23日 周三办结。 "
        "法定时限（30 个工作日）：最迟2026年11月5日 周四办结。 咨询：0371-6777"
    )
    assert message.link == ""
    assert [deadline.on for deadline in message.deadlines] == [date(2026, 9, 23), date(2026, 11, 5)]


@pytest.mark.parametrize(
    ("language", "marked", "note"),
    [
        ("zh", "最迟2027年1月4日 周一（暂定）办结。", "日期暂定：届时的节假日安排尚未公布。"),
        ("en", "by Mon 4 Jan 2027 (provisional).", "The date is provisional: the holidays of that time are not"),
    ],
)
def test_a_date_past_the_announced_year_says_that_it_is_provisional(language: str, marked: str, note: str) -> None:
    message = said(news(facts=(Fact(KIND.ACCEPTED, 2, ("2026-12-28",)),)), language)  # R15: 29, 30, 31, 2027-01-04
    assert marked in message.text
    assert marked in message.short
    assert note in message.text
    assert message.deadlines[0].provisional


def test_a_promise_that_the_statute_caps_says_so() -> None:
    promise, statute = clocks("2026-09-18", "2026-09-18T10:00")
    assert (
        "The promise is capped: it is due with the statutory limit."
        in said(news(clocks=(replace(promise, capped=True), statute)), "en").text
    )


def test_no_law_is_named_where_none_sets_a_limit_and_none_in_another_country() -> None:
    promise, _ = clocks("2026-09-18", "2026-09-18T10:00")
    assert "行政许可法" not in said(news(clocks=(promise,))).text
    assert "行政许可法" not in said(news(sources={})).text


def test_who_is_deemed_accepted_reads_the_law_by_which() -> None:
    text = said(news(deemed_by="行政许可法第三十二条第一款第（四）项")).text
    assert "您的申请因逾期未告知，自2026年9月18日 周五起视为受理（行政许可法第三十二条第一款第（四）项）。" in text


def test_an_extension_says_why_and_by_which_law_and_not_who_approved_it() -> None:
    extended = event(
        Extended, "2026-09-21T10:00", 3, clock="statutory", amount=10, unit="working_days", reason="需补充\n勘测",
        approver="zhao",
    )  # fmt: skip
    fact = Fact(KIND.EXTENDED, 3, ("statutory", "10", "working_days", "digest"))
    message = said(news(KIND.EXTENDED, (fact,), events={3: extended}))
    assert "法定时限经批准延长10 个工作日（行政许可法 42）。" in message.text
    assert "理由：需补充 勘测" in message.text
    assert "理由：需补充 勘测" in message.short
    assert "zhao" not in message.text


def test_a_decision_says_the_outcome_and_not_the_remark() -> None:
    decided = event(Decided, "2026-09-21T10:00", 3, outcome=Outcome.DENIED, reason="内部意见")
    fact = Fact(KIND.DECIDED, 3, ("denied", "2026-09-21"))
    message = said(news(KIND.DECIDED, (fact,), events={3: decided}, clocks=()))
    assert message.subject == "地字第20260012号: 已作出决定：不予许可".replace(": ", "：")
    assert "书面决定说明理由，并告知救济途径。" in message.text
    assert "内部意见" not in message.text + message.short


def test_titles_from_outside_mean_nothing_in_html_and_a_subject_stays_short() -> None:
    wild = replace(CARD, number="地" * 90, title="<script>alert(1)</script>", handler_name="", link="")
    message = said(news(case=wild))
    assert "<script>" not in message.html
    assert len(message.subject) <= 60
