"""Input that cannot be taken: which field, what is wrong with it, and what would be right.

It reads as English here. Whoever shows it to people says it in their language, by its template (`sla.words`).
"""

from collections.abc import Collection, Sequence
from typing import Any, Self

NONE = "none"  # of a list without an item


class Phrase:
    """An English text that can be said in another language.

    `template` is the text and the key of its translation; `values` fill its %(name)s. A list fills in as its items
    (phrases and errors behind semicolons), another phrase or error as what it says, anything else as its text.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        self.template, self.values = template, values

    @staticmethod
    def listed(items: Sequence["Phrase | FieldError"]) -> "Phrase":
        """Several, one after the other."""
        return Phrase("%(items)s", items=items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrase) and (self.template, self.values) == (other.template, other.values)

    def __hash__(self) -> int:
        return hash(self.template)

    def __str__(self) -> str:
        if not self.values:
            return self.template
        return self.template % {name: _plain(value) for name, value in self.values.items()}


class FieldError(ValueError):
    """`field` names what to mend, as whoever wrote the input knows it ("" for the whole of it)."""

    def __init__(self, field: str, what: str | Phrase, /, **values: object) -> None:
        self.field = field
        self.phrase = what if isinstance(what, Phrase) else Phrase(what, **values)
        super().__init__(f"{field}: {self.phrase}" if field else str(self.phrase))

    def __reduce__(self) -> tuple[Any, ...]:
        """From process to process as what it was made of."""
        return type(self), (self.field, self.phrase)

    @property
    def message(self) -> str:
        """What is wrong, in English, without the field's name."""
        return str(self.phrase)

    @classmethod
    def of(cls, error: "FieldError", field: str | None = None) -> Self:
        """What another room found wrong, said of a field of ours."""
        return cls(error.field if field is None else field, error.phrase)


def _plain(value: object) -> object:
    if isinstance(value, Collection) and not isinstance(value, str | bytes):
        return joint(value).join(map(str, value)) or NONE
    return value


def joint(items: Collection[object]) -> str:
    """What stands between the items of a list: sentences are further apart than names."""
    return "; " if any(isinstance(item, Phrase | FieldError) for item in items) else ", "
