"""Two thousand requests against a clerk who walks the calendar day by day (tests/walk.py)."""

import json
import random
from datetime import date, timedelta
from itertools import chain
from typing import Any

import pytest

from schedules.announcements import working_calendar
from schedules.hours import WEEKDAYS
from sla.cli.due import answers
from tests import walk
from tests.walk import Request

SEED, REQUESTS = 20260918, 2_000
MOST = {"working_days": 45, "calendar_days": 70, "weeks": 9, "months": 14, "years": 2}


def test_any_limit_with_any_pauses_is_due_on_the_day_a_walk_ends() -> None:
    dice = random.Random(SEED)
    asked = [_request(dice) for _ in range(REQUESTS)]
    wrong = [
        (line, answer.get("due_on"), walked.due)
        for line, walked, answer in _answered(asked)
        if answer.get("due_on") != walked.due.isoformat()
    ]
    assert wrong == []


def test_the_ledger_counts_the_very_days_a_walk_counts_and_ends_on_the_due_day() -> None:
    dice = random.Random(SEED + 1)
    for line, walked, answer in _answered([_request(dice, ledger=True) for _ in range(REQUESTS // 4)]):
        counted = [row["date"] for row in answer["ledger"] if row["status"] == "counted"]
        assert counted == [day.isoformat() for day in walked.counted], line
        assert answer["ledger"][-1]["date"] == walked.due.isoformat(), line
        assert [row["counted"] for row in answer["ledger"] if row["counted"]] == list(range(1, len(counted) + 1))


def test_on_the_due_day_all_of_a_limit_is_used_and_nothing_is_left() -> None:
    dice = random.Random(SEED + 2)
    asked = [_request(dice) for _ in range(REQUESTS // 4)]
    whole = [entry for entry in asked if all(last <= walk.due(entry[1], entry[2]).due for _, last in entry[2].pauses)]
    assert len(whole) > REQUESTS // 8
    for line, works, request in whole:
        line["now"] = walk.due(works, request).due.isoformat()
    for line, walked, answer in _answered(whole):
        assert (answer["used"], answer["left"]) == (len(walked.counted), 0), line
        assert answer["state"] == "running", line


@pytest.mark.parametrize("unit", MOST)
def test_a_pause_never_makes_a_deadline_earlier(unit: str) -> None:
    dice = random.Random(SEED + 3)
    for _ in range(REQUESTS // 20):
        line, _, _ = _request(dice, unit=unit)
        paused, plain = answers(iter([json.dumps(line), json.dumps({**line, "pauses": []})]))
        assert paused["due_on"] >= plain["due_on"], line


Entry = tuple[dict[str, Any], walk.Works, Request]


def _answered(entries: list[Entry]) -> list[tuple[dict[str, Any], walk.Answer, dict[str, Any]]]:
    given = answers(json.dumps(line) for line, _, _ in entries)
    return [
        (line, walk.due(works, request), answer) for (line, works, request), answer in zip(entries, given, strict=True)
    ]


def _request(dice: random.Random, *, ledger: bool = False, unit: str = "") -> Entry:
    unit = unit or dice.choice([*MOST, "working_days", "working_days"])
    start = date(2025, 1, 1) + timedelta(days=dice.randrange(700))
    calendar, works = _china() if dice.random() < 0.4 else _made_up(dice, start)
    request = Request(
        start=start,
        amount=dice.randint(1, MOST[unit]),
        unit=unit,
        pauses=_pauses(dice, start),
        roll=dice.choice(["following", "none"]),
        first_day=dice.choice(["next", "next", "same"]),
        intake=dice.choice(["as_filed", "as_filed", "next_working_day"]),
    )
    line = {
        "start": start.isoformat(),
        "limit": {"amount": request.amount, "unit": unit},
        "calendar": calendar,
        "pauses": [
            {"from": first.isoformat(), "to": last.isoformat(), "ground": f"g{index}"}
            for index, (first, last) in enumerate(request.pauses)
        ],
        "roll": request.roll,
        "first_day": request.first_day,
        "intake": request.intake,
        "ledger": ledger,
    }
    return line, works, request


def _pauses(dice: random.Random, start: date) -> tuple[tuple[date, date], ...]:
    """None to four: on day 0, touching, overlapping, of no length, after the deadline; in the order they begin."""
    firsts = sorted(start + timedelta(days=dice.choice([0, dice.randrange(20), dice.randrange(90)])) for _ in range(4))
    lengths = [dice.choice([0, 1, dice.randrange(5), dice.randrange(40)]) for _ in firsts]
    count = dice.choice([0, 1, 1, 2, 3, 4])
    return tuple(
        (first, first + timedelta(days=length)) for first, length in list(zip(firsts, lengths, strict=True))[:count]
    )


def _made_up(dice: random.Random, start: date) -> tuple[dict[str, Any], walk.Works]:
    weekend = dice.sample(range(7), dice.choice([0, 1, 2, 2, 2, 3]))
    days = [start + timedelta(days=offset) for offset in range(-5, 900)]
    closed = set(dice.sample(days, 60)) | set(days[20:29])
    opened = set(dice.sample(days, 40)) - closed
    calendar = {
        "zone": "Asia/Shanghai",
        "weekend": [WEEKDAYS[day] for day in weekend],
        "closed": sorted(day.isoformat() for day in closed),
        "open": sorted(day.isoformat() for day in opened),
    }
    return calendar, walk.works_of(weekend, closed, opened)


def _china() -> tuple[dict[str, Any], walk.Works]:
    layers = working_calendar("CN").overlays  # the days themselves are checked against chinesecalendar
    return {"country": "CN"}, walk.works_of(
        (5, 6), chain(*(x.closed for x in layers)), chain(*(x.open for x in layers))
    )
