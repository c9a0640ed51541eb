"""Adding and measuring working time beside `workclock`, whose core is written in Rust."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workclock import Break, Holidays, Schedule, WorkDay

from schedules.calendars import Level, Overlay, Scope, WorkingCalendar
from schedules.hours import WEEKDAYS, WeeklyHours
from tests.bench.table import Row, Table, median_seconds, times_faster

LONDON = ZoneInfo("Europe/London")
CLOSED = [
    date(2026, 4, 3),
    date(2026, 4, 6),
    date(2026, 5, 4),
    date(2026, 5, 25),
    date(2026, 8, 31),
    date(2026, 12, 25),
]
HOURS = [("09:00", "12:00"), ("13:00", "17:00")]
MOMENTS, ROUNDS, AMOUNT = 300, 60, timedelta(hours=20)


def run(share: float = 1) -> Table:
    """The window's hours in London; both must give the same moments and durations."""
    rival, ours = _rival(), _ours()
    at = [datetime(2026, 1, 5, 7, 40, tzinfo=LONDON) + timedelta(hours=25 * index) for index in range(MOMENTS)]
    later = [moment + timedelta(days=40, minutes=7) for moment in at]
    rounds = max(2, round(ROUNDS * share))
    rows = [
        _beside(
            "one `add_working_time` of 20 hours: `workclock`",
            lambda: [ours.add_working_time(moment, AMOUNT) for moment in at],
            lambda: [rival.add(moment, AMOUNT) for moment in at],
            rounds,
        ),
        _beside(
            "one `working_time_between` over 40 days: `workclock`",
            lambda: [ours.working_time_between(a, b) for a, b in zip(at, later, strict=True)],
            lambda: [rival.between(a, b) for a, b in zip(at, later, strict=True)],
            rounds,
        ),
    ]
    return Table("Working time", rows)


def _beside(what: str, ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> Row:
    if ours() != theirs():
        raise AssertionError("the two sides do not agree, so their times mean nothing")
    return times_faster(what, median_seconds(ours, rounds) / MOMENTS, median_seconds(theirs, rounds) / MOMENTS, 2)


def _ours() -> WorkingCalendar:
    closed = Overlay("bank holidays", Level.ANNOUNCED, Scope.LEGAL, dict.fromkeys(CLOSED, "bank holiday"))
    week = WeeklyHours.parse(dict.fromkeys(WEEKDAYS[:5], HOURS))
    return WorkingCalendar(LONDON, hours=week, overlays=(closed,))


def _rival() -> Schedule:
    return Schedule([WorkDay(time(9), time(17)), Break(time(12), time(13)), Holidays(CLOSED)], time_zone=LONDON)
