"""One clock over the events of one case: what has run, what was paused, what is left, and when it is due (R2-R11,
R18, R21).

    pending ──start──▶ running ◀──resume/pause──▶ paused ──stop──▶ met
                          │                                         ▲
                          └──── deadline passes ────▶ late ─────────┘ (stays late when stopped)      withdrawn ▶
                          cancelled

Pure: events, calendar and `now` are handed in. Every date is a civil day in the calendar's zone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from schedules.calendars import Scope, WorkingCalendar
from schedules.limits import (
    Cutoff,
    FirstDay,
    Limit,
    Unit,
    counts_from,
    elapsed,
    immediate_due,
    in_time,
    moment_due,
    ordinary_end,
    rolled,
)
from sla.events import CaseEvent, CorrectionRequested, Extended, Paused, Resumed, Verdict
from sla.policies import ClockRule

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


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that was not counted: from day `first` (still counted) to day `last` (not counted); None while it is
    open."""

    start: datetime
    end: datetime | None
    first: date
    last: date | None
    ground: str
    notice: str = ""
    verdict: Verdict = Verdict.IN_TIME
    counts_last: bool = False  # the law counts the day of resumption, other than R10


@dataclass(frozen=True, slots=True)
class Clock:
    """What a rule comes to for one case at one moment.

    `used` and `left` are in the limit's unit (months and years in calendar days, R6). `due_on` is None while pending or
    paused; `if_resumed` is then the date it would have if resumed now. `late_by` is in working days, None when in time;
    it may be 0 (R9). `running` are spans of days (first not counted, last counted), `pauses` those that stopped it and
    `refused` those that came too late (R21).
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
    pauses: tuple[Pause, ...] = ()
    refused: tuple[Pause, ...] = ()
    extensions: tuple[Extended, ...] = ()
    due_on: date | None = None
    due_at: datetime | None = None
    if_resumed: date | None = None
    nothing_left: bool = False
    capped: bool = False
    deemed: bool = False
    provisional: bool = False
    used: int = 0
    left: int = 0
    stopped_at: datetime | None = None
    stopped_on: date | None = None
    stopped_by: CaseEvent | None = None
    late_by: int | None = None
    light: Light = Light.GREEN

    @property
    def id(self) -> str:
        return self.rule.id

    @property
    def unit(self) -> Unit:
        """What `used` and `left` are counted in: weeks, months and years in calendar days (R6)."""
        return self.limit.unit if self.limit.unit is Unit.WORKING_DAYS else Unit.CALENDAR_DAYS

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


def run(rule: ClockRule, calendar: WorkingCalendar, events: Sequence[CaseEvent], now: datetime) -> Clock:
    """The clock as it stands at `now`: its latest run, or pending. `events` are standing and in order (R13, R14)."""
    return runs(rule, calendar, events, now)[-1]


def runs(rule: ClockRule, calendar: WorkingCalendar, events: Sequence[CaseEvent], now: datetime) -> tuple[Clock, ...]:
    """Every run of the clock in order: intake runs again after a correction, a stage each time it is entered."""
    days = calendar if rule.scope is Scope.OFFICE else calendar.legal
    spells = _spells(rule, events)
    if not spells:
        return (Clock(rule, State.PENDING, rule.limit, days, left=rule.limit.amount),)
    return tuple(_measured(rule, days, spell, events, now, number) for number, spell in enumerate(spells, start=1))


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
    if clock.state is State.CANCELLED or clock.due_on is None or statute.due_on is None:
        return clock
    if clock.due_on <= statute.due_on:
        return clock
    due_at = moment_due(clock.calendar, statute.due_on, clock.rule.counting.cutoff)
    provisional = clock.calendar.is_provisional(statute.due_on)
    return _judged(replace(clock, due_on=statute.due_on, due_at=due_at, capped=True, provisional=provisional), now)


@dataclass(frozen=True, slots=True)
class _Spell:
    """One run: what started it and what ended it."""

    start: CaseEvent
    stop: CaseEvent | None = None
    cancelled: bool = False


def _spells(rule: ClockRule, events: Sequence[CaseEvent]) -> list[_Spell]:
    spells: list[_Spell] = []
    asked: set[str] = set()
    running = False
    for event in events:
        if running and _stops(rule, event, asked):
            cancelled = any(trigger.matches(event) for trigger in rule.cancels_on)
            spells[-1] = _Spell(spells[-1].start, event, cancelled)
            running = False
        if isinstance(event, CorrectionRequested):
            asked = asked or set(event.papers)  # what the first request named, and no more
        elif not running and any(trigger.matches(event) for trigger in rule.starts_on):
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


def _measured(
    rule: ClockRule, calendar: WorkingCalendar, spell: _Spell, events: Sequence[CaseEvent], now: datetime, number: int
) -> Clock:
    start, stop = spell.start, spell.stop
    day0 = counts_from(calendar, start.occurred_at, dated=start.dated, intake=rule.counting.intake)
    paused, refused = _pauses(rule, calendar, events)
    pauses = _clipped(paused, start, stop, calendar)
    extensions = tuple(event for event in events if isinstance(event, Extended) and _extends(rule, event))
    limit = _extended(rule.limit, extensions, calendar, day0)
    clock = Clock(
        rule=rule,
        state=State.RUNNING,
        limit=limit,
        calendar=calendar,
        run=number,
        started_at=start.occurred_at,
        started_dated=start.dated,
        day0=day0,
        pauses=pauses,
        refused=refused,
        extensions=extensions,
        stopped_at=stop.occurred_at if stop else None,
        stopped_on=stop.on(calendar.zone) if stop else None,
        stopped_by=stop,
    )
    clock = _judged(_counted(clock, now), now)
    return replace(clock, state=State.CANCELLED, light=Light.GREEN) if spell.cancelled else clock


def _extended(limit: Limit, extensions: Sequence[Extended], calendar: WorkingCalendar, day0: date) -> Limit:
    """The limit with what was added in its unit; with days or weeks on top of another unit, in calendar days (R6)."""
    added = sum(event.amount for event in extensions if event.unit is limit.unit)
    limit = replace(limit, amount=limit.amount + added) if added else limit
    days = sum(event.amount * _DAYS[event.unit] for event in extensions if event.unit is not limit.unit)
    if not days:
        return limit
    return Limit((ordinary_end(calendar, limit, day0, FirstDay.NEXT) - day0).days + days, Unit.CALENDAR_DAYS)


def _extends(rule: ClockRule, event: Extended) -> bool:
    return event.clock == rule.id and event.verdicts.get(rule.id, Verdict.IN_TIME) is not Verdict.TOO_LATE


def _pauses(
    rule: ClockRule, calendar: WorkingCalendar, events: Sequence[CaseEvent]
) -> tuple[list[Pause], tuple[Pause, ...]]:
    """The pauses on the rule's grounds: those that stop it, and those recorded after its deadline (R21)."""
    ends = {event.pause: event for event in events if isinstance(event, Resumed)}
    heard: list[Pause] = []
    refused: list[Pause] = []
    for event in events:
        if not isinstance(event, Paused) or event.ground not in rule.grounds:
            continue
        verdict = event.verdicts.get(rule.id, Verdict.IN_TIME)
        end = ends.get(event.seq)
        last = end.on(calendar.zone) if end else None
        pause = Pause(
            event.occurred_at,
            end.occurred_at if end else None,
            event.on(calendar.zone) - timedelta(days=event.ground in rule.whole),
            last,
            event.ground,
            event.notice,
            verdict,
            event.ground in rule.until,
        )
        (refused if verdict is Verdict.TOO_LATE else heard).append(pause)
    return heard, tuple(refused)


def _clipped(
    pauses: list[Pause], start: CaseEvent, stop: CaseEvent | None, calendar: WorkingCalendar
) -> tuple[Pause, ...]:
    """United as instants, then dated, clipped to the clock; a stop ends an open pause at that instant (R10)."""
    begun = start.occurred_at
    result: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        ends, last = pause.end, pause.last
        if stop and (ends is None or ends > stop.occurred_at):
            ends, last = stop.occurred_at, stop.on(calendar.zone)
        if (ends is not None and ends < max(begun, pause.start)) or (ends == begun and pause.start < begun):
            continue
        if stop and pause.start > stop.occurred_at:
            continue
        first = start.on(calendar.zone) if pause.start < begun else pause.first
        clipped = replace(pause, start=max(begun, pause.start), first=first, end=ends, last=last)
        before = result[-1] if result else None
        if before and (before.end is None or before.end >= clipped.start):
            result[-1] = _joined(before, clipped)
        else:
            result.append(clipped)
    return tuple(result)


def _joined(one: Pause, other: Pause) -> Pause:
    grounds = one.ground if other.ground in one.ground.split("+") else f"{one.ground}+{other.ground}"
    if one.end is None or (other.end is not None and other.end <= one.end):
        return replace(one, ground=grounds)
    return replace(one, end=other.end, last=other.last, counts_last=other.counts_last, ground=grounds)


@dataclass
class _Count:
    """How far the limit is used up on the way through the pauses."""

    position: date
    used: int = 0
    spans: list[tuple[date, date]] = field(default_factory=list)


def _counted(clock: Clock, now: datetime) -> Clock:
    """Elapsed over the running spans, then the date the rest of the limit leads to (R5, R6, R8, R10)."""
    rule, calendar, day0 = clock.rule, clock.calendar, clock.day0
    assert day0 is not None and clock.started_at is not None
    amount = _amount_in_days(clock, day0)
    same = rule.counting.first_day is FirstDay.SAME and clock.limit.amount > 0
    count = _Count(day0 - timedelta(days=1) if same else day0)
    for pause in clock.pauses:
        _advance(count, clock, pause.first)
        if pause.last is None:
            break
        counts_last = pause.counts_last and count.used < amount  # with nothing left it is due on that day all the same
        count.position = max(pause.last - timedelta(days=counts_last), count.position)
    paused = bool(clock.pauses) and clock.pauses[-1].last is None
    if paused:
        left = max(0, amount - count.used)
        resumed = _due_after(clock, max(calendar.date_of(now), count.position), left)
        used = min(count.used, amount)
        return replace(
            clock, state=State.PAUSED, running=tuple(count.spans), used=used, left=amount - used, if_resumed=resumed,
            nothing_left=left == 0, provisional=calendar.is_provisional(resumed),
        )  # fmt: skip
    left = amount - count.used
    due = _undisturbed(clock, day0)
    if clock.pauses and not (clock.limit.immediate and count.position <= due):  # R8 stands until a pause goes past it
        due = _due_after(clock, count.position, left)
    nothing_left = bool(clock.pauses) and left <= 0
    if count.position < due:
        count.spans.append((count.position, due))
    until = clock.stopped_on or max(calendar.date_of(now), day0)
    used = _used(clock, count.spans, until, due, amount, nothing_left=nothing_left)
    return replace(
        clock,
        running=tuple(count.spans),
        due_on=due,
        due_at=moment_due(calendar, due, rule.counting.cutoff),
        used=used,
        left=amount - used,
        nothing_left=nothing_left,
        provisional=calendar.is_provisional(due),
    )


def _used(
    clock: Clock, spans: list[tuple[date, date]], until: date, due: date, amount: int, *, nothing_left: bool
) -> int:
    """Units used up to a day: more than the amount only once overdue; what ran out in a pause is capped (R10)."""
    used = sum(_units(clock, start, min(end, until)) for start, end in spans)
    if until <= due or nothing_left:
        used = min(used, amount)
    return used + _units(clock, due, until)


def _advance(count: _Count, clock: Clock, to: date) -> None:
    """The running span up to the day of a pause: that day is used up (R10)."""
    if to > count.position:
        count.used += _units(clock, count.position, to)
        count.spans.append((count.position, to))
        count.position = to


def _units(clock: Clock, start: date, end: date) -> int:
    return elapsed(clock.calendar, clock.limit.unit, start, end) if end > start else 0


def _amount_in_days(clock: Clock, day0: date) -> int:
    """The limit's amount in the unit its used and left are shown in: weeks, months and years in calendar days (R6)."""
    if clock.limit.unit in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS):
        return clock.limit.amount
    return (ordinary_end(clock.calendar, clock.limit, day0, FirstDay.NEXT) - day0).days


def _undisturbed(clock: Clock, day0: date) -> date:
    assert clock.started_at is not None
    counting = clock.rule.counting
    if clock.limit.immediate:
        if counting.intake is counting.intake.NEXT_WORKING_DAY:
            return clock.calendar.nth_working_day(day0, 0)
        return immediate_due(clock.calendar, clock.started_at, dated=clock.started_dated)
    end = ordinary_end(clock.calendar, clock.limit, day0, counting.first_day)
    return end if clock.limit.counts_working_days else rolled(clock.calendar, end, clock.limit.unit, counting.roll)


def _due_after(clock: Clock, resumed: date, left: int) -> date:
    """Due so many units after the day of resumption, which is free; with nothing left, that day, rolled (R10)."""
    unit, roll = clock.limit.unit, clock.rule.counting.roll
    if left <= 0:
        return rolled(clock.calendar, resumed, unit, roll)
    if unit is Unit.WORKING_DAYS:
        return clock.calendar.nth_working_day(resumed, left)
    return rolled(clock.calendar, resumed + timedelta(days=left), unit, roll)


def _judged(clock: Clock, now: datetime) -> Clock:
    """State, lateness and light (R9). An open pause has no deadline to miss (R21)."""
    if clock.due_on is None:
        return replace(clock, light=Light.GREEN)
    cutoff, calendar = clock.rule.counting.cutoff, clock.calendar
    if clock.stopped_at is not None:
        dated = clock.stopped_by.dated if clock.stopped_by else False
        late = not in_time(calendar, clock.stopped_at, clock.due_on, cutoff, dated=dated)
        finish, state = clock.stopped_on or clock.due_on, State.LATE if late else State.MET
    else:
        late = (
            now > moment_due(calendar, clock.due_on, cutoff)
            if cutoff is Cutoff.CLOSING
            else now >= calendar.end_of(clock.due_on)
        )
        finish, state = calendar.date_of(now), State.LATE if late else State.RUNNING
    late_by = max(0, calendar.working_days_between(clock.due_on, finish)) if late else None
    return replace(clock, state=state, late_by=late_by, light=_light(clock, state, finish))


def _light(clock: Clock, state: State, today: date) -> Light:
    assert clock.due_on is not None
    if state is State.LATE:
        return Light.RED
    until = clock.calendar.working_days_between(today, clock.due_on) if today < clock.due_on else 0
    return Light.YELLOW if state is State.RUNNING and until <= clock.rule.yellow else Light.GREEN


def by_id(clocks: Iterable[Clock]) -> dict[str, Clock]:
    return {clock.id: clock for clock in clocks}
