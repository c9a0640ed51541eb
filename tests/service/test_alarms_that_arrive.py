"""From the event to the message: the ladder of a case, deemed acceptance, downtime, the window, stand-ins (R18, M2-M9).

Moments and recipients are a hand count on the calendar beside the cast, by the ladders of the preset: T-1 at 09:00 to
the handler, overdue at 24:00 to handler and chief, +1 to the head, +3 to supervision at 08:30 after so many whole days.
"""

import json
from typing import Any

from sla.clock import State
from sla.events import Verdict
from tests.service.cast import Window


def told(milestone: str, due: str, *people: str, clock: str = "promise") -> list[str]:
    return [f"{person}: {clock} {milestone} {due}" for person in sorted(people)]


# --- the ladder ------------------------------------------------------------------------------------------------------
def test_each_level_is_told_once_at_its_own_time(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()  # due 09-23; the moments are the example of M1
    due = "2026-09-23"
    expected = {
        "2026-09-22 08:59": [],
        "2026-09-22 09:00": told("T-1", due, "li"),
        "2026-09-23 23:59": [],  # "due today" is the digest's
        "2026-09-24 00:00": [],  # raised, and waits for the window
        "2026-09-24 08:29": [],
        "2026-09-24 08:30": told("overdue", due, "li", "wang"),
        "2026-09-25 09:00": [],  # a day off
        "2026-09-28 08:29": [],
        "2026-09-28 08:30": told("+1", due, "zhao"),
        "2026-09-29 12:00": [],
        "2026-09-30 08:30": told("+3", due, "sun"),
        "2026-10-08 08:30": [],
    }
    assert {moment: window.at(moment).run() for moment in expected} == expected


def test_an_immediate_item_is_reminded_an_hour_before_closing(window: Window) -> None:
    window.at("2026-09-18 10:00").receive("planning_condition_notice")  # Friday, closing at 17:00 (M8)
    assert window.at("2026-09-18 15:59").run() == []
    assert window.at("2026-09-18 16:00").run() == told("closing", "2026-09-18", "li")
    assert window.at("2026-09-20 08:30").run() == told("overdue", "2026-09-18", "li", "wang")  # Sunday 09-20 is worked


def test_the_statutory_ladder_warns_handler_and_chief_five_days_before(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    # 09-20 to 24: 5, 09-28 to 30: 8, 10-08 to 10: 11, then weeks of five, 16, 21, 26, and 11-02 to 05: 30.
    assert window.due(number, "statutory") == "2026-11-05"
    window.at("2026-10-29 08:59").run()
    # T-5: 11-04, 03, 02, 10-30, 10-29. Li is back from his absence of 10-19 to 10-23.
    assert window.at("2026-10-29 09:00").run() == told("T-5", "2026-11-05", "li", "wang", clock="statutory")


# --- deemed acceptance (R18) -----------------------------------------------------------------------------------------
def test_deemed_acceptance_starts_both_limits_on_the_day_of_receipt_and_tells_each_person_once(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive(accept=False)  # the worked example of R18: intake 5 -> 09-20
    assert window.at("2026-09-17 09:00").run() == told("T-2", "2026-09-20", "li", clock="intake")
    assert window.at("2026-09-18 09:00").run() == told("T-1", "2026-09-20", "li", clock="intake")
    assert window.at("2026-09-20 23:59").run() == []
    assert window.history(number).deemed_on is None
    assert window.at("2026-09-21 00:00").run() == []
    history = window.history(number)
    assert history.deemed_on is not None
    assert history.deemed_on.isoformat() == "2026-09-14"
    assert (window.due(number), window.due(number, "statutory")) == ("2026-09-18", "2026-10-30")
    assert (history.clock("intake").state, history.clock("intake").deemed) == (State.LATE, True)
    assert [row.deemed_on.isoformat() for row in window.rows("case_file")] == ["2026-09-14"]
    assert window.at("2026-09-21 08:30").run() == [
        *told("overdue", "2026-09-20", "li", clock="intake"),
        *told("overdue", "2026-09-18", "li"),
        *told("overdue", "2026-09-20", "wang", clock="intake"),
        *told("overdue", "2026-09-18", "wang"),
        *told("+1", "2026-09-18", "zhao"),  # one whole day late: 09-20
    ]
    assert deliveries(window) == {"li": 3, "wang": 1, "zhao": 1}  # li: T-2, T-1, and both clocks in one
    assert window.at("2026-09-23 08:30").run() == told("+3", "2026-09-18", "sun")  # 20, 21, 22


def test_deemed_acceptance_of_a_longer_promise_reminds_of_it_in_the_same_message(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive("construction_works", accept=False)  # promise 6 -> 09-21
    window.at("2026-09-18 09:00").run()
    assert window.at("2026-09-21 00:00").run() == []
    assert window.due(number) == "2026-09-21"
    assert window.at("2026-09-21 08:30").run() == [
        *told("overdue", "2026-09-20", "li", clock="intake"),
        *told("T-1", "2026-09-21", "li"),  # born late, the last reminder, and still in time (M4)
        *told("overdue", "2026-09-20", "wang", clock="intake"),
    ]


def test_an_acceptance_in_time_leaves_the_intake_silent(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive(accept=False)
    assert window.at("2026-09-17 09:00").run() == told("T-2", "2026-09-20", "li", clock="intake")
    window.at("2026-09-17 15:00").record(number, "accepted")
    assert window.at("2026-09-18 09:00").run() == []
    assert window.due(number) == "2026-09-22"  # 18, 20, 21, 22
    assert window.at("2026-09-21 09:00").run() == told("T-1", "2026-09-22", "li")


def test_papers_that_come_in_start_a_new_intake(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive(accept=False)
    window.at("2026-09-16 10:00").record(number, "correction_requested", papers=("approval", "site_plan"))
    assert window.at("2026-09-21 08:30").run() == []  # the clock is stopped: nothing is deemed
    window.at("2026-09-22 10:00").record(number, "correction_received", papers=("approval", "site_plan"))
    assert window.due(number, "intake") == "2026-09-30"  # 23, 24, 28, 29, 30
    assert window.at("2026-10-08 08:30").run()[0] == "li: intake overdue 2026-09-30"
    assert window.history(number).deemed_on == window.history(number).clock("promise").day0
    assert str(window.history(number).deemed_on) == "2026-09-22"


# --- downtime (M5) ---------------------------------------------------------------------------------------------------
def test_after_downtime_each_person_gets_one_message_of_the_gravest_alarm(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    # Nothing ran from 09-18 to 09-30: T-1, the due day, overdue, +1 (09-28) and +3 (09-30 08:30) have passed.
    assert window.at("2026-09-30 09:00").run() == told("+3", "2026-09-23", "li", "sun", "wang", "zhao")
    states = {row.milestone: row.state for row in window.rows("alarm") if row.clock_id == "promise"}
    assert states == {
        "T-1": "superseded", "due": "superseded", "overdue": "superseded", "+1": "superseded", "+3": "raised",
    }  # fmt: skip
    assert window.run() == []


def test_after_downtime_several_clocks_are_one_message_for_each_person(window: Window) -> None:
    window.at("2026-09-14 09:30").receive(accept=False)  # intake until 09-20, then deemed: promise 09-18, +3 on 09-23
    assert window.at("2026-09-24 10:00").run() == [
        "li: intake overdue 2026-09-20",
        "li: promise +3 2026-09-18",
        "sun: promise +3 2026-09-18",
        "wang: intake overdue 2026-09-20",
        "wang: promise +3 2026-09-18",
        "zhao: promise +3 2026-09-18",
    ]
    assert deliveries(window) == {"li": 1, "sun": 1, "wang": 1, "zhao": 1}


def test_what_is_found_after_closing_waits_for_the_next_opening(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    assert window.at("2026-09-24 18:00").run() == []  # the window is half-open: 18:00 is outside
    assert window.at("2026-09-28 08:29").run() == []
    assert window.at("2026-09-28 08:30").run() == [
        *told("overdue", "2026-09-23", "li"), *told("overdue", "2026-09-23", "wang"), *told("+1", "2026-09-23", "zhao"),
    ]  # fmt: skip


# --- the message window (M2) -----------------------------------------------------------------------------------------
def test_a_make_up_saturday_is_a_day_for_messages(window: Window) -> None:
    window.at("2026-09-30 09:30").receive()  # due 10-12: 10-08, 09, Sat 10, 12
    assert window.at("2026-10-09 09:00").run() == []
    assert window.at("2026-10-10 09:00").run() == told("T-1", "2026-10-12", "li")
    assert window.at("2026-10-13 08:30").run() == told("overdue", "2026-10-12", "li", "wang")


def test_no_message_goes_out_on_a_day_off_though_it_is_a_friday(window: Window) -> None:
    window.at("2026-09-20 09:30").receive()  # due 09-24: 21, 22, 23, 24; overdue from the first moment of the 25th on
    assert window.at("2026-09-23 09:00").run() == told("T-1", "2026-09-24", "li")
    for moment in ("2026-09-25 09:00", "2026-09-25 17:59", "2026-09-26 12:00", "2026-09-27 12:00"):
        assert window.at(moment).run_all() == []
    assert window.at("2026-09-28 08:30").run() == told("overdue", "2026-09-24", "li", "wang")


# --- pauses (M4, M7, R21) --------------------------------------------------------------------------------------------
def test_a_pause_that_swallowed_the_last_reminder_warns_on_resuming(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 08:00").record(number, "paused", ground="expert_review", notice="评审 7", expected_end=None)
    assert window.at("2026-09-22 09:00").run() == []
    assert window.at("2026-09-24 08:30").run() == []
    window.at("2026-09-24 10:00").record(number, "resumed")
    assert window.due(number) == "2026-09-28"  # 20, 21, 22 used; the 24th is free; 28
    assert window.run() == told("T-1", "2026-09-28", "li")  # its T-1 was today at 09:00
    assert window.at("2026-09-28 12:00").run() == []


def test_a_pause_entered_after_the_deadline_stops_nothing_and_the_breach_stays_loud(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    assert window.at("2026-09-24 08:30").run() == told("overdue", "2026-09-23", "li", "wang")
    window.at("2026-09-24 09:00").record(number, "paused", ground="expert_review", notice="评审 7")
    assert window.history(number).clock("promise").state is State.LATE
    assert window.at("2026-09-28 08:30").run() == told("+1", "2026-09-23", "zhao")
    assert window.at("2026-09-30 08:30").run() == told("+3", "2026-09-23", "sun")


def test_a_verdict_is_given_once_and_survives_a_later_void(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-24 09:00").record(number, "paused", "2026-09-22 09:00", ground="expert_review")
    assert verdicts(window, 3) == {"promise": "too_late", "statutory": "in_time"}
    # The acceptance was entered wrongly: it was on 09-22, so the pause would now be in time. Its verdict stays (R21).
    window.at("2026-09-24 10:00").void(number, 2, "2026-09-22 08:40")
    assert verdicts(window, 3) == {"promise": "too_late", "statutory": "in_time"}
    assert window.history(number).clock("promise").state is State.RUNNING
    assert window.history(number).clock("promise").refused[0].verdict is Verdict.TOO_LATE
    assert window.history(number).clock("statutory").state is State.PAUSED


def test_a_manager_admits_a_pause_that_was_entered_late_and_whoever_was_told_is_corrected(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    assert window.at("2026-09-24 08:30").run() == told("overdue", "2026-09-23", "li", "wang")
    pause = {"ground": "expert_review", "notice": "评审 7", "admitted_by": "zhao"}
    window.at("2026-09-24 09:00").record(number, "paused", "2026-09-22 10:00", **pause)
    assert verdicts(window, 3) == {"promise": "admitted", "statutory": "in_time"}
    assert window.run() == told("correction", "none", "li", "wang")


# --- people (AB角, M9) ------------------------------------------------------------------------------------------------
def test_the_stand_in_is_told_while_the_handler_is_away(window: Window) -> None:
    window.at("2026-10-14 09:30").receive()  # due 10-20: 15, 16, 19, 20; li is away from 10-19 to 10-23
    assert window.at("2026-10-19 09:00").run() == told("T-1", "2026-10-20", "chen")
    assert window.at("2026-10-21 08:30").run() == told("overdue", "2026-10-20", "chen", "wang")


def test_the_day_a_message_goes_out_decides_who_is_in(window: Window) -> None:
    # Due 10-16: 13, 14, 15, 16; overdue from Saturday 10-17 00:00 on, sent on the 19th.
    window.at("2026-10-12 09:30").receive()
    window.at("2026-10-15 09:00").run()
    assert window.at("2026-10-17 00:00").run() == []
    assert window.at("2026-10-19 08:30").run() == told("overdue", "2026-10-16", "chen", "wang")


def test_a_new_handler_hears_the_gravest_alarm_that_is_still_true(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    assert window.at("2026-09-24 08:30").run() == told("overdue", "2026-09-23", "li", "wang")
    window.at("2026-09-24 10:00").record(number, "reassigned", handler="chen", reason="workload")
    assert window.run() == told("overdue", "2026-09-23", "chen")
    window.at("2026-09-24 11:00").decide(number, "2026-09-23 16:00")  # and is corrected with the others
    assert window.run() == told("correction", "2026-09-23", "chen", "li", "wang")


def test_a_new_handler_hears_nothing_where_nothing_was_raised(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-21 10:00").record(number, "reassigned", handler="chen")
    assert window.run() == []
    assert window.at("2026-09-22 09:00").run() == told("T-1", "2026-09-23", "chen")


def test_a_case_whose_handler_left_the_office_is_the_chief_officers(window: Window) -> None:
    from tests.service.cast import OFFICE

    window.at("2026-09-18 09:30").receive()
    start = OFFICE.index('[[staff]]\nid = "li"')
    without = OFFICE[:start] + OFFICE[OFFICE.index('[[staff]]\nid = "chen"') :].replace('stand_in = "li"\n', "")
    window.at("2026-09-21 08:00").apply(without)
    assert window.at("2026-09-22 09:00").run() == told("T-1", "2026-09-23", "wang")
    assert window.at("2026-09-24 08:30").run() == told("overdue", "2026-09-23", "wang")


# --- the calendar (R15) ----------------------------------------------------------------------------------------------
def test_a_calendar_that_is_loaded_moves_open_deadlines_and_their_reminders(window: Window) -> None:
    from tests.service.cast import OFFICE

    window.at("2026-09-18 09:30").receive()
    closed = window.receive()
    window.decide(closed)
    assert window.at("2026-09-21 12:00").run() == []
    # Japan's holidays law: 09-21 (third Monday), 09-23 (equinox) and 09-22 between them are off; 24, 25, 28, 29 count.
    window.apply(OFFICE + '\n[calendar]\ncountry = "JP"\n')
    assert window.run() == []
    due = {str(row.due_on): row.state for row in window.rows("clock") if row.clock_id == "promise"}
    assert due == {"2026-09-29": "running", "2026-09-23": "met"}  # the decided case keeps the calendar of its decision
    assert window.at("2026-09-24 09:00").run() == []
    assert window.at("2026-09-28 09:00").run() == told("T-1", "2026-09-29", "li")


# --- reading the tables ----------------------------------------------------------------------------------------------
def deliveries(window: Window) -> dict[str, int]:
    """How many times alarms were sent to each person."""
    alarms = [row for row in window.rows("message") if row.kind not in ("due_today", "month")]
    leaders = {row.id: row.recipient_id for row in alarms}
    counts: dict[str, int] = {}
    for row in window.rows("delivery"):
        if row.outcome == "sent" and row.message_id in leaders:
            counts[leaders[row.message_id]] = counts.get(leaders[row.message_id], 0) + 1
    return dict(sorted(counts.items()))


def verdicts(window: Window, seq: int) -> Any:
    details = next(row.details for row in window.rows("case_event") if row.seq == seq)
    return json.loads(details)["verdicts"]
