"""When something recurs on working days: each working day at 08:30, the first working day of a month at 09:00. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schedules.calendars import WorkingCalendar
from schedules.hours import instant


@dataclass(frozen=True, slots=True)
class Window:
    """The part of each working day in which messages go out, in minutes of wall time (M2); by default 08:30 to
    18:00."""

    opens: int = 8 * 60 + 30
    closes: int = 18 * 60

    def next_open(self, calendar: WorkingCalendar, at: datetime) -> datetime:
        """`at` itself if it lies in the window, else the next opening, in UTC."""
        day = calendar.date_of(at)
        if calendar.is_working_day(day):
            if at < instant(day, self.opens, calendar.zone):
                return instant(day, self.opens, calendar.zone)
            if at < instant(day, self.closes, calendar.zone):
                return at
        return instant(calendar.nth_working_day(day, 1), self.opens, calendar.zone)


def working_day_owed(calendar: WorkingCalendar, now: datetime, minutes: int) -> date | None:
    """The working day whose daily run is owed at `now`: today's, once the hour has come; None before it or on a day
    off."""
    day = calendar.date_of(now)
    return day if calendar.is_working_day(day) and now >= instant(day, minutes, calendar.zone) else None


def month_owed(calendar: WorkingCalendar, now: datetime, minutes: int) -> date | None:
    """The first day of the month that ended and whose summary is owed: from the hour of this month's first working
    day on."""
    today = calendar.date_of(now)
    first = today.replace(day=1)
    if now < instant(calendar.nth_working_day(first, 0), minutes, calendar.zone):
        return None
    return (first - timedelta(days=1)).replace(day=1)
