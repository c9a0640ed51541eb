"""`sla policy simulate`: what would have come of the cases of a period under another promise, pause rule or calendar.

Reads only. Where what is stored of a stopped clock tells all, it is counted again from that; every other case is
replayed from its events, by the same clock, as it was and as it would be.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from schedules.calendars import CalendarError, Level, WorkingCalendar
from schedules.faults import Phrase
from schedules.notices import Notice
from sla.history import HistoryError
from sla.policies import Basis, Policy, PolicyError
from sla.recounting import Began, Recount, Stored, can_recount, days_off, is_plain
from sla.reports import Scope
from sla.service.calendar_files import notice_of
from sla.service.days import day_of
from sla.service.errors import ServiceError
from sla.service.offices import Office, parsed
from sla.service.rebuild import policy_of
from sla.service.records import events_from
from sla.service.report_asked import bases_of, narrowed, period_of
from sla.simulate import Change, Facts, Pair, Simulated, Sums, World, as_it_was, least_promises
from sla.store import calendars, recounting
from sla.store import cases as store
from sla.store.engine import Session

logger = logging.getLogger("sla.simulating")
PAGE = 500  # cases read at a time
MOST_DAYS = 366
MOST_AT_ONCE = 5_000  # cases that are counted while somebody waits for a page
UNLIKE = ("paused", "extended", "rebased")  # events of a case that what is stored of its clocks does not tell


@dataclass(frozen=True)
class Supposed:
    """What is supposed, as it was written.

    `promises` and `leaves` are NAME=VALUE, days are one or FIRST..LAST, `calendar` is the text of a notice.
    """

    first: str = ""
    last: str = ""
    basis: str = ""
    permit: str = ""
    promises: Sequence[str] = ()
    closed: Sequence[str] = ()
    leaves: Sequence[str] = ()
    calendar: str = ""
    run_on: bool = False
    not_counted: Sequence[str] = ()
    counted: Sequence[str] = ()
    replay: bool = False  # whatever is stored: every case from its events
    most: int | None = None  # so many cases at most


@dataclass(frozen=True)
class Simulation:
    """What came of it. `gaps` say why such a policy could not be published (R12); `failed` are the cases that could not
    be replayed, with why; `recounted` is how many were told by what is stored of them."""

    scope: Scope
    change: Change
    found: Simulated
    gaps: tuple[PolicyError, ...]
    failed: tuple[tuple[str, Phrase], ...]
    recounted: int = 0

    @property
    def replayed(self) -> int:
        return self.found.cases - self.recounted


def simulated(session: Session, office: Office, supposed: Supposed, now: datetime) -> Simulation:
    """The cases closed in the period, and those open, both ways. Raises ServiceError naming what is wrong."""
    first, last = period_of(supposed.first, supposed.last, office.today(now))
    basis, permit, _ = narrowed(office, supposed.basis, supposed.permit, "")
    scope = Scope(basis or bases_of(office)[0], first, last, now, permit)
    change = _change(office, supposed, scope.basis)
    _bound(session, office, supposed, scope)
    sums, world, policies = Sums(scope), World(change), dict[tuple[str, int], Policy]()
    plain = None if supposed.replay or not can_recount(change) else _plain(session, office, scope, change)
    if plain:
        _recount(session, office, plain, Recount(world, scope, plain.calendars, policies), sums)
    recounted = sums.cases
    replay = _Replay(session, office, scope, world, now, plain.asked if plain else None, policies)
    for pair in replay.pairs():
        sums.replayed(pair)
    gaps = {str(gap): gap for policy in policies.values() for gap in change.policy(policy).gaps()}
    return Simulation(scope, change, sums.found(), tuple(gaps.values()), tuple(replay.failed), recounted)


def _bound(session: Session, office: Office, supposed: Supposed, scope: Scope) -> None:
    if supposed.most is None:
        return
    n, still_open = recounting.how_many(session, office.id, scope)
    if n > supposed.most:
        raise ServiceError(
            "period",
            "%(n)s cases, of which %(open)s are open, are more than are counted at once, %(most)s; take fewer days or "
            "one permit, or ask on the office's server: sla policy simulate",
            n=f"{n:,}",
            open=f"{still_open:,}",
            most=f"{supposed.most:,}",
        )


# --- from what is stored ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Plain:
    """Which clocks are plain, and the calendars that may have counted them, by the version that is stored."""

    asked: recounting.Plain
    calendars: Mapping[str, WorkingCalendar]


def _plain(session: Session, office: Office, scope: Scope, change: Change) -> _Plain:
    policies = [parsed(row.content) for row in office.policy_rows]
    known = [(one.id, one.version, of) for one in policies for of in one.permits if is_plain(one, of, scope)]
    versions = {row.version for row in calendars.changes_of(session, office.id)} | {office.calendar.version}
    counted = [office.calendar_of(version) for version in sorted(versions)]
    by_version = {calendar.legal.version: calendar for calendar in counted}
    by_version |= {calendar.version: calendar for calendar in counted}
    heard = ("correction_requested",) if change.not_counted else ()  # which may not be permitted then
    return _Plain(recounting.Plain(known, sorted(by_version), sorted(days_off(change)), (*UNLIKE, *heard)), by_version)


def _recount(session: Session, office: Office, plain: _Plain, recount: Recount, sums: Sums) -> None:
    known: dict[tuple[str, int], Policy] = {}
    for row in recounting.each_plain(session, office.id, sums.scope, plain.asked):
        number, policy_id, version, permit, handler, began, by, due, stopped, state, since, since_by = row
        if (policy_id, version) not in known:
            known[policy_id, version] = office.policy(policy_id, version)
            recount.policies[policy_id, version] = known[policy_id, version]
        statute = Began(since, since_by) if since else None
        stored = Stored(
            policy_id, version, permit, handler, Began(began, by), due, stopped, state == "late", statute
        )  # fmt: skip
        sums.recounted(number, *recount.at(stored))


@dataclass
class _Replay:
    """The way through the cases, a page at a time."""

    session: Session
    office: Office
    scope: Scope
    world: World
    now: datetime
    plain: recounting.Plain | None  # what is told without
    policies: dict[tuple[str, int], Policy]
    failed: list[tuple[str, Phrase]] = field(default_factory=list)

    def pairs(self) -> Iterator[Pair]:
        after = None
        while ids := recounting.others(self.session, self.office.id, self.scope, self.plain, after, PAGE):
            events = store.events_of(self.session, self.office.id, ids)
            for row in store.cases_with(self.session, self.office.id, ids):
                known = events_from(events[row.case_id])
                policy = policy_of(self.office, row, known)
                self.policies[policy.id, policy.version] = policy
                calendar = self.office.calendar_of(row.calendar_version)
                case = Facts(row.number, policy, calendar, known, self.office.calendar_of)
                try:
                    yield self._pair(case)
                except HistoryError as error:
                    self.failed.append((row.number, Phrase("%(error)s", error=error)))
                except Exception as error:  # one case that cannot be read keeps the others from nobody
                    logger.exception("case %s cannot be replayed", row.number)
                    self.failed.append(
                        (row.number, Phrase("%(kind)s: %(error)s", kind=type(error).__name__, error=str(error)))
                    )
            after = ids[-1]

    def _pair(self, case: Facts) -> Pair:
        least = least_promises(case, self.world, self.scope, self.now) if self.scope.basis is Basis.PROMISE else ()
        return Pair(case.number, as_it_was(case, self.now), self.world.read(case, self.now), least)


# --- what is supposed -------------------------------------------------------------------------------------------------
def _change(office: Office, supposed: Supposed, basis: Basis) -> Change:
    policies = [office.policy(row.policy_id, row.version) for row in office.policy_rows]
    closed = tuple(_days_off(text, "closed", number) for number, text in enumerate(supposed.closed, start=1))
    return Change(
        basis=basis,
        promises=dict(_promise(text, policies) for text in supposed.promises),
        not_counted=_grounds(supposed.not_counted, "not-counted", policies),
        counted=_grounds(supposed.counted, "counted", policies),
        notices=(notice_of(supposed.calendar),) if supposed.calendar else (),
        closed=closed,
        leaves=_leaves(office, supposed.leaves),
        run_on=supposed.run_on,
    )


def _promise(text: str, policies: Sequence[Policy]) -> tuple[str, int]:
    permit, _, amount = text.partition("=")
    promised = {
        of for policy in policies for of, rules in policy.clocks.items() if any(r.basis is Basis.PROMISE for r in rules)
    }
    if permit not in promised:
        raise ServiceError(
            "promise",
            "%(permit)r promises nothing here; known are: %(promised)s",
            permit=permit,
            promised=sorted(promised),
        )
    if not (amount.isascii() and amount.isdigit() and len(amount) < 5 and 0 < int(amount) <= MOST_DAYS):
        raise ServiceError(
            "promise", "%(text)r names no limit; write for example %(permit)s=3", text=text, permit=permit
        )
    return permit, int(amount)


def _grounds(asked: Sequence[str], field_name: str, policies: Sequence[Policy]) -> frozenset[str]:
    known = {ground for policy in policies for ground in policy.grounds}
    for ground in asked:
        if ground not in known:
            raise ServiceError(
                field_name, "%(value)r is unknown; known are: %(known)s", value=ground, known=sorted(known)
            )
    return frozenset(asked)


def _leaves(office: Office, asked: Sequence[str]) -> Mapping[str, tuple[Notice, ...]]:
    found: dict[str, tuple[Notice, ...]] = {}
    for number, text in enumerate(asked, start=1):
        person, _, days = text.partition("=")
        handler = office.person(person, "leave").id
        found[handler] = (*found.get(handler, ()), _days_off(days, "leave", number))
    return found


def _days_off(text: str, field_name: str, number: int) -> Notice:
    """One day or FIRST..LAST, off for every clock, whatever the calendar says of them."""
    begins, _, ends = text.partition("..")
    first, last = day_of(begins, field_name), day_of(ends or begins, field_name)
    if first > last or (last - first).days >= MOST_DAYS:
        raise ServiceError(field_name, "%(text)r is no span of days; write 2026-09-24..2026-09-25", text=text)
    name = f"{field_name} {number}"
    days = {first + timedelta(days=n): name for n in range((last - first).days + 1)}
    try:
        return Notice(name, name, date(first.year, 1, 1), Level.REGION, closed=days)
    except CalendarError as error:
        raise ServiceError(field_name, "%(error)s", error=error) from None
