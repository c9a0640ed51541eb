"""The open clocks of an office's cases by another calendar than its own, one page at a time (R16).

A case is looked at only where a changed day lies between its receipt and its latest deadline, and read from its events
only where its rows do not say enough.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from sys import intern
from typing import Any, NamedTuple

from schedules.calendars import Scope, WorkingCalendar
from schedules.limits import Cutoff, Limit, Unit, moment_due, ordinary_end, rolled
from schedules.notices import changed_days
from sla.amendments import Move, Standing, moves, standings
from sla.clock import Clock, State
from sla.events import CaseEvent, Rebased
from sla.history import open_clocks, read
from sla.policies import Basis, ClockRule, Policy, PolicyError
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.service.rebuild import policy_of
from sla.service.records import events_from
from sla.store import calendars as store
from sla.store import cases
from sla.store.engine import Session

PAGE = 2000  # clocks read at a time
_TIMED = tuple(unit.value for unit in Unit if unit.lasts is not None)
_LATE, _MET, _PENDING = State.LATE.value, State.MET.value, State.PENDING.value
_NEVER = "9999-12-31"
_COMMON = slice(3, None)  # of a row of an open clock: all but the case's id, number and handler


class Moved(NamedTuple):
    """One clock of one case that would move or be confirmed; its deadlines as text, "" for none."""

    number: str
    permit: str
    handler: str
    clock: str
    before: str
    after: str
    overdue: bool
    rescued: bool
    confirmed: bool
    provisional: bool  # what it would move to

    @property
    def moved(self) -> bool:
        return self.before != self.after


class Looked(NamedTuple):
    """How many cases were looked at, their clocks that would move, and the cases that could not be read, with why."""

    cases: int
    moved: list[Moved]
    failed: list[tuple[str, str]]


class _Ends(NamedTuple):
    """What a limit that runs through does by the new calendar, and the day it ends on."""

    move: Move | None
    due: str
    basis: Basis


class _Kinds(NamedTuple):
    """Of a policy's clocks for a permit the statutes, and those whose running out unanswered is an acceptance (R18)."""

    statutes: set[str]
    deeming: set[str]


ALL = store.Part()


class Look:
    """The way through the open clocks of an office by another calendar, case by case, at `now`.

    Most limits run through from their first day: their new date is worked out from the row alone, where the same
    reckoning by the old calendar gives the date that stands there. Any other case is read from its events.
    """

    def __init__(self, session: Session, office: Office, calendar: WorkingCalendar, now: datetime) -> None:
        self.session, self.office, self.calendar, self.now = session, office, calendar, now
        old = office.calendar
        self.days = changed_days(old, calendar)
        self.everything = (old.hours, old.zone.key) != (calendar.hours, calendar.zone.key)
        self.through = calendar.announced_through.isoformat()
        self.failed: list[tuple[str, str]] = []
        self.ends: dict[tuple[Any, ...], _Ends | None] = {}
        self.kinds: dict[tuple[str, int, str], _Kinds] = {}

    def at(self, part: store.Part = ALL) -> Looked:
        """The cases of a part; all unless told."""
        cases, moved, self.failed = 0, list[Moved](), []
        while by_case := store.open_clocks(self.session, self.office.id, PAGE, part):
            last = store.id_of(next(reversed(by_case)))
            moved += self._page(by_case, part._replace(through=last))
            cases += len(by_case)
            part = part._replace(after=last)
        return Looked(cases, moved, self.failed)

    def _page(self, by_case: Mapping[Any, Sequence[Any]], part: store.Part) -> Iterator[Moved]:
        touched = [stored for stored, clocks in by_case.items() if self._is_touched(clocks)]
        unusual = store.disturbed(self.session, self.office.id, part) if touched else set()
        plain = {
            stored: found
            for stored in touched
            if stored not in unusual and (found := self._reckoned(by_case[stored])) is not None
        }
        whole = {stored: by_case[stored] for stored in touched if stored not in plain}
        read_anew = self._read(whole) if whole else {}
        for stored, clocks in by_case.items():
            if stored in read_anew:
                found = read_anew[stored]
            else:
                found = plain[stored] if stored in plain else self._confirmed(clocks)
            if found:
                yield from self._moved(clocks[0], found)

    def _moved(self, case: Any, found: Sequence[Move]) -> Iterator[Moved]:
        number, permit, handler = case.number, intern(case.permit), intern(case.handler)
        for move in found:
            beyond = move.after[: len(self.through)] > self.through
            yield Moved(
                number, permit, handler, intern(move.clock), intern(move.before), intern(move.after), move.overdue,
                move.rescued, move.confirmed, beyond,
            )  # fmt: skip

    def _is_touched(self, clocks: Sequence[Any]) -> bool:
        """Whether a changed day lies where one of its open deadlines is counted; every clock starts after receipt."""
        ends = [clock.due_on for clock in clocks if clock.due_on is not None]
        if self.everything or not ends:
            return self.everything and bool(ends)
        return self._changes_between(clocks[0].received_on, max(ends))

    def _changes_between(self, first: date, last: date) -> bool:
        place = bisect_left(self.days, first)
        return place < len(self.days) and self.days[place] <= last

    # --- without its events ------------------------------------------------------------------------------------------
    def _reckoned(self, clocks: Sequence[Any]) -> Sequence[Move] | None:
        """What moves, worked out from the rows; None where that would not be sure."""
        found = []
        latest, earliest = "", _NEVER  # of the promises, and of the statutes that cap them
        for clock in clocks:
            if clock.due_on is None:
                continue  # paused: there is no date to move
            key = clock[_COMMON]
            if key not in self.ends:  # many cases began on one day under one rule
                self.ends[key] = self._reckoned_one(clock)
            ends = self.ends[key]
            if ends is None:
                return None
            if ends.basis is Basis.PROMISE:
                latest = max(latest, ends.due)
            else:
                earliest = min(earliest, ends.due)
            if ends.move is not None:
                found.append(ends.move)
        return None if latest > earliest else found

    def _reckoned_one(self, clock: Any) -> _Ends | None:
        """What the limit of a row runs to by both calendars; None where its row does not say."""
        start, unit = clock.started_on, Unit(clock.unit)
        rule = self._rule(clock)
        if rule is None or self.everything or unit.lasts is not None or not clock.amount:
            return None
        if clock.deemed_on or clock.capped or self._changes_between(clock.received_on, start):
            return None
        limit = Limit(clock.amount, unit)
        old, new = (self._ends(calendar, rule, limit, start) for calendar in (self.office.calendar, self.calendar))
        if old != clock.due_on:
            return None
        calendar = self.calendar if rule.scope is Scope.OFFICE else self.calendar.legal
        at, closing = moment_due(calendar, new, rule.counting.cutoff), rule.counting.cutoff is Cutoff.CLOSING
        late = self.now > at if closing else self.now >= at
        if late and rule.deemed:
            return None
        after = Standing(new.isoformat(), late, calendar.is_provisional(new))
        found = moves({clock.clock_id: _standing(clock, self.now)}, {clock.clock_id: after})
        return _Ends(found[0] if found else None, after.due, rule.basis)

    def _ends(self, calendar: WorkingCalendar, rule: ClockRule, limit: Limit, start: date) -> date:
        days = calendar if rule.scope is Scope.OFFICE else calendar.legal
        end = ordinary_end(days, limit, start, rule.counting.first_day)
        return end if limit.counts_working_days else rolled(days, end, rule.counting.roll)

    def _rule(self, row: Any) -> ClockRule | None:
        """The rule a clock follows; None if there is none: reading the case says why."""
        try:
            return self.office.policy(row.policy_id, row.policy_version).rule(row.permit, row.clock_id)
        except (ServiceError, PolicyError):
            return None

    def _confirmed(self, clocks: Sequence[Any]) -> Sequence[Move]:
        """No date moves; which are certain by the new horizon."""
        before = {c.clock_id: _standing(c, self.now) for c in clocks if c.provisional and c.due_on is not None}
        after = {
            clock.clock_id: before[clock.clock_id]._replace(provisional=self.calendar.is_provisional(clock.due_on))
            for clock in clocks
            if clock.clock_id in before
        }
        return moves(before, after)

    # --- by its events -----------------------------------------------------------------------------------------------
    def _read(self, by_case: Mapping[Any, Sequence[Any]]) -> dict[Any, Sequence[Move]]:
        ids = {stored: store.id_of(stored) for stored in by_case}
        closed = store.closed_clocks(self.session, self.office.id, list(ids.values()))
        events = cases.events_of(self.session, self.office.id, list(ids.values()))
        return {
            stored: self._moves(clocks, closed[ids[stored]], events[ids[stored]]) for stored, clocks in by_case.items()
        }

    def _moves(self, clocks: Sequence[Any], closed: Sequence[Any], rows: Sequence[Any]) -> Sequence[Move]:
        case, still_open = clocks[0], {clock.clock_id for clock in clocks}
        looked_at = (*clocks, *(clock for clock in closed if clock.deemed or clock.state == _PENDING))
        before = {clock.clock_id: _standing(clock, self.now) for clock in looked_at}
        try:
            events = events_from(rows)
            policy = policy_of(self.office, case, events)
            after = self._clocks(policy, case.permit, events, still_open, closed)
        except Exception as error:  # one case that cannot be read hides no other
            self.failed.append((case.number, f"{type(error).__name__}: {error}"))
            return ()
        return moves(before, standings(after))

    def _clocks(
        self, policy: Policy, permit: str, events: Sequence[CaseEvent], still_open: set[str], closed: Sequence[Any]
    ) -> tuple[Clock, ...]:
        """The clocks by the other calendar; where nothing is deemed and no policy was left, the open ones do."""
        statutes, deeming = self._kinds(policy, permit)
        answered = deeming.isdisjoint(still_open) and all(
            clock.state == _MET for clock in closed if clock.clock_id in deeming
        )
        if answered and statutes <= still_open and not any(event.kind == Rebased.kind for event in events):
            return open_clocks(policy, self.calendar, events, self.now, still_open)
        return read(policy, self.calendar, events, self.now, self.office.calendar_of).clocks

    def _kinds(self, policy: Policy, permit: str) -> _Kinds:
        key = (policy.id, policy.version, permit)
        if key not in self.kinds:
            rules = policy.rules(permit)
            statutes = {rule.id for rule in rules if rule.basis is Basis.STATUTE}
            self.kinds[key] = _Kinds(statutes, {rule.id for rule in rules if rule.deemed})
        return self.kinds[key]


def _standing(clock: Any, now: datetime) -> Standing:
    """As the clock's row has it; late is what has passed by now."""
    due_on, due_at = clock.due_on, clock.due_at
    if due_on is None:
        return Standing("", late=False, provisional=False)
    due = due_at if clock.unit in _TIMED else due_on
    return Standing(due.isoformat(), clock.state == _LATE or due_at < now, bool(clock.provisional))
