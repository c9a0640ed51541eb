"""Offices at random: a country or days of one's own, zones with clock changes, hours of deliberately uneven weeks."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from tests.walk import calendars
from tests.walk.calendars import WEEKDAYS, Calendar

Spans = list[list[str]]
ZONES = ("Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Shanghai")
COUNTRIES: tuple[dict[str, str], ...] = (
    {"country": "GB", "subdiv": "ENG", "zone": "Europe/London"},
    {"country": "NL", "zone": "Europe/Amsterdam"},
    {"country": "US", "zone": "America/New_York"},
    {"country": "DE", "zone": "Europe/Berlin"},
    {"country": "JP", "zone": "Asia/Tokyo"},
)
CHANGES = {  # days on which clocks are put forward or back
    "Europe/Berlin": ("2024-03-31", "2024-10-27", "2025-03-30", "2025-10-26"),
    "America/New_York": ("2024-03-10", "2024-11-03", "2025-03-09", "2025-11-02"),
    "Africa/Cairo": ("2024-04-26", "2024-10-31", "2025-04-25", "2025-10-30"),
    "Australia/Lord_Howe": ("2024-04-07", "2024-10-06", "2025-04-06", "2025-10-05"),
}
SHIFTS: tuple[Spans, ...] = (
    [["09:00", "17:00"]],
    [["08:30", "12:00"], ["13:00", "17:30"]],
    [["09:00", "12:00"], ["13:00", "17:00"]],
    [["07:15", "09:45"], ["10:00", "12:00"], ["13:20", "15:00"]],
    [["10:00", "12:30"]],
    [["00:00", "24:00"]],
    [["00:30", "01:45"], ["02:00", "03:30"]],
    [["01:15", "01:50"], ["01:55", "02:40"]],
    [["23:00", "24:00"]],
    [["00:00", "06:00"], ["22:00", "24:00"]],  # of a night, on both its days
    [["00:00", "02:30"], ["06:00", "09:00"], ["18:00", "24:00"]],
    [["00:00", "06:00"]],
)


@dataclass(frozen=True)
class Office:
    """A calendar as a request writes it, and a day to begin on."""

    calendar: dict[str, Any] | None
    start: date

    @cached_property
    def walked(self) -> Calendar:
        return calendars.read(self.calendar)

    @property
    def zone(self) -> ZoneInfo:
        return self.walked.zone

    def edges(self, day: date) -> list[int]:
        """Where its services begin and end on a day, in minutes of wall time."""
        return [minutes for span in self.walked.spans(day) for minutes in span]


def office(dice: random.Random) -> Office:
    kind = dice.choice(["china", "country", "own", "own", "own"])
    if kind == "china":
        start = date(2007, 1, 1) + timedelta(days=dice.randrange(10 * 365))
        return Office(_china(dice, start), start)
    if kind == "country":
        country = dict(dice.choice(COUNTRIES))
        start = _start(dice, country["zone"])
        return Office({**country, **_layers(dice, start), **_hours(dice, start)}, start)
    zone = dice.choice(ZONES)
    start = _start(dice, zone)
    weekend = dice.sample(WEEKDAYS, dice.choice([0, 1, 2, 2, 2, 3]))
    return Office({"zone": zone, "weekend": weekend, **_layers(dice, start), **_hours(dice, start)}, start)


def _china(dice: random.Random, start: date) -> dict[str, Any] | None:
    if dice.random() < 0.5:
        return dice.choice([None, {"country": "CN"}])
    return {"country": "CN", **_layers(dice, start), **_hours(dice, start)}


def _start(dice: random.Random, zone: str) -> date:
    """Often within a few days of a clock change."""
    if zone in CHANGES and dice.random() < 0.6:
        return date.fromisoformat(dice.choice(CHANGES[zone])) + timedelta(days=dice.randint(-4, 1))
    return date(2020, 1, 1) + timedelta(days=dice.randrange(6 * 365))


def _layers(dice: random.Random, start: date) -> dict[str, list[str]]:
    days = [(start + timedelta(days=offset)).isoformat() for offset in range(-3, 120)]
    closed = dice.sample(days, dice.choice([0, 3, 25]))
    opened = [day for day in dice.sample(days, dice.choice([0, 3, 25])) if day not in closed]
    return {"closed": sorted(closed), "open": sorted(opened)}


def _hours(dice: random.Random, start: date) -> dict[str, Any]:
    """None, or a week in which every day may differ, with the hours of single dates and of make-up days."""
    if dice.random() < 0.25:
        return {}
    table = {name: dice.choice(SHIFTS) for name in WEEKDAYS if dice.random() < 0.75} or {"mon": SHIFTS[0]}
    found: dict[str, Any] = {"hours": table}
    if dice.random() < 0.5:
        days = dice.sample(range(-2, 60), 8)
        found["days"] = {
            (start + timedelta(days=offset)).isoformat(): dice.choice([[], [["09:00", "11:00"]], *SHIFTS])
            for offset in days
        }
    if dice.random() < 0.5:
        found["makeup"] = dice.choice(SHIFTS)
    return found
