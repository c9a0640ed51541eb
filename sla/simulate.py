"""What if: real cases read again by the same clock, with another promise, other pauses, or other days off. Pure.

What happened stays as it was, and when: only how it is counted changes, unless the work is said to wait. A pause or an
extension is judged anew, against the deadline there would have been when it was recorded (R21).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from schedules.calendars import WorkingCalendar
from schedules.limits import Unit
from schedules.notices import Notice, combined
from sla.clock import Clock, State
from sla.events import CaseEvent, Extended, Paused, Received, Resumed, Verdict, standing
from sla.history import CalendarOf, History, judged, read
from sla.policies import Basis, ClockRule, Policy
from sla.reports import Figures, Scope, Tally, figures

SHARES = (95, 99, 100)  # per cent of the cases a promise is to hold for
FARTHEST = 400  # working days; what takes longer is held by no promise


@dataclass(frozen=True)
class Change:
    """What would be otherwise.

    `promises`: of a permit so much, in the unit its promise has. `not_counted`: grounds that would pause the clocks of
    `basis`; `counted`: those that would no longer. `notices`: days off, or worked, by the calendar; `closed`: days off
    for everybody; `leaves`: for the cases of one handler. `run_on`: the limits run on while it is closed or somebody is
    away, and the work waits: what was done from the first of these days on comes as many working days later.
    """

    basis: Basis = Basis.PROMISE
    promises: Mapping[str, int] = field(default_factory=dict)
    not_counted: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    notices: tuple[Notice, ...] = ()
    closed: tuple[Notice, ...] = ()
    leaves: Mapping[str, tuple[Notice, ...]] = field(default_factory=dict)
    run_on: bool = False

    def days_off(self, handler: str) -> tuple[Notice, ...]:
        return (*self.closed, *self.leaves.get(handler, ()))

    def policy(self, policy: Policy) -> Policy:
        """The policy as it would be; it may break R12, and says so in its gaps."""
        clocks = {permit: tuple(self._rule(permit, rule) for rule in rules) for permit, rules in policy.clocks.items()}
        return replace(policy, clocks=clocks, draft=True)

    def _rule(self, permit: str, rule: ClockRule) -> ClockRule:
        if rule.basis is self.basis:
            rule = replace(rule, grounds=(rule.grounds | self.not_counted) - self.counted)
        if rule.basis is Basis.PROMISE and permit in self.promises:
            rule = replace(rule, limit=replace(rule.limit, amount=self.promises[permit]))
        return rule


@dataclass(frozen=True)
class Facts:
    """A case as it is on record: all its events in the order they were recorded, and what it is counted by."""

    number: str
    policy: Policy
    calendar: WorkingCalendar
    events: Sequence[CaseEvent]
    calendar_of: CalendarOf


class World:
    """How cases are counted under a change. Calendars and policies are worked out once."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self._policies: dict[tuple[str, int], Policy] = {}
        self._calendars: dict[tuple[str, tuple[str, ...]], WorkingCalendar] = {}

    def read(self, case: Facts, now: datetime) -> History:
        """The case as it would be. Raises HistoryError where its events would not be permitted."""
        return self.read_by(case, self.policy(case.policy), now)

    def read_by(self, case: Facts, policy: Policy, now: datetime) -> History:
        """The case under a policy, by the calendars of this world."""
        change = self.change
        days_off = change.days_off(as_it_was(case, now).handler if change.leaves else "")
        notices = change.notices if change.run_on else (*change.notices, *days_off)

        def calendar_of(version: str) -> WorkingCalendar:
            return self.calendar(case.calendar_of(version), notices)

        calendar = self.calendar(case.calendar, notices)
        events = list(_heard(policy, case.events))
        if change.run_on and days_off:
            events = list(_waiting(events, calendar, days_off))
        for place, event in enumerate(events):
            if isinstance(event, Paused | Extended):
                days = calendar_of(event.calendar_version) if event.calendar_version else calendar
                events[place] = _judged_anew(case, event, judged(policy, days, events[:place], event, calendar_of))
        return read(policy, calendar, events, now, calendar_of)

    def policy(self, policy: Policy) -> Policy:
        key = policy.id, policy.version
        if key not in self._policies:
            self._policies[key] = self.change.policy(policy)
        return self._policies[key]

    def calendar(self, calendar: WorkingCalendar, notices: tuple[Notice, ...]) -> WorkingCalendar:
        if not notices:
            return calendar
        key = calendar.version, tuple(notice.number for notice in notices)
        if key not in self._calendars:
            self._calendars[key] = replace(calendar, overlays=combined(calendar.overlays, notices))
        return self._calendars[key]


def _waiting(events: Iterable[CaseEvent], calendar: WorkingCalendar, days_off: Sequence[Notice]) -> Iterator[CaseEvent]:
    """The events as they come if nothing is done on the days off: each as many working days after the last day before
    them as it was. What an applicant hands in comes when it came."""
    without = replace(calendar, overlays=combined(calendar.overlays, days_off))
    before = min(day for notice in days_off for day in notice.closed) - timedelta(days=1)
    for event in events:
        on = event.on(calendar.zone)
        worked = calendar.working_days_between(before, on)
        if isinstance(event, Received) or worked <= 0:
            yield event
            continue
        later = max(without.nth_working_day(before, worked) - on, timedelta())
        yield replace(event, occurred_at=event.occurred_at + later, recorded_at=event.recorded_at + later)


def as_it_was(case: Facts, now: datetime) -> History:
    return read(case.policy, case.calendar, case.events, now, case.calendar_of)


def _heard(policy: Policy, events: Sequence[CaseEvent]) -> Iterator[CaseEvent]:
    """The events without pauses on grounds that no clock of the permit would listen to."""
    received = next(event for event in standing(events) if isinstance(event, Received))
    grounds = {ground for rule in policy.rules(received.permit) for ground in rule.grounds}
    unheard = {event.seq for event in events if isinstance(event, Paused) and event.ground not in grounds}
    for event in events:
        if event.seq not in unheard and not (isinstance(event, Resumed) and event.pause in unheard):
            yield event


def _judged_anew(case: Facts, event: Paused | Extended, anew: CaseEvent) -> CaseEvent:
    """With its verdicts as they would be; for a clock whose verdict stands on what is no longer on record, as it is."""
    days = case.calendar_of(event.calendar_version) if event.calendar_version else case.calendar
    before = [other for other in case.events if other.seq < event.seq]
    then = judged(case.policy, days, before, event, case.calendar_of)
    assert isinstance(then, Paused | Extended) and isinstance(anew, Paused | Extended)
    given = event.verdicts
    kept = {clock for clock, verdict in then.verdicts.items() if given.get(clock, Verdict.IN_TIME) is not verdict}
    return replace(event, verdicts={**given, **{of: one for of, one in anew.verdicts.items() if of not in kept}})


# --- side by side -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Turned:
    """A clock that would change sides: in time and late, or late and in time."""

    number: str
    permit: str
    handler: str
    before: Clock
    after: Clock

    @property
    def late(self) -> bool:
        return self.after.overdue


@dataclass(frozen=True)
class Least:
    """The smallest promise under which each case of a permit would have been in time, in working days; None where none
    would."""

    each: tuple[int | None, ...]

    @property
    def n(self) -> int:
        return len(self.each)

    def holding(self, per_cent: int) -> int | None:
        """The smallest that would have held for such a share of them; None where there is none."""
        wanted = -(-per_cent * self.n // 100)
        kept = sorted(days for days in self.each if days is not None)
        return kept[wanted - 1] if 0 < wanted <= len(kept) else None


@dataclass(frozen=True)
class Simulated:
    """The cases of a period as they were and as they would be. `by_permit` has both; `turned` those that change sides,
    `least` the smallest promise of each permit that would have held."""

    before: Figures
    after: Figures
    by_permit: Mapping[str, tuple[Figures, Figures]]
    turned: tuple[Turned, ...]
    least: Mapping[str, Least]
    cases: int = 0


@dataclass(frozen=True)
class Pair:
    """One case in both worlds, and the smallest promise that would have held, for each measured clock that stopped in
    the period."""

    number: str
    before: History
    after: History
    least: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Both:
    """One clock in both worlds, as it is or would be for every case that is alike."""

    permit: str
    handler: str
    before: Clock
    after: Clock


class Sums:
    """Both sides, while they are added up."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.cases = 0
        self.turned: list[Turned] = []
        self._least: dict[str, list[int | None]] = {}
        self._tallies: tuple[Counter[Tally], Counter[Tally]] = (Counter(), Counter())
        self._known: dict[int, tuple[Both, tuple[Tally | None, ...]]] = {}

    def replayed(self, pair: Pair) -> None:
        self.cases += 1
        permit, handler = pair.before.received.permit, pair.before.handler
        self._least.setdefault(permit, []).extend(pair.least)
        for before, after in zip(pair.before.clocks, pair.after.clocks, strict=True):
            if before.rule.basis is self.scope.basis:
                both = Both(permit, handler, before, after)
                self._count(pair.number, both, self._tallied(both))

    def recounted(self, number: str, both: Both, least: tuple[int | None, ...]) -> None:
        """One case of which `both` is all that is measured; it is the same value for all that are alike."""
        self.cases += 1
        known = self._known.get(id(both))
        if known is None:
            known = self._known[id(both)] = both, self._tallied(both)
        if least:
            self._least.setdefault(both.permit, []).extend(least)
        self._count(number, both, known[1])

    def found(self) -> Simulated:
        permits = sorted({tally.permit for side in self._tallies for tally in side})
        before, after = self._tallies
        return Simulated(
            before=_figures(before),
            after=_figures(after),
            by_permit={of: (_figures(before, of), _figures(after, of)) for of in permits},
            turned=tuple(sorted(self.turned, key=lambda one: (not one.late, one.number))),
            least={permit: Least(tuple(days)) for permit, days in sorted(self._least.items()) if days},
            cases=self.cases,
        )

    def _tallied(self, both: Both) -> tuple[Tally | None, ...]:
        return tuple(
            _tally(both.permit, both.handler, clock) if _is_in(clock, self.scope) else None
            for clock in (both.before, both.after)
        )

    def _count(self, number: str, both: Both, tallied: Sequence[Tally | None]) -> None:
        for side, tally in zip(self._tallies, tallied, strict=True):
            if tally is not None:
                side[tally] += 1
        if any(tallied) and both.before.overdue is not both.after.overdue:
            self.turned.append(Turned(number, both.permit, both.handler, both.before, both.after))


def least_promises(case: Facts, world: World, scope: Scope, now: datetime) -> tuple[int | None, ...]:
    """Of each measured promise of the case that was stopped in the period the fewest working days that would have held,
    as everything else would be in that world."""
    found = world.read(case, now)
    return tuple(
        _least(case, world, clock, found.received.permit, now)
        for clock in found.clocks
        if clock.rule.basis is Basis.PROMISE
        and clock.limit.unit is Unit.WORKING_DAYS
        and clock.rule.limit.amount
        and not clock.is_open
        and _is_in(clock, scope)
    )


def _least(case: Facts, world: World, clock: Clock, permit: str, now: datetime) -> int | None:
    """From the days it used downwards as long as it is in time, or upwards until it is."""

    def holds(days: int) -> bool:
        change = replace(world.change, promises={**world.change.promises, permit: days})
        return not world.read_by(case, change.policy(case.policy), now).clock(clock.id).overdue

    days = max(1, int(clock.used))
    if holds(days):
        while days > 1 and holds(days - 1):
            days -= 1
        return days
    if not holds(FARTHEST):  # it missed its statute too
        return None
    return next(more for more in range(days + 1, FARTHEST + 1) if holds(more))


def _is_in(clock: Clock, scope: Scope) -> bool:
    """As reports have it: stopped in the period, or open past its limit and due by the last day."""
    if clock.state in (State.PENDING, State.CANCELLED):
        return False
    if clock.stopped_on is not None:
        return scope.first <= clock.stopped_on <= scope.last
    return clock.overdue and clock.due_on is not None and clock.due_on <= scope.last


def _tally(permit: str, handler: str, clock: Clock) -> Tally:
    in_days = clock.limit.unit is Unit.WORKING_DAYS
    return Tally(
        permit=permit,
        due_on=clock.due_on,
        stopped_on=clock.stopped_on,
        overdue=clock.overdue,
        immediate=in_days and clock.rule.limit.amount == 0,
        used=int(clock.used) if in_days else None,
        amount=clock.rule.limit.amount,
        handler=handler,
    )


def _figures(tallies: Mapping[Tally, int], permit: str = "") -> Figures:
    """Of all, or of one permit's."""
    return sum((figures([one]).times(n) for one, n in tallies.items() if permit in ("", one.permit)), Figures())
