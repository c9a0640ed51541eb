"""What stands in people's own calendars. Parsed by icalendar; source: RFC 5545.

On both databases. Days are those beside tests/service/cast.py, counted by hand: accepted on Friday 09-18 the promise of
4 working days is due on 09-23, the statute's 30 on 11-05. li is away from 19 to 23 October, and chen stands in.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from icalendar import Calendar, Event

from notifiers.message import Message
from sla.service import subscriptions, users
from sla.service.errors import ServiceError
from sla.service.offices import office_named
from sla.service.subscriptions import Subscription
from tests.rules.conftest import posted
from tests.service.cast import OFFICE, SLUG, Window, at

__all__ = ["posted"]


def token_of(window: Window, person: str) -> str:
    with window.writing() as (session, office):
        return subscriptions.make(session, office, person, window.now)


def known(window: Window, token: str) -> Subscription | None:
    with window.app.reading() as session:
        return subscriptions.known_by(session, token, window.now)


def content(window: Window, person: str) -> bytes:
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        mine = Subscription(office, office.people[person], window.now, None)
        return subscriptions.calendar_of(session, mine, window.now)


def events(window: Window, person: str = "li") -> list[Event]:
    return [part for part in Calendar.from_ical(content(window, person)).walk("VEVENT") if isinstance(part, Event)]


def days(window: Window, person: str = "li") -> list[tuple[str, date]]:
    return [(str(event["SUMMARY"]), event.decoded("DTSTART")) for event in events(window, person)]


# --- what is in it ---------------------------------------------------------------------------------------------------
def test_promise_and_statute_of_an_open_case_are_all_day_events(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    assert days(window) == [
        (f"{number}: promise due", date(2026, 9, 23)), (f"{number}: statutory limit due", date(2026, 11, 5))
    ]  # fmt: skip
    [promise, _] = events(window)
    assert promise.decoded("DTEND") == date(2026, 9, 24) and str(promise["STATUS"]) == "CONFIRMED"
    assert str(promise["URL"]).startswith("http://window.example/cases/")


def test_it_is_a_calendar_with_a_name_and_a_time_to_look_again(window: Window) -> None:
    calendar = Calendar.from_ical(content(window, "li"))
    assert str(calendar["NAME"]) == str(calendar["X-WR-CALNAME"]) == "Deadlines · 云溪市规划审批窗口"
    assert calendar.decoded("REFRESH-INTERVAL") == timedelta(hours=1)
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION" and "METHOD" not in calendar


@pytest.mark.parametrize(
    ("received", "due", "before"),
    [
        ("2026-09-18 09:30", date(2026, 9, 23), timedelta(hours=15, minutes=30)),  # Tuesday 09-22, 08:30
        ("2026-09-21 09:30", date(2026, 9, 28), timedelta(days=3, hours=15, minutes=30)),  # 09-25 to 09-27 are off
    ],
)
def test_the_alarm_is_on_the_morning_of_the_working_day_before(
    window: Window, received: str, due: date, before: timedelta
) -> None:
    window.at(received).receive()
    [promise, _] = events(window)
    [alarm] = promise.walk("VALARM")
    assert promise.decoded("DTSTART") == due
    assert alarm.decoded("TRIGGER") == -before and str(alarm["ACTION"]) == "DISPLAY"


def test_it_is_in_the_language_of_its_reader(window: Window) -> None:
    window.apply(OFFICE.replace('name = "Li Min"', 'name = "Li Min"\nlanguage = "zh"'))
    number = window.at("2026-09-18 09:30").receive()
    assert days(window)[0][0] == f"{number}：承诺时限到期"


def test_a_date_past_the_announced_year_is_tentative(window: Window) -> None:
    """12-28 + 4 working days is 2027-01-04, which nobody has announced yet (TIME_RULES.md, R15)."""
    window.at("2026-12-28 09:30").receive()
    promise = events(window)[0]
    assert (promise.decoded("DTSTART"), str(promise["STATUS"])) == (date(2027, 1, 4), "TENTATIVE")


@pytest.mark.parametrize("decided", [True, False])
def test_what_is_decided_or_paused_disappears(window: Window, decided: bool) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-21 10:00")
    if decided:
        window.decide(number)
    else:
        window.record(number, "paused", ground="hearing", notice="1", expected_end="2026-09-28")
    assert days(window) == []


# --- the same event, moved -------------------------------------------------------------------------------------------
def test_a_date_that_moves_is_the_same_event_with_a_higher_sequence_and_a_later_stamp(window: Window) -> None:
    """A hearing from 09-22 to 09-28 moves it to 09-29 (TIME_RULES.md, worked examples)."""
    number = window.at("2026-09-18 09:30").receive()
    [old, _] = events(window.at("2026-09-21 09:00"))
    window.at("2026-09-22 09:00").record(number, "paused", ground="hearing", notice="1", expected_end="2026-09-28")
    window.at("2026-09-28 09:00").record(number, "resumed")
    [new, _] = events(window.at("2026-09-28 12:00"))
    assert (old["UID"], old.decoded("DTSTART")) == (new["UID"], date(2026, 9, 23))
    assert new.decoded("DTSTART") == date(2026, 9, 29)
    assert (old["SEQUENCE"], new["SEQUENCE"]) == (2, 4)
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        assert (old.decoded(name), new.decoded(name)) == (at("2026-09-18 09:30"), at("2026-09-28 09:00"))


def test_as_long_as_nothing_happens_it_is_the_same_to_the_byte(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    assert content(window.at("2026-09-19 08:00"), "li") == content(window.at("2026-09-22 23:00"), "li")


def test_a_mail_brings_the_same_event_as_the_calendar(window: Window, posted: list[tuple[str, Message]]) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run()
    [by_mail] = [deadline for _, message in posted for deadline in message.deadlines]
    [event, _] = events(window)
    assert (str(event["UID"]), event["SEQUENCE"], event.decoded("DTSTART")) == (
        by_mail.id,
        by_mail.revision,
        by_mail.on,
    )
    assert str(event["SUMMARY"]) == by_mail.title


# --- whose it is -----------------------------------------------------------------------------------------------------
def test_a_case_is_in_its_handlers_calendar_alone_and_in_the_stand_ins_while_they_are_away(window: Window) -> None:
    window.at("2026-10-16 09:30").receive()
    seen = {
        day: [person for person in ("li", "chen", "wang", "zhao") if days(window.at(f"2026-10-{day} 12:00"), person)]
        for day in (16, 19, 23, 26)
    }
    assert seen == {16: ["li"], 19: ["li", "chen"], 23: ["li", "chen"], 26: ["li"]}


def test_the_cases_of_who_has_left_are_in_the_chiefs_calendar(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    without = OFFICE.replace(OFFICE[OFFICE.index('[[staff]]\nid = "li"') : OFFICE.index('[[staff]]\nid = "chen"')], "")
    window.apply(without.replace('stand_in = "li"', 'stand_in = "wang"'))
    assert [bool(days(window, person)) for person in ("chen", "wang", "zhao")] == [False, True, False]


# --- the address -----------------------------------------------------------------------------------------------------
def test_the_database_never_holds_what_a_calendar_is_found_by(window: Window) -> None:
    token = token_of(window, "li")
    assert len(token) >= 32 + 1 + 43 and token.partition(".")[2] not in str(window.dump())
    found = known(window, token)
    assert found is not None and found.person.id == "li"


def test_a_new_address_makes_the_old_one_worthless(window: Window) -> None:
    old, new = token_of(window, "li"), token_of(window, "li")
    assert known(window, old) is None and known(window, new) is not None


def test_a_revoked_address_finds_nothing_and_there_is_none_to_revoke_then(window: Window) -> None:
    token = token_of(window, "li")
    with window.writing() as (session, office):
        subscriptions.revoke(session, office, "li")
    assert known(window, token) is None
    with window.writing() as (session, office), pytest.raises(ServiceError, match="person: li has no calendar"):
        subscriptions.revoke(session, office, "li")


def test_whoever_leaves_or_signs_in_no_more_has_no_calendar(window: Window) -> None:
    left, removed = token_of(window, "sun"), token_of(window, "chen")
    with window.writing() as (session, office):
        users.give_password(session, office, "chen", "", window.now)
        users.take_password(session, office, "chen")
    assert known(window, removed) is None
    window.apply(OFFICE.replace('id = "sun"', 'id = "su"'))
    window.apply(OFFICE)  # and is back
    assert known(window, left) is None


@pytest.mark.parametrize("token", ["", "x", "..", "é.\x00", f"{UUID(int=0).hex}.x"])
def test_what_is_no_address_finds_nothing(window: Window, token: str) -> None:
    assert known(window, token) is None


def test_wrong_addresses_are_counted_until_the_way_is_closed_for_a_while(window: Window) -> None:
    token = token_of(window, "li")
    wrong = f"{token.partition('.')[0]}.wrong"

    def tried() -> datetime | None:
        with window.writing() as (session, _):
            return subscriptions.closed_to(session, wrong, "10.0.0.9", window.now)

    assert [tried() for _ in range(41)][39:] == [None, window.now + timedelta(seconds=30)]
    assert known(window, token) is not None  # behind one address a whole office may read its calendars
