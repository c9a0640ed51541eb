"""Pauses as instants: united, clipped to the clock, ended by a decision, open (R10)."""

import pytest

from sla.clock import State, run
from sla.events import CaseEvent, ordered
from sla.history import HistoryError, open_pauses
from sla.milestones import of
from tests.core.cast import SHANGHAI, accepted, at, case, china, day, decided, paused, promise, received, resumed, rule


def test_an_open_pause_shows_what_is_left_and_the_date_it_would_have() -> None:
    clock = promise(paused("2026-09-22 10:00"), now="2026-09-24 10:00")
    # 20, 21, 22 used; resumed on Thu 24, the next working day is Mon 28 (hand count)
    assert (clock.state, clock.used, clock.left) == (State.PAUSED, 3, 1)
    assert (clock.due_on, clock.due_at, clock.if_resumed) == (None, None, day("2026-09-28"))
    assert clock.late_by is None


def test_an_open_pause_with_nothing_left_would_be_due_on_resuming() -> None:
    clock = promise(paused("2026-09-23 10:00"), now="2026-09-26 10:00")
    assert (clock.used, clock.left, clock.nothing_left, clock.if_resumed) == (4, 0, True, day("2026-09-28"))


def test_a_paused_clock_has_no_milestones() -> None:
    assert of(promise(paused("2026-09-22 10:00"), now="2026-09-24 10:00")) == ()


def test_a_decision_ends_an_open_pause_at_that_instant() -> None:
    clock = promise(paused("2026-09-21 10:00"), decided("2026-09-28 10:00"), now="2026-09-28 12:00")
    # 20, 21 used; the pause ends on Mon 28, which is free; two left would end on 30 (hand count)
    assert (clock.state, clock.due_on) == (State.MET, day("2026-09-30"))
    assert clock.pauses[0].end == at("2026-09-28 10:00")


def test_a_pause_before_the_clock_began_is_clipped_to_it() -> None:
    early = paused("2026-09-16 10:00", seq=1)
    events = ordered(
        [early, resumed("2026-09-21 10:00", pause=1, seq=2), accepted("2026-09-18 10:00", seq=3)], SHANGHAI
    )
    clock = run(rule(4, "expert_review"), china(), events, at("2026-09-21 12:00"))
    assert clock.due_on == day("2026-09-28")  # as the worked example of a pause on day 0, 18 to 21
    assert clock.pauses[0].first == day("2026-09-18")


def test_a_pause_that_ended_before_the_clock_began_is_none() -> None:
    events = [paused("2026-09-14", seq=1), resumed("2026-09-16", pause=1, seq=2), accepted("2026-09-18", seq=3)]
    clock = run(rule(4, "expert_review"), china(), ordered(events, SHANGHAI), at("2026-09-18"))
    assert (clock.pauses, clock.due_on) == ((), day("2026-09-23"))


@pytest.mark.parametrize(
    ("second", "pauses"),
    [("2026-09-21 15:00", 1), ("2026-09-21 15:01", 2)],
    ids=["touching at an instant", "a minute apart"],
)
def test_pauses_are_united_as_instants_and_then_dated(second: str, pauses: int) -> None:
    events = (
        paused("2026-09-18 10:00", "hearing", seq=3),
        resumed("2026-09-21 15:00", pause=3, seq=4),
        paused(second, "expert_review", seq=5),
        resumed("2026-09-23 09:00", pause=5, seq=6),
    )
    clock = promise(*events, now="2026-09-23 10:00")
    assert len(clock.pauses) == pauses
    assert clock.due_on == day("2026-09-30")  # nothing used by 18; 24, 28, 29, 30 either way (hand count)


def test_nightly_pauses_stop_the_clock_for_ever_which_is_why_they_are_reported() -> None:
    events: list[CaseEvent] = []
    for number, (off, on) in enumerate([("18 17:00", "20 09:00"), ("20 17:00", "21 09:00"), ("21 17:00", "22 09:00")]):
        events += [
            paused(f"2026-09-{off}", seq=3 + 2 * number),
            resumed(f"2026-09-{on}", pause=3 + 2 * number, seq=4 + 2 * number),
        ]
    clock = promise(*events, now="2026-09-22 10:00")
    assert (clock.used, clock.due_on) == (0, day("2026-09-29"))  # 23, 24, 28, 29: each day of resumption is free


def test_a_pause_within_the_hours_of_one_day_excludes_nothing() -> None:
    clock = promise(paused("2026-09-22 08:00"), resumed("2026-09-22 16:00"), now="2026-09-22 17:00")
    assert clock.due_on == day("2026-09-23")


def test_an_immediate_item_received_after_closing_is_not_made_due_earlier_by_a_pause_that_evening() -> None:
    events = [
        accepted("2026-09-18 17:30", seq=1),
        paused("2026-09-18 18:00", seq=2),
        resumed("2026-09-18 19:00", pause=2),
    ]
    clock = run(rule(0, "expert_review"), china(), ordered(events, SHANGHAI), at("2026-09-18 20:00"))
    assert (clock.due_on, clock.state) == (day("2026-09-20"), State.RUNNING)  # R8: Sun 20 is the next working day


def test_an_immediate_item_is_due_when_its_pause_ends() -> None:
    events = [
        accepted("2026-09-18 10:00", seq=1),
        paused("2026-09-18 11:00", seq=2),
        resumed("2026-09-26 10:00", pause=2),
    ]
    clock = run(rule(0, "expert_review"), china(), ordered(events, SHANGHAI), at("2026-09-26 12:00"))
    assert (clock.due_on, clock.nothing_left) == (day("2026-09-28"), True)  # Sat 26 is off


@pytest.mark.parametrize(
    ("events", "field"),
    [
        ((paused("2026-09-21 10:00"), paused("2026-09-22 10:00", seq=4)), "ground"),  # two open on one ground
        ((paused("2026-09-21 10:00", "weather"),), "ground"),  # no ground of the policy
        ((resumed("2026-09-21 10:00"),), "pause"),  # no such pause
        ((paused("2026-09-21 10:00"), resumed("2026-09-22 10:00", pause=9)), "pause"),  # names another
        (
            (paused("2026-09-21 10:00"), resumed("2026-09-22 10:00"), resumed("2026-09-23 10:00", seq=5)),
            "pause",
        ),  # twice
        ((decided("2026-09-21 10:00"), paused("2026-09-22 10:00", seq=21)), "kind"),  # after the decision
    ],
)
def test_a_pause_that_cannot_be_is_refused_by_field(events: tuple[CaseEvent, ...], field: str) -> None:
    with pytest.raises(HistoryError) as caught:
        promise(*events, now="2026-09-30 10:00")
    assert caught.value.field == field


def test_two_pauses_on_two_grounds_may_be_open_at_once() -> None:
    begun = (received("2026-09-18 09:00"), accepted("2026-09-18 09:30"))
    history = case(
        [*begun, paused("2026-09-21 10:00"), paused("2026-09-22 10:00", "public_notice", seq=4)], "2026-09-23 10:00"
    )
    assert set(open_pauses(history)) == {3, 4}
    assert history.clock("promise").used == 2  # 20, 21
