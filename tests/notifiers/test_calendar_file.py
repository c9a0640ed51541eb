"""Deadlines as a file for calendars, read back by hand and by a parser. Sources: RFC 5545, RFC 5546."""

from dataclasses import replace
from datetime import date

from icalendar import Calendar, Event

from notifiers.calendar_file import calendar_file
from notifiers.message import Deadline
from tests.notifiers.cast import NOW

DUE = Deadline(
    id="9b2c",
    revision=7,
    on=date(2026, 9, 30),
    title="2026-17: 承诺时限到期",
    text="Garden, phase 2; \\ north\nhttps://office.example/cases/2026-17",
    link="https://office.example/cases/2026-17",
)


def file(*deadlines: Deadline) -> bytes:
    return calendar_file(deadlines, "permits@office.example", NOW)


def lines(content: bytes) -> list[str]:
    """The content lines, unfolded as RFC 5545, 3.1 says."""
    return content.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def events(content: bytes) -> list[Event]:
    return [part for part in Calendar.from_ical(content.decode()).walk("VEVENT") if isinstance(part, Event)]


def test_a_deadline_is_a_published_all_day_event_without_alarm() -> None:
    assert sorted(lines(file(DUE))) == sorted([
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Shixian//shixian//EN", "METHOD:PUBLISH", "BEGIN:VEVENT",
        "UID:9b2c", "SEQUENCE:7", "DTSTAMP:20260923T003000Z", "DTSTART;VALUE=DATE:20260930",
        "DTEND;VALUE=DATE:20261001", "SUMMARY:2026-17: 承诺时限到期",
        "DESCRIPTION:Garden\\, phase 2\\; \\\\ north\\nhttps://office.example/cases/2026-17",
        "ORGANIZER:mailto:permits@office.example", "STATUS:CONFIRMED", "TRANSP:TRANSPARENT",
        "URL:https://office.example/cases/2026-17", "END:VEVENT", "END:VCALENDAR",
    ])  # fmt: skip


def test_a_parser_reads_it_back() -> None:
    [found] = events(file(DUE))
    assert (str(found["SUMMARY"]), str(found["DESCRIPTION"])) == (DUE.title, DUE.text)
    assert (found.decoded("DTSTART"), found["SEQUENCE"]) == (date(2026, 9, 30), 7)


def test_no_line_is_longer_than_75_octets_and_none_is_folded_within_a_character() -> None:
    content = file(replace(DUE, title="锦绣花园二期" * 40))
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    [found] = events(content)
    assert str(found["SUMMARY"]) == "锦绣花园二期" * 40


def test_a_text_from_outside_adds_no_line_of_its_own() -> None:
    hostile = "x\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nACTION:DISPLAY\u2028ATTENDEE:mailto:a@b.example\rURL:x\x00\ud800"
    content = file(replace(DUE, title=hostile, text=hostile))
    assert [line for line in lines(content) if line.startswith(("BEGIN", "END", "ACTION", "ATTENDEE", "URL"))] == [
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "URL:https://office.example/cases/2026-17", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    assert len(events(content)) == 1


def test_a_provisional_deadline_is_tentative_and_one_without_link_has_no_address() -> None:
    [found] = events(file(replace(DUE, provisional=True, link="")))
    assert str(found["STATUS"]) == "TENTATIVE"
    assert "URL" not in found


def test_each_deadline_is_an_event() -> None:
    assert [str(found["UID"]) for found in events(file(DUE, replace(DUE, id="9b2d")))] == ["9b2c", "9b2d"]
