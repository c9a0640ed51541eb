"""Counting working days in China beside `holidays` and `numpy`, and how long `sla due` takes to an answer."""

import random
import subprocess
import sys
from datetime import date, timedelta

import holidays
import numpy as np

from schedules.announcements import working_calendar
from schedules.calendars import WorkingCalendar
from tests.bench.table import Row, Table, at_most, median_seconds, times_faster

DAYS, ROUNDS, MANY, SEED = 240, 60, 1_000_000, 20260918
START = date(2026, 1, 1)  # with DAYS and the longest limit it stays within what is announced
COLD = (sys.executable, "-m", "sla", "due", "cn_planning.construction_works", "--on", "2026-09-18")


def run(share: float = 1) -> Table:
    """One call of `nth_working_day` against one of the rival's over days of 2026; both must give the same dates."""
    calendar, days = working_calendar("CN"), [START + timedelta(days=offset) for offset in range(DAYS)]
    rounds = max(2, round(ROUNDS * share))
    rows = [
        _beside_holidays(calendar, days, n=4, bar=25, rounds=rounds),
        _beside_holidays(calendar, days, n=30, bar=300, rounds=rounds),
        _beside_numpy(calendar, days, n=4, bar=5, rounds=rounds),
        _beside_numpy(calendar, days, n=30, bar=5, rounds=rounds),
        _between(calendar, days, rounds),
        _a_million(calendar, round(MANY * share)),
        at_most("`sla due` with its ledger, cold start", median_seconds(_cold_start, round(9 * share)), 0.5),
    ]
    return Table("Working days", rows)


def _beside_holidays(calendar: WorkingCalendar, days: list[date], n: int, bar: float, rounds: int) -> Row:
    rival = holidays.country_holidays("CN", years=[2026, 2027])
    _same([calendar.nth_working_day(day, n) for day in days], [rival.get_nth_working_day(day, n) for day in days])
    ours = median_seconds(lambda: [calendar.nth_working_day(day, n) for day in days], rounds)
    theirs = median_seconds(lambda: [rival.get_nth_working_day(day, n) for day in days], max(2, rounds // 10))
    return times_faster(f"one n-th working day, n = {n}: `holidays`", ours / len(days), theirs / len(days), bar)


def _beside_numpy(calendar: WorkingCalendar, days: list[date], n: int, bar: float, rounds: int) -> Row:
    """numpy knows no make-up days: its calendar is a list of every day off, built beforehand, and its dates too."""
    around = [START + timedelta(days=offset) for offset in range(-30, 500)]
    off = [day for day in around if not calendar.is_working_day(day)]
    prepared = np.busdaycalendar(weekmask="1111111", holidays=off)
    instants = [np.datetime64(day) for day in days]

    def theirs() -> list[np.datetime64]:
        return [np.busday_offset(instant, n, roll="backward", busdaycal=prepared) for instant in instants]

    _same([calendar.nth_working_day(day, n) for day in days], [result.astype(date) for result in theirs()])
    ours = median_seconds(lambda: [calendar.nth_working_day(day, n) for day in days], rounds)
    return times_faster(
        f"one n-th working day, n = {n}: `numpy.busday_offset`",
        ours / len(days),
        median_seconds(theirs, rounds) / len(days),
        bar,
    )


def _between(calendar: WorkingCalendar, days: list[date], rounds: int) -> Row:
    rival = holidays.country_holidays("CN", years=[2026, 2027])
    spans = [(day, day + timedelta(days=45)) for day in days]
    theirs_too = [rival.get_working_days_count(a + timedelta(days=1), b) for a, b in spans]  # it counts both ends
    if [calendar.working_days_between(a, b) for a, b in spans] != theirs_too:
        raise AssertionError("the two sides do not count the same days, so their times mean nothing")
    ours = median_seconds(lambda: [calendar.working_days_between(a, b) for a, b in spans], rounds)
    theirs = median_seconds(lambda: [rival.get_working_days_count(a, b) for a, b in spans], max(2, rounds // 10))
    return times_faster("working days over 45 days: `holidays`", ours / len(spans), theirs / len(spans), 200)


def _a_million(calendar: WorkingCalendar, many: int) -> Row:
    """Days of 2007 to 2026 in no order; each side has them in its own kind of list beforehand."""
    dice, first = random.Random(SEED), date(2007, 1, 1)
    days = [first + timedelta(days=dice.randrange(7_200)) for _ in range(many)]
    around = [first + timedelta(days=offset) for offset in range(-30, 7_400)]
    off = [day for day in around if not calendar.is_working_day(day)]
    prepared, instants = np.busdaycalendar(weekmask="1111111", holidays=off), np.array(days, "datetime64[D]")

    def theirs() -> np.typing.NDArray[np.datetime64]:
        return np.busday_offset(instants, 4, roll="backward", busdaycal=prepared)

    _same(calendar.nth_working_days(days, 4), list(theirs().astype(date)))
    ours = median_seconds(lambda: calendar.nth_working_days(days, 4), 5)
    return times_faster(f"{many:,} due dates in a batch: `numpy.busday_offset`", ours, median_seconds(theirs, 5), 1)


def _same(ours: list[date], theirs: list[date]) -> None:
    if ours != theirs:
        raise AssertionError("the two sides do not count the same days, so their times mean nothing")


def _cold_start() -> None:
    subprocess.run(COLD, check=True, capture_output=True)
