"""The fields of a document, read one by one to their types. Each that is wrong is noted, with what would be right."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from schedules.faults import Phrase
from sla.policies import PolicyError

Choice = TypeVar("Choice", bound=Enum)


class Fields:
    """A table of the document and its place in it, such as `permits.fence`.

    What is wrong goes to `problems`, and a stand-in of the right type is read in its place, so that one reading finds
    everything. `lost`: the table itself is wrong, and nothing is said of what it should hold.
    """

    def __init__(self, table: Any, where: str, problems: list[PolicyError], *, lost: bool = False) -> None:
        self.where, self.problems = where, problems
        self.lost = lost or not isinstance(table, Mapping)
        self.values: Mapping[str, Any] = {} if self.lost else table
        if self.lost and not lost:
            self.wrong("", "must be a table")

    def __contains__(self, field: str) -> bool:
        return field in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def wrong(self, field: str, what: str | Phrase, /, **values: object) -> None:
        """Note what is wrong with a field, or with the table itself ("")."""
        problem = PolicyError(self.at(field), what, **values)
        if str(problem) not in map(str, self.problems):
            self.problems.append(problem)

    def at(self, field: str) -> str:
        return ".".join(part for part in (self.where, field) if part)

    def only(self, known: set[str]) -> "Fields":
        for field in self.values:
            if field not in known:
                self.wrong(field, "is unknown; known are: %(known)s", known=sorted(known))
        return self

    # --- tables ------------------------------------------------------------------------------------------------------
    def table(self, field: str) -> "Fields":
        """The table of a field; an empty one where it is left out."""
        return Fields(self.values.get(field, {}), self.at(field), self.problems, lost=self.lost)

    def tables(self) -> Iterator[tuple[str, "Fields"]]:
        """Every table in this one, by its name."""
        for name in self.values:
            yield name, self.table(name)

    def list_of_tables(self, field: str) -> list["Fields"]:
        entries = self.values.get(field, [])
        if not isinstance(entries, list):
            self.wrong(field, "must be a list of tables, [[%(at)s]]", at=self.at(field))
            return []
        return [Fields(entry, f"{self.at(field)}[{place}]", self.problems) for place, entry in enumerate(entries)]

    # --- single fields -----------------------------------------------------------------------------------------------
    def text(self, field: str, default: str | None = None) -> str:
        value = self.values.get(field, default)
        if isinstance(value, str) and (value or default is not None):
            return value
        self._amiss(field, Phrase("must be a text"))
        return default or ""

    def texts(self, field: str) -> list[str]:
        value = self.values.get(field, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        self.wrong(field, "must be a list of texts")
        return []

    def whole(
        self, field: str, *, least: int | None = None, default: int | None = None, what: Phrase | None = None
    ) -> int:
        """A whole number, from `least` on."""
        value = self.values.get(field, default)
        if isinstance(value, int) and not isinstance(value, bool) and (least is None or value >= least):
            return value
        self._amiss(field, what or Phrase("must be a whole number from %(least)s on", least=least))
        return least or 0

    def flag(self, field: str, *, default: bool = False) -> bool:
        value = self.values.get(field, default)
        if isinstance(value, bool):
            return value
        self.wrong(field, "must be true or false")
        return default

    def items(self, field: str) -> list[Any]:
        """A list of anything."""
        value = self.values.get(field, [])
        if isinstance(value, list):
            return value
        self.wrong(field, "must be a list")
        return []

    def date(self, field: str) -> date:
        value = self.values.get(field)
        if type(value) is date:
            return value
        self._amiss(field, Phrase("must be a date such as 2026-01-01"), always=True)
        return date.min

    def names(self) -> dict[str, str]:
        """The table's `names`, by language; English is needed."""
        names = self.values.get("names")
        if not isinstance(names, Mapping) or not all(isinstance(name, str) and name for name in names.values()):
            self._amiss("names", Phrase('must be { zh = "...", en = "..." }'), always=True)
        elif "en" not in names:
            self.wrong("names.en", "is missing; every name needs at least its English")
        else:
            return dict(names)
        return {"en": "?"}

    def choice(self, enum: type[Choice], field: str, default: Choice | None = None) -> Choice:
        if field not in self and default is not None:
            return default
        if self.lost:
            return next(iter(enum))
        return self.member(enum, self.values.get(field), field)

    def member(self, enum: type[Choice], value: Any, field: str) -> Choice:
        """The member of an enumeration that a value names."""
        try:
            return enum(value)
        except ValueError:
            known = [choice.value for choice in enum]
            if field in self:
                self.wrong(field, "%(value)r is unknown; known are: %(known)s", value=value, known=known)
            else:
                self.wrong(field, "is missing; write one of: %(known)s", known=known)
            return next(iter(enum))

    def minutes(self, field: str, default: str) -> int:
        """A time of day such as 08:30, as minutes since midnight."""
        text = str(self.values.get(field, default))
        hours, _, minutes = text.partition(":")
        if hours.isdigit() and minutes.isdigit() and len(minutes) == 2 and int(minutes) < 60 and int(hours) < 24:
            return int(hours) * 60 + int(minutes)
        self.wrong(field, "%(text)r is no time; write 08:30", text=text)
        return 0

    def _amiss(self, field: str, what: Phrase, *, always: bool = False) -> None:
        if not self.lost:
            self.wrong(field, what if always or field in self else Phrase("is missing"))
