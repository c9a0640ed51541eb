"""What if, counted again from what is stored of a clock that has stopped: when it began, ended and was due. Pure.

Only where that says all: a limit in days that nothing paused or extended, of a case that was accepted by somebody and
never re-based. All else is replayed from its events. Clocks that are alike are counted once.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from schedules.calendars import Scope as Days_of
from schedules.calendars import WorkingCalendar
from schedules.limits import Cutoff, Intake, Unit, moment_due
from sla.clock import Clock, State
from sla.counting import Days
from sla.policies import Basis, ClockRule, Policy
from sla.reports import Scope
from sla.simulate import FARTHEST, Both, Change, World


class Began(NamedTuple):
    """A limit that runs from the day `on`, by the calendar of a version."""

    on: date
    version: str


class Stored(NamedTuple):
    """What is stored of a stopped clock; `statute` is what caps it, None where nothing does."""

    policy_id: str
    policy_version: int
    permit: str
    handler: str
    began: Began
    due_on: date
    stopped_on: date
    late: bool
    statute: Began | None


def can_recount(change: Change) -> bool:
    """Whether the effect of a change can be told without the events at all."""
    return not change.run_on and not change.notices


def is_plain(policy: Policy, permit: str, scope: Scope) -> bool:
    """Whether the measured clock of a permit, and what caps it, are told by their days alone."""
    rules = policy.rules(permit)
    measured = [rule for rule in rules if rule.basis is scope.basis]
    statutes = [rule for rule in rules if rule.basis is Basis.STATUTE]
    if len(measured) != 1 or len(statutes) > 1 or any(rule.deemed and rule.basis is Basis.PROMISE for rule in rules):
        return False
    return all(_by_days(rule) for rule in (*measured, *statutes))


def _by_days(rule: ClockRule) -> bool:
    """Not by its hours, nor by the time of the receipt."""
    at_once = rule.limit.immediate and rule.counting.intake is not Intake.NEXT_WORKING_DAY
    return not (rule.limit.timed or rule.deemed or at_once or rule.counting.cutoff is Cutoff.CLOSING)


def days_off(change: Change) -> frozenset[date]:
    """Every day somebody is supposed to be off: what began on one of them may have begun later."""
    notices = [*change.closed, *(notice for several in change.leaves.values() for notice in several)]
    return frozenset(day for notice in notices for day in notice.closed)


@dataclass
class Recount:
    """Counts under one change; `calendars` and `policies` are those on record, by version."""

    world: World
    scope: Scope
    calendars: Mapping[str, WorkingCalendar]
    policies: MutableMapping[tuple[str, int], Policy]
    _known: dict[Stored, tuple[Both, tuple[int | None, ...]]] = field(default_factory=dict)

    def at(self, stored: Stored) -> tuple[Both, tuple[int | None, ...]]:
        """The clock in both worlds, and the smallest promise that would have held, as a replay would find them."""
        found = self._known.get(stored)
        if found is None:
            found = self._known[stored] = self._counted(stored)
        return found

    def _counted(self, stored: Stored) -> tuple[Both, tuple[int | None, ...]]:
        policy = self.policies[stored.policy_id, stored.policy_version]
        was, would = (self._rule(one, stored.permit, self.scope.basis) for one in (policy, self.world.policy(policy)))
        assert was is not None and would is not None
        cap = self._cap(stored, self.world.policy(policy))
        due = _earlier(self._due(would, stored.began, stored.handler), cap)
        before = self._clock(was, stored, stored.due_on, late=stored.late)
        after = self._clock(would, stored, due, late=stored.stopped_on > due)
        measured = would.basis is Basis.PROMISE and would.limit.unit is Unit.WORKING_DAYS and would.limit.amount
        least = (self._least(would, stored, cap),) if measured else ()
        return Both(stored.permit, stored.handler, before, after), least

    def _cap(self, stored: Stored, policy: Policy) -> date | None:
        """The day of the statute, which a promise never goes past (R12)."""
        rule = self._rule(policy, stored.permit, Basis.STATUTE)
        if self.scope.basis is not Basis.PROMISE or stored.statute is None or rule is None:
            return None
        return self._due(rule, stored.statute, stored.handler)

    def _least(self, rule: ClockRule, stored: Stored, cap: date | None) -> int | None:
        def holds(amount: int) -> bool:
            return self._due(rule, stored.began, stored.handler, amount) >= stored.stopped_on

        if cap is not None and cap < stored.stopped_on:
            return None
        days = self._days(rule, stored.began, stored.handler)
        most = max(1, days.working_days_between(stored.began.on, stored.stopped_on))
        while most > 1 and holds(most - 1):
            most -= 1
        while not holds(most):
            most += 1
        return most if most <= FARTHEST else None

    def _due(self, rule: ClockRule, began: Began, handler: str, amount: int | None = None) -> date:
        limit = rule.limit if amount is None else type(rule.limit)(amount, rule.limit.unit)
        moment = datetime.combine(began.on, time.min, UTC)  # of no matter: what goes by it is no plain limit
        return Days(self._days(rule, began, handler), limit, rule.counting, began.on, moment, dated=True).undisturbed()

    def _days(self, rule: ClockRule, began: Began, handler: str) -> WorkingCalendar:
        notices = self.world.change.days_off(handler)
        calendar = self.world.calendar(self.calendars[began.version], notices)
        return calendar if rule.scope is Days_of.OFFICE else calendar.legal

    def _rule(self, policy: Policy, permit: str, basis: Basis) -> ClockRule | None:
        return next((rule for rule in policy.rules(permit) if rule.basis is basis), None)

    def _clock(self, rule: ClockRule, stored: Stored, due: date, *, late: bool) -> Clock:
        calendar = self._days(rule, stored.began, stored.handler)
        return Clock(
            rule, State.LATE if late else State.MET, rule.limit, calendar, day0=stored.began.on, due_on=due,
            due_at=moment_due(calendar, due, rule.counting.cutoff), stopped_on=stored.stopped_on,
            stopped_at=calendar.end_of(stored.stopped_on),
        )  # fmt: skip


def _earlier(due: date, cap: date | None) -> date:
    return due if cap is None else min(due, cap)
