"""A changed calendar at work (R16, M4, M6): each person hears of it once, and no path moves a date in silence.

Days are those beside the cast, counted by hand: 09-19 off, Sunday 09-20 worked, 21 to 24 worked, 25 to 27 off, 28 on.
"""

import threading
from datetime import date
from typing import Any

import pytest

from notifiers.message import Message, NoLongerTrue
from sla.clock import State
from sla.events import CalendarApplied
from sla.service.amendments import bring_next, finish
from sla.service.audit import verified
from sla.service.calendar_truth import of_calendar
from sla.service.doctor import rebuilt
from tests.service.cast import OFFICE, Window, notice

CLOSED_23 = notice("notice 23", off="2026-09-23")  # what was due on 09-23 is due on 09-24


def told(*texts: str) -> list[str]:
    return sorted(texts)


def begun(window: Window, number: int = 1, **details: Any) -> list[str]:
    """Site selections accepted on Friday 09-18, due on 09-23: 20, 21, 22, 23."""
    window.at("2026-09-18 09:30")
    return [window.receive(**details) for _ in range(number)]


def reminded(window: Window, number: int = 1) -> list[str]:
    """The same, with li told on 09-22 that they are due on 09-23; it is 10:00."""
    numbers = begun(window, number)
    window.at("2026-09-22 08:30").run()
    assert window.at("2026-09-22 09:00").run() == ["li: promise T-1 2026-09-23"] * number
    window.at("2026-09-22 10:00")
    return numbers


def calendar(window: Window) -> list[str]:
    """What is sent now, without the digests of the day."""
    return [text for text in window.run_all() if " digest " not in text]


def applied(window: Window, number: str) -> list[dict[str, tuple[str, str]]]:
    return [dict(event.moved) for event in window.history(number).events if isinstance(event, CalendarApplied)]


def said(window: Window, person: str, change: int) -> str:
    """What the digest of a change has for a person now, or why it is dropped."""
    with window.writing() as (session, office):
        about = {"amendment": change}
        message = of_calendar(session, office, "k", about, office.people[person], window.now, "s")
    assert isinstance(message, Message | NoLongerTrue)
    return message.text if isinstance(message, Message) else message.reason


def is_well(window: Window) -> None:
    with window.app.writing() as session:
        assert list(verified(session)) == []
        assert rebuilt(session, window.now) == []


# --- who hears of it -------------------------------------------------------------------------------------------------
def test_whoever_was_told_hears_of_all_that_moved_in_one_message(window: Window) -> None:
    numbers = reminded(window, 3)
    window.announce(CLOSED_23)
    assert {window.due(number) for number in numbers} == {"2026-09-24"}
    assert {row.told for row in window.rows("calendar_move") if row.clock_id == "promise"} == {'["li"]'}
    # T-1 of 09-24 is now 09-22 at 09:00, which is past: born late, the last reminder, raised at once (M4).
    assert window.run_all() == told("li: amendment 2", *["li: promise T-1 2026-09-24"] * 3, "zhao: calendar 2")
    (message,) = [row for row in window.rows("message") if row.kind == "amendment"]
    assert message.key.split("/")[1:] == ["amendment", "2", "li", "desk"]
    text = said(window, "li", 2)
    assert all(number in text for number in numbers)
    assert text.count("You were told that it was due Wed 23 Sep 2026; the deadline has moved.") == 3
    assert text.count("Due Thu 24 Sep 2026, 1 working day left.") == 3  # of 23 and 24 only the 24th works
    assert "Applied: notice notice 23 notice 23." in text
    is_well(window)


def test_who_was_told_nothing_gets_nothing_but_the_administrators_the_report(window: Window) -> None:
    (number,) = begun(window)
    window.at("2026-09-21 10:00").announce(CLOSED_23)
    assert window.due(number) == "2026-09-24"
    assert calendar(window) == ["zhao: calendar 2"]
    assert window.at("2026-09-22 09:00").run() == ["li: promise T-1 2026-09-24"]


def test_administrators_are_told_before_managers(window: Window) -> None:
    window.apply(OFFICE.replace('roles = ["clerk", "chief"]', 'roles = ["clerk", "chief", "admin"]'))
    begun(window)
    window.at("2026-09-21 10:00").announce(CLOSED_23)
    assert calendar(window) == ["wang: calendar 2"]


def test_a_notice_that_moves_nothing_is_no_event_and_no_message(window: Window) -> None:
    (number,) = begun(window)
    window.at("2026-09-21 10:00").announce(notice("n", off="2026-12-30"))
    assert applied(window, number) == []
    assert calendar(window) == []
    assert window.rows("calendar_move") == []
    is_well(window)


def test_applying_again_does_nothing_more(window: Window) -> None:
    reminded(window)
    window.announce(CLOSED_23)
    window.run_all()
    before = window.dump()
    window.amend()
    assert window.dump() == before
    with pytest.raises(ValueError, match="notice: notice 23 is applied already, since 2026-09-22"):
        window.begin("notice 23")


def test_what_is_again_as_it_was_told_is_not_said(window: Window) -> None:
    (number,) = reminded(window)
    window.announce(CLOSED_23)
    window.record(number, "withdrawn")  # there is no deadline any more: that is worth a word
    assert "there is no deadline any more: cancelled" in said(window, "li", 2)
    window.void(number, 4)
    window.announce(notice("back", work="2026-09-23", amends="notice 23"))
    assert said(window, "li", 2) == "all of it is again as they were told"


def test_who_was_told_a_date_that_held_no_more_before_the_notice_hears_nothing(window: Window) -> None:
    (number,) = reminded(window)
    window.record(number, "paused", ground="expert_review")  # 20, 21, 22 are used; li was told right
    window.record(number, "reassigned", handler="chen")
    window.at("2026-09-24 09:30").record(number, "resumed")
    assert window.run() == ["chen: promise T-1 2026-09-28"]
    window.at("2026-09-24 10:00").announce(notice("n", off="2026-09-28"))
    assert [text for text in window.run() if "amendment" in text] == ["chen: amendment 2"]


# --- nobody moves a date in silence ----------------------------------------------------------------------------------
def test_a_case_keeps_its_date_until_its_own_turn_comes(window: Window) -> None:
    (number,) = reminded(window)
    window.load(CLOSED_23)
    window.begin()
    assert window.due(number) == "2026-09-23"
    assert applied(window, number) == []
    window.amend()
    assert window.due(number) == "2026-09-24"
    assert applied(window, number)[0]["promise"] == ("2026-09-23", "2026-09-24")


def test_a_sweep_on_the_way_brings_the_case_itself(window: Window) -> None:
    (number,) = begun(window)
    window.at("2026-09-22 08:30").run()
    window.load(CLOSED_23)
    window.begin()
    window.at("2026-09-22 09:00").app.sweep()  # T-1 of 09-23 is due: it has moved, and T-1 of 09-24 is now due
    assert [sorted(moved) for moved in applied(window, number)] == [["promise", "statutory"]]
    assert window.waiting() == ["li: promise T-1 2026-09-24"]
    window.amend()
    assert len(applied(window, number)) == 1
    assert window.run_all() == told("li: promise T-1 2026-09-24", "zhao: calendar 2")
    is_well(window)


@pytest.mark.parametrize(
    ("kind", "details", "due"),
    [("paused", {"ground": "expert_review"}, ""), ("decided", {"outcome": "approved"}, "2026-09-24")],
)
def test_a_clerks_event_on_the_way_comes_after_the_calendars(
    window: Window, kind: str, details: dict[str, Any], due: str
) -> None:
    (number,) = reminded(window)
    window.load(CLOSED_23)
    window.begin()
    window.at("2026-09-22 10:05").record(number, kind, **details)
    assert [event.kind for event in window.find(number).events] == ["received", "accepted", "calendar_applied", kind]
    assert window.due(number) == due
    assert window.waiting() == ["li: promise T-1 2026-09-24"]  # re-checked when it is sent; the digest is still to come
    window.amend()
    assert calendar(window) == told("li: amendment 2", "zhao: calendar 2")
    is_well(window)


def test_a_clerk_who_brings_a_date_back_on_the_way_takes_the_word_back(window: Window) -> None:
    number = window.at("2026-09-17 15:00").receive(accept=False)
    window.at("2026-09-18 09:30").record(number, "accepted")
    assert window.at("2026-09-22 09:00").run() == ["li: promise T-1 2026-09-23"]
    window.at("2026-09-22 10:00")
    window.load(notice("n", off="2026-09-22"))
    window.begin()
    window.record(number, "acknowledged", clock="promise")  # brings it to the calendar: 20, 21, 23, 24
    assert window.due(number) == "2026-09-24"
    window.void(number, 2, "2026-09-17 16:00")  # 18, 20, 21, 23: as li was told
    assert window.due(number) == "2026-09-23"
    window.amend()
    assert window.at("2026-09-23 08:30").run() == []  # 09-22 is off by now; nobody is warned of 09-23 again
    assert window.at("2026-09-24 08:30").run() == told(
        "li: promise overdue 2026-09-23", "wang: promise overdue 2026-09-23"
    )


def test_it_is_not_finished_while_a_case_waits(window: Window) -> None:
    reminded(window, 2)
    window.load(CLOSED_23)
    window.begin()
    with window.writing() as (session, office):
        assert bring_next(session, office.id, window.now, None) is not None
        assert finish(session, office.id, window.now) is False
    assert [row.finished_at is None for row in window.rows("calendar_change")] == [False, True]
    assert not [row for row in window.rows("message") if row.kind == "amendment"]


def test_a_case_that_comes_in_on_the_way_counts_by_the_new_calendar(window: Window) -> None:
    window.at("2026-09-18 09:30").load(CLOSED_23)
    window.begin()
    number = window.receive()
    assert window.due(number) == "2026-09-24"
    window.amend()
    assert applied(window, number) == []


def test_a_case_that_cannot_be_rebuilt_stops_nobody_and_is_brought_once_it_is_mended(window: Window) -> None:
    bad, good = reminded(window, 2)
    window.tamper("UPDATE case_file SET policy_version = 99 WHERE number = :number", number=bad)
    window.announce(CLOSED_23)
    assert window.due(good) == "2026-09-24"
    assert "li: amendment 2" in window.run_all()
    window.tamper("UPDATE case_file SET policy_version = 1 WHERE number = :number", number=bad)
    with window.app.writing() as session:
        rebuilt(session, window.now)
    assert applied(window, bad)[0]["promise"] == ("2026-09-23", "2026-09-24")
    # The digest has gone: this one is corrected by itself, together with the reminder that it is due tomorrow.
    assert window.run() == told("li: promise T-1 2026-09-24", "li: promise correction 2026-09-24")
    is_well(window)


def test_two_processes_apply_it_once(window: Window) -> None:
    reminded(window, 4)
    window.load(CLOSED_23)
    window.begin()
    other = Window(window.url, window.folder, "2026-09-22 10:00")
    together = threading.Barrier(2)

    def work(one: Window) -> None:
        together.wait(10)
        one.amend()

    threads = [threading.Thread(target=work, args=(one,)) for one in (window, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()
    assert window.run().count("li: amendment 2") == 1
    assert [row.seq for row in window.rows("case_event") if row.kind == "calendar_applied"] == [3] * 4
    is_well(window)


def test_an_office_file_with_another_calendar_goes_the_same_way(window: Window) -> None:
    (number,) = reminded(window)
    window.apply(OFFICE + '\n[calendar]\nclosed = { 2026-09-23 = "moving" }\n')
    window.amend()
    assert applied(window, number) == []  # the promise and the statute do not listen to the office's own days (R3)
    window.apply(OFFICE + '\n[calendar]\ncountry = "JP"\n')  # 21 to 23 are off: 24, 25, 28, 29
    window.amend()
    assert applied(window, number)[0]["promise"] == ("2026-09-23", "2026-09-29")
    assert window.run() == []  # it is a day off by now
    assert window.at("2026-09-24 08:30").run() == ["li: amendment 3"]


def test_another_change_waits_until_the_first_is_finished(window: Window) -> None:
    reminded(window)
    window.load(CLOSED_23)
    window.begin()
    window.load(notice("later", off="2026-09-24"))
    with pytest.raises(ValueError, match="calendar: notice 23 is still being applied; finish it first"):
        window.begin("later")
    with pytest.raises(ValueError, match="calendar: notice 23 is still being applied"):
        window.apply(OFFICE + '\n[calendar]\nclosed = { 2026-09-30 = "moving" }\n')


def test_an_amended_calendar_cannot_be_voided(window: Window) -> None:
    (number,) = reminded(window)
    window.announce(CLOSED_23)
    with pytest.raises(ValueError, match="event: 3 is an amended calendar; another notice amends it, no void"):
        window.void(number, 3)


def test_what_is_entered_later_may_close_the_case_before_the_calendar_changed(window: Window) -> None:
    (number,) = begun(window)
    window.at("2026-09-22 10:00").announce(CLOSED_23)
    window.at("2026-09-22 11:00").record(number, "withdrawn", "2026-09-21 16:00")
    assert window.history(number).clock("promise").state is State.CANCELLED
    is_well(window)


# --- away and back (M6) ----------------------------------------------------------------------------------------------
BACK = notice("back", work="2026-09-23", amends="notice 23")


def test_a_date_that_moves_away_and_back_before_anybody_heard_warns_nobody_again(window: Window) -> None:
    (number,) = reminded(window)
    window.announce(CLOSED_23)
    window.at("2026-09-22 10:01").announce(BACK)
    assert window.due(number) == "2026-09-23"
    assert window.run() == []
    assert ("li: amendment 2", "all of it is again as they were told") in window.dropped()
    window.at("2026-09-23 08:30").run()
    assert window.at("2026-09-24 08:30").run() == told(
        "li: promise overdue 2026-09-23", "wang: promise overdue 2026-09-23"
    )


def test_a_date_that_moves_away_and_back_after_they_heard_is_said_again(window: Window) -> None:
    (number,) = reminded(window)
    window.announce(CLOSED_23)
    assert window.run() == told("li: amendment 2", "li: promise T-1 2026-09-24")
    window.at("2026-09-22 11:00").announce(BACK)
    assert window.due(number) == "2026-09-23"
    assert window.run() == told("li: amendment 3", "li: promise T-1 2026-09-23")
    assert "You were told that it was due Thu 24 Sep 2026; the deadline has moved." in said(window, "li", 3)


# --- overdue by the calendar, and rescued ----------------------------------------------------------------------------
def test_a_move_into_the_past_is_overdue_by_the_calendar_and_its_escalations_count_from_the_applying(
    window: Window,
) -> None:
    (number,) = reminded(window)
    window.at("2026-09-23 09:00").run()
    # Saturday 09-19 turns out to have been worked: 19, 20, 21, 22. It is 09-23 at 10:00.
    window.at("2026-09-23 10:00").announce(notice("n", work="2026-09-19", published="2026-09-23"))
    clock = window.history(number).clock("promise")
    assert (str(clock.due_on), clock.state, clock.by_calendar) == ("2026-09-22", State.LATE, window.now)
    assert [bool(row.overdue) for row in window.rows("calendar_move") if row.clock_id == "promise"] == [True]
    assert window.run() == told(
        "li: amendment 2", "li: promise overdue 2026-09-22", "wang: promise overdue 2026-09-22"
    )  # fmt: skip
    assert "Was due Tue 22 Sep 2026, 1 working day overdue." in said(window, "li", 2)
    # One whole working day late counted from 09-23: the second after it, 24 then 28 (25 to 27 are off).
    window.at("2026-09-24 18:00").run()
    assert window.at("2026-09-28 08:30").run() == ["zhao: promise +1 2026-09-22"]
    is_well(window)


def test_a_rescued_case_is_said_to_be_rescued_and_falls_due_again(window: Window) -> None:
    (number,) = reminded(window)
    window.at("2026-09-23 09:00").run()
    assert window.at("2026-09-24 08:30").run() == told(
        "li: promise overdue 2026-09-23", "wang: promise overdue 2026-09-23"
    )
    window.at("2026-09-24 10:00").announce(notice("n", off="2026-09-22", published="2026-09-24"))
    assert window.due(number) == "2026-09-24"  # 20, 21, 23, 24
    assert [bool(row.rescued) for row in window.rows("calendar_move") if row.clock_id == "promise"] == [True]
    # Due today: the day's own reminder is the digest's, so nothing but the correction goes out.
    assert [text for text in window.run() if "amendment" in text] == told("li: amendment 2", "wang: amendment 2")
    assert "Due today, Thu 24 Sep 2026." in said(window, "wang", 2)
    assert window.at("2026-09-28 08:30").run() == told(
        "li: promise overdue 2026-09-24", "wang: promise overdue 2026-09-24"
    )
    is_well(window)


# --- what it does not touch ------------------------------------------------------------------------------------------
def test_a_stopped_clock_keeps_the_calendar_of_its_stop_until_the_stop_is_voided(window: Window) -> None:
    (number,) = reminded(window)
    window.decide(number)
    window.announce(CLOSED_23)
    assert window.due(number) == "2026-09-23"
    window.at("2026-09-22 12:00").void(number, 3)
    assert window.due(number) == "2026-09-24"


def test_a_notice_of_the_office_moves_only_promises_that_say_so(window: Window) -> None:
    (number,) = reminded(window)
    window.announce(notice("own", off="2026-09-23", level="office"))
    assert applied(window, number) == []
    assert window.run() == []
    with window.writing() as (_, office):
        assert not office.calendar.is_working_day(date(2026, 9, 23))
        assert office.calendar.legal.is_working_day(date(2026, 9, 23))
