"""R7: of a limit in hours or minutes only time inside service hours counts, in half-open spans, with breaks, early
closing, nights and clock changes; used up exactly at a closing it is due there, or at the next opening if asked."""

import json
import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sla.cli.due import answers
from tests.rules import minutes
from tests.rules.asking import CHINA, OFFICE_HOURS, ask, due_at, due_on, every_day, figures, hours

UTC_OFFICE = hours("Etc/UTC")  # 9-12, 13-17; Fri 18 September 2026
SATURDAY = hours("Etc/UTC", open=["2026-09-19"], makeup=[["10:00", "14:00"]])
LATER_WEEK = {"zone": "Etc/UTC", "hours": {"mon": [], "tue": [["08:00", "10:00"]], "wed": [["09:00", "17:00"]]}}
FRIDAY_NIGHT = {"zone": "Etc/UTC", "hours": {"fri": [["20:00", "24:00"]]}}
THROUGH_TO_SATURDAY = {"zone": "Etc/UTC", "hours": {"fri": [["20:00", "24:00"]], "sat": [["00:00", "02:00"]]}}
NIGHT = {"zone": "Etc/UTC", "hours": {"mon": [["22:00", "24:00"]], "tue": [["00:00", "06:00"]]}}


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "closing", "opening"),  # hours; opening: "" where the boundary makes no difference
    [
        (UTC_OFFICE, "2026-09-18T09:00", 2, "2026-09-18T11:00", ""),
        (UTC_OFFICE, "2026-09-18T09:00", 3, "2026-09-18T12:00", "2026-09-18T13:00"),  # the closing for lunch
        (UTC_OFFICE, "2026-09-18T11:00", 2, "2026-09-18T14:00", ""),  # the break does not count
        (UTC_OFFICE, "2026-09-18T12:00", 1, "2026-09-18T14:00", ""),  # started in the break
        (UTC_OFFICE, "2026-09-18T12:59", 1, "2026-09-18T14:00", ""),
        (UTC_OFFICE, "2026-09-18T06:00", 7, "2026-09-18T17:00", "2026-09-21T09:00"),  # before opening; a whole day
        (UTC_OFFICE, "2026-09-18T17:00", 1, "2026-09-21T10:00", ""),  # at closing: Monday
        (UTC_OFFICE, "2026-09-18T16:59", 1, "2026-09-21T09:59", ""),
        (UTC_OFFICE, "2026-09-19T12:00", 1, "2026-09-21T10:00", ""),  # Saturday
        (UTC_OFFICE, "2026-09-18", 7, "2026-09-18T17:00", "2026-09-21T09:00"),  # without a time: from the day's first
        (UTC_OFFICE, "2026-09-18T15:00", 35 + 2, "2026-09-25T17:00", "2026-09-28T09:00"),  # five days and two hours
        (UTC_OFFICE, "2026-12-31T16:00", 2, "2027-01-01T10:00", ""),  # the year end; no holidays here
        (UTC_OFFICE, "2024-02-28T16:00", 9, "2024-03-01T10:00", ""),  # 1, the leap day 7, 1
        # no hours at all: the moment itself within service, which a closing belongs to, else the next opening
        (UTC_OFFICE, "2026-09-18T10:00", 0, "2026-09-18T10:00", ""),
        (UTC_OFFICE, "2026-09-18T17:00", 0, "2026-09-18T17:00", "2026-09-21T09:00"),
        (UTC_OFFICE, "2026-09-18T12:30", 0, "2026-09-18T13:00", ""),
        (UTC_OFFICE, "2026-09-19T10:00", 0, "2026-09-21T09:00", ""),
        # special days
        (hours("Etc/UTC", days={"2026-09-18": [["09:00", "11:00"]]}), "2026-09-18T10:00", 2, "2026-09-21T10:00", ""),
        (hours("Etc/UTC", days={"2026-09-18": []}), "2026-09-18T10:00", 1, "2026-09-21T10:00", ""),
        (hours("Etc/UTC", days={"2026-09-19": [["10:00", "12:00"]]}), "2026-09-18T16:00", 2, "2026-09-19T11:00", ""),
        (hours("Etc/UTC", closed=["2026-09-21"]), "2026-09-18T16:00", 2, "2026-09-22T10:00", ""),
        # a closed date has no hours, not even those of its own
        (
            hours("Etc/UTC", closed=["2026-09-21"], days={"2026-09-21": [["09:00", "17:00"]]}),
            "2026-09-18T16:00", 2, "2026-09-22T10:00", "",
        ),
        # an open date: the hours of the first weekday that has any, or make-up hours, or hours of its own
        (hours("Etc/UTC", open=["2026-09-19"]), "2026-09-18T17:00", 4, "2026-09-19T14:00", ""),
        (SATURDAY, "2026-09-18T17:00", 2, "2026-09-19T12:00", ""),
        ({**SATURDAY, "days": {"2026-09-19": [["20:00", "23:00"]]}}, "2026-09-18T17:00", 2, "2026-09-19T22:00", ""),
        # the table alone says which weekdays serve: Saturday does although it is the weekend, Monday does not
        ({"zone": "Etc/UTC", "hours": {"sat": [["10:00", "14:00"]]}}, "2026-09-17T10:00", 5, "2026-09-26T11:00", ""),
        # the first weekday of the table that has any hours: Tuesday 8-10
        ({**LATER_WEEK, "open": ["2026-09-19"]}, "2026-09-18", 1, "2026-09-19T09:00", ""),
        # the night is one span: midnight is no closing
        (NIGHT, "2026-09-21T22:00", 2, "2026-09-22T00:00", ""),
        (NIGHT, "2026-09-21T23:00", 3, "2026-09-22T02:00", ""),
        (NIGHT, "2026-09-21T22:00", 8, "2026-09-22T06:00", "2026-09-28T22:00"),
        ({**NIGHT, "closed": ["2026-09-22"]}, "2026-09-21T22:00", 2, "2026-09-22T00:00", "2026-09-28T22:00"),
        # without a table a working day serves from midnight to midnight
        ({"zone": "Etc/UTC"}, "2026-09-18T12:00", 24, "2026-09-21T12:00", ""),
        ({"zone": "Etc/UTC"}, "2026-09-18T12:00", 12, "2026-09-19T00:00", "2026-09-21T00:00"),
    ],
)  # fmt: skip
def test_service_hours_counted_by_hand(
    calendar: dict[str, Any], start: str, amount: int, closing: str, opening: str
) -> None:
    asked = {"calendar": calendar}
    assert due_at(start, amount, "working_hours", **asked) == f"{closing}:00Z"
    assert due_at(start, amount, "working_hours", **asked, boundary="closing") == f"{closing}:00Z"
    assert due_at(start, amount, "working_hours", **asked, boundary="opening") == f"{opening or closing}:00Z"
    assert due_at(start, 60 * amount, "working_minutes", **asked) == f"{closing}:00Z"


@pytest.mark.parametrize(
    ("start", "amount", "ends"),  # hours, from the evening before, through the night of the change: 22:00-06:00
    [
        ("Europe/Berlin 2026-03-28", 7, "2026-03-29T04:00:00Z"),
        ("Europe/Berlin 2026-10-24", 9, "2026-10-25T05:00:00Z"),
        ("America/New_York 2026-03-07", 7, "2026-03-08T10:00:00Z"),
        ("America/New_York 2026-10-31", 9, "2026-11-01T11:00:00Z"),
        ("Africa/Cairo 2026-04-23", 7, "2026-04-24T03:00:00Z"),
        ("Africa/Cairo 2026-10-29", 9, "2026-10-30T04:00:00Z"),
        ("Asia/Tokyo 2026-10-24", 8, "2026-10-24T21:00:00Z"),
    ],
)
def test_a_night_is_as_long_as_it_is(start: str, amount: int, ends: str) -> None:
    zone, _, day = start.partition(" ")
    night = {weekday: [["00:00", "06:00"], ["22:00", "24:00"]] for weekday in minutes.DAYS}
    asked = {"calendar": every_day(zone, hours=night)}
    assert due_at(f"{day}T20:00", amount, "working_hours", **asked) == ends
    assert due_at(f"{day}T20:00", amount * 60 + 1, "working_minutes", **asked) > ends


def test_half_an_hour_at_lord_howe() -> None:
    night = {weekday: [["00:00", "06:00"], ["22:00", "24:00"]] for weekday in minutes.DAYS}
    asked = {"calendar": every_day("Australia/Lord_Howe", hours=night)}
    # back at 02:00 of 5 April: 8 h 30; closes 06:00 at +10:30. Forward at 02:00 of 4 October: 7 h 30; closes at +11.
    assert due_at("2026-04-04T20:00", 510, "working_minutes", **asked) == "2026-04-04T19:30:00Z"
    assert due_at("2026-10-03T20:00", 450, "working_minutes", **asked) == "2026-10-03T19:00:00Z"


@pytest.mark.parametrize(
    ("start", "amount", "due", "on"),  # China, hours of the window, make-up days too
    [
        ("2026-09-18T15:00", 2, "2026-09-18T09:00:00Z", "2026-09-18"),
        ("2026-09-18T15:00", 3, "2026-09-20T02:00:00Z", "2026-09-20"),  # make-up Sunday
        ("2026-09-24T16:00", 2, "2026-09-28T02:00:00Z", "2026-09-28"),  # 25-27 off
        ("2026-09-30T16:00", 9, "2026-10-09T02:00:00Z", "2026-10-09"),  # 1, Thu 8 (7), Fri 9 10:00
        ("2026-10-09T16:00", 8, "2026-10-10T09:00:00Z", "2026-10-10"),  # 1, make-up Saturday (7)
        ("2025-12-31T16:00", 8, "2026-01-04T09:00:00Z", "2026-01-04"),  # 1, make-up Sunday in the new year (7)
    ],
)
def test_hours_of_a_chinese_office(start: str, amount: int, due: str, on: str) -> None:
    answer = ask(start, amount, "working_hours", calendar=CHINA)
    assert (answer["due_at"], answer["due_on"]) == (due, on)


@pytest.mark.parametrize(
    ("calendar", "start", "on"),
    [
        (FRIDAY_NIGHT, "2026-09-18T20:00", "2026-09-18"),
        (THROUGH_TO_SATURDAY, "2026-09-18T20:00", "2026-09-19"),  # midnight is no closing there
        ({"zone": "Etc/UTC"}, "2026-09-18T20:00", "2026-09-18"),
        (every_day("Africa/Cairo", hours={"thu": [["20:00", "24:00"]]}), "2026-04-23T20:00", "2026-04-23"),
        (every_day("Africa/Cairo", hours={"thu": [["21:00", "24:00"]]}), "2026-10-29T21:00", "2026-10-29"),
    ],
)  # fmt: skip
def test_a_closing_at_24_00_belongs_to_the_day_it_closes(calendar: dict[str, Any], start: str, on: str) -> None:
    assert due_on(start, 4, "working_hours", calendar=calendar) == on


@pytest.mark.parametrize(
    ("now", "used", "left", "state"),
    [
        ("2026-09-18T15:00", 0, 3, "running"),
        ("2026-09-18T16:30", 1.5, 1.5, "running"),
        ("2026-09-18T17:00", 2, 1, "running"),
        ("2026-09-20T03:00", 2, 1, "running"),  # the night does not count
        ("2026-09-20T10:00", 3, 0, "running"),  # in time up to and including the moment
        ("2026-09-20T10:00:01", 3 + 1 / 3600, -1 / 3600, "late"),
        ("2026-09-20T14:00", 6, -3, "late"),
    ],
)
def test_what_is_used_and_left_is_service_time(now: str, used: float, left: float, state: str) -> None:
    found = figures(ask("2026-09-18T15:00", 3, "working_hours", now=now))
    assert found[:2] == pytest.approx((used, left))
    assert found[2] == state


@pytest.mark.parametrize(
    ("decided", "state"),
    [
        ("2026-09-18T17:00", "met"),
        ("2026-09-18T17:00:00.000001", "late"),
        ("2026-09-18", "met"),
        ("2026-09-19", "late"),
    ],
)
def test_in_time_is_up_to_and_including_the_moment_and_by_date_where_there_is_no_time(decided: str, state: str) -> None:
    assert ask("2026-09-18T15:00", 2, "working_hours", decided=decided)["state"] == state


@pytest.mark.parametrize("setting", [{"first_day": "same"}, {"roll": "none"}, {"cutoff": "closing"}])
def test_settings_of_limits_in_days_do_not_move_hours(setting: dict[str, str]) -> None:
    assert due_at("2026-09-18T15:00", 3, "working_hours", **setting) == "2026-09-20T02:00:00Z"


def test_the_ledger_shows_each_days_share() -> None:
    rows = ask("2026-09-18T15:00", 3, "working_hours", ledger=True)["ledger"]
    assert [(row["date"][-2:], row["status"], row["counted"], row["added"]) for row in rows] == [
        ("18", "counted", 2, 2), ("19", "not_working", None, 0), ("20", "counted", 3, 1),
    ]  # fmt: skip


# --- against a walk from minute to minute -----------------------------------------------------------------------------
WEEKS = [  # in the days after each of these the clocks change, or the year ends
    ("Europe/Berlin", "2026-03-26"),
    ("Europe/Berlin", "2026-10-22"),
    ("America/New_York", "2026-03-05"),
    ("America/New_York", "2026-10-29"),
    ("Africa/Cairo", "2026-04-21"),
    ("Africa/Cairo", "2026-10-27"),
    ("Australia/Lord_Howe", "2026-04-02"),
    ("Australia/Lord_Howe", "2026-10-01"),
    ("Asia/Tokyo", "2026-12-28"),
]
EDGES = [0, 60, 90, 120, 130, 150, 180, 200, 360, 540, 720, 780, 1020, 1320, 1380, 1440]


@pytest.mark.parametrize(("zone", "first"), WEEKS)
def test_any_hours_end_where_a_walk_from_minute_to_minute_ends(zone: str, first: str) -> None:
    dice = random.Random(f"{zone} {first}")
    asked, walked = [], []
    for _ in range(2):
        calendar, served = _office(dice, zone, date.fromisoformat(first))
        for _ in range(6):
            start = minutes.minute_of(datetime.fromisoformat(f"{first}T00:00Z")) + 1440 + dice.randrange(4 * 1440)
            total, boundary, pauses = (
                _amount(dice, served, start),
                dice.choice(["closing", "opening"]),
                _pauses(dice, start),
            )
            walked.append(_text(minutes.due(served, start, total, boundary, pauses)))
            asked.append(
                {
                    "start": _text(start),
                    "limit": {"amount": total, "unit": "working_minutes"},
                    "boundary": boundary,
                    "pauses": [{"from": _text(begin), "to": _text(end)} for begin, end in pauses],
                    "calendar": calendar,
                    "ledger": False,
                }
            )
    found = [answer.get("due_at", answer) for answer in answers(json.dumps(request) for request in asked)]
    wrong = [case for case in zip(asked, found, walked, strict=True) if case[1] != case[2]]
    assert wrong == []


def _office(dice: random.Random, zone: str, first: date) -> tuple[dict[str, Any], set[int]]:
    """Hours at random, with closed, open and special days: as a request says them, and as a walk knows them."""
    days = [first + timedelta(days=offset) for offset in range(18)]
    week = {name: _spans(dice) for name in minutes.DAYS if dice.random() < 0.75} or OFFICE_HOURS
    closed, opened, special = (set(dice.sample(days, 2)) for _ in range(3))
    opened -= closed
    makeup = next(week[name] for name in minutes.DAYS if name in week)
    own = [["10:00", "10:45"], ["11:00", "24:00"]]
    serve: dict[date, list[list[str]]] = {}
    for day in days:
        weekly = week.get(minutes.DAYS[day.weekday()]) or (makeup if day in opened else [])
        serve[day] = [] if day in closed else own if day in special else weekly
    calendar = {
        "zone": zone,
        "hours": week,
        "closed": [day.isoformat() for day in closed],
        "open": [day.isoformat() for day in opened],
        "days": {day.isoformat(): own for day in special},
    }
    return calendar, minutes.served_minutes(zone, serve)


def _spans(dice: random.Random) -> list[list[str]]:
    edges = sorted(dice.sample(EDGES, dice.choice([2, 2, 4])))
    texts = [f"{edge // 60:02}:{edge % 60:02}" for edge in edges]
    return [list(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]


def _amount(dice: random.Random, served: set[int], start: int) -> int:
    """Minutes at random, or just as many as there are up to one of the next closings."""
    closings = [at for at in sorted(served) if at >= start and at + 1 not in served][:3]
    if dice.random() < 0.5 and closings:
        last = dice.choice(closings)
        return sum(start <= at <= last for at in served)
    return dice.choice([0, 1, dice.randrange(200), dice.randrange(900)])


def _pauses(dice: random.Random, start: int) -> list[tuple[int, int]]:
    begins = [start + dice.randrange(3 * 1440) for _ in range(dice.choice([0, 0, 1, 2, 3]))]
    return [(begin, begin + dice.choice([0, 5, 600, dice.randrange(2000)])) for begin in begins]


def _text(minute: int) -> str:
    return minutes.moment_of(minute).isoformat().replace("+00:00", "Z")
