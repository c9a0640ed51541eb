"""The list of overruns: each limit that was missed, with its explanation in words that may be published; and the sheet
and the files an office publishes."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi.responses import Response

from sla.formats.table import Choice, Column, Kind, Table
from sla.formats.table import Row as Values
from sla.rights import Right
from sla.service.lists import permit_names
from sla.service.overrun_list import MOST, Overrun, overruns_of, sheet_of
from sla.service.report_asked import clock_names
from sla.web.files import ListError, file_links, files
from sla.web.frame import App, Visit, case_path, page, record_path
from sla.web.periods import PeriodError
from sla.web.rates import Choices, period_text
from sla.web.rates_asked import Asked, asked_of, texts_now, usual_of
from sla.web.routes import Route, shown
from sla.web.tables import table
from sla.words import NO_DATA, Words
from sla.words.language import one_line


@dataclass(frozen=True)
class Line:
    """One missed limit. `explain` leads to the form that explains it, "" where it is explained or cannot be."""

    number: str
    path: str
    permit: str
    limit: str
    due: str
    due_on: str
    done: str
    done_on: str
    late: str
    reason: str
    measure: str
    missing: str
    explain: str


@dataclass(frozen=True)
class View:
    """The page and the sheet. `unexplained`: how many of those shown have no explanation yet."""

    title: str
    lines: tuple[Line, ...]
    unexplained: int
    sources: tuple[str, ...]
    made: str
    back: str
    sheet: str
    more: str
    too_many: int
    files: tuple[tuple[str, str], ...]


def routes(app: App) -> list[Route]:
    return [
        shown(app, "/overruns", Right.REPORT, _overruns),
        shown(app, "/overruns/sheet", Right.REPORT, _sheet),
        *files(app, "/overruns", Right.REPORT, overruns_table),
    ]


def _overruns(app: App, visit: Visit) -> Response:
    return _answer(app, visit, "overruns.html")


def _sheet(app: App, visit: Visit) -> Response:
    return _answer(app, visit, "overruns_sheet.html", whole=True)


def _answer(app: App, visit: Visit, template: str, *, whole: bool = False) -> Response:
    texts = texts_now(visit)
    try:
        asked = asked_of(visit, texts)
    except PeriodError as error:
        shows = {"view": None, "form": _form(visit, None), "texts": texts, "problem": error}
        return page(app, visit.request, "overruns.html", shows, 400)
    view, form = _view(visit, asked, whole=whole), _form(visit, asked)
    return page(app, visit.request, template, {"view": view, "form": form, "texts": asked.texts, "problem": None})


@dataclass(frozen=True)
class _Form:
    permits: Choices
    usual: tuple[tuple[str, str, bool], ...]


def _form(visit: Visit, asked: Asked | None) -> _Form:
    permits = tuple((permit, visit.said.name(names)) for permit, names in permit_names(visit.office).items())
    return _Form(permits, usual_of(visit, asked, "/overruns") if asked else ())


def _view(visit: Visit, asked: Asked, *, whole: bool) -> View:
    said, scope = visit.said, asked.scope
    found = (
        sheet_of(visit.session, visit.office, scope)
        if whole
        else overruns_of(visit.session, visit.office, scope, visit.asked("after"))
    )
    names = _Names.of(visit)
    here = asked.path("/overruns", after=visit.asked("after"))
    return View(
        title=period_text(scope.first, scope.last, said),
        lines=tuple(_line(visit, one, names, here) for one in found.found),
        unexplained=sum(one.asked and not one.reason for one in found.found),
        sources=tuple(dict.fromkeys(one.source for one in found.found if one.source)),
        made=said.date(visit.office.today(visit.now), year=True),
        back=asked.path("/overruns") if whole else asked.path("/rates"),
        sheet=asked.path("/overruns/sheet"),
        more=asked.path("/overruns", after=found.more) if found.more and not whole else "",
        too_many=MOST if found.more and whole else 0,
        files=file_links("/overruns", asked.texts),
    )


@dataclass(frozen=True)
class _Names:
    permits: Mapping[str, str]
    clocks: Mapping[str, str]

    @classmethod
    def of(cls, visit: Visit) -> "_Names":
        said, office = visit.said, visit.office
        return cls(
            {permit: said.name(names) for permit, names in permit_names(office).items()},
            {clock: said.name(names) for clock, names in clock_names(office).items()},
        )


def _line(visit: Visit, one: Overrun, names: _Names, here: str) -> Line:
    said = visit.said
    limit = names.clocks.get(one.clock_id, one.clock_id)
    if one.clock:
        limit = said.gettext("%(name)s, %(limit)s", name=limit, limit=said.limit(one.clock.limit))
    missing = "" if one.reason else said.gettext("not explained yet") if one.asked else NO_DATA
    may = one.asked and not one.reason and Right.RECORD in visit.visitor.rights
    return Line(
        number=one.number,
        path=case_path(one.number),
        permit=names.permits.get(one.permit, one.permit),
        limit=limit,
        due=said.date(one.due_on, year=True),
        due_on=one.due_on.isoformat(),
        done=said.date(one.stopped_on, year=True) if one.stopped_on else said.gettext("still open"),
        done_on=one.stopped_on.isoformat() if one.stopped_on else "",
        late=_late(one, said),
        reason=one_line(one.reason),
        measure=one_line(one.measure),
        missing=missing,
        explain=record_path("overdue_explained", one.number, here) if may else "",
    )


def _late(one: Overrun, said: Words) -> str:
    return NO_DATA if one.late_by is None else said.overdue(one.late_by)


# --- the file ---------------------------------------------------------------------------------------------------------
def overruns_table(visit: Visit) -> Table:
    """All that were missed in the period, not only a page of them; as on the sheet, neither names nor titles."""
    said = visit.said
    try:
        asked = asked_of(visit, texts_now(visit))
    except PeriodError as error:
        raise ListError(error.text) from None
    found = sheet_of(visit.session, visit.office, asked.scope)
    if found.more:
        text = said.gettext(
            "More than %(n)s limits were missed. Take a shorter period, and make several files.", n=f"{MOST:,}"
        )
        raise ListError(text)
    columns = (
        Column("number", said.gettext("Case")),
        Column("permit", said.gettext("Permit"), Kind.CHOICE, wide=True),
        Column("clock", said.gettext("Limit"), Kind.CHOICE),
        Column("length", said.gettext("Length")),
        Column("due_on", said.gettext("Due"), Kind.DATE),
        Column("decided_on", said.pgettext("overrun", "Decided"), Kind.DATE),
        Column("working_days_late", said.gettext("Working days late"), Kind.NUMBER),
        Column("must_explain", said.gettext("Must be explained"), Kind.FLAG),
        Column("explanation", said.gettext("Explanation"), wide=True),
        Column("measure", said.gettext("Measure"), wide=True),
        Column("source", said.gettext("Published under"), wide=True),
    )
    names = _Names.of(visit)
    rows = (_values(one, names, said) for one in found.found)
    return table(visit, "overruns", said.gettext("Overruns"), columns, rows)


def _values(one: Overrun, names: _Names, said: Words) -> Values:
    return (
        one.number, Choice(one.permit, names.permits.get(one.permit, one.permit)),
        Choice(one.clock_id, names.clocks.get(one.clock_id, one.clock_id)),
        said.limit(one.clock.limit) if one.clock else None, one.due_on, one.stopped_on, one.late_by, one.asked,
        one_line(one.reason) or None, one_line(one.measure) or None, one.source or None,
    )  # fmt: skip
