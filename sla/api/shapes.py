"""What requests and answers are made of: strict when they come in, exact when they go out."""

import re
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from sla.events import KINDS

DAY = r"^(19|20|21)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
MOMENT = (
    r"^(19|20|21)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d))?$"
)


AREA = r"^(\d{1,9}(\.\d{1,4})?)?$"


class Shape(BaseModel):
    """An object of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)


class Body(Shape):
    """The body of a request: what it does not know is refused by name, and nothing is taken for something else."""

    model_config = ConfigDict(strict=True)


class Query(Shape):
    """What may stand behind the question mark."""

    office: Annotated[str, StringConstraints(max_length=80)] = ""
    """Which office, where nobody signs in and several are here; else it must be your own."""


def _plain_date(text: object) -> object:
    if isinstance(text, str):
        if not re.fullmatch(DAY, text, re.ASCII):
            raise ValueError("is no date between 1900 and 2199; write 2026-09-18")
        date.fromisoformat(text)
    return text


def plain_number(text: object) -> object:
    """A whole number in the query, as digits and nothing else. Raises ValueError."""
    if isinstance(text, str) and not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise ValueError("is no whole number")
    return text


def _is_day(text: str) -> str:
    _plain_date(text)
    return text


def _is_when(text: str) -> str:
    if not re.fullmatch(MOMENT, text, re.ASCII):
        raise ValueError("is no date or time; write 2026-09-18, or by RFC 3339 2026-09-18T15:00:00+08:00")
    datetime.fromisoformat(text)
    return text


def _is_area(text: str) -> str:
    if not re.fullmatch(AREA, text, re.ASCII):
        raise ValueError("is no area in hectares; write 3.25")
    return text


Day = Annotated[date, BeforeValidator(_plain_date)]
"""A day in the query."""

DayText = Annotated[
    str,
    AfterValidator(_is_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": DAY, "examples": ["2026-09-18"]}),
]
WhenText = Annotated[
    str,
    AfterValidator(_is_when),
    WithJsonSchema({"type": "string", "pattern": MOMENT, "examples": ["2026-09-18T15:00:00+08:00", "2026-09-18"]}),
]
AreaText = Annotated[
    str, AfterValidator(_is_area), WithJsonSchema({"type": "string", "pattern": AREA, "examples": ["3.25"]})
]
"""Hectares, as written."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Line = Annotated[str, StringConstraints(max_length=200)]
Needed = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Text = Annotated[str, StringConstraints(max_length=2000)]

When = Annotated[
    WhenText | None,
    Field(description="When it happened: a moment by RFC 3339, or a day; now, if left out."),
]
By = Annotated[Name | None, Field(description="Who records it, where that is not whoever asks.")]
Named = Annotated[dict[str, str], Field(description="By language: zh, en.", examples=[{"zh": "承诺", "en": "promise"}])]


def local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A moment in the office's own time."""
    return moment.astimezone(zone) if moment else None


def problems_of(errors: list[Any]) -> list[tuple[str, str]]:
    """What is wrong with a request, field by field, in our own words."""
    return [(_field(error), _said(error)) for error in errors]


def _field(error: Any) -> str:
    """The place of an error, without the kind of event that it is about."""
    steps = [str(step) for step in error["loc"]]
    return ".".join(step for place, step in enumerate(steps) if place or step not in KINDS) or "body"


_SAYS = {
    "extra_forbidden": "is not known here",
    "missing": "is missing",
    "string_pattern_mismatch": "is not of the form {pattern}",
    "string_too_long": "is longer than {max_length} characters",
    "string_too_short": "is empty",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "union_tag_not_found": "is missing",
    "union_tag_invalid": "must be one of {expected_tags}",
    "model_attributes_type": "must be an object",
    "literal_error": "must be {expected}",
    "too_long": "holds more than {max_length}",
    "too_short": "is empty",
}


def _said(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    return _SAYS[kind].format(**context) if kind in _SAYS else str(error["msg"])
