"""When a number of working days ends in China, counted day by day from chinese_calendar, and past it by the law."""

from datetime import date, timedelta

import chinese_calendar

ONE = timedelta(days=1)
FIRST, ANNOUNCED = date(2007, 1, 1), date(2026, 12, 31)
LIMITS = range(61)
# Of 2027 no notice is known: 1 January, the eve of the Spring Festival (5 February) and its first three days are off
# all the same (全国年节及纪念日放假办法 2024, art. 2). The next after them, 清明, is on 5 April, past any limit.
OFF_BY_LAW = {date(2027, 1, 1), *(date(2027, 2, day) for day in (5, 6, 7, 8))}


def works(day: date) -> bool:
    if day > ANNOUNCED:
        return day.weekday() < 5 and day not in OFF_BY_LAW
    return bool(chinese_calendar.is_workday(day))


def starts(every: int) -> list[date]:
    return [FIRST + number * ONE for number in range(0, (ANNOUNCED - FIRST).days + 1, every)]


def due_days(start: date) -> list[date]:
    """The day each limit ends: of 0 the day itself if it works, else the next that does (R8); then one by one (R5)."""
    day = start
    while not works(day):
        day += ONE
    due = [day]
    day = start
    while len(due) < len(LIMITS):
        day += ONE
        if works(day):
            due.append(day)
    return due
