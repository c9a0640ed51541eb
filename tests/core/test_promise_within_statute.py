"""A promise lies within its statute whatever happens, or its policy is not published (R12)."""

from dataclasses import replace
from typing import Any

import pytest

from schedules.limits import Counting, Cutoff, FirstDay, Intake, Limit, Roll, Unit
from sla.clock import run
from sla.events import Verdict, ordered
from sla.history import read
from sla.policies import Basis, ClockRule, Extensions, Policy, PolicyError, Trigger
from tests.core.cast import SHANGHAI, accepted, at, china, day, paused, policy, received, resumed, rule

CLOSING = Counting(cutoff=Cutoff.CLOSING)
PROMISE = rule(4, "expert_review")
STATUTE = replace(rule(30, "expert_review", "hearing"), id="statutory", basis=Basis.STATUTE)


def published(promise: ClockRule, statute: ClockRule = STATUTE) -> Policy:
    clocks = {**policy().clocks, "site_selection": (promise, statute)}
    return replace(policy(), clocks=clocks)


@pytest.mark.parametrize(
    ("promise", "field"),
    [
        (replace(PROMISE, starts_on=(Trigger("received"),)), "starts_on"),
        (replace(PROMISE, limit=Limit(4, Unit.CALENDAR_DAYS)), "limit.unit"),
        (replace(PROMISE, counting=Counting(first_day=FirstDay.SAME)), "first_day"),
        (replace(PROMISE, counting=Counting(intake=Intake.NEXT_WORKING_DAY)), "intake"),
        (replace(PROMISE, counting=Counting(roll=Roll.NONE)), "roll"),
        (replace(PROMISE, limit=Limit(31, Unit.WORKING_DAYS)), "limit.amount"),
        (replace(PROMISE, grounds=frozenset({"public_notice"})), "grounds"),
        (replace(PROMISE, extensions=Extensions(1, 27)), "extensions"),
        (replace(PROMISE, extensions=Extensions(9, 3)), "extensions"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_promise_that_could_outlast_its_statute_is_not_published(promise: ClockRule, field: str) -> None:
    with pytest.raises(PolicyError, match="R12") as caught:
        published(promise)
    assert caught.value.field == f"clocks.site_selection.promise.{field}"


def test_a_promise_whose_cutoff_is_later_is_not_published() -> None:
    with pytest.raises(PolicyError) as caught:
        published(PROMISE, replace(STATUTE, counting=CLOSING))
    assert caught.value.field == "clocks.site_selection.promise.cutoff"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"limit": Limit(30, Unit.WORKING_DAYS)},  # as long as the statute
        {"counting": CLOSING},  # an earlier cutoff
        {"grounds": frozenset()},  # fewer grounds
        {"extensions": Extensions(2, 13)},  # just within the gap of 26
    ],
)
def test_a_promise_that_lies_within_is_published(changes: dict[str, Any]) -> None:
    assert published(replace(PROMISE, **changes)).rule("site_selection", "promise").id == "promise"


def test_a_promise_that_facts_put_later_than_its_statute_is_due_with_it() -> None:
    # Both 6 days from 14 September; the promise listens to the expert review, the statute's pause came too late for it.
    # Statute 09-21, promise by itself 09-24 (tests/answers/worked_examples.toml).
    loose = replace(policy(), clocks={"site_selection": (replace(PROMISE, limit=Limit(6, Unit.WORKING_DAYS)), short())})
    verdicts = {"statutory": Verdict.TOO_LATE}
    pause = paused("2026-09-15", seq=3, verdicts=verdicts)
    events = [received("2026-09-14"), accepted("2026-09-14"), pause, resumed("2026-09-18")]
    alone = run(loose.rule("site_selection", "promise"), china(), ordered(events, SHANGHAI), at("2026-09-18"))
    assert alone.due_on == day("2026-09-24")
    promise = read(loose, china(), events, at("2026-09-18 12:00")).clock("promise")
    assert (promise.due_on, promise.capped) == (day("2026-09-21"), True)
    assert read(loose, china(), events, at("2026-09-22 12:00")).clock("promise").overdue


def short() -> ClockRule:
    return replace(STATUTE, limit=Limit(6, Unit.WORKING_DAYS))


def test_a_promise_within_its_statute_is_not_marked() -> None:
    history = read(policy(), china(), [received("2026-09-14"), accepted("2026-09-14")], at("2026-09-14 12:00"))
    assert not history.clock("promise").capped


def test_a_promise_shorter_than_the_intake_it_starts_behind_gets_a_warning() -> None:
    warnings = policy().warnings()
    assert [warning.field for warning in warnings] == [
        "clocks.site_selection.promise",
        "clocks.land_use.promise",
    ]  # 4 days behind an intake of 5; the promises of 6 days get none


def test_everything_that_is_wrong_is_in_the_gaps_of_a_draft() -> None:
    loose = replace(
        PROMISE,
        limit=Limit(31, Unit.WORKING_DAYS),
        counting=Counting(first_day=FirstDay.SAME, roll=Roll.NONE),
        grounds=frozenset({"public_notice"}),
    )
    draft = replace(policy(), clocks={**policy().clocks, "site_selection": (loose, STATUTE)}, draft=True)
    assert [gap.field.removeprefix("clocks.site_selection.promise.") for gap in draft.gaps()] == [
        "first_day", "roll", "limit.amount", "grounds",
    ]  # fmt: skip
    with pytest.raises(PolicyError, match="R12"):
        replace(draft, draft=False)


def test_a_promise_is_held_against_every_statute_of_its_permit() -> None:
    shorter = replace(STATUTE, id="city", limit=Limit(3, Unit.WORKING_DAYS))
    clocks = {**policy().clocks, "site_selection": (PROMISE, STATUTE, shorter)}
    with pytest.raises(PolicyError, match="4 is more than the 3 of city"):
        replace(policy(), clocks=clocks)


@pytest.mark.parametrize(
    ("limit", "warned"),
    [
        (Limit(4, Unit.WORKING_DAYS), True),
        (Limit(5, Unit.WORKING_DAYS), False),
        (Limit(6, Unit.CALENDAR_DAYS), True),  # intake's 5 working days take a week
        (Limit(7, Unit.CALENDAR_DAYS), False),
        (Limit(1, Unit.WEEKS), False),
        (Limit(1, Unit.MONTHS), False),
    ],
)
def test_the_warning_compares_limits_of_different_units_too(limit: Limit, warned: bool) -> None:
    intake = policy().rule("site_selection", "intake")
    only = replace(policy(), clocks={"site_selection": (intake, replace(PROMISE, limit=limit))})
    assert bool(only.warnings()) is warned
