"""What a review disputed, with everything in place: verdicts, late answers, messages unsaid, calendars, lists, doctor.

Counts are by hand on the calendar beside the cast; the ladders are those of the preset (T-1 at 09:00 to the handler,
overdue at 24:00 to handler and chief, +1 to the head). Messages go out from 08:30 on (M2).
"""

from datetime import date
from importlib import resources
from typing import Any

import pytest

from sla.clock import State
from sla.events import Extended, Paused, Verdict
from sla.history import Phase
from sla.service.doctor import rebuilt
from sla.service.reporting import report
from tests.service.cast import OFFICE, Window, notice

DUE = "2026-09-23"  # of a site selection accepted on 09-18: 20, 21, 22, 23


def told(milestone: str, due: str, *people: str, clock: str = "promise") -> list[str]:
    return [f"{person}: {clock} {milestone} {due}" for person in sorted(people)]


def begun(window: Window) -> str:
    return window.at("2026-09-18 09:30").receive()


def overdue_unsaid(window: Window) -> str:
    """Its T-1 was sent; overdue was raised at 24:00 and waits for the window."""
    number = begun(window)
    assert window.at("2026-09-22 09:00").run() == told("T-1", DUE, "li")
    assert window.at("2026-09-24 00:00").run() == []
    assert window.waiting() == told("overdue", DUE, "li", "wang")
    return number


def standing(window: Window, number: str, clock: str = "promise") -> tuple[State, str, int | None]:
    found = window.history(number).clock(clock)
    return found.state, str(found.due_on), found.late_by


def verdicts(window: Window, number: str) -> list[dict[str, Verdict]]:
    return [dict(e.verdicts) for e in window.find(number).events if isinstance(e, Paused | Extended)]


def absent(person: str, day: str) -> str:
    """The office with somebody away on a day, and li on no other."""
    text = OFFICE.replace("absences = [{ first = 2026-10-19, last = 2026-10-23 }]\n", "")
    return text.replace(f'id = "{person}"\n', f'id = "{person}"\nabsences = [{{ first = {day}, last = {day} }}]\n')


def announce(window: Window, *, closed: str = "", opened: str = "") -> None:
    """A notice of the province over the calendar the office has."""
    window.load(notice("notice 7", off=closed, work=opened, level="region"))
    window.begin()


def with_policy(window: Window, office: str = OFFICE, **changes: str) -> None:
    """Apply the office with a version 2 of the preset in which each of some texts reads otherwise."""
    text = resources.files("sla.presets").joinpath("cn_planning.toml").read_text("utf-8")
    named = {"version = 1\n": "version = 2\n", "valid_from = 2019-04-23": "valid_from = 2026-08-03", **changes}
    for old, new in named.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (window.folder / "policy.toml").write_text(text, "utf-8")
    window.apply(office.replace('policy = "cn_planning"', 'policy_file = "policy.toml"'), window.folder)


def mended(window: Window) -> list[str]:
    with window.app.writing() as session:
        return [finding.what for finding in rebuilt(session, window.now)]


def clock_rows(window: Window) -> dict[str, Any]:
    return {row.clock_id: row for row in window.rows("clock")}


# --- 1. recorded after a late decision (R21) -------------------------------------------------------------------------
def test_a_pause_recorded_after_a_late_decision_has_no_effect(window: Window) -> None:
    number = begun(window)
    window.at("2026-09-29 10:00").decide(number, overdue="评审费时")
    assert standing(window, number) == (State.LATE, DUE, 3)  # 24, 28, 29
    window.at("2026-09-29 11:00").record(number, "paused", "2026-09-22 10:00", ground="expert_review")
    window.record(number, "resumed", "2026-09-28 10:00", pause=5)
    assert standing(window, number) == (State.LATE, DUE, 3)
    assert verdicts(window, number) == [{"promise": Verdict.TOO_LATE, "statutory": Verdict.IN_TIME}]
    assert (clock_rows(window)["promise"].state, clock_rows(window)["promise"].late_by) == ("late", 3)


def test_an_extension_recorded_after_a_late_decision_has_no_effect(window: Window) -> None:
    window.publish(2, "2026-08-03")  # the promise may be extended once, by 2 days
    number = begun(window)
    window.at("2026-09-29 10:00").decide(number, overdue="评审费时")
    window.at("2026-09-29 11:00").record(
        number, "extended", "2026-09-22 10:00",
        clock="promise", amount=2, unit="working_days", reason="survey", approver="zhao",
    )  # fmt: skip
    assert standing(window, number) == (State.LATE, DUE, 3)
    assert verdicts(window, number) == [{"promise": Verdict.TOO_LATE}]


# --- 2. answers after deemed acceptance (R18) ------------------------------------------------------------------------
@pytest.mark.parametrize("pausing", [False, True], ids=["no pause", "a pause"])
def test_a_withdrawal_after_deemed_acceptance_keeps_the_breach_and_cancels_both_limits(
    window: Window, pausing: bool
) -> None:
    number = window.at("2026-09-14 09:30").receive("construction_works", accept=False)  # intake 5: 09-20
    window.at("2026-09-21 08:30").run()
    if pausing:
        window.at("2026-09-21 09:00").record(number, "paused", ground="expert_review", notice="ZJ-3")
    history = window.at("2026-09-22 09:00").record(number, "withdrawn").history
    assert (history.clock("intake").state, history.clock("intake").deemed) == (State.LATE, True)
    assert (str(history.deemed_on), history.phase) == ("2026-09-14", Phase.CLOSED)
    stored = {name: row.state for name, row in clock_rows(window).items()}
    assert stored == {"intake": "late", "promise": "cancelled", "statutory": "cancelled", "delivery": "pending"}
    assert [str(row.deemed_on) for row in window.rows("case_file")] == ["2026-09-14"]
    assert window.at("2026-10-09 12:00").run() == []


def test_a_refusal_after_deemed_acceptance_moves_nothing_and_the_case_can_be_decided(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive("construction_works", accept=False)
    window.at("2026-09-21 08:30").run()
    before = window.history(number).clocks
    window.at("2026-09-21 09:00").record(number, "refused", reason="too late")
    history = window.history(number)
    assert [event.kind for event in history.events] == ["received", "refused"]
    assert [(c.id, c.state, c.due_on) for c in history.clocks] == [(c.id, c.state, c.due_on) for c in before]
    assert str(history.deemed_on) == "2026-09-14"
    assert window.at("2026-09-22 09:00").decide(number, overdue="评审费时").history.phase is Phase.DECIDED
    assert standing(window, number) == (State.LATE, "2026-09-21", 1)  # 6 from 09-14: 15-18 (4), 20, 21; decided 22


# --- 3. messages that were dropped unsaid (M5, M9) -------------------------------------------------------------------
def test_an_alarm_whose_messages_were_dropped_unsaid_is_told_after_all_under_the_same_keys(window: Window) -> None:
    number = overdue_unsaid(window)
    window.at("2026-09-24 08:00").decide(number, overdue="评审费时")
    assert window.at("2026-09-24 08:30").run() == []
    assert [line for line, _ in window.dropped()] == told("overdue", DUE, "li", "wang")
    keys = sorted(row.key for row in window.rows("message"))
    window.at("2026-09-24 10:00").void(number, 4)  # it was no decision, so it is overdue again
    assert window.run() == told("overdue", DUE, "li", "wang")
    assert sorted(row.key for row in window.rows("message")) == keys  # M6
    assert window.dropped() == []
    assert window.at("2026-09-24 17:00").run() == []
    assert window.at("2026-09-28 08:30").run() == told("+1", DUE, "zhao")  # M5: head after handler and chief


def test_supervision_never_hears_before_the_handler_of_an_alarm_that_was_dropped_unsaid(window: Window) -> None:
    number = overdue_unsaid(window)
    window.at("2026-09-24 08:00").decide(number, overdue="评审费时")
    assert window.at("2026-09-24 08:30").run() == []
    window.at("2026-09-28 07:00").void(number, 4)  # the first morning on which +1 is due as well
    assert window.at("2026-09-28 08:30").run() == sorted(
        [*told("overdue", DUE, "li", "wang"), *told("+1", DUE, "zhao")]
    )


def test_a_handler_who_had_the_case_again_before_anything_was_sent_is_told(window: Window) -> None:
    number = overdue_unsaid(window)
    window.at("2026-09-24 08:10").record(number, "reassigned", handler="chen")
    window.at("2026-09-24 08:20").record(number, "reassigned", handler="li")
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "li", "wang")


def test_a_handler_who_had_the_case_again_after_their_message_was_dropped_is_told(window: Window) -> None:
    number = overdue_unsaid(window)
    window.at("2026-09-24 08:10").record(number, "reassigned", handler="chen")
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "chen", "wang")
    assert window.dropped() == [(*told("overdue", DUE, "li"), "the case has another handler")]
    window.at("2026-09-24 10:00").record(number, "reassigned", handler="li")
    assert window.run() == told("overdue", DUE, "li")


# --- 4. the stand-in becomes the handler (M9) ------------------------------------------------------------------------
def test_a_stand_in_who_becomes_the_handler_gets_the_message_that_waited_for_them(window: Window) -> None:
    window.apply(absent("li", "2026-09-24"))
    number = begun(window)
    window.at("2026-09-22 09:00").run()
    window.at("2026-09-24 00:00").run()
    assert window.waiting() == told("overdue", DUE, "chen", "wang")  # chen for li
    window.at("2026-09-24 08:10").record(number, "reassigned", handler="chen")
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "chen", "wang")
    assert window.dropped() == []


def test_a_former_handler_who_stands_in_for_the_new_one_gets_the_message_that_waited_for_them(window: Window) -> None:
    window.apply(absent("chen", "2026-09-24"))
    number = overdue_unsaid(window)
    window.at("2026-09-24 08:10").record(number, "reassigned", handler="chen")  # away: li stands in
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "li", "wang")
    assert window.dropped() == []


# --- 5. another calendar moves what is open (R15, R16) ---------------------------------------------------------------
def test_a_notice_that_opens_days_brings_an_open_deadline_and_its_alarms_forward(window: Window) -> None:
    window.at("2026-09-18 09:30").receive("verification_opinion")  # 7 days: 20-24 (5), 28, 29
    assert str(clock_rows(window)["promise"].due_on) == "2026-09-29"
    window.at("2026-09-21 10:00")
    announce(window, opened="2026-09-25 2026-09-26 2026-09-27")
    window.run()
    assert str(clock_rows(window)["promise"].due_on) == "2026-09-26"  # 20-24 (5), 25, 26
    assert window.at("2026-09-25 08:59").run() == []
    assert window.at("2026-09-25 09:00").run() == told("T-1", "2026-09-26", "li")
    assert window.at("2026-09-26 18:00").run() == []
    assert window.at("2026-09-27 08:30").run() == told("overdue", "2026-09-26", "li", "wang")


def test_a_notice_that_closes_a_day_puts_an_open_deadline_and_its_alarms_off(window: Window) -> None:
    begun(window)
    window.at("2026-09-21 10:00")
    announce(window, closed="2026-09-22")
    window.run()
    assert str(clock_rows(window)["promise"].due_on) == "2026-09-24"  # 20, 21, 23, 24
    assert window.at("2026-09-22 09:00").run() == []
    assert window.at("2026-09-23 09:00").run() == told("T-1", "2026-09-24", "li")
    assert window.at("2026-09-24 08:30").run() == []
    assert window.at("2026-09-28 08:30").run() == told("overdue", "2026-09-24", "li", "wang")


def test_a_notice_moves_the_date_of_a_case_that_has_no_alarm_to_wait_for(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive("verification_opinion")
    window.at("2026-09-20 10:00").record(number, "paused", ground="expert_review")
    window.run()
    assert [row.next_alarm_at for row in window.rows("case_file")] == [None]
    window.at("2026-09-21 10:00")
    announce(window, closed="2026-09-29")
    window.run()
    newest = window.rows("office")[0].calendar_version
    assert clock_rows(window)["promise"].calendar_version == newest


# --- 6. another calendar leaves what is stopped (R16) ----------------------------------------------------------------
def test_a_notice_of_later_leaves_a_case_accepted_in_time_and_decided_as_it_was(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive(accept=False)
    assert window.due(number, "intake") == "2026-09-24"  # 20, 21, 22, 23, 24
    window.at("2026-09-24 10:00").record(number, "accepted")
    window.at("2026-09-28 10:00").decide(number)
    before = window.history(number)
    window.at("2026-09-29 10:00").run()
    announce(window, opened="2026-09-19")  # the intake would have ended on 09-23
    window.run()
    after = window.history(number)
    assert after.deemed_on is None
    assert [(c.id, c.state, c.due_on, c.stopped_on) for c in after.clocks] == [
        (c.id, c.state, c.due_on, c.stopped_on) for c in before.clocks
    ]
    assert clock_rows(window)["intake"].state == "met"
    assert [row.deemed_on for row in window.rows("case_file")] == [None]


# --- 8. corrections to whom nothing was said (M6) --------------------------------------------------------------------
def test_nobody_gets_a_correction_of_what_they_were_never_sent(window: Window) -> None:
    number = overdue_unsaid(window)
    window.at("2026-09-24 08:00").decide(number, overdue="评审费时")
    assert window.at("2026-09-24 08:30").run() == []
    window.at("2026-09-24 10:00").void(number, 4, "2026-09-23 16:00")  # decided in time after all
    assert standing(window, number)[0] is State.MET
    assert window.run() == []
    assert window.waiting() == []
    assert [row.key for row in window.rows("message") if row.kind == "correction"] == []


def test_a_correction_taken_back_before_it_was_said_warns_nobody_again(window: Window) -> None:
    number = begun(window)
    assert window.at("2026-09-22 09:00").run() == told("T-1", DUE, "li")
    window.at("2026-09-22 19:00").record(number, "paused", "2026-09-22 08:00", ground="expert_review")
    assert window.waiting() == ["li: promise correction none"]
    window.at("2026-09-22 19:05").void(number, 3)  # it is again as li was told
    assert window.at("2026-09-23 08:30").run() == []
    assert window.at("2026-09-23 09:00").run() == []
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "li", "wang")


def test_a_correction_of_a_breach_taken_back_before_it_was_said_warns_nobody_again(window: Window) -> None:
    number = begun(window)
    window.at("2026-09-22 09:00").run()
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "li", "wang")
    window.at("2026-09-24 19:00").record(number, "decided", "2026-09-23 15:00", outcome="approved")
    assert window.waiting() == told("correction", DUE, "li", "wang")
    window.at("2026-09-24 19:05").void(number, 3)
    assert window.at("2026-09-28 08:30").run() == told("+1", DUE, "zhao")


# --- 9. a new handler after deemed acceptance (R18, M9) --------------------------------------------------------------
def test_a_new_handler_hears_of_the_deemed_acceptance(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive("construction_works", accept=False)  # intake 09-20, promise 09-21
    window.at("2026-09-18 09:00").run()
    window.at("2026-09-21 00:00").run()
    window.at("2026-09-21 08:10").record(number, "reassigned", handler="chen")
    assert window.at("2026-09-21 08:30").run() == [
        *told("overdue", "2026-09-20", "chen", clock="intake"),
        *told("T-1", "2026-09-21", "chen"),
        *told("overdue", "2026-09-20", "wang", clock="intake"),
    ]


def test_a_new_handler_hears_of_a_deemed_acceptance_the_former_one_was_told_of(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive("construction_works", accept=False)
    window.at("2026-09-21 08:30").run()
    window.at("2026-09-21 10:00").record(number, "reassigned", handler="chen")
    assert window.run() == [
        *told("overdue", "2026-09-20", "chen", clock="intake"),
        *told("due", "2026-09-21", "chen"),  # since 08:30 graver than T-1
    ]  # fmt: skip


# --- 10. events without a time (R13) ---------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["", "reassigned", "acknowledged"])
def test_an_untimed_decision_on_the_day_of_the_timed_receipt_is_permitted(window: Window, kind: str) -> None:
    number = window.at("2026-09-18 09:00").receive("planning_condition_notice", accept=False)
    more = {"reassigned": {"handler": "chen"}, "acknowledged": {"clock": "promise"}}
    if kind:
        window.at("2026-09-18 09:10").record(number, kind, **more[kind])
    window.at("2026-09-18 09:20").record(number, "accepted")
    assert window.at("2026-09-18 11:00").decide(number, "2026-09-18").history.phase is Phase.DECIDED
    assert standing(window, number)[0] is State.MET


def test_an_untimed_pause_after_a_morning_acknowledgement_is_permitted(window: Window) -> None:
    number = window.at("2026-09-18 09:00").receive(accept=False)
    window.at("2026-09-18 09:10").record(number, "acknowledged", clock="intake")
    window.at("2026-09-18 10:00").record(number, "accepted")
    window.at("2026-09-18 17:00").record(number, "paused", "2026-09-18", ground="expert_review")
    assert standing(window, number)[0] is State.PAUSED


def test_an_untimed_pause_stands_before_its_timed_resumption(window: Window) -> None:
    number = begun(window)
    window.at("2026-09-22 09:30").record(number, "acknowledged", clock="promise")
    window.at("2026-09-22 14:00").record(number, "paused", "2026-09-22", ground="expert_review")
    window.at("2026-09-22 15:00").record(number, "resumed")
    assert standing(window, number) == (State.RUNNING, DUE, None)  # R10: on one day, excludes nothing


# --- 12. all that is missing is named once (R18) ---------------------------------------------------------------------
def test_asking_twice_for_the_same_new_paper_does_not_stop_the_intake(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive(accept=False)
    window.at("2026-09-15 10:00").record(number, "correction_requested", papers=("approval",))
    window.at("2026-09-16 10:00").record(number, "correction_received", papers=("approval",))
    for moment in ("2026-09-17 10:00", "2026-09-17 10:05"):
        window.at(moment).record(number, "correction_requested", papers=("site_plan",))
        assert standing(window, number, "intake") == (State.RUNNING, "2026-09-22", None)  # 17, 18, 20, 21, 22
    assert window.at("2026-09-23 08:30").run()[0] == "li: intake overdue 2026-09-22"
    assert str(window.history(number).deemed_on) == "2026-09-16"


# --- 13. a case that cannot be read ----------------------------------------------------------------------------------
def test_a_case_that_cannot_be_read_keeps_no_digest_from_anybody(window: Window) -> None:
    broken = window.at("2026-09-18 09:30").receive()
    window.receive("construction_works", handler="chen")  # 6 days: 20-24 (5), 28; on the board from 09-23 on
    window.at("2026-09-21 10:00").record(broken, "paused", ground="expert_review")  # no alarm: no sweep finds it
    window.at("2026-09-21 11:00").run_all()
    window.tamper("UPDATE case_file SET policy_version = 9 WHERE number = :number", number=broken)
    # From 09-23 the next three working days reach 09-29; li has nothing but the case that cannot be read.
    assert window.at("2026-09-23 08:30").digests() == [f"{who}: digest 2026-09-23" for who in ("chen", "wang", "zhao")]


# --- 14. doctor ------------------------------------------------------------------------------------------------------
INTAKE_OVERDUE = '\n[[ladders.intake]]\nname = "overdue"\ngravity = "overdue"\nto = ["handler", "chief"]\n'


def test_healthy_cases_give_no_finding_however_often_they_are_looked_at(window: Window) -> None:
    begun(window)
    window.at("2026-09-20 09:30").receive(accept=False)
    paused = window.receive("construction_works")
    window.at("2026-09-21 10:00").record(paused, "paused", ground="expert_review")
    for moment in ("2026-09-21 11:00", "2026-09-24 08:30", "2026-09-30 08:30", "2026-10-12 12:00"):  # deemed 09-29
        window.at(moment).run_all()
        assert [mended(window), mended(window)] == [[], []]
    window.at("2026-10-14 12:00")  # nothing came due in these two days
    assert mended(window) == []


def test_a_case_whose_ladder_says_nothing_at_its_deadline_is_healthy_and_is_looked_at_then(window: Window) -> None:
    with_policy(window, **{INTAKE_OVERDUE: ""})
    window.at("2026-09-14 09:30").receive(accept=False)
    window.at("2026-09-18 09:00").run_all()  # T-1, the last alarm of its intake
    assert [mended(window), mended(window)] == [[], []]
    assert window.at("2026-09-21 08:30").run() == told("+1", "2026-09-18", "li", "wang", "zhao")  # deemed; M5
    assert [str(row.deemed_on) for row in window.rows("case_file")] == ["2026-09-14"]
    assert [mended(window), mended(window)] == [[], []]


def test_a_case_whose_reminder_waits_for_the_sweep_is_healthy(window: Window) -> None:
    begun(window)
    window.at("2026-09-22 09:00")
    assert mended(window) == []


def test_a_case_that_waits_to_be_looked_at_under_a_new_calendar_is_looked_at_at_the_right_time(window: Window) -> None:
    begun(window)
    window.at("2026-09-21 10:00")
    announce(window, closed="2026-12-30")  # after all of its dates: no alarm moves
    assert "it would have been looked at at another time than its alarms say" not in mended(window)
    assert mended(window) == []


def test_a_receipt_replaced_by_one_of_another_permit_leaves_no_clocks_of_the_old_one(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive("site_selection", accept=False)
    assert set(clock_rows(window)) == {"intake", "promise", "statutory", "delivery"}
    window.void(number, 1, "2026-09-18 09:30", permit="verification_opinion")
    assert {name: row.permit for name, row in clock_rows(window).items()} == {
        "registration": "verification_opinion", "promise": "verification_opinion",
    }  # fmt: skip
    assert mended(window) == []


def test_a_clock_the_case_has_not_is_found_and_taken_away(window: Window) -> None:
    begun(window)
    window.tamper("UPDATE clock SET clock_id = 'registration' WHERE clock_id = 'delivery'")
    assert set(mended(window)) == {
        "clock registration is none of this case's", "clock delivery was not what its events say",
    }  # fmt: skip
    assert "registration" not in clock_rows(window)
    assert mended(window) == []


# --- 15. a capped promise of a withdrawn case (R12) ------------------------------------------------------------------
LIMITS = (
    'promise = { amount = 6 }\nstatutory = { amount = 20, source = "郑州市城乡规划管理条例第八十六条、第五十二条" }'
)
CAPPED = 'promise = { amount = 6, scope = "office" }\nstatutory = { amount = 6 }'


def test_the_capped_promise_of_a_withdrawn_case_is_cancelled_and_counts_nowhere(window: Window) -> None:
    # The office is closed on 09-22, which the statute does not see: promise 20, 21, 23, 24, 28, 29, statute 09-28.
    with_policy(window, OFFICE + '\n[calendar]\nclosed = { 2026-09-22 = "moving" }\n', **{LIMITS: CAPPED})
    window.at("2026-09-18 09:30")
    kept, gone = (window.receive("rural_construction") for _ in range(2))
    assert (standing(window, gone), window.history(gone).clock("promise").capped) == (
        (State.RUNNING, "2026-09-28", None), True,
    )  # fmt: skip
    window.at("2026-09-21 10:00").decide(kept)
    window.record(gone, "withdrawn")
    assert window.history(gone).clock("promise").state is State.CANCELLED
    assert window.history(kept).clock("promise").state is State.MET
    with window.writing() as (session, office):
        total = report(session, office, date(2026, 9, 1), date(2026, 9, 30), window.now).total
    assert (total.completed, total.open, total.on_time.part, total.on_time.n) == (1, 0, 1, 1)
