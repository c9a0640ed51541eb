"""What an office consists of, table by table, for taking it elsewhere: read as text from either database, spelled the
same to the byte, and written again.

The database itself writes the JSON of what belongs to cases: a case has a dozen rows, and to make objects of them here
took longer than to read them.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from notifiers.endpoints import ENDPOINT
from notifiers.instants import Instant
from sla.formats.sealed_lines import plain
from sla.store.anchors import ANCHOR, ANCHORED
from sla.store.calendars import CHANGE, MOVE, NOTICE
from sla.store.cases import CASE, EVENT, NUMBER, PARTY, canonical
from sla.store.deeds import DEED
from sla.store.given import GIVEN
from sla.store.offices import CALENDAR, DIGEST, DRAFT, OFFICE, PERSON, POLICY
from sla.store.people import ABSENCE

CASES = 500  # read at a time


@dataclass(frozen=True)
class Part:
    """Rows of a table as an export has them: which columns, and in which order the rows come.

    `nested` columns hold JSON. `bare` ones hold texts of ours in which JSON has nothing to escape. `compared`: where an
    office is here already, these rows must be here as the file has them.
    """

    name: str
    table: sa.Table
    columns: tuple[str, ...]
    order: tuple[str, ...]
    nested: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    compared: bool = True

    def reader(self, name: str) -> Callable[[Any], Any]:
        """What makes of a value in JSON what the column holds. Raises ValueError or TypeError."""
        if name in self.nested:
            return canonical
        column = self.table.c[name]
        read = next(made for kind, made in _READ.items() if isinstance(column.type, kind))
        return (lambda value: None if value is None else read(value)) if column.nullable else read


HEAD = Part(
    "office", OFFICE,
    ("office_id", "slug", "name", "settings", "calendar_version", "demonstration", "created_at"), (), ("settings",),
)  # fmt: skip
PARTS = (
    Part("calendar", CALENDAR, ("version", "content", "loaded_at"), ("loaded_at", "version"), ("content",)),
    Part(
        "notice", NOTICE,
        ("number", "title", "published", "level", "scope", "announced_through", "amends", "days", "content",
         "loaded_at", "loaded_by", "applied_at"),
        ("loaded_at", "number"), ("days",),
    ),
    Part(
        "calendar_change", CHANGE,
        ("seq", "at", "version", "why", "notice", "by", "finished_at"), ("seq",),
    ),
    Part(
        "policy", POLICY,
        ("policy_id", "version", "valid_from", "content", "published_at", "published_by"), ("policy_id", "version"),
    ),
    Part("draft", DRAFT, ("policy_id", "content", "kept_at", "kept_by"), ("policy_id",)),
    Part(
        "person", PERSON,
        ("person_id", "name", "roles", "language", "stand_in", "addresses", "absences", "active", "blanked_at",
         "blanked_by", "blanked_because"),
        ("person_id",), ("roles", "addresses", "absences"),
    ),
    Part(
        "absence", ABSENCE,
        ("absence_id", "person_id", "first", "last", "stand_in", "entered_at", "entered_by", "removed_at",
         "removed_by"),
        ("absence_id",),
    ),
    Part(
        "channel", ENDPOINT,
        ("name", "kind", "settings", "secret_names"), ("name",), ("settings", "secret_names"), compared=False,
    ),
    Part("number", NUMBER, ("permit", "year", "last"), ("permit", "year"), compared=False),
    Part("deed", DEED, ("deed_id", "at", "by", "kind", "subject"), ("deed_id",)),
    Part("digest", DIGEST, ("kind", "on", "made_at"), ("on", "kind")),
    Part("anchor", ANCHOR, ("on", "cases", "hash", "made_at", "listed"), ("on",)),
)  # fmt: skip
CASE_HEAD = Part(
    "case", CASE,
    ("case_id", "number", "policy_id", "policy_version", "calendar_version", "created_at", "head_seq", "head_hash"),
    ("case_id",), bare=("head_hash",),
)  # fmt: skip
CASE_PARTS = (
    Part(
        "events", EVENT,
        ("seq", "kind", "occurred_at", "dated", "recorded_at", "actor", "calendar_version", "details", "hash"),
        ("seq",), ("details",), ("kind", "hash"),
    ),
    Part("personal", PARTY, ("seq", "field", "salt", "value"), ("seq", "field"), bare=("field", "salt")),
    Part("given", GIVEN, ("clock_id", "due_on", "due_at", "source"), ("clock_id",)),
    Part(
        "moves", MOVE,
        ("change", "clock_id", "due_before", "due_after", "overdue", "rescued", "confirmed", "told"),
        ("change", "clock_id"), ("told",),
    ),
    Part("anchored", ANCHORED, ("seq", "on"), ("seq",)),
)  # fmt: skip


# --- reading ----------------------------------------------------------------------------------------------------------
def office_rows(connection: sa.Connection, office_id: UUID) -> Iterator[tuple[str, str]]:
    """All of an office but its cases: of each row its part, and its JSON without the last brace."""
    for part in (HEAD, *PARTS):
        for row in rows_of(connection, part, office_id):
            yield part.name, plain({"line": part.name, **as_json(part, row)})[:-1]


def rows_of(connection: sa.Connection, part: Part, office_id: UUID) -> list[Mapping[str, Any]]:
    """The rows of a part in its order, which is that of Unicode on either database."""
    columns = [part.table.c[name] for name in part.columns]
    chosen = sa.select(*columns).where(part.table.c.office_id == office_id)
    if part.table is ENDPOINT:
        chosen = chosen.where(ENDPOINT.c.removed_at.is_(None))
    rows: list[Mapping[str, Any]] = [dict(row._mapping) for row in connection.execute(chosen)]
    return sorted(rows, key=lambda row: [row[name] for name in part.order])


def as_json(part: Part, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as its line says it."""
    return {name: plain_value(row[name], nested=name in part.nested) for name in part.columns}


def recorded_through(connection: sa.Connection, office_id: UUID) -> datetime | None:
    """When the last of an office's events was recorded; None before there is one."""
    found = sa.select(sa.func.max(EVENT.c.recorded_at)).where(EVENT.c.office_id == office_id)
    moment: datetime | None = connection.execute(found).scalar_one()
    return moment


def how_many_cases(connection: sa.Connection, office_id: UUID) -> int:
    found = sa.select(sa.func.count()).select_from(CASE).where(CASE.c.office_id == office_id)
    return int(connection.execute(found).scalar_one())


def case_texts(connection: sa.Connection, office_id: UUID) -> Iterator[str]:
    """The JSON of each case without its last brace, in the order of their ids; some hundreds are read at a time."""
    statements = _Statements(connection.dialect.name)
    parameters = {"office": statements.id(office_id), "after": statements.id(UUID(int=0)), "most": CASES}
    while heads := connection.execute(statements.heads, parameters).all():
        parameters["through"] = heads[-1][0]
        parts = [_by_case(connection.execute(statement, parameters).all()) for statement in statements.parts]
        named = [(f',"{part.name}":[', found) for part, found in zip(CASE_PARTS, parts, strict=True)]
        for case_id, text in heads:
            pieces = [text]
            for name, found in named:
                pieces += (name, ",".join(found[case_id]) if case_id in found else "", "]")
            yield "".join(pieces)
        parameters["after"] = parameters["through"]


def _by_case(rows: Iterable[Sequence[Any]]) -> Mapping[Any, list[str]]:
    found: defaultdict[Any, list[str]] = defaultdict(list)
    for case_id, text in rows:
        found[case_id].append(text)
    return found


class _Statements:
    """What is asked for each page of cases; a row is the case's id, as the driver has it, and a piece of JSON."""

    def __init__(self, dialect: str) -> None:
        spelling = _POSTGRESQL if dialect == "postgresql" else _SQLITE
        self.id: Callable[[UUID], Any] = (lambda id: id) if dialect == "postgresql" else (lambda id: id.hex)
        head = spelling.object(CASE_HEAD, '{"line":"case",', "")
        here = "WHERE office_id = :office AND case_id > :after"
        self.heads = _asked(f"{head} FROM case_file {here} ORDER BY case_id LIMIT :most")
        here = f"{here} AND case_id <= :through"
        self.parts = [_asked(spelling.objects(part, here)) for part in CASE_PARTS]


def _asked(text: str) -> sa.TextClause:
    """Nothing in it comes from outside: names of ours, and parameters."""
    return sa.text(f"SELECT case_id, {text}")


# --- writing ----------------------------------------------------------------------------------------------------------
def row_of(part: Part, entry: Mapping[str, Any], **keys: UUID) -> dict[str, Any]:
    """The row that a line, or an object in it, says. Raises ValueError for fields that are not those of the part."""
    if entry.keys() != set(part.columns):
        odd = sorted(entry.keys() ^ set(part.columns))
        raise ValueError(f"{part.name}: its fields are {', '.join(part.columns)}; wrong or missing: {', '.join(odd)}")
    try:
        return {**keys, **{name: part.reader(name)(entry[name]) for name in part.columns}}
    except (TypeError, ValueError, AttributeError):
        raise ValueError(f"{part.name}: a field holds what its kind does not") from None


def put_rows(session: Session, part: Part, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.connection().execute(sa.insert(part.table), [dict(row) for row in rows])


# --- how a database spells JSON ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Spelling:
    """How a database writes an object as JSON: all of it in one step by a form, for to join text to text copies it each
    time.

    `forms` are those of the values of each kind, with the expressions that go into them; `{0}` is the column. `joins`:
    all objects of a case come as one text: a driver that makes Python objects takes its time for each row.
    """

    function: str
    forms: Mapping[str, tuple[str, str]]
    collation: str = ""
    joins: bool = False

    def object(self, part: Part, ahead: str = "{", behind: str = "}") -> str:
        """The expression of a row as a JSON object."""
        form = ",".join(f'"{name}":{self._form(part, name)}' for name in part.columns)
        values = ", ".join(self._values(part, name) for name in part.columns)
        return f"{self.function}('{ahead}{form}{behind}', {values})"

    def objects(self, part: Part, where: str) -> str:
        """What is asked of a part behind the ids of the cases: their objects in their order, by case."""
        order = ", ".join(self.ordered(part, name) for name in part.order)
        found, rows = self.object(part), f"FROM {part.table.name} {where}"
        if self.joins:
            return f"string_agg({found}, ',' ORDER BY {order}) {rows} GROUP BY case_id"
        return f"{found} {rows} ORDER BY case_id, {order}"

    def ordered(self, part: Part, name: str) -> str:
        return f'"{name}"{self.collation}' if isinstance(part.table.c[name].type, sa.Text) else f'"{name}"'

    def _form(self, part: Part, name: str) -> str:
        column = part.table.c[name]
        if column.nullable:
            return "%s"
        if name in part.bare:
            return '"%s"'
        return "%s" if name in part.nested else self.forms[_kind(column)][0]

    def _values(self, part: Part, name: str) -> str:
        column = part.table.c[name]
        if name in part.bare or name in part.nested:
            return f'"{name}"'
        form, values = self.forms[_kind(column)]
        found = values.format(f'"{name}"')
        if not column.nullable:
            return found
        return f"""CASE WHEN "{name}" IS NULL THEN 'null' ELSE {self.function}('{form}', {found}) END"""


def _kind(column: sa.Column[Any]) -> str:
    return next(form for kind, form in _FORMS.items() if isinstance(column.type, kind))


_FORMS: dict[type, str] = {
    Instant: "moment", sa.Date: "day", sa.Uuid: "id", sa.Boolean: "flag", sa.Integer: "whole", sa.Text: "text",
}  # fmt: skip
_SQLITE = _Spelling("printf", {
    "text": ("%s", "json_quote({0})"),
    "moment": ('"%.10sT%sZ"', "{0}, substr({0}, 12)"),
    "day": ('"%s"', "{0}"),
    "flag": ("%s", "iif({0}, 'true', 'false')"),
    "whole": ("%d", "{0}"),
    "id": ('"%s"', "{0}"),
})  # fmt: skip
_POSTGRESQL = _Spelling("format", {
    "text": ("%s", "to_json({0})"),
    "moment": ('"%s"', """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""),
    "day": ('"%s"', "to_char({0}, 'YYYY-MM-DD')"),
    "flag": ("%s", "CASE WHEN {0} THEN 'true' ELSE 'false' END"),
    "whole": ("%s", "{0}"),
    "id": ('"%s"', "replace(CAST({0} AS text), '-', '')"),
}, ' COLLATE "C"', joins=True)  # fmt: skip


def plain_value(value: Any, *, nested: bool = False) -> Any:
    """A value as JSON says it: a moment in UTC to the microsecond, an id in hexadecimal digits."""
    if nested:
        return json.loads(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value.hex if isinstance(value, UUID) else value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


_READ: dict[type, Callable[[Any], Any]] = {
    Instant: datetime.fromisoformat, sa.Date: date.fromisoformat, sa.Uuid: UUID, sa.Boolean: _flag,
    sa.Integer: _whole, sa.Text: _text,
}  # fmt: skip
