"""Clocks of limits in working hours and minutes through a case: budgets, pauses, stops, lights (R7, R9, R10, R13, R21).

Service 9-12 and 13-17 on working days and make-up days unless said; counted on a clock face.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.calendars import WorkingCalendar
from schedules.hours import WeeklyHours
from schedules.limits import Counting, Intake, Unit, amount_of, counts_since, date_ending
from schedules.timetable import Boundary
from sla.clock import Clock, Light, State, breached, run
from sla.events import CaseEvent, Extended, Verdict, ordered
from sla.ledger import Remark, Status, explain, notes
from tests.core.cast import SHANGHAI, accepted, answered, at, china, day, decided, paused, resumed, rule

HOURS, MINUTES = Unit.WORKING_HOURS, Unit.WORKING_MINUTES
LATE_SHIFT = WorkingCalendar(
    ZoneInfo("Asia/Shanghai"),
    hours=WeeklyHours.parse({"mon": [("16:00", "24:00")], "tue": [("16:00", "24:00")], "wed": [("00:00", "04:00")]}),
)


def clock(amount: int, *events: CaseEvent, now: str, start: str = "2026-09-18 15:00", **changes: object) -> Clock:
    """A limit in hours from Friday 18 September 2026, 15:00, that listens to expert reviews."""
    unit = changes.pop("unit", HOURS)
    watched = rule(amount, "expert_review", unit=unit, **changes)  # type: ignore[arg-type]
    return run(watched, china(), ordered([accepted(start, seq=1), *events], SHANGHAI), at(now))


def test_it_is_in_time_up_to_and_including_the_moment_and_late_just_after() -> None:
    assert clock(3, now="2026-09-20 10:00").state is State.RUNNING
    late = clock(3, now="2026-09-20 10:00:00.000001")
    assert (late.state, late.late_by, late.light) == (State.LATE, 0, Light.RED)
    assert clock(3, decided("2026-09-20 10:00"), now="2026-09-20 12:00").state is State.MET
    assert clock(3, decided("2026-09-20 10:00:01"), now="2026-09-20 12:00").state is State.LATE
    assert clock(3, now="2026-09-22 09:00").late_by == 2  # Mon 21, Tue 22
    assert late.lapses_at == at("2026-09-20 10:00") + timedelta(microseconds=1)


def test_used_and_left_are_in_hours_and_may_be_fractions() -> None:
    ran = clock(3, now="2026-09-18 16:30")
    assert (ran.used, ran.left) == (1.5, 1.5)
    whole = clock(3, now="2026-09-18 16:00")
    assert (whole.used, whole.left) == (1, 2)
    assert isinstance(whole.used, int)
    overdue = clock(3, now="2026-09-20 14:00")  # 2 h on Friday, 9-12 and 13-14 on Sunday
    assert (overdue.used, overdue.left) == (6, -3)
    assert amount_of(timedelta(minutes=90), MINUTES) == 90
    assert amount_of(-timedelta(minutes=90), HOURS) == -1.5
    assert amount_of(timedelta(minutes=20), HOURS) == pytest.approx(1 / 3)


def test_a_stop_without_a_time_is_judged_by_its_date() -> None:
    met = clock(3, decided("2026-09-20"), now="2026-09-21 09:00")
    assert (met.state, met.used, met.left) == (State.MET, 3, 0)  # the whole day, but not past the deadline it met
    early = clock(3, decided("2026-09-18"), now="2026-09-21 09:00")
    assert (early.state, early.used, early.left) == (State.MET, 2, 1)
    late = clock(3, decided("2026-09-21"), now="2026-09-22 09:00")
    assert (late.state, late.late_by, late.used) == (State.LATE, 1, 2 + 7 + 7)


def test_just_the_service_within_a_pause_is_left_out() -> None:
    review = (paused("2026-09-18 16:00", seq=2), resumed("2026-09-20 10:30", pause=2, seq=3))
    found = clock(3, *review, now="2026-09-20 11:00")
    assert (found.due_at, found.due_on) == (at("2026-09-20 13:30"), day("2026-09-20"))  # 1 h, then 10:30-12, 13-13:30
    assert (found.used, found.left, found.nothing_left) == (1.5, 1.5, False)
    assert [(span.start, span.end) for span in found.served] == [
        (at("2026-09-18 15:00"), at("2026-09-18 16:00")),
        (at("2026-09-20 10:30"), at("2026-09-20 13:30")),
    ]


def test_an_open_pause_has_no_deadline_but_one_it_would_have_if_resumed_now() -> None:
    found = clock(3, paused("2026-09-18 16:00", seq=2), now="2026-09-21 09:30")
    assert (found.state, found.due_at, found.due_on, found.if_resumed) == (State.PAUSED, None, None, day("2026-09-21"))
    assert (found.used, found.left, found.light) == (1, 2, Light.GREEN)


@pytest.mark.parametrize(
    ("resumption", "due"),
    [
        ("2026-09-20 10:30", "2026-09-20 10:30"),  # within service: then
        ("2026-09-19 10:30", "2026-09-20 09:00"),  # on a day off: at the next opening
        ("2026-09-20 12:30", "2026-09-20 13:00"),
    ],
)
def test_with_nothing_left_it_is_due_on_resuming_or_at_the_next_opening(resumption: str, due: str) -> None:
    review = (paused("2026-09-18 17:00", seq=2), resumed(resumption, pause=2, seq=3))
    found = clock(2, *review, now="2026-09-20 09:00")
    assert (found.due_at, found.nothing_left) == (at(due), True)


def test_what_is_paused_at_its_last_moment_and_resumed_has_used_no_more_than_all() -> None:
    review = (paused("2026-09-18 17:00", seq=2), resumed("2026-09-20 10:00", pause=2, seq=3))
    assert clock(2, *review, now="2026-09-20 10:00").used == 2
    assert clock(2, *review, now="2026-09-20 11:00").used == 3


def test_extensions_are_added_in_hours_and_those_that_came_too_late_are_not() -> None:
    def extended(recorded: str, verdict: Verdict) -> Extended:
        common = {"occurred_at": at(recorded), "recorded_at": at(recorded), "seq": 5}
        told = {"clock": "promise", "amount": 2, "unit": HOURS, "reason": "flood", "approver": "zhou"}
        return Extended(**common, **told, verdicts={"promise": verdict})  # type: ignore[arg-type]

    longer = clock(2, extended("2026-09-18 16:00", Verdict.IN_TIME), now="2026-09-18 16:00")
    assert (longer.due_at, longer.limit.amount) == (at("2026-09-20 11:00"), 4)
    same = clock(2, extended("2026-09-18 18:00", Verdict.TOO_LATE), now="2026-09-18 18:00")
    assert (same.due_at, len(same.refused_extensions), same.extensions) == (at("2026-09-18 17:00"), 1, ())
    assert [note.remark for note in notes(longer)] == [Remark.EXTENDED]
    assert [note.remark for note in notes(same)] == [Remark.EXTENSION_TOO_LATE]


def test_the_light_turns_yellow_so_many_hours_before() -> None:
    assert clock(3, now="2026-09-18 16:59", yellow=1).light is Light.GREEN  # 1 h 1 min left
    assert clock(3, now="2026-09-18 17:00", yellow=1).light is Light.YELLOW
    assert clock(3, now="2026-09-19 12:00", yellow=1).light is Light.YELLOW  # the night and the day off do not count


def test_what_is_filed_after_closing_may_count_from_the_next_working_day() -> None:
    counting = Counting(intake=Intake.NEXT_WORKING_DAY)
    assert clock(2, start="2026-09-18 17:30", now="2026-09-18 18:00", counting=counting).due_at == at(
        "2026-09-20 11:00"
    )
    assert counts_since(china(), at("2026-09-18 17:30"), day("2026-09-20")) == at("2026-09-20 00:00")
    assert counts_since(china(), at("2026-09-18 15:00"), day("2026-09-18")) == at("2026-09-18 15:00")


def test_what_was_decided_has_used_no_more_however_long_ago_that_was() -> None:
    done = clock(3, decided("2026-09-18 16:00"), now="2026-10-30 09:00")
    assert (done.state, done.used, done.left) == (State.MET, 1, 2)
    late = clock(3, decided("2026-09-20 11:00"), now="2026-10-30 09:00")
    assert (late.state, late.used, late.left) == (State.LATE, 4, -1)


def test_a_limit_in_hours_runs_in_spans_of_time_and_not_of_days() -> None:
    review = paused("2026-09-18 16:00", seq=2)
    for found in (
        clock(1, now="2026-09-18 16:00"),
        clock(3, review, now="2026-09-21 09:30"),
        clock(1, review, resumed("2026-09-18 16:30", pause=2, seq=3), now="2026-09-18 16:45"),
    ):
        assert found.running == ()
        assert [(span.start, span.end) for span in found.served] == [(at("2026-09-18 15:00"), at("2026-09-18 16:00"))]


def test_what_is_left_after_a_pause_ends_at_a_closing_or_at_the_next_opening_as_the_boundary_says() -> None:
    review = (paused("2026-09-18 16:00", seq=2), resumed("2026-09-20 09:00", pause=2, seq=3))  # 1 h used; 9 to 12
    assert clock(4, *review, now="2026-09-20 10:00").due_at == at("2026-09-20 12:00")
    counting = Counting(boundary=Boundary.OPENING)
    assert clock(4, *review, now="2026-09-20 10:00", counting=counting).due_at == at("2026-09-20 13:00")


def test_with_nothing_left_it_is_due_on_the_day_it_resumes_though_that_moment_closes_another() -> None:
    events = [
        accepted("2026-09-21 16:00", seq=1),
        paused("2026-09-21 20:00", seq=2),
        resumed("2026-09-22 00:00", pause=2, seq=3),  # Monday's closing is the first moment of Tuesday
    ]
    found = run(rule(4, "expert_review", unit=HOURS), LATE_SHIFT, ordered(events, SHANGHAI), at("2026-09-22 10:00"))
    assert (found.nothing_left, found.due_at, found.due_on) == (True, at("2026-09-22 00:00"), day("2026-09-22"))


def test_a_closing_at_midnight_belongs_to_the_day_that_it_closes() -> None:
    def wall(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)

    monday, tuesday = date(2026, 9, 21), date(2026, 9, 22)
    assert date_ending(LATE_SHIFT, wall("2026-09-22 00:00").astimezone(UTC)) == monday  # Monday's closing
    assert date_ending(LATE_SHIFT, wall("2026-09-22 16:00").astimezone(UTC)) == tuesday
    assert date_ending(LATE_SHIFT, wall("2026-09-21 23:59").astimezone(UTC)) == monday
    midnight = wall("2026-09-23 00:00").astimezone(UTC)  # service goes on through it: the new day's first instant
    assert date_ending(LATE_SHIFT, midnight) == date(2026, 9, 23)
    assert date_ending(LATE_SHIFT, wall("2026-09-24 00:00").astimezone(UTC)) == date(2026, 9, 24)  # no service near it
    told = answered(
        start="2026-09-21T20:00", limit={"amount": 4, "unit": "working_hours"},
        calendar={"zone": "Asia/Shanghai", "hours": {"mon": [["16:00", "24:00"]], "tue": [["16:00", "20:00"]]}},
    )  # fmt: skip
    assert (told["due_on"], told["due_at"]) == ("2026-09-21", "2026-09-21T16:00:00Z")


def test_its_ledger_says_how_much_of_each_day_counted() -> None:
    review = (paused("2026-09-20 09:30", seq=2), resumed("2026-09-22 13:00", pause=2, seq=3))
    found = clock(3, *review, now="2026-09-22 13:00")
    rows = [(row.date, row.status, row.counted, row.added) for row in explain(found)]
    assert rows == [
        (day("2026-09-18"), Status.COUNTED, 2, 2),
        (day("2026-09-19"), Status.NOT_WORKING, None, 0),
        (day("2026-09-20"), Status.COUNTED, 2.5, 0.5),
        (day("2026-09-21"), Status.PAUSED, None, 0),
        (day("2026-09-22"), Status.COUNTED, 3, 0.5),
    ]
    assert {row.rule for row in explain(found)} == {"R7", "R10"}
    evening = clock(1, start="2026-09-18 18:00", now="2026-09-18 18:00")
    assert [row.status for row in explain(evening)] == [Status.NO_SERVICE, Status.NOT_WORKING, Status.COUNTED]
    last = clock(
        2, paused("2026-09-18 17:00", seq=2), resumed("2026-09-20 09:00", pause=2, seq=3), now="2026-09-20 09:00"
    )
    assert [row.status for row in explain(last)][-1] is Status.DUE_NOT_COUNTED


def test_a_limit_of_ten_years_and_more_shows_the_ends_of_its_ledger() -> None:
    told = answered(start="2026-09-18", limit={"amount": 30_000, "unit": "working_hours"})
    first, last = told["ledger"]
    assert (first["date"], last["date"], last["counted"], last["of"]) == ("2026-09-18", told["due_on"], 30_000, 30_000)
    years = answered(start="2026-09-18", limit={"amount": 12, "unit": "years"})["ledger"]
    assert (years[-1]["counted"], years[-1]["of"], len(years)) == (4_383, 4_383, 2)  # 12 * 365 + 3 leap days


def test_a_clock_that_ended_breached_by_itself_has_used_all_and_is_late_by_nothing() -> None:
    running = clock(3, now="2026-09-18 16:00")
    ends = at("2026-09-20 10:00")
    ended = breached(running, ends, at("2026-09-25 09:00"))
    assert (ended.state, ended.light, ended.used, ended.left) == (State.LATE, Light.RED, 3, 0)
    assert (ended.late_by, ended.stopped_at, ended.stopped_on, ended.deemed) == (0, ends, day("2026-09-20"), True)
    assert breached(running, ends, ends) != running
    assert breached(running, ends, at("2026-09-20 09:59")) == running


def test_boundary_opening_moves_only_what_is_used_up_at_a_closing() -> None:
    counting = Counting(boundary=Boundary.OPENING)
    assert clock(2, now="2026-09-18 16:00", counting=counting).due_at == at("2026-09-20 09:00")
    assert clock(3, now="2026-09-18 16:00", counting=counting).due_at == at("2026-09-20 10:00")
    assert clock(90, now="2026-09-18 16:00", counting=counting, unit=MINUTES).due_at == at("2026-09-18 16:30")
