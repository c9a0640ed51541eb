"""A report as tables: one list of all its figures, and a workbook with charts and a sheet of definitions."""

from collections.abc import Iterable, Iterator, Sequence

from sla.clock import Light, State
from sla.formats.book import Book, Chart, Sheet
from sla.formats.table import Choice, Column, Kind, Row, Table
from sla.reports import Figures
from sla.service.report_facts import AGES, LIGHTS
from sla.service.report_figures import Figure, Lines, Measure, Told
from sla.words import Words
from sla.words.figures import meanings

RATES = ("on_time", "closed_only", "early")
_EACH = (*RATES, "immediate")


def rate_columns(said: Words) -> Iterator[Column]:
    """A rate is followed by its n; both are of the cases that the rates page tells of."""
    named = meanings(said)
    yield Column("completed", named["completed"].name, Kind.NUMBER)
    for name in RATES:
        title = named[name].brief or named[name].name
        yield Column(f"{name}_rate", title, Kind.SHARE)
        yield Column(f"{name}_n", said.gettext("%(rate)s, n", rate=title), Kind.NUMBER)
    yield Column("open_overdue", named["open_overdue"].name, Kind.NUMBER)


def rate_cells(figures: Figures) -> Row:
    rates = (figures.on_time, figures.closed_only, figures.early)
    return (
        figures.completed, *(value for rate in rates for value in (rate.value, rate.n)), figures.open_overdue
    )  # fmt: skip


# --- one list ---------------------------------------------------------------------------------------------------------
def figures_table(told: Told) -> Table:
    """A row for each figure: of all, then of each line; with what it was in the other period."""
    said = told.said
    columns = (
        Column("of", said.gettext("Of"), Kind.CHOICE),
        Column("line", said.gettext("Line"), Kind.CHOICE),
        Column("figure", said.gettext("Figure"), Kind.CHOICE, wide=True),
        Column("measure", said.gettext("Measured in"), Kind.CHOICE),
        Column("value", said.gettext("Value"), Kind.DECIMAL),
        Column("part", said.gettext("Part"), Kind.NUMBER),
        Column("n", said.gettext("n"), Kind.NUMBER),
        *_other_columns(told, Kind.DECIMAL),
        Column("definition", said.gettext("Definition"), wide=True),
    )
    return _table(told, "report", said.gettext("Report on time limits"), columns, _figure_rows(told))


def _figure_rows(told: Told) -> Iterator[Row]:
    said, others, named = told.said, told.others, meanings(told.said)
    of, measures = Choice("total", said.gettext("All")), _measures(said)
    for one in told.figures:
        head = (of, None, Choice(one.id, one.name), measures[one.measure], one.value, one.part, one.n)
        yield (*head, *_other_cells(told, others.get(one.id)), one.definition)
    none = _other_cells(told, None)
    for lines in told.lines:
        of = Choice(lines.by.value, lines.title)
        for line in lines.lines:
            for name in _EACH:
                rate = getattr(line.figures, name)
                what = Choice(name, named[name].name), measures[Measure.SHARE], rate.value, rate.part, rate.n
                yield (of, Choice(line.id, line.name), *what, *none, named[name].definition)
            for name in ("completed", "open_overdue"):
                n = getattr(line.figures, name)
                what = Choice(name, named[name].name), measures[Measure.CASES], n, None, n
                yield (of, Choice(line.id, line.name), *what, *none, named[name].definition)


def _measures(said: Words) -> dict[Measure, Choice]:
    named = {
        Measure.SHARE: said.gettext("share"),
        Measure.DAYS: said.gettext("working days"),
        Measure.CASES: said.gettext("cases"),
    }
    return {measure: Choice(measure.value, name) for measure, name in named.items()}


def _other_columns(told: Told, kind: Kind) -> tuple[Column, ...]:
    if told.other is None:
        return ()
    days = told.said.span(told.other.first, told.other.last)
    return (
        Column("other_value", days, kind),
        Column("other_n", told.said.gettext("%(rate)s, n", rate=days), Kind.NUMBER),
    )


def _other_cells(told: Told, other: Figure | None) -> Row:
    if told.other is None:
        return ()
    return (other.value, other.n) if other else (None, None)


# --- a workbook -------------------------------------------------------------------------------------------------------
def book_of(told: Told) -> Book:
    """Rates, days, each kind of line, how long it took, what is open, and the definitions."""
    said = told.said
    title = said.gettext("Report on time limits")
    sheets = (
        _rates_sheet(told), _days_sheet(told), *(_lines_sheet(told, lines) for lines in told.lines), _took_sheet(told),
        _waiting_sheet(told), _definitions_sheet(told),
    )  # fmt: skip
    return Book("report", f"{title} {told.days}", sheets, told.at)


def _rates_sheet(told: Told) -> Sheet:
    said = told.said
    shares = [one for one in told.figures if one.measure is Measure.SHARE]
    columns = (
        Column("figure", said.gettext("Figure"), wide=True),
        Column("value", told.days, Kind.SHARE),
        Column("part", said.gettext("Part"), Kind.NUMBER),
        Column("n", said.gettext("n"), Kind.NUMBER),
        *_other_columns(told, Kind.SHARE),
    )
    rows = ((one.name, one.value, one.part, one.n, *_other_cells(told, told.others.get(one.id))) for one in shares)
    bars = ("value", "other_value") if told.other else ("value",)
    title = said.gettext("Rates")
    return Sheet(_table(told, "rates", title, columns, rows), (Chart(title, "figure", bars, share=True),))


def _days_sheet(told: Told) -> Sheet:
    said = told.said
    numbers = [one for one in told.figures if one.measure is not Measure.SHARE]
    columns = (
        Column("figure", said.gettext("Figure"), wide=True),
        Column("measure", said.gettext("Measured in"), Kind.CHOICE),
        Column("value", told.days, Kind.DECIMAL),
        Column("n", said.gettext("n"), Kind.NUMBER),
        *_other_columns(told, Kind.DECIMAL),
    )
    measures = _measures(said)
    rows = (
        (one.name, measures[one.measure], one.value, one.n, *_other_cells(told, told.others.get(one.id)))
        for one in numbers
    )
    return Sheet(_table(told, "days", said.gettext("Cases and days"), columns, rows))


def _lines_sheet(told: Told, lines: Lines) -> Sheet:
    columns = (Column("line", lines.title, wide=True), *rate_columns(told.said))
    rows = ((line.name, *rate_cells(line.figures)) for line in lines.lines)
    chart = Chart(lines.title, "line", tuple(f"{name}_rate" for name in RATES), share=True)
    return Sheet(_table(told, lines.by.value, lines.title, columns, rows), (chart,))


def _took_sheet(told: Told) -> Sheet:
    said = told.said
    title = said.gettext("Working days used")
    columns = (Column("days", title, Kind.NUMBER), Column("cases", said.gettext("Cases"), Kind.NUMBER))
    rows = tuple(told.report.used.by_days.items())
    return Sheet(_table(told, "used", title, columns, rows), (Chart(title, "days", ("cases",)),))


def _waiting_sheet(told: Told) -> Sheet:
    said, waiting = told.said, told.report.waiting
    lights = (said.term(Light.RED), said.term(Light.YELLOW), said.term(Light.GREEN), said.term(State.PAUSED))
    columns = (
        Column("age", said.gettext("Begun ago")),
        *(Column(light, name, Kind.NUMBER) for light, name in zip(LIGHTS, lights, strict=True)),
    )
    rows: list[Row] = [
        (age_text(age, said), *(waiting.get((age, light), 0) for light in LIGHTS)) for age in range(len(AGES) + 1)
    ]
    title = said.gettext("Open cases by age")
    return Sheet(_table(told, "waiting", title, columns, rows), (Chart(title, "age", LIGHTS, stacked=True),))


def _definitions_sheet(told: Told) -> Sheet:
    said = told.said
    columns = (
        Column("figure", said.gettext("Figure"), wide=True),
        Column("definition", said.gettext("Definition"), wide=True),
    )
    rows = ((one.name, one.definition) for one in meanings(said).values())
    return Sheet(_table(told, "definitions", said.gettext("Definitions"), columns, rows))


def age_text(age: int, said: Words) -> str:
    """0–5 working days; of the oldest, more than 30."""
    if age == len(AGES):
        return said.gettext("more than %(n)s working days", n=AGES[-1])
    return said.gettext("%(first)s–%(last)s working days", first=AGES[age - 1] + 1 if age else 0, last=AGES[age])


def _table(told: Told, name: str, title: str, columns: Sequence[Column], rows: Iterable[Row]) -> Table:
    said = told.said
    return Table(name, title, tuple(columns), rows, told.at, said.gettext("yes"), said.gettext("no"))
