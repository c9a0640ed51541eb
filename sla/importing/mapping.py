"""What the columns of a source mean: a TOML file of a few lines, checked whole before anything is read by it."""

import codecs
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla.importing.rows import SourceError

TEXTS = (
    "number", "permit", "title", "applicant", "contact", "email", "mobile", "handler", "first_contact", "land_area_ha",
    "floor_area_ha", "outcome", "certificate",
)  # fmt: skip
DATES = ("received", "accepted", "decided", "delivered", "withdrawn")  # kinds of events that need nothing else
CASES = {*TEXTS, *DATES, "last_event", "given"}
OF_EVENTS = {"clock", "unit", "approver"}  # where an event says nothing of it
DEFAULTS = {"permit", "handler", "first_contact", "outcome", *OF_EVENTS}
EVENTS = {"case", "event", "at", "recorded", "kinds"}
TOP = {"source", "zone", "encoding", "separator", "sheet", "dates", "cases", "defaults", "values", "events"}
FIELDS: Mapping[str, tuple[str, ...]] = {  # the events that can be brought in, and what may be told of each
    "received": (),
    "correction_requested": ("papers", "notice"),
    "correction_received": ("papers",),
    "accepted": ("receipt",),
    "owed_received": ("papers",),
    "refused": ("reason",),
    "not_required": ("reason",),
    "paused": ("ground", "notice", "expected_end"),
    "resumed": ("ground",),
    "extended": ("clock", "amount", "unit", "reason", "approver"),
    "stage_entered": ("stage",),
    "stage_left": ("stage",),
    "reassigned": ("handler", "reason"),
    "contact_changed": ("contact", "email", "mobile"),
    "decided": ("outcome", "certificate", "reason"),
    "delivered": ("method",),
    "withdrawn": ("reason",),
}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "correction_requested": ("papers",),
    "owed_received": ("papers",),
    "refused": ("reason",),
    "not_required": ("reason",),
    "paused": ("ground",),
    "extended": ("clock", "amount", "reason", "approver"),
    "stage_entered": ("stage",),
    "stage_left": ("stage",),
    "reassigned": ("handler",),
}
DETAILS = {name for names in FIELDS.values() for name in names}
GOVERNING = ""  # the clock that stands for the case: its promise, or else its statute
ANY = "*"
NO_FILES = {"undefined", "idna", "punycode"}  # codecs that are for no file


@dataclass(frozen=True)
class EventMap:
    """The columns of the events. `kinds`: what each name of theirs is here; what it leaves out is passed over."""

    case: str
    event: str
    at: str
    recorded: str
    kinds: Mapping[str, str]
    details: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        known = (self.case, self.event, self.at, self.recorded, *self.details.values())
        return tuple(dict.fromkeys(filter(None, known)))


@dataclass(frozen=True)
class SourceMap:
    """A mapping. `columns` are those of the cases by what they mean, `given` those of deadlines by clock; `values` has,
    by field, what a text of theirs is here. `zone`: of times without an offset, None for the office's."""

    source: str
    columns: Mapping[str, str]
    given: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    events: EventMap | None = None
    zone: ZoneInfo | None = None
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    dates: tuple[str, ...] = ()

    @property
    def case_columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.columns.values(), *self.given.values())))


def mapping_of(text: str) -> SourceMap:
    """The mapping a TOML text describes. Raises SourceError naming the entry."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError("mapping", "is no TOML: %(error)s", error=error) from None
    _known(table, TOP, "")
    cases = _table(table.get("cases", {}), "cases")
    _known(cases, CASES, "cases.")
    columns = {name: _text(cases, name, "cases.") for name in cases if name != "given"}
    found = SourceMap(
        source=_source(table),
        columns=columns,
        given=_given(cases.get("given", {})),
        defaults=_texts(table.get("defaults", {}), "defaults", DEFAULTS),
        values=_values(table.get("values", {})),
        events=_events(table["events"]) if "events" in table else None,
        zone=_zone(table),
        encoding=_encoding(table),
        separator=_separator(table),
        sheet=_text(table, "sheet", "") if "sheet" in table else "",
        dates=_dates(table.get("dates", [])),
    )
    _whole(found)
    return found


def _whole(found: SourceMap) -> None:
    if "number" not in found.columns:
        raise SourceError("mapping cases.number", "is missing: say which column has the case's number")
    begun = found.events is not None and "received" in found.events.kinds.values()
    if "received" not in found.columns and not begun:
        raise SourceError("mapping cases.received", "is missing: say which column has the day a case came in")
    if "permit" not in found.columns and "permit" not in found.defaults:
        raise SourceError("mapping cases.permit", "is missing: name its column, or one permit for all under defaults")
    if "handler" not in found.columns and "handler" not in found.defaults:
        raise SourceError("mapping cases.handler", "is missing: name its column, or one person for all under defaults")


def _source(table: Mapping[str, Any]) -> str:
    name = _text(table, "source", "")
    if len(name) > 60 or not all(sign.isalnum() or sign in "-_." for sign in name):
        raise SourceError(
            "mapping source", "%(name)r must be letters, digits, hyphens and dots, up to 60", name=name[:60]
        )
    return name


def _given(value: Any) -> dict[str, str]:
    """A column for the clock that stands for the case, or one for each of several clocks."""
    return {GOVERNING: value} if isinstance(value, str) and value else _texts(value, "cases.given", None)


def _events(value: Any) -> EventMap:
    table = _table(value, "events")
    _known(table, EVENTS | DETAILS, "events.")
    kinds = _texts(table.get("kinds", {}), "events.kinds", None)
    for name, kind in kinds.items():
        if kind not in FIELDS:
            known = ", ".join(FIELDS)
            raise SourceError(
                f"mapping events.kinds.{name}", "%(value)r is no event; known are: %(known)s", value=kind, known=known
            )
    recorded = _text(table, "recorded", "events.") if "recorded" in table else ""
    details = {name: _text(table, name, "events.") for name in table if name in DETAILS}
    case = _text(table, "case", "events.") if "case" in table else ""
    event, at = (_text(table, name, "events.") for name in ("event", "at"))
    return EventMap(case, event, at, recorded, kinds, details)


def _values(value: Any) -> dict[str, Mapping[str, str]]:
    table = _table(value, "values")
    _known(table, {*TEXTS, *DETAILS} - {"number"}, "values.")
    return {name: _texts(entry, f"values.{name}", None) for name, entry in table.items()}


def _zone(table: Mapping[str, Any]) -> ZoneInfo | None:
    if "zone" not in table:
        return None
    name = _text(table, "zone", "")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SourceError("mapping zone", "%(name)r is no time zone; write Asia/Shanghai", name=name) from None


def _encoding(table: Mapping[str, Any]) -> str:
    if "encoding" not in table:
        return ""
    name = _text(table, "encoding", "")
    if not _is_of_texts(name):
        raise SourceError("mapping encoding", "%(name)r is unknown; write utf-8, gb18030 or cp1252", name=name)
    return codecs.lookup(name).name


def _is_of_texts(name: str) -> bool:
    """Whether it makes a file's bytes a text: some codecs make other bytes of them."""
    try:
        b"a".decode(name)
    except UnicodeError:
        pass  # half a sign is none, as in UTF-16
    except (LookupError, ValueError):
        return False
    return codecs.lookup(name).name not in NO_FILES


def _separator(table: Mapping[str, Any]) -> str:
    sign = table.get("separator", "")
    if not isinstance(sign, str) or (sign and (len(sign) != 1 or sign in '"\r\n')):
        raise SourceError("mapping separator", '%(sign)r must be one sign, such as ";"', sign=sign)
    return sign


def _dates(value: Any) -> tuple[str, ...]:
    forms = value if isinstance(value, list) else [value]
    for form in forms:
        if not isinstance(form, str) or "%Y" not in form or "%y" in form:
            raise SourceError(
                "mapping dates", '%(form)r must have a year of four digits, such as "%%d.%%m.%%Y %%H:%%M"', form=form
            )
        _compiled(form)
    return tuple(forms)


def _compiled(form: str) -> None:
    try:
        datetime.strptime("", form)  # noqa: DTZ007 - it is never a time
    except re.error:
        raise SourceError("mapping dates", "%(form)r names a part twice", form=form) from None
    except ValueError:
        return  # as an empty text is no date


def _table(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SourceError(f"mapping {where}", "must be a table, [%(where)s]", where=where)
    return value


def _texts(value: Any, where: str, known: set[str] | None) -> dict[str, str]:
    table = _table(value, where)
    if known is not None:
        _known(table, known, f"{where}.")
    return {name: _text(table, name, f"{where}.") for name in table}


def _text(table: Mapping[str, Any], name: str, where: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        if value is None:
            raise SourceError(f"mapping {where}{name}", "is missing")
        raise SourceError(f"mapping {where}{name}", "%(value)r must be a text", value=value)
    return " ".join(value.split())


def _known(table: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in table:
        if name not in known:
            raise SourceError(f"mapping {where}{name}", "is unknown; known are: %(known)s", known=sorted(known))
