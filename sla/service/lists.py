"""What people look at: the due lists of a day, and the rates of a period. Plain reads."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from schedules.limits import Unit
from sla.clock import Clock, State
from sla.events import CaseEvent
from sla.history import History, Phase
from sla.messages import CaseCard, DueEntry, DueLists
from sla.policies import Basis
from sla.reports import Figures, Saving, Tally, figures, grouped, month_of, savings
from sla.service.errors import ServiceError
from sla.service.offices import Office
from sla.service.rebuild import history_of
from sla.service.records import events_from
from sla.store import cases as store
from sla.store import lists
from sla.store.engine import Session

logger = logging.getLogger("sla.lists")
NEXT_DAYS = 3  # how far the due-today board looks ahead, in working days


def card(office: Office, row: Any, permits: Mapping[str, Mapping[str, str]] | None = None) -> CaseCard:
    """A case as messages and pages name it; `permits` are the names of `permit_names`, where there are many cases."""
    names = (permits or permit_names(office)).get(row.permit, {"en": row.permit})
    handler = office.people.get(row.handler)
    link = case_link(office, row.number)
    name = handler.name if handler else ""
    return CaseCard(row.number, row.title, names, name, link, row.head_seq, row.permit, row.handler)


def case_link(office: Office, number: str) -> str:
    return f"{office.link}/cases/{quote(number, safe='')}"


def due_lists(session: Session, office: Office, now: datetime, handlers: Iterable[str] | None = None) -> DueLists:
    """Overdue, due today, due in the next 3 working days, paused, and awaiting acceptance: of everybody, or of some;
    and what was paused again on the day it was resumed."""
    today = office.today(now)
    until = office.calendar.nth_working_day(today, NEXT_DAYS)
    wanted = None if handlers is None else set(handlers)
    ids = [
        row.case_id for row in lists.open_clocks(session, office.id, until) if wanted is None or row.handler in wanted
    ]
    found: dict[str, list[DueEntry]] = {
        name: [] for name in ("overdue", "due_today", "next_days", "paused", "awaiting", "paused_again")
    }
    for row, history in histories(session, office, tuple(dict.fromkeys(ids)), now):
        for clock in history.clocks:
            name = _list_of(clock, history, today, until) if clock.is_open else None
            if name:
                found[name].append(DueEntry(card(office, row), clock))
            if clock.is_open and clock.paused_again:
                found["paused_again"].append(DueEntry(card(office, row), clock))
    for entries in found.values():
        entries.sort(key=_by_due)
    return DueLists(day=today, **{name: tuple(entries) for name, entries in found.items()})


def _by_due(entry: DueEntry) -> tuple[date, datetime, str, str]:
    """The earliest due first; of limits in hours the earlier moment of a day."""
    clock = entry.clock
    moment = clock.due_at if clock.due_at and clock.limit.timed else datetime.max.replace(tzinfo=UTC)
    return clock.due or date.max, moment, entry.case.number, clock.id


def histories(
    session: Session, office: Office, case_ids: Sequence[UUID], now: datetime
) -> Iterable[tuple[Any, History]]:
    """The cases of the ids, each read at `now`; a broken one is left out here and shown by `sla doctor`."""
    for row, _, history in with_events(session, office, case_ids, now):
        yield row, history


def with_events(
    session: Session, office: Office, case_ids: Sequence[UUID], now: datetime
) -> Iterable[tuple[Any, Sequence[CaseEvent], History]]:
    """The same, with all the events on record."""
    rows = store.cases_with(session, office.id, case_ids)
    events = store.events_of(session, office.id, case_ids)
    for row in sorted(rows, key=lambda row: str(row.number)):
        try:
            known = events_from(events[row.case_id])
            history = history_of(office, row, known, now)
        except Exception:  # one case that cannot be read keeps no list from anybody
            logger.exception("case %s cannot be read", row.number)
            continue
        yield row, known, history


@dataclass(frozen=True)
class Report:
    """The rates of a period by the promise (or another basis), with the days saved. All with their n.

    `paused_again`: clocks that were paused again in the period on a day they had been resumed (R10).
    """

    first: date
    last: date
    basis: Basis
    total: Figures
    by_permit: dict[str, Figures]
    by_month: dict[str, Figures]
    savings: tuple[Saving, ...]
    permit_names: dict[str, dict[str, str]]
    paused_again: tuple[DueEntry, ...] = ()

    @property
    def saved_per_item(self) -> int:
        """Σ (statutory − promise) over the items: the window's own figure."""
        return sum(saving.per_item for saving in self.savings)

    @property
    def saved_over_cases(self) -> int:
        return sum(saving.promised_over_cases for saving in self.savings)

    @property
    def saved_really(self) -> int:
        return sum(saving.actual_over_cases for saving in self.savings)


def report(
    session: Session, office: Office, first: date, last: date, now: datetime, basis: Basis | None = None
) -> Report:
    """Clocks completed from `first` to `last`, and those open and overdue whose deadline fell on or before `last`.

    Without a basis, by the promise, or by the statute in an office that promises nothing.
    """
    basis = basis or _usual_basis(office)
    closed = lists.clocks_between(session, office.id, [basis.value], first, last)
    still_open = lists.open_of(session, office.id, [basis.value])
    tallies = [_tally(row, now) for row in closed if row.state != State.CANCELLED.value]
    tallies += [_tally(row, now) for row in still_open if row.due_on and row.due_on <= last and _is_overdue(row, now)]
    return Report(
        first=first,
        last=last,
        basis=basis,
        total=figures(tallies),
        by_permit=dict(grouped(tallies, lambda tally: tally.permit)),
        by_month=dict(grouped(tallies, month_of)),
        savings=savings(_limits(office, last), tallies) if basis is Basis.PROMISE else (),
        permit_names=permit_names(office),
        paused_again=_paused_again(session, office, first, last, now),
    )


def _paused_again(session: Session, office: Office, first: date, last: date, now: datetime) -> tuple[DueEntry, ...]:
    """Read from the cases themselves: there is hardly ever one."""
    ids = lists.paused_again(session, office.id, first)
    return tuple(
        DueEntry(card(office, row), replace(clock, paused_again=within))
        for row, history in histories(session, office, ids, now)
        for clock in history.clocks
        if (within := tuple(day for day in clock.paused_again if first <= day <= last))
    )


def _after(last: date) -> date:
    return date.fromordinal(last.toordinal() + 1)


def _tally(row: Any, now: datetime) -> Tally:
    in_days = row.unit == Unit.WORKING_DAYS.value
    immediate = row.rule_amount == 0 and in_days
    used = int(row.used) if in_days else None
    return Tally(row.permit, row.due_on, row.stopped_on, _is_overdue(row, now), immediate, used, row.rule_amount)


def _is_overdue(row: Any, now: datetime) -> bool:
    """Whether it missed its deadline; an open one may have passed it since it was last looked at."""
    late: bool = row.state == State.LATE.value
    return late or (not row.stopped_on and row.due_at is not None and row.due_at < now)


def _limits(office: Office, on: date) -> dict[str, tuple[int, int]]:
    """Statutory and promised working days of each permit that has both, by the versions in force on a day (R17)."""
    limits: dict[str, tuple[int, int]] = {}
    for policy in (office.policy(row.policy_id, row.version) for row in office.in_force(on)):
        for permit, rules in policy.clocks.items():
            by_basis = {rule.basis: rule.limit for rule in rules if rule.limit.unit is Unit.WORKING_DAYS}
            if Basis.STATUTE in by_basis and Basis.PROMISE in by_basis:
                limits[permit] = (by_basis[Basis.STATUTE].amount, by_basis[Basis.PROMISE].amount)
    return limits


def _usual_basis(office: Office) -> Basis:
    policies = (office.policy(row.policy_id, row.version) for row in office.policy_rows)
    rules = (rule for policy in policies for clocks in policy.clocks.values() for rule in clocks)
    return Basis.PROMISE if any(rule.basis is Basis.PROMISE for rule in rules) else Basis.STATUTE


def permit_names(office: Office) -> dict[str, dict[str, str]]:
    """The names of every permit the office ever granted, as its newest version has them."""
    policies = [office.policy(row.policy_id, row.version) for row in office.policy_rows]
    return {permit.id: dict(permit.names) for policy in policies for permit in policy.permits.values()}


def _list_of(clock: Clock, history: History, today: date, until: date) -> str | None:
    if clock.state is State.PAUSED:
        return "paused"
    if clock.due_on is None:
        return None
    if clock.overdue:
        return "overdue"
    if clock.due_on == today:
        return "due_today"
    if clock.due_on <= until:
        return "next_days"
    return "awaiting" if history.phase is Phase.RECEIVED and history.deemed_on is None else None


def period_of(first: str, last: str, today: date) -> tuple[date, date]:
    """The days of a report: as asked, or the year that ends today. Raises ServiceError naming the wrong end."""
    ends = _day(last, "to") if last else today
    begins = _day(first, "from") if first else _after(ends.replace(year=ends.year - 1, day=min(ends.day, 28)))
    if begins > ends:
        raise ServiceError("from", f"{begins} is later than {ends}")
    return begins, ends


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ServiceError(field, f"{text!r} is no date; write 2026-09-18") from None
    if not 1900 <= day.year <= 2199:
        raise ServiceError(field, f"{text} is no year to report on; write a date between 1900 and 2199")
    return day
