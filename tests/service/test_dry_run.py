"""The dry run (R16): it lists what applying then does, no more and no less, and writes nothing."""

import random
from collections.abc import Callable
from concurrent.futures import Future
from datetime import date, timedelta
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from sla.aside import aside
from sla.service.calendar_notices import target_of, target_of_text
from sla.service.calendars import built
from sla.service.dry_run import Aside, DryRun, Totals, dry_run
from sla.service.look import Looked, Moved
from sla.service.offices import office_named
from sla.service.setup import plan_of
from sla.store.calendars import Part
from tests.service.cast import OFFICE, SLUG, Window, notice

# A made-up notice for 2027: 元旦 1 to 3 January, made up on Saturday the 9th; 春节 4 to 10 February, made up on Sunday
# 31 January; 清明 3 to 5 April; nothing else is asked for here.
YEAR_2027 = notice(
    "国办发明电〔2026〕9号",
    off="2027-01-01 2027-01-02 2027-01-03 2027-02-04 2027-02-05 2027-02-06 2027-02-07 2027-02-08 2027-02-09 2027-02-10",
    work="2027-01-09 2027-01-31",
    through="2027-12-31",
    published="2026-11-20",
)


def tried(window: Window, text: str) -> DryRun:
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        return dry_run(session, office, target_of_text(session, office, text).calendar, window.now)


def brief(found: DryRun) -> list[tuple[str, str, str, str]]:
    return [(entry.number, entry.clock, entry.before, entry.after) for entry in found.moved]


def test_it_lists_what_moves_from_when_to_when_and_writes_nothing(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    other = window.receive("construction_works", handler="chen")  # due 09-28
    window.at("2026-09-21 10:00")
    before = window.dump()
    found = tried(window, notice("n", off="2026-09-23"))
    assert window.dump() == before
    assert brief(found) == [  # by number: 建 before 选
        (other, "promise", "2026-09-28", "2026-09-29"), (other, "statutory", "2026-11-05", "2026-11-06"),
        (number, "promise", "2026-09-23", "2026-09-24"), (number, "statutory", "2026-11-05", "2026-11-06"),
    ]  # fmt: skip
    assert found.days == (date(2026, 9, 23),)
    assert found.total == Totals(moved=4)
    assert found.by_permit == {"construction_works": Totals(moved=2), "site_selection": Totals(moved=2)}
    assert found.by_handler == {"chen": Totals(moved=2), "li": Totals(moved=2)}
    assert (found.cases, found.failed) == (2, ())


def test_it_says_who_becomes_overdue_and_who_is_rescued(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-23 10:00")
    late = tried(window, notice("n", work="2026-09-19"))
    assert [(e.after, e.overdue, e.rescued) for e in late.moved if e.clock == "promise"] == [
        ("2026-09-22", True, False)
    ]
    assert (late.total.overdue, late.total.rescued) == (1, 0)
    window.at("2026-09-24 10:00").run()
    saved = tried(window, notice("n", off="2026-09-22"))
    assert [(e.number, e.after, e.overdue, e.rescued) for e in saved.moved if e.clock == "promise"] == [
        (number, "2026-09-24", False, True)
    ]


@pytest.mark.parametrize("day", ["2026-09-17", "2026-11-06"])
def test_a_day_before_the_receipt_or_after_the_last_deadline_moves_nothing(window: Window, day: str) -> None:
    window.at("2026-09-18 09:30").receive()  # statutory 11-05
    assert tried(window.at("2026-09-21 10:00"), notice("n", off=day)).moved == ()


@pytest.mark.parametrize("day", ["2026-09-18", "2026-11-05"])
def test_the_last_day_counts_and_the_first_does_not(window: Window, day: str) -> None:
    window.at("2026-09-18 09:30").receive()
    found = tried(window.at("2026-09-21 10:00"), notice("n", off=day))
    assert [entry.clock for entry in found.moved] == (["statutory"] if day == "2026-11-05" else [])


def test_paused_and_stopped_clocks_do_not_move(window: Window) -> None:
    paused, decided = (window.at("2026-09-18 09:30").receive() for _ in range(2))
    window.at("2026-09-21 10:00").record(paused, "paused", ground="expert_review")
    window.decide(decided)
    window.record(decided, "delivered")
    assert tried(window, notice("n", off="2026-09-23")).moved == ()


def test_a_case_that_cannot_be_read_hides_no_other(window: Window) -> None:
    bad, good = (window.at("2026-09-18 09:30").receive() for _ in range(2))
    window.tamper("UPDATE case_file SET policy_version = 99 WHERE number = :number", number=bad)
    found = tried(window.at("2026-09-21 10:00"), notice("n", off="2026-09-23"))
    assert {entry.number for entry in found.moved} == {good}
    assert found.failed == ((bad, "ServiceError: policy: cn_planning has no version 99 here"),)


def test_a_notice_of_the_year_confirms_or_moves_each_provisional_date(window: Window) -> None:
    # Counted by hand. Of 30 working days from 11-20, five end on 11-27 and 24 more on 12-31: the 30th is Monday 01-04.
    # From 11-27, five working days later, it is five later: 5, 6, 7, 8, and Monday 01-11; by the notice Saturday 01-09.
    # From 12-04 five more: Monday 01-18; by the notice, as the 9th is one of them, Friday 01-15.
    numbers = [window.at(f"{day} 09:30").receive() for day in ("2026-11-20", "2026-11-27", "2026-12-04")]
    window.at("2026-12-04 10:00")
    assert [window.due(number, "statutory") for number in numbers] == ["2027-01-04", "2027-01-11", "2027-01-18"]
    assert all(window.history(number).clock("statutory").provisional for number in numbers)
    found = tried(window, YEAR_2027)
    dates = [(e.number, e.before, e.after, e.confirmed) for e in found.moved if e.clock == "statutory"]
    assert dates == [
        (numbers[0], "2027-01-04", "2027-01-04", True), (numbers[1], "2027-01-11", "2027-01-09", False),
        (numbers[2], "2027-01-18", "2027-01-15", False),
    ]  # fmt: skip
    assert found.announced_after == date(2027, 12, 31)
    assert found.total == Totals(moved=2, confirmed=1)
    window.announce(YEAR_2027)
    assert [window.due(number, "statutory") for number in numbers] == ["2027-01-04", "2027-01-09", "2027-01-15"]
    assert not any(window.history(number).clock("statutory").provisional for number in numbers)
    assert [bool(row.confirmed) for row in window.rows("calendar_move")].count(True) == 1


def test_applying_does_just_what_the_dry_run_said(window: Window) -> None:
    chance = random.Random(7)
    numbers = []
    for offset in range(24):
        day = date(2026, 9, 1) + timedelta(days=offset)
        permit = chance.choice(["site_selection", "construction_works", "rural_construction", "verification_opinion"])
        numbers.append(window.at(f"{day} 10:00").receive(permit, accept=chance.random() > 0.2))
    window.at("2026-09-25 10:00")
    for number in numbers[:4]:
        if window.history(number).phase == "accepted":
            window.finish(number)
    for number in numbers[4:7]:
        if window.history(number).phase == "accepted" and "expert_review" in str(window.history(number).clocks):
            window.record(number, "paused", ground="expert_review")
    window.run_all()
    text = notice("n", off="2026-09-28 2026-10-09 2026-10-12", work="2026-10-11 2026-09-26")
    window.load(text)
    with window.writing() as (session, office):
        said = dry_run(session, office, target_of(session, office, "n").calendar, window.now)
    window.begin()
    window.amend()
    number_of = {row.case_id: row.number for row in window.rows("case_file")}
    done = {
        (number_of[row.case_id], row.clock_id, row.due_before, row.due_after, bool(row.overdue), bool(row.rescued))
        for row in window.rows("calendar_move")
    }
    assert {_of(entry) for entry in said.moved} == done
    assert len(done) >= 20


def _of(entry: Moved) -> tuple[Any, ...]:
    return (entry.number, entry.clock, entry.before, entry.after, entry.overdue, entry.rescued)


def test_other_hours_are_looked_at_in_every_case(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    hours = '\n[hours]\nmon = [["08:00", "12:00"]]\n'

    with window.writing() as (session, office):
        found = dry_run(session, office, built(plan_of(OFFICE + hours, Path()).source), window.now)
    assert (found.days, found.moved) == ((), ())  # limits in days know no hours


def several(window: Window) -> None:
    """Ten cases with their promise and statute, some paused in between."""
    for place in range(10):
        number = window.at(f"2026-09-{14 + place % 5} 10:00").receive(
            "construction_works", handler=("li", "chen")[place % 2]
        )
        if place % 3 == 0:
            window.at("2026-09-18 11:00").record(number, "paused", ground="expert_review")
            window.at("2026-09-21 11:00").record(number, "resumed")
    window.at("2026-09-22 10:00")


def test_many_cases_are_looked_at_by_two_processes_and_the_same_is_found(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And when the second is killed, the first does the rest."""
    several(window)
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        calendar = target_of_text(session, office, notice("n", off="2026-09-24")).calendar
        alone = dry_run(session, office, calendar, window.now)
        # Every statute; the promises of those of the 17th and 18th, and of the one of the 15th that was paused: 20
        # September is worked, so that six days from the 16th end on the 23rd.
        assert alone.total == Totals(moved=10 + 5)
        with aside(window.app.settings, SLUG, calendar, window.now) as second:
            assert second is not None, "a machine with one core cannot show this"
            for size, then in ((3, nothing), (8, nothing), (3, kill_the_second)):
                monkeypatch.setattr("sla.service.dry_run.PART", size)
                given: list[Looked] = []
                assert dry_run(session, office, calendar, window.now, watched(second, given, then)) == alone
                assert len(given) == 1
                assert given[0].moved, "it had begun"


def watched(second: Aside, given: list[Looked], then: Callable[[], None]) -> Aside:
    """The second process; what it gave first is kept, and after that `then` is called."""

    def looked(part: Part) -> Future[Looked]:
        future = second(part)
        if not given:
            given.append(future.result())
            then()
        return future

    return looked


def nothing() -> None:
    pass


def kill_the_second() -> None:
    for child in active_children():
        child.kill()
        child.join()


def test_where_no_second_process_can_be_the_first_does_it_all(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("no semaphores here")

    monkeypatch.setattr("sla.aside.ProcessPoolExecutor", refused)
    with window.app.reading() as session:
        calendar = office_named(session, SLUG).calendar
    with aside(window.app.settings, SLUG, calendar, window.now) as second:
        assert second is None


def test_few_cases_start_no_second_process(window: Window) -> None:
    several(window)
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        calendar = target_of_text(session, office, notice("n", off="2026-09-24")).calendar
        found = dry_run(session, office, calendar, window.now, lambda _: pytest.fail("there are twenty open clocks"))
    assert found.cases == 10


def test_cases_that_do_not_fit_on_one_page_are_all_looked_at(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    several(window)
    whole = tried(window, notice("n", off="2026-09-24"))
    for size in (3, 4, 5, 20):  # two clocks a case: pages that end inside a case, and behind one
        monkeypatch.setattr("sla.service.look.PAGE", size)
        assert tried(window, notice("n", off="2026-09-24")) == whole
