"""R1: a day is a civil day in the office's zone; 24:00 is the next day's first instant; a skipped wall time means the
end of the gap; of a doubled one openings take the first and closings the second."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from schedules.calendars import CalendarError, WorkingCalendar, zone_named
from schedules.spans import Span
from tests.rules.asking import CHINA, JAPAN, ask, due_at, due_on, every_day

# Clock changes of 2026, from the laws of each place:
#   Berlin      Directive 2000/84/EC: 29 March 02:00 -> 03:00, 25 October 03:00 -> 02:00
#   New York    Energy Policy Act 2005: 8 March 02:00 -> 03:00, 1 November 02:00 -> 01:00
#   Cairo       Law 24 of 2023: 24 April 00:00 -> 01:00, 29 October 24:00 -> 23:00
#   Lord Howe   half an hour: 5 April 02:00 -> 01:30, 4 October 02:00 -> 02:30
BERLIN, NEW_YORK, CAIRO, LORD_HOWE = "Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe"


@pytest.mark.parametrize(
    ("zone", "day", "ends"),  # 24:00 of the due day, in UTC
    [
        (BERLIN, "2026-03-28", "2026-03-28T23:00:00Z"),  # still +1
        (BERLIN, "2026-03-29", "2026-03-29T22:00:00Z"),  # +2 since 03:00: a day of 23 hours
        (BERLIN, "2026-10-24", "2026-10-24T22:00:00Z"),
        (BERLIN, "2026-10-25", "2026-10-25T23:00:00Z"),  # 25 hours
        (NEW_YORK, "2026-03-07", "2026-03-08T05:00:00Z"),
        (NEW_YORK, "2026-03-08", "2026-03-09T04:00:00Z"),
        (NEW_YORK, "2026-10-31", "2026-11-01T04:00:00Z"),
        (NEW_YORK, "2026-11-01", "2026-11-02T05:00:00Z"),
        (CAIRO, "2026-04-22", "2026-04-22T22:00:00Z"),
        (CAIRO, "2026-04-23", "2026-04-23T22:00:00Z"),  # Friday 24 has no 00:00; its first instant is 01:00 at +3
        (CAIRO, "2026-04-24", "2026-04-24T21:00:00Z"),
        (CAIRO, "2026-10-28", "2026-10-28T21:00:00Z"),
        (CAIRO, "2026-10-29", "2026-10-29T22:00:00Z"),  # from 23:00 on the hour runs twice: 25 hours
        (LORD_HOWE, "2026-04-04", "2026-04-04T13:00:00Z"),
        (LORD_HOWE, "2026-04-05", "2026-04-05T13:30:00Z"),  # 24 and a half hours
        (LORD_HOWE, "2026-10-03", "2026-10-03T13:30:00Z"),
        (LORD_HOWE, "2026-10-04", "2026-10-04T13:00:00Z"),  # 23 and a half
        ("America/Havana", "2026-10-31", "2026-11-01T04:00:00Z"),  # 00:00 of 1 November occurs twice: the first
        ("Asia/Kathmandu", "2026-09-18", "2026-09-18T18:15:00Z"),  # +5:45
        ("Pacific/Kiritimati", "2026-12-31", "2026-12-31T10:00:00Z"),  # +14
        ("Etc/GMT+12", "2026-12-31", "2027-01-01T12:00:00Z"),  # -12
        ("Asia/Tokyo", "2024-02-29", "2024-02-29T15:00:00Z"),
    ],
)
def test_the_deadline_ends_with_the_due_day_of_the_zone(zone: str, day: str, ends: str) -> None:
    answer = ask(day, 0, "calendar_days", calendar=every_day(zone))
    assert (answer["due_on"], answer["due_at"]) == (day, ends)


@pytest.mark.parametrize(
    "start", ["2026-09-19T07:30", "2026-09-19T07:30:00", "2026-09-19T07:30+08:00", "2026-09-18T23:30Z"]
)
def test_a_moment_belongs_to_the_day_it_has_in_the_zone_however_it_is_written(start: str) -> None:
    assert due_on(start, 1, "calendar_days", calendar=CHINA) == "2026-09-20"  # Saturday 19 is day 0
    assert due_on("2026-09-18T23:30", 1, "calendar_days", calendar=CHINA, roll="none") == "2026-09-19"  # local, Friday


@pytest.mark.parametrize(
    ("zone", "day0"),
    [("Pacific/Kiritimati", "2027-01-01"), ("Etc/UTC", "2026-12-31"), ("America/New_York", "2026-12-31")],
)
def test_one_instant_lies_in_two_years(zone: str, day0: str) -> None:
    assert due_on("2026-12-31T12:00:00Z", 0, "calendar_days", calendar=every_day(zone)) == day0


@pytest.mark.parametrize(
    ("written", "day0"),
    [
        ("2026-09-18T24:00", "2026-09-19"),
        ("2026-09-18T24:00:00", "2026-09-19"),
        ("2026-09-18T24:00+08:00", "2026-09-19"),
        ("2026-09-18T24:00Z", "2026-09-19"),  # 08:00 in Shanghai
        ("2026-09-18T24:00-05:00", "2026-09-19"),  # 13:00
        ("2026-12-31T24:00", "2027-01-01"),
        ("2024-02-28T24:00", "2024-02-29"),
        ("2026-09-18T23:59:59.999999", "2026-09-18"),
    ],
)
def test_24_00_is_the_first_instant_of_the_next_day(written: str, day0: str) -> None:
    assert due_on(written, 0, "calendar_days", calendar=every_day("Asia/Shanghai")) == day0


@pytest.mark.parametrize(
    ("zone", "start", "hour_later"),  # a service of 24 hours, so that an hour on is an hour on
    [
        (BERLIN, "2026-03-29T02:30", "2026-03-29T02:00:00Z"),  # 02:30 is 03:00 at +2, 01:00Z
        (BERLIN, "2026-03-29T02:00", "2026-03-29T02:00:00Z"),
        (BERLIN, "2026-03-29T01:59", "2026-03-29T01:59:00Z"),
        (NEW_YORK, "2026-03-08T02:01", "2026-03-08T08:00:00Z"),
        (CAIRO, "2026-04-24T00:30", "2026-04-23T23:00:00Z"),
        (LORD_HOWE, "2026-10-04T02:10", "2026-10-03T16:30:00Z"),  # 02:30 at +11 is 15:30Z
        (BERLIN, "2026-10-25T02:30", "2026-10-25T01:30:00Z"),  # twice: an event takes the first, 00:30Z
        (BERLIN, "2026-10-25T02:30+01:00", "2026-10-25T02:30:00Z"),  # unless its offset says which
        (LORD_HOWE, "2026-04-05T01:45", "2026-04-04T15:45:00Z"),  # the first, at +11
        (LORD_HOWE, "2026-04-05T01:45+10:30", "2026-04-04T16:15:00Z"),
        (CAIRO, "2026-10-29T23:30", "2026-10-29T21:30:00Z"),  # the first, at +3
    ],
)
def test_a_wall_time_that_is_skipped_or_doubled(zone: str, start: str, hour_later: str) -> None:
    assert due_at(start, 1, "working_hours", calendar=every_day(zone)) == hour_later


@pytest.mark.parametrize(
    ("zone", "day", "span", "minutes"),  # how long the service of the day is
    [
        (BERLIN, "2026-10-25", ["01:00", "02:30"], 150),  # closes at the second 02:30: 60 + 60 + 30
        (BERLIN, "2026-10-25", ["02:30", "04:00"], 150),  # opens at the first: 30 + 60 + 60
        (BERLIN, "2026-10-25", ["02:30", "02:45"], 75),  # first 02:30 to second 02:45
        (BERLIN, "2026-03-29", ["01:00", "02:30"], 60),  # 02:30 is skipped: closes at 03:00, the end of the gap
        (BERLIN, "2026-03-29", ["02:30", "04:00"], 60),  # opens there
        (NEW_YORK, "2026-11-01", ["01:30", "02:00"], 90),
        (NEW_YORK, "2026-03-08", ["01:30", "03:30"], 60),
        (LORD_HOWE, "2026-04-05", ["01:00", "01:45"], 75),  # 30, then 01:30-02:00, then 01:30-01:45 again
        (LORD_HOWE, "2026-04-05", ["01:45", "03:00"], 105),  # 15, again 30, 60
        (LORD_HOWE, "2026-10-04", ["01:30", "03:00"], 60),
        (LORD_HOWE, "2026-10-04", ["02:15", "03:00"], 30),  # opens at 02:30
        ("America/Havana", "2026-10-31", ["20:00", "24:00"], 240),  # 24:00 is the first of the two midnights
        ("America/Havana", "2026-11-01", ["00:00", "02:00"], 180),  # and the next day opens with it
        (CAIRO, "2026-10-29", ["22:00", "23:30"], 150),
        (CAIRO, "2026-10-29", ["23:30", "24:00"], 90),
        (CAIRO, "2026-04-24", ["00:00", "02:00"], 60),
        (CAIRO, "2026-04-24", ["00:30", "02:00"], 60),
    ],
)
def test_openings_take_the_first_of_two_equal_times_and_closings_the_second(
    zone: str, day: str, span: list[str], minutes: int
) -> None:
    calendar = every_day(zone, hours={"mon": [["12:00", "13:00"]]}, days={day: [span]})
    exactly = ask(day, minutes, "working_minutes", calendar=calendar)
    assert exactly["due_on"] == day
    more = ask(day, minutes + 1, "working_minutes", calendar=calendar)
    assert more["due_on"] > day  # the next is a minute of Monday


def test_a_span_that_lies_in_a_gap_alone_holds_nothing() -> None:
    calendar = every_day(BERLIN, hours={"mon": [["12:00", "13:00"]]}, days={"2026-03-29": [["02:10", "02:50"]]})
    assert due_at("2026-03-29", 1, "working_minutes", calendar=calendar) == "2026-03-30T10:01:00Z"  # Monday 12:01, +2


@pytest.mark.parametrize(
    ("decided", "state", "late_by"),
    [
        ("2026-03-29T23:59:59", "met", None),
        ("2026-03-29T21:59:59.999Z", "met", None),
        ("2026-03-29T22:00:00Z", "late", 1),  # 24:00 in Berlin is the next day
        ("2026-03-30T00:00+02:00", "late", 1),
        ("2026-03-29T24:00", "late", 1),
        ("2026-03-29", "met", None),
    ],
)
def test_a_finish_is_judged_by_its_day_in_the_zone(decided: str, state: str, late_by: int | None) -> None:
    answer = ask("2026-03-28", 1, calendar=every_day(BERLIN), decided=decided)
    assert (answer["due_on"], answer["state"], answer.get("late_by")) == ("2026-03-29", state, late_by)


def test_a_pause_belongs_to_the_day_it_has_in_the_zone() -> None:
    # 2026-09-21T15:30Z is 00:30 on Tuesday 22 in Tokyo, a holiday; 18 Friday + 4: 24, 25, 28, 29. Paused on the 24th at
    # 15:30Z it is the 25th there: 24, 25 used; resumed on Monday 28; 29, 30.
    pause = {"from": "2026-09-24T15:30Z", "to": "2026-09-28"}
    assert due_on("2026-09-18", 4, calendar=JAPAN) == "2026-09-29"
    assert due_on("2026-09-18", 4, calendar=JAPAN, pauses=[pause]) == "2026-09-30"
    assert due_on("2026-09-18", 4, calendar=JAPAN, pauses=[{**pause, "from": "2026-09-24T14:30Z"}]) == "2026-10-01"


@pytest.mark.parametrize(
    "ask_naively",
    [
        lambda calendar, at: calendar.date_of(at),
        lambda calendar, at: calendar.add_working_time(at, at - at),
        lambda calendar, at: calendar.working_time_between(at, at),
        lambda calendar, at: Span(at, at),
    ],
)
def test_outside_of_requests_a_moment_without_a_zone_is_an_error(ask_naively: Any) -> None:
    calendar = WorkingCalendar(zone_named("Asia/Shanghai"))
    aware = datetime(2026, 9, 18, 16, 30, tzinfo=UTC)
    assert calendar.date_of(aware) == date(2026, 9, 19)
    with pytest.raises((CalendarError, ValueError), match="zone"):
        ask_naively(calendar, aware.replace(tzinfo=None))
