"""M8. Immediate items and limits in hours count their offsets in service time: reminders before the moment, escalations
after it; the light, the lists, the messages, the pages and the commands all know that moment.

On both databases, with the counter's policy (tests/rules/counter.py): three working hours, service 9-12 and 13-17, also
on the make-up Sunday of 20 September 2026. Hours were counted by hand.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import httpx
import pytest

from notifiers.message import Message
from sla.clock import Light, State
from sla.policies import PolicyError
from sla.presets import read
from sla.service.offices import office_named
from sla.service.reporting import report
from tests.browser.cast import serving
from tests.cli.cast import CommandLine
from tests.core.cast import day
from tests.rules.counter import POLICY, on_sqlite, open_counter, told
from tests.service.cast import OFFICE, SLUG, Window, at

Posted = list[tuple[str, Message]]
DUE = "2026-09-20 10:00"  # of a check accepted on Fri 18 at 15:00: until 17:00 two hours, on Sunday from 9:00 one
STATUTORY = "2026-09-20 16:00"  # eight: two, then 9-12 and 13-16


@pytest.fixture
def number(window: Window) -> str:
    open_counter(window)
    return window.at("2026-09-18 15:00").receive("counter_check", title="license")


# --- a case through everything ---------------------------------------------------------------------------------------
def test_a_case_goes_through_its_hours(window: Window, number: str) -> None:
    history = window.history(number)
    assert (history.clock("promise").due_at, history.clock("statutory").due_at) == (at(DUE), at(STATUTORY))
    expected = {
        "2026-09-18 16:59": [],
        "2026-09-20 08:59": [],
        "2026-09-20 09:00": told("-1h", DUE, "li"),
        "2026-09-20 10:00": [],  # in time up to and including that moment
        "2026-09-20 10:01": told("overdue", DUE, "li", "wang"),
        "2026-09-20 11:59": [],
        "2026-09-20 12:00": told("+2h", DUE, "zhao"),
        "2026-09-20 13:59": [],
        "2026-09-20 14:00": told("-2h", STATUTORY, "li", clock="statutory"),
        "2026-09-20 16:00": [],
        "2026-09-20 16:01": told("overdue", STATUTORY, "li", "wang", clock="statutory"),
        "2026-09-21 09:59": [],
        "2026-09-21 10:00": told("+7h", DUE, "sun"),  # 10-12, 13-17, and 9-10
        "2026-09-22 17:00": [],
    }
    assert {moment: window.at(moment).run() for moment in expected} == expected
    window.at("2026-09-22 17:30").decide(number, overdue="人手不足")
    stopped = window.history(number).clock("promise")
    # past it: 10-12 and 13-17 on the 20th, seven hours on the 21st and on the 22nd
    assert (stopped.state, stopped.late_by, stopped.left) == (State.LATE, 2, -20)
    assert window.run() == []


def test_an_escalation_in_hours_goes_over_the_break_the_night_and_the_festival(window: Window) -> None:
    open_counter(window)
    window.at("2026-09-24 13:00").receive("counter_check")  # due at 16:00; then 25 to 27 are off
    due = "2026-09-24 16:00"
    assert window.at("2026-09-24 15:00").run() == told("-1h", due, "li")
    assert window.at("2026-09-24 16:01").run() == told("overdue", due, "li", "wang")
    assert window.at("2026-09-28 09:59").run() == []
    later = window.at("2026-09-28 10:00").run()  # an hour on Thursday, one on Monday
    assert [text for text in later if " promise " in text] == told("+2h", due, "zhao")
    assert [text for text in window.at("2026-09-28 15:59").run() if " promise " in text] == []
    assert [text for text in window.at("2026-09-28 16:00").run() if " promise " in text] == told("+7h", due, "sun")


def test_a_deadline_at_closing_is_overdue_just_after_it(window: Window) -> None:
    open_counter(window)
    number = window.at("2026-09-21 13:00").receive("counter_check")  # 13-16
    window.at("2026-09-21 14:00")
    closing = window.receive("counter_check")  # 14-17
    assert window.history(closing).clock("promise").due_at == at("2026-09-21 17:00")
    assert window.at("2026-09-21 17:00").history(closing).clock("promise").state is State.RUNNING
    assert window.history(number).clock("promise").state is State.LATE
    # the reminder of the second, at 16:00, was missed, and now it is too late for it (M2)
    assert window.run() == told("overdue", "2026-09-21 16:00", "li", "wang")
    assert window.at("2026-09-21 17:01").run() == told("overdue", "2026-09-21 17:00", "li", "wang")


def test_an_opening_boundary_gives_the_morning_after(window: Window) -> None:
    text = POLICY.replace('stops_on = ["decided"]', 'stops_on = ["decided"]\nboundary = "opening"')
    open_counter(window, text)
    number = window.at("2026-09-21 14:00").receive("counter_check")
    assert window.history(number).clock("promise").due_at == at("2026-09-22 09:00")
    assert window.at("2026-09-21 16:00").run() == told("-1h", "2026-09-22 09:00", "li")
    assert window.at("2026-09-22 09:00").run() == []
    assert window.at("2026-09-22 09:01").run() == told("overdue", "2026-09-22 09:00", "li", "wang")


# --- pauses and extensions -------------------------------------------------------------------------------------------
def test_a_pause_excludes_just_its_service_time_and_moves_every_offset(window: Window, number: str) -> None:
    window.at("2026-09-18 16:30").record(number, "paused", ground="expert_review")  # 1.5 h used
    assert window.history(number).clock("promise").left == 1.5
    assert window.at("2026-09-20 10:01").run() == []
    window.at("2026-09-20 11:00").record(number, "resumed")  # 11-12 and 13-13:30
    assert window.history(number).clock("promise").due_at == at("2026-09-20 13:30")
    assert window.at("2026-09-20 11:30").run() == told("-1h", "2026-09-20 13:30", "li")
    assert window.at("2026-09-20 13:31").run() == told("overdue", "2026-09-20 13:30", "li", "wang")


def test_with_nothing_left_it_is_due_on_resuming_or_at_the_next_opening(window: Window, number: str) -> None:
    window.at("2026-09-20 09:30").run()
    window.at("2026-09-20 10:00").record(number, "paused", ground="expert_review")
    window.at("2026-09-20 12:15").record(number, "resumed")
    assert window.history(number).clock("promise").due_at == at("2026-09-20 13:00")
    assert window.history(number).clock("promise").nothing_left
    assert window.run() == told("-1h", "2026-09-20 13:00", "li")  # its hour before has gone by: born late (M4)
    assert window.at("2026-09-20 13:01").run() == told("overdue", "2026-09-20 13:00", "li", "wang")


def test_extending_the_statute_moves_its_reminder_and_not_the_promise(window: Window, number: str) -> None:
    window.at("2026-09-18 16:00").record(
        number, "extended", clock="statutory", amount=4, unit="working_hours", reason="survey", approver="zhao"
    )
    assert window.history(number).clock("promise").due_at == at(DUE)
    assert window.history(number).clock("statutory").due_at == at("2026-09-21 12:00")  # 16-17 and 9-12
    assert window.at("2026-09-20 14:00").run() == told("+2h", DUE, "li", "wang", "zhao")
    assert window.at("2026-09-21 09:59").run() == []
    reminded = told("-2h", "2026-09-21 12:00", "li", clock="statutory")
    assert window.at("2026-09-21 10:00").run() == [*reminded, *told("+7h", DUE, "sun")]


@on_sqlite
# --- the light and the lists -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("moment", "promise", "statutory"),
    [
        ("2026-09-18 15:00", Light.GREEN, Light.GREEN),
        ("2026-09-18 16:59", Light.GREEN, Light.GREEN),
        ("2026-09-18 17:00", Light.YELLOW, Light.GREEN),  # an hour of service left, all night and Saturday
        ("2026-09-20 08:00", Light.YELLOW, Light.GREEN),
        ("2026-09-20 10:00", Light.YELLOW, Light.GREEN),
        ("2026-09-20 10:01", Light.RED, Light.GREEN),
        ("2026-09-20 14:00", Light.RED, Light.YELLOW),  # two hours: its policy's yellow
        ("2026-09-20 16:01", Light.RED, Light.RED),
    ],
)
def test_the_light_turns_by_service_time(
    window: Window, number: str, moment: str, promise: Light, statutory: Light
) -> None:
    history = window.at(moment).history(number)
    assert (history.clock("promise").light, history.clock("statutory").light) == (promise, statutory)


def test_the_digest_lists_the_earlier_moment_first_and_says_what_is_left(
    window: Window, number: str, posted: Posted
) -> None:
    window.at("2026-09-18 13:00")
    window.at("2026-09-18 15:30").receive("counter_check", number="LATER")
    window.at("2026-09-20 08:30").digests()
    (digest,) = (message for person, message in posted if person == "li")
    assert digest.subject == "Sun 20 Sep: 0 overdue, 4 due today, 0 due soon"
    lines = [line.strip() for line in digest.text.splitlines() if " due " in line and "working time" in line]
    assert lines == [
        "promise due Sun 20 Sep 2026 10:00: 1 h of working time left",
        "promise due Sun 20 Sep 2026 10:30: 1 h 30 min of working time left",
        "statutory limit due Sun 20 Sep 2026 16:00: 6 h of working time left",
        "statutory limit due Sun 20 Sep 2026 16:30: 6 h 30 min of working time left",
    ]


def test_messages_say_the_time_and_what_is_left_of_it(window: Window, number: str, posted: Posted) -> None:
    for moment in ("2026-09-20 09:00", "2026-09-20 10:01", "2026-09-20 12:00"):
        window.at(moment).run()
    alarms = [(message.subject, message.text) for _, message in posted if message.kind.startswith("case.")]
    subjects = list(dict.fromkeys(subject for subject, _ in alarms))
    assert subjects == [
        f"Reminder: {number} promise, due Sun 20 Sep 10:00",
        f"Overdue: {number} promise, was due Sun 20 Sep 10:00",
        f"Escalation: {number} promise, was due Sun 20 Sep 10:00",
    ]
    assert "promise: Due Sun 20 Sep 2026 10:00, 1 h of working time left." in alarms[0][1]
    assert "promise: Was due Sun 20 Sep 2026 10:00, less than 1 working day overdue." in alarms[1][1]


def test_messages_in_chinese(window: Window, posted: Posted) -> None:
    open_counter(window, office=OFFICE.replace('language = "en"', 'language = "zh"'))
    number = window.at("2026-09-18 15:00").receive("counter_check")
    window.at("2026-09-20 09:00").run()
    window.at("2026-09-20 10:01").run()
    alarms = [message for _, message in posted if message.kind.startswith("case.")]
    assert alarms[0].subject == f"催办：{number} 承诺时限，9月20日 周日 10:00到期"
    assert "2026年9月20日 周日 10:00" in alarms[0].text
    assert "还有 1 小时工作时间" in alarms[0].text
    assert "超期不足1个工作日" in alarms[1].text


# --- pages -----------------------------------------------------------------------------------------------------------
@contextmanager
def visiting(window: Window) -> Iterator[httpx.Client]:
    with serving(window.app) as base, httpx.Client(base_url=base, trust_env=False, verify=False) as client:
        yield client


def test_the_pages_show_hours_in_both_languages(window: Window, number: str) -> None:
    window.at("2026-09-18 16:20").record(number, "paused", ground="expert_review")
    window.at("2026-09-20 09:00").record(number, "resumed")  # 80 minutes used: 100 are left, until 10:40
    window.at("2026-09-20 09:30")
    with visiting(window) as client:
        pages = {
            (path, language): client.get(f"{path}?lang={language}")
            for path in ("/", f"/cases/{quote(number)}", "/rates")
            for language in ("en", "zh")
        }
    assert {answer.status_code for answer in pages.values()} == {200}
    text = {key: answer.text for key, answer in pages.items()}
    assert "Sun 20 Sep 10:40" in text["/", "en"]
    assert "1 h 10 min of working time left" in text["/", "en"]
    assert "9月20日 周日 10:40" in text["/", "zh"]
    assert "还有 1 小时 10 分工作时间" in text["/", "zh"]
    case, chinese = text[f"/cases/{quote(number)}", "en"], text[f"/cases/{quote(number)}", "zh"]
    assert "1 h 50 min of 3 working hours" in case
    assert "1 h 10 min" in case
    assert "3 个工作小时" in chinese
    assert "1 小时 50 分" in chinese


def test_the_rates_count_hour_limits_and_save_no_days_by_them(window: Window, number: str) -> None:
    window.at("2026-09-20 10:00").decide(number)
    late = window.at("2026-09-21 09:00").receive("counter_check")
    window.at("2026-09-21 13:01").decide(late, overdue="人手不足")
    window.at("2026-09-21 14:00")
    with visiting(window) as client:
        page = client.get("/rates?lang=en").text
    assert "50.0%" in page
    assert "1 ÷ 2 · n = 2" in " ".join(re.sub(r"<[^>]*>", "", page).split())
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        found = report(session, office, day("2026-09-01"), day("2026-09-30"), window.now)
    assert (found.total.completed, found.total.overdue_completed, found.total.used_mean) == (2, 1, None)
    assert (found.saved_over_cases, found.saved_really) == (0, 0)


# --- commands --------------------------------------------------------------------------------------------------------
def test_the_commands_show_hours(sla: CommandLine, number: str) -> None:
    sla.at("2026-09-20 09:30")
    assert f"{number}  promise  Sun 20 Sep 10:00  30 min of working time left  Li Min  license" in sla("today").out
    shown = sla("case", "show", number).out
    assert "promise: 3 working hours → Sun 20 Sep 10:00  30 min of working time left" in shown
    explained = sla("case", "explain", number).out
    assert "counted 2 h, 2 h of 3 h" in explained
    assert "counted 1 h, 3 h of 3 h, make-up working day" in explained
    clock = sla("case", "show", number, "--json").json["clocks"]["promise"]
    assert (clock["due_at"], clock["used"], clock["left"]) == ("2026-09-20T02:00:00Z", 2.5, 0.5)


def test_the_commands_show_hours_in_chinese(sla: CommandLine, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    sla.at("2026-09-20 10:01")
    assert f"{number}  承诺时限  9月20日 周日 10:00  超期不足1个工作日  Li Min  license" in sla("today").out
    assert "计入 2 小时，累计 2 小时／3 小时" in sla("case", "explain", number).out


def test_the_report_counts_an_open_breach_of_the_same_day(sla: CommandLine, number: str) -> None:
    sla.at("2026-09-20 10:00")
    assert sla("report", "--json").json["total"]["open_overdue"] == 0
    sla.at("2026-09-20 10:01")
    assert sla("report", "--json").json["total"]["open_overdue"] == 1


# --- immediate items -------------------------------------------------------------------------------------------------
def test_an_immediate_item_is_reminded_of_an_hour_before_closing_and_escalates_in_hours(window: Window) -> None:
    open_counter(window)
    window.at("2026-09-18 10:00").receive("stamp")
    assert window.at("2026-09-18 15:59").run() == []
    assert window.at("2026-09-18 16:00").run() == told("closing", "2026-09-18", "li")
    assert window.at("2026-09-20 08:30").run() == told("overdue", "2026-09-18", "li", "wang")
    assert window.at("2026-09-20 10:59").run() == []
    assert window.at("2026-09-20 11:00").run() == told("+2h", "2026-09-18", "zhao")  # two hours of Sunday's service


# --- what a policy may say -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('before = "1:00"', "offset = -1", "permits.counter_check.clocks.promise.ladder"),  # days before a moment
        ('before = "1:00"', 'before = "0:00"', "ladders.hours[0].before"),
        ('before = "1:00"', 'before = "1:60"', "ladders.hours[0].before"),
        ('before = "1:00"', 'before = "an hour"', "ladders.hours[0].before"),
        ('before = "1:00"', 'before = "1:00"\noffset = -1', "ladders.hours[0].before"),
        ('before = "1:00"', 'after = "1:00"', "ladders.hours[0].offset"),  # a reminder behind its deadline
        ('after = "2:00"', 'before = "2:00"', "ladders.hours[2].offset"),
        ('after = "2:00"', 'after = "0:00"', "ladders.hours[2].after"),
        ('after = "2:00"', 'after = "9:00"', "ladders.hours"),  # graver than the one behind it
        ('gravity = "overdue"', 'gravity = "overdue"\nafter = "1:00"', "ladders.hours[1].offset"),
    ],
)  # fmt: skip
def test_a_ladder_in_service_time_that_cannot_be_is_refused_by_field(old: str, new: str, field: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read(POLICY.replace(old, new, 1))
    assert refused.value.field == field


def test_an_offset_may_be_longer_than_a_day() -> None:
    text = POLICY.replace('after = "7:00"', 'after = "35:00"').replace("amount = 8,", "amount = 80,")
    text = text.replace('before = "2:00"', 'before = "24:00"')
    policy = read(text)
    assert policy.rule("counter_check", "promise").ladder[-1].after == 35 * 60
    assert policy.rule("counter_check", "statutory").ladder[0].before_closing == 24 * 60
