"""One clock over the events of one case: what has run, what was paused, what is left, and when it is due (R2-R11,
R18, R21).

    pending ──start──▶ running ◀──resume/pause──▶ paused ──stop──▶ met
                          │                                         ▲
                          └──── deadline passes ────▶ late ─────────┘ (stays late when stopped)      withdrawn ▶
                          cancelled

Pure: events, calendar and `now` are handed in. Every date is a civil day in the calendar's zone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from schedules.calendars import Scope, WorkingCalendar
from schedules.limits import (
    Cutoff,
    Intake,
    Limit,
    Unit,
    amount_of,
    calendar_days,
    counts_from,
    date_ending,
    in_time,
    moment_due,
)
from schedules.spans import Span
from sla.counting import Days, Time, course, used_at
from sla.events import (
    Acknowledged,
    CalendarApplied,
    CaseEvent,
    CorrectionRequested,
    Extended,
    OverdueExplained,
    Paused,
    Resumed,
    Verdict,
    due_from,
)
from sla.pauses import INSTANT, Pause, again_on, clipped, heard_by
from sla.policies import ClockRule
from sla.values import value

_DAYS = {Unit.CALENDAR_DAYS: 1, Unit.WEEKS: 7}  # what may be added to a limit of another unit


class State(StrEnum):
    """`late` is also the state of an open clock whose deadline has passed (R9); `paused` only of one that is not
    (R10)."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    LATE = "late"
    CANCELLED = "cancelled"


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


# Bound once: to look a member up takes as long as to count with it.
_MET, _LATE, _RUNNING = State.MET, State.LATE, State.RUNNING
_GREEN, _YELLOW, _RED = Light.GREEN, Light.YELLOW, Light.RED
_CLOSING, _OFFICE, _TOO_LATE, _AS_FILED = Cutoff.CLOSING, Scope.OFFICE, Verdict.TOO_LATE, Intake.AS_FILED


@value(frozen=True, slots=True)
class Clock:
    """What a rule comes to for one case at one moment.

    `used` and `left` are in the limit's unit (months and years in calendar days, R6; hours may be fractions). `due_on`
    is None while pending or paused; `if_resumed` is then the date it would have if resumed now. `late_by` is in working
    days, None when in time; it may be 0 (R9). `running` are spans of days (first not counted, last counted), `served`
    spans of time where the limit is one of hours; `pauses` are those that stopped it, `refused` and
    `refused_extensions` what came too late (R21). `paused_again` are the days on which it was paused though it had been
    resumed that day (R10). `by_calendar` is when an amended calendar was applied that made it overdue (R16).
    `explanations` are what stands on record of why it is overdue, `acknowledgements` who has taken it on.
    """

    rule: ClockRule
    state: State
    limit: Limit
    calendar: WorkingCalendar
    run: int = 1
    started_at: datetime | None = None
    started_dated: bool = False
    day0: date | None = None
    running: tuple[tuple[date, date], ...] = ()
    served: tuple[Span, ...] = ()
    pauses: tuple[Pause, ...] = ()
    refused: tuple[Pause, ...] = ()
    extensions: tuple[Extended, ...] = ()
    refused_extensions: tuple[Extended, ...] = ()
    due_on: date | None = None
    due_at: datetime | None = None
    if_resumed: date | None = None
    nothing_left: bool = False
    capped: bool = False
    deemed: bool = False
    provisional: bool = False
    used: int | float = 0
    left: int | float = 0
    stopped_at: datetime | None = None
    stopped_on: date | None = None
    stopped_by: CaseEvent | None = None
    late_by: int | None = None
    light: Light = Light.GREEN
    by_calendar: datetime | None = None
    amendments: tuple[CalendarApplied, ...] = ()
    explanations: tuple[OverdueExplained, ...] = ()
    acknowledgements: tuple[Acknowledged, ...] = ()
    paused_again: tuple[date, ...] = ()
    of_office: WorkingCalendar | None = None  # where the clock's own calendar leaves the office's days out

    @property
    def id(self) -> str:
        return self.rule.id

    @property
    def unit(self) -> Unit:
        """What `used` and `left` are counted in: weeks, months and years in calendar days (R6)."""
        days = self.limit.unit in (Unit.WEEKS, Unit.MONTHS, Unit.YEARS)
        return Unit.CALENDAR_DAYS if days else self.limit.unit

    @property
    def is_open(self) -> bool:
        return self.day0 is not None and self.stopped_at is None

    @property
    def overdue(self) -> bool:
        return self.state is State.LATE

    @property
    def due(self) -> date | None:
        """The due date or, while paused, the one it would have if resumed now."""
        return self.due_on or self.if_resumed

    @property
    def due_key(self) -> date | datetime | None:
        """What a deadline is known by: its date, or its instant where the limit is one of hours (M6)."""
        return self.due_at if self.limit.timed else self.due_on

    @property
    def lapses_at(self) -> datetime:
        """The first moment at which it is late: 24:00 of the due date, or just after the closing or instant (R9)."""
        assert self.due_at is not None
        return self.due_at + INSTANT if self.is_timed else self.due_at

    @property
    def is_timed(self) -> bool:
        """Whether its deadline is a moment of the day, up to and including which it is in time (R9)."""
        return self.limit.timed or self.rule.counting.cutoff is _CLOSING


def run(rule: ClockRule, calendar: WorkingCalendar, events: Sequence[CaseEvent], now: datetime) -> Clock:
    """The clock as it stands at `now`: its latest run, or pending. `events` are standing and in order (R13, R14)."""
    return runs(rule, calendar, events, now)[-1]


def runs(rule: ClockRule, calendar: WorkingCalendar, events: Sequence[CaseEvent], now: datetime) -> tuple[Clock, ...]:
    """Every run of the clock in order: intake runs again after a correction, a stage each time it is entered."""
    days = calendar if rule.scope is _OFFICE else calendar.legal
    spells = _spells(rule, events)
    if not spells:
        return (Clock(rule, State.PENDING, rule.limit, days, left=rule.limit.amount),)
    own = None if days is calendar else calendar
    at = _Now(now, days.date_of(now))
    return tuple(_measured(rule, days, spell, events, at, number, own) for number, spell in enumerate(spells, start=1))


def breached(clock: Clock, at: datetime, now: datetime) -> Clock:
    """The open clock stopped as breached at its own deadline, by no event (R18: the intake clock ends breached)."""
    assert clock.due_on is not None
    stopped = replace(
        clock, stopped_at=at, stopped_on=clock.due_on, state=State.LATE, late_by=0, light=Light.RED, deemed=True,
        used=clock.used + clock.left, left=0,  # all of it, and no more however long ago that was
    )  # fmt: skip
    return stopped if now >= at else clock


def capped_by(clock: Clock, statute: Clock, now: datetime) -> Clock:
    """A promise that facts would put later than its statute is due with the statute (R12)."""
    if clock.state is State.CANCELLED or clock.due_on is None or clock.due_at is None:
        return clock
    if statute.due_on is None or statute.due_at is None:
        return clock
    timed = clock.limit.timed and statute.limit.timed
    if (clock.due_at <= statute.due_at) if timed else (clock.due_on <= statute.due_on):
        return clock
    calendar = clock.calendar
    due_at = statute.due_at if timed else moment_due(calendar, statute.due_on, clock.rule.counting.cutoff)
    judged = _judged(clock.rule, calendar, statute.due_on, due_at, _Stop.of(clock), _Now(now, calendar.date_of(now)))
    return replace(
        clock, due_on=statute.due_on, due_at=due_at, capped=True, provisional=calendar.is_provisional(statute.due_on),
        state=judged.state, late_by=judged.late_by, light=judged.light,
        by_calendar=_by_calendar(clock.rule, calendar, statute.due_on, due_at, clock.amendments),
    )  # fmt: skip


class _Spell(NamedTuple):
    """One run: what started it and what ended it."""

    start: CaseEvent
    stop: CaseEvent | None = None
    cancelled: bool = False


def _spells(rule: ClockRule, events: Sequence[CaseEvent]) -> list[_Spell]:
    spells: list[_Spell] = []
    asked: set[str] = set()
    running = False
    for event in events:
        if running and event.kind in rule.stopping and _stops(rule, event, asked):
            cancelled = any(trigger.matches(event) for trigger in rule.cancels_on)
            spells[-1] = _Spell(spells[-1].start, event, cancelled)
            running = False
        if isinstance(event, CorrectionRequested):
            asked = asked or set(event.papers)  # what the first request named, and no more
        elif not running and event.kind in rule.starting and any(trigger.matches(event) for trigger in rule.starts_on):
            spells.append(_Spell(event))
            running = True
    return spells


def _stops(rule: ClockRule, event: CaseEvent, asked: set[str]) -> bool:
    """A second request that names anything new does not stop the clock: all that is missing is named once (R18)."""
    if any(trigger.matches(event) for trigger in rule.cancels_on):
        return True  # where a request ends the run itself, as of an application that was not valid, each one does
    if isinstance(event, CorrectionRequested) and asked and set(event.papers) - asked:
        return False
    return any(trigger.matches(event) for trigger in rule.stops_on)


class _Told(NamedTuple):
    """What the events tell a clock between its start and its stop."""

    pauses: list[Paused]
    resumptions: dict[int, Resumed]
    extensions: list[Extended]
    amendments: list[CalendarApplied]
    explanations: list[OverdueExplained]
    acknowledgements: list[Acknowledged]


_TELLING = {kind.kind for kind in (Paused, Resumed, Extended, CalendarApplied, OverdueExplained, Acknowledged)}


def _told(rule: ClockRule, events: Sequence[CaseEvent]) -> _Told:
    told = _Told([], {}, [], [], [], [])
    for event in events:
        if event.kind not in _TELLING:
            continue
        if isinstance(event, Paused):
            if event.ground in rule.grounds:
                told.pauses.append(event)
        elif isinstance(event, Resumed):
            told.resumptions[event.pause] = event
        elif isinstance(event, Extended):
            if event.clock == rule.id:
                told.extensions.append(event)
        elif isinstance(event, CalendarApplied) and rule.id in event.moved:
            told.amendments.append(event)
        elif isinstance(event, OverdueExplained) and rule.id in event.clocks:
            told.explanations.append(event)
        elif isinstance(event, Acknowledged) and event.clock == rule.id:
            told.acknowledgements.append(event)
    return told


class _Laid(NamedTuple):
    """A course in the words of a clock."""

    running: tuple[tuple[date, date], ...]
    served: tuple[Span, ...]
    due_on: date | None
    due_at: datetime | None
    if_resumed: date | None
    nothing_left: bool
    used: int | float
    left: int | float


class _Now(NamedTuple):
    """The moment a clock is asked for, and its civil day."""

    at: datetime
    today: date


class _Stop(NamedTuple):
    """When a clock was stopped; `dated`: only the day is known."""

    at: datetime
    on: date
    dated: bool

    @classmethod
    def of(cls, clock: Clock) -> "_Stop | None":
        if clock.stopped_at is None:
            return None
        assert clock.stopped_on is not None
        return cls(clock.stopped_at, clock.stopped_on, bool(clock.stopped_by and clock.stopped_by.dated))


class _Way(NamedTuple):
    """What a course is laid from, in days or in time."""

    rule: ClockRule
    limit: Limit
    calendar: WorkingCalendar
    start: CaseEvent
    day0: date
    pauses: tuple[Pause, ...]
    stop: _Stop | None
    now: _Now


class _Judged(NamedTuple):
    state: State
    late_by: int | None
    light: Light


def _measured(
    rule: ClockRule,
    calendar: WorkingCalendar,
    spell: _Spell,
    events: Sequence[CaseEvent],
    now: _Now,
    number: int,
    of_office: WorkingCalendar | None,
) -> Clock:
    start, by, told = spell.start, spell.stop, _told(rule, events)
    day0 = start.on(calendar.zone)
    if rule.counting.intake is not _AS_FILED:
        day0 = counts_from(calendar, start.occurred_at, dated=start.dated, intake=rule.counting.intake)
    heard, refused = heard_by(rule, calendar, told.pauses, told.resumptions)
    pauses = clipped(heard, start, by, calendar)
    added, too_late = _extensions(rule, told) if told.extensions else ((), ())
    limit = _extended(rule.limit, added, day0) if added else rule.limit
    stop = _Stop(by.occurred_at, by.on(calendar.zone), by.dated) if by else None
    lay = _laid_in_time if limit.timed else _laid_in_days
    laid = lay(_Way(rule, limit, calendar, start, day0, pauses, stop, now))
    if laid.due_on is None or laid.due_at is None:
        judged = _Judged(State.PAUSED, None, Light.GREEN)
    else:
        judged = _judged(rule, calendar, laid.due_on, laid.due_at, stop, now)
        if pauses and judged.state is _RUNNING and any(pause.runs_at(now.at) for pause in pauses):
            judged = judged._replace(state=State.PAUSED, light=Light.GREEN)  # asked for a moment before it was resumed
    if spell.cancelled:
        judged = judged._replace(state=State.CANCELLED, light=Light.GREEN)
    return Clock(
        rule=rule,
        state=judged.state,
        limit=limit,
        calendar=calendar,
        run=number,
        started_at=start.occurred_at,
        started_dated=start.dated,
        day0=day0,
        running=laid.running,
        served=laid.served,
        pauses=pauses,
        refused=refused,
        extensions=added,
        refused_extensions=too_late,
        due_on=laid.due_on,
        due_at=laid.due_at,
        if_resumed=laid.if_resumed,
        nothing_left=laid.nothing_left,
        provisional=calendar.is_provisional(laid.due_on or laid.if_resumed or day0),
        used=laid.used,
        left=laid.left,
        stopped_at=stop.at if stop else None,
        stopped_on=stop.on if stop else None,
        stopped_by=by,
        late_by=judged.late_by,
        light=judged.light,
        by_calendar=_by_calendar(rule, calendar, laid.due_on, laid.due_at, told.amendments),
        amendments=tuple(told.amendments),
        explanations=tuple(told.explanations),
        acknowledgements=tuple(told.acknowledgements),
        paused_again=again_on(heard, start, by, calendar) if len(heard) > 1 else (),
        of_office=of_office,
    )


def _extended(limit: Limit, added: Sequence[Extended], day0: date) -> Limit:
    """The limit with what was added in its unit; with days or weeks on top of another unit, in calendar days (R6)."""
    limit = replace(limit, amount=limit.amount + sum(event.amount for event in added if event.unit is limit.unit))
    days = sum(event.amount * _DAYS[event.unit] for event in added if event.unit is not limit.unit)
    if not days:
        return limit
    return Limit(calendar_days(limit, day0) + days, Unit.CALENDAR_DAYS)


def _laid_in_days(way: _Way) -> _Laid:
    rule, limit, calendar, start, day0, pauses, stop, now = way
    days = Days(calendar, limit, rule.counting, day0, start.occurred_at, dated=start.dated)
    pauses = tuple(pause for pause in pauses if pause.excludes)
    stops = [(pause.counted_to, pause.out_to) for pause in pauses]
    laid = course(days, stops, now.today)
    if laid.nothing_left and pauses[-1].until:  # it is due on the day it resumes, whether or not that day counts
        laid = course(days, [*stops[:-1], (pauses[-1].counted_to, pauses[-1].last)], now.today)
    until = stop.on if stop else max(now.today, days.origin)
    due_at = moment_due(calendar, laid.due, rule.counting.cutoff)
    used = used_at(days, laid, until, overdue=_is_late(rule, calendar, laid.due, due_at, stop, now))
    figures = (laid.nothing_left, used, days.total - used)
    if laid.paused:
        return _Laid(laid.spans, (), None, None, laid.due, *figures)
    return _Laid(laid.spans, (), laid.due, due_at, None, *figures)


def _laid_in_time(way: _Way) -> _Laid:
    rule, limit, calendar, start, day0, pauses, stop, now = way
    time = Time(calendar, limit, rule.counting, day0, start.occurred_at)
    laid = course(time, [(pause.start, pause.end) for pause in pauses], now.at)
    ran_up = bool(laid.spans) and laid.spans[-1][1] == laid.due
    due_on = date_ending(calendar, laid.due) if ran_up else calendar.date_of(laid.due)
    until = stop.at if stop else max(now.at, time.origin)
    if stop and stop.dated:  # judged by its date (R13): the whole day, but not past a deadline that it met
        until = laid.due if stop.on == due_on else calendar.end_of(stop.on)
    used = used_at(time, laid, until, overdue=until > laid.due)
    spans = tuple(Span(first, last) for first, last in laid.spans)
    figures = (laid.nothing_left, amount_of(used, limit.unit), amount_of(time.total - used, limit.unit))
    if laid.paused:
        return _Laid((), spans, None, None, due_on, *figures)
    return _Laid((), spans, due_on, laid.due, None, *figures)


def _extensions(rule: ClockRule, told: _Told) -> tuple[tuple[Extended, ...], tuple[Extended, ...]]:
    """Those that count, and those recorded after the deadline (R11, R21)."""
    late = {event.seq for event in told.extensions if event.verdicts.get(rule.id) is _TOO_LATE}
    return (
        tuple(event for event in told.extensions if event.seq not in late),
        tuple(event for event in told.extensions if event.seq in late),
    )


def _by_calendar(
    rule: ClockRule,
    calendar: WorkingCalendar,
    due_on: date | None,
    due_at: datetime | None,
    amendments: Sequence[CalendarApplied],
) -> datetime | None:
    """When the amendment was applied that moved the deadline from what was to come into the past (R16); None for any
    other, and where it had passed before."""
    if not amendments or due_at is None or due_from(amendments[-1].moved[rule.id][1]) not in (due_on, due_at):
        return None
    for event in reversed(amendments):
        before, after = event.moved[rule.id]
        if not _has_passed(after, event, rule, calendar):
            return None
        if not _has_passed(before, event, rule, calendar):
            return event.occurred_at
    return None


def _has_passed(due: str, event: CalendarApplied, rule: ClockRule, calendar: WorkingCalendar) -> bool:
    """Whether a deadline, as an amendment wrote it down, had passed when it was applied; "" stands for none."""
    written = due_from(due)
    if isinstance(written, datetime):
        return written < event.occurred_at
    if written is None:
        return False
    ends = moment_due(calendar, written, rule.counting.cutoff)
    return ends < event.occurred_at if rule.counting.cutoff is _CLOSING else ends <= event.occurred_at


def _judged(
    rule: ClockRule, calendar: WorkingCalendar, due_on: date, due_at: datetime, stop: _Stop | None, now: _Now
) -> _Judged:
    """State, lateness and light (R9)."""
    late = _is_late(rule, calendar, due_on, due_at, stop, now)
    finish, state = (stop.on, _MET) if stop else (now.today, _RUNNING)
    state = _LATE if late else state
    late_by = max(0, calendar.working_days_between(due_on, finish)) if late else None
    return _Judged(state, late_by, _light(rule, calendar, state, due_on, due_at, now))


def _is_late(
    rule: ClockRule, calendar: WorkingCalendar, due_on: date, due_at: datetime, stop: _Stop | None, now: _Now
) -> bool:
    if stop is not None:
        return not met(rule, calendar, due_on, due_at, stop.at, dated=stop.dated)
    timed = rule.limit.timed or rule.counting.cutoff is _CLOSING
    return now.at > due_at if timed else now.at >= due_at


def met(
    rule: ClockRule, calendar: WorkingCalendar, due_on: date, due_at: datetime, at: datetime, *, dated: bool
) -> bool:
    """Whether something done at `at` met the deadline (R9); what has no time is judged by its date (R13)."""
    if rule.limit.timed:
        return calendar.date_of(at) <= due_on if dated else at <= due_at
    return in_time(calendar, at, due_on, rule.counting.cutoff, dated=dated)


def _light(
    rule: ClockRule, calendar: WorkingCalendar, state: State, due_on: date, due_at: datetime, now: _Now
) -> Light:
    if state is not _RUNNING:
        return _RED if state is _LATE else _GREEN
    if rule.limit.unit.lasts is not None:
        near = calendar.working_time_between(now.at, due_at) <= rule.yellow * rule.limit.unit.lasts
    else:
        near = calendar.working_days_between(now.today, due_on) <= rule.yellow
    return _YELLOW if near else _GREEN


def by_id(clocks: Iterable[Clock]) -> dict[str, Clock]:
    return {clock.id: clock for clock in clocks}
