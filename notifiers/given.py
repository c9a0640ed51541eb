"""Many rows written by one statement.

PostgreSQL takes them as one parameter, a JSON text: to the driver a parameter costs more than a row costs the database.
SQLite has them bound one by one, which costs it little.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

New = Callable[[str], sa.ColumnElement[Any]]  # what is given for a column, by its name
Computed = Mapping[str, Callable[[sa.ColumnElement[Any]], sa.ColumnElement[Any]]]
Values = Mapping[str, Any]
NOTHING: Computed = {}


def given(columns: Sequence[sa.ColumnClause[Any]]) -> sa.TableValuedAlias:
    """The rows of the parameter `rows`, in their order, as a table with these columns; PostgreSQL only."""
    rows = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text), sa.JSON))
    typed = (sa.column(column.name, column.type) for column in columns)
    return rows.table_valued(*typed).render_derived(name="given", with_types=True)


def as_parameter(rows: Sequence[Values]) -> dict[str, str]:
    """The parameter of a statement over `given`: moments, days and ids as their texts."""
    return {"rows": json.dumps([dict(row) for row in rows], default=str, ensure_ascii=False)}


def insert_each(connection: Connection, table: sa.Table, rows: Sequence[Values]) -> None:
    """Write new rows; all of `rows` name the same columns."""
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        connection.execute(_inserting(table, names), as_parameter(rows))
    else:
        written = _Written.of(table, names, connection)
        connection.exec_driver_sql(written.statement, [written.row(row) for row in rows])


@lru_cache(maxsize=32)
def _inserting(table: sa.Table, names: tuple[str, ...]) -> sa.Insert:
    source = _given(table, names)
    return sa.insert(table).from_select(names, sa.select(*(source.c[name] for name in names)))


class _Written(NamedTuple):
    """A statement as the driver takes it: the values of a row in their places, and what the types of some places make
    of theirs."""

    statement: str
    values: Callable[[Values], tuple[Any, ...]]
    made: tuple[tuple[int, Callable[[Any], Any]], ...]

    @classmethod
    def of(cls, table: sa.Table, names: tuple[str, ...], connection: Connection) -> "_Written":
        key = table, names, connection.dialect.name
        if key not in _WRITTEN:
            dialect = connection.dialect
            compiled = sa.insert(table).values({name: sa.bindparam(name) for name in names}).compile(dialect=dialect)
            places = tuple(compiled.positiontup or ())
            made = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in places]
            values = itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)
            _WRITTEN[key] = cls(str(compiled), values, tuple((n, one) for n, one in enumerate(made) if one))
        return _WRITTEN[key]

    def row(self, values: Values) -> tuple[Any, ...]:
        row = list(self.values(values))
        for place, made in self.made:
            if row[place] is not None:
                row[place] = made(row[place])
        return tuple(row)


_WRITTEN: dict[tuple[sa.Table, tuple[str, ...], str], _Written] = {}


def update_each(
    connection: Connection,
    table: sa.Table,
    keys: tuple[str, ...],
    rows: Sequence[Values],
    *wanted: sa.ColumnElement[bool],
    computed: Computed = NOTHING,
    fixed: Values = NOTHING,
) -> None:
    """Change each row that has the `keys` of one of `rows` to its other values; all of `rows` name the same columns.

    Only those that are `wanted`. `computed`: what a column becomes of the given value; `fixed`: the same for all rows.
    """
    if not rows:
        return
    changed = [name for name in rows[0] if name not in keys]
    if connection.dialect.name == "postgresql":
        source = _given(table, (*keys, *changed))
        statement = _changing(table, keys, changed, lambda name: source.c[name], wanted, computed, fixed)
        connection.execute(statement, as_parameter(rows))
    else:
        statement = _changing(table, keys, changed, lambda name: _bound(table, name), wanted, computed, fixed)
        connection.execute(statement, [{f"new_{name}": value for name, value in row.items()} for row in rows])


@lru_cache(maxsize=64)
def _given(table: sa.Table, names: tuple[str, ...]) -> sa.TableValuedAlias:
    return given([table.c[name] for name in names])


def _bound(table: sa.Table, name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(f"new_{name}", type_=table.c[name].type)


def _changing(
    table: sa.Table,
    keys: Sequence[str],
    changed: Sequence[str],
    new: New,
    wanted: Sequence[sa.ColumnElement[bool]],
    computed: Computed,
    fixed: Values,
) -> sa.Update:
    values = {name: computed[name](new(name)) if name in computed else new(name) for name in changed}
    return sa.update(table).where(*(table.c[name] == new(name) for name in keys), *wanted).values({**values, **fixed})
