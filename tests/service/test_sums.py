"""What is kept of a month is what its clocks come to, whatever is written and on whichever database; and what the
clocks come to is what the events of every case say."""

from datetime import date

import pytest
import sqlalchemy as sa

from sla.policies import Basis
from sla.reports import Scope
from sla.service.doctor import rebuilt
from sla.service.offices import office_named
from sla.service.report_facts import Facts, Indexed
from sla.service.report_then import Then
from sla.service.reporting import Report, report_of
from sla.store import sums
from tests.service.cast import SLUG, Window
from tests.service.test_report_then import lived

PERIODS = (
    (date(2026, 8, 20), date(2026, 11, 3)),
    (date(2026, 9, 1), date(2026, 9, 30)),
    (date(2026, 9, 16), date(2026, 10, 31)),
)


def reports(window: Window, how: str) -> list[Report]:
    """Of each basis and period, with the sums, from the clocks alone, or from the events of every case."""
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        facts: Facts = (
            Then(session, office, window.now) if how == "events" else Indexed(session, office, how == "clocks")
        )
        return [
            report_of(office, Scope(basis, first, last, window.now), facts, {}, whole=True)
            for basis in (Basis.PROMISE, Basis.STATUTE, Basis.STAGE)
            for first, last in PERIODS
        ]


def all_alike(window: Window) -> list[Report]:
    summed = reports(window, "sums")
    assert summed == reports(window, "clocks")
    assert summed == reports(window, "events")
    return summed


def touched(window: Window) -> list[str]:
    with window.app.reading() as session:
        return sums.touched(session, office_named(session, SLUG).id)


def test_sums_clocks_and_events_say_the_same_while_cases_go_on(window: Window) -> None:
    lived(window)
    assert touched(window) == ["2026-09"]
    first = all_alike(window)
    assert window.app.add_up() == 1
    assert touched(window) == []
    assert all_alike(window) == first
    late, case = window.receive(), window.receive(on="2026-09-18 10:00")
    window.at("2026-10-12 10:00")
    window.record(late, "stage_entered", "2026-09-24 10:00", stage="review")
    window.record(late, "stage_left", "2026-09-28 10:00", stage="review")  # two weeks late, in a month added up before
    window.finish(case)
    assert touched(window) == ["2026-09", "2026-10"]
    second = all_alike(window)
    assert second != first
    window.app.add_up()
    assert all_alike(window) == second
    window.void(case, 4)  # it is open again: its month has one less
    third = all_alike(window)
    assert third != second
    window.app.add_up()
    assert (all_alike(window), touched(window)) == (third, [])


@pytest.mark.parametrize(
    ("statement", "months"),
    [
        ("UPDATE clock SET handler = 'chen' WHERE clock_id = 'promise'", ["2026-09"]),
        ("UPDATE clock SET stopped_on = '2026-07-31' WHERE clock_id = 'promise'", ["2026-07", "2026-09"]),
        ("UPDATE clock SET stopped_on = NULL WHERE clock_id = 'promise'", ["2026-09"]),
        ("UPDATE clock SET handler = 'chen' WHERE clock_id = 'intake'", []),
        ("DELETE FROM clock WHERE clock_id = 'statutory'", ["2026-09"]),
    ],
)
def test_whoever_writes_a_stopped_clock_touches_its_month(window: Window, statement: str, months: list[str]) -> None:
    window.at("2026-09-18 10:00")
    window.finish(window.receive())
    window.app.add_up()
    with window.app.engine.execution_options(writes=True).begin() as connection:
        connection.execute(sa.text(statement))
    assert touched(window) == months


def test_the_doctor_finds_sums_that_somebody_changed_and_makes_them_anew(window: Window) -> None:
    lived(window)
    window.app.add_up()
    before = all_alike(window)
    with window.app.engine.execution_options(writes=True).begin() as connection:
        connection.execute(sa.text("UPDATE clock_sum SET n = n + 1"))
    assert reports(window, "sums") != before
    with window.app.writing() as session:
        found = rebuilt(session, window.now)
    assert [finding.what for finding in found] == ["the sums of 2026-09 were not what its clocks come to"]
    assert (all_alike(window), touched(window)) == (before, [])
