"""R14. Nothing is deleted: a wrong event is voided with a reason, void and replacement are one transaction, and after
each write the whole history must be permitted, else nothing is written.

On both databases. Days are those beside tests/service/cast.py, counted on a printed calendar.
"""

from typing import Any

import pytest
import sqlalchemy as sa

from sla.clock import Clock, State
from sla.history import HistoryError
from sla.service.audit import verified
from sla.service.errors import ServiceError
from tests.service.cast import Window, at


@pytest.fixture
def case(window: Window) -> str:
    """1 received and 2 accepted on Friday the 18th, 3 paused on the 21st, 4 resumed on the 22nd: due Thu 24.

    20, 21 used, the 22nd is free: 23, 24.
    """
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-21 10:00").record(number, "paused", ground="expert_review", notice="评审7")
    window.at("2026-09-22 10:00").record(number, "resumed")
    assert window.due(number) == "2026-09-24"
    return number


def refused(window: Window, act: Any) -> str:
    """The field of the error an act ends with; nothing at all was written."""
    before = window.dump()
    with pytest.raises((ServiceError, HistoryError)) as error:
        act()
    assert window.dump() == before
    return str(getattr(error.value, "field", ""))


def chain(window: Window) -> list[tuple[int, str]]:
    return [(row.seq, row.kind) for row in window.rows("case_event")]


def told(clock: Clock) -> tuple[object, ...]:
    return clock.state, clock.day0, clock.due_on, clock.due_at, clock.used, clock.left, clock.running


# --- kept ------------------------------------------------------------------------------------------------------------
def test_what_was_voided_stays_on_record_with_its_reason(window: Window, case: str) -> None:
    window.void(case, 4, reason="resumed the wrong case")
    assert chain(window)[-2:] == [(4, "resumed"), (5, "voided")]
    assert window.history(case).clock("promise").state is State.PAUSED
    assert [event.seq for event in window.find(case).events] == [1, 2, 3, 4, 5]


def test_the_database_itself_lets_nobody_change_or_delete_an_event(window: Window, case: str) -> None:
    before = window.dump()
    for statement in ("UPDATE case_event SET actor = 'x' WHERE seq = 3", "DELETE FROM case_event WHERE seq = 4"):
        with pytest.raises(sa.exc.DBAPIError, match="events are never"):
            window.tamper(statement)
    assert window.dump() == before


def test_the_chain_is_whole_after_any_number_of_voids(window: Window, case: str) -> None:
    window.at("2026-09-22 18:00").void(case, 4, "2026-09-22 16:00")
    window.void(case, 6, "2026-09-22 17:00")
    window.void(case, 8)
    assert [seq for seq, _ in chain(window)] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    with window.app.reading() as session:
        assert list(verified(session)) == []


def test_a_case_with_a_mistake_mended_is_as_one_without(window: Window) -> None:
    for number, wrong in (("RIGHT", False), ("WRONG", True)):
        window.at("2026-09-18 09:30").receive(number=number)
        if wrong:
            window.at("2026-09-20 09:00").record(number, "paused", ground="hearing")
            window.at("2026-09-20 09:10").void(number, 3, "2026-09-20 09:05", ground="expert_review")
        else:
            window.at("2026-09-20 09:05").record(number, "paused", ground="expert_review")
        window.at("2026-09-23 09:00").record(number, "resumed")
    right, wrong_one = (window.history(number).clocks for number in ("RIGHT", "WRONG"))
    assert [told(clock) for clock in right] == [told(clock) for clock in wrong_one]
    assert window.due("WRONG") == "2026-09-29"  # 20 used, the 23rd is free: 24, 28, 29


# --- one transaction -------------------------------------------------------------------------------------------------
def test_a_replacement_that_cannot_be_leaves_the_void_unwritten_too(window: Window, case: str) -> None:
    assert refused(window, lambda: window.void(case, 4, "2026-09-20 10:00")) == "pause"  # before its pause began
    assert refused(window, lambda: window.void(case, 4, "2026-09-23 10:00")) == "occurred_at"  # tomorrow
    assert refused(window, lambda: window.void(case, 3, "2026-09-17 10:00")) in ("event", "kind")
    assert refused(window, lambda: window.void(case, 2, "2026-09-21 12:00")) == "kind"  # accepted after the pause
    assert window.due(case) == "2026-09-24"


def test_a_replacement_keeps_what_was_not_said_anew(window: Window, case: str) -> None:
    window.void(case, 4, "2026-09-22 09:00")
    window.void(case, 6)
    window.void(case, 3, "2026-09-20 10:00")
    again = window.find(case).events[-1]
    assert (getattr(again, "ground", ""), getattr(again, "notice", "")) == ("expert_review", "评审7")


def test_a_receipt_is_replaced_and_never_only_voided(window: Window, case: str) -> None:
    assert refused(window, lambda: window.void(case, 1)) == "event"
    window.void(case, 1, "2026-09-17 16:00")
    assert [row.received_on.isoformat() for row in window.rows("case_file")] == ["2026-09-17"]


# --- the whole history -----------------------------------------------------------------------------------------------
def test_an_event_that_others_stand_on_is_not_voided(window: Window, case: str) -> None:
    for event, field in {
        1: "event",  # nothing would have begun
        2: "kind",  # paused before it was accepted
        3: "event",  # resumed without a pause
        9: "event",  # there is none
    }.items():
        assert refused(window, lambda event=event: window.void(case, event)) == field


def test_a_void_is_not_voided_and_nothing_is_voided_twice(window: Window, case: str) -> None:
    window.void(case, 4)
    assert refused(window, lambda: window.void(case, 5)) == "event"
    assert refused(window, lambda: window.void(case, 4)) == "event"


def test_a_void_needs_a_reason(window: Window, case: str) -> None:
    assert refused(window, lambda: window.void(case, 4, reason=" ")) == "reason"


IMPOSSIBLE: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("decided", "2026-09-20 16:00", {"outcome": "approved"}, "kind"),  # before a pause that is on record
    ("withdrawn", "2026-09-20 16:00", {}, "kind"),
    ("correction_requested", "2026-09-18 09:00", {"papers": ("approval",)}, "occurred_at"),  # before it came in
    ("refused", "2026-09-18 09:30", {"reason": "no site"}, "kind"),  # and then accepted, at that very moment
    ("paused", "2026-09-21 16:00", {"ground": "expert_review"}, "ground"),  # while another runs on its ground
    ("paused", "2026-09-20 16:00", {"ground": "expert_review"}, "ground"),  # which that one would overtake
    ("received", "2026-09-18 10:00", {"permit": "site_selection"}, "kind"),
    ("delivered", "2026-09-22 10:00", {}, "kind"),
)


def test_a_back_dated_event_that_makes_what_follows_impossible_is_refused_whole(window: Window, case: str) -> None:
    for kind, on, details, field in IMPOSSIBLE:
        with pytest.raises((ServiceError, HistoryError)) as error:
            window.record(case, kind, on, **details)
        assert getattr(error.value, "field", "") == field, kind
    assert [kind for _, kind in chain(window)] == ["received", "accepted", "paused", "resumed"]


def test_a_back_dated_event_that_fits_moves_the_deadline_as_if_it_had_been_there(window: Window, case: str) -> None:
    window.at("2026-09-23 10:00").record(case, "paused", "2026-09-22 14:00", ground="public_notice")
    window.record(case, "resumed", "2026-09-23 09:00", pause=5)
    assert window.due(case) == "2026-09-28"  # 20, 21 used, 22 and 23 free: 24, 28
    assert [event.kind for event in window.history(case).events][-4:] == ["paused", "resumed", "paused", "resumed"]


def test_two_pauses_that_overlap_on_two_grounds_are_voided_one_by_one(window: Window, case: str) -> None:
    window.at("2026-09-22 09:00").void(case, 4)
    window.record(case, "paused", ground="public_notice")  # 6
    window.at("2026-09-23 10:00").record(case, "resumed", pause=3)
    assert window.history(case).clock("promise").state is State.PAUSED  # on the other ground
    window.void(case, 6)
    assert window.due(case) == "2026-09-28"  # 20, 21 used, the 23rd is free: 24, 28


def test_a_decision_ends_the_pauses_that_are_open_and_its_void_opens_them_again(window: Window, case: str) -> None:
    window.at("2026-09-22 11:00").record(case, "paused", ground="public_notice")  # 5
    window.at("2026-09-22 12:00").record(case, "paused", ground="hearing")  # 6
    window.at("2026-09-23 10:00").decide(case)  # 7
    promise = window.history(case).clock("promise")
    assert (promise.state, promise.stopped_at) == (State.MET, at("2026-09-23 10:00"))
    window.at("2026-09-23 10:30")
    assert refused(window, lambda: window.record(case, "resumed", pause=5)) == "pause"
    window.at("2026-09-23 11:00").void(case, 7)
    assert window.history(case).clock("promise").state is State.PAUSED
    window.at("2026-09-23 12:00").record(case, "resumed", pause=5)
    window.record(case, "resumed", pause=6)
    assert window.due(case) == "2026-09-28"
