"""Working days in China: every start of twenty years with every limit from 0 to 60 (R5, R8, R15)."""

import json
from collections.abc import Iterator
from datetime import date

from schedules.announcements import working_calendar
from sla.cli.due import answers
from tests.exhaustive.china import ANNOUNCED, LIMITS, due_days, starts
from tests.exhaustive.size import EVERY
from tests.exhaustive.written import Tally

Counted = tuple[date, int, date]


def test_every_limit_from_every_start_ends_on_the_day_a_walk_ends(tally: Tally) -> None:
    china = working_calendar("CN")
    counted = list(_counted())
    wrong = [
        (str(start), limit, str(due)) for start, limit, due in counted if china.nth_working_day(start, limit) != due
    ]
    assert wrong == []
    tally.china = len(counted)


def test_every_request_is_due_on_the_day_a_walk_ends_and_provisional_past_the_announced_year(tally: Tally) -> None:
    lines = (
        json.dumps({"start": str(start), "limit": {"amount": limit, "unit": "working_days"}, "ledger": False})
        for start, limit, _ in _counted()
    )
    wrong = [
        (str(start), limit, str(due), answer)
        for (start, limit, due), answer in zip(_counted(), answers(lines), strict=True)
        if (answer["due_on"], answer["provisional"]) != (str(due), due > ANNOUNCED)
    ]
    assert wrong == []
    tally.china_requests = sum(1 for _ in _counted())


def _counted() -> Iterator[Counted]:
    for start in starts(EVERY):
        yield from ((start, limit, due) for limit, due in zip(LIMITS, due_days(start), strict=True))
