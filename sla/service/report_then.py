"""What a report is made from, as it was believed at an earlier moment: every case read from the events on record then.

It takes as long as there are cases; the index as it stands now is read by `report_facts`.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from schedules.limits import Unit
from sla.conduct import Conduct, Extending, added, free_days
from sla.durations import Lasted, Spread, lasting
from sla.messages import DueEntry
from sla.policies import Basis
from sla.reports import Scope, Tally, figures, month_of
from sla.service.as_of import Believed, every_as_of
from sla.service.lists import card
from sla.service.offices import Office
from sla.service.rebuild import index_of
from sla.service.records import late_from
from sla.service.report_facts import Counted, apart, spreads
from sla.store.engine import Session

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Then:
    """The facts of an office at `then`; a scope's `now` must be the same moment."""

    session: Session
    office: Office
    then: datetime

    def counted(self, scope: Scope, by: Sequence[str] = ("permit", "handler")) -> Counted:
        groups: dict[tuple[str, ...], list[Tally]] = {}
        for row in self._of(scope):
            tally = tally_of(row, scope)
            groups.setdefault((month_of(tally), *(str(row[name]) for name in by)), []).append(tally)
        return ((group, figures(tallies)) for group, tallies in sorted(groups.items()))

    def lasted(self, scope: Scope) -> tuple[Lasted, ...]:
        return lasting(tally_of(row, scope) for row in self._of(scope))

    def stages(self, scope: Scope) -> Mapping[str, Spread]:
        tallies = ((row["clock_id"], tally_of(row, scope)) for row in self._of(scope))
        return spreads((name, tally.used or 0, 1) for name, tally in tallies if tally.measured)

    def waiting(self, scope: Scope) -> Mapping[tuple[int, str], int]:
        ages = apart(self.office, scope).ages
        still = (row for row in self._rows if row["open"] and self._is_of(row, scope))
        return Counter((_age(row, ages), _light(row, scope)) for row in still)

    def conduct(self, scope: Scope) -> Conduct:
        calendar, rows = self.office.calendar, list(self._of(scope))
        closed = {row["case_id"]: row for row in rows if not row["open"]}  # a case's clocks all say the same
        measured = [row for row in rows if tally_of(row, scope).measured]
        more = [row["amount"] - row["rule_amount"] for row in measured if row["amount"] > row["rule_amount"]]
        late = (kinds for row in closed.values() for kinds in late_from(row["late_entries"]))
        return Conduct(
            free=free_days(calendar, scope.first, min(scope.last, self.office.today(self.then)), self._missed(scope)),
            extending=Extending(len(more), sum(more), len(measured)),
            entries=added(sum(row["entries"] for row in closed.values()), late),
        )

    def paused_again(self, scope: Scope) -> tuple[DueEntry, ...]:
        found = []
        for case in self._cases:
            asked = ((scope.permit, case.history.received.permit), (scope.handler, case.history.handler))
            if not all(wanted in ("", value) for wanted, value in asked):
                continue
            for clock in case.history.clocks:
                within = tuple(day for day in clock.paused_again if scope.first <= day <= scope.last)
                if within:
                    found.append(DueEntry(card(self.office, case.head), replace(clock, paused_again=within)))
        return tuple(sorted(found, key=lambda entry: entry.case.number))

    @cached_property
    def _cases(self) -> tuple[Believed, ...]:
        return tuple(every_as_of(self.session, self.office, self.then))

    @cached_property
    def _rows(self) -> tuple[Row, ...]:
        """The rows of the index that stood there then."""
        duty = Basis.DUTY.value
        found = (row for case in self._cases for row in index_of(self.office, case.head, case.history, case.events))
        return tuple(row for row in found if row["basis"] != duty)

    def _of(self, scope: Scope) -> Iterator[Row]:
        """Those a report is of: completed in the period, or open past their limit and due by its last day."""
        for row in self._rows:
            if not self._is_of(row, scope):
                continue
            if row["open"]:
                first, last = scope.due_between
                wanted = _is_overdue(row, scope) and row["due_on"] is not None and first <= row["due_on"] <= last
            else:
                first, last = scope.closed_between
                wanted = _is_closed(row) and first <= row["stopped_on"] <= last
            if wanted:
                yield row

    def _is_of(self, row: Row, scope: Scope) -> bool:
        asked = {"permit": scope.permit, "handler": scope.handler, "clock_id": scope.clock}
        return row["basis"] == scope.basis.value and all(value in ("", row[name]) for name, value in asked.items())

    def _missed(self, scope: Scope) -> Iterator[tuple[date, date | None]]:
        for row in self._rows:
            if self._is_of(row, scope) and row["due_on"] is not None and row["due_on"] <= scope.last:
                late = _is_overdue(row, scope) if row["open"] else _is_closed(row) and row["state"] == "late"
                if late and (row["open"] or row["stopped_on"] >= scope.first):
                    yield row["due_on"], row["stopped_on"]


def tally_of(row: Row, scope: Scope) -> Tally:
    """A clock of the index as the pure figures take it."""
    in_days = row["unit"] == Unit.WORKING_DAYS
    return Tally(
        permit=row["permit"],
        due_on=row["due_on"],
        stopped_on=row["stopped_on"],
        overdue=row["state"] == "late" or (row["open"] and _is_overdue(row, scope)),
        immediate=in_days and row["rule_amount"] == 0,
        used=int(row["used"]) if in_days else None,
        amount=row["rule_amount"],
        handler=row["handler"],
        paused=tuple(json.loads(row["paused"] or "{}").items()),
    )


def _is_closed(row: Row) -> bool:
    return row["stopped_on"] is not None and row["state"] != "cancelled"


def _is_overdue(row: Row, scope: Scope) -> bool:
    return row["state"] == "late" or (row["due_at"] is not None and row["due_at"] < scope.now)


def _age(row: Row, ages: Sequence[date]) -> int:
    return next((n for n, first in enumerate(ages) if row["started_on"] >= first), len(ages))


def _light(row: Row, scope: Scope) -> str:
    if _is_overdue(row, scope):
        return "red"
    if row["due_on"] is None:
        return "paused"
    return "yellow" if row["yellow_at"] is not None and row["yellow_at"] <= scope.now else "green"
