"""The window's year as the article tells it, and one open case of each kind on the desk, whatever day it is."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import chinese_calendar
import pytest

from notifiers.outbox import listing
from sla.demo import year_begins
from sla.history import Phase, late_entry
from sla.service import audit, doctor
from sla.service.lists import due_lists
from sla.service.records import events_from
from sla.service.reporting import report
from sla.store import cases as store
from tests.demo.cast import DAYS, Demo, demo_on


@pytest.fixture(scope="module", params=DAYS, ids=str)
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    made = demo_on(request.param, tmp_path_factory.mktemp("demo"))
    made.app.settle_all()
    yield made
    made.app.close()


# --- the year ---------------------------------------------------------------------------------------------------------
def test_the_year_holds_the_articles_counts(demo: Demo) -> None:
    # The article (DOMAIN.md, 1): 120 certificates = 60 + 35 + 25; 10 verification opinions, 18 acceptance notices,
    # 312 planning-condition notices.
    with demo.reading() as (session, office, now):
        found = report(session, office, year_begins(demo.day), demo.day, now)
    assert {permit: figures.completed for permit, figures in found.by_permit.items()} == {
        "site_selection": 60, "land_use": 35, "construction_works": 25,
        "verification_opinion": 10, "acceptance_notice": 18, "planning_condition_notice": 312,
    }  # fmt: skip
    assert demo.made.closed == found.total.completed == 60 + 35 + 25 + 10 + 18 + 312


def test_its_areas_add_up_to_the_articles_to_the_hundredth(demo: Demo) -> None:
    # The article: 35 land-use permits with 107.04 ha, 25 works permits with 120.9 ha of floor space.
    rows = demo.rows()
    assert sum(Decimal(row.land_area_ha or 0) for row in rows) == Decimal("107.04")
    assert sum(Decimal(row.floor_area_ha or 0) for row in rows) == Decimal("120.90")
    assert all(Decimal(row.land_area_ha) > 0 for row in rows if row.permit == "land_use" and row.outcome)
    assert all(Decimal(row.floor_area_ha) > 0 for row in rows if row.permit == "construction_works" and row.outcome)


def test_everything_finished_was_in_time_and_what_can_be_early_was_early(demo: Demo) -> None:
    # The article: on-time rate and early-completion rate both 100 %. The honest on-time rate counts the three open
    # cases that are overdue today as well (DOMAIN.md, 4), so the demonstration shows both: 460 of 460, and 460 of 463.
    with demo.reading() as (session, office, now):
        total = report(session, office, year_begins(demo.day), demo.day, now).total
    assert (total.closed_only.part, total.closed_only.n) == (460, 460)
    assert (total.on_time.part, total.on_time.n) == (460, 463)
    assert (total.early.part, total.early.n) == (148, 148)  # 460 less the 312 immediate ones, which cannot be early
    assert total.immediate.part == 312


def test_the_days_saved_are_90_over_the_items_and_3070_over_the_years_cases(demo: Demo) -> None:
    # The article's table: 26 + 26 + 24 + 14 = 90. By hand: 60 * 26 + 35 * 26 + 25 * 24 = 3,070.
    with demo.reading() as (session, office, now):
        found = report(session, office, year_begins(demo.day), demo.day, now)
    assert (found.saved_per_item, found.saved_over_cases) == (90, 3070)


def test_events_of_the_year_lie_on_working_days_before_the_day_(demo: Demo) -> None:
    with demo.reading() as (session, office, _):
        rows = demo.rows()
        events = store.events_of(session, office.id, [row.case_id for row in rows])
        for event in events_from([event for row in rows for event in events[row.case_id]]):
            day = event.on(office.calendar.zone)
            assert chinese_calendar.is_workday(day)
            assert day < demo.day
            assert event.recorded_at == event.occurred_at or late_entry(office.calendar, event)


def test_nobody_is_told_anything_about_what_is_long_settled(demo: Demo) -> None:
    unfinished = {row.case_id.hex for row, _ in demo.open}
    with demo.reading() as (session, office, _):
        messages = listing(session, office.id, 1000)
    spoken_of = {message.about.split('"case":"')[1][:32] for message in messages if '"case":"' in message.about}
    assert spoken_of and spoken_of <= unfinished
    assert sum('"digest":' in message.about for message in messages) <= 5
    assert len(messages) < 30


# --- the desk ---------------------------------------------------------------------------------------------------------
def test_what_is_due_stands_in_its_list(demo: Demo) -> None:
    with demo.reading() as (session, office, now):
        lists = due_lists(session, office, now)
    works = chinese_calendar.is_workday(demo.day)
    assert len(lists.due_today) == (4 if works else 0)  # on a day off they are due on the next working day
    soon = Counter(entry.clock.due_on for entry in lists.next_days if entry.clock.id == "promise")
    after = next_working_days(demo.day, 3)
    assert all(soon[day] >= 1 for day in after)
    assert works or soon[after[0]] >= 4
    assert len(lists.overdue) == 3
    assert {entry.case.number for entry in lists.paused} and all(e.clock.if_resumed for e in lists.paused)
    assert lists.awaiting


def test_one_case_is_overdue_at_each_level_of_the_chain_and_just_those_are_told(demo: Demo) -> None:
    # The default ladder: overdue to handler and chief, +1 to the head of the centre, +3 to supervision. After downtime
    # the gravest alone is sent, to everybody whom a passed level names (M5).
    promises = [(row, history.clock("promise")) for row, history in demo.open]
    late = {clock.late_by: row for row, clock in promises if clock.overdue}
    with demo.reading() as (session, office, _):
        messages = listing(session, office.id, 1000)
    assert sorted(by for by in late if by) == [1, 2, 4]
    told = {by: {m.recipient_id for m in messages if row.case_id.hex in m.about} for by, row in late.items()}
    assert told[1] == {"li", "zhou"}  # the handler, and the chief
    assert told[2] == {"zhou", "zhao"}  # the chief is the handler here; and the head
    assert told[4] == {"li", "zhou", "zhao", "sun"}  # Wang is away, Li stands in; all, up to supervision


def test_the_special_cases_are_there(demo: Demo) -> None:
    unfinished = demo.open
    assert len(unfinished) == demo.made.open == 16
    phases = Counter(history.phase for _, history in unfinished)
    assert phases[Phase.CORRECTION] == 1
    assert phases[Phase.RECEIVED] == 2
    pauses = [
        p
        for _, history in unfinished
        for p in history.clock("promise").pauses
        if history.clock("promise").state == "paused"
    ]
    assert [pause.ground for pause in pauses] == ["expert_review"]
    calendar = unfinished[0][1].clocks[0].calendar
    late_entries = {
        row.number for row, history in unfinished for event in history.events if late_entry(calendar, event)
    }
    assert len(late_entries) == 1


def test_some_date_is_provisional_and_the_calendar_says_from_when(demo: Demo) -> None:
    # R15. 30 working days from 2026-11-20 end in 2027, from 2026-09-14 long before.
    clocks = [clock for _, history in demo.open for clock in history.clocks]
    assert any(clock.provisional and clock.is_open for clock in clocks)
    really = demo.day >= date(2026, 11, 20)
    month_end = (demo.day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    assert demo.made.calendar.announced_through == (date(2026, 12, 31) if really else month_end)
    assert ("announced through" in str(demo.made)) is not really


def test_it_is_marked_as_a_demonstration_and_the_doctor_finds_nothing_serious(demo: Demo) -> None:
    with demo.reading() as (session, office, now):
        assert office.demonstration
        findings = [*doctor.examined(session, now), *audit.verified(session)]
    with demo.app.writing() as session:
        findings += doctor.rebuilt(session, demo.app.now(session))
    assert [finding for finding in findings if finding.serious] == []


def next_working_days(day: date, count: int) -> list[date]:
    """By the independent oracle; past its last year by the weekday and the law: 1 January is off (办法 art. 2)."""
    found: list[date] = []
    while len(found) < count:
        day += timedelta(days=1)
        works = (
            chinese_calendar.is_workday(day)
            if day.year < 2027
            else day.weekday() < 5 and (day.month, day.day) != (1, 1)
        )
        found += [day] if works else []
    return found
