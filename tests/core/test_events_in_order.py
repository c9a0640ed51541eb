"""The two times of an event, their order, late entry, and events that are voided (R13, R14)."""

from dataclasses import replace

import pytest

from sla.events import KINDS, CaseEvent, Rebased, Voided, event_of, ordered, standing
from sla.history import HistoryError, late_entry
from tests.core.cast import SHANGHAI, accepted, case, china, day, decided, paused, received, resumed, when
from tests.core.test_deemed_acceptance import asked, completed


def order(*events: CaseEvent) -> list[int]:
    return [event.seq for event in ordered(events, SHANGHAI)]


def test_events_stand_in_the_order_they_happened_not_in_the_order_they_were_entered() -> None:
    assert order(decided("2026-09-22 10:00", seq=1), accepted("2026-09-18 10:00", seq=2)) == [2, 1]


def test_events_of_one_instant_stand_in_the_order_of_a_cases_life() -> None:
    moment = "2026-09-18 10:00"
    life = [
        received(moment, seq=7), asked(moment, seq=6), completed(moment, seq=5), accepted(moment, seq=4),
        paused(moment, seq=3), resumed(moment, seq=2), decided(moment, seq=1),
    ]  # fmt: skip
    assert order(*reversed(life)) == [7, 6, 5, 4, 3, 2, 1]


def test_events_of_one_kind_and_instant_stand_as_they_were_recorded() -> None:
    first = paused("2026-09-21 10:00", recorded="2026-09-21 10:01", seq=9)
    second = paused("2026-09-21 10:00", recorded="2026-09-21 10:02", seq=8)
    assert order(second, first) == [9, 8]


def test_an_event_without_a_time_is_placed_within_its_day_by_its_kind() -> None:
    assert order(decided("2026-09-18 09:00", seq=1), accepted("2026-09-18", seq=2)) == [2, 1]
    assert order(received("2026-09-18 16:00", seq=1), accepted("2026-09-18", seq=2)) == [1, 2]
    assert order(
        accepted("2026-09-17 10:00", seq=1), paused("2026-09-18", seq=2), resumed("2026-09-19 10:00", seq=3)
    ) == [1, 2, 3]


@pytest.mark.parametrize(
    ("recorded", "late"),
    [
        ("2026-09-18 16:00", False),
        ("2026-09-20 09:00", False),  # one working day later: Sun 20
        ("2026-09-21 09:00", True),  # two: 20, 21
    ],
)
def test_an_entry_more_than_a_working_day_after_the_event_is_late(recorded: str, late: bool) -> None:
    assert late_entry(china(), accepted("2026-09-18 10:00", recorded=recorded)) is late


def test_an_entry_over_a_holiday_is_not_late() -> None:
    assert not late_entry(china(), accepted("2026-09-30 16:00", recorded="2026-10-08 09:00"))  # 1-7 October off


@pytest.mark.parametrize(("occurred", "allowed"), [("2026-09-18 10:05", True), ("2026-09-18 10:05:01", False)])
def test_an_event_may_lie_five_minutes_ahead_and_not_more(occurred: str, allowed: bool) -> None:
    event = received(occurred, recorded="2026-09-18 10:00")
    if allowed:
        assert case([event], "2026-09-18 10:10").received == event
        return
    with pytest.raises(HistoryError, match="lies in the future") as caught:
        case([event], "2026-09-18 10:10")
    assert caught.value.field == "occurred_at"


def test_an_event_without_a_time_may_be_of_today_and_not_of_tomorrow() -> None:
    today = replace(received("2026-09-18"), recorded_at=accepted("2026-09-18 09:00").recorded_at)
    assert case([today], "2026-09-18 10:00").received == today
    tomorrow = replace(received("2026-09-19"), recorded_at=today.recorded_at)
    with pytest.raises(HistoryError, match="lies in the future"):
        case([tomorrow], "2026-09-18 10:00")


def test_a_voided_event_counts_no_more_and_the_case_is_as_if_it_had_not_been() -> None:
    begun = [received("2026-09-18 09:00"), accepted("2026-09-17 09:30", recorded="2026-09-18 09:30")]
    with pytest.raises(HistoryError):
        case(begun, "2026-09-18 12:00")  # accepted before it was received
    void = Voided(**when("2026-09-18 10:00"), seq=3, event=2, reason="wrong day")
    again = accepted("2026-09-18 09:30", recorded="2026-09-18 10:00", seq=4)
    assert case([*begun, void, again], "2026-09-18 12:00").clock("promise").due_on == day("2026-09-23")


def test_what_is_voided_and_its_void_do_not_stand() -> None:
    wrong = accepted("2026-09-18 10:00", seq=2)
    void = Voided(**when("2026-09-18 11:00"), seq=3, event=2, reason="wrong case")
    assert standing([received("2026-09-18 09:00"), wrong, void]) == [received("2026-09-18 09:00")]


def test_every_kind_of_event_comes_back_from_what_is_stored_of_it() -> None:
    begun = when("2026-09-18 10:00")
    samples: list[CaseEvent] = [
        received("2026-09-18 09:00", papers=("a", "b"), applicant="Wang"),
        asked("2026-09-18 10:00"),
        paused("2026-09-18 10:00", expected_end=day("2026-09-30"), verdicts={}),
        decided("2026-09-18 10:00"),
        Voided(**begun, event=3, reason="r"),
        Rebased(**begun, policy="cn_planning", version=2, reason="r"),
    ]
    for event in samples:
        common = {name: getattr(event, name) for name in ("occurred_at", "recorded_at", "seq", "dated", "actor")}
        assert event_of(event.kind, common, event.details()) == event
    assert set(KINDS) >= {event.kind for event in samples}
