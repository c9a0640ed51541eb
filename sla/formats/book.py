"""Several tables in one file, with charts of what is in them: what a workbook is written from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sla.formats.table import Table


@dataclass(frozen=True)
class Chart:
    """Bars of a sheet's columns, by their names: one group for each row, over what stands in `over`. `stacked`: one bar
    for each row, of all columns. `share`: from 0 to 100 %."""

    title: str
    over: str
    bars: Sequence[str]
    share: bool = False
    stacked: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table, and the charts to its right."""

    table: Table
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Book:
    """A file of sheets, as it stands at `at`. `name` is part of the file's name."""

    name: str
    title: str
    sheets: tuple[Sheet, ...]
    at: datetime
