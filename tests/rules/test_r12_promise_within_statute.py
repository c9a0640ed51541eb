"""R12. A promise lies within its statute by its policy, or the policy is not published; where facts still put it later,
it is due with the statute, marked "capped".

Policies are the counter's (tests/rules/counter.py) with one line changed. Days were counted on printed calendars: China
2026 (notice of 2025-11-04), US federal 2026 (5 U.S.C. 6103: Memorial Day is Monday 25 May), the Netherlands 2026 (Good
Friday 3 April is no holiday there; Easter Monday 6 April is).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import Level, Overlay, Scope, WorkingCalendar
from schedules.limits import Counting, Cutoff, Limit, Unit
from schedules.timetable import Boundary
from sla.clock import Clock, Light, State
from sla.events import CaseEvent, Extended
from sla.history import read
from sla.policies import Basis, ClockRule, Extensions, Policy, PolicyError
from sla.presets import read as policy_read
from tests.core.cast import accepted, at, china, day, decided, paused, policy, received, resumed, rule, when
from tests.rules.counter import POLICY


def written(promise: str = "", statute: str = "") -> Policy:
    """The counter's policy with the promise and the statute of its check so changed."""
    text = POLICY.replace("promise = {}\nstatutory = {}", f"promise = {{ {promise} }}\nstatutory = {{ {statute} }}")
    return policy_read(text)


@pytest.mark.parametrize(
    ("promise", "statute", "field"),
    [
        ('starts_on = ["received"]', "", "starts_on"),
        ('starts_on = ["accepted", "correction_received"]', "", "starts_on"),
        ('limit = { amount = 60, unit = "working_minutes" }', "", "limit.unit"),  # an hour is no 60 minutes here
        ('limit = { amount = 1, unit = "working_days" }', "", "limit.unit"),
        ('first_day = "same"', "", "first_day"),
        ("", 'first_day = "same"', "first_day"),
        ('intake = "next_working_day"', "", "intake"),
        ("", 'intake = "next_working_day"', "intake"),
        ('roll = "none"', "", "roll"),
        ("", 'roll = "none"', "roll"),
        ("amount = 9", "", "limit.amount"),
        ("", "amount = 2", "limit.amount"),
        ("", 'cutoff = "closing"', "cutoff"),
        ('boundary = "opening"', "", "boundary"),
        ("", "grounds = []", "grounds"),
        ("extensions = { most_times = 1, most_amount = 6 }", "", "extensions"),  # 3 + 6 > 8
        ("extensions = { most_times = 3, most_amount = 2 }", "", "extensions"),  # 3 + 3 × 2 > 8
    ],
)  # fmt: skip
def test_a_promise_that_could_outlast_its_statute_is_refused_by_field(promise: str, statute: str, field: str) -> None:
    with pytest.raises(PolicyError) as refused:
        written(promise, statute)
    assert refused.value.field == f"clocks.counter_check.promise.{field}"


@pytest.mark.parametrize(
    ("promise", "statute"),
    [
        ("amount = 8", ""),  # as much, and no more
        ("amount = 0", ""),
        ("grounds = []", ""),  # a promise may listen to less
        ('first_day = "same"', 'first_day = "same"'),
        ('intake = "next_working_day"', 'intake = "next_working_day"'),
        ('roll = "none"', 'roll = "none"'),
        ("extensions = { most_times = 1, most_amount = 5 }", ""),  # 3 + 5 = 8
        ("extensions = { most_times = 5, most_amount = 1 }", ""),
        ("extensions = { most_times = 0, most_amount = 99 }", ""),  # never extended
        ('stops_on = ["decided", "delivered"]', ""),  # where it stops is its own matter
        ("yellow = 2", "yellow = 5"),
        ('scope = "office"', ""),
    ],
)  # fmt: skip
def test_a_promise_that_lies_within_is_published(promise: str, statute: str) -> None:
    assert written(promise, statute).rule("counter_check", "promise").basis is Basis.PROMISE


@pytest.mark.parametrize(("ours", "theirs"), list(product(Cutoff, repeat=2)))
def test_the_cutoff_of_a_promise_is_not_later_than_its_statutes(ours: Cutoff, theirs: Cutoff) -> None:
    changes = (f'cutoff = "{ours}"', f'cutoff = "{theirs}"')
    if (ours, theirs) == (Cutoff.END_OF_DAY, Cutoff.CLOSING):
        with pytest.raises(PolicyError, match=r"promise\.cutoff: must not be later"):
            written(*changes)
    else:
        written(*changes)


@pytest.mark.parametrize(("ours", "theirs"), list(product(Boundary, repeat=2)))
def test_the_boundary_of_a_promise_is_not_later_than_its_statutes(ours: Boundary, theirs: Boundary) -> None:
    changes = (f'boundary = "{ours}"', f'boundary = "{theirs}"')
    if (ours, theirs) == (Boundary.OPENING, Boundary.CLOSING):
        with pytest.raises(PolicyError, match=r"promise\.boundary: must not be later"):
            written(*changes)
    else:
        written(*changes)


def test_every_promise_is_held_against_every_statute_of_its_permit() -> None:
    second = statute_rule(7, "hard", unit=Unit.CALENDAR_DAYS)
    with pytest.raises(PolicyError, match="unit of hard"):
        of(rule(4), statute_rule(30), second)


@pytest.mark.parametrize(("amount", "warned"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_limit_shorter_than_the_intake_it_starts_behind_gets_a_warning(amount: int, warned: bool) -> None:
    limit = f'limit = {{ amount = {amount}, unit = "working_days" }}'
    text = POLICY.replace("intake = {}\npromise", "intake = { deemed = true }\npromise", 1)
    text = text.replace("promise = {}", f"promise = {{ {limit} }}").replace(
        "statutory = {}", 'statutory = { limit = { amount = 5, unit = "working_days" } }'
    )
    warnings = policy_read(text).warnings()
    assert [warning.field for warning in warnings] == (["clocks.counter_check.promise"] if warned else [])


# --- facts that put it later all the same: an office that closes, and a promise that counts by its own days ---------
def statute_rule(amount: int, name: str = "statutory", *, unit: Unit = Unit.WORKING_DAYS, **changes: Any) -> ClockRule:
    return replace(rule(amount, "expert_review", unit=unit, **changes), id=name, basis=Basis.STATUTE)


def of(*rules: ClockRule) -> Policy:
    return replace(policy(), clocks={**policy().clocks, "site_selection": rules})


def clocks(
    begun: str, now: str, calendar: WorkingCalendar, *rules: ClockRule, events: tuple[CaseEvent, ...] = ()
) -> Mapping[str, Clock]:
    history = read(of(*rules), calendar, [received(begun), accepted(begun), *events], at(now))
    return {clock.id: clock for clock in history.clocks}


def closed(calendar: WorkingCalendar, *days: str) -> WorkingCalendar:
    own = Overlay("own", Level.OFFICE, Scope.OFFICE, {day(text): "stocktaking" for text in days}, {}, "note 4")
    return replace(calendar, overlays=(*calendar.overlays, own))


def office_promise(amount: int, unit: Unit = Unit.WORKING_DAYS, **changes: Any) -> ClockRule:
    return rule(amount, "expert_review", unit=unit, scope=Scope.OFFICE, **changes)


@pytest.mark.parametrize(
    ("shut", "due", "capped"),
    [  # from Fri 18 September: the statute's five are 20, 21, 22, 23, 24
        ((), "2026-09-23", False),
        (("2026-09-21",), "2026-09-24", False),  # 20, 22, 23, 24: with the statute, and not later
        (("2026-09-21", "2026-09-22"), "2026-09-24", True),  # 20, 23, 24, 28: later
        (("2026-09-20", "2026-09-21", "2026-09-22", "2026-09-23"), "2026-09-24", True),  # 24, 28, 29, 30
    ],
)
def test_a_promise_that_an_offices_own_days_put_later_is_due_with_its_statute(
    shut: tuple[str, ...], due: str, capped: bool
) -> None:
    calendar = closed(china(), *shut)
    found = clocks("2026-09-18 09:30", "2026-09-18 10:00", calendar, office_promise(4), statute_rule(5))
    assert (found["promise"].due_on, found["promise"].capped) == (day(due), capped)
    assert (found["statutory"].due_on, found["statutory"].capped) == (day("2026-09-24"), False)


def test_a_capped_promise_is_judged_by_the_statutes_date() -> None:
    calendar, rules = closed(china(), "2026-09-21", "2026-09-22"), (office_promise(4), statute_rule(5))
    late = clocks("2026-09-18 09:30", "2026-09-28 09:00", calendar, *rules)["promise"]
    assert (late.state, late.late_by, late.light) == (State.LATE, 1, Light.RED)  # 28 is the first working day after
    done = decided("2026-09-28 09:00")  # within the promise's own four days, and too late for the statute
    assert clocks("2026-09-18 09:30", "2026-09-29 09:00", calendar, *rules, events=(done,))["promise"].late_by == 1
    in_time = decided("2026-09-24 16:00")
    met = clocks("2026-09-18 09:30", "2026-09-29 09:00", calendar, *rules, events=(in_time,))["promise"]
    assert (met.state, met.capped) == (State.MET, True)


def test_a_promise_in_us_federal_working_days_is_capped_by_its_statute() -> None:
    # From Thu 21 May 2026: 22, then Memorial Day, 26, 27, 28, 29: five. Shut on 26 and 27: 22, 28, 29, 1 June: four.
    # 21:00 in Shanghai is 9:00 in New York.
    us = working_calendar("US", zone="America/New_York")
    found = clocks(
        "2026-05-21 21:00",
        "2026-05-21 22:00",
        closed(us, "2026-05-26", "2026-05-27"),
        office_promise(4),
        statute_rule(5),
    )
    assert (found["promise"].due_on, found["promise"].capped) == (day("2026-05-29"), True)


def test_a_promise_in_weeks_is_capped_after_its_roll() -> None:
    # The Netherlands: Mon 9 February + 8 weeks = Easter Monday 6 April 2026, off: Tue 7 April. The promise of 8 weeks
    # finds the office closed on 7 and 8 April: it would roll to the 9th. 16:00 in Shanghai is 9:00 in Amsterdam.
    dutch = closed(working_calendar("NL", zone="Europe/Amsterdam"), "2026-04-07", "2026-04-08")
    rules = office_promise(8, Unit.WEEKS), statute_rule(8, unit=Unit.WEEKS)
    found = clocks("2026-02-09 16:00", "2026-02-09 17:00", dutch, *rules)
    assert found["statutory"].due_on == day("2026-04-07")
    assert (found["promise"].due_on, found["promise"].capped) == (day("2026-04-07"), True)


def test_a_promise_in_hours_is_capped_by_the_moment() -> None:
    # Statute, 4 h from Fri 15:00: 15-17, then Sun 9-11. The promise, 3 h, shut on Sunday: 15-17, then Mon 9-10.
    rules = office_promise(3, Unit.WORKING_HOURS), statute_rule(4, unit=Unit.WORKING_HOURS)
    found = clocks("2026-09-18 15:00", "2026-09-20 11:00", closed(china(), "2026-09-20"), *rules)
    assert (found["promise"].due_at, found["promise"].capped) == (at("2026-09-20 11:00"), True)
    assert found["promise"].state is State.RUNNING  # up to and including that moment
    later = clocks("2026-09-18 15:00", "2026-09-20 11:01", closed(china(), "2026-09-20"), *rules)
    assert later["promise"].state is State.LATE


def test_a_promise_is_capped_by_the_earliest_of_several_statutes() -> None:
    calendar = closed(china(), "2026-09-21", "2026-09-22")
    for statutes in ((statute_rule(30), statute_rule(5, "short")), (statute_rule(5, "short"), statute_rule(30))):
        found = clocks("2026-09-18 09:30", "2026-09-18 10:00", calendar, office_promise(4), *statutes)
        assert (found["promise"].due_on, found["promise"].capped) == (day("2026-09-24"), True)


def test_extending_the_statute_does_not_extend_the_promise_but_may_lift_its_cap() -> None:
    calendar = closed(china(), "2026-09-21", "2026-09-22")
    rules = office_promise(4), replace(statute_rule(5), extensions=Extensions(1, 10))
    longer = Extended(
        **when("2026-09-22 10:00"), seq=5, clock="statutory", amount=10, unit=Unit.WORKING_DAYS, reason="survey",
        approver="head",
    )  # fmt: skip
    found = clocks("2026-09-18 09:30", "2026-09-22 11:00", calendar, *rules, events=(longer,))
    assert (found["promise"].due_on, found["promise"].capped) == (day("2026-09-28"), False)  # its own 20, 23, 24, 28
    assert found["promise"].limit == Limit(4, Unit.WORKING_DAYS)
    # 24, then 28-30 (3), 8, 9, Sat 10 October (6), 12, 13, 14, 15 (10)
    assert found["statutory"].due_on == day("2026-10-15")


def test_a_cap_keeps_the_promises_own_cutoff() -> None:
    rules = office_promise(4, counting=Counting(cutoff=Cutoff.CLOSING)), statute_rule(5)
    found = clocks("2026-09-18 09:30", "2026-09-18 10:00", closed(china(), "2026-09-21", "2026-09-22"), *rules)
    assert (found["promise"].due_on, found["promise"].due_at) == (day("2026-09-24"), at("2026-09-24 17:00"))
    assert found["statutory"].due_at == at("2026-09-25 00:00")


def test_a_promise_beside_a_paused_statute_has_nothing_to_be_capped_by() -> None:
    rules = rule(4), statute_rule(5)  # the promise listens to no ground
    pause = paused("2026-09-20 10:00")
    found = clocks("2026-09-18 09:30", "2026-09-20 11:00", china(), *rules, events=(pause,))
    assert (found["promise"].due_on, found["promise"].capped) == (day("2026-09-23"), False)
    assert found["statutory"].state is State.PAUSED


def test_a_pause_that_both_hear_caps_nothing() -> None:
    events = (paused("2026-09-21 10:00"), resumed("2026-09-28 10:00"))
    found = clocks(
        "2026-09-18 09:30", "2026-09-28 11:00", china(), rule(4, "expert_review"), statute_rule(5), events=events
    )
    # 20, 21 used; 28 is free: 29, 30 and, for the statute, 8 October
    assert (found["promise"].due_on, found["promise"].capped) == (date(2026, 9, 30), False)
    assert found["statutory"].due_on == date(2026, 10, 8)
