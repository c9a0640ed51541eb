"""What another calendar would do to every open clock of an office, without writing anything (R16).

One page of clocks at a time; a case is looked at only where a changed day lies between its receipt and its latest
deadline, and read from its events only where its rows do not say enough.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from sys import intern
from typing import Any, NamedTuple
from uuid import UUID

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

_TIMED = tuple(unit.value for unit in Unit if unit.lasts is not None)
_LATE = State.LATE.value
PAGE = 2000  # clocks read at a time
_NEVER = "9999-12-31"
_REPEATED = (  # what the end of a limit that runs through depends on
    "policy_id", "policy_version", "permit", "clock_id", "unit", "amount", "started_on", "received_on",
)  # fmt: skip


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


@dataclass(frozen=True)
class Totals:
    """How many clocks would move, become overdue by the calendar, be rescued, or be confirmed."""

    moved: int = 0
    overdue: int = 0
    rescued: int = 0
    confirmed: int = 0


@dataclass(frozen=True)
class DryRun:
    """All that would happen. `days` are those that one calendar works and the other does not; `failed` the numbers of
    the cases that could not be read, with why."""

    version_before: str
    version_after: str
    announced_before: date
    announced_after: date
    days: tuple[date, ...]
    cases: int
    moved: tuple[Moved, ...]
    failed: tuple[tuple[str, str], ...]
    total: Totals
    by_permit: Mapping[str, Totals] = field(default_factory=dict)
    by_handler: Mapping[str, Totals] = field(default_factory=dict)


def dry_run(session: Session, office: Office, calendar: WorkingCalendar, now: datetime) -> DryRun:
    """What the calendar would do to the office's open cases at `now`. Reads only."""
    look = _Look(session, office, calendar, now)
    found = tuple(sorted(look.all(), key=lambda entry: entry.number))
    return DryRun(
        version_before=office.calendar.version,
        version_after=calendar.version,
        announced_before=office.calendar.announced_through,
        announced_after=calendar.announced_through,
        days=look.days,
        cases=look.cases,
        moved=found,
        failed=tuple(look.failed),
        total=_totals(found),
        by_permit=_grouped(found, lambda entry: entry.permit),
        by_handler=_grouped(found, lambda entry: entry.handler),
    )


class _Ends(NamedTuple):
    """The day a limit ends on by the old calendar, and how it stands by the new one."""

    before: date
    after: Standing
    basis: Basis


class _Look:
    """The way through the open clocks of an office, case by case.

    Most limits run through from their first day: their new date is worked out from the row alone, where the same
    reckoning by the old calendar gives the date that stands there. Any other case is read from its events.
    """

    def __init__(self, session: Session, office: Office, calendar: WorkingCalendar, now: datetime) -> None:
        self.session, self.office, self.calendar, self.now = session, office, calendar, now
        old = office.calendar
        self.days = changed_days(old, calendar)
        self.everything = (old.hours, old.zone.key) != (calendar.hours, calendar.zone.key)
        self.through = calendar.announced_through.isoformat()
        self.cases = 0
        self.failed: list[tuple[str, str]] = []
        self.ends: dict[tuple[Any, ...], _Ends | None] = {}

    def all(self) -> Iterator[Moved]:
        after = None
        while rows := store.open_clocks(self.session, self.office.id, after, PAGE):
            if len(rows) == PAGE:  # the last case may go on behind the page
                whole = [row for row in rows if row.case_id != rows[-1].case_id]
                rows = whole or rows
            yield from self._page(rows)
            after = rows[-1].case_id

    def _page(self, rows: Sequence[Any]) -> Iterator[Moved]:
        by_case = {case_id: list(clocks) for case_id, clocks in groupby(rows, key=lambda row: row.case_id)}
        self.cases += len(by_case)
        touched = [case_id for case_id, clocks in by_case.items() if self._is_touched(clocks)]
        unusual = store.disturbed(self.session, self.office.id, touched) if touched else set()
        plain = {
            case_id: found
            for case_id in touched
            if case_id not in unusual and (found := self._reckoned(by_case[case_id])) is not None
        }
        whole = [case_id for case_id in touched if case_id not in plain]
        read_anew = self._read(whole) if whole else {}
        for case_id, clocks in by_case.items():
            if case_id in read_anew:
                found = read_anew[case_id]
            else:
                found = plain[case_id] if case_id in plain else self._confirmed(clocks)
            yield from (self._moved(clocks[0], move) for move in found)

    def _moved(self, row: Any, move: Move) -> Moved:
        return Moved(
            row.number, row.permit, row.handler, move.clock, intern(move.before), intern(move.after), move.overdue,
            move.rescued, move.confirmed, move.after[: len(self.through)] > self.through,
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
        before, after = {}, {}
        latest = {Basis.PROMISE: "", Basis.STATUTE: _NEVER}
        for clock in clocks:
            if clock.due_on is None:
                continue  # paused: there is no date to move
            key = tuple(getattr(clock, name) for name in _REPEATED)
            if key not in self.ends:  # many cases began on one day under one rule
                self.ends[key] = self._reckoned_one(clock)
            ends = self.ends[key]
            if ends is None or ends.before != clock.due_on or clock.deemed_on or clock.capped:
                return None
            before[clock.clock_id], after[clock.clock_id] = self._standing(clock), ends.after
            latest[ends.basis] = ends.after.due
        capped = latest[Basis.PROMISE] > latest[Basis.STATUTE]
        return None if capped else moves(before, after)

    def _reckoned_one(self, clock: Any) -> _Ends | None:
        """Where the limit of a row runs to by both calendars; None where its rows do not say."""
        start, unit = clock.started_on, Unit(clock.unit)
        rule = self._rule(clock)
        if rule is None or self.everything or unit.lasts is not None or not clock.amount:
            return None
        if self._changes_between(clock.received_on, start):  # it may start on another day
            return None
        limit = Limit(clock.amount, unit)
        old, new = (self._ends(calendar, rule, limit, start) for calendar in (self.office.calendar, self.calendar))
        calendar = self.calendar if rule.scope is Scope.OFFICE else self.calendar.legal
        at, closing = moment_due(calendar, new, rule.counting.cutoff), rule.counting.cutoff is Cutoff.CLOSING
        late = self.now > at if closing else self.now >= at
        if late and rule.deemed:
            return None
        return _Ends(old, Standing(new.isoformat(), late, calendar.is_provisional(new)), rule.basis)

    def _ends(self, calendar: WorkingCalendar, rule: ClockRule, limit: Limit, start: date) -> date:
        days = calendar if rule.scope is Scope.OFFICE else calendar.legal
        end = ordinary_end(days, limit, start, rule.counting.first_day)
        return end if limit.counts_working_days else rolled(days, end, limit.unit, rule.counting.roll)

    def _rule(self, row: Any) -> ClockRule | None:
        """The rule a clock follows; None if there is none: reading the case says why."""
        try:
            return self.office.policy(row.policy_id, row.policy_version).rule(row.permit, row.clock_id)
        except (ServiceError, PolicyError):
            return None

    def _confirmed(self, clocks: Sequence[Any]) -> Sequence[Move]:
        """No date moves; which are certain by the new horizon."""
        before = {c.clock_id: self._standing(c) for c in clocks if c.provisional and c.due_on is not None}
        after = {
            clock.clock_id: before[clock.clock_id]._replace(provisional=self.calendar.is_provisional(clock.due_on))
            for clock in clocks
            if clock.clock_id in before
        }
        return moves(before, after)

    # --- by its events -----------------------------------------------------------------------------------------------
    def _read(self, case_ids: Sequence[UUID]) -> dict[UUID, Sequence[Move]]:
        clocks = cases.clocks_of(self.session, self.office.id, case_ids)
        events = cases.events_of(self.session, self.office.id, case_ids)
        found: dict[UUID, Sequence[Move]] = {}
        for row in cases.cases_with(self.session, self.office.id, case_ids):
            before = {clock.clock_id: self._standing(clock) for clock in clocks[row.case_id] if _is_looked_at(clock)}
            found[row.case_id] = self._moves(row, events[row.case_id], clocks[row.case_id], before)
        return found

    def _moves(
        self, row: Any, rows: Sequence[Any], clocks: Sequence[Any], before: Mapping[str, Standing]
    ) -> Sequence[Move]:
        try:
            events = events_from(rows)
            policy = policy_of(self.office, row, events)
            after = self._clocks(policy, events, clocks)
        except Exception as error:  # one case that cannot be read hides no other
            self.failed.append((row.number, f"{type(error).__name__}: {error}"))
            return ()
        return moves(before, standings(after))

    def _clocks(self, policy: Policy, events: Sequence[CaseEvent], rows: Sequence[Any]) -> tuple[Clock, ...]:
        """The clocks by the other calendar; where nothing is deemed and no policy was left, the open ones do."""
        still_open = {row.clock_id for row in rows if row.open}
        rules = policy.rules(rows[0].permit)
        statutes = {rule.id for rule in rules if rule.basis is Basis.STATUTE}
        answered = all(row.state == State.MET.value for row in rows if row.clock_id in _deeming(rules))
        if answered and statutes <= still_open and not any(isinstance(event, Rebased) for event in events):
            return open_clocks(policy, self.calendar, events, self.now, still_open)
        return read(policy, self.calendar, events, self.now, self.office.calendar_of).clocks

    def _standing(self, clock: Any) -> Standing:
        """As the clock's row has it; late is what has passed by now."""
        due_on, due_at = clock.due_on, clock.due_at
        if due_on is None:
            return Standing("", late=False, provisional=False)
        due = due_at if clock.unit in _TIMED else due_on
        return Standing(due.isoformat(), clock.state == _LATE or due_at < self.now, bool(clock.provisional))


def _deeming(rules: Sequence[ClockRule]) -> set[str]:
    """The clocks whose running out unanswered is an acceptance (R18)."""
    return {rule.id for rule in rules if rule.deemed}


def _is_looked_at(clock: Any) -> bool:
    """What no event has stopped: open, pending, or ended by itself (R18)."""
    return bool(clock.open or clock.deemed) or clock.state == State.PENDING.value


def _grouped(found: Sequence[Moved], name: Callable[[Moved], str]) -> dict[str, Totals]:
    groups: dict[str, list[Moved]] = {}
    for entry in found:
        groups.setdefault(name(entry), []).append(entry)
    return {group: _totals(groups[group]) for group in sorted(groups)}


def _totals(found: Sequence[Moved]) -> Totals:
    counts = Counter[str]()
    for entry in found:
        counts["moved"] += entry.before != entry.after
        for name in ("overdue", "rescued", "confirmed"):
            counts[name] += getattr(entry, name)
    return Totals(**counts)
