"""A report as it was asked for in words: of which days, as of when, beside what, and line by line by what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sla.months import Days
from sla.reports import Figures, Scope
from sla.service.as_of import moment_of
from sla.service.errors import ServiceError
from sla.service.offices import Office, every_office
from sla.service.report_asked import bases_of, limits_of, narrowed, period_of
from sla.service.report_facts import Facts, Indexed
from sla.service.report_figures import By, Line, Told, lines_of
from sla.service.report_then import Then
from sla.service.reporting import Report, report_of
from sla.store.engine import Session
from sla.words import Words

USUAL = (By.PERMIT, By.MONTH)
BEFORE, YEAR = "before", "year"


@dataclass(frozen=True)
class Wanted:
    """What is asked for, as it was written; "" leaves a thing open. `compare`: before, year, or FIRST..LAST.

    `alone`: of the lines by office its own only, for whoever is of one office.
    """

    first: str = ""
    last: str = ""
    basis: str = ""
    permit: str = ""
    handler: str = ""
    compare: str = ""
    as_of: str = ""
    by: tuple[By, ...] = ()
    alone: bool = False


def made(session: Session, office: Office, wanted: Wanted, now: datetime, said: Words) -> Told:
    """The whole report. Raises ServiceError naming what is wrong with what was asked."""
    then = moment_of(office, wanted.as_of, now) if wanted.as_of else None
    asked = _Asked(session, then or now, past=then is not None, alone=wanted.alone)
    first, last = period_of(wanted.first, wanted.last, office.today(asked.moment))
    basis, permit, handler = narrowed(office, wanted.basis, wanted.permit, wanted.handler)
    scope = Scope(basis or bases_of(office)[0], first, last, asked.moment, permit, handler)
    return asked.told(office, scope, _other(wanted.compare, Days(first, last)), wanted.by or USUAL, now, said)


def made_of(
    session: Session, office: Office, scope: Scope, other: Days | None, by: tuple[By, ...], now: datetime, said: Words
) -> Told:
    """The whole report of a scope as things stand, or by what was on record at its `now` where that is earlier."""
    return _Asked(session, scope.now, past=scope.now < now).told(office, scope, other, by, now, said)


def facts_of(session: Session, office: Office, then: datetime | None) -> Facts:
    """What a report is made from: what was on record at `then`, or how things stand."""
    return Then(session, office, then) if then else Indexed(session, office)


def limits_then(office: Office, scope: Scope) -> Mapping[str, tuple[int, int]]:
    """The limits that were in force on the last day of a scope; as of an earlier day, on that day at the latest."""
    return limits_of(office, min(scope.last, office.today(scope.now)))


@dataclass(frozen=True)
class _Asked:
    """As of which moment; `past`: by what was on record then. `alone`: no other office is read."""

    session: Session
    moment: datetime
    past: bool
    alone: bool = False

    def told(
        self, office: Office, scope: Scope, other: Days | None, by: tuple[By, ...], now: datetime, said: Words
    ) -> Told:
        facts = self.facts(office)
        report = self.report(office, scope, facts)
        offices = tuple(self.lines(office, scope)) if By.OFFICE in by else ()
        return Told(
            office=office,
            report=report,
            other=self.report(office, replace(scope, first=other.first, last=other.last), facts) if other else None,
            lines=tuple(lines_of(office, report, one, said, offices) for one in by),
            as_of=self.moment if self.past else None,
            now=now,
            said=said,
        )

    def facts(self, office: Office) -> Facts:
        return facts_of(self.session, office, self.moment if self.past else None)

    def report(self, office: Office, scope: Scope, facts: Facts) -> Report:
        limits = limits_then(office, scope) if self.past else limits_of(office, scope.last)
        return report_of(office, scope, facts, limits, whole=True)

    def lines(self, office: Office, scope: Scope) -> Iterator[Line]:
        """A line for each office of the database that keeps such limits, or for this one alone."""
        for other in every_office(self.session, office.id if self.alone else None):
            one = office if other.id == office.id else other
            if scope.basis in bases_of(one):
                counted = self.facts(one).counted(replace(scope, handler=""), ("permit",))
                yield Line(one.slug, one.name, sum((part for _, part in counted), Figures()))


def _other(compare: str, days: Days) -> Days | None:
    if not compare:
        return None
    if compare in (BEFORE, YEAR):
        return days.before if compare == BEFORE else days.year_before
    first, dots, last = compare.partition("..")
    try:
        other = Days(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        dots = ""
    if not dots or other.first > other.last:
        raise ServiceError(
            "compare", "%(compare)r is no period; write before, year, or 2025-09-01..2025-09-30", compare=compare[:40]
        )
    return other
