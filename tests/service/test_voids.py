"""Voiding each kind of event after its alarms went out: what is sent, counted by hand (R14, R16, M4, M6, M9).

`case`: a site selection (promise 4, statute 30), received and accepted on Friday 2026-09-18 at 09:30. Counted on the
calendar beside the cast: promise due Wed 09-23 (20, 21, 22, 23), so T-1 on 09-22 09:00, overdue at 24:00 of 09-23 and
sent on 09-24 08:30. What is sent when an event is voided is the list each test ends with.
"""

import pytest

from sla.history import HistoryError
from sla.service.errors import ServiceError
from tests.service.cast import Window

T_1 = ["li: promise T-1 2026-09-23"]
OVERDUE = ["li: promise overdue 2026-09-23", "wang: promise overdue 2026-09-23"]


@pytest.fixture
def case(window: Window) -> str:
    return window.at("2026-09-18 09:30").receive()


@pytest.fixture
def waiting(window: Window) -> str:
    """Received on Monday 09-14 and not yet accepted: intake due Sun 09-20 (15, 16, 17, 18, 20), T-2 on 09-17, T-1 on
    09-18, each at 09:00; T-2 was told."""
    number = window.at("2026-09-14 09:30").receive(accept=False)
    assert window.at("2026-09-17 09:00").run() == ["li: intake T-2 2026-09-20"]
    return number


def test_received_replaced_by_a_later_day_corrects_the_reminder_and_warns_anew(window: Window, waiting: str) -> None:
    window.at("2026-09-17 10:00").void(waiting, 1, "2026-09-16 09:30")
    assert window.due(waiting, "intake") == "2026-09-22"  # 17, 18, 20, 21, 22
    assert window.run() == ["li: intake correction 2026-09-22"]
    assert window.at("2026-09-20 08:59").run() == []
    assert window.at("2026-09-20 09:00").run() == ["li: intake T-2 2026-09-22"]


def test_received_alone_is_never_voided(window: Window, waiting: str) -> None:
    before = window.dump()
    with pytest.raises(ServiceError, match="event: 1 is the receipt"):
        window.void(waiting, 1)
    assert window.dump() == before


def test_accepted_voided_tells_who_was_told_that_there_is_no_deadline(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 10:00").void(case, 2)
    assert window.run() == ["li: promise correction none"]
    # The intake clock runs again: received 09-18, due 09-24 (20, 21, 22, 23, 24); its T-2 has passed and is not born.
    assert window.at("2026-09-23 08:59").run() == []
    assert window.at("2026-09-23 09:00").run() == ["li: intake T-1 2026-09-24"]


def test_accepted_replaced_by_a_later_day_corrects_the_date_and_warns_of_the_new_one(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 10:00").void(case, 2, "2026-09-21 09:30")
    assert window.run() == ["li: promise correction 2026-09-28"]  # 22, 23, 24, 28
    assert window.at("2026-09-24 09:00").run() == ["li: promise T-1 2026-09-28"]


def test_correction_requested_voided_warns_at_once_because_the_last_reminder_was_swallowed(
    window: Window, waiting: str
) -> None:
    window.at("2026-09-17 10:00").record(waiting, "correction_requested", papers=("approval",))
    assert window.at("2026-09-18 09:00").run() == []
    window.at("2026-09-18 10:00").void(waiting, 2)
    assert window.run() == ["li: intake T-1 2026-09-20"]  # the date that was told is true again: no correction


def test_correction_received_voided_corrects_the_date_of_the_run_that_never_was(window: Window) -> None:
    number = window.at("2026-09-14 09:30").receive(accept=False)
    window.at("2026-09-15 10:00").record(number, "correction_requested", papers=("approval",))
    window.at("2026-09-16 10:00").record(number, "correction_received", papers=("approval",))
    assert window.due(number, "intake") == "2026-09-22"  # a new run from 09-16: 17, 18, 20, 21, 22
    assert window.at("2026-09-20 09:00").run() == ["li: intake T-2 2026-09-22"]
    window.at("2026-09-20 10:00").void(number, 3)
    assert window.run() == ["li: intake correction 2026-09-20"]  # the run before it, which the request stopped


@pytest.mark.parametrize("kind", ["refused", "not_required"])
def test_a_refusal_voided_warns_at_once_and_corrects_nothing(window: Window, waiting: str, kind: str) -> None:
    window.at("2026-09-17 10:00").record(waiting, kind, reason="outside the planning area")
    assert window.at("2026-09-18 09:00").run() == []
    window.at("2026-09-18 10:00").void(waiting, 2)
    assert window.run() == ["li: intake T-1 2026-09-20"]


def test_stage_entered_voided_tells_that_the_stage_has_no_deadline(window: Window) -> None:
    window.at("2026-09-17 08:00").publish(2, "2026-09-18")
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-18 10:00").record(number, "stage_entered", stage="review")
    assert window.at("2026-09-20 09:00").run() == ["li: review T-1 2026-09-21"]  # 2 days: 20, 21
    window.at("2026-09-20 10:00").void(number, 3)
    assert window.run() == ["li: review correction none"]


def test_stage_left_voided_tells_that_the_stage_is_overdue(window: Window) -> None:
    window.at("2026-09-17 08:00").publish(2, "2026-09-18")
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-18 10:00").record(number, "stage_entered", stage="review")
    assert window.at("2026-09-20 09:00").run() == ["li: review T-1 2026-09-21"]
    window.at("2026-09-20 11:00").record(number, "stage_left", stage="review")
    assert window.at("2026-09-22 08:30").run() == []
    window.at("2026-09-22 08:40").void(number, 4)
    assert window.run() == ["li: review overdue 2026-09-21", "wang: review overdue 2026-09-21"]


def test_paused_voided_on_the_due_day_says_that_it_is_due(window: Window, case: str) -> None:
    window.at("2026-09-21 10:00").record(case, "paused", ground="expert_review", notice="评审 7")
    assert window.at("2026-09-22 09:00").run() == []  # the pause swallowed T-1
    window.at("2026-09-23 10:00").void(case, 3)
    assert window.run() == ["li: promise due 2026-09-23"]  # the digest of the day has gone; nobody was told otherwise


def test_paused_voided_with_its_resumption_corrects_the_later_date(window: Window, case: str) -> None:
    window.at("2026-09-21 10:00").record(case, "paused", ground="expert_review", notice="评审 7")
    window.at("2026-09-23 10:00").record(case, "resumed")
    assert window.due(case) == "2026-09-28"  # 20, 21 used; 09-23 is free; 24, 28
    assert window.at("2026-09-24 09:00").run() == ["li: promise T-1 2026-09-28"]
    window.at("2026-09-24 10:00")
    with pytest.raises(ServiceError, match="event: 3 is a pause that event 4 ends; void 4 first"):
        window.void(case, 3)
    window.void(case, 4)
    assert window.run() == ["li: promise correction none"]  # paused again
    window.at("2026-09-24 10:05").void(case, 3)
    assert window.due(case) == "2026-09-23"
    assert window.run() == ["li: promise correction 2026-09-23", *OVERDUE]


def test_a_correction_that_still_waits_says_what_holds_when_it_is_sent(window: Window, case: str) -> None:
    window.at("2026-09-21 10:00").record(case, "paused", ground="expert_review", notice="评审 7")
    window.at("2026-09-23 10:00").record(case, "resumed")
    assert window.at("2026-09-24 09:00").run() == ["li: promise T-1 2026-09-28"]
    window.at("2026-09-24 19:00").void(case, 4, "2026-09-24 16:00")  # resumed a day later: 2 days left, 28, 29
    assert window.due(case) == "2026-09-29"
    assert window.run() == []  # after 18:00, the next working day is 09-28
    window.at("2026-09-24 20:00").void(case, 6, "2026-09-24 17:00")  # the same day: nothing moves
    window.at("2026-09-24 21:00").void(case, 8)  # not resumed at all
    assert window.run() == []
    assert window.at("2026-09-28 08:30").run() == ["li: promise correction 2026-09-29"]
    assert window.dropped() == []


def test_a_correction_that_still_waits_is_dropped_when_all_is_again_as_it_was_told(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 19:00").void(case, 2, "2026-09-21 09:30")
    assert window.due(case) == "2026-09-28"
    window.at("2026-09-22 19:30").void(case, 4, "2026-09-18 09:30")
    assert window.due(case) == "2026-09-23"
    assert window.at("2026-09-23 08:30").run() == []  # nobody was told otherwise: T-1 is not said again (M6)
    assert window.dropped() == [("li: promise correction 2026-09-28", "it is again as they were told")]


def test_resumed_voided_tells_that_the_deadline_is_gone_again(window: Window, case: str) -> None:
    window.at("2026-09-21 10:00").record(case, "paused", ground="expert_review", notice="评审 7")
    window.at("2026-09-23 10:00").record(case, "resumed")
    assert window.at("2026-09-24 09:00").run() == ["li: promise T-1 2026-09-28"]
    window.at("2026-09-24 10:00").void(case, 4)
    assert window.run() == ["li: promise correction none"]


def test_extended_voided_corrects_the_later_date_and_tells_that_it_is_overdue(window: Window) -> None:
    window.at("2026-09-17 08:00").publish(2, "2026-09-18")
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-21 10:00").record(
        number, "extended", clock="promise", amount=2, unit="working_days", reason="专家意见", approver="zhao"
    )
    assert window.due(number) == "2026-09-28"  # 6 days: 20, 21, 22, 23, 24, 28
    assert window.at("2026-09-24 09:00").run() == ["li: promise T-1 2026-09-28"]
    window.at("2026-09-24 10:00").void(number, 3)
    assert window.run() == ["li: promise correction 2026-09-23", *OVERDUE]


def test_decided_voided_after_the_due_day_tells_that_it_is_overdue(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 10:00").decide(case)
    assert window.at("2026-09-24 08:30").run() == []
    window.at("2026-09-24 10:00").void(case, 3)
    assert window.run() == OVERDUE  # T-1 was true when it was said


def test_decided_voided_after_the_delivery_reminder_corrects_it_and_tells_every_level_once(
    window: Window, case: str
) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 10:00").decide(case)
    # Delivery, 10 days from 09-22: 23, 24, 28, 29, 30, 10-08, 09, 10 (a worked Saturday), 12, 13.
    assert window.at("2026-10-12 09:00").run() == ["li: delivery T-1 2026-10-13"]
    window.at("2026-10-12 10:00").void(case, 3)
    # Overdue since 09-24; +1 was on 09-28, +3 on 09-30: the gravest alone, to everybody a passed level names (M5).
    assert window.run() == [
        "li: delivery correction none",
        "li: promise +3 2026-09-23",
        "sun: promise +3 2026-09-23",
        "wang: promise +3 2026-09-23",
        "zhao: promise +3 2026-09-23",
    ]


def test_delivered_voided_after_its_due_day_tells_that_it_is_overdue(window: Window, case: str) -> None:
    window.at("2026-09-21 10:00").decide(case)
    assert window.at("2026-10-10 09:00").run() == ["li: delivery T-1 2026-10-12"]  # 22, 23, 24, 28-30, 10-08-10, 12
    window.at("2026-10-10 10:00").record(case, "delivered")
    assert window.at("2026-10-13 08:30").run() == []
    window.at("2026-10-13 10:00").void(case, 4)
    assert window.run() == ["li: delivery overdue 2026-10-12", "wang: delivery overdue 2026-10-12"]


def test_withdrawn_voided_after_the_due_day_tells_that_it_is_overdue(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 10:00").record(case, "withdrawn")
    assert window.at("2026-09-24 08:30").run() == []
    window.at("2026-09-24 10:00").void(case, 3)
    assert window.run() == OVERDUE


def test_reassigned_voided_tells_the_handler_who_has_it_again(window: Window, case: str) -> None:
    window.at("2026-09-22 08:00").record(case, "reassigned", handler="chen")
    assert window.at("2026-09-22 09:00").run() == ["chen: promise T-1 2026-09-23"]
    window.at("2026-09-22 10:00").void(case, 3)
    assert window.run() == T_1  # what chen was told was true: no correction


def test_rebased_voided_corrects_the_later_date_and_tells_that_it_is_overdue(window: Window, case: str) -> None:
    window.at("2026-09-21 08:00").publish(2, "2026-09-21", promise=6)
    window.at("2026-09-21 10:00").record(case, "rebased", policy="cn_planning", version=2, reason="agreed")
    assert window.due(case) == "2026-09-28"  # 6 days: 20, 21, 22, 23, 24, 28
    assert window.at("2026-09-24 09:00").run() == ["li: promise T-1 2026-09-28"]
    window.at("2026-09-24 10:00").void(case, 3)
    assert window.run() == ["li: promise correction 2026-09-23", *OVERDUE]


def test_acknowledged_voided_sends_nothing(window: Window, case: str) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    window.at("2026-09-22 09:30").record(case, "acknowledged", clock="promise", note="on it")
    window.at("2026-09-22 10:00").void(case, 3)
    assert window.run() == []


def test_a_void_is_not_voided(window: Window, case: str) -> None:
    window.at("2026-09-22 09:30").record(case, "acknowledged", clock="promise")
    window.void(case, 3)
    before = window.dump()
    with pytest.raises(ServiceError, match=r"event: 4 is no event that stands; those that do: 1 \(received\)"):
        window.void(case, 4)
    with pytest.raises(ServiceError, match="event: 3 is no event that stands"):
        window.void(case, 3)
    assert window.dump() == before


# --- one transaction, and what a late entry corrects -----------------------------------------------------------------
def test_a_void_and_its_replacement_are_one_transaction(window: Window, case: str) -> None:
    window.at("2026-09-22 10:00").decide(case)
    before = window.dump()
    with pytest.raises(HistoryError, match=r"occurred_at: .* lies in the future"):
        window.void(case, 3, "2026-09-23 10:00")
    assert window.dump() == before
    window.void(case, 3, "2026-09-21 16:00", certificate="选 7")
    history = window.history(case)
    assert [event.seq for event in history.events] == [1, 2, 5]
    assert history.clock("promise").stopped_on is not None
    assert history.clock("promise").stopped_on.isoformat() == "2026-09-21"  # type: ignore[union-attr]


def test_a_decision_entered_late_after_overdue_was_told_is_a_correction_to_all_who_were_told(
    window: Window, case: str
) -> None:
    assert window.at("2026-09-22 09:00").run() == T_1
    assert window.at("2026-09-24 08:30").run() == OVERDUE
    window.at("2026-09-24 10:00").decide(case, "2026-09-23 16:30")
    assert window.run() == ["li: promise correction 2026-09-23", "wang: promise correction 2026-09-23"]


def test_a_decision_dated_on_the_due_day_without_a_time_is_in_time_too(window: Window, case: str) -> None:
    assert window.at("2026-09-24 08:30").run() == OVERDUE
    window.at("2026-09-24 10:00").decide(case, "2026-09-23")
    assert window.run() == ["li: promise correction 2026-09-23", "wang: promise correction 2026-09-23"]


def test_a_decision_after_the_deadline_corrects_nothing(window: Window, case: str) -> None:
    assert window.at("2026-09-24 08:30").run() == OVERDUE
    window.at("2026-09-24 10:00").decide(case, "2026-09-24 09:00", overdue="评审费时")
    assert window.run() == []
