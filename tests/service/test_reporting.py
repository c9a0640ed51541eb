"""What a report knows beside the rates: stages, handlers, how long cases stood still; and what an earlier version left
out. The days are those of the cast: 09-18, Sunday 09-20, 09-21 to 24 and 28 to 30 are worked."""

from datetime import date
from typing import Any

from sla.policies import Basis
from sla.reports import Cut, Rate
from sla.service import reporting
from sla.service.doctor import rebuilt
from sla.service.offices import office_named
from sla.service.reporting import Report
from tests.service.cast import SLUG, Window

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)


def report(window: Window, **more: Any) -> Report:
    with window.app.reading() as session:
        return reporting.report(session, office_named(session, SLUG), FIRST, LAST, window.now, **more)


def paused_case(window: Window) -> str:
    """Accepted on 09-18, paused for an expert review from 09-21 to 09-24, decided on 09-28."""
    number = window.at("2026-09-18 10:00").receive()
    window.at("2026-09-21 10:00").record(number, "paused", ground="expert_review", notice="1")
    window.at("2026-09-24 10:00").record(number, "resumed", pause=3)
    window.at("2026-09-28 10:00").decide(number)
    return number


# --- time not counted -------------------------------------------------------------------------------------------------
def test_the_days_a_case_stood_still_are_those_after_the_pause_up_to_the_resumption(window: Window) -> None:
    paused_case(window)
    found = report(window).pausing
    # R10: the day of the pause is used, that of the resumption is not. Used 20, 21, 28; paused 22, 23, 24.
    assert found.grounds == {"expert_review": (1, 3)}
    assert (found.share, found.used) == (Rate(3, 6), 3)


def test_a_pause_that_the_decision_ends_stood_still_until_then(window: Window) -> None:
    number = window.at("2026-09-18 10:00").receive()
    window.at("2026-09-21 10:00").record(number, "paused", ground="public_notice", notice="1")
    assert report(window).pausing.grounds == {}  # while it is open it depends on the day it is asked
    window.at("2026-09-28 10:00").decide(number)
    assert report(window).pausing.grounds == {"public_notice": (1, 4)}  # 22, 23, 24, 28


def test_what_an_earlier_version_left_out_is_said_and_the_rebuild_adds_it(window: Window) -> None:
    paused_case(window)
    window.tamper("UPDATE clock SET paused = NULL")
    assert (report(window).pausing.unknown, report(window).pausing.grounds) == (1, {})
    with window.app.writing() as session:
        assert rebuilt(session, window.now) == []  # it is no mistake
    assert (report(window).pausing.unknown, report(window).pausing.grounds) == (0, {"expert_review": (1, 3)})


def test_what_stands_there_wrong_is_found(window: Window) -> None:
    paused_case(window)
    window.tamper("UPDATE clock SET paused = '' WHERE clock_id = 'promise'")
    with window.app.writing() as session:
        assert [finding.what for finding in rebuilt(session, window.now)] == [
            "clock promise was not what its events say"
        ]


# --- whose ------------------------------------------------------------------------------------------------------------
def test_a_case_counts_for_whoever_has_it_now(window: Window) -> None:
    number = window.at("2026-09-18 10:00").receive(handler="li")
    window.at("2026-09-21 10:00").record(number, "reassigned", handler="chen", by="zhao")
    window.decide(number)
    assert list(report(window).by_handler) == ["chen"]
    assert report(window, handler="li").total.completed == 0


# --- stages -----------------------------------------------------------------------------------------------------------
def test_a_stage_that_overran_counts_though_the_promise_was_kept(window: Window) -> None:
    window.at("2026-09-01 09:00").publish(2, "2026-09-01")
    number = window.at("2026-09-18 10:00").receive()
    window.record(number, "stage_entered", stage="review")
    window.at("2026-09-23 10:00").record(number, "stage_left", stage="review")  # due after 20 and 21
    window.decide(number)  # on the last of four: 20, 21, 22, 23
    found = report(window)
    assert found.total.on_time == Rate(1, 1)
    assert found.by_stage["review"].on_time == Rate(0, 1)
    assert found.bases == (Basis.PROMISE, Basis.STATUTE, Basis.STAGE)
    staged = report(window, basis=Basis.STAGE)
    assert (staged.total.overdue_completed, staged.used.by_days) == (1, {4: 1})


# --- light ------------------------------------------------------------------------------------------------------------
def test_an_open_case_is_yellow_from_the_day_its_own_limit_says_and_red_when_it_has_passed(window: Window) -> None:
    window.at("2026-09-18 10:00").receive()  # the promise is due on 09-23 and yellow a working day before
    lights = {}
    for day in ("2026-09-21", "2026-09-22", "2026-09-23", "2026-09-24"):
        window.at(f"{day} 10:00")
        lights[day] = [light for (_, light), n in report(window).waiting.items() if n]
    assert lights == {
        "2026-09-21": ["green"], "2026-09-22": ["yellow"], "2026-09-23": ["yellow"], "2026-09-24": ["red"],
    }  # fmt: skip


def test_the_statute_has_a_threshold_of_its_own(window: Window) -> None:
    window.at("2026-09-18 10:00").receive()  # by law it is due on 11-05, and yellow five working days before
    for day, light in (("2026-10-28", "green"), ("2026-10-29", "yellow")):
        window.at(f"{day} 10:00")
        assert [of for _, of in report(window, basis=Basis.STATUTE).waiting] == [light]


def test_on_a_day_off_ages_are_counted_from_the_working_day_before(window: Window) -> None:
    # From 09-18 there are 20, 21, 22, 23, 24: five, on Friday 09-25 and the days off after it as on Thursday.
    number = window.at("2026-09-18 10:00").receive()
    for day, age in (("2026-09-24", 0), ("2026-09-25", 0), ("2026-09-27", 0), ("2026-09-28", 1)):
        window.at(f"{day} 10:00")
        assert [of for of, _ in report(window).waiting] == [age], day
        with window.app.reading() as session:
            office = office_named(session, SLUG)
            found = reporting.members(session, office, report(window).scope, Cut.WAITING, f"{age}-")
        assert [row.number for row in found.rows] == [number]
