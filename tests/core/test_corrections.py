"""A correction to whom something turned out wrong was told, and what may be said again after it (M6, R16)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sla.alarms import CORRECTION, Alarm, AlarmKey, AlarmState, corrections, episodes_of, plan
from sla.clock import Clock
from sla.events import CaseEvent
from sla.milestones import of
from sla.policies import Gravity
from tests.core.cast import at, day, decided, paused, promise, resumed

NOW = "2026-09-25 10:00"


def said(name: str, gravity: Gravity, due: str, when: str, *told: str, episode: int = 0) -> Alarm:
    """An alarm that was raised and told."""
    key = AlarmKey("promise", name, day(due), episode)
    return Alarm(key, gravity, at(when), AlarmState.RAISED, at(when), (), told or ("li",))


T_1 = said("T-1", Gravity.REMINDER, "2026-09-23", "2026-09-22 09:00")
OVERDUE = said("overdue", Gravity.OVERDUE, "2026-09-23", "2026-09-24 08:30", "li", "wang")


def corrected(clock: Clock, *stored: Alarm, since: str) -> tuple[Alarm, ...]:
    return corrections({"promise": clock}, stored, at(since), at(NOW))


def rescued(*events: CaseEvent) -> Clock:
    """The promise after a pause from 22 to 24 September was entered late: due Mon 28 (one day left after 24)."""
    return promise(paused("2026-09-22 08:00"), resumed("2026-09-24 08:00"), *events, now=NOW)


def test_whoever_was_told_of_a_deadline_that_had_already_moved_is_corrected() -> None:
    (correction,) = corrected(rescued(), T_1, OVERDUE, since="2026-09-22 08:00")
    assert correction.key == AlarmKey("promise", CORRECTION, day("2026-09-28"), 1)
    assert correction.told == ("li", "wang")
    assert correction.state is AlarmState.RAISED
    assert correction.gravity is Gravity.OVERDUE


def test_what_was_true_when_it_was_said_needs_no_correction() -> None:
    (correction,) = corrected(rescued(), T_1, OVERDUE, since="2026-09-22 10:00")
    assert correction.told == ("li", "wang")  # of the overdue alone; T-1 was said before the pause began
    assert corrected(rescued(), T_1, since="2026-09-22 10:00") == ()


def test_overdue_though_it_was_not_is_corrected_even_if_the_date_is_the_same() -> None:
    in_time = promise(decided("2026-09-23 11:00"), now=NOW)
    (correction,) = corrected(in_time, T_1, OVERDUE, since="2026-09-23 11:00")
    assert correction.told == ("li", "wang")
    assert corrected(in_time, T_1, since="2026-09-22 08:00") == ()  # the reminder was right


def test_overdue_that_was_true_needs_none() -> None:
    assert corrected(promise(now=NOW), OVERDUE, since="2026-09-18 10:00") == ()


def test_a_clock_that_is_gone_is_corrected_once() -> None:
    (correction,) = corrections({}, [T_1], at("2026-09-18 10:00"), at(NOW))
    assert (correction.key.due, correction.key.episode) == (None, 1)
    again = corrections({}, [T_1, replace(correction, told=("li",))], at("2026-09-18 10:00"), at(NOW))
    assert again == ()


def test_what_was_planned_and_never_told_needs_no_correction() -> None:
    silent = replace(T_1, state=AlarmState.PENDING, raised_at=None, told=())
    assert corrected(rescued(), silent, since="2026-09-18 10:00") == ()


def test_each_correction_opens_the_next_episode() -> None:
    first = corrected(rescued(), T_1, since="2026-09-22 08:00")
    assert episodes_of([T_1]) == {}
    assert episodes_of([T_1, *first]) == {"promise": 1}
    later = said("T-1", Gravity.REMINDER, "2026-09-28", "2026-09-25 09:00", episode=1)
    (second,) = corrections({"promise": promise(now=NOW)}, [T_1, *first, later], at("2026-09-22 09:30"), at(NOW))
    assert second.key.episode == 2


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ([T_1], []),  # moved away and back, and nobody was told otherwise: not again
        ([T_1, Alarm(AlarmKey("promise", CORRECTION, day("2026-09-28"), 1), Gravity.REMINDER, at("2026-09-22 10:00"),
                     AlarmState.RAISED, at("2026-09-22 10:00"), (), ("li",))], ["T-1"]),
    ],
    ids=["nobody was told otherwise", "a correction was sent"],
)  # fmt: skip
def test_a_date_that_moved_away_and_back_warns_again_exactly_when_somebody_was_told_otherwise(
    stored: Sequence[Alarm], expected: list[str]
) -> None:
    back = promise(now="2026-09-22 14:00")
    made = plan(of(back), stored, at("2026-09-22 14:00"), lambda moment: moment)
    assert [alarm.key.milestone for alarm in made.raise_] == expected
