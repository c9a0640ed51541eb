"""Signs of gaming: what an auditor may want to ask about. Each has innocent explanations; none is an accusation. Pure.

A sign is of one event on record that counts (or, of voids, is the void), and belongs to the day it was recorded.

pause on the due day    a pause that began on the day a limit it stops was due, as that stood when it was recorded (R21)
paused again            a pause that began on the day on which the limit had been resumed (R10)
late in a burst         one of 5 or more entries that one person or program recorded on one day, each late (R13)
last minute             a decision in time, within 30 minutes of the deadline: of a limit of hours or one that ends at
                        closing before its moment, of another before the due day's last closing; or after that closing
voided                  an event that was voided
extended                one of 3 or more extensions, in the period, of cases that were with one handler
admitted                a pause that was recorded after a deadline and counts because a manager admitted it (R21)
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from schedules.calendars import WorkingCalendar
from sla.clock import Clock, State
from sla.events import CaseEvent, Decided, Extended, HandedOver, Paused, Reassigned, Verdict, Voided
from sla.history import History, HistoryError, late_entry
from sla.people import Program
from sla.policies import PolicyError

BURST = 5  # late entries of one person or program on one day
LAST_MINUTES = 30
EXTENSIONS = 3  # of one handler in the period

NO_TIME = timedelta()


class Kind(StrEnum):
    PAUSED_WHEN_DUE = "paused_when_due"
    PAUSED_AGAIN = "paused_again"
    LATE_BURST = "late_burst"
    LAST_MINUTE = "last_minute"
    VOIDED = "voided"
    EXTENDED = "extended"
    ADMITTED = "admitted"


@dataclass(frozen=True, slots=True)
class Told:
    """A case with all its events on record, and what they come to now.

    `as_it_stood` reads it from some of them at a moment.
    """

    number: str
    title: str
    events: Sequence[CaseEvent]
    history: History
    as_it_stood: Callable[[Sequence[CaseEvent], datetime], History]


@dataclass(frozen=True, slots=True)
class Sign:
    """`handler` is whose case it was when the event was recorded; `clocks` are the limits it touches, in their order.

    `left`: how long before the deadline, of a decision; none where it came after closing. `n`: how many there are with
    it, of a burst or of extensions. `of`: what was voided.
    """

    kind: Kind
    number: str
    title: str
    event: CaseEvent
    handler: str
    clocks: tuple[str, ...] = ()
    left: timedelta | None = None
    n: int = 0
    of: CaseEvent | None = None


def signs(calendar: WorkingCalendar, cases: Iterable[Told], first: date, last: date) -> tuple[Sign, ...]:
    """Those of the events that were recorded from the first to the last day, both included, the newest first.

    `cases`: every case that has such an event; they are read one after another.
    """
    found = [sign for case in cases for sign in _OfCase(calendar, case, first, last).signs()]
    bursts = Counter(_burst(calendar, sign) for sign in found if sign.kind is Kind.LATE_BURST)
    extended = Counter(sign.handler for sign in found if sign.kind is Kind.EXTENDED)
    kept = []
    for sign in found:
        if sign.kind is Kind.LATE_BURST:
            n, needed = bursts[_burst(calendar, sign)], BURST
        elif sign.kind is Kind.EXTENDED:
            n, needed = extended[sign.handler], EXTENSIONS
        else:
            n, needed = 0, 0
        if n >= needed:
            kept.append(replace(sign, n=n))
    kept.sort(key=lambda sign: (sign.number, -sign.event.seq))
    return tuple(sorted(kept, key=lambda sign: sign.event.recorded_at, reverse=True))


def _burst(calendar: WorkingCalendar, sign: Sign) -> tuple[str, date]:
    return sign.event.actor, calendar.date_of(sign.event.recorded_at)


@dataclass(frozen=True, slots=True)
class _OfCase:
    """The signs of one case; whether there are enough of a burst or of extensions shows with all the others."""

    calendar: WorkingCalendar
    case: Told
    first: date
    last: date

    def signs(self) -> Iterator[Sign]:
        again = self._paused_again()
        for event in self.case.history.events:
            if not self._is_wanted(event):
                continue
            if isinstance(event, Paused):
                yield from self._of_pause(event, again.get(event.seq, ()))
            elif isinstance(event, Decided):
                yield from self._last_minute(event)
            elif isinstance(event, Extended):
                yield self._sign(Kind.EXTENDED, event, clocks=(event.clock,))
            if event.actor and not Program.source_of(event.actor) and late_entry(self.calendar, event):
                yield self._sign(Kind.LATE_BURST, event)
        by_seq = {event.seq: event for event in self.case.events}
        for event in self.case.events:
            if isinstance(event, Voided) and self._is_wanted(event):
                yield self._sign(Kind.VOIDED, event, of=by_seq.get(event.event))

    def _is_wanted(self, event: CaseEvent) -> bool:
        """Recorded in the period, and not worked out by the reading, as a deemed acceptance is."""
        return event.seq > 0 and self.first <= self.calendar.date_of(event.recorded_at) <= self.last

    def _of_pause(self, event: Paused, again: tuple[str, ...]) -> Iterator[Sign]:
        if due := self._due_that_day(event):
            yield self._sign(Kind.PAUSED_WHEN_DUE, event, clocks=due)
        if again:
            yield self._sign(Kind.PAUSED_AGAIN, event, clocks=again)
        if late := tuple(clock for clock, verdict in event.verdicts.items() if verdict is Verdict.ADMITTED):
            yield self._sign(Kind.ADMITTED, event, clocks=late)

    def _due_that_day(self, event: Paused) -> tuple[str, ...]:
        """The limits it stops that were due on its day, by what was on record before it."""
        known = [other for other in self.case.events if other.seq < event.seq]
        try:
            before, day = self.case.as_it_stood(known, event.recorded_at), event.on(self.calendar.zone)
        except (HistoryError, PolicyError):  # what was voided since may not be read under the policy it was re-based to
            return ()
        return tuple(
            clock.id for clock in before.clocks if clock.is_open and clock.due_on == day and _stops(event, clock)
        )

    def _paused_again(self) -> dict[int, tuple[str, ...]]:
        """By the number of the pause, the limits that were resumed on its day: of each day the last pauses."""
        found: dict[int, tuple[str, ...]] = {}
        for clock in self.case.history.clocks:
            for day, n in Counter(clock.paused_again).items():
                for event in self._pauses_on(day, clock)[-n:]:
                    found[event.seq] = (*found.get(event.seq, ()), clock.id)
        return found

    def _pauses_on(self, day: date, clock: Clock) -> list[Paused]:
        pauses = [event for event in self.case.history.events if isinstance(event, Paused)]
        return [event for event in pauses if event.on(self.calendar.zone) == day and _stops(event, clock)]

    def _last_minute(self, event: Decided) -> Iterator[Sign]:
        if event.dated:
            return
        left = {
            clock.id: before
            for clock in self.case.history.clocks
            if clock.state is State.MET and clock.stopped_by == event
            for before in (_left(clock, event),)
            if before <= timedelta(minutes=LAST_MINUTES)
        }
        if left:
            yield self._sign(Kind.LAST_MINUTE, event, clocks=tuple(left), left=min(left.values()))

    def _sign(
        self,
        kind: Kind,
        event: CaseEvent,
        *,
        clocks: tuple[str, ...] = (),
        left: timedelta | None = None,
        of: CaseEvent | None = None,
    ) -> Sign:
        return Sign(kind, self.case.number, self.case.title, event, self._handler_at(event), clocks, left, of=of)

    def _handler_at(self, event: CaseEvent) -> str:
        handed = {
            other.seq: other.handler
            for other in self.case.history.events
            if isinstance(other, Reassigned | HandedOver) and other.seq < event.seq
        }
        return handed[max(handed)] if handed else self.case.history.received.handler


def _stops(event: Paused, clock: Clock) -> bool:
    return event.ground in clock.rule.grounds and event.verdicts.get(clock.id) is not Verdict.TOO_LATE


def _left(clock: Clock, event: Decided) -> timedelta:
    """From the decision, which was in time, to the deadline, or to the closing of the due day; none after that."""
    assert clock.due_on is not None and clock.due_at is not None
    office = clock.of_office or clock.calendar
    ends = clock.due_at if clock.is_timed else office.closing_of(clock.due_on)
    return max(ends - event.occurred_at, NO_TIME)
