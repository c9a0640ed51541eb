"""The cases behind a figure: exactly those that were counted, with the definition on top, a page at a time; and all of
them as a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import Response

from schedules.limits import Unit
from sla.clock import Clock, State
from sla.formats.table import Choice, Column, Kind, Table
from sla.formats.table import Row as Values
from sla.reports import Cut, Scope
from sla.service import reporting
from sla.service.errors import ServiceError
from sla.service.finding import MOST_CASES, TooManyError, is_past
from sla.service.lists import histories, permit_names
from sla.service.report_asked import clock_names
from sla.service.reporting import Members
from sla.web.files import ListError, file_links
from sla.web.frame import App, Visit, case_path, page
from sla.web.lights import Shown, Sign, light_of
from sla.web.periods import PeriodError
from sla.web.rates_asked import Asked, asked_of, part_of, texts_now
from sla.web.rates_meanings import meaning
from sla.web.tables import case_columns, due_columns, standing, table
from sla.words import NO_DATA, Words, standing_text

PATH = "/rates/cases"
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
    """The whole page. `of` says what part of a report it is; `back` leads to the report, `more` goes on, `files` have
    all of it."""

    title: str
    definition: str
    of: tuple[str, ...]
    n: int
    lines: tuple[Line, ...]
    back: str
    more: str
    files: tuple[tuple[str, str], ...]


def cases_behind(app: App, visit: Visit) -> Response:
    """The page of one figure."""
    try:
        cut = _cut(visit)
        asked = asked_of(visit, texts_now(visit))
        scope = part_of(visit, asked)
        value = visit.asked("value")
        found = reporting.members(visit.session, visit.office, scope, cut, value, visit.asked("after"))
    except (PeriodError, ServiceError) as error:
        text = error.text if isinstance(error, PeriodError) else visit.said.fault(error)
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
        f"{PATH}?{urlencode(more)}" if found.more else "",
        file_links(PATH, kept),
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


# --- the file ---------------------------------------------------------------------------------------------------------
def behind_table(visit: Visit) -> Table:
    """All that were counted, not only a page of them. Raises ListError and ServiceError."""
    said = visit.said
    try:
        cut, scope, value = _cut(visit), part_of(visit, asked_of(visit, texts_now(visit))), visit.asked("value")
        found = reporting.every_member(visit.session, visit.office, scope, cut, value)
    except PeriodError as error:
        raise ListError(error.text) from None
    except TooManyError:
        text = said.gettext(
            "More than %(n)s cases are behind this figure. Take a shorter period, and make several files.",
            n=f"{MOST_CASES:,}",
        )
        raise ListError(text) from None
    columns = (
        *case_columns(said),
        Column("clock", said.gettext("Limit"), Kind.CHOICE),
        *due_columns(said),
        Column("done_on", said.gettext("Done"), Kind.DATE),
        Column("working_days_late", said.gettext("Working days late"), Kind.NUMBER),
        Column("used", said.gettext("Used"), Kind.NUMBER),
        Column("took", said.gettext("What it took")),
    )
    title, _ = meaning(cut, value, visit.office, said)
    return table(visit, f"cases-{cut.value.replace('_', '-')}", title, columns, _values(visit, found))


def _values(visit: Visit, rows: Iterator[Any]) -> Iterator[Values]:
    """From the rows alone, without a look at the events of a case: there may be many."""
    permits, limits = _names(visit)
    for row in rows:
        yield (
            row.number, row.title, Choice(row.permit, permits.get(row.permit, row.permit)),
            Choice(row.handler, visit.office.name_of(row.handler)) if row.handler else None,
            Choice(row.clock_id, limits.get(row.clock_id, row.clock_id)), row.due_on, standing(visit, row),
            row.stopped_on, _late_by(visit, row), None if row.open else row.used,
            None if row.open else _used(row, visit.said),
        )  # fmt: skip


def _late_by(visit: Visit, row: Any) -> int | None:
    """In working days; of an open clock as of today."""
    if not row.open:
        return (row.late_by or 0) if row.state == State.LATE else None
    today = visit.office.today(visit.now)
    if not is_past(row, visit.now, today):
        return None
    return max(0, visit.office.calendar.working_days_between(row.due_on, today))


# --- the list ---------------------------------------------------------------------------------------------------------
def _lines(visit: Visit, rows: tuple[Any, ...]) -> Iterator[Line]:
    """Open clocks are read from their events, as they stand now."""
    ids = tuple(dict.fromkeys(row.case_id for row in rows if row.open))
    read = histories(visit.session, visit.office, ids, visit.now) if ids else ()
    clocks = {(case.case_id, clock.id): clock for case, history in read for clock in history.clocks}
    permits, limits = _names(visit)
    for row in rows:
        yield _line(visit, row, clocks.get((row.case_id, row.clock_id)), permits, limits)


def _names(visit: Visit) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What permits and limits are called."""
    said, office = visit.said, visit.office
    return (
        {permit: said.name(names) for permit, names in permit_names(office).items()},
        {clock: said.name(names) for clock, names in clock_names(office).items()},
    )


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
