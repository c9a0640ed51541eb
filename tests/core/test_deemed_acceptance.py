"""Deemed acceptance (视为受理): intake that runs out unanswered (R18; 行政许可法 art. 32(4))."""

import pytest

from sla.clock import State
from sla.events import CaseEvent, CorrectionReceived, CorrectionRequested, Refused, Withdrawn
from sla.history import Phase
from tests.core.cast import accepted, case, day, decided, received, when

RECEIVED = received("2026-09-14 10:00")  # intake of 5 working days: 15, 16, 17, 18, Sun 20 (hand count)
WORKS = received("2026-09-14 10:00", "construction_works")


def asked(text: str, *papers: str, seq: int = 2) -> CorrectionRequested:
    return CorrectionRequested(**when(text), seq=seq, papers=papers or ("approval",))


def completed(text: str, seq: int = 3) -> CorrectionReceived:
    return CorrectionReceived(**when(text), seq=seq)


@pytest.mark.parametrize(
    ("begun", "clock", "due"),
    [  # hand count from day 0, Mon 14: 15-18 (4), 20 (5), 21 (6); see the 30 in tests/answers/worked_examples.toml
        (RECEIVED, "intake", "2026-09-20"),
        (RECEIVED, "promise", "2026-09-18"),
        (WORKS, "promise", "2026-09-21"),
        # 15-18 (4), 20-24 (9), 28-30 (12), October 8-10 (15), 12-16 (20), 19-23 (25), 26-30 (30)
        (RECEIVED, "statutory", "2026-10-30"),
    ],
)
def test_what_nobody_answers_is_accepted_as_of_the_day_it_was_received(begun: CaseEvent, clock: str, due: str) -> None:
    history = case([begun], "2026-09-21 00:00")
    assert history.deemed_on == day("2026-09-14")
    assert history.clock(clock).due_on == day(due)
    assert history.clock("intake").state is State.LATE


def test_the_intake_that_ended_breached_has_used_its_five_days_however_long_ago_that_was() -> None:
    for now in ("2026-09-21 00:00", "2026-09-24 12:00", "2027-03-01 09:00"):
        intake = case([RECEIVED], now).clock("intake")
        assert (intake.used, intake.left) == (5, 0)


def test_it_is_not_deemed_accepted_while_intake_still_runs() -> None:
    history = case([RECEIVED], "2026-09-20 23:59:59")
    assert history.deemed_on is None
    assert history.clock("promise").state is State.PENDING
    assert history.clock("intake").state is State.RUNNING


def test_a_promise_shorter_than_intake_starts_overdue() -> None:
    promise = case([RECEIVED], "2026-09-21 09:00").clock("promise")
    assert promise.state is State.LATE
    assert promise.late_by == 2  # due Fri 18; Sun 20 and Mon 21 work (hand count)


@pytest.mark.parametrize(
    "reply",
    [
        accepted("2026-09-20 16:00"),
        Refused(**when("2026-09-20 16:00"), seq=2, reason="not ours"),
        asked("2026-09-20 16:00"),
        Withdrawn(**when("2026-09-20 16:00"), seq=2),
    ],
    ids=["accepted", "refused", "correction", "withdrawn"],
)
def test_an_answer_on_the_last_day_of_intake_prevents_it(reply: CaseEvent) -> None:
    assert case([RECEIVED, reply], "2026-10-30 12:00").deemed_on is None


def test_papers_that_came_in_start_a_new_run_from_which_acceptance_is_deemed() -> None:
    # New run from Wed 16: 17, 18, 20, 21, 22 (hand count).
    events = [RECEIVED, asked("2026-09-15 10:00"), completed("2026-09-16 11:00")]
    before = case(events, "2026-09-22 23:59")
    assert before.deemed_on is None
    assert before.clock("intake").due_on == day("2026-09-22")
    after = case(events, "2026-09-23 00:00")
    assert after.deemed_on == day("2026-09-16")
    assert after.clock("promise").due_on == day("2026-09-21")  # 17, 18, 20, 21


def test_a_second_request_that_names_something_new_does_not_stop_the_clock() -> None:
    events = [
        RECEIVED,
        asked("2026-09-15 10:00"),
        completed("2026-09-16 11:00"),
        asked("2026-09-17 09:00", "site_plan", seq=4),
    ]
    assert case(events, "2026-09-23 00:00").deemed_on == day("2026-09-16")  # 一次性告知: named once


def test_a_second_request_for_the_same_paper_does_stop_the_clock() -> None:
    events = [
        RECEIVED,
        asked("2026-09-15 10:00"),
        completed("2026-09-16 11:00"),
        asked("2026-09-17 09:00", "approval", seq=4),
    ]
    history = case(events, "2026-10-30 00:00")
    assert history.deemed_on is None
    assert history.phase is Phase.CORRECTION


def test_an_answer_after_intake_ran_out_changes_no_clock() -> None:
    for late in (accepted("2026-09-22 09:00"), asked("2026-09-22 09:00")):
        history = case([RECEIVED, late], "2026-09-22 10:00")
        assert history.deemed_on == day("2026-09-14")
        assert history.clock("promise").due_on == day("2026-09-18")


def test_an_acceptance_dated_in_time_but_recorded_after_expiry_needs_a_managers_admission() -> None:
    late = accepted("2026-09-16 10:00", recorded="2026-09-22 09:00", receipt="SL-17")
    plain = case([RECEIVED, late], "2026-09-22 10:00")
    assert plain.deemed_on == day("2026-09-14")
    admitted = accepted("2026-09-16 10:00", recorded="2026-09-22 09:00", receipt="SL-17", admitted_by="head")
    history = case([RECEIVED, admitted], "2026-09-22 10:00")
    assert history.deemed_on is None
    assert history.clock("promise").due_on == day("2026-09-21")  # 17, 18, 20, 21
    assert history.clock("intake").state is State.MET


def test_an_acceptance_dated_after_expiry_is_not_saved_by_an_admission() -> None:
    late = accepted("2026-09-22 09:00", receipt="SL-18", admitted_by="head")
    assert case([RECEIVED, late], "2026-09-22 10:00").deemed_on == day("2026-09-14")


def test_a_deemed_case_is_decided_like_any_other() -> None:
    history = case([RECEIVED, decided("2026-09-21 11:00")], "2026-09-22 10:00")
    assert history.phase is Phase.DECIDED
    assert history.clock("promise").late_by == 2  # due Fri 18; Sun 20 and Mon 21 work
    assert history.clock("statutory").state is State.MET


def test_papers_that_need_no_permit_are_never_deemed_accepted() -> None:
    history = case([received("2026-09-14 10:00", "verification_opinion")], "2026-10-30 00:00")
    assert history.deemed_on is None
    assert history.clock("promise").state is State.PENDING


def test_intake_counts_a_weekend_receipt_from_its_own_day() -> None:
    # Sat 19: Sun 20, 21, 22, 23, 24 (hand count; R4 as filed)
    assert case([received("2026-09-19 10:00")], "2026-09-19 10:00").clock("intake").due_on == day("2026-09-24")
