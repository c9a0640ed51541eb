"""The report of a period on paper, A4, and as files: every figure with its definition and n, then line by line."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi.responses import Response

from sla.clock import Light, State
from sla.durations import Saving
from sla.formats.book import Book
from sla.formats.table import Table
from sla.months import Days
from sla.reports import Figures, Rate
from sla.rights import Right
from sla.service.report_facts import AGES, LIGHTS
from sla.service.report_figures import By, Figure, Lines, Measure, Told
from sla.service.report_made import made_of
from sla.service.report_shows import figure_text
from sla.service.report_tables import age_text, book_of, figures_table
from sla.web.files import ListError, files
from sla.web.frame import App, Visit, page
from sla.web.periods import PeriodError
from sla.web.rates import as_of_text, measured_text, period_text
from sla.web.rates_asked import Asked, asked_of, texts_of
from sla.web.rates_tables import days_text, paused_lines
from sla.web.routes import Route, shown
from sla.words import NO_DATA, Words

PATH = "/rates/report"


@dataclass(frozen=True)
class Row:
    """Any line of a table: its head, and its cells, each with what stands small behind it."""

    name: str
    cells: tuple[tuple[str, str], ...]
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """A table of the paper. `id` is that of its heading."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: Row | None = None


@dataclass(frozen=True)
class Sheet:
    """The paper: what it is of, its figures, and the tables behind them."""

    title: str
    period: str
    measured: str
    as_of: str
    other: str
    figures: tuple[Row, ...]
    grids: tuple[Grid, ...]
    made: str
    back: str


def routes(app: App) -> list[Route]:
    return [shown(app, PATH, Right.REPORT, _sheet), *files(app, PATH, Right.REPORT, _table, _book)]


def _sheet(app: App, visit: Visit) -> Response:
    asked = _asked(visit)
    if isinstance(asked, PeriodError):
        values = {"view": None, "problem": asked, "back": "/rates"}
        return page(app, visit.request, "rates_sheet.html", values, 400)
    view = sheet_of(visit, _told(visit, asked), asked)
    return page(app, visit.request, "rates_sheet.html", {"view": view, "problem": None, "back": view.back})


def _table(visit: Visit) -> Table:
    return figures_table(_told(visit, _checked(_asked(visit))))


def _book(visit: Visit) -> Book:
    return book_of(_told(visit, _checked(_asked(visit))))


def _asked(visit: Visit) -> Asked | PeriodError:
    try:
        return asked_of(visit, texts_of(visit))
    except PeriodError as error:
        return error


def _checked(asked: Asked | PeriodError) -> Asked:
    if isinstance(asked, PeriodError):
        raise ListError(asked.text)
    return asked


def _told(visit: Visit, asked: Asked) -> Told:
    scope, other = asked.scope, asked.other
    days = Days(other.first, other.last) if other else None
    by = _by(Days(scope.first, scope.last))
    return made_of(visit.session, visit.office, scope, days, by, visit.now, visit.said)


def _by(days: Days) -> tuple[By, ...]:
    """Line by line by what a period has several of."""
    months = (By.MONTH,) if days.first.replace(day=1) != days.last.replace(day=1) else ()
    quarters = (By.QUARTER,) if months and (days.last - days.first).days > 100 else ()
    years = (By.YEAR,) if days.first.year != days.last.year else ()
    return (By.PERMIT, By.HANDLER, By.STAGE, *months, *quarters, *years)


def sheet_of(visit: Visit, told: Told, asked: Asked) -> Sheet:
    """What the paper says."""
    said, report = told.said, told.report
    return Sheet(
        title=_title(told),
        period=period_text(report.first, report.last, said),
        measured=measured_text(report.basis, said),
        as_of=as_of_text(visit, asked),
        other=said.span(told.other.first, told.other.last) if told.other else "",
        figures=tuple(_figures(told)),
        grids=tuple(grid for grid in _grids(told, asked) if grid.rows),
        made=said.date(told.office.today(told.now), year=True),
        back=asked.path("/rates"),
    )


def _title(told: Told) -> str:
    said, days = told.said, Days(told.report.first, told.report.last)
    if days.whole_months == 1:
        return said.gettext("Monthly report on time limits: %(month)s", month=said.month(days.first))
    if days.whole_months == 12 and days.first.month == 1:
        return said.gettext("Yearly report on time limits: %(year)s", year=days.first.year)
    return said.gettext("Report on time limits")


def _figures(told: Told) -> Iterator[Row]:
    for one in told.figures:
        cells = [_figure(one, told.said)]
        if told.other:
            other = told.others.get(one.id)
            cells.append(_figure(other, told.said) if other else (NO_DATA, ""))
        yield Row(one.name, tuple(cells), one.definition)


def _figure(one: Figure, said: Words) -> tuple[str, str]:
    parts = f"{one.part} ÷ {one.n}" if one.part is not None and one.n else said.gettext("n = %(n)s", n=one.n)
    return figure_text(one, said), "" if one.measure is Measure.CASES else parts


def _grids(told: Told, asked: Asked) -> Iterator[Grid]:
    said = told.said
    yield _savings(told)
    for lines in told.lines:
        yield _lines(lines, said)
    yield _stages(told)
    yield _paused(told, asked)
    yield _waiting(told)


def _lines(lines: Lines, said: Words) -> Grid:
    columns = (
        said.gettext("Completed"), said.gettext("On-time rate"), said.gettext("Closed cases only"),
        said.gettext("Early rate"), said.gettext("Open and overdue"),
    )  # fmt: skip
    rows = tuple(Row(line.name or NO_DATA, tuple(_cells(line.figures, said))) for line in lines.lines)
    return Grid(lines.by.value, lines.title, columns, rows)


def _cells(figures: Figures, said: Words) -> Iterator[tuple[str, str]]:
    yield str(figures.completed), ""
    rates: tuple[Rate, ...] = (figures.on_time, figures.closed_only, figures.early)
    yield from ((said.percent(rate.value), said.gettext("n = %(n)s", n=rate.n)) for rate in rates)
    yield str(figures.open_overdue), ""


def _savings(told: Told) -> Grid:
    said, report = told.said, told.report
    columns = (
        said.gettext("Statutory"), said.gettext("Promised"), said.gettext("Saved an item"), said.gettext("Compression"),
        said.gettext("Completed"),
    )  # fmt: skip
    rows = tuple(_saving(said.name(report.permit_names[one.permit]), one, said) for one in report.savings)
    statutory, promise, completed = (
        sum(getattr(one, name) for one in report.savings) for name in ("statutory", "promise", "completed")
    )
    share = said.percent(Rate(report.saved_per_item, statutory).value)
    figures = (statutory, promise, report.saved_per_item, share, completed)
    sums = Row(said.gettext("All"), tuple((str(figure), "") for figure in figures))
    return Grid("savings", said.gettext("Days saved"), columns, rows, sums)


def _saving(name: str, one: Saving, said: Words) -> Row:
    figures = (one.statutory, one.promise, one.per_item, said.percent(one.compression), one.completed)
    return Row(name, tuple((str(figure), "") for figure in figures))


def _stages(told: Told) -> Grid:
    said, names = told.said, told.report.clock_names
    columns = (
        said.gettext("Cases"), said.gettext("Used, mean"), said.gettext("Half"), said.gettext("Nine of ten"),
    )  # fmt: skip
    rows = tuple(
        Row(
            said.name(names[stage]) if stage in names else stage,
            tuple((text, "") for text in (str(one.n), *map(days_text, (one.mean, one.median, one.p90)))),
        )
        for stage, one in told.report.stages.items()
    )
    return Grid("stage-times", said.gettext("How long the stages took, in working days"), columns, rows)


def _paused(told: Told, asked: Asked) -> Grid:
    said = told.said
    columns = (said.gettext("Cases"), said.gettext("Working days paused"), said.gettext("Share of all days"))
    rows = tuple(
        Row(line.ground, ((line.cases.text, ""), (str(line.days), ""), (line.share, "")))
        for line in paused_lines(told.report, asked, said)
    )
    return Grid("paused", said.gettext("Time not counted"), columns, rows)


def _waiting(told: Told) -> Grid:
    said, waiting = told.said, told.report.waiting
    columns = (
        said.term(Light.RED), said.term(Light.YELLOW), said.term(Light.GREEN), said.term(State.PAUSED),
        said.gettext("All"),
    )  # fmt: skip
    rows = []
    for age in range(len(AGES) + 1):
        counts = [waiting.get((age, light), 0) for light in LIGHTS]
        rows.append(Row(age_text(age, said), tuple((str(n), "") for n in (*counts, sum(counts)))))
    return Grid("waiting", said.gettext("Open cases by age"), columns, tuple(rows) if waiting else ())
