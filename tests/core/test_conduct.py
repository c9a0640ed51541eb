"""Days without anything overdue, extensions and late entries, counted by hand.

In 2026 09-14 to 18, Sunday 09-20 and 09-21 to 24 are worked; Saturday 09-19 is off.
"""

from datetime import date

import pytest

from sla.conduct import Entries, Extending, FreeDays, entries, free_days
from sla.reports import Figures, Period, Rate, by_period
from tests.core.cast import china, day

FIRST, LAST = day("2026-09-14"), day("2026-09-24")  # ten working days: 14 to 18, 20 to 24


def free(*missed: tuple[str, str]) -> FreeDays:
    return free_days(china(), FIRST, LAST, ((day(due), day(stopped) if stopped else None) for due, stopped in missed))


@pytest.mark.parametrize(
    ("missed", "said"),
    [
        ((), FreeDays(10, 10, 10)),
        ((("2026-09-16", "2026-09-18"),), FreeDays(8, 10, 5)),  # 17 and 18; since then 20 to 24
        ((("2026-09-18", "2026-09-19"),), FreeDays(10, 10, 10)),  # late on a day off
        ((("2026-09-22", "2026-09-22"),), FreeDays(9, 10, 2)),  # hours: missed on the day itself
        ((("2026-09-22", ""),), FreeDays(8, 10, 0)),  # open since: 23 and 24
        ((("2026-08-03", "2026-09-14"),), FreeDays(9, 10, 9)),  # of before only what reaches in
        ((("2026-09-23", "2026-10-30"),), FreeDays(9, 10, 0)),  # 24; what comes after the last day is not counted
        ((("2026-09-16", "2026-09-18"), ("2026-09-15", "2026-09-17")), FreeDays(7, 10, 5)),  # 16, 17, 18, each once
    ],
)
def test_a_day_is_free_on_which_no_case_was_past_its_due_date(
    missed: tuple[tuple[str, str], ...], said: FreeDays
) -> None:
    assert free(*missed) == said


def test_of_no_days_there_is_no_rate() -> None:
    assert free_days(china(), LAST, FIRST, ()) == FreeDays()
    assert FreeDays().rate.value is None


def test_an_entry_is_late_when_more_than_one_working_day_has_passed() -> None:
    friday = day("2026-09-18")
    made = [
        ("received", friday, friday),
        ("received", friday, day("2026-09-20")),  # one working day later
        ("received", friday, day("2026-09-21")),  # two
        ("decided", friday, day("2026-09-21")),
        ("decided", friday, day("2026-09-19")),  # none: a day off
    ]
    assert entries(china(), made) == Entries(5, {"decided": 1, "received": 1})
    assert entries(china(), made).rate == Rate(2, 5)


def test_extensions_have_the_n_of_all_that_could_have_had_one() -> None:
    assert Extending(2, 5, 8).rate == Rate(2, 8)


def test_months_add_up_to_quarters_and_years() -> None:
    def done(n: int) -> Figures:
        return Figures(completed=n)

    months = {"2025-12": done(1), "2026-01": done(2), "2026-03": done(4), "2026-04": done(8), "": done(16)}
    assert by_period(months, Period.MONTH) == dict(sorted(months.items()))
    assert by_period(months, Period.QUARTER) == {
        "": done(16), "2025-Q4": done(1), "2026-Q1": done(6), "2026-Q2": done(8),
    }  # fmt: skip
    assert by_period(months, Period.YEAR) == {"": done(16), "2025": done(1), "2026": done(14)}


def test_every_month_is_in_its_quarter() -> None:
    quarters = [Period.QUARTER.of(f"{date(2026, month, 1):%Y-%m}")[-1] for month in range(1, 13)]
    assert "".join(quarters) == "111222333444"
