"""The ledger in words: what a clerk shows an applicant."""

from dataclasses import replace
from datetime import date

from schedules.announcements import working_calendar
from schedules.calendars import Kind, Level, Overlay, Scope
from schedules.limits import Counting, Limit, Unit
from sla.clock import run
from sla.events import Paused, Received, Resumed
from sla.history import read
from sla.ledger import Row, Status
from sla.words import ground_text, ledger_lines, row_text, words
from tests.messages.cast import CALENDAR, POLICY, accepted, at, event, history, promise

ZH, EN = words("zh"), words("en")


def test_each_day_says_whether_and_why_it_counts() -> None:
    lines = ledger_lines(promise("2026-09-18T12:00"), ZH, POLICY.grounds)
    assert [(line.day, line.text) for line in lines] == [
        ("2026年9月18日 周五", "起始日，不计入"),
        ("2026年9月19日 周六", "周末"),
        ("2026年9月20日 周日", "计入，第 1 天，共 4 天（补班）"),
        ("2026年9月21日 周一", "计入，第 2 天，共 4 天"),
        ("2026年9月22日 周二", "计入，第 3 天，共 4 天"),
        ("2026年9月23日 周三", "计入，第 4 天，共 4 天"),
    ]
    assert (lines[0].rule, lines[0].source) == ("R2", "民法典第二百零一条")


def test_in_english_make_up_days_and_holidays_have_english_names() -> None:
    lines = ledger_lines(promise("2026-09-30T12:00", "2026-09-30"), EN)
    said = {line.day: line.text for line in lines}
    assert said["Wed 30 Sep 2026"] == "first day, not counted"
    assert said["Thu 1 Oct 2026"] == "holiday (National Day)"
    assert said["Mon 5 Oct 2026"] == "National Day (observed)"
    assert said["Sun 4 Oct 2026"] == "weekend"
    assert said["Thu 8 Oct 2026"] == "counted 1 of 4"
    assert said["Sat 10 Oct 2026"] == "counted 3 of 4, make-up working day"
    assert said["Mon 12 Oct 2026"] == "counted 4 of 4"


def test_paused_days_name_every_ground() -> None:
    pauses = [
        event(Paused, "2026-09-21T09:00", 3, ground="expert_review"),
        event(Paused, "2026-09-21T10:00", 4, ground="hearing"),
        event(Resumed, "2026-09-22T09:00", 5, pause=3),
        event(Resumed, "2026-09-22T10:00", 6, pause=4),
    ]
    clock = promise("2026-09-23T09:00", "2026-09-18", *pauses)
    assert (
        dict(line[:2] for line in ledger_lines(clock, ZH, POLICY.grounds) if not line.note)["2026年9月22日 周二"]
        == "挂起（专家评审、听证）"
    )
    english = dict(line[:2] for line in ledger_lines(clock, EN, POLICY.grounds) if not line.note)
    assert english["Tue 22 Sep 2026"] == "paused (expert review, hearing)"
    assert ground_text("flood", EN, POLICY.grounds) == "flood"


def test_due_on_the_day_of_resumption_is_not_counted() -> None:
    pauses = [
        event(Paused, "2026-09-23T09:00", 3, ground="hearing"),
        event(Resumed, "2026-09-28T09:00", 4, pause=3),
    ]
    lines = ledger_lines(promise("2026-09-28T12:00", "2026-09-18", *pauses), ZH, POLICY.grounds)
    assert lines[-2][:3] == ("2026年9月28日 周一", "到期日，不计入", "R10")
    assert lines[-1][:3] == ("2026年9月28日 周一", "恢复 · 09:00 · 听证", "R10")


def test_what_is_not_announced_is_provisional() -> None:
    lines = ledger_lines(promise("2026-12-28T12:00", "2026-12-28"), ZH)
    assert [line.text for line in lines[-4:]] == [
        "节假日（元旦）（暂定）",
        "周末（暂定）",
        "周末（暂定）",
        "计入，第 4 天，共 4 天（暂定）",
    ]
    english = ledger_lines(promise("2026-12-28T12:00", "2026-12-28"), EN)
    assert english[-1].text == "counted 4 of 4 (provisional)"


def test_a_limit_in_calendar_days_counts_days_off_and_moves_on_past_the_last_one() -> None:
    rule = replace(POLICY.rule("land_use", "promise"), limit=Limit(18, Unit.CALENDAR_DAYS), counting=Counting())
    clock = run(rule, CALENDAR, [accepted("2026-09-08")], at("2026-09-08T12:00"))
    said = dict(line[:2] for line in ledger_lines(clock, EN))
    assert said["Sat 12 Sep 2026"] == "counted 4 of 18, weekend"
    assert said["Sat 26 Sep 2026"] == "counted 18 of 18, weekend"
    assert said["Sun 27 Sep 2026"] == "moved on past a day off, weekend"
    assert said["Mon 28 Sep 2026"] == "moved on past a day off"
    assert dict(line[:2] for line in ledger_lines(clock, ZH))["2026年9月28日 周一"] == "遇休息日顺延"


def test_an_immediate_item_is_due_the_day_it_can_be() -> None:
    events = [event(Received, "2026-09-25T09:30", 1, permit="planning_condition_notice"), accepted("2026-09-25")]
    clock = read(POLICY, CALENDAR, events, at("2026-09-25T12:00")).clock("promise")
    assert ledger_lines(clock, ZH)[-1][:3] == ("2026年9月28日 周一", "即办件，当日到期", "R8")
    assert ledger_lines(clock, EN)[-1].text == "immediate item, due this day"


def test_the_offices_own_closure_gives_its_reason() -> None:
    closed = {date(2026, 9, 21): "停电\n检修"}
    calendar = working_calendar("CN", overlays=[Overlay("own", Level.OFFICE, Scope.LEGAL, closed=closed)])
    clock = run(POLICY.rule("land_use", "promise"), calendar, [accepted("2026-09-18")], at("2026-09-18T12:00"))
    assert dict(line[:2] for line in ledger_lines(clock, ZH))["2026年9月21日 周一"] == "窗口不办公（停电 检修）"
    assert dict(line[:2] for line in ledger_lines(clock, EN))["Mon 21 Sep 2026"] == "office closed (停电 检修)"


def test_a_row_without_a_ground_or_calendar_still_speaks() -> None:
    row = Row(date(2026, 9, 21), Status.PAUSED, Kind.WORKDAY, "", None, 0, 4, Unit.WORKING_DAYS, "", "R10", "", False)
    assert row_text(row, EN, {}) == "paused"


def test_a_pending_clock_has_no_ledger() -> None:
    clock = history([event(Received, "2026-09-18T09:30", 1, permit="land_use")], "2026-09-18T12:00").clock("promise")
    assert ledger_lines(clock, ZH) == ()
