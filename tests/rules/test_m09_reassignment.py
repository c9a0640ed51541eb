"""M9. A new handler hears the gravest alarm that is still true; the morning digest settles "due today"; figures in a
message are those of the moment it is sent.

On both databases. Days are those beside tests/service/cast.py; li is away from 19 to 23 October, and chen stands in.
"""

import pytest

from notifiers.message import Message
from tests.rules.counter import on_sqlite, open_counter, told
from tests.service.cast import OFFICE, Window

Posted = list[tuple[str, Message]]
DUE = "2026-09-23"


@on_sqlite
@pytest.mark.parametrize(
    ("moments", "said"),
    [
        (("2026-09-18 10:00",), []),  # nothing was raised yet
        (("2026-09-22 09:00",), told("T-1", DUE, "chen")),
        (("2026-09-22 09:00", "2026-09-23 08:30"), told("due", DUE, "chen")),  # the digest of this morning went to li
        (("2026-09-22 09:00", "2026-09-24 08:30"), told("overdue", DUE, "chen")),
        (("2026-09-22 09:00", "2026-09-24 08:30", "2026-09-28 08:30"), told("+1", DUE, "chen")),
        (("2026-09-30 08:30",), told("+3", DUE, "chen")),
    ],
)
def test_a_new_handler_hears_the_gravest_that_was_said_and_holds(
    window: Window, moments: tuple[str, ...], said: list[str]
) -> None:
    number = window.at("2026-09-18 09:30").receive()
    for moment in moments:
        window.at(moment).run_all()
    window.at(f"{moments[-1][:10]} 11:00").record(number, "reassigned", handler="chen")
    assert window.run() == said
    assert window.run() == []


def test_what_holds_no_more_is_not_told_to_the_new_handler(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run()
    window.at("2026-09-22 10:00").record(number, "paused", ground="hearing")
    window.at("2026-09-22 11:00").record(number, "reassigned", handler="chen")
    assert window.run() == []  # paused: no deadline
    window.at("2026-09-23 10:00").record(number, "resumed")
    assert window.run() == told("T-1", "2026-09-24", "chen")  # due Thu 24, its T-1 was at 9:00: born late (M4)
    assert window.waiting() == []


def test_each_clock_that_has_something_to_say_says_it_in_one_message(window: Window, posted: Posted) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-11-04 09:00").run()
    before = len(posted)
    window.at("2026-11-04 10:00").record(number, "reassigned", handler="chen")
    assert window.run() == sorted([*told("+3", DUE, "chen"), *told("T-1", "2026-11-05", "chen", clock="statutory")])
    assert [person for person, _ in posted[before:]] == ["chen"]


def test_in_the_place_of_a_new_handler_who_is_away_the_stand_in_is_told(window: Window) -> None:
    number = window.at("2026-10-12 09:30").receive(handler="wang")  # due Fri 16
    window.at("2026-10-15 09:00").run()
    window.at("2026-10-19 08:30").run()
    window.at("2026-10-19 10:00").record(number, "reassigned", handler="li")  # away: chen
    assert window.run() == told("overdue", "2026-10-16", "chen")
    assert window.at("2026-10-26 08:30").run_all()  # li is back; nothing is repeated
    assert told("overdue", "2026-10-16", "li")[0] not in window.waiting()


def test_a_new_handler_who_was_told_in_another_role_is_not_told_again(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run()
    window.at("2026-09-24 08:30").run()  # li as handler, wang as chief
    window.at("2026-09-24 10:00").record(number, "reassigned", handler="wang")
    assert window.run() == []


def test_what_comes_later_goes_to_the_new_handler_alone(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-21 10:00").record(number, "reassigned", handler="chen")
    assert window.run() == []
    assert window.at("2026-09-22 09:00").run() == told("T-1", DUE, "chen")
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "chen", "wang")


def test_a_case_given_back_says_nothing_twice(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    assert window.at("2026-09-22 09:00").run() == told("T-1", DUE, "li")
    window.at("2026-09-22 10:00").record(number, "reassigned", handler="chen")
    assert window.run() == told("T-1", DUE, "chen")
    window.at("2026-09-22 11:00").record(number, "reassigned", handler="li")
    assert window.run() == []


def test_an_hour_limit_is_told_anew_with_the_time_left_now(window: Window, posted: Posted) -> None:
    open_counter(window)
    number = window.at("2026-09-21 09:00").receive("counter_check")
    assert window.at("2026-09-21 11:00").run() == told("-1h", "2026-09-21 12:00", "li")
    window.at("2026-09-21 11:45").record(number, "reassigned", handler="chen")
    assert window.run() == told("-1h", "2026-09-21 12:00", "chen")
    reminders = [message.text for _, message in posted if message.kind == "case.reminder"]
    assert ["1 h of working time left" in reminders[0], "15 min of working time left" in reminders[1]] == [True, True]


# --- the digest settles the due day ----------------------------------------------------------------------------------
def test_the_due_day_is_the_digests_and_no_message_of_its_own(window: Window, posted: Posted) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run_all()
    posted.clear()
    assert window.at("2026-09-23 08:30").run() == []
    assert {(person, message.kind) for person, message in posted} == {
        (person, "digest.due") for person in ("li", "wang", "zhao")
    }
    for _, message in posted:
        assert f"Due today: 1\n- {number}" in message.text


def test_figures_are_those_of_the_moment_of_sending(window: Window, posted: Posted) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 12:00").run()
    window.at("2026-09-24 00:00").app.sweep()  # raised then, and nothing sends before Mon 28
    posted.clear()
    window.at("2026-09-28 09:00").run()
    overdue = [message for _, message in posted if message.kind == "case.overdue"]
    assert overdue
    assert all("2 working days overdue" in message.text for message in overdue)  # 24 and 28


def test_the_digest_of_a_new_handler_holds_what_they_have_now(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run()
    window.at("2026-09-22 10:00").record(number, "reassigned", handler="chen")
    window.run()
    assert window.at("2026-09-23 08:30").digests() == [f"{person}: digest {DUE}" for person in ("chen", "wang", "zhao")]


def test_nobody_is_told_as_the_stand_in_of_someone_who_is_in(window: Window, posted: Posted) -> None:
    away = OFFICE.replace('id = "chen"\n', 'id = "chen"\nabsences = [{ first = 2026-09-22, last = 2026-09-22 }]\n')
    window.apply(away)
    number = window.at("2026-09-18 09:30").receive(handler="wang")
    window.at("2026-09-22 09:00").run()
    window.at("2026-09-22 10:00").record(number, "reassigned", handler="chen")  # away today: li
    assert window.run() == told("T-1", DUE, "li")
    assert "You get this as the stand-in for Chen Jie." in posted[-1][1].text
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "chen", "wang")
