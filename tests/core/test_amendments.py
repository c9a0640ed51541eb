"""A calendar that is amended while cases run: open clocks move, stopped clocks keep their dates (R16, R3)."""

from dataclasses import replace
from datetime import date

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import Level, Overlay, Scope, WorkingCalendar
from sla.clock import State, run
from sla.events import ordered
from sla.history import read
from tests.core.cast import SHANGHAI, accepted, at, day, days, decided, policy, received, rule

AMENDED = working_calendar("CN")


def undoing(closed: tuple[date, ...], opened: tuple[date, ...]) -> WorkingCalendar:
    """China as it was announced at first: the later notice's days undone by a layer above it."""
    overlay = Overlay(
        "as first announced", Level.REGION, Scope.LEGAL, dict.fromkeys(closed, ""), dict.fromkeys(opened, "")
    )
    return working_calendar("CN", overlays=(overlay,))


LABOUR_DAY = undoing(days("2019-04-28", "2019-05-05"), days("2019-05-02", "2019-05-03"))  # 国办发明电〔2019〕3号
SPRING_FESTIVAL = undoing((), days("2020-01-31", "2020-02-01"))  # 国办发明电〔2020〕1号
VICTORY_DAY = undoing(days("2015-09-06"), days("2015-09-03", "2015-09-04"))  # 国发明电〔2015〕1号


@pytest.mark.parametrize(
    ("start", "amount", "first", "before", "after"),
    [  # hand counts: tests/answers/worked_examples.toml; 2015: 1, 2, then 3, 4 off, Sun 6, Mon 7 instead of 3, 4
        ("2020-01-20", 6, SPRING_FESTIVAL, "2020-02-03", "2020-02-05"),
        ("2019-04-24", 4, LABOUR_DAY, "2019-04-30", "2019-04-29"),
        ("2019-04-26", 4, LABOUR_DAY, "2019-05-03", "2019-05-05"),
        ("2015-08-31", 4, VICTORY_DAY, "2015-09-04", "2015-09-07"),
    ],
)
def test_an_open_clock_moves_with_the_notice(
    start: str, amount: int, first: WorkingCalendar, before: str, after: str
) -> None:
    events = ordered([accepted(start, seq=1)], SHANGHAI)
    assert run(rule(amount), first, events, at(start)).due_on == day(before)
    assert run(rule(amount), AMENDED, events, at(start)).due_on == day(after)


def test_a_stopped_clock_keeps_the_calendar_its_stop_was_recorded_under() -> None:
    begun = [received("2019-04-24 09:00"), accepted("2019-04-24 09:30")]
    stop = replace(decided("2019-04-30 10:00"), calendar_version=LABOUR_DAY.version)
    by_version = {calendar.version: calendar for calendar in (LABOUR_DAY, AMENDED)}

    kept = read(policy(), AMENDED, [*begun, stop], at("2019-05-06 09:00"), by_version.__getitem__).clock("promise")
    assert (kept.due_on, kept.state) == (day("2019-04-30"), State.MET)

    released = read(policy(), AMENDED, begun, at("2019-04-30 09:00"), by_version.__getitem__).clock("promise")
    assert (released.due_on, released.state) == (day("2019-04-29"), State.LATE)  # voiding the stop releases it


def test_a_clock_stopped_under_the_calendar_in_force_needs_no_other() -> None:
    stop = replace(decided("2019-04-29 10:00"), calendar_version=AMENDED.version)
    begun = [received("2019-04-24 09:00"), accepted("2019-04-24 09:30")]
    none: dict[str, WorkingCalendar] = {}
    history = read(policy(), AMENDED, [*begun, stop], at("2019-05-06 09:00"), none.__getitem__)
    assert history.clock("promise").state is State.MET


def test_an_office_that_closes_moves_its_promise_only_if_the_policy_says_so_and_the_statute_never() -> None:
    # Mon 21 September closed by the office: 20, 22, 23, 24 instead of 20, 21, 22, 23 (hand count)
    closure = Overlay("move", Level.OFFICE, Scope.OFFICE, {day("2026-09-21"): "move"}, {}, "note 3")
    office = working_calendar("CN", overlays=(closure,))
    events = [accepted("2026-09-18", seq=1)]
    assert run(rule(4), office, events, at("2026-09-18")).due_on == day("2026-09-23")
    assert run(rule(4, scope=Scope.OFFICE), office, events, at("2026-09-18")).due_on == day("2026-09-24")
