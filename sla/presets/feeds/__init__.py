"""Tables of codes for supervision feeds as TOML, and the reader of one, whose errors name the line and the field."""

import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any, NoReturn

from schedules.faults import FieldError, Phrase
from schedules.limits import Unit
from sla.events import KINDS
from sla.feed import DISTINCTIONS, Code, Codes, FeedMapping
from sla.permits import Kind
from sla.presets.lines import line_of, lines_of

SHIPPED = "gb_t_39046"
LONGEST = 100  # characters of a code or its name
_OTHER = "other"
_EVENTS = ("statuses", "special_procedures", "stage_states")
_TOP = ("mapping", "item_types", *_EVENTS, "units")
_HEAD = ("name", "moments")


class FeedError(FieldError):
    """A mapping that cannot be used: names its line and its field, and says what would be right."""

    def __init__(self, field: str, what: str | Phrase, /, *, line: int | None = None, **values: object) -> None:
        place = ", ".join(part for part in (f"line {line}" if line else "", field) if part)
        super().__init__(f"mapping: {place}" if place else "mapping", what, **values)


@lru_cache(maxsize=1)
def shipped_text() -> str:
    """The table that is shipped, as it was written."""
    return resources.files(__name__).joinpath(f"{SHIPPED}.toml").read_text("utf-8")


def mapping_of(text: str) -> FeedMapping:
    """The mapping that a TOML text describes. Raises FeedError."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise FeedError("", "is no TOML: %(error)s", error=error) from None
    return _Reading(table, lines_of(text)).mapping()


class _Reading:
    def __init__(self, table: Mapping[str, Any], lines: Mapping[str, int]) -> None:
        self.table, self.lines = table, lines

    def mapping(self) -> FeedMapping:
        self._only(self.table, _TOP, "")
        head = self._table("mapping")
        self._only(head, _HEAD, "mapping.")
        statuses, special, stages = (self._of_events(name) for name in _EVENTS)
        found = FeedMapping(
            name=self._text(head, "name", "mapping.name"),
            moments=self._moments(head),
            item_types=self._of_permits(),
            statuses=statuses,
            special_procedures=special,
            stage_states=stages,
            units=self._of_units(),
        )
        if not (statuses or special or stages):
            self._refuse("statuses", "is empty, as are the other tables of events: nothing would be told")
        return found

    # --- tables ------------------------------------------------------------------------------------------------------
    def _of_events(self, name: str) -> Codes:
        table = self._table(name)
        for key in table:
            self._check_event(key, f"{name}.{key}")
        return self._codes(name, table)

    def _check_event(self, key: str, field: str) -> None:
        kind, colon, distinction = key.partition(":")
        if kind not in KINDS:
            self._refuse(field, "%(value)r is no event; known are: %(known)s", value=kind, known=KINDS)
        if colon and kind not in DISTINCTIONS:
            self._refuse(field, "%(kind)s is of one sort only; write %(kind)s", kind=kind)
        known = DISTINCTIONS.get(kind)
        if colon and (not distinction or (known is not None and distinction not in known)):
            if known:
                self._refuse(
                    field,
                    "%(distinction)r is no sort of %(kind)s; known are: %(known)s",
                    distinction=distinction,
                    kind=kind,
                    known=known,
                )
            self._refuse(
                field,
                "%(distinction)r is no sort of %(kind)s; known are: the id of a ground or a stage",
                distinction=distinction,
                kind=kind,
            )

    def _of_permits(self) -> Codes:
        table = self._table("item_types")
        kinds = (*(kind.value for kind in Kind), _OTHER)
        for key in table:
            if key not in kinds and not key.startswith("permit:"):
                self._refuse(
                    f"item_types.{key}",
                    "is no kind of permit; write one of %(kinds)s, or permit: and its id",
                    kinds=kinds,
                )
        return self._codes("item_types", table)

    def _of_units(self) -> Codes:
        table = self._table("units")
        self._only(table, [unit.value for unit in Unit], "units.")
        return self._codes("units", table)

    def _codes(self, name: str, table: Mapping[str, Any]) -> Codes:
        return {key: self._code(entry, f"{name}.{key}") for key, entry in table.items()}

    def _code(self, entry: Any, field: str) -> Code:
        if not isinstance(entry, Mapping):
            self._refuse(field, '%(entry)r must be a code with its name: { code = "1", name = "接件" }', entry=entry)
        self._only(entry, ("code", "name"), f"{field}.")
        return Code(self._text(entry, "code", f"{field}.code"), self._text(entry, "name", f"{field}.name"))

    # --- fields ------------------------------------------------------------------------------------------------------
    def _moments(self, head: Mapping[str, Any]) -> str:
        """A form of times that tells all of a time, and nothing twice."""
        form = self._text(head, "moments", "mapping.moments")
        if not _tells_all(form):
            self._refuse(
                "mapping.moments", '%(form)r does not tell the whole time; write "%%Y-%%m-%%d %%H:%%M:%%S"', form=form
            )
        return form

    def _table(self, name: str) -> Mapping[str, Any]:
        table = self.table.get(name)
        if not isinstance(table, Mapping):
            if table is None:
                self._refuse(name, "is missing")
            self._refuse(name, "must be a table, [%(name)s]", name=name)
        return table

    def _text(self, table: Mapping[str, Any], name: str, field: str) -> str:
        value = table.get(name)
        if not isinstance(value, str) or not value.strip():
            if value is None:
                self._refuse(field, "is missing")
            self._refuse(field, '%(value)r must be a text, such as "1"', value=value)
        if len(value) > LONGEST or not value.isprintable():
            self._refuse(field, "must be one line of up to %(longest)s characters", longest=LONGEST)
        return value

    def _only(self, table: Mapping[str, Any], known: Collection[str], where: str) -> None:
        for key in table:
            if key not in known:
                self._refuse(f"{where}{key}", "is unknown; known are: %(known)s", known=known)

    def _refuse(self, field: str, what: str | Phrase, /, **values: object) -> NoReturn:
        raise FeedError(field, what, line=line_of(self.lines, field), **values)


def _tells_all(form: str) -> bool:
    """Whether a time that is written so can be read again, to the second."""
    at = datetime(2026, 9, 18, 15, 4, 5)  # noqa: DTZ001 - it is only written and read again
    try:
        return datetime.strptime(at.strftime(form), form) == at  # noqa: DTZ007
    except (ValueError, re.error):
        return False
