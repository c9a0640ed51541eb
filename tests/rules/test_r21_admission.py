"""R21. A pause or an extension is judged on each clock, once, against the deadline as it stood when it was recorded;
the verdict is stored and survives every void and every amendment.

A site selection accepted on Fri 18 September 2026: promise due Wed 23 (20, 21, 22, 23), statute due Thu 5 November
(thirty, see tests/service/test_alarms_that_arrive.py). Counted on a printed calendar.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from schedules.calendars import Level, Overlay, Scope
from schedules.limits import Counting, Cutoff, Limit, Unit
from sla.clock import State
from sla.events import CaseEvent, Extended, Paused, Verdict, Voided
from sla.history import HistoryError, judged, read
from sla.ledger import Remark, notes
from sla.policies import Extensions, Policy
from sla.service.errors import ServiceError
from tests.core.cast import accepted, at, case, china, day, decided, paused, policy, received, resumed, when
from tests.service.cast import Window

IN_TIME, TOO_LATE, ADMITTED = Verdict.IN_TIME, Verdict.TOO_LATE, Verdict.ADMITTED
BEGUN = (received("2026-09-18 09:00"), accepted("2026-09-18 09:30"))


def verdicts(event: CaseEvent, *before: CaseEvent, rules: Policy | None = None) -> Mapping[str, Verdict]:
    found = judged(rules or policy(), china(), [*BEGUN, *before], event)
    assert isinstance(found, Paused | Extended)
    return found.verdicts


def changed(clock: str, **changes: object) -> Policy:
    rules = policy().clocks["site_selection"]
    new = tuple(replace(rule, **changes) if rule.id == clock else rule for rule in rules)  # type: ignore[arg-type]
    return replace(policy(), clocks={**policy().clocks, "site_selection": new})


# --- when it was recorded --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("recorded", "promise", "statutory"),
    [
        ("2026-09-23 23:59:59", IN_TIME, IN_TIME),
        ("2026-09-24 00:00", TOO_LATE, IN_TIME),
        ("2026-11-05 23:59:59", TOO_LATE, IN_TIME),
        ("2026-11-06 00:00", TOO_LATE, TOO_LATE),
    ],
)
@pytest.mark.parametrize("occurred", ["2026-09-22 10:00", "2026-09-22"], ids=["timed", "dated"])
def test_each_clock_judges_by_its_own_deadline(
    occurred: str, recorded: str, promise: Verdict, statutory: Verdict
) -> None:
    assert verdicts(paused(occurred, recorded=recorded)) == {"promise": promise, "statutory": statutory}


def test_only_clocks_that_listen_to_the_ground_give_a_verdict() -> None:
    deaf = changed("promise", grounds=frozenset({"hearing"}))
    assert verdicts(paused("2026-09-22 10:00"), rules=deaf) == {"statutory": IN_TIME}
    assert verdicts(paused("2026-09-22 10:00", "hearing"), rules=deaf) == {"promise": IN_TIME, "statutory": IN_TIME}


@pytest.mark.parametrize(
    ("recorded", "verdict"), [("2026-09-23 17:00", IN_TIME), ("2026-09-23 17:00:00.000001", TOO_LATE)]
)
def test_where_a_deadline_ends_at_closing_that_moment_decides(recorded: str, verdict: Verdict) -> None:
    rules = changed("promise", counting=Counting(cutoff=Cutoff.CLOSING))
    assert verdicts(paused("2026-09-22 10:00", recorded=recorded), rules=rules)["promise"] is verdict


@pytest.mark.parametrize(
    ("recorded", "verdict"), [("2026-09-18 15:30", IN_TIME), ("2026-09-18 15:30:00.000001", TOO_LATE)]
)
def test_a_limit_in_hours_judges_by_its_moment(recorded: str, verdict: Verdict) -> None:
    hours = {"promise": Limit(5, Unit.WORKING_HOURS), "statutory": Limit(8, Unit.WORKING_HOURS)}
    site = tuple(replace(r, limit=hours.get(r.id, r.limit)) for r in policy().clocks["site_selection"])
    rules = replace(policy(), clocks={**policy().clocks, "site_selection": site})
    # 5 hours from 9:30: until 12, 2.5, and 13:00 to 15:30
    assert verdicts(paused("2026-09-18 11:00", recorded=recorded), rules=rules)["promise"] is verdict


def test_during_a_pause_there_is_no_deadline_to_miss() -> None:
    first = paused("2026-09-22 10:00", verdicts={"promise": IN_TIME, "statutory": IN_TIME})
    second = paused("2026-09-23 10:00", "public_notice", recorded="2026-12-01 10:00", seq=4)
    assert verdicts(second, first) == {"promise": IN_TIME, "statutory": IN_TIME}


def test_the_deadline_is_the_one_that_stood_then_with_what_had_been_recorded_by_then() -> None:
    pause = paused("2026-09-21 10:00", verdicts={"promise": IN_TIME, "statutory": IN_TIME})
    end = resumed("2026-09-24 10:00")  # 20, 21 used, the 24th is free: due Tue 29
    for recorded, verdict in (("2026-09-29 23:59", IN_TIME), ("2026-09-30 00:00", TOO_LATE)):
        second = paused("2026-09-28 10:00", "public_notice", recorded=recorded, seq=5)
        assert verdicts(second, pause, end)["promise"] is verdict


# --- admission -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("occurred", "details", "verdict"),
    [
        ("2026-09-22 10:00", {"admitted_by": "zhao", "notice": "评审7"}, ADMITTED),
        ("2026-09-23 23:59", {"admitted_by": "zhao", "notice": "评审7"}, ADMITTED),
        ("2026-09-23", {"admitted_by": "zhao", "notice": "评审7"}, ADMITTED),
        ("2026-09-24 00:00", {"admitted_by": "zhao", "notice": "评审7"}, TOO_LATE),  # there was nothing left to stop
        ("2026-09-24", {"admitted_by": "zhao", "notice": "评审7"}, TOO_LATE),
        ("2026-09-22 10:00", {"admitted_by": "zhao"}, TOO_LATE),
        ("2026-09-22 10:00", {"notice": "评审7"}, TOO_LATE),
        ("2026-09-22 10:00", {}, TOO_LATE),
    ],
)
def test_a_manager_admits_what_began_in_time_with_its_notice(
    occurred: str, details: dict[str, Any], verdict: Verdict
) -> None:
    event = paused(occurred, recorded="2026-09-28 10:00", **details)
    assert verdicts(event) == {"promise": verdict, "statutory": IN_TIME}


def test_a_pause_recorded_in_time_needs_no_admission_and_has_none() -> None:
    event = paused("2026-09-22 10:00", recorded="2026-09-22 11:00", admitted_by="zhao", notice="评审7")
    assert verdicts(event) == {"promise": IN_TIME, "statutory": IN_TIME}


def test_no_extension_is_admitted() -> None:
    rules = changed("promise", extensions=Extensions(1, 5))
    late = Extended(
        **when("2026-09-22 10:00", "2026-09-24 09:00"), seq=3, clock="promise", amount=2, unit=Unit.WORKING_DAYS,
        reason="survey", approver="zhao",
    )  # fmt: skip
    assert verdicts(late, rules=rules) == {"promise": TOO_LATE}
    found = read(rules, china(), [*BEGUN, replace(late, verdicts={"promise": TOO_LATE})], at("2026-09-24 10:00"))
    clock = found.clock("promise")
    assert (clock.due_on, clock.limit.amount, clock.state) == (day("2026-09-23"), 4, State.LATE)
    assert [event.seq for event in clock.refused_extensions] == [3]


# --- what a verdict does ---------------------------------------------------------------------------------------------
def test_what_came_too_late_stops_one_clock_and_not_the_other() -> None:
    pause = paused("2026-09-22 10:00", verdicts={"promise": TOO_LATE, "statutory": IN_TIME})
    found = case([*BEGUN, pause], "2026-09-24 10:00")
    assert (found.clock("promise").state, found.clock("statutory").state) == (State.LATE, State.PAUSED)


def test_an_admitted_pause_counts_and_is_marked() -> None:
    pause = paused("2026-09-22 10:00", notice="评审7", verdicts={"promise": ADMITTED, "statutory": IN_TIME})
    found = case([*BEGUN, pause, resumed("2026-09-28 10:00")], "2026-09-28 12:00")
    promise = found.clock("promise")
    assert (promise.due_on, promise.state) == (day("2026-09-29"), State.RUNNING)  # the worked example of R10
    assert [note.remark for note in notes(promise)] == [Remark.ADMITTED, Remark.RESUMED]
    assert [note.remark for note in notes(found.clock("statutory"))] == [Remark.PAUSED, Remark.RESUMED]


@pytest.mark.parametrize("verdict", [IN_TIME, TOO_LATE])
def test_a_verdict_stands_although_the_deadline_it_was_given_against_is_gone(verdict: Verdict) -> None:
    # The acceptance is voided and replaced by a later one, 22 September: due Tue 29 (23, 24, 28, 29). The pause of the
    # 24th, recorded then, keeps what it was given.
    pause = paused("2026-09-24 10:00", seq=3, verdicts={"promise": verdict, "statutory": IN_TIME})
    anew = (Voided(**when("2026-09-24 12:00"), seq=4, event=2, reason="wrong day"), accepted("2026-09-22 09:00", seq=5))
    clock = case([*BEGUN, pause, *anew], "2026-09-24 13:00").clock("promise")
    assert clock.state is (State.PAUSED if verdict is IN_TIME else State.RUNNING)
    assert clock.due_on == (None if verdict is IN_TIME else day("2026-09-29"))


def test_an_amended_calendar_judges_nothing_anew() -> None:
    shut = Overlay("notice", Level.REGION, Scope.LEGAL, {day("2026-09-22"): "", day("2026-09-23"): ""}, {}, "7")
    later = replace(china(), overlays=(*china().overlays, shut))  # the promise would have been due on the 28th
    pause = judged(policy(), china(), BEGUN, paused("2026-09-24 09:00"))
    clock = read(policy(), later, [*BEGUN, pause], at("2026-09-24 10:00")).clock("promise")
    assert (clock.due_on, clock.pauses) == (day("2026-09-28"), ())
    assert [pause.verdict for pause in clock.refused] == [TOO_LATE]


def test_a_pause_recorded_after_a_decision_in_time_is_judged_by_the_deadline_all_the_same() -> None:
    done = decided("2026-09-22 16:00")
    for recorded, verdict in (("2026-09-23 09:00", IN_TIME), ("2026-09-24 09:00", TOO_LATE)):
        assert verdicts(paused("2026-09-21 10:00", recorded=recorded), done)["promise"] is verdict


@pytest.mark.parametrize("text", ["2026-09-18 09:29", "2026-09-17"])
def test_before_the_case_was_accepted_there_is_nothing_to_pause(text: str) -> None:
    with pytest.raises(HistoryError, match=r"paused cannot follow here|lies before the case began"):
        case([*BEGUN, paused(text)], "2026-09-20 09:00")


# --- on record -------------------------------------------------------------------------------------------------------
def stored(window: Window) -> dict[int, dict[str, str]]:
    import json

    return {
        row.seq: verdicts
        for row in window.rows("case_event")
        if (verdicts := json.loads(row.details).get("verdicts")) is not None
    }


def test_a_verdict_is_stored_once_and_nothing_that_follows_changes_it(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-24 09:00").record(number, "paused", "2026-09-22 10:00", ground="expert_review")
    given = {3: {"promise": "too_late", "statutory": "in_time"}}
    assert stored(window) == given
    window.at("2026-09-24 10:00").void(number, 2, "2026-09-22 08:40")  # accepted later: it would now be in time
    window.at("2026-09-28 10:00").record(number, "resumed", pause=3)
    window.at("2026-09-28 11:00").decide(number)
    assert stored(window) == given
    promise = window.history(number).clock("promise")
    assert (promise.due_on, promise.state) == (day("2026-09-29"), State.MET)  # from the 22nd: 23, 24, 28, 29


def test_a_replaced_pause_is_judged_anew_as_of_its_own_recording(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 11:00").record(number, "paused", "2026-09-22 10:00", ground="expert_review")
    window.at("2026-09-28 09:00").void(number, 3, "2026-09-22 15:00")  # recorded after the 23rd, under no open pause
    assert stored(window)[5] == {"promise": "too_late", "statutory": "in_time"}


def test_only_a_manager_admits_and_only_with_the_notice(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-28 09:00")
    for details, field in (({"admitted_by": "li", "notice": "7"}, "admitted_by"), ({"admitted_by": "zhao"}, "notice")):
        with pytest.raises(ServiceError) as refused:
            window.record(number, "paused", "2026-09-22 10:00", ground="expert_review", **details)
        assert refused.value.field == field
    window.record(number, "paused", "2026-09-22 10:00", ground="expert_review", notice="7", admitted_by="zhao")
    assert stored(window)[3] == {"promise": "admitted", "statutory": "in_time"}
