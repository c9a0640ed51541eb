"""What if: the real cases of a period as they would have been counted under another promise, pause rule or calendar.

Reads only, and only once something is asked. What is said, and how it is counted: docs/simulate.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from fastapi.responses import Response

from sla.formats.table import Choice, Column, Kind, Table
from sla.reports import Figures, Rate
from sla.rights import Right
from sla.service.lists import permit_names
from sla.service.simulating import Simulation
from sla.simulate import SHARES, Least, Turned
from sla.web.files import ListError, file_links, files
from sla.web.frame import App, Visit, case_path, page
from sla.web.office.listed import table_of
from sla.web.office.sheet import Cell, Row, Section, day_cell, person_cell
from sla.web.rates import measured_text, period_text
from sla.web.rates_beside import points_text
from sla.web.routes import Route, shown
from sla.web.tables import table
from sla.web.what_if_asked import WrongError, form_of, query_of, simulated_of
from sla.words import NO_DATA, Words
from sla.words.figures import meanings

PATH = "/rates/what-if"
RATES = ("on_time", "closed_only", "early")
SHOWN = 500  # cases that change sides on the page; a file has them all


def routes(app: App) -> list[Route]:
    every = [
        shown(app, PATH, Right.REPORT, _page),
        *files(app, f"{PATH}/rates", Right.REPORT, _rates_table),
        *files(app, f"{PATH}/cases", Right.REPORT, _cases_table),
        *files(app, f"{PATH}/least", Right.REPORT, _least_table),
    ]
    return [replace(route, waits=True) for route in every]  # some thousand cases take a while


@dataclass(frozen=True)
class View:
    """What came of it: `lead` says of which cases, `notes` what has to be known of it."""

    lead: str
    notes: tuple[str, ...]
    rates: tuple["Line", ...]
    rate_files: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Line:
    """A rate of all cases or of a permit's, as it was and as it would be; `of` only where a new group begins."""

    of: str
    rows: int
    name: str
    before: tuple[str, str]
    after: tuple[str, str]
    difference: str


def _page(app: App, visit: Visit) -> Response:
    form = form_of(visit)
    shows = {"form": form, "view": None, "problem": "", "path": PATH}
    if not visit.request.query_params.keys() - {"lang"}:
        return page(app, visit.request, "what_if.html", shows)
    try:
        made = simulated_of(visit)
    except WrongError as error:
        known = {field.name for field in form.fields}
        shows |= {"form": form.wrong(error.field, error.text), "problem": "" if error.field in known else error.text}
        return page(app, visit.request, "what_if.html", shows, 400)
    return page(app, visit.request, "what_if.html", {**shows, "view": _view(visit, made)})


# --- what came of it --------------------------------------------------------------------------------------------------
def _view(visit: Visit, made: Simulation) -> View:
    said, scope, query = visit.said, made.scope, query_of(visit)
    return View(
        lead=f"{period_text(scope.first, scope.last, said)} · {measured_text(scope.basis, said)}",
        notes=tuple(_notes(made, said)),
        rates=tuple(_lines(visit, made)),
        rate_files=file_links(f"{PATH}/rates", query),
        sections=(
            replace(_turned(visit, made, SHOWN), files=file_links(f"{PATH}/cases", query)),
            replace(_least(visit, made), files=file_links(f"{PATH}/least", query)),
            *_left_out(made, said),
        ),
    )


def _notes(made: Simulation, said: Words) -> Iterator[str]:
    if made.recounted:
        yield said.ngettext("%(n)s case counted from what is stored of it",
                            "%(n)s cases counted from what is stored of them", made.recounted)  # fmt: skip
    yield said.ngettext("%(n)s case replayed", "%(n)s cases replayed", made.replayed)


def _sides(visit: Visit, made: Simulation) -> Iterator[tuple[str, str, Figures, Figures]]:
    """All cases, then each permit's: its id, its name, and the figures as they were and as they would be."""
    said, names = visit.said, permit_names(visit.office)
    yield "", said.gettext("All"), made.found.before, made.found.after
    for permit, (before, after) in made.found.by_permit.items():
        yield permit, said.name(names.get(permit, {"en": permit})), before, after


def _lines(visit: Visit, made: Simulation) -> Iterator[Line]:
    said, named = visit.said, meanings(visit.said)
    for _, name, before, after in _sides(visit, made):
        for place, rate in enumerate(RATES):
            was, would = getattr(before, rate), getattr(after, rate)
            yield Line(
                name if not place else "", len(RATES), named[rate].name, _rate(was, said), _rate(would, said),
                points_text(would.value, was.value, said),
            )  # fmt: skip


def _rate(rate: Rate, said: Words) -> tuple[str, str]:
    return said.percent(rate.value), said.gettext("n = %(n)s", n=rate.n)


def _turned(visit: Visit, made: Simulation, most: int | None = None) -> Section:
    """The cases that change sides, the ones that would be late first."""
    said, found = visit.said, made.found.turned
    columns = (
        Column("number", said.gettext("Case")),
        Column("would_be", said.gettext("Would have been"), Kind.CHOICE),
        Column("limit", said.gettext("Limit"), Kind.CHOICE),
        Column("due_before", said.gettext("Was due"), Kind.DATE),
        Column("due_after", said.gettext("Would have been due"), Kind.DATE),
        Column("stopped_on", said.gettext("Done"), Kind.DATE),
        Column("handler", said.gettext("Handler"), Kind.CHOICE),
    )
    notes = [said.gettext("The first %(n)s; a file has them all.", n=most)] if most and len(found) > most else []
    rows = tuple(_case(visit, one) for one in found[:most])
    empty = said.gettext("No case would have changed sides.")
    return Section("turned", said.gettext("Cases that change sides"), columns, rows, empty, notes=tuple(notes))


def _case(visit: Visit, one: Turned) -> Row:
    said, permits = visit.said, permit_names(visit.office)
    side = Choice("late", said.gettext("late")) if one.late else Choice("in_time", said.gettext("in time"))
    limit = said.name(one.after.rule.names)
    done = day_cell(visit, one.after.stopped_on)
    return Row(
        (
            Cell(one.number, (said.name(permits.get(one.permit, {"en": one.permit})),), path=case_path(one.number),
                 value=one.number),
            Cell(side.name, value=side),
            Cell(limit, value=Choice(one.after.id, limit)),
            day_cell(visit, one.before.due_on),
            day_cell(visit, one.after.due_on),
            done if one.after.stopped_on else Cell(said.gettext("still open")),
            person_cell(visit, one.handler),
        )
    )  # fmt: skip


def _least(visit: Visit, made: Simulation) -> Section:
    said, names = visit.said, permit_names(visit.office)
    columns = (
        Column("permit", said.gettext("Permit"), Kind.CHOICE),
        *(
            Column(f"held_{share}", said.gettext("for %(share)s of them", share=f"{share} %"), Kind.NUMBER)
            for share in SHARES
        ),
        Column("n", said.gettext("n"), Kind.NUMBER),
    )
    rows = tuple(_least_row(permit, said.name(names.get(permit, {"en": permit})), one)
                 for permit, one in made.found.least.items())  # fmt: skip
    notes = (
        said.gettext("In working days, of the cases completed in the period, everything else as supposed."),
        said.gettext("“–”: none would have, because the statutory limit was missed too."),
    )
    empty = said.gettext("No promise in working days was completed in this period.")
    title = said.gettext("The smallest promise that would have held")
    return Section("least", title, columns, rows, empty, notes=notes)


def _least_row(permit: str, name: str, one: Least) -> Row:
    held = [one.holding(share) for share in SHARES]
    days = tuple(Cell(str(days), value=days) if days is not None else Cell(NO_DATA) for days in held)
    return Row((Cell(name, value=Choice(permit, name)), *days, Cell(str(one.n), value=one.n)))


def _left_out(made: Simulation, said: Words) -> Iterator[Section]:
    if made.gaps:
        columns = (said.gettext("Why"),)
        title = said.gettext("Such a policy could not be published")
        yield Section("gaps", title, columns, tuple(Row((Cell(said.fault(gap)),)) for gap in made.gaps))
    if made.failed:
        rows = tuple(Row((Cell(number, path=case_path(number)), Cell(said.phrase(why)))) for number, why in made.failed)
        yield Section("failed", said.gettext("Left out"), (said.gettext("Case"), said.gettext("Why")), rows)


# --- as files ---------------------------------------------------------------------------------------------------------
def _made(visit: Visit) -> Simulation:
    try:
        return simulated_of(visit)
    except WrongError as error:
        raise ListError(error.text) from None


def _cases_table(visit: Visit) -> Table:
    section = _turned(visit, _made(visit))
    return table_of(visit, f"{PATH}/cases", section, section.rows)


def _least_table(visit: Visit) -> Table:
    section = _least(visit, _made(visit))
    return table_of(visit, f"{PATH}/least", section, section.rows)


def _rates_table(visit: Visit) -> Table:
    said, made = visit.said, _made(visit)
    named = meanings(said)
    columns = (
        Column("permit", said.gettext("Permit"), Kind.CHOICE),
        Column("figure", said.gettext("Figure"), Kind.CHOICE),
        Column("before", said.gettext("As it was"), Kind.SHARE),
        Column("before_n", said.gettext("n as it was"), Kind.NUMBER),
        Column("after", said.gettext("As it would have been"), Kind.SHARE),
        Column("after_n", said.gettext("n as it would have been"), Kind.NUMBER),
    )
    rows = (
        (Choice(permit, name), Choice(rate, named[rate].name), was.value, was.n, would.value, would.n)
        for permit, name, before, after in _sides(visit, made)
        for rate in RATES
        for was, would in [(getattr(before, rate), getattr(after, rate))]
    )
    return table(visit, "what-if-rates", said.gettext("Side by side"), columns, rows)
