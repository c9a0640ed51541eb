"""Dates, figures and terms as people say them."""

from datetime import UTC, date, datetime

import pytest

from schedules.calendars import Kind as DayKind
from schedules.limits import Limit, Unit
from sla.clock import Light, State
from sla.events import Outcome, Paused, Resumed, Verdict, Withdrawn
from sla.history import Phase
from sla.ledger import Status
from sla.people import Role
from sla.permits import Kind
from sla.policies import Gravity
from sla.words import (
    date_in_words,
    date_text,
    days_text,
    days_until,
    due_text,
    one_line,
    standing_text,
    time_text,
    words,
)
from sla.words.templates import templates
from tests.messages.cast import ZONE, accepted, at, decided, event, history, promise, received

FRIDAY = date(2026, 9, 18)
ZH, EN = words("zh"), words("en")


def test_a_date_has_its_weekday_and_the_year_when_asked() -> None:
    assert date_text(FRIDAY, "zh") == "9月18日 周五"
    assert date_text(FRIDAY, "zh", year=True) == "2026年9月18日 周五"
    assert date_text(FRIDAY, "en") == "Fri 18 Sep"
    assert date_text(FRIDAY, "en", year=True) == "Fri 18 Sep 2026"
    assert date_text(date(2026, 9, 20), "zh") == "9月20日 周日"
    assert date_text(date(2027, 1, 4), "en", year=True) == "Mon 4 Jan 2027"
    assert ZH.month(FRIDAY) == "2026年9月"
    assert EN.month(FRIDAY) == "Sep 2026"


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (date(2026, 9, 28), "二〇二六年九月二十八日 星期一", "Monday, 28 September 2026"),
        (date(2026, 10, 10), "二〇二六年十月十日 星期六", "Saturday, 10 October 2026"),
        (date(2026, 11, 11), "二〇二六年十一月十一日 星期三", "Wednesday, 11 November 2026"),
        (date(2026, 12, 20), "二〇二六年十二月二十日 星期日", "Sunday, 20 December 2026"),
        (date(2027, 1, 1), "二〇二七年一月一日 星期五", "Friday, 1 January 2027"),
        (date(2030, 5, 31), "二〇三〇年五月三十一日 星期五", "Friday, 31 May 2030"),
    ],
)
def test_a_date_in_words_stands_as_it_is_written_on_a_paper(day: date, chinese: str, english: str) -> None:
    assert (date_in_words(day, ZH), date_in_words(day, EN)) == (chinese, english)


def test_a_moment_is_told_in_the_offices_zone() -> None:
    moment = datetime(2026, 9, 17, 16, 30, tzinfo=UTC)
    assert time_text(moment, ZONE, "zh") == "00:30"
    assert ZH.moment(moment, ZONE) == "9月18日 周五 00:30"
    assert EN.moment(moment, ZONE, year=True) == "Fri 18 Sep 2026 00:30"


@pytest.mark.parametrize(
    ("n", "chinese", "english"),
    [(0, "0 个工作日", "0 working days"), (1, "1 个工作日", "1 working day"), (2, "2 个工作日", "2 working days")],
)
def test_days_have_their_grammar(n: int, chinese: str, english: str) -> None:
    assert days_text(n, "zh") == chinese
    assert days_text(n, "en") == english


def test_lateness_is_said_in_words_and_never_below_zero() -> None:
    assert [ZH.overdue(n) for n in (0, 1, 2)] == ["超期不足1个工作日", "超期 1 个工作日", "超期 2 个工作日"]
    assert [EN.overdue(n) for n in (0, 1, 2)] == [
        "less than 1 working day overdue",
        "1 working day overdue",
        "2 working days overdue",
    ]
    assert ZH.overdue(-1) == "超期不足1个工作日"
    assert [ZH.left(n) for n in (0, 1, 3)] == ["剩余不足1个工作日", "还有 1 个工作日", "还有 3 个工作日"]
    assert [EN.left(n) for n in (0, 1, 3)] == [
        "less than 1 working day left",
        "1 working day left",
        "3 working days left",
    ]


def test_a_limit_is_said_in_its_unit() -> None:
    assert ZH.limit(Limit(0, Unit.WORKING_DAYS)) == "当日办结"
    assert EN.limit(Limit(0, Unit.WORKING_DAYS)) == "same day"
    assert EN.limit(Limit(1, Unit.MONTHS)) == "1 month"
    assert ZH.limit(Limit(18, Unit.CALENDAR_DAYS)) == "18 个自然日"
    assert EN.limit(Limit(8, Unit.WEEKS)) == "8 weeks"
    assert ZH.limit(Limit(1, Unit.YEARS)) == "1 年"


def test_a_rate_is_whole_only_when_it_is() -> None:
    assert [ZH.percent(rate) for rate in (None, 0.0, 1.0, 0.8667)] == ["–", "0.0%", "100.0%", "86.7%"]
    assert EN.percent(1199 / 1200) == "99.9%"
    assert EN.percent(1 / 10_000) == "0.1%"


def test_the_words_are_those_of_the_trade() -> None:
    assert [ZH.event(kind) for kind in ("received", "accepted", "refused", "not_required")] == [
        "收件",
        "受理",
        "不予受理",
        "不受理",
    ]
    assert [ZH.event(kind) for kind in ("paused", "resumed", "extended", "decided", "delivered", "withdrawn")] == [
        "挂起",
        "恢复",
        "延期",
        "办结",
        "送达",
        "撤回",
    ]
    assert [ZH.term(gravity) for gravity in (Gravity.REMINDER, Gravity.OVERDUE)] == ["催办", "超期"]
    assert [ZH.term(role) for role in (Role.HANDLER, Role.CHIEF)] == ["承办人", "窗口首席"]
    assert [EN.term(role) for role in (Role.CHIEF, Role.HEAD)] == ["chief window officer", "head of centre"]
    assert [ZH.term(outcome) for outcome in Outcome] == ["准予", "不予许可"]
    assert [ZH.term(kind) for kind in Kind] == ["即办件", "承诺件"]
    assert [ZH.term(value) for value in (State.PAUSED, Phase.ACCEPTED, DayKind.MAKEUP)] == ["挂起", "已受理", "补班"]
    assert [ZH.term(value) for value in (Light.RED, Status.FIRST_DAY)] == ["红灯", "起始日，不计入"]
    assert EN.term(Verdict.TOO_LATE) == "recorded after the deadline, no effect"


def test_chinese_has_many_tags_and_every_other_language_is_english() -> None:
    assert {words(tag).language for tag in ("zh", "zh-CN", "zh_CN", "zh-Hans")} == {"zh"}
    assert {words(tag).language for tag in ("en", "en-GB", "nl", "")} == {"en"}


def test_a_name_falls_back_to_english_and_then_to_any() -> None:
    assert ZH.name({"zh": "甲", "en": "one"}) == "甲"
    assert ZH.name({"en": "one"}) == "one"
    assert EN.name({"zh": "甲"}) == "甲"
    assert EN.name({}) == "–"


def test_a_text_from_outside_is_brought_to_one_harmless_line() -> None:
    assert one_line(" a\r\n\tb\x00c\u2028d\u202ee\u200bf\ud800g ") == "a b c d e f g"


def test_a_clock_stands_in_few_words() -> None:
    def said(now: str, clock_at: str = "") -> tuple[str, str]:
        clock = promise(clock_at or now)
        return standing_text(clock, at(now), ZH), standing_text(clock, at(now), EN)

    assert said("2026-09-19T09:00") == ("还有 4 个工作日", "4 working days left")  # Sunday 20 works
    assert said("2026-09-22T09:00") == ("还有 1 个工作日", "1 working day left")
    assert said("2026-09-23T23:59") == ("今天到期", "due today")
    assert said("2026-09-24T08:30") == ("超期 1 个工作日", "1 working day overdue")
    assert said("2026-09-24T08:30", clock_at="2026-09-23T12:00") == ("超期 1 个工作日", "1 working day overdue")


def test_a_clock_that_is_not_running_says_what_it_is() -> None:
    base = [received("2026-09-18"), accepted("2026-09-18")]
    now = "2026-09-24T08:30"
    met = history([*base, decided("2026-09-23")], now)
    late = history([*base, decided("2026-09-28")], "2026-09-29T08:30")
    withdrawn = history([*base, event(Withdrawn, "2026-09-21T09:00", 3)], now)
    paused = history([*base, event(Paused, "2026-09-21T09:00", 3, ground="hearing")], now)
    waiting = history([received("2026-09-23")], now)
    assert standing_text(met.clock("promise"), at(now), ZH) == "按时"
    assert standing_text(late.clock("promise"), at(now), ZH) == "超期 2 个工作日"
    assert standing_text(withdrawn.clock("promise"), at(now), EN) == "cancelled"
    assert standing_text(paused.clock("promise"), at(now), ZH) == "挂起"
    assert due_text(paused.clock("promise"), ZH) == "–"
    assert days_until(paused.clock("promise"), date(2026, 9, 24)) is None
    assert standing_text(waiting.clock("promise"), at(now), ZH) == "未起算"


def test_finished_on_the_day_off_after_the_due_day_is_late_by_less_than_a_day() -> None:
    done = decided("2026-09-12")  # a Saturday; due on Friday
    clock = history([received("2026-09-07"), accepted("2026-09-07"), done], "2026-09-14T09:00").clock("promise")
    assert standing_text(clock, at("2026-09-14T09:00"), ZH) == "超期不足1个工作日"


def test_a_resumed_clock_runs_again() -> None:
    pause = event(Paused, "2026-09-21T09:00", 3, ground="hearing")
    clock = promise("2026-09-24T09:00", "2026-09-18", pause, event(Resumed, "2026-09-23T09:00", 4, pause=3))
    assert due_text(clock, EN, year=True) == "Mon 28 Sep 2026"
    assert standing_text(clock, at("2026-09-24T09:00"), EN) == "1 working day left"


def test_templates_speak_the_language_they_were_given() -> None:
    source = (
        "{% trans n=days %}{{ n }} working day left{% pluralize n %}{{ n }} working days left{% endtrans %}"
        " {{ _('Due today') }} {{ words.date(day) }}"
    )
    said = {}
    for language in ("zh", "en"):
        environment = templates("templates/messages", language)
        said[language] = environment.from_string(source).render(days=1, day=FRIDAY)
    assert said == {"zh": "还有 1 个工作日 今天到期 9月18日 周五", "en": "1 working day left Due today Fri 18 Sep"}
