"""The manager's page: the rates of a period, what stands behind them, and the way to the cases of each figure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fastapi.responses import Response

from sla.clock import Light, State
from sla.messages import DueEntry
from sla.policies import Basis
from sla.reports import Cut, Rate
from sla.rights import Right
from sla.service.lists import permit_names
from sla.service.report_asked import bases_of
from sla.service.report_made import facts_of
from sla.service.reporting import Report, Summary, summary
from sla.web import rates_cases
from sla.web import rates_tables as tables
from sla.web.charts import BarChart, bar_chart
from sla.web.files import file_links, files
from sla.web.frame import App, Visit, case_path, page
from sla.web.lights import Shown, Sign
from sla.web.periods import PeriodError
from sla.web.rates_asked import AGAINST, Asked, Count, asked_of, report_at, texts_of, usual_of
from sla.web.rates_beside import RATES, Beside, beside
from sla.web.routes import Route, shown
from sla.words import NO_DATA, Words, paused_again_text
from sla.words.figures import meanings

Choices = tuple[tuple[str, str], ...]
FILES = ("months", "permits", "handlers", "savings")  # the tables that are files too


def routes(app: App) -> list[Route]:
    return [
        shown(app, "/rates", Right.REPORT, _rates),
        shown(app, rates_cases.PATH, Right.REPORT, rates_cases.cases_behind),
        *files(app, rates_cases.PATH, Right.REPORT, rates_cases.behind_table),
    ]


@dataclass(frozen=True)
class Form:
    """What is asked and what may be: `texts` by name, values with their names, and the usual periods with their
    addresses; `current` is the one that is shown."""

    texts: Mapping[str, str]
    bases: Choices
    permits: Choices
    people: Choices
    against: Choices
    usual: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class Figure:
    """One figure with its part, its n and its definition."""

    name: str
    value: str
    part: Count
    whole: Count
    definition: str
    main: bool = False


@dataclass(frozen=True)
class PausedAgain:
    """A clock that was paused again on a day it had been resumed, how often, and when last (R10)."""

    number: str
    path: str
    clock: str
    handler: str
    times: str


@dataclass(frozen=True)
class Compared:
    """Two periods side by side."""

    these: str
    others: str
    lines: tuple[Beside, ...]


@dataclass(frozen=True)
class Rates:
    """The whole page."""

    title: str
    measured: str
    as_of: str
    overdue: Count
    figures: tuple[Figure, ...]
    compared: Compared | None
    by_month: tuple[tables.Line, ...]
    chart: BarChart
    by_permit: tuple[tables.Line, ...]
    by_handler: tuple[tables.Line, ...]
    by_stage: tuple[tables.Line, ...]
    limits: tuple[tables.ComparedLine, ...]
    took: tuple[tables.Took, ...]
    took_chart: BarChart | None
    took_n: Count
    paused: tuple[tables.PausedLine, ...]
    paused_share: str
    paused_unknown: int
    savings: tuple[tables.SavingLine, ...]
    sums: tables.SavingLine | None
    lights: tuple[Shown, ...]
    ages: tuple[tables.AgeLine, ...]
    paused_again: tuple[PausedAgain, ...]
    overruns: str
    paper: str
    what_if: str


def _rates(app: App, visit: Visit) -> Response:
    texts = texts_of(visit)
    try:
        asked = asked_of(visit, texts)
    except PeriodError as error:
        form = _form(visit, texts, None)
        return page(app, visit.request, "rates.html", {"view": None, "form": form, "problem": error}, 400)
    facts = facts_of(visit.session, visit.office, asked.then)
    report = report_at(visit, asked, facts)
    other = summary(asked.other, facts) if asked.other else None
    view, form = rates_view(visit, report, other, asked), _form(visit, asked.texts, asked)
    files = {name: file_links(f"/rates/{name}", asked.texts) for name in (*FILES, "report")}
    return page(app, visit.request, "rates.html", {"view": view, "form": form, "files": files, "problem": None})


def rates_view(visit: Visit, report: Report, other: Summary | None, asked: Asked) -> Rates:
    """What the page says of a report."""
    said = visit.said
    permits = {permit: said.name(names) for permit, names in report.permit_names.items()}
    months = tuple(tables.months_of(report))
    return Rates(
        title=period_text(report.first, report.last, said),
        measured=measured_text(report.basis, said),
        as_of=as_of_text(visit, asked),
        overdue=asked.count(report.total.open_overdue, Cut.OVERDUE),
        figures=tuple(_figures(report, asked, said)),
        compared=_compared(report, other, asked, said) if other else None,
        by_month=tuple(
            tables.line(said.month(day), part, asked, said, {"month": f"{day:%Y-%m}"}) for day, part in months
        ),
        chart=bar_chart([tables.month_point(day, part, n == 0, said) for n, (day, part) in enumerate(months)]),
        by_permit=tuple(
            tables.line(permits.get(permit, permit), part, asked, said, {"permit": permit})
            for permit, part in report.by_permit.items()
        ),
        by_handler=tuple(_by_handler(visit, report, asked)),
        by_stage=tuple(
            tables.line(_named(report.clock_names, stage, said), part, asked, said, {"basis": "stage", "clock": stage})
            for stage, part in report.by_stage.items()
        ),
        limits=tuple(tables.compared_line(one, asked, permits, said) for one in report.compared),
        took=tuple(tables.took(report.used, asked, said)),
        took_chart=tables.took_chart(report.used),
        took_n=asked.count(report.used.n, Cut.MEASURED, text=said.gettext("n = %(n)s", n=report.used.n)),
        paused=tuple(tables.paused_lines(report, asked, said)),
        paused_share=tables.paused_text(report.pausing, said),
        paused_unknown=report.pausing.unknown,
        savings=tuple(
            tables.saving_line(permits.get(saving.permit, saving.permit), saving, asked, said)
            for saving in report.savings
        ),
        sums=tables.saving_sums(report, said),
        lights=tuple(_lights(said)),
        ages=tuple(tables.age_lines(report, asked, said)),
        paused_again=tuple(_paused_again(entry, said) for entry in report.paused_again),
        paper=asked.path("/rates/report"),
        what_if="/rates/what-if",
        overruns=asked.path("/overruns", basis="", handler="", against="", other_from="", other_to="", as_of=""),
    )


def period_text(first: date, last: date, said: Words) -> str:
    return said.gettext("%(first)s to %(last)s", first=said.date(first, year=True), last=said.date(last, year=True))


def as_of_text(visit: Visit, asked: Asked) -> str:
    """By what was on record on which day; "" for now."""
    if asked.then is None:
        return ""
    day = visit.said.date(visit.office.today(asked.then), year=True)
    return visit.said.gettext("by what was on record at the end of %(day)s", day=day)


def measured_text(basis: Basis, said: Words) -> str:
    return {
        Basis.PROMISE: said.gettext("measured against the promised limit"),
        Basis.STATUTE: said.gettext("measured against the statutory limit"),
        Basis.STAGE: said.gettext("measured against the limits of the stages"),
    }[basis]


def _form(visit: Visit, texts: Mapping[str, str], asked: Asked | None) -> Form:
    said, office = visit.said, visit.office
    against = (
        said.gettext("the period before"), said.gettext("the year before"), said.gettext("the period given here")
    )  # fmt: skip
    return Form(
        texts,
        tuple((basis.value, said.term(basis)) for basis in bases_of(office)),
        tuple((permit, said.name(names)) for permit, names in permit_names(office).items()),
        tuple((person.id, person.name) for person in office.people.values()),
        tuple(zip(AGAINST, against, strict=True)),
        usual_of(visit, asked) if asked else (),
    )


def _figures(report: Report, asked: Asked, said: Words) -> Iterator[Figure]:
    named = meanings(said)
    for name, part, whole in RATES:
        rate: Rate = getattr(report.total, name)
        n = said.gettext("n = %(n)s", n=rate.n)
        of = asked.count(rate.part, part), asked.count(rate.n, whole, text=n)
        meaning = named[name]
        yield Figure(meaning.name, said.percent(rate.value), *of, meaning.definition, main=name == "on_time")


def _compared(report: Report, other: Summary, asked: Asked, said: Words) -> Compared:
    these, others = (period_text(one.first, one.last, said) for one in (report.scope, other.scope))
    return Compared(these, others, tuple(beside(report, other, asked, said)))


def _by_handler(visit: Visit, report: Report, asked: Asked) -> Iterator[tables.Line]:
    for handler, part in report.by_handler.items():
        name = visit.office.name_of(handler)
        yield tables.line(name or NO_DATA, part, asked, visit.said, {"handler": handler})


def _lights(said: Words) -> Iterator[Shown]:
    yield Shown(Sign.RED, said.term(Light.RED))
    yield Shown(Sign.YELLOW, said.term(Light.YELLOW))
    yield Shown(Sign.GREEN, said.term(Light.GREEN))
    yield Shown(Sign.PAUSED, said.term(State.PAUSED))


def _paused_again(entry: DueEntry, said: Words) -> PausedAgain:
    case, clock = entry.case, entry.clock
    return PausedAgain(
        number=case.number,
        path=case_path(case.number),
        clock=said.name(clock.rule.names),
        handler=case.handler_name or NO_DATA,
        times=paused_again_text(clock, said),
    )


def _named(names: Mapping[str, Mapping[str, str]], name: str, said: Words) -> str:
    return said.name(names[name]) if name in names else name
