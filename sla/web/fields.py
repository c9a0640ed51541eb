"""The fields of a form as data: what is asked, how, and what may be answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sla.access.forms import Form


class Ask(StrEnum):
    """How a field is asked for."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    TIME = "time"
    NUMBER = "number"
    CHOICE = "choice"
    BOXES = "boxes"
    BOX = "box"
    FIXED = "fixed"
    CODE = "code"
    SECRET = "secret"  # noqa: S105 - how it is asked for


@dataclass(frozen=True)
class Field:
    """One field. `options` are (value, words); `values` what is filled in; `problem` what is wrong with it."""

    name: str
    label: str
    ask: Ask = Ask.LINE
    options: tuple[tuple[str, str], ...] = ()
    needed: bool = False
    hint: str = ""
    most: int = 200
    values: tuple[str, ...] = ()
    problem: str = ""

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def shown(self) -> str:
        """What was answered, in words."""
        if self.ask is Ask.BOX:
            return "✓" if self.value else ""
        words = dict(self.options)
        return ", ".join(words.get(value, value) for value in self.values if value)


def filled(fields: Iterable[Field], form: Form) -> tuple[Field, ...]:
    """The fields with what a form says; of choices only what was offered."""
    return tuple(replace(field, values=_values(field, form)) for field in fields)


def answers(fields: Iterable[Field]) -> Mapping[str, str | tuple[str, ...]]:
    """What was answered, by name: a tuple of a field with boxes, else a text."""
    return {field.name: field.values if field.ask is Ask.BOXES else field.value for field in fields}


def _values(field: Field, form: Form) -> tuple[str, ...]:
    given = form.all_of(field.name) if field.ask is Ask.BOXES else [form.asked(field.name)]
    offered = {value for value, _ in field.options}
    return tuple(value for value in given if not field.options or value in offered)
