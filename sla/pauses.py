"""The pauses a clock listens to, united as instants, then dated, and clipped to the clock (R10, R21). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from schedules.calendars import WorkingCalendar
from sla.events import CaseEvent, Paused, Resumed, Verdict
from sla.policies import ClockRule
from sla.values import value

ONE_DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
_IN_TIME, _TOO_LATE = Verdict.IN_TIME, Verdict.TOO_LATE


@value(frozen=True, slots=True)
class Pause:
    """Time that was not counted: from day `first` (still counted) to day `last` (not counted); None while it is open.

    `whole`: the law leaves the first day out too; `until`: it counts the last.
    """

    start: datetime
    end: datetime | None
    first: date
    last: date | None
    ground: str
    notice: str = ""
    dated: bool = False
    resumed: bool = False  # by an event of its own, with the time `resumed_at` where that is known
    resumed_at: datetime | None = None
    verdict: Verdict = Verdict.IN_TIME
    whole: bool = False
    until: bool = False

    @property
    def counted_to(self) -> date:
        """The last day that is counted before it."""
        return self.first - ONE_DAY if self.whole else self.first

    @property
    def out_to(self) -> date | None:
        """The last day that is not counted."""
        return self.last - ONE_DAY if self.until and self.last else self.last

    @property
    def excludes(self) -> bool:
        """Whether any day is left out: paused and resumed on one day, none is (R10)."""
        return self.last is None or self.counted_to < self.last

    def runs_at(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)

    @property
    def at(self) -> datetime | None:
        """The moment it began, where more than its day is known."""
        return None if self.dated else self.start


def heard_by(
    rule: ClockRule, calendar: WorkingCalendar, begun: Sequence[Paused], ends: Mapping[int, Resumed]
) -> tuple[list[Pause], tuple[Pause, ...]]:
    """Of the pauses on the rule's grounds those that stop it, and those recorded after its deadline (R21)."""
    heard: list[Pause] = []
    refused: list[Pause] = []
    for event in begun:
        verdict = event.verdicts.get(rule.id, _IN_TIME)
        end = ends.get(event.seq)
        last = end.on(calendar.zone) if end else None
        pause = Pause(
            event.occurred_at,
            end.occurred_at if end else None,
            event.on(calendar.zone),
            last,
            event.ground,
            event.notice,
            event.dated,
            end is not None,
            end.occurred_at if end and not end.dated else None,
            verdict,
            event.ground in rule.whole,
            event.ground in rule.until,
        )
        (refused if verdict is _TOO_LATE else heard).append(pause)
    return heard, tuple(refused)


def again_on(
    pauses: Sequence[Pause], start: CaseEvent, stop: CaseEvent | None, calendar: WorkingCalendar
) -> tuple[date, ...]:
    """The days on which a clock was paused again though it had been resumed that day (R10).

    Pauses that overlap are one: while another runs, nothing was resumed.
    """
    begun, stopped = start.occurred_at, _end_of(stop, calendar) if stop else None
    days: list[date] = []
    ended: Pause | None = None  # the pause that has run the longest so far
    for pause in sorted(pauses, key=lambda pause: pause.start):
        if pause.start < begun and pause.end and pause.end <= begun:
            continue
        if stopped and pause.start > stopped:
            break
        if ended and ended.end and pause.start >= ended.end and pause.first == ended.last:
            days.append(pause.first)
        if ended is None or (ended.end and (pause.end is None or pause.end > ended.end)):
            ended = pause
    return tuple(days)


def clipped(
    pauses: list[Pause], start: CaseEvent, stop: CaseEvent | None, calendar: WorkingCalendar
) -> tuple[Pause, ...]:
    """United as instants, then dated, clipped to the clock; a stop ends an open pause at that instant (R10)."""
    if not pauses:
        return ()
    result: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        cut = _cut(pause, start, stop, calendar)
        if cut is None:
            continue
        before = result[-1] if result else None
        if before and (before.end is None or before.end >= cut.start):
            result[-1] = _joined(before, cut)
        else:
            result.append(cut)
    return tuple(result)


def days_paused(pauses: Sequence[Pause], calendar: WorkingCalendar) -> dict[str, int]:
    """The working days that pauses which have ended left out, by ground; those that left none are not in it."""
    days: dict[str, int] = {}
    for pause in pauses:
        out = calendar.working_days_between(pause.counted_to, pause.out_to) if pause.out_to else 0
        if out > 0:
            days[pause.ground] = days.get(pause.ground, 0) + out
    return days


def _cut(pause: Pause, start: CaseEvent, stop: CaseEvent | None, calendar: WorkingCalendar) -> Pause | None:
    """The part of a pause that lies between start and stop, None if there is none."""
    begun = start.occurred_at
    if stop:
        stopped = _end_of(stop, calendar)
        if pause.end is None or pause.end > stopped:
            pause = replace(pause, end=stopped, last=stop.on(calendar.zone), resumed=False)
    if pause.end is not None and (pause.end < pause.start or (pause.start < begun and pause.end <= begun)):
        return None
    return replace(pause, start=begun, first=start.on(calendar.zone)) if pause.start < begun else pause


def _end_of(stop: CaseEvent, calendar: WorkingCalendar) -> datetime:
    """The moment of a stop; of one without a time, the last of its day (R13)."""
    return calendar.end_of(stop.on(calendar.zone)) - INSTANT if stop.dated else stop.occurred_at


def _joined(one: Pause, other: Pause) -> Pause:
    grounds = one.ground if other.ground in one.ground.split("+") else f"{one.ground}+{other.ground}"
    notices = "; ".join(dict.fromkeys(notice for notice in (*one.notice.split("; "), other.notice) if notice))
    whole = one.whole or (other.whole and other.first == one.first)  # a day that one of them leaves out is left out
    if one.end is None or (other.end is not None and other.end <= one.end):
        until = one.until and (other.until or other.end != one.end)
        return replace(one, ground=grounds, notice=notices, whole=whole, until=until)
    return replace(
        one,
        whole=whole,
        end=other.end,
        last=other.last,
        ground=grounds,
        notice=notices,
        resumed=other.resumed,
        resumed_at=other.resumed_at,
        until=other.until,
    )
