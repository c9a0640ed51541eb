"""The day-by-day explanation of a clock: one row a day from day 0 to the due date, each with its rule and its source,
and what happened on the way: pauses, extensions, verdicts, amendments, reasons."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from schedules.calendars import Day, Kind
from schedules.limits import FirstDay, Unit, amount_of
from schedules.spans import Span
from sla.clock import Clock
from sla.events import Extended, Verdict
from sla.milestones import after, holds
from sla.pauses import Pause

MOST_DAYS = 3_660  # a ledger of ten years; longer limits show their ends only
NO_TIME = timedelta(0)
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class Status(StrEnum):
    """What a day is to the clock."""

    FIRST_DAY = "first_day"
    COUNTED = "counted"
    NOT_WORKING = "not_working"
    NO_SERVICE = "no_service"
    PAUSED = "paused"
    ROLLED = "rolled"
    DUE_NOT_COUNTED = "due_not_counted"
    DUE_IMMEDIATE = "due_immediate"


@dataclass(frozen=True, slots=True)
class Row:
    """One day. `counted` of `of` are in the limit's unit (days for months and years), `added` is the day's own share;
    `kind` and `name` say what day it is."""

    date: date
    status: Status
    kind: Kind
    name: str
    counted: int | float | None
    added: int | float
    of: int | float
    unit: Unit
    ground: str
    rule: str
    source: str
    provisional: bool


class Remark(StrEnum):
    """What happened on the way."""

    PAUSED = "paused"
    RESUMED = "resumed"
    ADMITTED = "admitted"
    PAUSE_TOO_LATE = "pause_too_late"
    EXTENDED = "extended"
    EXTENSION_TOO_LATE = "extension_too_late"
    OFFICE_DAY = "office_day"
    CALENDAR_APPLIED = "calendar_applied"
    OVERDUE_EXPLAINED = "overdue_explained"
    ACKNOWLEDGED = "acknowledged"
    CAPPED = "capped"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened to the clock on a day, or did not: what was refused has no effect and says so (R21).

    `at` is the moment where one is known. `reference` is the number of the notice, `name` the office's reason for a day
    of its own, `before` and `after` what an amended calendar moved (R16), `measure` what is done about a missed limit.
    `milestone` is the rung somebody acknowledged, `until` when the next is raised that this put off (M10).
    """

    on: date
    remark: Remark
    rule: str
    at: datetime | None = None
    ground: str = ""
    reference: str = ""
    amount: int = 0
    unit: Unit | None = None
    reason: str = ""
    measure: str = ""
    by: str = ""
    name: str = ""
    before: str = ""
    after: str = ""
    milestone: str = ""
    until: datetime | None = None


def explain(clock: Clock) -> tuple[Row, ...]:
    """The rows of a clock that has started; up to the last day known while it is paused. Empty while pending."""
    if clock.day0 is None:
        return ()
    first, last = min(clock.day0, _last(clock)), _last(clock)
    count = _Timed(clock) if clock.limit.timed else _Dated(clock)
    if (last - first).days > MOST_DAYS:
        return (count.row(first), count.final(last))
    return tuple(count.row(first + timedelta(days=offset)) for offset in range((last - first).days + 1))


def notes(clock: Clock) -> tuple[Note, ...]:
    """What happened to a clock on the way and after, in order; none while it is pending. Of one day what has no time
    comes first."""
    if clock.day0 is None:
        return ()
    found = [*_of_pauses(clock), *_of_extensions(clock), *_of_calendars(clock), *_of_own_days(clock)]
    found += [*_of_explanations(clock), *_of_acknowledgements(clock)]
    if clock.capped and clock.due_on:
        found.append(Note(clock.due_on, Remark.CAPPED, "R12"))
    return tuple(sorted(found, key=_place))


def _place(note: Note) -> tuple[date, datetime, int]:
    return note.on, note.at or BEFORE_ALL, list(Remark).index(note.remark)


def _last(clock: Clock) -> date:
    assert clock.day0 is not None
    if clock.due_on is not None:
        return clock.due_on
    ran = [end for _, end in clock.running] + [clock.calendar.date_of(span.end) for span in clock.served]
    return max([clock.day0, *ran, *(pause.first for pause in clock.pauses[-1:])])


# --- notes -----------------------------------------------------------------------------------------------------------
def _of_pauses(clock: Clock) -> Iterator[Note]:
    for pause in clock.pauses:
        admitted = pause.verdict is Verdict.ADMITTED
        began = Remark.ADMITTED if admitted else Remark.PAUSED
        rule = "R21" if admitted else "R10"
        yield Note(pause.first, began, rule, pause.at, ground=pause.ground, reference=pause.notice)
        if pause.last is not None and pause.resumed:
            yield Note(pause.last, Remark.RESUMED, "R10", pause.resumed_at, ground=pause.ground)
    for pause in clock.refused:
        yield Note(pause.first, Remark.PAUSE_TOO_LATE, "R21", pause.at, ground=pause.ground, reference=pause.notice)


def _of_extensions(clock: Clock) -> Iterator[Note]:
    for event in clock.extensions:
        yield _extension(clock, event, Remark.EXTENDED, "R11")
    for event in clock.refused_extensions:
        yield _extension(clock, event, Remark.EXTENSION_TOO_LATE, "R21")


def _extension(clock: Clock, event: Extended, remark: Remark, rule: str) -> Note:
    on, at = event.on(clock.calendar.zone), None if event.dated else event.occurred_at
    return Note(on, remark, rule, at, amount=event.amount, unit=event.unit, reason=event.reason, by=event.approver)


def _of_calendars(clock: Clock) -> Iterator[Note]:
    for event in clock.amendments:
        before, after = event.moved[clock.id]
        on = event.on(clock.calendar.zone)
        yield Note(
            on, Remark.CALENDAR_APPLIED, "R16", event.occurred_at, reference=event.notice, before=before, after=after
        )


def _of_explanations(clock: Clock) -> Iterator[Note]:
    """Why it is overdue, with the law that asks for it."""
    law, zone = clock.rule.sources.get("overdue_reason", ""), clock.calendar.zone
    for event in clock.explanations:
        at = None if event.dated else event.occurred_at
        yield Note(event.on(zone), Remark.OVERDUE_EXPLAINED, law, at, reason=event.reason, measure=event.measure)


def _of_acknowledgements(clock: Clock) -> Iterator[Note]:
    for event in clock.acknowledgements:
        following = after(clock, event) if holds(clock, event) else None
        yield Note(
            event.on(clock.calendar.zone), Remark.ACKNOWLEDGED, "M10" if event.milestone else "",
            None if event.dated else event.occurred_at, reason=event.note, by=event.actor, milestone=event.milestone,
            until=following.at if following else None,
        )  # fmt: skip


def _of_own_days(clock: Clock) -> Iterator[Note]:
    """Days of the office's own that this clock does not know: they are no statutory holidays (R3, art. 82)."""
    if clock.of_office is None or clock.day0 is None:
        return
    for day in clock.of_office.own_days(clock.day0, _last(clock)):
        if day.works != clock.calendar.is_working_day(day.date):
            yield Note(day.date, Remark.OFFICE_DAY, "R3", name=day.name, reference=day.source)


# --- rows ------------------------------------------------------------------------------------------------------------
class _Dated:
    """Rows of a limit in days."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.working = clock.limit.unit is Unit.WORKING_DAYS
        self.counted = 0

    def row(self, day: date) -> Row:
        """The next day."""
        clock, what = self.clock, self.clock.calendar.day(day)
        status, rule = self._status(what, self.counted)
        pause = _pause_on(clock, day) if status is Status.PAUSED else None
        added = 1 if status is Status.COUNTED else 0
        self.counted += added
        return _row(clock, what, status, rule, self.counted if added else None, added, pause)

    def final(self, day: date) -> Row:
        """The last day, whatever lies before it."""
        self.counted = int(_total(self.clock)) - 1
        return self.row(day)

    def _status(self, what: Day, counted: int) -> tuple[Status, str]:
        clock, day = self.clock, what.date
        same = clock.rule.counting.first_day is FirstDay.SAME
        if clock.limit.immediate and day == clock.due_on:
            return Status.DUE_IMMEDIATE, "R8"
        if day == clock.day0 and not same:
            return Status.FIRST_DAY, "R2"
        if _pause_on(clock, day):
            if day == clock.due_on:
                return Status.DUE_NOT_COUNTED, "R10"
            return Status.PAUSED, "R10"
        if self.working and not what.works:
            return Status.NOT_WORKING, "R15" if clock.calendar.is_provisional(day) else "R3"
        if not _ran(clock, day) or (counted >= _total(clock) and clock.nothing_left):
            return (Status.DUE_NOT_COUNTED, "R10") if day == clock.due_on else (Status.PAUSED, "R10")
        if counted >= _total(clock):
            return Status.ROLLED, "R6"
        return Status.COUNTED, "R5" if self.working else "R6"


class _Timed:
    """Rows of a limit in working hours or minutes: how much of each day's service was counted (R7)."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.so_far = NO_TIME

    def row(self, day: date) -> Row:
        """The next day."""
        clock, calendar = self.clock, self.clock.calendar
        whole = Span(calendar.start_of(day), calendar.end_of(day))
        added = self._served(clock.served, whole)
        self.so_far += added
        pause = next((p for p in clock.pauses if whole & Span(p.start, max(p.start, p.end or whole.end))), None)
        status, rule = self._status(day, whole, added, pause)
        total = amount_of(self.so_far, clock.limit.unit) if added else None
        share = amount_of(added, clock.limit.unit)
        return _row(clock, calendar.day(day), status, rule, total, share, pause if status is Status.PAUSED else None)

    def _status(self, day: date, whole: Span, added: timedelta, pause: Pause | None) -> tuple[Status, str]:
        clock = self.clock
        if added:
            return Status.COUNTED, "R7"
        if day == clock.due_on:
            return Status.DUE_NOT_COUNTED, "R10" if clock.nothing_left else "R7"
        if not clock.calendar.working_time_between(whole.start, whole.end):
            return Status.NOT_WORKING, "R15" if clock.calendar.is_provisional(day) else "R7"
        return (Status.PAUSED, "R10") if pause else (Status.NO_SERVICE, "R7")

    def final(self, day: date) -> Row:
        """The last day, whatever lies before it."""
        before = Span(self.clock.calendar.start_of(min(day, self.clock.day0 or day)), self.clock.calendar.start_of(day))
        self.so_far = self._served(self.clock.served, before)
        return self.row(day)

    def _served(self, spans: Iterable[Span], whole: Span) -> timedelta:
        pieces = (whole & span for span in spans)
        between = self.clock.calendar.working_time_between
        return sum((between(piece.start, piece.end) for piece in pieces if piece), NO_TIME)


def _row(
    clock: Clock,
    what: Day,
    status: Status,
    rule: str,
    counted: int | float | None,
    added: int | float,
    pause: Pause | None,
) -> Row:
    return Row(
        date=what.date,
        status=status,
        kind=what.kind,
        name=what.name,
        counted=counted,
        added=added,
        of=_total(clock),
        unit=clock.limit.unit,
        ground=pause.ground if pause else "",
        rule=rule,
        source=_source(clock, what, status, pause),
        provisional=clock.calendar.is_provisional(what.date),
    )


def _pause_on(clock: Clock, day: date) -> Pause | None:
    """The pause that keeps the day from counting: it lies after the day of the pause, up to the day of resumption."""
    for pause in clock.pauses:
        if pause.counted_to < day and (pause.last is None or day <= pause.last) and not _ran(clock, day):
            return pause
    return None


def _ran(clock: Clock, day: date) -> bool:
    return any(start < day <= end for start, end in clock.running)


def _total(clock: Clock) -> int | float:
    return clock.limit.amount if clock.limit.timed else clock.used + clock.left


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
