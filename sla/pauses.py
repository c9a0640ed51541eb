"""The pauses a clock listens to, united as instants, then dated, and clipped to the clock (R10, R21). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from schedules.calendars import WorkingCalendar
from sla.events import CaseEvent, Paused, Resumed, Verdict
from sla.policies import ClockRule


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
    dated: bool = False
    resumed: bool = False  # by an event of its own, with the time `resumed_at` where that is known
    resumed_at: datetime | None = None
    verdict: Verdict = Verdict.IN_TIME

    @property
    def at(self) -> datetime | None:
        """The moment it began, where more than its day is known."""
        return None if self.dated else self.start


def heard_by(
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
            event.on(calendar.zone),
            last,
            event.ground,
            event.notice,
            event.dated,
            end is not None,
            end.occurred_at if end and not end.dated else None,
            verdict,
        )
        (refused if verdict is Verdict.TOO_LATE else heard).append(pause)
    return heard, tuple(refused)


def clipped(
    pauses: list[Pause], start: CaseEvent, stop: CaseEvent | None, calendar: WorkingCalendar
) -> tuple[Pause, ...]:
    """United as instants, then dated, clipped to the clock; a stop ends an open pause at that instant (R10)."""
    if not pauses:
        return ()
    begun = start.occurred_at
    result: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        ends, last = pause.end, pause.last
        cut_short = stop is not None and (ends is None or ends > stop.occurred_at)
        if stop and cut_short:
            ends, last = stop.occurred_at, stop.on(calendar.zone)
        if (ends is not None and ends < max(begun, pause.start)) or (ends == begun and pause.start < begun):
            continue
        if stop and pause.start > stop.occurred_at:
            continue
        first = start.on(calendar.zone) if pause.start < begun else pause.first
        resumed = pause.resumed and not cut_short
        cut = replace(pause, start=max(begun, pause.start), first=first, end=ends, last=last, resumed=resumed)
        before = result[-1] if result else None
        if before and (before.end is None or before.end >= cut.start):
            result[-1] = _joined(before, cut)
        else:
            result.append(cut)
    return tuple(result)


def _joined(one: Pause, other: Pause) -> Pause:
    grounds = one.ground if other.ground in one.ground.split("+") else f"{one.ground}+{other.ground}"
    notices = "; ".join(dict.fromkeys(notice for notice in (one.notice, other.notice) if notice))
    if one.end is None or (other.end is not None and other.end <= one.end):
        return replace(one, ground=grounds, notice=notices)
    return replace(
        one,
        end=other.end,
        last=other.last,
        ground=grounds,
        notice=notices,
        resumed=other.resumed,
        resumed_at=other.resumed_at,
    )
