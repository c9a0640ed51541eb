"""The cases behind a figure: exactly those that were counted, with the definition on top, a page at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import Response

from schedules.limits import Unit
from sla.clock import Clock, State
from sla.reports import Cut, Scope
from sla.service import reporting
from sla.service.errors import ServiceError
from sla.service.lists import histories, permit_names
from sla.service.report_asked import clock_names
from sla.service.reporting import Members
from sla.web.frame import App, Visit, case_path, page
from sla.web.lights import Shown, Sign, light_of
from sla.web.periods import PeriodError
from sla.web.rates_asked import Asked, asked_of, part_of, texts_of
from sla.web.rates_meanings import meaning
from sla.words import NO_DATA, Words, standing_text

KEPT = ("figure", "value", "month", "clock")


@dataclass(frozen=True)
class Line:
    """A clock of the set with its case: when it was due and done, and how it stands or stood."""

    number: str
    path: str
    title: str
    permit: str
    clock: str
    handler: str
    due: str
    due_on: str
    done: str
    done_on: str
    light: Shown
    standing: str


@dataclass(frozen=True)
class Behind:
    """The whole page. `of` says what part of a report it is; `back` leads to the report, `more` goes on."""

    title: str
    definition: str
    of: tuple[str, ...]
    n: int
    lines: tuple[Line, ...]
    back: str
    more: str


def cases_behind(app: App, visit: Visit) -> Response:
    """The page of one figure."""
    try:
        cut = _cut(visit)
        asked = asked_of(visit, texts_of(visit))
        scope = part_of(visit, asked)
        value = visit.asked("value")
        found = reporting.members(visit.session, visit.office, scope, cut, value, visit.asked("after"))
    except (PeriodError, ServiceError) as error:
        text = error.text if isinstance(error, PeriodError) else str(error)
        values = {"view": None, "problem": text}
        return page(app, visit.request, "rates_cases.html", values, 400)
    view = _view(visit, asked, scope, cut, value, found)
    return page(app, visit.request, "rates_cases.html", {"view": view, "problem": ""})


def _cut(visit: Visit) -> Cut:
    asked = visit.asked("figure")
    if asked not in set(Cut):
        text = visit.said.gettext("There is no figure “%(text)s”. Come from the rates.", text=asked[:40])
        raise PeriodError("figure", text)
    return Cut(asked)


def _view(visit: Visit, asked: Asked, scope: Scope, cut: Cut, value: str, found: Members) -> Behind:
    title, definition = meaning(cut, value, visit.office, visit.said)
    kept = {**asked.texts, **{name: visit.asked(name) for name in KEPT}}
    more = {name: text for name, text in {**kept, "after": found.more}.items() if text}
    return Behind(
        title,
        definition,
        tuple(_of(visit, scope, cut)),
        found.n,
        tuple(_lines(visit, found.rows)),
        asked.path(),
        f"/rates/cases?{urlencode(more)}" if found.more else "",
    )


def _of(visit: Visit, scope: Scope, cut: Cut) -> Iterator[str]:
    """Which part of which report: the period, unless it is of today, and what it was narrowed to."""
    said, office = visit.said, visit.office
    first, last = said.date(scope.first, year=True), said.date(scope.last, year=True)
    yield said.gettext("today") if cut is Cut.WAITING else said.gettext("%(first)s to %(last)s", first=first, last=last)
    if scope.month:
        yield said.month(scope.month)
    yield said.term(scope.basis)
    if scope.permit:
        yield said.name(permit_names(office)[scope.permit])
    if scope.clock:
        yield said.name(clock_names(office)[scope.clock])
    if scope.handler:
        yield office.name_of(scope.handler)


# --- the list ---------------------------------------------------------------------------------------------------------
def _lines(visit: Visit, rows: tuple[Any, ...]) -> Iterator[Line]:
    """Open clocks are read from their events, as they stand now."""
    ids = tuple(dict.fromkeys(row.case_id for row in rows if row.open))
    read = histories(visit.session, visit.office, ids, visit.now) if ids else ()
    clocks = {(case.case_id, clock.id): clock for case, history in read for clock in history.clocks}
    permits = {permit: visit.said.name(names) for permit, names in permit_names(visit.office).items()}
    limits = {clock: visit.said.name(names) for clock, names in clock_names(visit.office).items()}
    for row in rows:
        yield _line(visit, row, clocks.get((row.case_id, row.clock_id)), permits, limits)


def _line(visit: Visit, row: Any, clock: Clock | None, permits: Mapping[str, str], limits: Mapping[str, str]) -> Line:
    said = visit.said
    light, standing = (light_of(clock, said), standing_text(clock, visit.now, said)) if clock else _stood(row, said)
    return Line(
        number=row.number,
        path=case_path(row.number),
        title=row.title,
        permit=permits.get(row.permit, row.permit),
        clock=limits.get(row.clock_id, row.clock_id),
        handler=visit.office.name_of(row.handler),
        due=said.date(row.due_on, year=True) if row.due_on else NO_DATA,
        due_on=row.due_on.isoformat() if row.due_on else "",
        done=said.date(row.stopped_on, year=True) if row.stopped_on else NO_DATA,
        done_on=row.stopped_on.isoformat() if row.stopped_on else "",
        light=light,
        standing=standing,
    )


def _stood(row: Any, said: Words) -> tuple[Shown, str]:
    """How a clock stood when it was stopped, by its row; so too one whose case cannot be read."""
    if row.state == State.LATE:
        return Shown(Sign.RED, said.term(State.LATE)), said.overdue(row.late_by or 0)
    return Shown(Sign.GREEN, said.term(State(row.state))), _used(row, said)


def _used(row: Any, said: Words) -> str:
    """How much of the limit it took; months and the like are used up in calendar days (R6)."""
    unit = Unit(row.unit)
    if unit is Unit.WORKING_DAYS and not row.rule_amount:
        return said.gettext("same day")
    if unit.lasts is not None:
        return said.gettext("used %(days)s", days=said.amount(float(row.used), unit))
    days = Unit.WORKING_DAYS if unit is Unit.WORKING_DAYS else Unit.CALENDAR_DAYS
    return said.gettext("used %(days)s", days=said.amount(int(row.used), days))
