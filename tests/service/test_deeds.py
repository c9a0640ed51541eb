"""What an auditor is told of who did what, on both databases. It begins on Friday 2026-09-18."""

import pytest
from sqlalchemy.exc import DatabaseError

from sla.service import amendments, deliveries
from sla.service.attempts import attempts_of
from sla.service.deeds import done_by, lately
from sla.service.deliveries import Wanted
from sla.service.first_steps import first_steps
from tests.service.cast import Window, notice


def test_what_was_done_stands_there_the_newest_first_and_nobody_changes_it(window: Window) -> None:
    for at, kind in (("2026-09-18 10:00", "key_made"), ("2026-09-18 10:05", "key_revoked")):
        with window.at(at).writing() as (session, office):
            done_by(session, office, "zhao", kind, "archive", window.now)
    with window.writing() as (session, office):
        found = lately(session, office, window.now).deeds
    assert [(row.by, row.kind, row.subject) for row in found] == [
        ("zhao", "key_revoked", "archive"),
        ("zhao", "key_made", "archive"),
    ]
    for statement in ("UPDATE deed SET kind = 'x'", "DELETE FROM deed"):
        with pytest.raises(DatabaseError, match="deeds are never"):
            window.tamper(statement)


def test_what_strangers_typed_into_the_look_up_is_no_wrong_password(window: Window) -> None:
    with window.at("2026-09-18 09:30").writing() as (session, office):
        attempts_of(session, office.id, "li", "192.0.2.7", window.now).failed()
        attempts_of(session, office.id, "look-up 2026-1", "look-up 192.0.2.7", window.now).failed()
        found = lately(session, office, window.now).attempts
    assert [row.subject for row in found] == ["name li"]


def test_only_what_a_manager_admitted_is_listed_as_late_and_admitted(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    other = window.receive()
    window.at("2026-09-21 10:00").record(other, "paused", ground="hearing", notice="6")
    pause = {"ground": "hearing", "notice": "7", "admitted_by": "zhao"}
    window.at("2026-09-24 10:00").record(number, "paused", "2026-09-22 10:00", **pause)
    with window.writing() as (session, office):
        found = lately(session, office, window.now)
    assert [(late.row.number, late.row.kind, late.admitted_by) for late in found.late] == [(number, "paused", "zhao")]
    assert {row.actor: row.n for row in found.actors} == {"li": 6}  # two received, two accepted, two paused
    assert [row.kind for row in found.events][:2] == ["paused", "paused"]


def test_events_of_more_than_thirty_days_ago_are_left_out(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-10-19 09:30")
    with window.writing() as (session, office):
        found = lately(session, office, window.now)
    assert found.events == [] and found.actors == []


def test_deliveries_are_found_by_what_they_are_about_and_for_whom(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run_all()

    def count(wanted: Wanted, limit: int = 100) -> int:
        with window.writing() as (session, office):
            return len(deliveries.matching(session, office, wanted, limit))

    everything = count(Wanted())
    assert count(Wanted(about="digest")) + count(Wanted(about="alarm")) == everything > count(Wanted(about="alarm")) > 0
    assert count(Wanted(applicants=True)) == 0 and count(Wanted(applicants=False)) == everything
    assert count(Wanted(channel="nowhere")) == 0 and count(Wanted(person="li")) < everything
    with window.writing() as (session, office):
        first = deliveries.matching(session, office, Wanted(), 1)
        rest = deliveries.matching(session, office, Wanted(), 100, first[0].message.id)
    assert len(rest) == everything - 1 and first[0].message.id not in {one.message.id for one in rest}


def test_a_change_that_waits_is_brought_in_steps_and_says_how_many_cases_wait(window: Window) -> None:
    for _ in range(3):
        window.at("2026-09-18 09:30").receive()
    window.load(notice("1", off="2026-09-22"))
    window.begin("1")

    def waiting() -> int | None:
        with window.writing() as (session, office):
            found = amendments.progress(session, office)
        return found.waiting if found else None

    with window.writing() as (_, office):
        office_id = office.id
    assert waiting() == 3
    assert not amendments.bring_some(window.app.writing, window.app.now, office_id, most=2)
    assert waiting() == 1
    assert amendments.bring_some(window.app.writing, window.app.now, office_id, most=2)
    assert waiting() is None


def test_the_first_steps_are_done_one_by_one(window: Window) -> None:
    with window.writing() as (session, office):
        before = first_steps(session, office)
    assert before.office and not before.accepted and not before.administrator
    window.at("2026-09-18 09:30").receive(accept=False)
    with window.writing() as (session, office):
        assert not first_steps(session, office).accepted
    window.receive()
    with window.writing() as (session, office):
        assert first_steps(session, office).accepted
