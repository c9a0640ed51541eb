"""Absences by command (AB角): what waits to be sent goes to whoever is in when it is sent; the office's file loses
none of them.

On both databases. Days are those beside tests/service/cast.py; its file says that li is away from 19 to 23 October.
"""

from datetime import date

import pytest

from notifiers.message import Message
from sla.people import Absence
from sla.service import absences
from sla.service.absences import Changed
from sla.service.errors import ServiceError
from sla.service.offices import office_named
from sla.store import people as store
from tests.rules.conftest import posted
from tests.rules.counter import on_sqlite, told
from tests.service.cast import OFFICE, SLUG, Window

__all__ = ["posted"]

DUE = "2026-09-23"


def away(first: str, last: str, stand_in: str = "") -> Absence:
    return Absence(date.fromisoformat(first), date.fromisoformat(last), stand_in)


def add(window: Window, person: str, first: str, last: str, stand_in: str = "", by: str = "zhao") -> Changed:
    with window.writing() as (session, office):
        return absences.add(session, office, person, away(first, last, stand_in), window.now, by)


def remove(window: Window, person: str, first: str) -> Changed:
    with window.writing() as (session, office):
        return absences.remove(session, office, person, date.fromisoformat(first), window.now, "zhao")


def hears(changed: Changed) -> list[tuple[str, str, str]]:
    return [(cover.first.isoformat(), cover.last.isoformat(), cover.hears.id) for cover in changed.covers]


def raised(window: Window, moment: str) -> None:
    """All that is due is raised, and nothing sent."""
    window.at(moment)
    while window.app.sweep():
        pass


# --- who is in at the moment of sending ------------------------------------------------------------------------------
def test_what_waits_in_the_outbox_goes_to_whoever_is_in_when_it_is_sent(
    window: Window, posted: list[tuple[str, Message]]
) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run()
    raised(window, "2026-09-24 00:00")  # overdue, and waits for 8:30
    add(window.at("2026-09-24 07:50"), "li", "2026-09-24", "2026-09-28")  # ill this morning
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "chen", "wang")
    assert window.dropped() == [("li: promise overdue 2026-09-23", "li is away; chen is told")]
    assert "stand-in for Li Min" in next(message.text for person, message in posted[::-1] if person == "chen")
    pause = {"ground": "hearing", "notice": "7", "admitted_by": "zhao"}
    window.at("2026-09-24 10:00").record(number, "paused", "2026-09-22 10:00", **pause)
    assert window.run() == [f"{who}: promise correction none" for who in ("chen", "wang")]


@on_sqlite
def test_a_correction_is_for_whoever_was_told_and_nobody_else(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run()
    window.at("2026-09-24 08:30").run()
    pause = {"ground": "hearing", "notice": "7", "admitted_by": "zhao"}
    window.at("2026-09-24 19:00").record(number, "paused", "2026-09-22 10:00", **pause)
    add(window, "li", "2026-09-28", "2026-09-28")
    assert window.at("2026-09-28 08:30").run() == [f"{who}: promise correction none" for who in ("li", "wang")]


def test_who_comes_back_early_hears_for_themself(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run()
    add(window, "li", "2026-09-23", "2026-09-25")
    raised(window, "2026-09-24 00:00")
    assert "chen: promise overdue 2026-09-23" in window.waiting()
    remove(window.at("2026-09-24 08:00"), "li", "2026-09-23")
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "li", "wang")
    assert window.dropped() == [("chen: promise overdue 2026-09-23", "li is in again")]
    add(window.at("2026-09-24 09:00"), "li", "2026-09-24", "2026-09-25")
    assert window.run() == []  # what was sent is not sent again


def test_a_bundle_goes_over_as_one_and_who_was_told_already_is_not_told_again(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    raised(window, "2026-11-04 09:00")  # after downtime: +3 of the promise, T-1 of the statute (due Thu 5 November)
    add(window, "li", "2026-11-04", "2026-11-04", stand_in="wang")  # the chief, who is told of both already
    add(window, "zhao", "2026-11-04", "2026-11-04", stand_in="chen")  # the head
    assert window.run() == sorted([
        *told("+3", DUE, "wang", "chen", "sun"), *told("T-1", "2026-11-05", "wang", clock="statutory")
    ])  # fmt: skip
    reasons = {reason for _, reason in window.dropped()}
    assert reasons == {"li is away; wang is told", "zhao is away; chen is told"}
    raised(window.at("2026-11-05 17:00"), "2026-11-06 00:00")
    add(window.at("2026-11-06 08:00"), "li", "2026-11-06", "2026-11-06")
    assert window.at("2026-11-06 08:30").run() == told("overdue", "2026-11-05", "chen", "wang", clock="statutory")


def test_several_clocks_for_one_who_is_away_are_one_message_to_the_stand_in(
    window: Window, posted: list[tuple[str, Message]]
) -> None:
    window.at("2026-09-18 09:30").receive()
    raised(window, "2026-11-04 09:00")
    add(window, "li", "2026-11-04", "2026-11-04")
    window.run()
    hers = [message.kind for person, message in posted if person == "chen" and message.kind.startswith("case.")]
    assert hers == ["case.several"]


@on_sqlite
def test_what_was_tried_stays_with_its_reader_and_so_does_the_bundle(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    raised(window, "2026-11-04 09:00")
    window.tamper("UPDATE message SET attempts = 1 WHERE recipient_id = 'li'")  # how the first ended is not known
    add(window, "li", "2026-11-04", "2026-11-04")
    said = window.run()
    assert [text for text in said if text.startswith(("li", "chen"))] == [
        "li: promise +3 2026-09-23", "li: statutory T-1 2026-11-05",
    ]  # fmt: skip


def test_where_nobody_who_stands_in_is_in_the_person_hears_all_the_same(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    add(window, "chen", "2026-09-22", "2026-09-22")
    changed = add(window, "li", "2026-09-21", "2026-09-23")
    assert hears(changed) == [
        ("2026-09-21", "2026-09-21", "chen"), ("2026-09-22", "2026-09-22", "li"), ("2026-09-23", "2026-09-23", "chen"),
    ]  # fmt: skip
    assert [(cover.person.id, cover.hears.id, cover.first.isoformat()) for cover in changed.others] == [
        ("chen", "chen", "2026-09-22")  # in whose place li was to hear
    ]
    assert window.at("2026-09-22 09:00").run() == told("T-1", DUE, "li")


def test_the_stand_in_of_an_absence_comes_before_the_usual_one(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    assert hears(add(window, "li", "2026-09-22", "2026-09-24", "wang")) == [("2026-09-22", "2026-09-24", "wang")]
    add(window, "wang", "2026-09-24", "2026-09-24")  # zhao stands in for wang
    assert window.at("2026-09-22 09:00").run() == told("T-1", DUE, "wang")
    assert window.at("2026-09-24 08:30").run() == told("overdue", DUE, "zhao")  # as the stand-in of both


def test_the_morning_digest_of_one_who_is_away_goes_to_whoever_is_in(
    window: Window, posted: list[tuple[str, Message]]
) -> None:
    window.at("2026-09-18 09:30").receive()
    window.receive(handler="chen")
    window.at("2026-09-22 09:00").run()
    posted.clear()
    window.at("2026-09-23 08:30").app.digests()
    add(window, "li", "2026-09-23", "2026-09-23")
    add(window, "wang", "2026-09-23", "2026-09-23")
    assert window.run_all() == [f"{who}: digest 2026-09-23" for who in ("chen", "chen", "zhao")]  # her own, and li's
    digests = [message.text for person, message in posted if person == "chen" and message.kind == "digest.due"]
    assert sorted("stand-in for Li Min" in text for text in digests) == [False, True]


# --- entering them ---------------------------------------------------------------------------------------------------
def test_the_offices_file_loses_none_and_says_what_does_not_fit(window: Window) -> None:
    add(window.at("2026-09-18 09:30"), "li", "2026-09-21", "2026-09-22", "chen")
    assert str(window.apply().warnings[-1]).startswith("1 absences that were entered by `sla absence` stay")
    late = OFFICE.replace("first = 2026-10-19, last = 2026-10-23", "first = 2026-09-22, last = 2026-09-23")
    assert "absence of li, 2026-09-21 to 2026-09-22: the file has 2026-09-22 to 2026-09-23; both count" in (
        map(str, window.apply(late).warnings)
    )
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        assert [office.people["li"].is_in(date(2026, 9, day)) for day in (20, 21, 22, 23, 24)] == [
            True, False, False, False, True,
        ]  # fmt: skip
    without = OFFICE.replace('id = "chen"', 'id = "qian"').replace('stand_in = "chen"', 'stand_in = "qian"')
    assert any(
        "chen, who was to stand in, is no longer on the staff" in str(text) for text in window.apply(without).warnings
    )
    with window.app.reading() as session:
        people = office_named(session, SLUG).people
        (cover,) = absences.covers(people, people["li"], date(2026, 9, 21), date(2026, 9, 21))
        assert cover.hears.id == "qian"  # the usual one


@on_sqlite
@pytest.mark.parametrize(
    ("person", "first", "last", "stand_in", "by", "field"),
    [
        ("nobody", "2026-09-21", "2026-09-22", "", "zhao", "person"),
        ("li", "2026-09-21", "2026-09-22", "nobody", "zhao", "stand_in"),
        ("li", "2026-09-21", "2026-09-22", "li", "zhao", "stand_in"),
        ("li", "2026-09-21", "2026-09-22", "", "nobody", "by"),
        ("li", "2026-09-22", "2026-09-21", "", "zhao", "to"),
        ("li", "2026-09-16", "2026-09-17", "", "zhao", "to"),  # yesterday
        ("li", "2026-09-21", "2029-09-22", "", "zhao", "to"),
        ("li", "2026-10-23", "2026-10-26", "", "zhao", "from"),  # the file's last day
        ("chen", "2026-09-30", "2026-10-08", "", "zhao", "from"),  # one that was entered
    ],
)
def test_an_absence_that_cannot_be_is_refused(
    window: Window, person: str, first: str, last: str, stand_in: str, by: str, field: str
) -> None:
    add(window.at("2026-09-18 09:30"), "chen", "2026-10-08", "2026-10-09")
    before = window.dump()
    with pytest.raises(ServiceError) as error:
        add(window, person, first, last, stand_in, by)
    assert error.value.field == field
    assert window.dump() == before


@on_sqlite
def test_days_beside_an_absence_are_free_and_today_counts(window: Window) -> None:
    window.at("2026-09-18 16:00")
    add(window, "li", "2026-10-24", "2026-10-24")
    add(window, "li", "2026-09-14", "2026-09-18")  # began on Monday, ends today
    with pytest.raises(ServiceError, match="stands in the office's file"):
        remove(window, "li", "2026-10-19")
    with pytest.raises(ServiceError, match="2026-09-14 to 2026-09-18"):
        remove(window, "li", "2026-09-15")


def test_an_absence_is_kept_for_a_year(window: Window) -> None:
    add(window.at("2026-09-18 09:30"), "chen", "2026-09-21", "2026-09-22")
    add(window.at("2027-09-23 09:30"), "wang", "2027-09-23", "2027-09-23")
    with window.writing() as (session, office):
        assert [row.person_id for row in store.absences_of(session, office.id)] == ["chen", "wang"]
    add(window.at("2027-09-24 09:30"), "li", "2027-09-24", "2027-09-24")
    with window.writing() as (session, office):
        assert [row.person_id for row in store.absences_of(session, office.id)] == ["li", "wang"]
