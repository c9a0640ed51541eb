"""A whole database as lines of JSON, and back, on either kind of database: a copy is of one moment, or it is none.

{"shixian": 1, "schema": "0010", "made_at": "…"}
{"table": "office", "columns": ["office_id", …], "rows": [[…], …]}      as often as needed, parents first
{"rows": 1234, "sha256": "…"}                                           of all lines before
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from notifiers.instants import Instant
from sla.store.engine import Engine, StoreError, snapshot
from sla.store.migrate import METADATA, current_revision, head_revision

FORMAT = 1
ROWS = 500  # in a line
ADDED_UP = {"clock_sum", "month_touched"}  # in no copy: what is restored is added up anew


def copied(engine: Engine, made_at: datetime) -> Iterator[str]:
    """The lines of a copy, as of one moment, while others go on writing."""
    digest, count = hashlib.sha256(), 0

    def line(value: object) -> str:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
        digest.update(text.encode())
        return text

    with snapshot(engine) as connection:
        yield line({"shixian": FORMAT, "schema": current_revision(connection), "made_at": made_at.isoformat()})
        for table in METADATA.sorted_tables:
            if table.name in ADDED_UP:
                continue
            columns = list(table.columns)
            chosen = sa.select(*columns).order_by(*table.primary_key)
            for rows in connection.execute(chosen.execution_options(yield_per=ROWS)).partitions():
                count += len(rows)
                plain = [[_plain(value) for value in row] for row in rows]
                yield line({"table": table.name, "columns": [column.name for column in columns], "rows": plain})
    yield json.dumps({"rows": count, "sha256": digest.hexdigest()}) + "\n"


def restored(engine: Engine, lines: Iterable[str]) -> int:
    """Fill an empty database with a copy; how many rows. All of it or, with StoreError, nothing.

    The schema must be that of the copy: one of an older version is restored by that version, and then migrated.
    """
    with engine.execution_options(writes=True).begin() as connection:
        _require_empty(connection)
        return _Restoring(connection).all(lines)


class _Restoring:
    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.digest, self.count = hashlib.sha256(), 0

    def all(self, lines: Iterable[str]) -> int:
        number, end = 0, None
        for number, text in enumerate(lines, start=1):
            if end is not None:
                raise StoreError(f"line {number}", "stands behind the end of the copy; it was written to")
            entry = _entry(text, number)
            if number == 1:
                self._head(entry)
            elif "sha256" in entry:
                end = entry
                continue
            else:
                self._rows(entry, number)
            self.digest.update(text.encode())
        if end is None:
            raise StoreError(f"line {number}", "the copy ends before its last line; it was cut off")
        if (end["rows"], end["sha256"]) != (self.count, self.digest.hexdigest()):
            raise StoreError("", "the copy is not as it was written: its checksum differs")
        return self.count

    def _head(self, entry: dict[str, Any]) -> None:
        if entry.get("shixian") != FORMAT:
            raise StoreError("line 1", "is no copy that this version can read")
        if entry.get("schema") != head_revision():
            raise StoreError(
                "line 1",
                "the copy's schema is %(schema)s, this version's is %(head_revision)s; restore it with the version "
                "that made it, then run `sla migrate` of this one",
                schema=entry.get("schema"),
                head_revision=head_revision(),
            )

    def _rows(self, entry: dict[str, Any], number: int) -> None:
        table = METADATA.tables.get(str(entry.get("table")))
        if table is None or set(entry.get("columns", ())) != set(table.columns.keys()):
            raise StoreError(f"line {number}", "names a table or columns that this version has not")
        readers = [_reader(table.columns[name]) for name in entry["columns"]]
        rows = [
            {name: read(value) for name, read, value in zip(entry["columns"], readers, row, strict=True)}
            for row in entry["rows"]
        ]
        self.connection.execute(sa.insert(table), rows)
        self.count += len(rows)


def _require_empty(connection: sa.Connection) -> None:
    for table in METADATA.sorted_tables:
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise StoreError(
                "database_url", "is not empty; restore into a database that only `sla migrate` has touched"
            )


def _entry(text: str, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(text)
    except ValueError:
        raise StoreError(f"line {number}", "is no JSON; the copy was cut off or written to") from None
    if not isinstance(entry, dict):
        raise StoreError(f"line {number}", "is no JSON object; this is no copy of shixian")
    return entry


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    read = next((made for kind, made in _MADE.items() if isinstance(column.type, kind)), None)
    return (lambda value: value if value is None else read(value)) if read else (lambda value: value)


_MADE: dict[type, Callable[[str], Any]] = {Instant: datetime.fromisoformat, sa.Date: date.fromisoformat, sa.Uuid: UUID}
