"""M1. A reminder lies so many working days before the due date; an escalation comes after so many whole working days
late; "due" is the due date, or the last working day before it.

Counted on printed calendars: China 2026 (beside tests/service/cast.py), England 2026 (early May holiday Mon 4 May,
spring Mon 25 May), US federal 2026 (Independence Day, Saturday 4 July, is kept on Friday 3 July), Japan 2026.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from schedules.announcements import working_calendar
from schedules.calendars import WorkingCalendar
from schedules.limits import Counting, Limit, Roll, Unit
from sla.clock import Clock, run
from sla.events import Accepted
from sla.milestones import of
from sla.people import Role
from sla.policies import Basis, ClockRule, Gravity, Rung, Trigger
from tests.core.cast import at, china, promise

NINE = 9 * 60


def rungs(*offsets: int, minutes: int = NINE) -> tuple[Rung, ...]:
    """Reminders for offsets below 0, the due day for 0, escalations above; overdue between."""
    made = [
        Rung(
            f"{offset:+}" if offset else "due",
            Gravity.REMINDER if offset < 0 else Gravity.ESCALATION if offset else Gravity.DUE,
            (Role.HANDLER,),
            offset,
            minutes,
        )
        for offset in offsets
    ]
    made.append(Rung("overdue", Gravity.OVERDUE, (Role.HANDLER,)))
    return tuple(sorted(made, key=lambda rung: (list(Gravity).index(rung.gravity), rung.offset)))


def moments(clock: Clock) -> dict[str, str]:
    """Each milestone with its wall time in the calendar's zone."""
    zone = clock.calendar.zone
    return {milestone.name: f"{milestone.at.astimezone(zone):%Y-%m-%d %H:%M}" for milestone in of(clock)}


def started(
    calendar: WorkingCalendar, on: str, amount: int, ladder: tuple[Rung, ...], unit: Unit = Unit.WORKING_DAYS,
    counting: Counting | None = None,
) -> Clock:  # fmt: skip
    """A clock that began at 8:00 of the day, looked at then."""
    moment = datetime.fromisoformat(f"{on}T08:00").replace(tzinfo=calendar.zone).astimezone(UTC)
    rule = ClockRule(
        "promise", {"en": "promise"}, Basis.DUTY, Limit(amount, unit), (Trigger("accepted"),), (Trigger("decided"),),
        ladder=ladder, counting=counting or Counting(),
    )  # fmt: skip
    return run(rule, calendar, [Accepted(occurred_at=moment, recorded_at=moment, seq=1)], moment)


def test_the_worked_example() -> None:
    assert moments(promise(now="2026-09-18 10:00")) == {
        "T-1": "2026-09-22 09:00",
        "due": "2026-09-23 08:30",
        "overdue": "2026-09-24 00:00",
        "+1": "2026-09-28 08:30",  # the 24th is one whole day late; 25 to 27 are off
        "+3": "2026-09-30 08:30",
    }


@pytest.mark.parametrize(
    ("offset", "at_"),
    [  # due Wed 23 September after thirty days of August and September: start 12 August
        (-1, "2026-09-22"), (-2, "2026-09-21"), (-3, "2026-09-20"),  # Sunday, works
        (-4, "2026-09-18"), (-5, "2026-09-17"), (-10, "2026-09-10"),
        (1, "2026-09-28"), (2, "2026-09-29"), (3, "2026-09-30"),
        (4, "2026-10-08"), (6, "2026-10-10"), (7, "2026-10-12"),  # 9, then Sat 10, a make-up day
    ],
)  # fmt: skip
def test_offsets_over_the_festivals(offset: int, at_: str) -> None:
    # From Wed 12 August: 13, 14 (2), 17-21 (7), 24-28 (12), 31-4 (17), 7-11 (22), 14-18 (27), 20, 21, 22 (30), 23 (31).
    found = moments(started(china(), "2026-08-12", 31, rungs(offset)))
    assert found[f"{offset:+}"] == f"{at_} 09:00"
    assert found["overdue"] == "2026-09-24 00:00"


@pytest.mark.parametrize("minutes", [0, 8 * 60 + 30, 23 * 60 + 59])
def test_each_rung_has_its_own_time_of_day(minutes: int) -> None:
    found = moments(started(china(), "2026-09-14", 6, rungs(-1, 0, 1, minutes=minutes)))  # due Mon 21
    wall = f"{minutes // 60:02}:{minutes % 60:02}"
    assert found == {
        "-1": f"2026-09-20 {wall}", "due": f"2026-09-21 {wall}", "overdue": "2026-09-22 00:00",
        "+1": f"2026-09-23 {wall}",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("roll", "due", "spoken_of", "before", "overdue", "after"),
    [  # Tue 8 September + 18 calendar days = Sat 26, off with 25 and 27
        (Roll.NONE, "2026-09-26", "2026-09-24", "2026-09-24", "2026-09-27", "2026-09-29"),
        (Roll.FOLLOWING, "2026-09-28", "2026-09-28", "2026-09-24", "2026-09-29", "2026-09-30"),
    ],
)
def test_a_due_date_that_is_a_day_off_is_spoken_of_on_the_last_working_day_before_it(
    roll: Roll, due: str, spoken_of: str, before: str, overdue: str, after: str
) -> None:
    clock = started(china(), "2026-09-08", 18, rungs(-1, 0, 1), Unit.CALENDAR_DAYS, Counting(roll=roll))
    assert str(clock.due_on) == due
    assert moments(clock) == {
        "-1": f"{before} 09:00", "due": f"{spoken_of} 09:00", "overdue": f"{overdue} 00:00", "+1": f"{after} 09:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("country", "zone", "start", "amount", "unit", "expected"),
    [
        # England, 8 weeks from Mon 9 March = Mon 4 May, off: Tue 5. Before it Fri 1 May; late by Wed 6, so Thu 7.
        ("GB", "Europe/London", "2026-03-09", 8, Unit.WEEKS, ("2026-05-01", "2026-05-05", "2026-05-07")),
        # US, 20 working days from Wed 3 June: Juneteenth (Fri 19) off; 4, 5, 8-12, 15-18, 22-26, 29-2: Thu 2 July.
        # Late by Mon 6 (Fri 3 is kept for the 4th), so Tue 7.
        ("US", "America/New_York", "2026-06-03", 20, Unit.WORKING_DAYS, ("2026-07-01", "2026-07-02", "2026-07-07")),
        # Japan, 1 month from 30 April: Sat 30 May, rolls to Mon 1 June; before it Fri 29 May; late by Tue 2, so Wed 3.
        ("JP", "Asia/Tokyo", "2026-04-30", 1, Unit.MONTHS, ("2026-05-29", "2026-06-01", "2026-06-03")),
        # The Netherlands, 8 weeks from Mon 2 March = Mon 27 April, King's Day: Tue 28; before it Fri 24; then Thu 30.
        ("NL", "Europe/Amsterdam", "2026-03-02", 8, Unit.WEEKS, ("2026-04-24", "2026-04-28", "2026-04-30")),
    ],
)
def test_offsets_are_working_days_whatever_the_limit_is_in(
    country: str, zone: str, start: str, amount: int, unit: Unit, expected: tuple[str, ...]
) -> None:
    calendar = working_calendar(country, zone=zone, subdiv="ENG" if country == "GB" else None)
    found = moments(started(calendar, start, amount, rungs(-1, 0, 1), unit))
    assert (found["-1"], found["due"], found["+1"]) == tuple(f"{on} 09:00" for on in expected)


@pytest.mark.parametrize(
    ("zone", "start", "due", "overdue"),
    [  # four working days in a plain calendar; the day after the due date begins when the clock there says midnight
        ("Europe/Berlin", "2026-03-24", "2026-03-30", "2026-03-30T22:00:00+00:00"),  # summer time since Sunday 29
        ("Europe/Berlin", "2026-10-20", "2026-10-26", "2026-10-26T23:00:00+00:00"),  # winter time since Sunday 25
        ("America/New_York", "2026-03-03", "2026-03-09", "2026-03-10T04:00:00+00:00"),
        ("Australia/Lord_Howe", "2026-09-30", "2026-10-06", "2026-10-06T13:00:00+00:00"),  # half an hour forward
    ],
)
def test_overdue_is_at_midnight_of_the_offices_own_clock(zone: str, start: str, due: str, overdue: str) -> None:
    clock = started(WorkingCalendar(ZoneInfo(zone)), start, 4, rungs(-1))
    assert str(clock.due_on) == due
    assert {m.name: m.at.isoformat() for m in of(clock)}["overdue"] == overdue
    assert moments(clock)["-1"].endswith(" 09:00")


def test_where_midnight_does_not_exist_the_day_begins_with_its_first_moment() -> None:
    # Cairo goes to summer time on Friday 24 April 2026 at 0:00, which is 1:00; Thursday's deadline ends there.
    clock = started(WorkingCalendar(ZoneInfo("Africa/Cairo"), weekend=frozenset({4, 5})), "2026-04-22", 1, rungs(-1))
    assert {m.name: m.at for m in of(clock)}["overdue"] == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)
    assert clock.due_at == at("2026-04-24 06:00")
