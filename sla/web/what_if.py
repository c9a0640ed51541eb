"""What if: the real cases of a period as they would have been counted under another promise, pause rule or calendar.

Reads only, and only once something is asked. What is said, and how it is counted: docs/simulate.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fastapi.responses import Response

from schedules.calendars import CalendarError
from sla.formats.table import Choice, Column, Kind, Table
from sla.policies import Basis, ClockRule
from sla.reports import Figures, Rate
from sla.rights import Right
from sla.service.calendar_files import notice_of
from sla.service.errors import ServiceError
from sla.service.lists import permit_names
from sla.service.offices import Office
from sla.service.report_asked import bases_of, ground_names
from sla.service.simulating import MOST_AT_ONCE, MOST_DAYS, Simulation, Supposed, simulated
from sla.simulate import SHARES, Least, Turned
from sla.web.fields import Ask, Field
from sla.web.files import ListError, file_links, files
from sla.web.frame import App, Visit, case_path, page
from sla.web.office.listed import table_of
from sla.web.office.sheet import Cell, Row, Section, day_cell, person_cell
from sla.web.periods import PeriodError, period_of
from sla.web.rates import measured_text, period_text
from sla.web.rates_beside import points_text
from sla.web.routes import Route, shown
from sla.web.tables import table
from sla.words import NO_DATA, Words
from sla.words.figures import meanings

PATH = "/rates/what-if"
RATES = ("on_time", "closed_only", "early")
PROMISE = "promise-"  # and the permit: the name of the field that supposes another promise of it
FIELDS = {"closed": "closed_from", "leave": "leave_from", "not-counted": "not_counted"}  # named otherwise elsewhere
SHOWN = 500  # cases that change sides on the page; a file has them all
MOST_NOTICE = 8_000


def routes(app: App) -> list[Route]:
    every = [
        shown(app, PATH, Right.REPORT, _page),
        *files(app, f"{PATH}/rates", Right.REPORT, _rates_table),
        *files(app, f"{PATH}/cases", Right.REPORT, _cases_table),
        *files(app, f"{PATH}/least", Right.REPORT, _least_table),
    ]
    return [replace(route, waits=True) for route in every]  # some thousand cases take a while


@dataclass(frozen=True)
class Form:
    """What is asked, in groups of fields, each with its title."""

    groups: tuple[tuple[str, tuple[Field, ...]], ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for _, fields in self.groups for field in fields)

    def wrong(self, name: str, text: str) -> "Form":
        """With what is wrong beside its field."""
        return Form(
            tuple(
                (title, tuple(replace(field, problem=text) if field.name == name else field for field in fields))
                for title, fields in self.groups
            )
        )


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


class WrongError(ValueError):
    """What is wrong with what is supposed: `field` is the form's, "" for none of them."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field, self.text = field, text


def _page(app: App, visit: Visit) -> Response:
    form = _form(visit)
    shows = {"form": form, "view": None, "problem": "", "path": PATH}
    if not visit.request.query_params.keys() - {"lang"}:
        return page(app, visit.request, "what_if.html", shows)
    try:
        made = _simulated(visit)
    except WrongError as error:
        known = {field.name for field in form.fields}
        shows |= {"form": form.wrong(error.field, error.text), "problem": "" if error.field in known else error.text}
        return page(app, visit.request, "what_if.html", shows, 400)
    return page(app, visit.request, "what_if.html", {**shows, "view": _view(visit, made)})


# --- what is asked ----------------------------------------------------------------------------------------------------
def _form(visit: Visit) -> Form:
    said, office = visit.said, visit.office
    days = period_of("", "", office.today(visit.now), said)
    names = {ground: said.name(of) for ground, of in ground_names(office).items()}
    basis = next((one for one in bases_of(office) if one.value == visit.asked("basis")), bases_of(office)[0])
    pausing = {ground for rules in _rules(office, basis).values() for rule in rules for ground in rule.grounds}
    people = tuple((person.id, person.name) for person in office.people.values())
    which = (
        Field("from", said.gettext("From"), Ask.DAY, values=(visit.asked("from") or days.first.isoformat(),)),
        Field("to", said.gettext("To"), Ask.DAY, values=(visit.asked("to") or days.last.isoformat(),)),
        _choice(visit, "basis", said.gettext("Measured against"), [(b.value, said.term(b)) for b in bases_of(office)]),
        _choice(visit, "permit", said.gettext("Only this permit"),
                [(permit, said.name(of)) for permit, of in permit_names(office).items()]),
    )  # fmt: skip
    off = (
        Field("closed_from", said.gettext("Everybody off from"), Ask.DAY, values=(visit.asked("closed_from"),)),
        Field("closed_to", said.gettext("to (the same day if left out)"), Ask.DAY, values=(visit.asked("closed_to"),)),
        _choice(visit, "leave", said.gettext("A handler away"), people),
        Field("leave_from", said.gettext("Away from"), Ask.DAY, values=(visit.asked("leave_from"),)),
        Field("leave_to", said.gettext("until"), Ask.DAY, values=(visit.asked("leave_to"),)),
        Field("run_on", said.gettext("On these days the limits run on, and only the work waits"), Ask.BOX,
              values=(visit.asked("run_on"),)),
        Field("notice", said.gettext("Days of a notice"), Ask.CODE, most=MOST_NOTICE, values=(visit.asked("notice"),),
              hint=said.gettext("Written as for the calendar: days off, and weekends worked instead.")),
    )  # fmt: skip
    pauses = (
        _boxes(visit, "counted", said.gettext("Would no longer stop the limit"),
               [(ground, name) for ground, name in names.items() if ground in pausing]),
        _boxes(visit, "not_counted", said.gettext("Would stop the limit"),
               [(ground, name) for ground, name in names.items() if ground not in pausing]),
    )  # fmt: skip
    groups = (
        (said.gettext("Which cases"), which),
        (said.gettext("Another promise"), tuple(_promises(visit))),
        (said.gettext("Other pauses"), tuple(field for field in pauses if field.options)),
        (said.gettext("Other days"), off),
    )
    return Form(tuple((title, fields) for title, fields in groups if fields))


def _promises(visit: Visit) -> Iterator[Field]:
    said, names = visit.said, permit_names(visit.office)
    for permit, rules in _rules(visit.office, Basis.PROMISE).items():
        limit = rules[0].limit
        hint = said.gettext("now %(limit)s; in the same unit", limit=said.limit(limit))
        name = PROMISE + permit
        label = said.name(names.get(permit, {"en": permit}))
        yield Field(name, label, Ask.NUMBER, hint=hint, values=(visit.asked(name),))


def _rules(office: Office, basis: Basis) -> dict[str, tuple[ClockRule, ...]]:
    """The rules of a basis by permit, each by its newest policy version."""
    found: dict[str, tuple[ClockRule, ...]] = {}
    for row in office.policy_rows:
        for permit, rules in office.policy(row.policy_id, row.version).clocks.items():
            found[permit] = tuple(rule for rule in rules if rule.basis is basis)
    return {permit: rules for permit, rules in found.items() if rules}


def _choice(visit: Visit, name: str, label: str, options: Iterable[tuple[str, str]]) -> Field:
    return Field(name, label, Ask.CHOICE, tuple(options), values=(visit.asked(name),))


def _boxes(visit: Visit, name: str, label: str, options: Iterable[tuple[str, str]]) -> Field:
    return Field(name, label, Ask.BOXES, tuple(options), values=tuple(visit.request.query_params.getlist(name)))


def _supposed(visit: Visit) -> Supposed:
    """Raises WrongError."""
    said = visit.said
    try:
        days = period_of(visit.asked("from"), visit.asked("to"), visit.office.today(visit.now), said)
    except PeriodError as error:
        raise WrongError(error.field, error.text) from None
    promises = {name: visit.asked(name) for name in visit.request.query_params if name.startswith(PROMISE)}
    for name, amount in promises.items():
        if amount and not (amount.isascii() and amount.isdigit() and len(amount) < 5 and 0 < int(amount) <= MOST_DAYS):
            raise WrongError(name, said.gettext("A number from 1 to %(n)s.", n=MOST_DAYS))
    leave, notice = visit.asked("leave"), visit.asked("notice")
    away = _span(visit, "leave_from", "leave_to")
    if bool(leave) is not bool(away):
        text = said.gettext("Say who is away, and from when.")
        raise WrongError("leave_from" if leave else "leave", text)
    _check(notice, said)
    closed = _span(visit, "closed_from", "closed_to")
    return Supposed(
        days.first.isoformat(), days.last.isoformat(), visit.asked("basis"), visit.asked("permit"),
        promises=[f"{name.removeprefix(PROMISE)}={amount}" for name, amount in promises.items() if amount],
        closed=[closed] if closed else [], leaves=[f"{leave}={away}"] if leave else [],
        calendar=notice, run_on=bool(visit.asked("run_on")),
        not_counted=visit.request.query_params.getlist("not_counted"),
        counted=visit.request.query_params.getlist("counted"),
        most=MOST_AT_ONCE,
    )  # fmt: skip


def _check(notice: str, said: Words) -> None:
    if len(notice) > MOST_NOTICE:
        raise WrongError("notice", said.gettext("More than %(n)s characters.", n=f"{MOST_NOTICE:,}"))
    try:
        notice_of(notice) if notice else None
    except (ServiceError, CalendarError) as error:
        raise WrongError("notice", said.fault(error)) from None


def _span(visit: Visit, first: str, last: str) -> str:
    """FIRST..LAST; the one day where nothing is said of the last; "" where nothing is said at all."""
    begins, ends = visit.asked(first), visit.asked(last)
    if ends and not begins:
        raise WrongError(first, visit.said.gettext("From when?"))
    return f"{begins}..{ends or begins}" if begins else ""


def _simulated(visit: Visit) -> Simulation:
    """Raises WrongError."""
    supposed = _supposed(visit)
    try:
        return simulated(visit.session, visit.office, supposed, visit.now)
    except ServiceError as error:
        raise WrongError(FIELDS.get(error.field, error.field), visit.said.phrase(error.phrase)) from None


# --- what came of it --------------------------------------------------------------------------------------------------
def _view(visit: Visit, made: Simulation) -> View:
    said, scope, query = visit.said, made.scope, _query(visit)
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


def _query(visit: Visit) -> Mapping[str, Sequence[str]]:
    """What was asked, as it stands in the address."""
    asked = visit.request.query_params
    given = ((name, [text for text in asked.getlist(name) if text]) for name in asked if name != "lang")
    return {name: texts for name, texts in given if texts}


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
        return _simulated(visit)
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
