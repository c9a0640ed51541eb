"""The ledger: one row a day, each with what it was, its rule and its source."""

from itertools import pairwise

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import Kind, Level, Overlay, Scope
from schedules.limits import Counting, FirstDay, Intake, Unit
from sla.clock import Clock, run
from sla.events import CaseEvent, ordered
from sla.ledger import Row, Status, explain
from tests.core.cast import (
    SHANGHAI,
    accepted,
    answered,
    at,
    case,
    china,
    day,
    days,
    paused,
    promise,
    received,
    resumed,
    rule,
)


def brief(clock: Clock) -> list[tuple[str, Status]]:
    return [(f"{row.date:%m-%d}", row.status) for row in explain(clock)]


def counted(
    start: str, amount: int, *events: CaseEvent, unit: Unit = Unit.WORKING_DAYS, counting: Counting | None = None
) -> Clock:
    made = rule(amount, "expert_review", unit=unit, counting=counting or Counting())
    return run(made, china(), ordered([accepted(start, seq=1), *events], SHANGHAI), at(start))


def row(clock: Clock, date: str) -> Row:
    return next(row for row in explain(clock) if row.date == day(date))


def test_a_promise_of_six_days_is_told_day_by_day() -> None:
    # The example of R5, 18 September: Sun 20 works, 25-27 are off.
    assert brief(counted("2026-09-18", 6)) == [
        ("09-18", Status.FIRST_DAY),
        ("09-19", Status.NOT_WORKING),
        ("09-20", Status.COUNTED),
        ("09-21", Status.COUNTED),
        ("09-22", Status.COUNTED),
        ("09-23", Status.COUNTED),
        ("09-24", Status.COUNTED),
        ("09-25", Status.NOT_WORKING),
        ("09-26", Status.NOT_WORKING),
        ("09-27", Status.NOT_WORKING),
        ("09-28", Status.COUNTED),
    ]


def test_a_row_says_what_the_day_is_which_of_how_many_and_by_which_source() -> None:
    clock = counted("2026-09-18", 6)
    first, makeup, holiday, last = (row(clock, f"2026-09-{number}") for number in (18, 20, 25, 28))
    assert (first.rule, first.source, first.counted) == ("R2", "民法典第二百零一条", None)
    assert (makeup.kind, makeup.counted, makeup.of, makeup.rule) == (Kind.MAKEUP, 1, 6, "R5")
    assert "国务院办公厅" in makeup.source
    assert (holiday.kind, holiday.name, holiday.rule) == (Kind.HOLIDAY, "中秋节", "R3")
    assert "国务院办公厅" in holiday.source
    assert (last.counted, last.of) == (6, 6)


def test_a_pause_names_its_ground_and_its_notice() -> None:
    clock = counted("2026-09-18", 4, paused("2026-09-22", seq=2, notice="ZJ-3"), resumed("2026-09-28", pause=2))
    assert brief(clock)[4:] == [
        ("09-22", Status.COUNTED),  # the day of the pause is used up
        ("09-23", Status.PAUSED),
        ("09-24", Status.PAUSED),
        ("09-25", Status.PAUSED),
        ("09-26", Status.PAUSED),
        ("09-27", Status.PAUSED),
        ("09-28", Status.PAUSED),  # the day of resumption is free
        ("09-29", Status.COUNTED),
    ]
    assert (row(clock, "2026-09-24").ground, row(clock, "2026-09-24").source) == ("expert_review", "ZJ-3")
    assert row(clock, "2026-09-24").rule == "R10"


def test_with_nothing_left_the_due_day_is_due_and_not_counted() -> None:
    clock = counted("2026-09-18", 4, paused("2026-09-23", seq=2), resumed("2026-09-26", pause=2))
    assert brief(clock)[-2:] == [("09-27", Status.NOT_WORKING), ("09-28", Status.DUE_NOT_COUNTED)]
    assert max(row.counted or 0 for row in explain(clock)) == 4
    resumed_on_a_working_day = counted("2026-09-18", 4, paused("2026-09-23", seq=2), resumed("2026-09-29", pause=2))
    assert brief(resumed_on_a_working_day)[-2:] == [("09-28", Status.PAUSED), ("09-29", Status.DUE_NOT_COUNTED)]


def test_a_last_day_off_is_counted_and_the_days_it_moves_over_are_rolled() -> None:
    clock = counted("2026-09-08", 18, unit=Unit.CALENDAR_DAYS)
    assert brief(clock)[-3:] == [("09-26", Status.COUNTED), ("09-27", Status.ROLLED), ("09-28", Status.ROLLED)]
    assert (row(clock, "2026-09-28").rule, row(clock, "2026-09-28").source) == ("R6", "民法典第二百零三条")


def test_an_immediate_item_is_due_and_counts_nothing() -> None:
    assert brief(counted("2026-09-18 10:00", 0)) == [("09-18", Status.DUE_IMMEDIATE)]
    assert brief(counted("2026-09-25", 0)) == [
        ("09-25", Status.FIRST_DAY),
        ("09-26", Status.NOT_WORKING),
        ("09-27", Status.NOT_WORKING),
        ("09-28", Status.DUE_IMMEDIATE),
    ]


def test_a_first_day_that_is_counted_is_the_first_of_them() -> None:
    clock = counted("2026-09-18", 2, counting=Counting(first_day=FirstDay.SAME))
    assert brief(clock) == [("09-18", Status.COUNTED), ("09-19", Status.NOT_WORKING), ("09-20", Status.COUNTED)]


def test_a_receipt_that_counts_from_the_next_working_day_begins_there() -> None:
    clock = counted("2026-09-19", 1, counting=Counting(intake=Intake.NEXT_WORKING_DAY))
    assert brief(clock) == [("09-20", Status.FIRST_DAY), ("09-21", Status.COUNTED)]


def test_a_day_past_the_last_announced_one_is_marked() -> None:
    clock = counted("2026-12-28", 4)
    assert [(f"{row.date:%m-%d}", row.provisional, row.name) for row in explain(clock)][3:6] == [
        ("12-31", False, ""),
        ("01-01", True, "元旦"),  # certain by law
        ("01-02", True, ""),
    ]


def test_an_office_that_was_closed_says_so() -> None:
    closure = Overlay(
        "move", Level.OFFICE, Scope.OFFICE, dict.fromkeys(days("2026-09-21"), "office move"), {}, "note 3"
    )
    office = working_calendar("CN", overlays=(closure,))
    clock = run(rule(4, scope=Scope.OFFICE), office, [accepted("2026-09-18", seq=1)], at("2026-09-18"))
    closed = row(clock, "2026-09-21")
    assert (closed.status, closed.kind, closed.name, closed.source) == (
        Status.NOT_WORKING, Kind.OFFICE_CLOSED, "office move", "note 3",
    )  # fmt: skip


def test_a_paused_clock_is_explained_up_to_the_pause_and_a_pending_one_not_at_all() -> None:
    assert brief(promise(paused("2026-09-22 10:00"), now="2026-09-24 10:00"))[-1] == ("09-22", Status.COUNTED)
    assert explain(case([received("2026-09-18 09:00")], "2026-09-18 10:00").clock("promise")) == ()


def test_a_limit_of_ages_shows_its_ends_only() -> None:
    rows = answered(start="2026-09-18", limit={"amount": 20, "unit": "years"})["ledger"]
    assert [row["date"] for row in rows] == ["2026-09-18", "2046-09-18"]


@pytest.mark.parametrize(("amount", "unit"), [(30, "working_days"), (18, "calendar_days"), (3, "months")])
def test_the_rows_run_from_day_0_to_the_due_date_without_a_gap(amount: int, unit: str) -> None:
    answer = answered(start="2026-09-18", limit={"amount": amount, "unit": unit})
    dates = [day(row["date"]) for row in answer["ledger"]]
    assert dates[0] == day("2026-09-18")
    assert dates[-1] == day(answer["due_on"])
    assert {(after - before).days for before, after in pairwise(dates)} == {1}
