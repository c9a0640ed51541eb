"""R16. A changed calendar moves open clocks and no stopped one; a move into the past makes a case overdue by calendar,
and its escalations count from the applying.

The three amendments in the middle of a year that the State Council made (2015, 2019, 2020) are counted by brute force:
one walks the days of the announced calendar, as it was before and after the notice, and counts. The answers of the
single cases were counted on the printed calendar of that year.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import Level, Overlay, Scope, WorkingCalendar
from schedules.limits import Counting, Cutoff, Unit
from sla.clock import Clock, State, run
from sla.events import CalendarApplied, CaseEvent, Verdict, ordered
from sla.history import History, judged, read
from sla.milestones import of
from tests.core.cast import (
    SHANGHAI,
    accepted,
    at,
    china,
    day,
    decided,
    paused,
    policy,
    received,
    resumed,
    rule,
    when,
)
from tests.shared import shared

ONE = timedelta(days=1)
Works = Callable[[date], bool]


# --- the three amendments, by brute force ----------------------------------------------------------------------------
class Amendment:
    """A notice: when it was published, and both calendars, each as ours and as a plain list of days."""

    def __init__(self, entry: dict[str, object]) -> None:
        changes = {date.fromisoformat(c["date"]): c for c in entry["changes"]}  # type: ignore[attr-defined]
        self.published = date.fromisoformat(str(entry["published"]))
        self.number = str(entry["number"])
        before = {on: change["before"] == "workday" for on, change in changes.items()}
        self.works_before: Works = lambda on: before.get(on, announced(on))
        self.works_after: Works = announced
        undone = Overlay(
            "as first announced", Level.REGION, Scope.LEGAL,
            {on: "" for on, works in before.items() if not works}, {on: "" for on, works in before.items() if works},
        )  # fmt: skip
        self.before, self.after = working_calendar("CN", overlays=(undone,)), working_calendar("CN")


@cache
def _days() -> dict[date, bool]:
    with shared("calendars", "cn_workdays_2007_2026.csv").open(encoding="utf-8") as file:
        return {date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in csv.DictReader(file)}


def announced(on: date) -> bool:
    return _days()[on]


def amendments() -> dict[str, Amendment]:
    entries = json.loads(shared("calendars", "mid_year_amendments.json").read_text("utf-8"))
    return {entry["id"]: Amendment(entry) for entry in entries}


def counted(works: Works, start: date, amount: int) -> date:
    """The day on which so many working days after the start have gone by."""
    on = start
    while amount:
        on += ONE
        amount -= works(on)
    return on


def dated(on: date, calendar: WorkingCalendar) -> datetime:
    return calendar.start_of(on)


def clock_on(calendar: WorkingCalendar, start: date, amount: int, now: date) -> Clock:
    return run(rule(amount), calendar, [accepted(start.isoformat(), seq=1)], dated(now, calendar))


@pytest.mark.parametrize(
    ("name", "directions"),
    [
        ("2015-victory-day", {"later"}),  # 3 and 4 September off, Sunday 6 worked: one day fewer
        ("2019-labour-day", {"earlier", "later"}),  # 28 April and 5 May worked, 2 and 3 May off
        ("2020-spring-festival-covid", {"later"}),  # 31 January and 1 February off
    ],
)
def test_every_clock_that_is_open_on_the_day_of_the_notice_moves_as_a_count_of_the_days_says(
    name: str, directions: set[str]
) -> None:
    notice, moved = amendments()[name], Counter[str]()
    for back in range(45):
        start = notice.published - back * ONE
        for amount in range(101):
            before, after = (counted(works, start, amount) for works in (notice.works_before, notice.works_after))
            if amount and before >= notice.published:  # 0 days are due at once (R8)
                assert clock_on(notice.before, start, amount, notice.published).due_on == before, (start, amount)
                assert clock_on(notice.after, start, amount, notice.published).due_on == after, (start, amount)
                moved["earlier" if after < before else "later" if after > before else "not"] += 1
    assert {way for way in moved if way != "not"} == directions
    assert sum(moved.values()) > 1_000


@pytest.mark.parametrize("name", ["2015-victory-day", "2019-labour-day", "2020-spring-festival-covid"])
def test_no_clock_that_was_stopped_before_the_notice_moves(name: str) -> None:
    notice = amendments()[name]
    by_version = {calendar.version: calendar for calendar in (notice.before, notice.after)}
    for back in range(40):
        start, stop = notice.published - back * ONE, notice.published
        begun = [received(start.isoformat()), accepted(start.isoformat())]
        ended = replace(decided(stop.isoformat()), calendar_version=notice.before.version)
        for now in (notice.published, notice.published + 200 * ONE):
            found = read(
                policy(), notice.after, [*begun, ended], dated(now + ONE, notice.after), by_version.__getitem__
            )
            due = counted(notice.works_before, start, 4)
            clock = found.clock("promise")
            assert (clock.due_on, clock.state is State.MET) == (due, stop <= due)
            assert clock.calendar.version == notice.before.version


def test_a_stop_that_is_voided_releases_the_clock_to_the_calendar_in_force() -> None:
    notice = amendments()["2019-labour-day"]
    by_version = {calendar.version: calendar for calendar in (notice.before, notice.after)}
    events = [received("2019-04-24"), accepted("2019-04-24")]
    stop = replace(decided("2019-04-26"), calendar_version=notice.before.version)
    now = at("2019-04-29 09:00")
    # From Wed 24 April: 25, 26, 29, 30; with Sunday the 28th worked 25, 26, 28, 29.
    kept = read(policy(), notice.after, [*events, stop], now, by_version.__getitem__).clock("promise")
    released = read(policy(), notice.after, events, now, by_version.__getitem__).clock("promise")
    assert (kept.due_on, released.due_on) == (day("2019-04-30"), day("2019-04-29"))


def test_a_pause_holds_its_verdict_whatever_the_calendar_becomes() -> None:
    # Due 30 April by the first calendar and recorded on it: in time. Amended, the 29th would have been the last day.
    notice = amendments()["2019-labour-day"]
    events: list[CaseEvent] = [received("2019-04-24"), accepted("2019-04-24")]
    pause = judged(policy(), notice.before, events, paused("2019-04-30 09:00"))
    assert dict(pause.verdicts)["promise"] is Verdict.IN_TIME  # type: ignore[attr-defined]
    found = read(policy(), notice.after, [*events, pause], at("2019-05-06 09:00")).clock("promise")
    assert found.state is State.PAUSED
    late = judged(policy(), notice.after, events, paused("2019-04-30 09:00"))
    assert dict(late.verdicts)["promise"] is Verdict.TOO_LATE  # type: ignore[attr-defined]


def test_the_days_that_were_over_before_the_notice_are_counted_by_the_new_calendar_too() -> None:
    # Published on 27 January 2020 for the 31st on: a pause that ran in between is laid over the new days.
    notice = amendments()["2020-spring-festival-covid"]
    verdicts = {"promise": Verdict.IN_TIME, "statutory": Verdict.IN_TIME}
    events = [
        received("2020-01-20"), accepted("2020-01-20"), paused("2020-01-22", verdicts=verdicts), resumed("2020-02-04"),
    ]  # fmt: skip
    # 21, 22 used; resumed on Tue 4 February, free; 5, 6.
    for calendar in (notice.before, notice.after):
        assert read(policy(), calendar, events, at("2020-02-04 12:00")).clock("promise").due_on == day("2020-02-06")


# --- a move into the past --------------------------------------------------------------------------------------------
def moved(text: str, *moves: str, clock: str = "promise", seq: int = 30) -> CalendarApplied:
    before, after = (move and (move if len(move) == 10 else at(move).isoformat()) for move in moves)
    return CalendarApplied(
        **when(text),
        seq=seq,
        notice="〔2026〕7号",
        version_before="a",
        version_after="b",
        moved={clock: (before, after)},
    )


def opened(*days: str) -> WorkingCalendar:
    notice = Overlay("notice", Level.REGION, Scope.LEGAL, {}, {day(text): "make-up" for text in days}, "〔2026〕7号")
    return replace(china(), overlays=(*china().overlays, notice))


def amended(now: str, *events: CalendarApplied, calendar: WorkingCalendar | None = None) -> History:
    """Accepted on Mon 21 September: 22, 23, 24, 28; with the 25th and Sat 26th worked 22, 23, 24, 25."""
    begun = [received("2026-09-21 09:00"), accepted("2026-09-21 09:30")]
    return read(policy(), calendar or opened("2026-09-25", "2026-09-26"), [*begun, *events], at(now))


def moments(clock: Clock) -> dict[str, datetime]:
    return {milestone.name: milestone.at for milestone in of(clock)}


def test_what_an_amendment_moved_into_the_past_is_overdue_by_calendar_and_escalates_from_its_applying() -> None:
    # Applied on Mon 28 at 10:00, the due date moved from that day to Fri 25.
    clock = amended("2026-09-28 12:00", moved("2026-09-28 10:00", "2026-09-28", "2026-09-25")).clock("promise")
    assert (clock.due_on, clock.state) == (day("2026-09-25"), State.LATE)
    assert clock.by_calendar == at("2026-09-28 10:00")
    assert moments(clock)["overdue"] == at("2026-09-28 10:00")
    # +1 after a whole working day from the 28th: the 29th, so the 30th; +3: 29, 30, 8 October, so the 9th.
    assert moments(clock)["+1"] == at("2026-09-30 08:30")
    assert moments(clock)["+3"] == at("2026-10-09 08:30")


def test_lateness_itself_is_counted_from_the_due_date() -> None:
    clock = amended("2026-09-29 12:00", moved("2026-09-28 10:00", "2026-09-28", "2026-09-25")).clock("promise")
    assert clock.late_by == 3  # 26, 28, 29


def test_a_move_that_leaves_the_deadline_to_come_is_not_by_calendar() -> None:
    applied = moved("2026-09-25 10:00", "2026-09-28", "2026-09-25")  # on the due day itself it is not past
    clock = amended("2026-09-26 09:00", applied).clock("promise")
    assert (clock.state, clock.by_calendar) == (State.LATE, None)
    assert moments(clock)["overdue"] == at("2026-09-26 00:00")


def test_a_case_that_was_overdue_before_the_amendment_is_not_overdue_by_calendar() -> None:
    # Due on the 28th and late since; the notice of 8 October moves it further into the past. No escalation starts anew.
    clock = amended("2026-10-08 12:00", moved("2026-10-08 10:00", "2026-09-28", "2026-09-25")).clock("promise")
    assert (clock.state, clock.by_calendar) == (State.LATE, None)
    assert moments(clock)["+1"] == at("2026-09-28 08:30")  # after the 26th, a whole working day now


def test_two_moves_into_the_past_count_from_the_first_applying() -> None:
    first = moved("2026-09-28 10:00", "2026-09-28", "2026-09-26")
    again = moved("2026-09-29 10:00", "2026-09-26", "2026-09-25", seq=31)
    clock = amended("2026-09-29 12:00", first, again).clock("promise")
    assert clock.by_calendar == at("2026-09-28 10:00")


def test_a_rescue_ends_it_and_a_second_move_into_the_past_begins_anew() -> None:
    there = moved("2026-09-28 10:00", "2026-09-28", "2026-09-25")
    back = moved("2026-09-29 10:00", "2026-09-25", "2026-09-30", seq=31)
    again = moved("2026-10-08 10:00", "2026-09-30", "2026-09-25", seq=32)
    assert amended("2026-10-08 12:00", there, back, again).clock("promise").by_calendar is None  # 30 was past by then
    again = moved("2026-09-30 10:00", "2026-09-30", "2026-09-25", seq=32)
    assert amended("2026-10-08 12:00", there, back, again).clock("promise").by_calendar == at("2026-09-30 10:00")
    rescued = amended("2026-09-29 12:00", there, back, calendar=replace(china())).clock("promise")
    assert rescued.by_calendar is None


@pytest.mark.parametrize(
    ("unit", "amount", "counting", "before", "after"),
    [
        # 14 h, 7 a day, from Mon 21 at 9:30: until 17:00 6.5, Tue 7, Wed 9:00 to 9:30
        (Unit.WORKING_HOURS, 14, Counting(), "2026-09-23 14:00", "2026-09-23 09:30"),
        # the last closing of Tue 22, which had gone by for half an hour; the 23rd was to come
        (Unit.WORKING_DAYS, 1, Counting(cutoff=Cutoff.CLOSING), "2026-09-23", "2026-09-22"),
    ],
    ids=["hours", "closing"],
)
def test_a_moment_that_was_moved_into_the_past_of_the_same_day_is_by_calendar(
    unit: Unit, amount: int, counting: Counting, before: str, after: str
) -> None:
    begun, applied = accepted("2026-09-21 09:30", seq=1), moved(f"{after[:10]} 17:30", before, after)
    events = ordered([begun, applied], SHANGHAI)
    clock = run(rule(amount, unit=unit, counting=counting), china(), events, at(f"{after[:10]} 18:00"))
    assert clock.due_at == (at(after) if unit is Unit.WORKING_HOURS else at(f"{after} 17:00"))
    passed_before = unit is Unit.WORKING_HOURS  # 14:00 had gone by at 17:30 as well
    assert clock.by_calendar == (None if passed_before else at(f"{after} 17:30"))


def test_an_hour_limit_escalates_from_the_applying() -> None:
    begun, applied = (
        accepted("2026-09-21 09:30", seq=1),
        moved("2026-09-23 10:30", "2026-09-23 14:00", "2026-09-23 09:30"),
    )
    clock = run(rule(14, unit=Unit.WORKING_HOURS), china(), ordered([begun, applied], SHANGHAI), at("2026-09-23 11:00"))
    assert clock.by_calendar == at("2026-09-23 10:30")


def test_an_amendment_that_moved_another_clock_is_not_this_ones() -> None:
    clock = amended("2026-09-28 12:00", moved("2026-09-28 10:00", "2026-09-28", "2026-09-25", clock="statutory"))
    assert clock.clock("promise").by_calendar is None


def test_a_capped_promise_is_overdue_by_calendar_like_its_statute() -> None:
    # Both moved from Mon 28 to Fri 25: the promise, counted by the office's own days, is capped by a statute of four.
    from tests.rules.test_r12_promise_within_statute import closed, office_promise, statute_rule
    from tests.rules.test_r12_promise_within_statute import of as policy_of

    calendar = closed(opened("2026-09-25", "2026-09-26"), "2026-09-24")
    moves = [moved("2026-09-28 10:00", "2026-09-28", "2026-09-25", clock=name) for name in ("promise", "statutory")]
    begun = [received("2026-09-21 09:00"), accepted("2026-09-21 09:30")]
    applied = replace(moves[0], moved={**moves[0].moved, **moves[1].moved})
    history = read(policy_of(office_promise(4), statute_rule(4)), calendar, [*begun, applied], at("2026-09-28 12:00"))
    promise, statute = history.clock("promise"), history.clock("statutory")
    assert (promise.capped, promise.due_on, statute.due_on) == (True, day("2026-09-25"), day("2026-09-25"))
    assert promise.by_calendar == statute.by_calendar == at("2026-09-28 10:00")
