"""R18. What nobody answers within the intake limit is deemed accepted as of the day it counts as received; only an
answer in time, or one that a manager admits, prevents it.

Days are those of the Chinese calendar of 2026 beside tests/service/cast.py, counted on a printed one: from Mon 14
September 15, 16, 17, 18 and Sunday 20 are five.
"""

from dataclasses import replace
from typing import Any

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import Level, Overlay, Scope, WorkingCalendar
from schedules.limits import Counting, Cutoff, Intake, Limit, Unit
from sla.clock import State
from sla.events import (
    Accepted,
    CaseEvent,
    CorrectionReceived,
    CorrectionRequested,
    NotRequired,
    Refused,
    Withdrawn,
)
from sla.history import History, Phase, read
from sla.policies import ClockRule, Policy
from tests.core.cast import accepted, at, case, china, day, decided, paused, policy, received, resumed, when

BEGUN = received("2026-09-14 09:30")
AFTER = "2026-09-21 00:00"  # the first moment at which the intake of the 14th has run out


def asked(text: str, *papers: str, seq: int = 2, recorded: str = "") -> CorrectionRequested:
    return CorrectionRequested(**when(text, recorded), seq=seq, papers=papers or ("approval",))


def came(text: str, *papers: str, seq: int = 3) -> CorrectionReceived:
    return CorrectionReceived(**when(text), seq=seq, papers=papers or ("approval",))


def intake_with(**changes: object) -> Policy:
    """The window's policy with another intake clock for site selections."""
    rules = policy().clocks["site_selection"]
    changed = tuple(replace(rule, **changes) if rule.id == "intake" else rule for rule in rules)  # type: ignore[arg-type]
    return replace(policy(), clocks={**policy().clocks, "site_selection": changed})


def under(rules: Policy, now: str, *events: CaseEvent, calendar: WorkingCalendar | None = None) -> History:
    return read(rules, calendar or china(), events, at(now))


def told(history: History) -> tuple[str, ...]:
    """Deemed as of, then where promise and statute end; "-" for none."""
    due = (history.clock(name).due_on for name in ("promise", "statutory"))
    return tuple(str(on) if on else "-" for on in (history.deemed_on, *due))


# --- when ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-09-20 23:59", ("-", "-", "-")),
        (AFTER, ("2026-09-14", "2026-09-18", "2026-10-30")),  # 15, 16, 17, 18; thirty: the worked example
        ("2027-03-01 09:00", ("2026-09-14", "2026-09-18", "2026-10-30")),  # and for ever
    ],
)
def test_at_the_end_of_intake_both_limits_start_on_the_day_of_receipt(now: str, expected: tuple[str, ...]) -> None:
    assert told(case([BEGUN], now)) == expected


def test_the_intake_ends_breached_and_is_never_later_by_waiting() -> None:
    intake = case([BEGUN], "2026-11-02 09:00").clock("intake")
    assert (intake.state, intake.deemed, intake.stopped_on, intake.late_by) == (State.LATE, True, day("2026-09-20"), 0)
    assert (intake.used, intake.left, intake.is_open) == (5, 0, False)


@pytest.mark.parametrize(
    ("text", "as_of", "promise"),
    [
        ("2026-09-12", "2026-09-14", "2026-09-18"),  # a Saturday off: filed on Mon 14
        ("2026-09-14 16:59", "2026-09-14", "2026-09-18"),
        ("2026-09-14 17:00", "2026-09-15", "2026-09-20"),  # at closing: on the 15th; 16, 17, 18, Sun 20
        ("2026-09-18 17:00", "2026-09-20", "2026-09-24"),  # Friday evening: on Sunday, which works; 21, 22, 23, 24
    ],
)
def test_it_is_dated_from_the_day_the_case_counts_as_received(text: str, as_of: str, promise: str) -> None:
    rules = intake_with(counting=Counting(intake=Intake.NEXT_WORKING_DAY))
    assert told(under(rules, "2026-10-20 09:00", received(text)))[:2] == (as_of, promise)


# --- intakes of other kinds ------------------------------------------------------------------------------------------
def hourly(amount: int = 4) -> Policy:
    return intake_with(limit=Limit(amount, Unit.WORKING_HOURS))


def test_an_intake_in_hours_runs_out_just_after_its_moment() -> None:
    begun = received("2026-09-14 15:00")  # 15-17 and, on Tuesday, 9-11
    assert told(under(hourly(), "2026-09-15 11:00", begun))[0] == "-"
    assert told(under(hourly(), "2026-09-15 11:01", begun))[0] == "2026-09-14"


@pytest.mark.parametrize(
    ("rules", "last"),
    [
        (hourly(), "2026-09-15 11:00"),
        (intake_with(counting=Counting(cutoff=Cutoff.CLOSING)), "2026-09-20 17:00"),
    ],
    ids=["hours", "closing"],
)
def test_an_answer_at_the_very_last_moment_is_in_time(rules: Policy, last: str) -> None:
    begun, now = received("2026-09-14 15:00"), "2026-10-20 09:00"
    for answer in (accepted(last), asked(last), Refused(**when(last), seq=2, reason="no site")):
        assert under(rules, now, begun, answer).deemed_on is None
    minute_later = last[:-2] + "01"
    assert under(rules, now, begun, accepted(minute_later)).deemed_on == day("2026-09-14")


def test_an_acceptance_at_the_last_moment_stays_in_time_under_a_calendar_of_later() -> None:
    # Recorded under the calendar it was made by; the office has another since.
    begun, last = received("2026-09-14 15:00"), replace(accepted("2026-09-15 11:00"), calendar_version="before")
    for entry, as_of in ((last, None), (replace(last, recorded_at=at("2026-09-15 11:01")), day("2026-09-14"))):
        found = read(hourly(), china(), [begun, entry], at("2026-10-20 09:00"), lambda _: replace(china()))
        assert found.deemed_on == as_of


def test_an_intake_in_calendar_days_rolls_before_it_runs_out() -> None:
    rules = intake_with(limit=Limit(12, Unit.CALENDAR_DAYS))
    begun = received("2026-09-14")  # + 12 = Sat 26, off; 25 to 27 are: Mon 28
    assert told(under(rules, "2026-09-28 23:59", begun))[0] == "-"
    assert told(under(rules, "2026-09-29 00:00", begun))[0] == "2026-09-14"


def test_in_japan_golden_week_is_no_time_to_answer_in() -> None:
    # From Thu 30 April 2026: 1 May, then 3 to 6 May off, 7, 8, 11, 12: five. The promise of four: 11 May.
    japan = working_calendar("JP", zone="Asia/Tokyo")
    begun = replace(received("2026-04-30 12:00"), occurred_at=at("2026-04-30 12:00"))  # 13:00 in Tokyo
    assert told(under(policy(), "2026-05-12 22:59", begun, calendar=japan))[0] == "-"
    assert told(under(policy(), "2026-05-12 23:00", begun, calendar=japan))[:2] == ("2026-04-30", "2026-05-11")


# --- what prevents it ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "answer",
    [
        accepted("2026-09-20 23:59"),
        accepted("2026-09-20"),
        asked("2026-09-20 18:00"),
        Refused(**when("2026-09-20 18:00"), seq=2, reason="no site"),
        NotRequired(**when("2026-09-20"), seq=2, reason="below the threshold"),
        Withdrawn(**when("2026-09-20 18:00"), seq=2),
    ],
    ids=lambda event: f"{event.kind}{' that day' if event.dated else ''}",
)
def test_an_answer_on_the_last_day_prevents_it(answer: CaseEvent) -> None:
    found = case([BEGUN, answer], "2026-10-20 09:00")
    assert found.deemed_on is None
    assert found.clock("intake").state is (State.CANCELLED if answer.kind == "withdrawn" else State.MET)


def test_a_withdrawal_after_expiry_undoes_nothing() -> None:
    found = case([BEGUN, Withdrawn(**when("2026-09-21 09:00"), seq=2)], "2026-10-20 09:00")
    assert (found.deemed_on, found.phase) == (day("2026-09-14"), Phase.CLOSED)
    assert {c.id: c.state for c in found.clocks} == {
        "intake": State.LATE, "promise": State.CANCELLED, "statutory": State.CANCELLED, "delivery": State.PENDING,
    }  # fmt: skip


# --- papers ----------------------------------------------------------------------------------------------------------
def test_papers_that_came_in_begin_a_new_run_and_deemed_acceptance_dates_from_it() -> None:
    events = (BEGUN, asked("2026-09-16 10:00"), came("2026-09-18 10:00"))
    # from Fri 18: Sun 20, 21, 22, 23, 24
    assert told(case(events, "2026-09-24 23:59")) == ("-", "-", "-")
    assert told(case(events, "2026-09-25 00:00"))[:2] == ("2026-09-18", "2026-09-23")


def test_while_papers_are_awaited_no_time_runs() -> None:
    assert case([BEGUN, asked("2026-09-16 10:00")], "2027-03-01 09:00").deemed_on is None


def test_a_second_request_that_names_something_new_stops_no_clock() -> None:
    events = (
        BEGUN,
        asked("2026-09-16 10:00", "approval"),
        came("2026-09-18 10:00", "approval"),
        asked("2026-09-21 10:00", "approval", "site_plan", seq=4),
        came("2026-09-22 10:00", "site_plan", seq=5),
    )
    found = case(events, "2026-09-25 00:00")
    assert found.deemed_on == day("2026-09-18")  # neither the request nor what came in answer to it began anything
    assert found.clock("intake").run == 2


def test_a_second_request_for_what_was_named_before_stops_the_clock_and_the_papers_start_it_anew() -> None:
    events = (
        BEGUN,
        asked("2026-09-16 10:00", "approval", "site_plan"),
        came("2026-09-18 10:00", "approval"),
        asked("2026-09-21 10:00", "site_plan", seq=4),
        came("2026-09-23 10:00", "site_plan", seq=5),
    )
    # from Wed 23: 24, 28, 29, 30, 8 October
    assert told(case(events, "2026-10-08 23:59"))[0] == "-"
    assert told(case(events, "2026-10-09 00:00"))[0] == "2026-09-23"
    assert case(events, "2026-10-09 00:00").clock("intake").run == 3


def test_what_a_second_request_named_first_is_new_the_third_time_too() -> None:
    events = (
        BEGUN,
        asked("2026-09-15 10:00", "approval"),
        came("2026-09-16 10:00", "approval"),
        asked("2026-09-17 10:00", "site_plan", seq=4),
        asked("2026-09-18 10:00", "site_plan", seq=5),
    )
    # from Wed 16: 17, 18, 20, 21, 22
    assert told(case(events, "2026-09-23 00:00"))[0] == "2026-09-16"


# --- an acceptance after expiry --------------------------------------------------------------------------------------
def late(text: str = "2026-09-18 10:00", **details: Any) -> Accepted:
    return accepted(text, recorded="2026-09-22 10:00", **details)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        # dated within intake, recorded after it ran out
        (late(), ("2026-09-14", "2026-09-18")),
        (late(receipt="受字7号"), ("2026-09-14", "2026-09-18")),
        (late(receipt="受字7号", admitted_by="zhao"), ("-", "2026-09-23")),  # Sun 20, 21, 22, 23
        (late("2026-09-18", receipt="受字7号", admitted_by="zhao"), ("-", "2026-09-23")),
        (late("2026-09-20 23:59", receipt="受字7号", admitted_by="zhao"), ("-", "2026-09-24")),  # 21, 22, 23, 24
        # dated later: no admission helps
        (late("2026-09-21 00:00", receipt="受字7号", admitted_by="zhao"), ("2026-09-14", "2026-09-18")),
        (late("2026-09-21", receipt="受字7号", admitted_by="zhao"), ("2026-09-14", "2026-09-18")),
    ],
)
def test_an_acceptance_recorded_after_expiry_replaces_the_deemed_one_only_if_it_was_in_time_and_is_admitted(
    event: Accepted, expected: tuple[str, ...]
) -> None:
    assert told(case([BEGUN, event], "2026-10-20 09:00"))[:2] == expected


def test_an_acceptance_that_changes_no_clock_stays_on_record() -> None:
    found = case([BEGUN, late()], "2026-10-20 09:00")
    assert [event.kind for event in found.events] == ["received", "accepted"]
    assert found.phase is Phase.ACCEPTED


def test_an_admitted_acceptance_in_the_run_after_a_correction_is_judged_by_that_run() -> None:
    events = (BEGUN, asked("2026-09-16 10:00"), came("2026-09-18 10:00"))  # that run ends on the 24th
    entry = accepted("2026-09-23 10:00", recorded="2026-09-28 10:00", seq=4, receipt="受字7号", admitted_by="zhao")
    assert told(case([*events, entry], "2026-10-20 09:00"))[:2] == ("-", "2026-09-30")  # 24, 28, 29, 30
    other = replace(entry, admitted_by="")
    assert told(case([*events, other], "2026-10-20 09:00"))[:2] == ("2026-09-18", "2026-09-23")


def test_a_deemed_case_is_paused_and_decided_like_any_other() -> None:
    # The statute runs from the 14th: 15 to 18, 20, 21 and the 22nd, the day of the pause, are used; the 28th is free.
    events = (BEGUN, paused("2026-09-22 10:00"), resumed("2026-09-28 10:00"), decided("2026-09-30 10:00"))
    found = case(events, "2026-10-20 09:00")
    statute = found.clock("statutory")
    assert (statute.used, statute.left, statute.state) == (9, 21, State.MET)  # 15, 16, 17, 18, 20, 21, 22 and 29, 30
    assert found.phase is Phase.DECIDED


# --- calendars -------------------------------------------------------------------------------------------------------
def test_a_notice_that_gives_the_intake_more_days_lifts_what_was_deemed() -> None:
    # Thu 17 and Fri 18 closed by a notice: 15, 16, 20, 21, 22. On the 21st nothing is deemed any more.
    shut = Overlay("notice", Level.REGION, Scope.LEGAL, {day("2026-09-17"): "", day("2026-09-18"): ""}, {}, "7")
    calendar = replace(china(), overlays=(*china().overlays, shut))
    assert under(policy(), "2026-09-21 09:00", BEGUN).deemed_on == day("2026-09-14")
    assert under(policy(), "2026-09-21 09:00", BEGUN, calendar=calendar).deemed_on is None


def test_an_intake_the_law_does_not_know_is_never_deemed() -> None:
    registration: ClockRule = policy().rule("verification_opinion", "registration")
    assert not registration.deemed
    found = case([received("2026-09-14 09:30", "verification_opinion")], "2026-10-20 09:00")
    assert (found.deemed_on, found.clock("registration").state) == (None, State.LATE)
