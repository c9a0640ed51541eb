"""`--as-of`: what was believed on a day, by what was on record then (R13, R16, R17). Days are those beside the cast."""

import pytest

from sla.clock import State
from sla.service.as_of import find_as_of, moment_of
from sla.service.cases import Recorded
from tests.service.cast import Window, notice

CLOSED_23 = notice("notice 23", off="2026-09-23")


def believed(window: Window, number: str, then: str) -> Recorded:
    with window.writing() as (session, office):
        return find_as_of(session, office, number, moment_of(office, then, window.now))


def due(window: Window, number: str, then: str, clock: str = "promise") -> str:
    return str(believed(window, number, then).history.clock(clock).due_on)


def test_before_a_notice_was_applied_the_old_date_was_believed(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 10:00").announce(CLOSED_23)
    window.at("2026-09-28 10:00")
    assert due(window, number, "2026-09-21") == "2026-09-23"
    assert due(window, number, "2026-09-22T09:59+08:00") == "2026-09-23"
    assert due(window, number, "2026-09-22T10:00+08:00") == "2026-09-24"
    assert due(window, number, "2026-09-22") == "2026-09-24"
    assert len(believed(window, number, "2026-09-21").events) == 2
    assert len(believed(window, number, "2026-09-22").events) == 3


def test_a_case_that_waited_for_its_turn_was_believed_by_the_old_calendar(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 10:00").load(CLOSED_23)
    window.begin()
    window.at("2026-09-22 10:30").amend()
    assert due(window, number, "2026-09-22T10:15+08:00") == "2026-09-23"
    assert due(window, number, "2026-09-22T10:30+08:00") == "2026-09-24"


def test_a_day_is_looked_at_from_its_end_and_today_from_now(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-24 10:00")
    assert believed(window, number, "2026-09-23").history.clock("promise").state is State.RUNNING
    assert believed(window, number, "2026-09-24").history.clock("promise").state is State.LATE


def test_what_was_recorded_later_was_not_known_whenever_it_happened(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-24 10:00").record(number, "decided", "2026-09-22", outcome="approved")
    assert believed(window, number, "2026-09-23").history.clock("promise").state is State.RUNNING
    assert believed(window, number, "2026-09-24").history.clock("promise").state is State.MET


def test_what_was_voided_since_was_believed(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-21 10:00").void(number, 2, "2026-09-20 09:30")  # 21, 22, 23, 24
    assert due(window, number, "2026-09-20") == "2026-09-23"
    assert due(window, number, "2026-09-21") == "2026-09-24"


def test_a_receipt_that_was_replaced_since_counted_by_its_own_policy(window: Window) -> None:
    window.at("2026-09-18 08:00").publish(2, "2026-09-19", promise=6)
    number = window.at("2026-09-20 09:30").receive()  # version 2: 21, 22, 23, 24, 28, 29
    window.at("2026-09-21 10:00").void(number, 2)
    window.void(number, 1, "2026-09-18 09:30")
    assert window.find(number).row.policy_version == 1
    then = believed(window, number, "2026-09-20")
    assert (then.row.policy_version, str(then.history.clock("promise").due_on)) == (2, "2026-09-29")


@pytest.mark.parametrize(
    ("then", "error"),
    [
        ("2026-09-17", "as-of: 选字第20260001号 was not on record yet; it is since 2026-09-18"),
        ("2026-10-01", "as-of: 2026-10-01 lies in the future"),
        ("2026-09-31", "as-of: '2026-09-31' is no date or time"),
        ("2026-09-20T10:00", "as-of: 2026-09-20T10:00 has no time zone"),
    ],
)
def test_what_cannot_be_asked_is_told(window: Window, then: str, error: str) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-24 10:00")
    with pytest.raises(ValueError, match=error):
        believed(window, number, then)
