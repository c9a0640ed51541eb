"""What a review disputed, on the pure core: late verdicts, late answers, untimed events, a calendar changed afterwards.

Counts are by hand on 2026: 09-18 Fri, 09-19 off, Sun 09-20 to 09-24 worked, 09-25 to 09-27 off, 09-28 to 09-30 worked.
"""

from dataclasses import replace

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import Level, Overlay, Scope, WorkingCalendar
from schedules.limits import Unit
from sla.clock import State, capped_by
from sla.events import (
    Acknowledged,
    CaseEvent,
    CorrectionReceived,
    CorrectionRequested,
    Extended,
    NotRequired,
    Paused,
    Reassigned,
    Refused,
    Verdict,
    Withdrawn,
)
from sla.history import History, Phase, judged, read
from sla.policies import Extensions
from tests.core.cast import (
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
    when,
)  # fmt: skip

BEGUN = (received("2026-09-18 09:00"), accepted("2026-09-18 09:30"))  # promise of 4: 20, 21, 22, 23
UNANSWERED = received("2026-09-14 10:00", "construction_works")  # intake of 5: 15, 16, 17, 18, 20; promise of 6: 09-21


def read_under(calendar: WorkingCalendar, *events: CaseEvent, now: str = "2026-09-29 10:00") -> History:
    """The case under a calendar that was put in force after China's own."""
    versions = {one.version: one for one in (china(), calendar)}
    return read(policy(), calendar, list(events), at(now), versions.__getitem__)


# --- verdicts after a late decision (R21) ----------------------------------------------------------------------------
def test_a_pause_recorded_after_a_late_decision_is_too_late_for_the_promise() -> None:
    late = paused("2026-09-22 10:00", recorded="2026-09-29 11:00", seq=4)
    given = judged(policy(), china(), [*BEGUN, decided("2026-09-29 10:00", seq=3)], late)
    assert isinstance(given, Paused)
    assert given.verdicts == {"promise": Verdict.TOO_LATE, "statutory": Verdict.IN_TIME}  # statute due 11-05


def test_a_pause_recorded_after_a_late_decision_leaves_the_case_as_late_as_it_was() -> None:
    events = [*BEGUN, decided("2026-09-29 10:00", seq=3)]
    events.append(judged(policy(), china(), events, paused("2026-09-22 10:00", recorded="2026-09-29 11:00", seq=4)))
    events.append(resumed("2026-09-28 10:00", pause=4, recorded="2026-09-29 11:00", seq=5))
    clock = case(events, "2026-09-29 12:00").clock("promise")
    assert (clock.state, clock.due_on, clock.late_by) == (State.LATE, day("2026-09-23"), 3)  # 24, 28, 29


def test_an_extension_recorded_after_a_late_decision_is_too_late() -> None:
    rules = policy().rules("site_selection")
    loose = tuple(replace(rule, extensions=Extensions(1, 2)) if rule.id == "promise" else rule for rule in rules)
    generous = replace(policy(), clocks={**policy().clocks, "site_selection": loose})
    events: list[CaseEvent] = [*BEGUN, decided("2026-09-29 10:00", seq=3)]
    late = Extended(
        **when("2026-09-22 10:00", "2026-09-29 11:00"), seq=4,
        clock="promise", amount=2, unit=Unit.WORKING_DAYS, reason="r", approver="a",
    )  # fmt: skip
    given = judged(generous, china(), events, late)
    assert isinstance(given, Extended)
    assert given.verdicts == {"promise": Verdict.TOO_LATE}
    clock = read(generous, china(), [*events, given], at("2026-09-29 12:00")).clock("promise")
    assert (clock.due_on, clock.late_by) == (day("2026-09-23"), 3)


def test_a_pause_recorded_after_a_timely_decision_but_before_the_deadline_is_in_time() -> None:
    late = paused("2026-09-21 10:00", recorded="2026-09-23 11:00", seq=4)
    given = judged(policy(), china(), [*BEGUN, decided("2026-09-22 10:00", seq=3)], late)
    assert isinstance(given, Paused)
    assert given.verdicts["promise"] is Verdict.IN_TIME  # on 09-23, the due day, the deadline had not passed


# --- answers after deemed acceptance (R18) ---------------------------------------------------------------------------
@pytest.mark.parametrize("pauses", [(), (paused("2026-09-21 09:00", seq=2),)], ids=["no pause", "a pause"])
def test_a_withdrawal_after_deemed_acceptance_keeps_the_breach_and_cancels_both_limits(
    pauses: tuple[CaseEvent, ...],
) -> None:
    history = case([UNANSWERED, *pauses, Withdrawn(**when("2026-09-22 09:00"), seq=9)], "2026-09-22 10:00")
    intake = history.clock("intake")
    assert (intake.state, intake.deemed, intake.stopped_on) == (State.LATE, True, day("2026-09-20"))
    assert history.deemed_on == day("2026-09-14")
    assert history.phase is Phase.CLOSED
    assert {history.clock(name).state for name in ("promise", "statutory")} == {State.CANCELLED}


def test_a_withdrawal_within_intake_is_no_deemed_acceptance() -> None:
    history = case([UNANSWERED, Withdrawn(**when("2026-09-18 09:00"), seq=2)], "2026-10-30 10:00")
    assert (history.deemed_on, history.clock("intake").state) == (None, State.CANCELLED)


@pytest.mark.parametrize("answer", [Refused, NotRequired])
def test_a_refusal_after_deemed_acceptance_moves_nothing_and_the_case_can_be_decided(
    answer: type[Refused | NotRequired],
) -> None:
    late = answer(**when("2026-09-21 09:00"), seq=2, reason="too late")
    refused = case([UNANSWERED, late], "2026-09-21 10:00")
    assert late in refused.events
    assert [(c.id, c.state, c.due_on) for c in refused.clocks] == [
        ("intake", State.LATE, day("2026-09-20")),
        ("promise", State.RUNNING, day("2026-09-21")),
        ("statutory", State.RUNNING, day("2026-10-30")),  # the worked example of R18
        ("delivery", State.PENDING, None),
    ]
    settled = case([UNANSWERED, late, decided("2026-09-22 09:00")], "2026-09-22 10:00")
    assert settled.phase is Phase.DECIDED
    assert (settled.clock("promise").state, settled.clock("promise").late_by) == (State.LATE, 1)  # due 21, decided 22
    assert (settled.clock("intake").state, settled.deemed_on) == (State.LATE, day("2026-09-14"))


def test_what_is_asked_for_twice_for_the_first_time_too_late_does_not_stop_the_intake() -> None:
    # A new run from Wed 16: 17, 18, 20, 21, 22. The map of the site should have been named with the first request.
    events = [
        received("2026-09-14 09:30"),
        CorrectionRequested(**when("2026-09-15 10:00"), seq=2, papers=("approval",)),
        CorrectionReceived(**when("2026-09-16 10:00"), seq=3, papers=("approval",)),
        CorrectionRequested(**when("2026-09-17 10:00"), seq=4, papers=("site_plan",)),
        CorrectionRequested(**when("2026-09-17 10:05"), seq=5, papers=("site_plan",)),
    ]
    running = case(events, "2026-09-22 23:59").clock("intake")
    assert (running.state, running.due_on) == (State.RUNNING, day("2026-09-22"))
    after = case(events, "2026-09-23 00:00")
    assert (after.clock("intake").state, after.deemed_on) == (State.LATE, day("2026-09-16"))


def test_what_the_first_request_named_may_be_asked_for_again() -> None:
    events = [
        received("2026-09-14 09:30"),
        CorrectionRequested(**when("2026-09-15 10:00"), seq=2, papers=("approval", "site_plan")),
        CorrectionReceived(**when("2026-09-16 10:00"), seq=3, papers=("approval",)),
        CorrectionRequested(**when("2026-09-17 10:00"), seq=4, papers=("site_plan",)),
    ]
    history = case(events, "2026-10-30 10:00")
    assert (history.clock("intake").state, history.deemed_on) == (State.MET, None)


# --- events without a time (R13) -------------------------------------------------------------------------------------
MORNING = [
    (),
    (Reassigned(**when("2026-09-18 09:10"), seq=8, handler="chen"),),
    (Acknowledged(**when("2026-09-18 09:10"), seq=8, clock="intake"),),
]
IDS = ["nothing", "reassigned", "acknowledged"]


@pytest.mark.parametrize("before", MORNING, ids=IDS)
def test_an_untimed_decision_stands_behind_the_timed_acceptance_of_its_day(before: tuple[CaseEvent, ...]) -> None:
    history = case([*BEGUN, *before, decided("2026-09-18")], "2026-09-18 17:00")
    assert (history.phase, history.clock("promise").state) == (Phase.DECIDED, State.MET)


@pytest.mark.parametrize("before", MORNING, ids=IDS)
def test_an_untimed_pause_stands_behind_the_timed_acceptance_of_its_day(before: tuple[CaseEvent, ...]) -> None:
    clock = case([*BEGUN, *before, paused("2026-09-18")], "2026-09-18 17:00").clock("promise")
    assert (clock.state, clock.used, clock.left) == (State.PAUSED, 0, 4)  # day 0 is not counted (R2)


def test_an_untimed_pause_stands_ahead_of_its_own_timed_resumption() -> None:
    clock = promise(paused("2026-09-22"), resumed("2026-09-22 15:00"), now="2026-09-22 16:00")
    assert (clock.state, clock.due_on) == (State.RUNNING, day("2026-09-23"))  # R10: on one day, excludes nothing


def test_an_untimed_pause_may_be_resumed_and_followed_by_another_on_its_ground_that_day() -> None:
    events = (
        paused("2026-09-22", seq=3),
        resumed("2026-09-22 10:00", pause=3, seq=4),
        paused("2026-09-22 15:00", seq=5),
        resumed("2026-09-24 10:00", pause=5, seq=6),
    )
    clock = promise(*events, now="2026-09-24 12:00")
    assert clock.due_on == day("2026-09-28")  # 20, 21, 22 used; 24 is free; 25 to 27 are off (R10)


# --- the calendar changes afterwards (R16) ---------------------------------------------------------------------------
def with_saturweekdayworked() -> WorkingCalendar:
    """A later notice makes Saturday 09-19 a working day: an intake from 09-18 would have ended on 09-23, not 09-24."""
    notice = Overlay("notice", Level.REGION, Scope.LEGAL, {}, {day("2026-09-19"): "work"}, "notice 7")
    return working_calendar(
        "CN", overlays=(notice,), hours={weekday: list(spans) for weekday, spans in policy().hours.items()}
    )


def test_an_acceptance_in_time_stays_in_time_under_a_calendar_of_later() -> None:
    was = china().version
    timely = accepted("2026-09-24 10:00", calendar_version=was)  # the last day: 20, 21, 22, 23, 24
    decision = replace(decided("2026-09-28 10:00"), calendar_version=was)
    history = read_under(with_saturweekdayworked(), received("2026-09-18 09:30"), timely, decision)
    intake = history.clock("intake")
    assert (history.deemed_on, intake.state, intake.due_on) == (None, State.MET, day("2026-09-24"))
    assert history.clock("promise").day0 == day("2026-09-24")


def test_an_intake_that_is_still_open_follows_the_calendar_of_later() -> None:
    history = read_under(with_saturweekdayworked(), received("2026-09-18 09:30"), now="2026-09-24 00:00")
    assert history.clock("intake").due_on == day("2026-09-23")  # 19, 20, 21, 22, 23
    assert history.deemed_on == day("2026-09-18")


# --- a promise that would outlast its statute (R12) ------------------------------------------------------------------
def test_a_cancelled_promise_stays_cancelled_whatever_its_statute() -> None:
    gone = promise(Withdrawn(**when("2026-09-21 10:00"), seq=3), now="2026-09-22 10:00")
    earlier = replace(gone, due_on=day("2026-09-22"))
    assert capped_by(gone, earlier, at("2026-09-22 10:00")) == gone
