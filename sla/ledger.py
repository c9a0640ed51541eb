"""The day-by-day explanation of a clock: one row a day from day 0 to the due date, each with its rule and its
source."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from schedules.calendars import Day, Kind
from schedules.limits import FirstDay, Unit
from sla.clock import Clock, Pause

MOST_DAYS = 3_660  # a ledger of ten years; longer limits show their ends only


class Status(StrEnum):
    """What a day is to the clock."""

    FIRST_DAY = "first_day"
    COUNTED = "counted"
    NOT_WORKING = "not_working"
    PAUSED = "paused"
    ROLLED = "rolled"
    DUE_NOT_COUNTED = "due_not_counted"
    DUE_IMMEDIATE = "due_immediate"


@dataclass(frozen=True, slots=True)
class Row:
    """One day. `counted` of `of` are in the limit's unit (days for months and years); `kind` and `name` say what day
    it is."""

    date: date
    status: Status
    kind: Kind
    name: str
    counted: int | None
    of: int
    ground: str
    rule: str
    source: str
    provisional: bool


def explain(clock: Clock) -> tuple[Row, ...]:
    """The rows of a clock that has started; up to the last day known while it is paused. Empty while pending."""
    if clock.day0 is None:
        return ()
    last = clock.due_on or max((span[1] for span in clock.running), default=clock.day0)
    last = max(last, clock.pauses[-1].first) if clock.pauses and clock.due_on is None else last
    first = min(clock.day0, last)
    if (last - first).days > MOST_DAYS:
        return (_row(clock, first, 0), _row(clock, last, _total(clock)))
    rows: list[Row] = []
    counted = 0
    for offset in range((last - first).days + 1):
        row = _row(clock, first + timedelta(days=offset), counted)
        counted = row.counted if row.counted is not None else counted
        rows.append(row)
    return tuple(rows)


def _row(clock: Clock, day: date, counted: int) -> Row:
    what = clock.calendar.day(day)
    status, rule = _status(clock, what, counted)
    number = counted + 1 if status is Status.COUNTED else None
    pause = _pause_on(clock, day) if status is Status.PAUSED else None
    return Row(
        date=day,
        status=status,
        kind=what.kind,
        name=what.name,
        counted=number,
        of=_total(clock),
        ground=pause.ground if pause else "",
        rule=rule,
        source=_source(clock, what, status, pause),
        provisional=clock.calendar.is_provisional(day),
    )


def _status(clock: Clock, what: Day, counted: int) -> tuple[Status, str]:
    day, same = what.date, clock.rule.counting.first_day is FirstDay.SAME
    working = clock.limit.unit is Unit.WORKING_DAYS
    if clock.limit.immediate and day == clock.due_on:
        return Status.DUE_IMMEDIATE, "R8"
    if day == clock.day0 and not same:
        return Status.FIRST_DAY, "R2"
    if _pause_on(clock, day):
        if day == clock.due_on:
            return Status.DUE_NOT_COUNTED, "R10"
        return Status.PAUSED, "R10"
    if working and not what.works:
        return Status.NOT_WORKING, "R15" if clock.calendar.is_provisional(day) else "R3"
    if not _runs_on(clock, day) or (counted >= _total(clock) and clock.nothing_left):
        return (Status.DUE_NOT_COUNTED, "R10") if day == clock.due_on else (Status.PAUSED, "R10")
    if counted >= _total(clock):
        return Status.ROLLED, "R6"
    return Status.COUNTED, "R5" if working else "R6"


def _runs_on(clock: Clock, day: date) -> bool:
    return any(start < day <= end for start, end in clock.running)


def _pause_on(clock: Clock, day: date) -> Pause | None:
    """The pause that keeps the day from counting: it lies after the day of the pause, up to the day of resumption."""
    for pause in clock.pauses:
        if pause.first < day and (pause.last is None or day <= pause.last) and not _runs_on(clock, day):
            return pause
    return None


def _total(clock: Clock) -> int:
    return clock.used + clock.left


def _source(clock: Clock, what: Day, status: Status, pause: Pause | None) -> str:
    sources = clock.rule.sources
    if status is Status.FIRST_DAY:
        return sources.get("first_day", "")
    if pause:
        return pause.notice
    if status is Status.ROLLED:
        return sources.get("roll", "")
    if "months" in sources and clock.limit.unit in (Unit.MONTHS, Unit.YEARS) and what.date == clock.due_on:
        return sources["months"]
    return what.source or (clock.rule.source if status is not Status.NOT_WORKING else "")
