"""What a report is asked for in an address, and the addresses that ask for the cases behind its figures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from sla.months import Days
from sla.reports import Cut, Scope
from sla.service.as_of import moment_of
from sla.service.errors import ServiceError
from sla.service.lists import permit_names
from sla.service.offices import Office
from sla.service.report_asked import bases_of, clock_names, limits_of
from sla.service.report_facts import Facts
from sla.service.report_made import limits_then
from sla.service.reporting import MOST_AS_OF, Report, cases_of, report_of
from sla.web.frame import Visit
from sla.web.periods import FIRST_YEAR, MOST_YEARS, PeriodError, day_of, other_of, period_of, usual
from sla.words import Words

NAMES = ("from", "to", "basis", "permit", "handler", "against", "other_from", "other_to", "as_of")
AGAINST = ("before", "year", "own")
ALL: Mapping[str, str] = {}


@dataclass(frozen=True)
class Count:
    """A figure that leads to the cases behind it: what is shown, of how many cases, and where they are listed; "" where
    they are not."""

    text: str
    n: int
    path: str


@dataclass(frozen=True)
class Asked:
    """What a report is of, and what it is compared with; `then`: when what it is of was on record, if not now."""

    scope: Scope
    other: Scope | None
    texts: Mapping[str, str]  # as they stand in the address, by name; "" where nothing was asked
    then: datetime | None = None

    def path(self, at: str = "/rates", /, **changes: str) -> str:
        """The address of the same report with other things asked; "" leaves a thing out."""
        texts = {**self.texts, **changes}
        asked = {name: text for name, text in texts.items() if text}
        return f"{at}?{urlencode(asked)}" if asked else at

    def count(self, n: int, cut: Cut, text: str = "", value: str = "", of: Mapping[str, str] = ALL) -> Count:
        """A figure of so many cases, which are of a part of the report, or of another period: `of` says it as it stands
        in an address. What is listed stands as it does now: as of an earlier moment, a figure leads nowhere."""
        if self.then:
            return Count(text or str(n), n, "")
        asked = {name: self.texts[name] for name in ("basis", "permit", "handler")}
        values = {"figure": cut.value, "value": value, **days_of(self.scope), **asked, **of}
        query = urlencode({name: text for name, text in values.items() if text})
        return Count(text or str(n), n, f"/rates/cases?{query}")


def usual_of(visit: Visit, asked: Asked, at: str = "/rates") -> tuple[tuple[str, str, bool], ...]:
    """The usual periods: (words, where the same is asked of it, whether it is the one that is asked)."""
    mine = Days(asked.scope.first, asked.scope.last)
    return tuple(
        (name, asked.path(at, **{"from": days.first.isoformat(), "to": days.last.isoformat()}), days == mine)
        for name, days in usual(visit.office.today(asked.then or visit.now), visit.said)
    )


def days_of(scope: Scope) -> dict[str, str]:
    """The period of a scope as it stands in an address."""
    return {"from": scope.first.isoformat(), "to": scope.last.isoformat()}


def texts_of(visit: Visit) -> dict[str, str]:
    """What stands in the address, whatever it is."""
    return {name: visit.asked(name) for name in NAMES}


def texts_now(visit: Visit) -> dict[str, str]:
    """The same of a list that shows how things stand, whatever day the report was of."""
    return {**texts_of(visit), "as_of": ""}


def asked_of(visit: Visit, texts: Mapping[str, str]) -> Asked:
    """What was asked. Raises PeriodError."""
    said, office, then = visit.said, visit.office, _then(visit, texts["as_of"])
    days = period_of(texts["from"], texts["to"], office.today(then or visit.now), said)
    other = other_of(texts["against"], texts["other_from"], texts["other_to"], days, said)
    scope = _scope(office, days, then or visit.now, texts, said)
    kept = {**texts, **days_of(scope)}
    return Asked(scope, replace(scope, first=other.first, last=other.last) if other else None, kept, then)


def _then(visit: Visit, text: str) -> datetime | None:
    """The end of the day that a report is as of; None for now. Raises PeriodError."""
    if not text:
        return None
    day = day_of("as_of", text, visit.said)
    if day.year < FIRST_YEAR + MOST_YEARS:  # so that what is asked for lies within what can be counted
        raise PeriodError("as_of", visit.said.gettext("Nothing was on record then. Choose a later day."))
    try:
        then = moment_of(visit.office, day.isoformat(), visit.now)
    except ServiceError as error:
        raise PeriodError("as_of", visit.said.phrase(error.phrase)) from None
    if then < visit.now and cases_of(visit.session, visit.office) > MOST_AS_OF:
        text = visit.said.gettext(
            "With more than %(n)s cases, ask on the office's server: sla report --as-of", n=f"{MOST_AS_OF:,}"
        )
        raise PeriodError("as_of", text)
    return then if then < visit.now else None


def report_at(visit: Visit, asked: Asked, facts: Facts) -> Report:
    """The report that was asked for; of an earlier moment by the limits that were in force then."""
    office, scope = visit.office, asked.scope
    return report_of(office, scope, facts, limits_then(office, scope) if asked.then else limits_of(office, scope.last))


def part_of(visit: Visit, asked: Asked) -> Scope:
    """The part of a report whose cases are asked for: one month of it, or one clock. Raises PeriodError."""
    month, clock = visit.asked("month"), visit.asked("clock")
    if clock and clock not in clock_names(visit.office):
        raise PeriodError("clock", visit.said.gettext("There is no limit “%(text)s” here.", text=clock[:40]))
    first = day_of("month", f"{month}-01", visit.said) if month else None
    return replace(asked.scope, clock=clock, month=first)


def _scope(office: Office, days: Days, now: datetime, texts: Mapping[str, str], said: Words) -> Scope:
    bases = bases_of(office)
    basis = next((one for one in bases if one.value == (texts["basis"] or bases[0].value)), None)
    if basis is None:
        raise PeriodError("basis", said.gettext("The office keeps no limits of this kind. Choose another."))
    permit = texts["permit"]
    if permit and permit not in permit_names(office):
        raise PeriodError("permit", said.gettext("There is no permit “%(text)s” here.", text=permit[:40]))
    return Scope(basis, days.first, days.last, now, permit, texts["handler"])
