"""A page of lists: sections with a table each, what is said where there is nothing, and what can be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from fastapi.responses import Response

from sla.formats.table import Choice, Column, Value
from sla.rights import Right
from sla.web.fields import Field
from sla.web.frame import App, Visit, page
from sla.web.lights import Shown
from sla.words import NO_DATA


@dataclass(frozen=True)
class Link:
    """Where something is done. `of` says of what, for whoever hears the page; `main`: what most come for."""

    words: str
    path: str
    of: str = ""
    main: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands in a place of a table: a text, a light, remarks under it. `mono`: it is read letter by letter.

    `value` is what a file has of it, where the words alone would say less to a program or sort wrongly.
    """

    text: str = ""
    more: tuple[str, ...] = ()
    light: Shown | None = None
    path: str = ""
    mono: bool = False
    value: Value = None


@dataclass(frozen=True)
class Row:
    """Its first cell is what it is about. `beside` is what its file says beyond its cells."""

    cells: tuple[Cell, ...]
    links: tuple[Link, ...] = ()
    beside: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Section:
    """A list: `empty` is said, and `mend` leads on, where it has no rows. `text` stands as it was written.

    A column is its title; of a list that is also a file it is a Column, with those `beside` in the file alone. `files`
    are the names and the addresses of these files.
    """

    id: str
    title: str
    columns: tuple[str | Column, ...] = ()
    rows: tuple[Row, ...] = ()
    empty: str = ""
    mend: Link | None = None
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    text: str = ""
    beside: tuple[Column, ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(column.title if isinstance(column, Column) else column for column in self.columns)

    @property
    def wide(self) -> bool:
        """Whether something can be done with a row."""
        return any(row.links for row in self.rows)


@dataclass(frozen=True)
class Sheet:
    """The page. `alert` is what is wrong on it; `filters` are asked of the address `path`; `more` goes on."""

    title: str
    path: str
    about: str = ""
    sections: tuple[Section, ...] = ()
    links: tuple[Link, ...] = ()
    alert: str = ""
    filters: tuple[Field, ...] = ()
    more: Link | None = None


def sheet(app: App, visit: Visit, view: Sheet, status: int = 200) -> Response:
    values = {"view": view, "told": unsigned(visit)}
    return page(app, visit.request, "office/sheet.html", values, status)


def unsigned(visit: Visit) -> str:
    """Why nothing can be changed here, where nobody signs in: this machine's browser may be anybody's."""
    if Right.ADMINISTER in visit.visitor.rights or visit.visitor.person_id or visit.visitor.token:
        return ""
    return visit.said.gettext(
        "For reading: nobody signs in here yet. Give an administrator a password on this machine, "
        "sla user add PERSON; whoever signs in with it changes what is here, on record."
    )


def may(visit: Visit, *links: Link) -> tuple[Link, ...]:
    """The links, for whoever may change what they lead to."""
    return links if Right.ADMINISTER in visit.visitor.rights else ()


def at_cell(visit: Visit, moment: datetime | None) -> Cell:
    """A moment in the office's time."""
    if moment is None:
        return Cell(NO_DATA)
    zone = visit.office.calendar.zone
    return Cell(visit.said.moment(moment, zone, year=True), value=moment.astimezone(zone))


def day_cell(visit: Visit, day: date | None) -> Cell:
    return Cell(visit.said.date(day, year=True), value=day) if day else Cell(NO_DATA)


def person_cell(visit: Visit, person: str, nobody: str = NO_DATA) -> Cell:
    """One of the staff by their id; `nobody` where there is none."""
    return Cell(name, value=Choice(person, name)) if (name := visit.office.name_of(person)) else Cell(nobody)


def light_cell(shown: Shown, id: str, more: tuple[str, ...] = ()) -> Cell:
    """One of several states: a file has its id, too."""
    return Cell(light=shown, more=more, value=Choice(id, shown.word))


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    return tuple(text if isinstance(text, Cell) else Cell(text) for text in texts)


def rows(found: Iterable[tuple[str | Cell, ...]]) -> tuple[Row, ...]:
    return tuple(Row(cells(*texts)) for texts in found)
