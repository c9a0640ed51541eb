"""A course: where a limit ran between its pauses, and where the rest of it leads (R10).

Four working days from Friday 18 September 2026: Sun 20, 21, 22, 23; Sat 19 and 25 to 27 are off.
"""

from datetime import date

import pytest

from schedules.limits import Counting
from sla.counting import Course, Days, course, used_at
from tests.core.cast import at, china, day, working_days

FOUR = Days(china(), working_days(4), Counting(), day("2026-09-18"), at("2026-09-18 09:30"), dated=False)


def on(number: str) -> date:
    return date(2026, 9, int(number))


@pytest.mark.parametrize(
    ("stops", "spans", "due", "paused", "nothing_left"),
    [
        ([], [("18", "23")], "23", False, False),
        ([("21", "24")], [("18", "21"), ("24", "29")], "29", False, False),  # 20, 21, and 28, 29
        ([("18", "21")], [("21", "28")], "28", False, False),  # 22, 23, 24, 28
        ([("20", "21"), ("22", "23")], [("18", "20"), ("21", "22"), ("23", "28")], "28", False, False),
        ([("23", "28")], [("18", "23")], "28", False, True),
        ([("21", "")], [("18", "21")], "29", True, False),  # resumed on the 24th
        ([("23", "")], [("18", "23")], "24", True, True),
    ],
)
def test_a_limit_runs_between_its_pauses(
    stops: list[tuple[str, str]], spans: list[tuple[str, str]], due: str, paused: bool, nothing_left: bool
) -> None:
    laid = course(FOUR, [(on(off), on(back) if back else None) for off, back in stops], on("24"))
    assert laid == Course(tuple((on(first), on(last)) for first, last in spans), on(due), paused, nothing_left)


@pytest.mark.parametrize(
    ("until", "overdue", "used"),
    [("18", False, 0), ("20", False, 1), ("21", False, 2), ("23", False, 2), ("29", False, 4), ("30", True, 5)],
)
def test_what_is_used_up_is_what_ran_so_far_and_once_overdue_what_followed(
    until: str, overdue: bool, used: int
) -> None:
    laid = course(FOUR, [(on("21"), on("24"))], on("24"))
    assert used_at(FOUR, laid, on(until), overdue=overdue) == used
