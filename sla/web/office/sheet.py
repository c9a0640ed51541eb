"""A page of lists: sections with a table each, what is said where there is nothing, and what can be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi.responses import Response

from sla.rights import Right
from sla.web.fields import Field
from sla.web.frame import App, Visit, page
from sla.web.lights import Shown


@dataclass(frozen=True)
class Link:
    """Where something is done. `of` says of what, for whoever hears the page; `main`: what most come for."""

    words: str
    path: str
    of: str = ""
    main: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands in a place of a table: a text, a light, remarks under it. `mono`: it is read letter by letter."""

    text: str = ""
    more: tuple[str, ...] = ()
    light: Shown | None = None
    path: str = ""
    mono: bool = False


@dataclass(frozen=True)
class Row:
    """Its first cell is what it is about."""

    cells: tuple[Cell, ...]
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Section:
    """A list: `empty` is said, and `mend` leads on, where it has no rows. `text` stands as it was written."""

    id: str
    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    empty: str = ""
    mend: Link | None = None
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    text: str = ""

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


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    return tuple(text if isinstance(text, Cell) else Cell(text) for text in texts)


def rows(found: Iterable[tuple[str | Cell, ...]]) -> tuple[Row, ...]:
    return tuple(Row(cells(*texts)) for texts in found)
