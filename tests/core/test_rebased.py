"""After a re-base the clocks are those of the new version, the verdicts those that were given (R17, R21)."""

from dataclasses import replace

import pytest

from schedules.limits import Limit, Unit
from sla.clock import State
from sla.events import CaseEvent, Extended, Rebased, Verdict
from sla.history import History, judged, read
from sla.policies import Extensions, Policy
from tests.core.cast import accepted, at, china, day, decided, paused, policy, received, resumed, when

BEGUN = (received("2026-09-14 09:00"), accepted("2026-09-14 09:30"))


def with_promise(amount: int, *grounds: str, extensions: Extensions | None = None) -> Policy:
    """The window's policy with another promise for site selections."""
    rules = policy().rules("site_selection")
    changed = tuple(
        replace(
            rule,
            limit=Limit(amount, Unit.WORKING_DAYS),
            grounds=frozenset(grounds),
            extensions=extensions or Extensions(),
        )
        if rule.id == "promise"
        else rule
        for rule in rules
    )
    return replace(policy(), clocks={**policy().clocks, "site_selection": changed})


def rebased(text: str, seq: int = 10) -> Rebased:
    return Rebased(**when(text), seq=seq, policy="cn_planning", version=2, reason="agreed")


def case(to: Policy, *events: CaseEvent, now: str) -> History:
    return read(to, china(), [*BEGUN, *events], at(now))


def test_the_whole_clock_is_counted_by_the_new_version() -> None:
    # 6 days from 09-14: 15, 16, 17, 18, 20, 21.
    history = case(with_promise(6), rebased("2026-09-17 10:00"), now="2026-09-17 10:00")
    assert history.clock("promise").due_on == day("2026-09-21")


def test_a_verdict_that_was_given_survives() -> None:
    """The pause came after the deadline of 09-18 and was refused; under 9 days it would have been in time."""
    pause = paused("2026-09-21 10:00", verdicts={"promise": Verdict.TOO_LATE, "statutory": Verdict.IN_TIME})
    events = (pause, resumed("2026-09-23 10:00"), rebased("2026-09-23 12:00"))
    history = case(with_promise(9, "expert_review"), *events, now="2026-09-23 12:00")
    # 9 days from 09-14: 15, 16, 17, 18, 20, 21, 22, 23, 24.
    assert history.clock("promise").due_on == day("2026-09-24")
    assert [pause.verdict for pause in history.clock("promise").refused] == [Verdict.TOO_LATE]


def test_a_clock_that_did_not_listen_judges_the_pause_by_its_own_deadline_of_then() -> None:
    old, new = with_promise(4), with_promise(5, "expert_review")  # due 09-18, and 09-20
    in_time = judged(old, china(), BEGUN, paused("2026-09-18 15:00"))
    assert getattr(in_time, "verdicts") == {"statutory": Verdict.IN_TIME}  # noqa: B009 - an event in general has none
    events = (in_time, resumed("2026-09-22 10:00"), rebased("2026-09-22 11:00"))
    # 4 of 5 used up on 09-18, resumed 09-22 (free): 23.
    assert case(new, *events, now="2026-09-22 11:00").clock("promise").due_on == day("2026-09-23")

    too_late = judged(old, china(), BEGUN, paused("2026-09-21 10:00"))
    events = (too_late, resumed("2026-09-22 10:00"), rebased("2026-09-22 11:00"))
    clock = case(new, *events, now="2026-09-22 11:00").clock("promise")
    assert (clock.due_on, clock.state) == (day("2026-09-20"), State.LATE)  # R21: it saves no clock that was overdue
    assert [pause.verdict for pause in clock.refused] == [Verdict.TOO_LATE]


def test_an_earlier_pause_that_is_heard_anew_moves_the_deadline_of_a_later_one() -> None:
    new = with_promise(4, "expert_review", "hearing")
    events = (
        paused("2026-09-15 10:00", seq=3, verdicts={"statutory": Verdict.IN_TIME}),
        resumed("2026-09-17 10:00", pause=3, seq=4),
        # By itself the promise was due on 09-18; with the pause heard it is 18, 20, 21.
        paused("2026-09-20 10:00", "hearing", seq=5, verdicts={"statutory": Verdict.IN_TIME}),
        resumed("2026-09-22 10:00", pause=5, seq=6),
        rebased("2026-09-22 11:00"),
    )
    # 1 used on 15; 18, 20 used up before the hearing: 3; resumed 22 (free): 23.
    assert case(new, *events, now="2026-09-22 11:00").clock("promise").due_on == day("2026-09-23")


def test_an_acceptance_that_was_recorded_anew_is_what_the_pause_is_judged_by() -> None:
    pause = paused("2026-09-18 10:00", seq=4, verdicts={"statutory": Verdict.IN_TIME})
    again = accepted("2026-09-15 09:30", recorded="2026-09-20 09:00", seq=7)
    events = [BEGUN[0], pause, resumed("2026-09-20 10:00", pause=4, seq=5), again, rebased("2026-09-21 10:00")]
    # 4 from 09-15 without the pause: 16, 17, 18, 20. In time; 3 used up on 18, resumed 20 (free): 21.
    history = read(with_promise(4, "expert_review"), china(), events, at("2026-09-21 10:00"))
    assert history.clock("promise").due_on == day("2026-09-21")


@pytest.mark.parametrize(("recorded", "due"), [("2026-09-18 10:00", "2026-09-21"), ("2026-09-21 10:00", "2026-09-18")])
def test_an_extension_of_a_clock_that_the_old_version_did_not_have_is_judged_too(recorded: str, due: str) -> None:
    extension = Extended(
        **when(recorded), seq=4, clock="promise", amount=2, unit=Unit.WORKING_DAYS, reason="r", approver="zhao"
    )
    new = with_promise(4, extensions=Extensions(1, 2))
    assert case(new, extension, rebased("2026-09-22 10:00"), now="2026-09-22 10:00").clock("promise").due_on == day(due)


def test_without_a_rebase_events_without_a_verdict_count_as_they_did() -> None:
    events = (paused("2026-09-21 10:00"), resumed("2026-09-22 10:00"), decided("2026-09-24 10:00"))
    assert case(with_promise(4, "expert_review"), *events, now="2026-09-24 10:00").clock("promise").refused == ()
