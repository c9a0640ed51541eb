"""M11. A reminder that somebody snoozed comes again to them when the snooze ends, before the deadline, if it is still
true; what is due or overdue is never put off.

On both databases. Days are those beside tests/service/cast.py. Every case is due on Wed 23 September by the promise
(T-1 on Tue 22 at 9:00, to li), on Thu 5 November by the statute (T-5 on Thu 29 October to li and wang, T-1 on Wed 4).
"""

import pytest

from notifiers.message import Message
from sla.service import snoozing
from sla.service.errors import ServiceError
from sla.service.snoozing import Snoozed
from tests.cli.cast import CommandLine
from tests.rules.counter import on_sqlite, told
from tests.service.cast import OFFICE, Window, app_on

DUE, STATUTE = "2026-09-23", "2026-11-05"


def snooze(
    window: Window, number: str, *, until: str = "", length: str = "", by: str = "li", clock: str = ""
) -> Snoozed:
    with window.writing() as (session, office):
        ends = snoozing.until_of(office, until, length, window.now)
        return snoozing.snooze(session, office, number, by, ends, window.now, clock)


def reminded(window: Window) -> str:
    number = window.at("2026-09-18 09:30").receive()
    assert window.at("2026-09-22 09:00").run() == told("T-1", DUE, "li")
    return number


def test_it_comes_again_once_whoever_runs_then_and_overdue_is_told_as_ever(window: Window) -> None:
    number = reminded(window)
    snooze(window.at("2026-09-22 09:05"), number, length="2 hours")
    assert window.at("2026-09-22 11:04").run() == []
    other = Window(window.url, window.folder, "2026-09-22 11:05", app_on(window.url))  # another node, after a restart
    try:
        other.run()
    finally:
        other.close()
    assert window.at("2026-09-22 11:05").run() == told("T-1", DUE, "li")
    assert window.waiting() == window.at("2026-09-23 12:00").run() == []
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "li", "wang")


@on_sqlite
@pytest.mark.parametrize(
    ("until", "length", "ends"),
    [
        ("2026-09-23", "", "2026-09-23 08:30"),  # when messages go out that day
        ("2026-09-22T15:00+08:00", "", "2026-09-22 15:00"),
        ("2026-09-22T20:00+08:00", "", "2026-09-23 08:30"),  # in the evening nothing goes out
        ("2026-09-23T17:59+08:00", "", "2026-09-23 17:59"),
        ("", "30 minutes", "2026-09-22 09:30"),
        ("", "2h", "2026-09-22 11:00"),
        ("", "1 working day", "2026-09-23 08:30"),
        ("", "1个工作日", "2026-09-23 08:30"),
    ],
)
def test_it_ends_when_messages_go_out(window: Window, until: str, length: str, ends: str) -> None:
    number = reminded(window)
    assert snooze(window, number, until=until, length=length).until == window.at(ends).now
    assert window.run() == told("T-1", DUE, "li")


@on_sqlite
@pytest.mark.parametrize(
    ("until", "length", "field"),
    [
        ("2026-09-24", "", "until"),
        ("2026-09-23T18:30+08:00", "", "until"),  # could only come on the 24th
        ("", "2 working days", "until"),
        ("2026-09-22", "", "until"),  # past
        ("2026-09-22T15:00", "", "until"),
        ("2026-09-23", "2h", "until"),
        ("", "", "until"),
        ("", "soon", "for"),
        ("", "0 hours", "for"),
    ],
)
def test_one_that_would_reach_the_deadline_is_refused(window: Window, until: str, length: str, field: str) -> None:
    number = reminded(window)
    before = window.dump()
    with pytest.raises(ServiceError) as error:
        snooze(window, number, until=until, length=length)
    assert error.value.field == field
    assert window.dump() == before


@on_sqlite
def test_only_a_reminder_that_came_to_them_is_snoozed(window: Window) -> None:
    number = reminded(window)
    for by, clock, why in (
        ("chen", "", "has not reminded chen"),
        ("li", "statutory", "has not reminded li"),
        ("li", "intake", "is met"),
        ("nobody", "", "is nobody here"),
    ):
        with pytest.raises(ServiceError, match=why):
            snooze(window, number, length="1h", by=by, clock=clock)
    window.at("2026-09-24 08:30").run()
    with pytest.raises(ServiceError, match="promise is overdue, and what is overdue cannot be snoozed"):
        snooze(window, number, length="1h")
    window.decide(number, overdue="人手不足")
    window.record(number, "delivered")
    with pytest.raises(ServiceError, match="no clock of this case runs"):
        snooze(window, number, length="1h")
    number = window.receive()
    window.record(number, "paused", ground="hearing")
    with pytest.raises(ServiceError, match="statutory is paused"):
        snooze(window, number, length="1h", clock="statutory")


def test_what_is_true_no_more_at_the_end_is_not_said(window: Window) -> None:
    decided, moved, given = (reminded(window) if place == 0 else window.receive(on="2026-09-18") for place in range(3))
    window.run()
    for number in (decided, moved, given):
        snooze(window.at("2026-09-22 09:30"), number, length="2h")
    window.at("2026-09-22 10:00").decide(decided)
    window.record(given, "reassigned", handler="chen")
    window.record(moved, "paused", ground="hearing")
    assert window.run() == told("T-1", DUE, "chen")  # M9
    assert window.at("2026-09-22 11:30").run() == []
    assert sorted(reason for _, reason in window.dropped()) == [
        "the case has another handler", "the clock is met", "the deadline moved from 2026-09-23 to none, paused",
    ]  # fmt: skip
    window.at("2026-09-23 09:00").record(moved, "resumed")  # due Thu 24: another deadline, of which nothing is snoozed
    assert window.run() == told("T-1", "2026-09-24", "li")


@pytest.mark.parametrize("written", [False, True])  # raised by the sweep, or by what somebody records then
def test_a_reminder_raised_meanwhile_waits_too_and_speaks_for_both(window: Window, *, written: bool) -> None:
    number = reminded(window)
    window.at("2026-10-29 09:00").run()
    snooze(window.at("2026-10-29 09:10"), number, until="2026-11-04T10:00+08:00", clock="statutory")
    if written:
        window.at("2026-11-04 09:00").record(number, "acknowledged", clock="statutory")
    assert window.at("2026-11-04 09:00").run() == []
    assert window.waiting() == told("T-1", STATUTE, "li", clock="statutory") + told(
        "T-5", STATUTE, "li", clock="statutory"
    )
    assert window.at("2026-11-04 10:00").run() == told("T-1", STATUTE, "li", clock="statutory")
    assert (told("T-5", STATUTE, "li", clock="statutory")[0], "a later reminder says it") in window.dropped()
    assert window.at("2026-11-06 08:30").run() == told("overdue", STATUTE, "li", "wang", clock="statutory")


def test_what_is_not_sent_yet_waits_itself_and_leaves_its_bundle(
    window: Window, posted: list[tuple[str, Message]]
) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-11-04 09:00")  # after downtime: +3 of the promise and T-1 of the statute, one message to li
    while window.app.sweep():
        pass
    snooze(window, number, length="1h", clock="statutory")
    assert window.run() == sorted([
        *told("+3", DUE, "li", "wang", "zhao", "sun"), *told("T-1", STATUTE, "wang", clock="statutory")
    ])  # fmt: skip
    assert [m.kind for person, m in posted if person == "li" and m.kind != "digest.due"] == ["case.escalation"]
    assert window.at("2026-11-04 10:00").run() == told("T-1", STATUTE, "li", clock="statutory")
    assert len([row for row in window.rows("message") if row.kind == "reminder"]) == 2  # li's and wang's


def test_snoozed_again_it_comes_when_the_last_one_ends(window: Window) -> None:
    number = reminded(window)
    snooze(window, number, length="1h")
    snooze(window.at("2026-09-22 09:30"), number, length="3h")
    assert window.at("2026-09-22 10:00").run() == []
    assert window.at("2026-09-22 12:30").run() == told("T-1", DUE, "li")
    assert window.dropped() == [(told("T-1", DUE, "li")[0], "it was snoozed again")]


@on_sqlite
def test_at_the_end_it_goes_to_whoever_is_in(window: Window) -> None:
    number = reminded(window)
    snooze(window, number, length="2h")
    window.apply(OFFICE.replace("first = 2026-10-19", "first = 2026-09-22"))
    assert window.at("2026-09-22 11:00").run() == told("T-1", DUE, "chen")


def test_the_command_and_the_case_say_until_when(window: Window, sla: CommandLine) -> None:
    number = reminded(window)
    said = sla.at("2026-09-22 09:05")("case", "snooze", number, "--for", "2 hours", "--by", "li")
    waits = "reminders wait for Li Min until Tue 22 Sep 2026 11:05"
    assert said.out == f"promise: {waits}; due Wed 23 Sep 2026\n"
    assert f"    {waits}" in sla("case", "show", number).out.splitlines()
    shown = sla("case", "snooze", number, "--until", "2026-09-23", "--by", "li", "--json").json
    assert (shown["until"], shown["clocks"]) == ("2026-09-23T00:30:00+00:00", ["promise"])
    assert sla.refuses("case", "snooze", number, "--until", "2026-09-24", "--by", "li").startswith(
        "until: 2026-09-24 08:30, when it would come again, is not before promise ends (2026-09-23)"
    )
    sla.at("2026-09-23 08:30")
    assert "wait for" not in sla("case", "show", number).out
