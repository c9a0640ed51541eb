"""A calendar that is amended while cases run: open clocks move, stopped clocks keep their dates (R16, R3)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import Level, Overlay, Scope, WorkingCalendar
from schedules.limits import Counting, Cutoff, Unit
from sla.clock import Clock, State, run
from sla.events import CalendarApplied, CaseEvent, ordered
from sla.history import read
from tests.core.cast import SHANGHAI, accepted, at, china, day, days, decided, policy, received, rule

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


# --- overdue by calendar: an amendment moved the deadline from what was to come into the past -------------------------
def applied(occurred: str, *moves: tuple[str, str], unit: Unit = Unit.WORKING_DAYS, **changes: Any) -> Clock:
    """A clock from Friday 18 September 2026, 15:00: four days are 20, 21, 22, 23; three hours end on Sun 20 at 10:00.

    It was moved from one deadline to another when an amendment was applied, and again each working day after.
    """
    events: list[CaseEvent] = [accepted("2026-09-18 15:00", seq=1)]
    for number, move in enumerate(moves):
        moment, versions = at(occurred) + timedelta(days=number), {"version_before": "a", "version_after": "b"}
        told = {"occurred_at": moment, "recorded_at": moment, "seq": 5 + number, **versions}
        events.append(CalendarApplied(**told, notice="n", moved={"promise": move}))  # type: ignore[arg-type]
    amount = 4 if unit is Unit.WORKING_DAYS else 3
    return run(rule(amount, unit=unit, **changes), china(), ordered(events, SHANGHAI), at("2026-10-30 12:00"))


@pytest.mark.parametrize(
    ("occurred", "before", "by_calendar"),
    [
        ("2026-09-28 10:00", "2026-09-28", True),  # it was to come, and is past
        ("2026-09-24 00:00", "2026-09-28", True),  # the 23rd is past with its last moment
        ("2026-09-23 23:59:59", "2026-09-28", False),  # the 23rd was not past
        ("2026-09-29 00:00", "2026-09-28", False),  # it was past before
        ("2026-09-28 23:59:59", "2026-09-28", True),
        ("2026-09-28 10:00", "", True),  # a pause had left it none
    ],
)
def test_what_was_to_come_and_is_past_is_overdue_by_calendar(occurred: str, before: str, by_calendar: bool) -> None:
    clock = applied(occurred, (before, "2026-09-23"))
    assert (clock.due_on, clock.state) == (day("2026-09-23"), State.LATE)
    assert clock.by_calendar == (at(occurred) if by_calendar else None)


@pytest.mark.parametrize(
    ("occurred", "by_calendar"),
    [
        ("2026-09-23 16:59", False),
        ("2026-09-23 17:00", False),  # up to and including the closing it is in time
        ("2026-09-23 17:00:01", True),
        ("2026-09-28 17:00", True),
        ("2026-09-28 17:00:01", False),  # what it was before was past as well
    ],
)
def test_with_a_cutoff_at_closing_it_is_past_just_after_the_closing(occurred: str, by_calendar: bool) -> None:
    clock = applied(occurred, ("2026-09-28", "2026-09-23"), counting=Counting(cutoff=Cutoff.CLOSING))
    assert clock.due_at == at("2026-09-23 17:00")
    assert clock.by_calendar == (at(occurred) if by_calendar else None)


@pytest.mark.parametrize(
    ("occurred", "by_calendar"),
    [
        ("2026-09-20 10:00", False),  # up to and including the moment it is in time
        ("2026-09-20 10:00:01", True),
        ("2026-09-20 14:00", True),
        ("2026-09-20 14:00:01", False),
    ],
)
def test_in_hours_it_is_past_just_after_the_moment(occurred: str, by_calendar: bool) -> None:
    move = (at("2026-09-20 14:00").isoformat(), at("2026-09-20 10:00").isoformat())
    clock = applied(occurred, move, unit=Unit.WORKING_HOURS)
    assert clock.due_at == at("2026-09-20 10:00")
    assert clock.by_calendar == (at(occurred) if by_calendar else None)


def test_of_several_amendments_the_one_that_made_it_overdue_is_told() -> None:
    first, second = at("2026-09-28 10:00"), at("2026-09-29 10:00")
    twice = applied("2026-09-28 10:00", ("2026-09-28", "2026-09-24"), ("2026-09-24", "2026-09-23"))
    assert twice.by_calendar == first
    there_and_back = (("2026-09-28", "2026-09-23"), ("2026-09-23", "2026-09-30"), ("2026-09-30", "2026-09-23"))
    assert applied("2026-09-28 10:00", *there_and_back[:2]).by_calendar is None  # it does not stand there now
    assert applied("2026-09-28 10:00", *there_and_back).by_calendar == second + timedelta(days=1)


def test_an_amendment_that_says_another_deadline_than_the_clock_has_made_nothing_overdue() -> None:
    assert applied("2026-09-28 10:00", ("2026-09-28", "2026-09-22")).by_calendar is None
    assert applied("2026-09-28 10:00").by_calendar is None


def test_an_amendment_that_moved_another_clock_is_not_this_ones() -> None:
    moment = at("2026-09-28 10:00")
    told = {"occurred_at": moment, "recorded_at": moment, "seq": 5, "version_before": "a", "version_after": "b"}
    moved = {"statutory": ("2026-09-28", "2026-09-23")}
    other = CalendarApplied(**told, notice="n", moved=moved)  # type: ignore[arg-type]
    both = CalendarApplied(**told, notice="n", moved={**moved, "promise": moved["statutory"]})  # type: ignore[arg-type]
    for event, amendments, by_calendar in ((other, (), None), (both, (both,), moment)):
        events = ordered([accepted("2026-09-18 15:00", seq=1), event], SHANGHAI)
        clock = run(rule(4), china(), events, at("2026-10-30 12:00"))
        assert (clock.amendments, clock.by_calendar) == (amendments, by_calendar)


def test_an_office_that_closes_moves_its_promise_only_if_the_policy_says_so_and_the_statute_never() -> None:
    # Mon 21 September closed by the office: 20, 22, 23, 24 instead of 20, 21, 22, 23 (hand count)
    closure = Overlay("move", Level.OFFICE, Scope.OFFICE, {day("2026-09-21"): "move"}, {}, "note 3")
    office = working_calendar("CN", overlays=(closure,))
    events = [accepted("2026-09-18", seq=1)]
    assert run(rule(4), office, events, at("2026-09-18")).due_on == day("2026-09-23")
    assert run(rule(4, scope=Scope.OFFICE), office, events, at("2026-09-18")).due_on == day("2026-09-24")
