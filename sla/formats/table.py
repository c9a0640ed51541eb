"""A list as rows of typed values: what every file of a list is written from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum


class Kind(Enum):
    """What a column holds. `share`: a part of one, such as 0.95. `decimal`: a number with places, such as a mean.
    `choice`: one of several that have a name."""

    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal"
    SHARE = "share"
    DATE = "date"
    MOMENT = "moment"
    FLAG = "flag"
    CHOICE = "choice"


@dataclass(frozen=True)
class Choice:
    """One of several: its `id` for programs, the same in every language and version, and its `name` for people."""

    id: str
    name: str


@dataclass(frozen=True)
class Column:
    """`name` is for programs and never changes; `title` is in the reader's language."""

    name: str
    title: str
    kind: Kind = Kind.TEXT
    wide: bool = False


Value = str | int | float | bool | date | datetime | Choice | None  # None: there is nothing, which is not 0
Row = Sequence[Value]


@dataclass(frozen=True)
class Table:
    """A list as it stands at `at`, which is aware, as is every moment in it. `name` is part of a file's name.

    `rows` may be read once only: a long list is never held whole. `yes` and `no` are a flag's words.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    at: datetime
    yes: str = "yes"
    no: str = "no"

    def word(self, value: bool) -> str:
        return self.yes if value else self.no
