"""What an auditor may ask about: signs of gaming in what was recorded in a period, each with its definition. As files,
too."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi.responses import Response

from sla.formats.table import Choice, Column, Kind
from sla.months import Days
from sla.rights import Right
from sla.service.sign_list import signs_of
from sla.service.sign_shows import Showing, definitions, innocent, kind_names
from sla.signs import Sign
from sla.web.fields import Field
from sla.web.files import ListError, file_links
from sla.web.frame import App, Visit, case_path
from sla.web.office.audit import PATH as AUDIT
from sla.web.office.audit import SIGNS as PATH
from sla.web.office.listed import bounded, list_files
from sla.web.office.sheet import Cell, Link, Row, Section, Sheet, at_cell, day_cell, person_cell, sheet
from sla.web.periods import PeriodError, period_of
from sla.web.routes import Route, shown
from sla.words import NO_DATA

MOST = 200  # lines of the page


def routes(app: App) -> list[Route]:
    return [shown(app, PATH, Right.AUDIT, _page), *list_files(app, PATH, Right.AUDIT, _all)]


def _page(app: App, visit: Visit) -> Response:
    said = visit.said
    asked = {name: visit.asked(name) for name in ("from", "to")}
    sections: tuple[Section, ...] = ()
    problem = ""
    try:
        days = _days(visit)
    except PeriodError as error:
        problem = error.text
    else:
        asked = {"from": days.first.isoformat(), "to": days.last.isoformat()}
        sections = (_newest(visit, days, asked),)
    filters = (
        Field("from", said.gettext("From"), most=10, values=(asked["from"],)),
        Field("to", said.gettext("To"), most=10, values=(asked["to"],)),
    )
    back = Link(said.gettext("Audit"), AUDIT)
    title = said.gettext("What may be asked about")
    view = Sheet(title, PATH, innocent(said), sections, (back,), problem, filters)
    return sheet(app, visit, view, 400 if problem else 200)


def _newest(visit: Visit, days: Days, asked: dict[str, str]) -> Section:
    """The list as the page has it: the definitions, and no more than the newest lines."""
    said, found = visit.said, _found(visit, days)
    names = kind_names(said)
    notes = [
        said.gettext("%(name)s: %(definition)s", name=names[kind], definition=text)
        for kind, text in definitions(said).items()
    ]
    if len(found) > MOST:
        notes.append(said.gettext("The newest %(n)s; a file has them all.", n=MOST))
    return replace(_section(visit, found[:MOST]), notes=tuple(notes), files=file_links(PATH, asked))


def _all(visit: Visit) -> Section:
    try:
        days = _days(visit)
    except PeriodError as error:
        raise ListError(error.text) from None
    return _section(visit, bounded(visit, _found(visit, days)))


def _days(visit: Visit) -> Days:
    return period_of(visit.asked("from"), visit.asked("to"), visit.office.today(visit.now), visit.said)


def _found(visit: Visit, days: Days) -> tuple[Sign, ...]:
    return signs_of(visit.session, visit.office, days.first, days.last, visit.now)


def _section(visit: Visit, found: Sequence[Sign]) -> Section:
    said, showing = visit.said, Showing.of(visit.office, visit.said)
    columns = (
        Column("number", said.gettext("Case")),
        Column("sign", said.gettext("Sign"), Kind.CHOICE),
        Column("what", said.gettext("What"), Kind.CHOICE),
        Column("happened_on", said.gettext("Happened"), Kind.DATE),
        Column("recorded_at", said.gettext("Recorded"), Kind.MOMENT),
        Column("handler", said.gettext("Handler"), Kind.CHOICE),
        Column("recorded_by", said.gettext("Recorded by"), Kind.CHOICE),
        Column("limits", said.gettext("Which limits"), wide=True),
        Column("detail", said.gettext("More"), wide=True),
    )
    rows = tuple(_row(visit, showing, sign) for sign in found)
    empty = said.gettext("Nothing of the kind was recorded in this period.")
    title = Column("title", said.gettext("Title"), wide=True)
    return Section("signs", said.gettext("What may be asked about"), columns, rows, empty, beside=(title,))


def _row(visit: Visit, showing: Showing, sign: Sign) -> Row:
    said, event = visit.said, sign.event
    name, what = kind_names(said)[sign.kind], said.event(event.kind)
    cells = (
        Cell(sign.number, (sign.title,), path=case_path(sign.number), value=sign.number),
        Cell(name, value=Choice(sign.kind.value, name)),
        Cell(what, value=Choice(event.kind, what)),
        day_cell(visit, showing.day(sign)),
        at_cell(visit, event.recorded_at),
        person_cell(visit, sign.handler),
        person_cell(visit, event.actor),
        Cell(showing.limits(sign) or NO_DATA),
        Cell(showing.detail(sign) or NO_DATA),
    )
    return Row(cells, beside=(sign.title,))
