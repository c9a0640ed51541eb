"""What a report may be asked for: the limits an office keeps and their names, and the days it is of."""

from collections.abc import Iterable, Mapping
from datetime import date

from schedules.limits import Unit
from sla.policies import Basis, ClockRule
from sla.service.errors import ServiceError
from sla.service.lists import permit_names
from sla.service.offices import Office

_ON_PAGES = (Basis.PROMISE, Basis.STATUTE, Basis.STAGE)  # what a report may be of


def limits_of(office: Office, on: date) -> dict[str, tuple[int, int]]:
    """Statutory and promised working days of each permit that has both, by the versions in force on a day (R17)."""
    limits: dict[str, tuple[int, int]] = {}
    for policy in (office.policy(row.policy_id, row.version) for row in office.in_force(on)):
        for permit, rules in policy.clocks.items():
            by_basis = {rule.basis: rule.limit for rule in rules if rule.limit.unit is Unit.WORKING_DAYS}
            if Basis.STATUTE in by_basis and Basis.PROMISE in by_basis:
                limits[permit] = (by_basis[Basis.STATUTE].amount, by_basis[Basis.PROMISE].amount)
    return limits


def _rules(office: Office) -> Iterable[ClockRule]:
    """Every rule there ever was, the newest version's last."""
    policies = (office.policy(row.policy_id, row.version) for row in office.policy_rows)
    return (rule for policy in policies for rules in policy.clocks.values() for rule in rules)


def bases_of(office: Office) -> tuple[Basis, ...]:
    """Whose limits the office keeps, the usual one first; the statute where it keeps none."""
    kept = {rule.basis for rule in _rules(office)}
    return tuple(basis for basis in _ON_PAGES if basis in kept) or (Basis.STATUTE,)


def clock_names(office: Office) -> dict[str, Mapping[str, str]]:
    """What each clock is called, by its newest policy version."""
    return {rule.id: rule.names for rule in _rules(office)}


def ground_names(office: Office) -> dict[str, Mapping[str, str]]:
    policies = (office.policy(row.policy_id, row.version) for row in office.policy_rows)
    return {ground.id: ground.names for policy in policies for ground in policy.grounds.values()}


def narrowed(office: Office, basis: str, permit: str, handler: str) -> tuple[Basis | None, str, str]:
    """What a report is narrowed to, "" leaving a thing open. Raises ServiceError naming what is unknown."""
    bases = {one.value: one for one in bases_of(office)}
    if basis and basis not in bases:
        raise ServiceError(
            "basis", "%(basis)r is none of this office's; known are: %(bases)s", basis=basis, bases=bases
        )
    if permit and permit not in permit_names(office):
        raise ServiceError(
            "permit",
            "%(value)r is unknown; known are: %(known)s",
            value=permit,
            known=permit_names(office),
        )
    if handler:
        office.person(handler, "handler")
    return bases.get(basis), permit, handler


def period_of(first: str, last: str, today: date) -> tuple[date, date]:
    """The days of a report: as asked, or the year that ends today. Raises ServiceError naming the wrong end."""
    ends = _day(last, "to") if last else today
    begins = _day(first, "from") if first else _after(ends.replace(year=ends.year - 1, day=min(ends.day, 28)))
    if begins > ends:
        raise ServiceError("from", "%(begins)s is later than %(ends)s", begins=begins, ends=ends)
    return begins, ends


def _after(last: date) -> date:
    return date.fromordinal(last.toordinal() + 1)


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ServiceError(field, "%(text)r is no date; write 2026-09-18", text=text) from None
    if not 1900 <= day.year <= 2199:
        raise ServiceError(field, "%(text)s is no year to report on; write a date between 1900 and 2199", text=text)
    return day
