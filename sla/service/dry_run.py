"""What another calendar would do to every open clock of an office, without writing anything (R16).

One page of cases at a time; a case is read only where a changed day lies between its receipt and its latest deadline.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from sys import intern
from typing import Any, NamedTuple

from schedules.calendars import WorkingCalendar
from schedules.limits import Unit
from schedules.notices import changed_days
from sla.amendments import Move, Standing, moves, standings
from sla.clock import State
from sla.history import read
from sla.service.offices import Office
from sla.service.rebuild import policy_of
from sla.service.records import events_from
from sla.store import calendars as store
from sla.store import cases
from sla.store.engine import Session

PAGE = 500  # cases read at a time


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


class _Look:
    """The way through the open cases of an office."""

    def __init__(self, session: Session, office: Office, calendar: WorkingCalendar, now: datetime) -> None:
        self.session, self.office, self.calendar, self.now = session, office, calendar, now
        old = office.calendar
        self.days = changed_days(old, calendar)
        self.everything = (old.hours, old.zone.key) != (calendar.hours, calendar.zone.key)
        self.cases = 0
        self.failed: list[tuple[str, str]] = []

    def all(self) -> Iterator[Moved]:
        after = None
        while rows := store.open_cases(self.session, self.office.id, after, PAGE):
            yield from self._page(rows)
            self.cases += len(rows)
            after = rows[-1].case_id

    def _page(self, rows: Sequence[Any]) -> Iterator[Moved]:
        clocks = cases.clocks_of(self.session, self.office.id, [row.case_id for row in rows])
        read_ids = [row.case_id for row in rows if self._is_touched(row, clocks[row.case_id])]
        events = cases.events_of(self.session, self.office.id, read_ids) if read_ids else {}
        through = self.calendar.announced_through.isoformat()
        for row in rows:
            before = {clock.clock_id: self._standing(clock) for clock in clocks[row.case_id] if _is_looked_at(clock)}
            if row.case_id not in events:
                found = self._confirmed(clocks[row.case_id], before)
            else:
                found = self._moves(row, events[row.case_id], before)
            for move in found:
                yield Moved(
                    row.number, row.permit, row.handler, move.clock, intern(move.before), intern(move.after),
                    move.overdue, move.rescued, move.confirmed, move.after[: len(through)] > through,
                )  # fmt: skip

    def _is_touched(self, row: Any, clocks: Sequence[Any]) -> bool:
        """Whether a changed day lies where one of its open deadlines is counted; every clock starts after receipt."""
        ends = [clock.due_on for clock in clocks if clock.open and clock.due_on is not None]
        if self.everything or not ends:
            return self.everything and bool(ends)
        place = bisect_left(self.days, row.received_on)
        return place < len(self.days) and self.days[place] <= max(ends)

    def _moves(self, row: Any, rows: Sequence[Any], before: Mapping[str, Standing]) -> Sequence[Move]:
        try:
            events = events_from(rows)
            policy = policy_of(self.office, row, events)
            after = read(policy, self.calendar, events, self.now, self.office.calendar_of)
        except Exception as error:  # one case that cannot be read hides no other
            self.failed.append((row.number, f"{type(error).__name__}: {error}"))
            return ()
        return moves(before, standings(after.clocks))

    def _confirmed(self, clocks: Sequence[Any], before: Mapping[str, Standing]) -> Sequence[Move]:
        """No date moves; which are certain by the new horizon."""
        sure = {
            clock.clock_id: before[clock.clock_id]._replace(provisional=self.calendar.is_provisional(clock.due_on))
            for clock in clocks
            if clock.provisional and clock.clock_id in before and clock.due_on is not None
        }
        return moves({clock: before[clock] for clock in sure}, sure)

    def _standing(self, clock: Any) -> Standing:
        """As the clock's row has it; late is what has passed by now."""
        if clock.due_on is None:
            return Standing("", late=False, provisional=False)
        timed = Unit(clock.unit).lasts is not None
        due = clock.due_at if timed else clock.due_on
        late = clock.state == State.LATE.value or clock.due_at < self.now
        return Standing(due.isoformat(), late, bool(clock.provisional))


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
