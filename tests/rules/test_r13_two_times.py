"""R13. Every event has a time when it happened, which counts, and a time when it was recorded; events of one moment
stand in the order of a case's life, those without a time are judged by their date.

Days are those of the Chinese calendar of 2026 (Sunday 20 September works, 25 to 27 are off), of England (Good Friday is
3 April 2026, Easter Monday the 6th) and of Japan (Showa Day 29 April, 3 to 6 May off), counted on printed calendars.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest

from schedules.announcements import working_calendar
from schedules.limits import Counting, Cutoff, Unit
from sla.clock import Clock, State, run
from sla.events import (
    KINDS,
    CaseEvent,
    CorrectionReceived,
    CorrectionRequested,
    Extended,
    Received,
    Verdict,
    ordered,
    standing,
)
from sla.history import SKEW, HistoryError, late_entry, read
from tests.core.cast import (
    SHANGHAI,
    accepted,
    at,
    case,
    china,
    day,
    decided,
    paused,
    policy,
    promise,
    received,
    resumed,
    rule,
    when,
)

MOMENT = "2026-09-18 10:00"
LIFE = ("received", "correction_requested", "correction_received", "accepted", "paused", "resumed", "decided")


def one_of_each(text: str) -> list[CaseEvent]:
    return [
        received(text, seq=1),
        CorrectionRequested(**when(text), seq=2, papers=("approval",)),
        CorrectionReceived(**when(text), seq=3, papers=("approval",)),
        accepted(text, seq=4),
        paused(text, seq=5),
        resumed(text, pause=5, seq=6),
        decided(text, seq=7),
    ]


def kinds(events: Sequence[CaseEvent]) -> tuple[str, ...]:
    return tuple(event.kind for event in events)


# --- ties ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", [MOMENT, "2026-09-18"], ids=["one instant", "one day without times"])
def test_events_of_one_moment_stand_in_the_order_of_a_cases_life_however_they_are_listed(text: str) -> None:
    events = one_of_each(text)
    for order in permutations(events):
        assert kinds(ordered(order, SHANGHAI)) == LIFE


def test_of_one_kind_and_moment_the_one_recorded_first_stands_first() -> None:
    late, early = (
        decided(MOMENT, recorded, seq=seq) for recorded, seq in (("2026-09-21 09:00", 3), ("2026-09-20 09:00", 4))
    )
    assert ordered([late, early], SHANGHAI) == (early, late)
    dated = [replace(event, occurred_at=at("2026-09-18"), dated=True) for event in (late, early)]
    assert [event.seq for event in ordered(dated, SHANGHAI)] == [4, 3]


def test_what_was_recorded_at_the_same_moment_too_stands_in_the_order_of_its_chain() -> None:
    events = [
        paused(MOMENT, ground, seq=seq) for seq, ground in ((9, "hearing"), (8, "public_notice"), (7, "expert_review"))
    ]
    assert [event.seq for event in ordered(events, SHANGHAI)] == [7, 8, 9]


def test_an_instant_is_an_instant_in_whatever_zone_it_was_written() -> None:
    first = replace(decided(MOMENT), occurred_at=datetime.fromisoformat("2026-09-18T02:00:00+00:00"), seq=2)
    second = replace(paused(MOMENT), occurred_at=datetime.fromisoformat("2026-09-18T03:00:00+01:00"), seq=3)
    assert kinds(ordered([first, second], SHANGHAI)) == ("paused", "decided")


# --- with and without a time -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("untimed", "after"),
    [  # the events of Friday: received 9:00, accepted 9:30, paused 11:00, resumed 15:00
        (decided("2026-09-18"), ("received", "accepted", "paused", "resumed", "decided")),
        (accepted("2026-09-18", seq=9), ("received", "accepted", "accepted", "paused", "resumed")),
        (received("2026-09-18", seq=9), ("received", "received", "accepted", "paused", "resumed")),
        (decided("2026-09-17"), ("decided", "received", "accepted", "paused", "resumed")),
        (received("2026-09-19", seq=9), ("received", "accepted", "paused", "resumed", "received")),
    ],
)
def test_an_event_without_a_time_stands_in_its_day_behind_its_own_and_earlier_kinds(
    untimed: CaseEvent, after: tuple[str, ...]
) -> None:
    timed = [
        received("2026-09-18 09:00"), accepted("2026-09-18 09:30"), paused("2026-09-18 11:00"),
        resumed("2026-09-18 15:00"),
    ]  # fmt: skip
    assert kinds(ordered([untimed, *timed], SHANGHAI)) == after


@pytest.mark.parametrize("ends", ["2026-09-21", "2026-09-21 10:00"], ids=["resumed that day", "resumed at 10:00"])
@pytest.mark.parametrize("begins", ["2026-09-21", "2026-09-21 14:00"], ids=["paused that day", "paused at 14:00"])
def test_a_pause_that_was_resumed_may_be_followed_by_another_on_its_ground_the_same_day(ends: str, begins: str) -> None:
    # Nightly pauses: resumed on Monday the 21st and paused again on it, whether the times are known or not (R10).
    events = (
        paused("2026-09-18 16:00", seq=3),
        resumed(ends, pause=3, seq=4),
        paused(begins, seq=5),
        resumed("2026-09-23 09:00", pause=5, seq=6),
    )
    found = promise(*events, now="2026-09-23 12:00")
    # Fri 18 is day 0, all of it; nothing runs until the 23rd, which is free: 24, 28, 29, 30 (25 to 27 are off).
    assert (found.due_on, found.state) == (day("2026-09-30"), State.RUNNING)


def test_a_pause_that_is_still_open_may_not_be_followed_by_another_on_its_ground() -> None:
    for text in ("2026-09-21", "2026-09-21 14:00"):
        with pytest.raises(HistoryError, match="a pause on expert_review is open already"):
            promise(paused("2026-09-18 16:00", seq=3), paused(text, seq=5), now="2026-09-21 18:00")


@pytest.mark.parametrize("cutoff", list(Cutoff))
@pytest.mark.parametrize("unit", [Unit.WORKING_DAYS, Unit.WORKING_HOURS], ids=["days", "hours"])
def test_a_decision_without_a_time_on_the_due_day_is_in_time(cutoff: Cutoff, unit: Unit) -> None:
    # 4 working days: due Wed 23; 20 hours, 7 a day, from Fri 9:00: 7, 7 (Sun 20), 6 (Mon 21 until 16:00).
    amount, due = (4, "2026-09-23") if unit is Unit.WORKING_DAYS else (20, "2026-09-21")
    begun = accepted("2026-09-18 09:00", seq=1)

    def judged(text: str) -> Clock:
        events = ordered([begun, decided(text)], SHANGHAI)
        return run(rule(amount, unit=unit, counting=Counting(cutoff=cutoff)), china(), events, at("2026-09-30 09:00"))

    assert (judged(due).due_on, judged(due).state) == (day(due), State.MET)
    after = "2026-09-24" if unit is Unit.WORKING_DAYS else "2026-09-22"
    assert (judged(after).state, judged(after).late_by) == (State.LATE, 1)
    ends_early = cutoff is Cutoff.CLOSING or unit is Unit.WORKING_HOURS
    assert judged(f"{due} 17:01").state is (State.LATE if ends_early else State.MET)  # with a time, by its time


# --- the order of the list, and recorded_at --------------------------------------------------------------------------
def a_life() -> list[CaseEvent]:
    """Timed and untimed, two grounds that overlap, an extension with its verdicts, a late decision."""
    papers = ("approval",)
    in_time = {"promise": Verdict.IN_TIME, "statutory": Verdict.IN_TIME}
    return [
        received("2026-09-08", seq=1),
        CorrectionRequested(**when("2026-09-10 10:00"), seq=2, papers=papers),
        CorrectionReceived(**when("2026-09-14"), seq=3, papers=papers),
        accepted("2026-09-16 09:00", seq=4),
        paused("2026-09-17 10:00", seq=5, verdicts=in_time),
        paused("2026-09-18", "public_notice", seq=6, verdicts=in_time),
        resumed("2026-09-20 10:00", pause=5, seq=7),
        resumed("2026-09-22", pause=6, seq=8),
        decided("2026-10-09 17:30", seq=9),
    ]


def told(events: Sequence[CaseEvent]) -> list[object]:
    found = case(events, "2026-10-20 09:00")
    return [
        (c.id, c.state, c.day0, c.due_on, c.due_at, c.used, c.left, c.late_by, c.stopped_on, c.running)
        for c in found.clocks
    ]


def test_the_order_in_which_events_are_listed_changes_nothing() -> None:
    expected, random = told(a_life()), Random(13)
    for _ in range(60):
        shuffled = a_life()
        random.shuffle(shuffled)
        assert told(shuffled) == expected


@pytest.mark.parametrize("days", [0, 1, 30])
def test_when_an_event_was_recorded_changes_no_clock_once_its_verdict_is_given(days: int) -> None:
    # But for answers to the intake, which are R18's.
    after = [event for event in a_life() if event.seq > 4]
    later = [replace(e, recorded_at=e.recorded_at + timedelta(days=days, hours=e.seq)) for e in after]
    assert told([*a_life()[:4], *later]) == told(a_life())


# --- late entry ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("country", "zone", "occurred", "recorded", "late"),
    [
        ("CN", "Asia/Shanghai", "2026-09-24T10:00", "2026-09-28T23:59", False),  # over the festival: one, the 28th
        ("CN", "Asia/Shanghai", "2026-09-24T10:00", "2026-09-29T00:00", True),
        ("CN", "Asia/Shanghai", "2026-09-18T10:00", "2026-09-20T10:00", False),  # Sunday 20 works: one
        ("CN", "Asia/Shanghai", "2026-09-18T10:00", "2026-09-21T10:00", True),
        ("GB", "Europe/London", "2026-04-02T10:00", "2026-04-07T10:00", False),  # Easter: Tue 7 is the first
        ("GB", "Europe/London", "2026-04-02T10:00", "2026-04-08T10:00", True),
        ("JP", "Asia/Tokyo", "2026-05-01T10:00", "2026-05-07T10:00", False),  # Golden Week: 3 to 6 May are off
        ("JP", "Asia/Tokyo", "2026-05-01T10:00", "2026-05-08T10:00", True),
    ],
)
def test_an_entry_is_late_more_than_one_working_day_after_the_event(
    country: str, zone: str, occurred: str, recorded: str, late: bool
) -> None:
    calendar = working_calendar(country, zone=zone, subdiv="ENG" if country == "GB" else None)
    moments = (
        datetime.fromisoformat(text).replace(tzinfo=calendar.zone).astimezone(UTC) for text in (occurred, recorded)
    )
    occurred_at, recorded_at = moments
    event = Received(occurred_at=occurred_at, recorded_at=recorded_at, permit="x")
    assert late_entry(calendar, event) is late
    assert not late_entry(calendar, replace(event, recorded_at=event.occurred_at))


# --- the future ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("ahead", "allowed"), [(SKEW, True), (SKEW + timedelta(microseconds=1), False)])
def test_an_event_may_lie_five_minutes_ahead_of_its_recording_and_no_more(ahead: timedelta, allowed: bool) -> None:
    assert timedelta(minutes=5) == SKEW
    recorded = at("2026-09-21 10:00")
    event = replace(decided("2026-09-21 10:00"), occurred_at=recorded + ahead)
    begun = [received("2026-09-18 09:00"), accepted("2026-09-18 09:30")]
    if allowed:
        read(policy(), china(), [*begun, event], at("2026-09-22 09:00"))
    else:
        with pytest.raises(HistoryError) as refused:
            read(policy(), china(), [*begun, event], at("2026-09-22 09:00"))
        assert refused.value.field == "occurred_at"


@pytest.mark.parametrize(
    ("recorded", "allowed"),
    [  # an event of Saturday 19 September, Shanghai time, is of today there from 16:00 UTC of the 18th on
        ("2026-09-18T15:59:59+00:00", False),
        ("2026-09-18T16:00:00+00:00", True),
        ("2026-09-18T12:00:00-04:00", True),
        ("2026-09-19T00:00:00+08:00", True),
    ],
)
def test_a_day_is_in_the_future_by_the_offices_own_date(recorded: str, allowed: bool) -> None:
    event = replace(received("2026-09-19"), recorded_at=datetime.fromisoformat(recorded))
    if allowed:
        assert read(policy(), china(), [event], at("2026-09-20 09:00")).received is event
    else:
        with pytest.raises(HistoryError, match=r"occurred_at: .*lies in the future"):
            read(policy(), china(), [event], at("2026-09-20 09:00"))


# --- every kind has its place ----------------------------------------------------------------------------------------
def test_a_void_never_moves_what_stands() -> None:
    extension = Extended(
        **when(MOMENT), seq=10, clock="statutory", amount=1, unit=Unit.WORKING_DAYS, reason="storm", approver="head"
    )
    assert standing([*one_of_each(MOMENT), extension])[-1] is extension
    assert list(KINDS)[-1] == "voided"
