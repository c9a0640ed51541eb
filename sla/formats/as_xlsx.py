"""Lists as workbooks: real dates and figures, a head that stays and filters, charts. A text is only ever a text."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import IO, Any

import xlsxwriter

from sla.formats.book import Book, Chart, Sheet
from sla.formats.table import Choice, Column, Kind, Table, Value

_WIDTHS = {Kind.TEXT: 18, Kind.CHOICE: 18, Kind.MOMENT: 17}
_NARROW = 12
_WIDE = 44
_SHOWN = {
    Kind.NUMBER: "0", Kind.DECIMAL: "General", Kind.SHARE: "0.0%", Kind.DATE: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}  # fmt: skip
_CHART_ROWS = 16
_LONGEST = 32_767  # characters in a cell


def write_xlsx(table: Table, out: IO[bytes]) -> None:
    """One sheet. Rows are written as they come; moments are in the time zone they are given in."""
    write_book(Book(table.name, table.title, (Sheet(table),), table.at), out)


def write_book(book: Book, out: IO[bytes]) -> None:
    """A sheet for each table, in their order, its charts beside it."""
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as file:
        file.set_properties({"title": book.title, "created": book.at.astimezone(UTC).replace(tzinfo=None)})
        for sheet in book.sheets:
            _fill(sheet, file)


def _fill(made: Sheet, file: Any) -> None:
    table, sheet = made.table, file.add_worksheet(_sheet_name(made.table.title))
    shown = {kind: file.add_format({"num_format": code, "valign": "top"}) for kind, code in _SHOWN.items()}
    text = file.add_format({"valign": "top"})
    _head(table, sheet, file.add_format({"bold": True, "valign": "top", "text_wrap": True, "bottom": 1}))
    formats = [shown.get(column.kind, text) for column in table.columns]
    last = 0
    for last, row in enumerate(table.rows, start=1):
        for index, (value, cell_format) in enumerate(zip(row, formats, strict=True)):
            _write(sheet, last, index, _cell(value, table), cell_format)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)
    if last:
        _draw(made.charts, table, sheet, file, last)


def _draw(charts: Sequence[Chart], table: Table, sheet: Any, file: Any, last: int) -> None:
    """One below the other, to the right of the table."""
    places = {column.name: (index, column.title) for index, column in enumerate(table.columns)}
    for number, chart in enumerate(charts):
        drawn = file.add_chart({"type": "column", **({"subtype": "stacked"} if chart.stacked else {})})
        over, _ = places[chart.over]
        for name in chart.bars:
            index, title = places[name]
            drawn.add_series(
                {
                    "name": title,
                    "categories": [sheet.get_name(), 1, over, last, over],
                    "values": [sheet.get_name(), 1, index, last, index],
                    "gap": 60,
                }
            )
        drawn.set_title({"name": chart.title, "name_font": {"size": 12}})
        drawn.set_y_axis({"min": 0, **({"max": 1, "num_format": "0%"} if chart.share else {})})
        drawn.set_legend({"position": "bottom"} if len(chart.bars) > 1 else {"none": True})
        sheet.insert_chart(1 + number * _CHART_ROWS, len(table.columns) + 1, drawn, {"x_scale": 1.4})


def _head(table: Table, sheet: Any, bold: Any) -> None:
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, _width(column))
    for index, column in enumerate(table.columns):
        sheet.write_string(0, index, column.title, bold)
    sheet.freeze_panes(1, 0)


def _width(column: Column) -> int:
    title = sum(1 if sign.isascii() else 2 for sign in column.title)
    return _WIDE if column.wide else max(_WIDTHS.get(column.kind, _NARROW), min(title + 3, 24))


def _cell(value: Value, table: Table) -> str | float | date | None:
    if isinstance(value, bool):
        return table.word(value)
    if isinstance(value, Choice):
        return value.name
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _write(sheet: Any, row: int, column: int, value: str | float | date | None, cell_format: Any) -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, column, _encodable(value)[:_LONGEST], cell_format)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, cell_format)
    else:
        sheet.write_number(row, column, value, cell_format)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _sheet_name(title: str) -> str:
    """At most 31 characters, none of which a sheet's name must not have."""
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in title)[:31].strip("' ") or "list"
