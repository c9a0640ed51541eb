"""What a report is made from: the index of the clocks as it stands now, added up by the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from schedules.calendars import CalendarError, WorkingCalendar
from sla.conduct import Conduct, Entries, Extending, added, entries, free_days
from sla.durations import Lasted, Spread, spread
from sla.messages import DueEntry
from sla.reports import Figures, Scope
from sla.service.lists import card, histories
from sla.service.offices import Office
from sla.service.records import late_from, paused_from
from sla.store import lists
from sla.store import reports as store
from sla.store.engine import Session
from sla.store.sums import UNKNOWN

AGES = (5, 10, 20, 30)  # working days since a clock began: up to so many; the last are older
LIGHTS = ("red", "yellow", "green", "paused")
Counted = Iterable[tuple[tuple[str, ...], Figures]]


class Facts(Protocol):
    """What a report asks for, of any scope."""

    def counted(self, scope: Scope, by: Sequence[str] = ("permit", "handler")) -> Counted:
        """The figures of each month (2026-09) and whatever columns else they are counted by."""

    def lasted(self, scope: Scope) -> tuple[Lasted, ...]:
        """The measured ones: limits in working days, immediate items left out."""

    def stages(self, scope: Scope) -> Mapping[str, Spread]:
        """How long each stage took."""

    def waiting(self, scope: Scope) -> Mapping[tuple[int, str], int]:
        """How many open clocks there are of each age and light."""

    def conduct(self, scope: Scope) -> Conduct: ...

    def paused_again(self, scope: Scope) -> tuple[DueEntry, ...]:
        """The clocks that were paused again in the period on a day they had been resumed (R10)."""


@dataclass(frozen=True)
class Indexed:
    """The facts of an office as they stand. How many statements there are does not depend on how many cases.

    `plain`: counted from the clocks alone, without the sums of whole months, which come to the same.
    """

    session: Session
    office: Office
    plain: bool = False

    def counted(self, scope: Scope, by: Sequence[str] = ("permit", "handler")) -> Counted:
        return store.counted(self.session, self.office.id, scope, by, plain=self.plain)

    def lasted(self, scope: Scope) -> tuple[Lasted, ...]:
        return tuple(
            Lasted(row.permit, row.rule_amount, int(row.used), paused_from(_known(row.paused)), int(row.n))
            for row in store.lasted(self.session, self.office.id, scope, plain=self.plain)
        )

    def stages(self, scope: Scope) -> Mapping[str, Spread]:
        rows = store.stages(self.session, self.office.id, scope, plain=self.plain)
        return spreads((row.clock_id, int(row.used), int(row.n)) for row in rows)

    def waiting(self, scope: Scope) -> Mapping[tuple[int, str], int]:
        rows = store.waiting(self.session, self.office.id, scope, apart(self.office, scope))
        return {(row.age, row.light): row.n for row in rows}

    def conduct(self, scope: Scope) -> Conduct:
        session, office, calendar = self.session, self.office, self.office.calendar
        missed = ((row.due_on, row.stopped_on) for row in store.overdue_spans(session, office.id, scope))
        more = store.extended(session, office.id, scope, plain=self.plain)
        return Conduct(
            free=free_days(calendar, scope.first, min(scope.last, office.today(scope.now)), missed),
            extending=Extending(int(more.extended), int(more.days), int(more.n)),
            entries=self._entries(scope),
        )

    def _entries(self, scope: Scope) -> Entries:
        """Where a clock does not say what was late, the events do: after an upgrade, until the rebuild."""
        rows = store.entries(self.session, self.office.id, scope, plain=self.plain)
        counts = [(int(row.cases), late_from(_known(row.late_entries) or "")) for row in rows]
        late = [(kind, n * cases) for cases, kinds in counts for kind, n in kinds]
        if any(row.late_entries == UNKNOWN for row in rows):
            calendar = self.office.calendar
            made = (
                (row.kind, calendar.date_of(row.occurred_at), calendar.date_of(row.recorded_at))
                for row in store.unknown_entries(self.session, self.office.id, scope)
            )
            late += entries(calendar, made).late.items()
        return added(sum(int(row.entries) for row in rows), late)

    def paused_again(self, scope: Scope) -> tuple[DueEntry, ...]:
        """Read from the cases themselves: there is hardly ever one."""
        ids = lists.paused_again(self.session, self.office.id, scope.first)
        return tuple(
            DueEntry(card(self.office, row), replace(clock, paused_again=within))
            for row, history in histories(self.session, self.office, ids, scope.now)
            if scope.permit in ("", row.permit) and scope.handler in ("", row.handler)
            for clock in history.clocks
            if (within := tuple(day for day in clock.paused_again if scope.first <= day <= scope.last))
        )


def _known(text: str) -> str | None:
    """What the sums keep as UNKNOWN is null in a clock."""
    return None if text == UNKNOWN else text


def spreads(parts: Iterable[tuple[str, int, int]]) -> dict[str, Spread]:
    """Of each name its days and how many took them, in the order of the names."""
    named: dict[str, list[tuple[int, int]]] = {}
    for name, days, n in parts:
        named.setdefault(name, []).append((days, n))
    return {name: spread(pairs) for name, pairs in sorted(named.items())}


def apart(office: Office, scope: Scope) -> store.Waiting:
    """How open clocks are told apart by age on the day of a report."""
    today = office.today(scope.now)
    return store.Waiting([_so_long_ago(office.calendar, today, days) for days in AGES])


def _so_long_ago(calendar: WorkingCalendar, today: date, days: int) -> date:
    """The earliest day since which no more than so many working days have passed; the first there is, if it lies before
    the calendar."""
    try:
        return calendar.nth_working_day(today, -days if calendar.is_working_day(today) else -days - 1)
    except CalendarError:
        return date.min
