"""Verdicts: a pause or an extension is judged once, against the deadline as it stood when it was recorded (R21)."""

import pytest

from schedules.limits import Unit
from sla.clock import State
from sla.events import CaseEvent, Extended, Paused, Verdict, Voided
from sla.history import HistoryError, judged
from tests.core.cast import accepted, case, china, day, decided, paused, policy, promise, received, resumed, when

BEGUN = (received("2026-09-18 09:00"), accepted("2026-09-18 09:30"))  # promise due 09-23, statute 11-05


def verdicts(event: CaseEvent, *before: CaseEvent) -> dict[str, Verdict]:
    given = judged(policy(), china(), [*BEGUN, *before], event)
    assert isinstance(given, Paused | Extended)
    return dict(given.verdicts)


def test_a_pause_recorded_before_a_clocks_deadline_counts_on_it() -> None:
    assert verdicts(paused("2026-09-22 10:00")) == {"promise": Verdict.IN_TIME, "statutory": Verdict.IN_TIME}


def test_a_pause_recorded_after_the_promise_counts_on_the_statute_alone() -> None:
    late = paused("2026-09-22 10:00", recorded="2026-09-24 08:00")
    assert verdicts(late) == {"promise": Verdict.TOO_LATE, "statutory": Verdict.IN_TIME}


@pytest.mark.parametrize(
    ("recorded", "verdict"),
    [("2026-09-23 23:59:59", Verdict.IN_TIME), ("2026-09-24 00:00", Verdict.TOO_LATE)],
)
def test_the_due_day_itself_is_in_time_to_its_last_instant(recorded: str, verdict: Verdict) -> None:
    assert verdicts(paused("2026-09-22 10:00", recorded=recorded))["promise"] is verdict


def test_a_manager_may_admit_a_pause_that_began_in_time_with_its_written_notice() -> None:
    late = paused("2026-09-22 10:00", recorded="2026-09-25 08:00", admitted_by="head", notice="ZJ-3")
    assert verdicts(late)["promise"] is Verdict.ADMITTED


@pytest.mark.parametrize(
    "event",
    [
        paused("2026-09-22 10:00", recorded="2026-09-25 08:00", admitted_by="head"),  # no notice
        paused("2026-09-22 10:00", recorded="2026-09-25 08:00", notice="ZJ-3"),  # nobody admits it
        paused("2026-09-24 10:00", recorded="2026-09-25 08:00", admitted_by="head", notice="ZJ-3"),  # began late
    ],
    ids=["no notice", "no manager", "began after the deadline"],
)
def test_no_other_pause_is_admitted(event: Paused) -> None:
    assert verdicts(event)["promise"] is Verdict.TOO_LATE


def test_during_a_pause_there_is_no_deadline_to_miss() -> None:
    second = paused("2026-09-29 10:00", "public_notice", seq=5)
    assert verdicts(second, paused("2026-09-22 10:00"))["promise"] is Verdict.IN_TIME


def test_a_pause_that_came_too_late_moves_nothing_and_is_kept_as_refused() -> None:
    late = paused("2026-09-24 10:00", verdicts={"promise": Verdict.TOO_LATE})
    clock = promise(late, resumed("2026-09-29 10:00"), now="2026-09-29 12:00")
    assert (clock.due_on, clock.state, clock.late_by) == (day("2026-09-23"), State.LATE, 3)  # 24, 28, 29
    assert [pause.ground for pause in clock.refused] == ["expert_review"]
    assert clock.pauses == ()


def test_an_admitted_pause_excludes_its_time_and_rescues_the_case() -> None:
    events = (
        paused("2026-09-22 10:00", verdicts={"promise": Verdict.ADMITTED, "statutory": Verdict.IN_TIME}),
        resumed("2026-09-28 10:00"),
    )
    clock = promise(*events, now="2026-09-28 12:00")
    assert (clock.due_on, clock.state) == (day("2026-09-29"), State.RUNNING)  # worked example of R10
    assert clock.pauses[0].verdict is Verdict.ADMITTED


def test_a_verdict_survives_what_is_voided_later() -> None:
    # The first pause (18 to 21) made the deadline 09-28; the second was recorded on 09-24, in time then. Without the
    # first the deadline would have been 09-23, and still the second counts.
    first = paused("2026-09-18 10:00", seq=3)
    second = paused("2026-09-24 10:00", "public_notice", seq=5, verdicts={"promise": Verdict.IN_TIME})
    void = Voided(**when("2026-09-29 09:00"), seq=7, event=3, reason="keyed twice")
    void_resumed = Voided(**when("2026-09-29 09:00"), seq=8, event=4, reason="keyed twice")
    events = (
        first,
        resumed("2026-09-21 10:00"),
        second,
        resumed("2026-09-28 10:00", pause=5, seq=6),
        void,
        void_resumed,
    )
    clock = promise(*events, now="2026-09-29 12:00")
    assert [pause.ground for pause in clock.pauses] == ["public_notice"]
    assert clock.refused == ()


@pytest.mark.parametrize(
    ("recorded", "verdict"), [("2026-11-05 09:00", Verdict.IN_TIME), ("2026-11-06 09:00", Verdict.TOO_LATE)]
)
def test_an_extension_is_judged_like_a_pause(recorded: str, verdict: Verdict) -> None:
    # 20-24 (5), 28-30 (8), October 8-10 (11), 12-16 (16), 19-23 (21), 26-30 (26), November 2, 3, 4, 5 (hand count)
    assert case(BEGUN, "2026-09-18 12:00").clock("statutory").due_on == day("2026-11-05")
    extension = Extended(
        **when(recorded), seq=3, clock="statutory", amount=1, unit=Unit.WORKING_DAYS, reason="storm", approver="head"
    )
    assert verdicts(extension) == {"statutory": verdict}


def test_what_lies_before_the_case_began_is_an_error() -> None:
    with pytest.raises(HistoryError, match="before the case began") as caught:
        case([*BEGUN, decided("2026-09-17 10:00", recorded="2026-09-18 10:00")], "2026-09-18 12:00")
    assert caught.value.field == "occurred_at"
