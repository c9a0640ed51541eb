"""R20. Every deadline can be rebuilt from the events with their verdicts, the policy version and the calendar version;
what is stored beside them is an index.

On both databases: the index is spoilt, thrown away or asked again, and is what it was.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schedules.calendars import Level, Overlay, Scope
from sla.clock import State
from sla.service.doctor import rebuilt
from sla.service.setup import apply, plan_of
from tests.core.cast import day
from tests.rules.counter import open_counter
from tests.service.cast import OFFICE, Window


@pytest.fixture
def filled(window: Window) -> Window:
    """Cases of every kind: paused, paused again, overdue, deemed, decided, in hours with fractions; seen on 28
    September."""
    open_counter(window)
    window.at("2026-09-14 09:30").receive(number="DEEMED", accept=False)
    window.at("2026-09-18 09:30").receive(number="PAUSED")
    window.receive(number="AGAIN")
    window.receive(number="LATE")
    window.receive(number="DONE")
    window.receive("counter_check", number="HOURS")
    window.receive("counter_check", number="OPEN HOURS")
    window.at("2026-09-18 09:50").record("HOURS", "paused", ground="expert_review")
    window.at("2026-09-18 11:10").record("HOURS", "resumed")
    window.at("2026-09-18 11:30").decide("HOURS")
    for seq, (kind, text) in enumerate((("paused", "20 16:00"), ("resumed", "21 09:00"), ("paused", "21 16:00"))):
        details: dict[str, Any] = {"ground": "hearing"} if kind == "paused" else {"pause": 2 + seq}
        window.at(f"2026-09-{text}").record("AGAIN", kind, **details)
    window.at("2026-09-21 17:00").record("PAUSED", "paused", ground="expert_review", notice="7")
    window.at("2026-09-22 17:00").decide("DONE")
    for text in ("22 09:00", "24 08:30", "28 08:30"):
        window.at(f"2026-09-{text}").run_all()
    return window


def clocks(window: Window) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in window.rows("clock")]


def findings(window: Window) -> list[str]:
    with window.app.writing() as session:
        return [finding.what for finding in rebuilt(session, window.now)]


SPOILT = (
    "UPDATE clock SET due_on = '2030-01-01'",
    'UPDATE clock SET used = used + 1, "left" = 0',
    "UPDATE clock SET state = 'met', open = false",
    "UPDATE clock SET paused_again_on = NULL",
    "DELETE FROM clock",
)


def test_an_index_that_was_spoilt_is_rebuilt_from_the_facts(filled: Window) -> None:
    assert findings(filled) == []
    before = clocks(filled)
    for statement in SPOILT:
        filled.tamper(statement)
        assert clocks(filled) != before, statement
        assert findings(filled), statement
        assert clocks(filled) == before, statement
    assert findings(filled) == []


def test_what_is_shown_never_comes_from_the_index_of_a_case(filled: Window) -> None:
    due = {number: filled.due(number) for number in ("DEEMED", "LATE", "DONE", "HOURS")}
    filled.tamper("UPDATE clock SET due_on = '2030-01-01', state = 'met'")
    assert {number: filled.due(number) for number in due} == due
    assert due == {"DEEMED": "2026-09-18", "LATE": "2026-09-23", "DONE": "2026-09-23", "HOURS": "2026-09-18"}


def test_used_and_left_of_hours_are_kept_as_fractions_and_whole_numbers_whole(filled: Window) -> None:
    # HOURS: 9:30 to 9:50 and 11:10 to 11:30 ran, 40 minutes: 2/3 of an hour of three, and of eight.
    found = {
        row.clock_id: (row.used, row.left)
        for row in filled.rows("clock")
        if row.state == "met" and row.unit == "working_hours"
    }
    assert {name: pytest.approx(values) for name, values in found.items()} == {
        "promise": (2 / 3, 2 + 1 / 3), "statutory": (2 / 3, 7 + 1 / 3),
    }  # fmt: skip
    done = next(
        row
        for row in filled.rows("clock")
        if row.clock_id == "promise" and row.unit == "working_days" and row.state == "met"
    )
    assert (done.used, done.left) == (3, 1)  # 20, 21, 22


def test_a_stopped_clock_is_rebuilt_from_the_calendar_on_record(filled: Window) -> None:
    plan = plan_of(OFFICE, Path())
    shut = {day(f"2026-09-{number}"): "notice" for number in (20, 21, 22)}
    notice = Overlay("notice", Level.REGION, Scope.LEGAL, shut, {}, "notice 7")
    with filled.app.writing() as session:
        apply(
            session,
            replace(plan, source=replace(plan.source, beside=(notice,))),
            filled.now,
        )
    filled.run_all()
    done = filled.history("DONE").clock("promise")
    assert (done.due_on, done.state, done.used) == (day("2026-09-23"), State.MET, 3)
    assert filled.due("LATE") == "2026-09-29"  # 23, 24, 28, 29
    filled.tamper("DELETE FROM clock")
    findings(filled)
    assert findings(filled) == []
    assert filled.history("DONE").clock("promise").calendar.version == done.calendar.version


def test_a_verdict_is_read_and_not_given_again(filled: Window) -> None:
    filled.record("LATE", "paused", "2026-09-22 10:00", ground="expert_review")
    (details,) = (
        json.loads(r.details)
        for r in filled.rows("case_event")
        if r.kind == "paused" and r.seq == 3 and "too_late" in r.details
    )
    assert details["verdicts"] == {"promise": "too_late", "statutory": "in_time"}
    filled.tamper("DELETE FROM clock")
    findings(filled)
    assert filled.history("LATE").clock("promise").state is State.LATE
    assert filled.history("LATE").clock("statutory").state is State.PAUSED
