"""A report as it would have been made at an earlier moment, and how the office conducted itself. Days are those beside
the cast: 09-18, Sunday 09-20, 09-21 to 24 and 28 to 30 are worked."""

from datetime import date
from typing import Any

from sla.conduct import Entries, Extending, FreeDays
from sla.policies import Basis
from sla.reports import Rate, Scope
from sla.service.offices import office_named
from sla.service.report_asked import limits_of
from sla.service.report_facts import Facts, Indexed
from sla.service.report_then import Then
from sla.service.reporting import Report, report_of
from tests.service.cast import SLUG, Window, at

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)


def reported(window: Window, then: str = "", basis: Basis = Basis.PROMISE, **more: Any) -> Report:
    """From the index as it stands or, with `then`, from the events on record then."""
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        now = at(then) if then else window.now
        facts: Facts = Then(session, office, now) if then else Indexed(session, office)
        return report_of(office, Scope(basis, FIRST, LAST, now, **more), facts, limits_of(office, LAST), whole=True)


def lived(window: Window) -> None:
    """A week with something of everything: late, early, paused, extended, voided, withdrawn, a stage that overran."""
    window.at("2026-09-01 09:00").publish(2, "2026-09-01")
    window.at("2026-09-11 10:00")
    late, early, still = (window.receive() for _ in range(3))  # due 09-17: 14, 15, 16, 17
    window.record(late, "stage_entered", stage="review")  # due after 14 and 15
    window.record(
        still, "extended", by="zhao", clock="promise", amount=2, unit="working_days", reason="r", approver="zhao"
    )
    window.receive("planning_condition_notice")  # due the same day
    gone, quick = window.receive("land_use"), window.receive("land_use", handler="chen")
    window.at("2026-09-14 10:00").record(gone, "withdrawn", reason="r")
    window.record(quick, "paused", ground="expert_review", notice="1")
    window.at("2026-09-16 10:00").decide(early)
    window.record(late, "stage_left", stage="review")
    window.at("2026-09-18 10:00").finish(late)
    window.at("2026-09-21 10:00").record(quick, "resumed", pause=3)
    window.record(quick, "reassigned", handler="li", by="zhao")
    window.at("2026-09-23 10:00").finish(quick, "2026-09-22")


def test_at_this_moment_it_is_the_report_of_the_index(window: Window) -> None:
    lived(window)
    now = "2026-09-23 10:00"
    for basis in (Basis.PROMISE, Basis.STATUTE, Basis.STAGE):
        assert reported(window, now, basis) == reported(window, basis=basis)
    narrowed: dict[str, Any] = {"permit": "land_use", "handler": "li"}
    assert reported(window, now, **narrowed) == reported(window, **narrowed)
    assert reported(window, now).total.completed == 3
    assert reported(window, now).waiting == {(1, "red"): 2}  # the extended and the immediate one, begun nine days ago


def test_earlier_it_knows_what_was_on_record_and_no_more(window: Window) -> None:
    lived(window)
    then = reported(window, "2026-09-17 10:00")
    # Decided by then: the early one. Overdue: the immediate item since 09-12. The late one is due today, not overdue.
    assert (then.total.completed, then.total.open_overdue) == (1, 1)
    assert list(then.by_handler) == ["li"]
    assert sum(then.waiting.values()) == 4
    after = reported(window, "2026-09-18 09:00")
    assert (after.total.completed, after.total.open_overdue) == (1, 2)
    assert reported(window, "2026-09-10 10:00").total.on_time == Rate(0, 0)


def test_a_case_keyed_in_later_was_not_there_before(window: Window) -> None:
    number = window.at("2026-09-23 10:00").receive(on="2026-09-18")
    window.decide(number, "2026-09-22")
    assert reported(window).total.completed == 1
    assert reported(window, "2026-09-22 18:00").total.completed == 0


def test_how_the_office_conducted_itself_is_counted_by_hand(window: Window) -> None:
    lived(window)
    found = reported(window).conduct
    assert found
    # From 09-01 to 09-23 there are 18 working days (1 to 4, 7 to 11, 14 to 18, 20 to 23). The immediate item is overdue
    # since Saturday 09-12, so on all nine from 09-14 on: 14 to 18, 20 to 23. Of the site opinions one was due on 09-17
    # and decided on 09-18, and the extended one was due on 09-20 and is open: 18, 21, 22, 23.
    assert found.free == FreeDays(9, 18, 0)
    site = reported(window, permit="site_selection").conduct
    assert site and site.free == FreeDays(14, 18, 0)
    # Three were completed; the one that was extended is not among them. 09-22 lies one working day before 09-23.
    assert found.extending == Extending(0, 0, 3)
    assert found.entries.late == {}


def test_an_extension_counts_once_its_case_is_completed(window: Window) -> None:
    window.at("2026-09-01 09:00").publish(2, "2026-09-01")
    number = window.at("2026-09-11 10:00").receive()
    window.record(
        number, "extended", by="zhao", clock="promise", amount=2, unit="working_days", reason="r", approver="zhao"
    )
    window.decide(window.receive())
    window.at("2026-09-20 10:00").decide(number)  # 14 to 18 and 20: the sixth of six
    found = reported(window)
    assert found.conduct and found.conduct.extending == Extending(1, 2, 2)
    assert found.total.on_time == Rate(2, 2)


def test_late_entries_are_those_made_two_working_days_after(window: Window) -> None:
    number = window.at("2026-09-22 10:00").receive(on="2026-09-18")  # 20, 21, 22: receipt and acceptance
    window.decide(number)
    found = reported(window)
    assert found.conduct and found.conduct.entries == Entries(3, {"accepted": 1, "received": 1})


def test_how_long_each_stage_took(window: Window) -> None:
    lived(window)
    assert {stage: one.by_days for stage, one in reported(window).stages.items()} == {"review": {3: 1}}  # 14, 15, 16
