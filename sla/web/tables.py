"""The lists of the pages as tables: what is on them, and what a program wants to know beside it."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sla.clock import Clock, State
from sla.formats.table import Choice, Column, Kind, Row, Table
from sla.history import Phase
from sla.messages import DueEntry, DueLists
from sla.policies import Gravity
from sla.rights import Right
from sla.service import lists
from sla.service.finding import Listed, every_case, is_past
from sla.service.lists import permit_names
from sla.service.offices import Office
from sla.service.report_made import facts_of
from sla.service.report_tables import rate_cells, rate_columns
from sla.service.reporting import Report
from sla.web import rates_asked
from sla.web.files import ListError, files
from sla.web.finding import WantedError, asked_of, may_ask_for_applicants, wanted_of
from sla.web.frame import App, Visit
from sla.web.periods import PeriodError
from sla.web.rates_tables import months_of
from sla.web.routes import Route
from sla.words import Words, days_until, standing_text


def routes(app: App) -> list[Route]:
    return [
        *files(app, "/today", Right.READ, today_table),
        *files(app, "/cases", Right.READ, cases_table),
        *files(app, "/rates/months", Right.REPORT, months_table),
        *files(app, "/rates/permits", Right.REPORT, permits_table),
        *files(app, "/rates/handlers", Right.REPORT, handlers_table),
        *files(app, "/rates/savings", Right.REPORT, savings_table),
    ]


def table(visit: Visit, name: str, title: str, columns: Iterable[Column], rows: Iterable[Row]) -> Table:
    """A list at the moment of a visit, in its reader's language and its office's time."""
    said, at = visit.said, visit.now.astimezone(visit.office.calendar.zone)
    return Table(name, title, tuple(columns), rows, at, said.gettext("yes"), said.gettext("no"))


# --- today ---
def today_table(visit: Visit) -> Table:
    """All of today's lists, the overdue ones first; of everybody, or of the handler that is asked for."""
    said, handler = visit.said, visit.asked("handler")
    chosen = [visit.office.person(handler, "handler").id] if handler else None
    due = lists.due_lists(visit.session, visit.office, visit.now, chosen)
    columns = (
        Column("list", said.gettext("List"), Kind.CHOICE),
        *case_columns(said),
        Column("clock", said.gettext("Limit"), Kind.CHOICE),
        *due_columns(said),
        Column("due_at", said.gettext("Due at"), Kind.MOMENT),
        Column("working_days_left", said.gettext("Working days left"), Kind.NUMBER),
        Column("working_days_late", said.gettext("Working days late"), Kind.NUMBER),
        Column("provisional", said.gettext("provisional"), Kind.FLAG),
    )
    return table(visit, "today", said.gettext("Today"), columns, _today_rows(visit, due))


def _today_rows(visit: Visit, due: DueLists) -> Iterator[Row]:
    said = visit.said
    names = {
        "overdue": said.gettext("Overdue"),
        "due_today": said.gettext("Due today"),
        "next_days": said.gettext("Due in the next 3 working days"),
        "paused": said.gettext("Paused"),
        "awaiting": said.gettext("Awaiting acceptance"),
    }
    for name, words in names.items():
        for entry in getattr(due, name):
            yield (Choice(name, words), *_today_row(visit, entry, due.day))


def _today_row(visit: Visit, entry: DueEntry, today: date) -> Row:
    case, clock, said = entry.case, entry.clock, visit.said
    days = days_until(clock, today)
    return (
        case.number, case.title, Choice(case.permit, said.name(case.permit_names)),
        Choice(case.handler, case.handler_name) if case.handler else None,
        Choice(clock.id, said.name(clock.rule.names)), clock.due_on,
        Choice(clock.state.value, standing_text(clock, visit.now, said)), _due_at(clock, visit.office),
        days if days is not None and days >= 0 else None, -days if days is not None and days < 0 else None,
        clock.provisional,
    )  # fmt: skip


def _due_at(clock: Clock, office: Office) -> datetime | None:
    return clock.due_at.astimezone(office.calendar.zone) if clock.due_at else None


# --- cases ---
def cases_table(visit: Visit) -> Table:
    """Every case that matches what the page of cases was asked, not only a page of them, the newest first."""
    said, with_names = visit.said, may_ask_for_applicants(visit)
    try:
        wanted = wanted_of(visit, asked_of(visit))
    except WantedError as error:
        raise ListError(error.text) from None
    found = every_case(visit.session, visit.office, wanted, visit.now, applicants=with_names)
    columns = (
        *case_columns(said),
        Column("phase", said.gettext("Phase"), Kind.CHOICE),
        Column("received_on", said.gettext("Received"), Kind.DATE),
        *due_columns(said),
        *([Column("applicant", said.gettext("Applicant"))] if with_names else ()),
    )
    permits = permit_names(visit.office)
    rows = (_case_row(visit, case, permits, applicant=with_names) for case in found)
    return table(visit, "cases", said.gettext("Cases"), columns, rows)


def _case_row(visit: Visit, case: Listed, names: dict[str, dict[str, str]], *, applicant: bool) -> Row:
    row, clock, said = case.row, case.clock, visit.said
    return (
        row.number, row.title, Choice(row.permit, said.name(names.get(row.permit, {"en": row.permit}))),
        Choice(row.handler, visit.office.name_of(row.handler)),
        Choice(row.phase, said.term(Phase(row.phase))), row.received_on,
        clock.due_on if clock else None,
        standing(visit, clock) if clock else None,
        *([case.applicant or None] if applicant else ()),
    )  # fmt: skip


def standing(visit: Visit, clock: Any) -> Choice:
    """How a clock stands, by its row: what is open and past is overdue, whenever it was last looked at."""
    past = is_past(clock, visit.now, visit.office.today(visit.now))
    state = Gravity.OVERDUE if past else State(clock.state)
    return Choice(state.value, visit.said.term(state))


# --- rates ---
def months_table(visit: Visit) -> Table:
    """The rates of each month of the period."""
    said, report = visit.said, _report(visit)
    rows = ((day, *rate_cells(figures)) for day, figures in months_of(report))
    columns = (Column("month", said.gettext("Month"), Kind.DATE), *rate_columns(said))
    return table(visit, "rates-by-month", said.gettext("On-time rate by month"), columns, rows)


def permits_table(visit: Visit) -> Table:
    """The rates of each permit over the period."""
    said, report = visit.said, _report(visit)
    rows = ((_permit(report, permit, said), *rate_cells(figures)) for permit, figures in report.by_permit.items())
    columns = (Column("permit", said.gettext("Permit"), Kind.CHOICE), *rate_columns(said))
    return table(visit, "rates-by-permit", said.gettext("On-time rate by permit"), columns, rows)


def handlers_table(visit: Visit) -> Table:
    """The rates of each handler over the period."""
    said, report = visit.said, _report(visit)
    names = {handler: visit.office.name_of(handler) for handler in report.by_handler}
    rows = ((Choice(handler, names[handler]), *rate_cells(part)) for handler, part in report.by_handler.items())
    columns = (Column("handler", said.gettext("Handler"), Kind.CHOICE), *rate_columns(said))
    return table(visit, "rates-by-handler", said.gettext("On-time rate by handler"), columns, rows)


def savings_table(visit: Visit) -> Table:
    """What the promise of each permit saves against the law."""
    said, report = visit.said, _report(visit)
    titles = {
        "statutory": said.gettext("Statutory"),
        "promised": said.gettext("Promised"),
        "saved_an_item": said.gettext("Saved an item"),
        "completed": said.gettext("Completed"),
        "promised_over_cases": said.gettext("Promised over cases"),
        "really_saved": said.gettext("Really saved"),
    }
    rows = (
        (
            _permit(report, saving.permit, said), saving.statutory, saving.promise, saving.per_item, saving.completed,
            saving.promised_over_cases if saving.completed else None,
            saving.actual_over_cases if saving.completed else None, saving.compression,
        )
        for saving in report.savings
    )  # fmt: skip
    columns = (
        Column("permit", said.gettext("Permit"), Kind.CHOICE),
        *(Column(name, title, Kind.NUMBER) for name, title in titles.items()),
        Column("compression", said.gettext("Compression"), Kind.SHARE),
    )
    return table(visit, "days-saved", said.gettext("Days saved"), columns, rows)


def _report(visit: Visit) -> Report:
    try:
        asked = rates_asked.asked_of(visit, rates_asked.texts_of(visit))
    except PeriodError as error:
        raise ListError(error.text) from None
    return rates_asked.report_at(visit, asked, facts_of(visit.session, visit.office, asked.then))


def _permit(report: Report, permit: str, said: Words) -> Choice:
    names = report.permit_names.get(permit)
    return Choice(permit, said.name(names) if names else permit)


# --- columns that several lists have ---
def case_columns(said: Words) -> tuple[Column, ...]:
    return (
        Column("number", said.gettext("Case")),
        Column("title", said.gettext("Title"), wide=True),
        Column("permit", said.gettext("Permit"), Kind.CHOICE, wide=True),
        Column("handler", said.gettext("Handler"), Kind.CHOICE),
    )


def due_columns(said: Words) -> tuple[Column, ...]:
    return (
        Column("due_on", said.gettext("Due"), Kind.DATE),
        Column("standing", said.gettext("Standing"), Kind.CHOICE),
    )
