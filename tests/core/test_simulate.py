"""What if, by hand, on the days of the worked examples.

09-18, Sunday 09-20, 09-21 to 24 and 28 to 30 are worked, Saturday 09-19 and 09-25 to 27 are off; in October 8 to 10, 12
to 16 and 19. A site opinion is promised in 4 working days.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from schedules.calendars import Level
from schedules.notices import Notice
from sla.clock import Clock
from sla.events import CaseEvent, Paused, Verdict
from sla.policies import Basis
from sla.reports import Rate, Scope
from sla.simulate import Change, Facts, Least, Pair, Simulated, Sums, World, as_it_was, least_promises
from tests.core.cast import accepted, at, china, days, decided, paused, policy, received, resumed

NOW = at("2026-10-20 10:00")
SCOPE = Scope(Basis.PROMISE, date(2026, 9, 1), date(2026, 10, 31), NOW)
SITE = "site_selection"


def facts(*events: CaseEvent, number: str = "1") -> Facts:
    begun = (received("2026-09-18 09:00"), accepted("2026-09-18 09:30"))
    return Facts(number, policy(), china(), (*begun, *events), lambda _: china())


def simulate(pairs: Sequence[Pair], scope: Scope) -> Simulated:
    sums = Sums(scope)
    for pair in pairs:
        sums.replayed(pair)
    return sums.found()


def off(*texts: str) -> tuple[Notice, ...]:
    closed = dict.fromkeys(days(*texts), "closed")
    return (Notice("what if", "what if", date(2026, 1, 1), Level.REGION, closed=closed),)


def promise(case: Facts, change: Change) -> Clock:
    return World(change).read(case, NOW).clock("promise")


def least(case: Facts, change: Change | None = None) -> int | None:
    [found] = least_promises(case, World(change or Change()), SCOPE, NOW)
    return found


STRAIGHT = facts(decided("2026-09-23 10:00"))
EXPERT = facts(paused("2026-09-18 10:00"), resumed("2026-09-21 10:00"), decided("2026-09-28 10:00", seq=5))
LATE_PAUSE = facts(paused("2026-09-23 10:00"), resumed("2026-09-26 10:00"), decided("2026-09-28 10:00", seq=5))


@pytest.mark.parametrize(
    ("case", "change", "due", "overdue"),
    [
        (STRAIGHT, Change(), "2026-09-23", False),
        (STRAIGHT, Change(promises={SITE: 3}), "2026-09-22", True),
        (STRAIGHT, Change(promises={"land_use": 3}), "2026-09-23", False),
        (STRAIGHT, Change(closed=off("2026-09-21", "2026-09-22")), "2026-09-28", False),  # 20, 23, 24, 28
        (STRAIGHT, Change(leaves={"li": off("2026-09-21", "2026-09-22")}), "2026-09-28", False),
        (STRAIGHT, Change(leaves={"chen": off("2026-09-21", "2026-09-22")}), "2026-09-23", False),
        (EXPERT, Change(), "2026-09-28", False),  # 22, 23, 24, 28
        (EXPERT, Change(counted=frozenset({"expert_review"})), "2026-09-23", True),
        (EXPERT, Change(counted=frozenset({"hearing"})), "2026-09-28", False),
        (EXPERT, Change(promises={SITE: 3}), "2026-09-24", True),
        (LATE_PAUSE, Change(), "2026-09-28", False),  # paused on the last day: nothing left
        (LATE_PAUSE, Change(promises={SITE: 3}), "2026-09-22", True),  # it would have come too late (R21)
    ],
)
def test_a_case_is_counted_as_it_would_be(case: Facts, change: Change, due: str, overdue: bool) -> None:
    found = promise(case, change)
    assert (str(found.due_on), found.overdue) == (due, overdue)


def test_the_statute_is_not_touched_by_what_is_said_of_the_promise() -> None:
    change = Change(promises={SITE: 3}, counted=frozenset({"expert_review"}))
    both = [World(one).read(EXPERT, NOW).clock("statutory").due_on for one in (Change(), change)]
    assert both[0] == both[1]


def test_a_promise_above_its_statute_is_due_with_it_and_says_so() -> None:
    change = Change(promises={SITE: 40})
    found = promise(STRAIGHT, change)
    assert found.capped and found.due_on == World(change).read(STRAIGHT, NOW).clock("statutory").due_on
    assert any("40 is more than the 30" in str(gap) for gap in change.policy(policy()).gaps())


@pytest.mark.parametrize(
    ("case", "days"),
    [
        (STRAIGHT, 4),
        (facts(decided("2026-09-18 16:00")), 1),  # nothing smaller is a promise in days
        (EXPERT, 4),
        # 20, 21, 22 were used when it was paused: with 3 nothing is left, and it is due on Monday 09-28 as with 4; with
        # 2 it would have been overdue when it was paused.
        (facts(paused("2026-09-22 10:00"), resumed("2026-09-26 10:00"), decided("2026-09-28 10:00", seq=5)), 3),
        (LATE_PAUSE, 4),
        (facts(decided("2026-10-19 10:00")), 5 + 3 + 3 + 5 + 1),  # 20 to 24, 28 to 30, 8 to 10, 12 to 16, 19
    ],
)
def test_the_smallest_promise_is_found_by_the_clock(case: Facts, days: int) -> None:
    assert least(case) == days


def test_what_missed_its_statute_is_held_by_no_promise() -> None:
    begun = (received("2026-06-01 09:00"), accepted("2026-06-01 09:30"))
    case = Facts("1", policy(), china(), (*begun, decided("2026-09-21 10:00")), lambda _: china())
    assert least(case) is None


def test_the_smallest_promise_holds_for_so_many_by_nearest_rank() -> None:
    # Twenty cases: 19 within 3 days, one within 9.
    twenty = Least((3,) * 10 + (2,) * 9 + (9,))
    assert (twenty.holding(95), twenty.holding(99), twenty.holding(100)) == (3, 9, 9)
    assert Least((2, None)).holding(95) is None
    assert Least(()).holding(95) is None


def test_rates_stand_side_by_side_with_what_changes_sides() -> None:
    world = World(Change(promises={SITE: 3}))
    cases = (facts(decided("2026-09-22 10:00"), number="a"), facts(decided("2026-09-23 10:00"), number="b"))
    still = facts(number="c")
    pairs = [Pair(case.number, as_it_was(case, NOW), world.read(case, NOW), (3,)) for case in (*cases, still)]
    found = simulate(pairs, SCOPE)
    assert (found.before.on_time, found.after.on_time) == (Rate(2, 3), Rate(1, 3))
    assert (found.before.closed_only, found.after.closed_only) == (Rate(2, 2), Rate(1, 2))
    assert [(one.number, one.late) for one in found.turned] == [("b", True)]
    assert found.by_permit[SITE] == (found.before, found.after)
    assert (found.cases, found.least[SITE].n) == (3, 3)


def test_what_was_rescued_stands_behind_what_was_lost() -> None:
    def pair(case: Facts, change: Change) -> Pair:
        return Pair(case.number, as_it_was(case, NOW), World(change).read(case, NOW))

    late = facts(decided("2026-09-24 10:00"), number="a")
    found = simulate([pair(late, Change(closed=off("2026-09-21"))), pair(STRAIGHT, Change(promises={SITE: 3}))], SCOPE)
    assert [(one.number, one.late) for one in found.turned] == [("1", True), ("a", False)]


def test_a_verdict_that_stands_on_what_was_voided_since_stays() -> None:
    pause = LATE_PAUSE.events[2]
    assert isinstance(pause, Paused)
    given = replace(pause, verdicts={"promise": Verdict.TOO_LATE})  # on record it would be in time
    case = replace(LATE_PAUSE, events=(*LATE_PAUSE.events[:2], given, *LATE_PAUSE.events[3:]))
    assert str(promise(case, Change(promises={SITE: 5})).due_on) == "2026-09-24"


@pytest.mark.parametrize(
    ("done", "away", "stopped", "overdue"),
    [
        ("2026-09-22", ("2026-09-21",), "2026-09-23", False),  # the second working day after 09-20 is 23
        ("2026-09-23", ("2026-09-21",), "2026-09-24", True),
        ("2026-09-23", ("2026-09-21", "2026-09-22"), "2026-09-28", True),  # the third: 23, 24, 28
        ("2026-09-20", ("2026-09-21",), "2026-09-20", False),  # done before
        ("2026-09-21", ("2026-09-25",), "2026-09-21", False),
    ],
)
def test_where_the_limits_run_on_the_work_comes_as_many_working_days_later(
    done: str, away: tuple[str, ...], stopped: str, overdue: bool
) -> None:
    case = facts(decided(f"{done} 10:00"))
    for change in (Change(closed=off(*away), run_on=True), Change(leaves={"li": off(*away)}, run_on=True)):
        found = promise(case, change)
        assert (str(found.due_on), str(found.stopped_on), found.overdue) == ("2026-09-23", stopped, overdue)
    other = promise(case, Change(leaves={"chen": off(*away)}, run_on=True))
    assert str(other.stopped_on) == done
