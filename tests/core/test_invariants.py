"""What holds of every deadline, whatever it comes to (R5, R7, R10, R11, R21), on requests at random."""

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

import pytest

from sla.cli.due import answers
from tests.exhaustive.asked import IN_HOURS, MOST, Request, requests
from tests.walk import calendars
from tests.walk.moments import read

SEED, MANY = 31, 150
IN_DAYS = tuple(unit for unit in MOST if unit not in IN_HOURS)
ONE = timedelta(days=1)


def answered(request: Request) -> dict[str, Any]:
    given = next(answers(iter([json.dumps(request)])))
    assert "error" not in given, (request, given)
    return given


def first_day_of(request: Request) -> date:
    return read(request["start"], calendars.read(request.get("calendar")).zone).day


def asked(*units: str, **settings: Any) -> Iterator[Request]:
    return ({**request, **settings} for request in requests(SEED, MANY, units or tuple(MOST)))


def not_paused(*units: str, **settings: Any) -> Iterator[tuple[Request, dict[str, Any]]]:
    """Requests with a due date, and their answers."""
    pairs = ((request, answered(request)) for request in asked(*units, **settings))
    return ((request, answer) for request, answer in pairs if answer["due_on"])


def test_a_pause_and_resume_on_one_day_change_nothing_for_limits_in_days() -> None:
    for request, plain in not_paused(*IN_DAYS, ledger=False):
        now = min(date.fromisoformat(plain["due_on"]), first_day_of(request) + 9 * ONE)
        at_rest = {**request, "decided": None, "now": now.isoformat()}
        for day in (first_day_of(request).isoformat(), now.isoformat(), plain["due_on"]):
            still = {"from": day, "to": day, "ground": "still"}
            assert answered({**at_rest, "pauses": [*request["pauses"], still]}) == answered(at_rest), (at_rest, day)


def test_the_order_of_the_lists_changes_nothing() -> None:
    dice = random.Random(SEED)
    for request in asked(ledger=False):
        turned = {**request, **{name: dice.sample(request[name], len(request[name])) for name in _LISTS}}
        assert answered(turned) == answered(request), request


def test_when_a_pause_was_recorded_matters_only_before_and_after_the_deadline() -> None:
    """Within it the pause counts as if recorded at once, past it not at all (R21)."""
    dice = random.Random(SEED)
    for request, plain in not_paused(*IN_DAYS, pauses=[], extensions=[], decided=None, cutoff="end_of_day"):
        first = first_day_of(request)
        due = date.fromisoformat(plain["due_on"])
        begins = first + timedelta(days=dice.randint(0, (due - first).days))
        pause = {"from": begins.isoformat(), "to": (begins + timedelta(days=dice.randint(0, 9))).isoformat()}
        at_once = answered({**request, "pauses": [pause]})["due_on"]
        for recorded, expected in ((begins, at_once), (due, at_once), (due + ONE, plain["due_on"])):
            late = {**request, "pauses": [{**pause, "recorded_at": recorded.isoformat()}]}
            assert answered(late)["due_on"] == expected, late


def test_the_rows_counted_in_a_ledger_are_as_many_as_the_limit_and_its_extensions_have_days() -> None:
    each_way = {"working_days": 1, "calendar_days": 1, "weeks": 7}
    for request, answer in not_paused(*each_way, ledger=True):
        in_time = [x for x in request["extensions"] if "recorded_at" not in x]
        if len(in_time) < len(request["extensions"]):
            continue
        amount = request["limit"]["amount"] + sum(extension["amount"] for extension in in_time)
        counted = [row["counted"] for row in answer["ledger"] if row["status"] == "counted"]
        assert counted == list(range(1, each_way[request["limit"]["unit"]] * amount + 1)), request


@pytest.mark.parametrize("unit", MOST)
def test_a_due_date_never_moves_back_when_the_limit_grows(unit: str) -> None:
    for request, answer in islice(not_paused(unit, ledger=False), MANY // 5):
        limit = {"amount": request["limit"]["amount"] + 1, "unit": unit}
        longer = answered({**request, "limit": limit})
        assert longer["due_at"] is None or longer["due_at"] >= answer["due_at"], request


@pytest.mark.parametrize("unit", MOST)
def test_one_more_working_day_in_the_calendar_never_makes_a_case_later(unit: str) -> None:
    dice = random.Random(SEED)
    for request, answer in islice(not_paused(unit, ledger=False), MANY // 5):
        calendar = request.get("calendar", {"country": "CN"})
        first, due = first_day_of(request), date.fromisoformat(answer["due_on"])
        opened = (first + timedelta(days=dice.randint(-1, (due - first).days + 1))).isoformat()
        if opened not in calendar.get("closed", ()):
            calendar = {**calendar, "open": [*calendar.get("open", ()), opened]}
        more = answered({**request, "calendar": calendar})
        assert more["due_at"] is not None, request
        assert more["due_at"] <= answer["due_at"], (request, opened)


@pytest.mark.parametrize("unit", MOST)
def test_a_pause_never_makes_a_deadline_earlier(unit: str) -> None:
    for request, answer in islice(not_paused(unit, ledger=False), MANY // 5):
        assert answer["due_at"] >= answered({**request, "pauses": []})["due_at"], request


def test_what_is_used_and_what_is_left_are_the_limit_and_its_extensions() -> None:
    for request, answer in not_paused("working_days", "calendar_days", *IN_HOURS, ledger=False):
        amount = answer["used"] + answer["left"]
        added = [extension["amount"] for extension in request["extensions"]]
        assert request["limit"]["amount"] - 1e-6 <= amount <= request["limit"]["amount"] + sum(added) + 1e-6, request


_LISTS = ("pauses", "extensions")
