"""A source by how its name ends."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sla.importing import as_xes
from sla.importing.as_csv import csv_sheet
from sla.importing.as_xlsx import xlsx_sheet
from sla.importing.cells import CellError, text_of
from sla.importing.mapping import SourceMap
from sla.importing.rows import Cell, Row, Sheet, SourceError
from sla.importing.spool import Spool

Shown = Callable[[Callable[[], float]], object]  # is told, after each row, where to ask how much is done
TEXTS = (".csv", ".tsv", ".txt")
FORMS = (*TEXTS, ".xlsx", *as_xes.ENDINGS)


@contextmanager
def opened(path: Path, mapping: SourceMap) -> Iterator[Sheet]:
    """The table in a file, while it is open. Raises SourceError for one that cannot be read."""
    form = form_of(path.name)
    if not form:
        raise SourceError("file", "%(name)s is none of: %(forms)s", name=path.name, forms=FORMS)
    try:
        with _sheet(path, form, mapping) as sheet:
            yield sheet
    except OSError as error:
        raise SourceError("file", "%(file)s cannot be read: %(why)s", file=path, why=error.strerror) from None


def form_of(name: str) -> str:
    """Which of FORMS a file is by its name; "" for none."""
    return next((form for form in FORMS if name.lower().endswith(form)), "")


def _sheet(path: Path, form: str, mapping: SourceMap) -> AbstractContextManager[Sheet]:
    if form == ".xlsx":
        return xlsx_sheet(path, mapping.sheet)
    if form in as_xes.ENDINGS:
        return as_xes.xes_sheet(path, mapping.case_columns, mapping.events.columns if mapping.events else ())
    return csv_sheet(path, mapping.encoding, mapping.separator)


def fill(kept: Spool, path: Path | None, cases: Sheet, mapping: SourceMap, shown: Shown) -> tuple[str, ...]:
    """Put the file of the cases' events aside, by case, if there is one; the columns of events. Raises SourceError."""
    within = bool(cases.event_columns)
    if path is None:
        if mapping.events and not within:
            raise SourceError("events", "are missing: the mapping has [events]; give their file with --events")
        return cases.event_columns
    if within:
        raise SourceError("events", "stand in %(name)s itself; leave --events out", name=cases.name)
    if mapping.events is None or not mapping.events.case:
        raise SourceError("mapping events.case", "is missing: say which column of the events has the case's number")
    with opened(path, mapping) as sheet:
        if mapping.events.case not in sheet.columns:
            raise SourceError(
                "mapping events.case", "column %(case)r is not in %(name)s", case=mapping.events.case, name=path.name
            )
        place = sheet.columns.index(mapping.events.case)
        kept.fill((_number(row.cells[place]), row) for row in _shown(sheet, shown))
    return sheet.columns


def _shown(sheet: Sheet, shown: Shown) -> Iterator[Row]:
    for row in sheet.rows:
        shown(sheet.share)
        yield row


def _number(cell: Cell) -> str:
    try:
        return " ".join(text_of(cell).split())
    except CellError:
        return ""
