"""How PostgreSQL finds what is due: by index, with a large backlog, and after its rows were written over and over.

Of small tables a planner rightly reads all; at a twentieth it is told not to where there is any other way.
"""

import os
from collections.abc import Iterator
from pprint import pformat
from typing import Any

import pytest
import sqlalchemy as sa

from sla.app import App
from tests.bench.backlog import at, backlog
from tests.databases import new_database

FULL = bool(os.environ.get("SLA_PLANS_FULL"))
PENDING = 1_000_000 if FULL else 50_000  # alarms before cases, most of them not due
DUE = 1_000 if FULL else 200
LARGE = ("case_file", "case_event", "clock", "alarm", "message", "delivery")


@pytest.fixture(scope="module")
def app(postgresql: str) -> Iterator[App]:
    with new_database(postgresql) as url, backlog(url, PENDING, DUE) as app:
        app.clock.fixed = at("09-21T09:30")
        settled(app)  # what was a day ahead is told, and its messages are copied: an office has sent many
        with app.engine.begin() as connection:
            for table in ("message", "delivery"):
                connection.exec_driver_sql(_copied(connection, table))
        with app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
            if not FULL:
                connection.exec_driver_sql(f"ALTER DATABASE {app.engine.url.database} SET enable_seqscan = off")
        app.engine.dispose()  # the connections there were know nothing of it
        yield app


def _copied(connection: sa.Connection, table: str) -> str:
    """So many copies of a row that was sent; each under an id and a key of its own."""
    own = {"id": "md5(n || t.id::text)::uuid", "key": "t.key || n", "message_id": "md5(n || t.message_id::text)::uuid"}
    names = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    values = ", ".join(own.get(name, f"t.{name}") for name in names)
    first = {"message": "id", "delivery": "message_id"}[table]  # the same message's, which has one attempt
    one = f"(SELECT * FROM {table} ORDER BY {first} LIMIT 1) t"
    chosen = f"SELECT {values} FROM {one}, generate_series(1, {PENDING}) n"
    return f"INSERT INTO {table} ({', '.join(names)}) {chosen}"


def plans(app: App, done: Any) -> dict[str, Any]:
    """The plan of each statement that reads or changes rows while something is done, by the statement."""
    seen: dict[str, tuple[str, Any]] = {}

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")) and "unnest" not in statement:
            seen.setdefault(statement, (statement, parameters[0] if many else parameters))

    sa.event.listen(app.engine, "before_cursor_execute", note)
    try:
        done()
    finally:
        sa.event.remove(app.engine, "before_cursor_execute", note)
    with app.engine.connect() as connection:
        return {
            statement: connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()[0][
                "Plan"
            ]
            for statement, parameters in seen.values()
        }


def scanned(found: dict[str, Any]) -> list[str]:
    """The statements that read a large table, or an index of one, from end to end."""
    return [f"{statement}\n{pformat(plan)}" for statement, plan in found.items() if any(map(_reads_all, _parts(plan)))]


def _parts(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _parts(part)


def _reads_all(part: dict[str, Any]) -> bool:
    return part.get("Relation Name") in LARGE and "Scan" in part["Node Type"] and not _by_condition(part)


def _by_condition(part: dict[str, Any]) -> bool:
    """A bitmap scan has its condition in the parts below it, which name no table."""
    return "Index Cond" in part or (part["Node Type"] == "Bitmap Heap Scan" and "Recheck Cond" in part)


def settled(app: App) -> None:
    while app.sweep():
        pass
    while app.deliver():
        pass


def test_no_table_is_read_from_end_to_end_in_a_sweep_that_finds_nothing(app: App) -> None:
    app.clock.fixed = at("09-21T12:00")
    found = plans(app, lambda: settled(app))
    assert any("case_file" in statement for statement in found)
    assert scanned(found) == []


def test_nor_where_many_alarms_are_raised_and_sent_and_after_their_rows_were_written_over(app: App) -> None:
    app.clock.fixed = at("09-22T09:30")
    found = plans(app, lambda: settled(app))
    assert any("UPDATE message" in statement for statement in found)
    assert scanned(found) == []
    for _ in range(3):
        with app.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE case_file SET next_alarm_at = next_alarm_at")
            connection.exec_driver_sql("UPDATE alarm SET change = change")
    app.clock.fixed = at("09-24T09:30")
    assert scanned(plans(app, app.sweep)) == []
    assert scanned(plans(app, app.deliver)) == []


def test_nor_where_old_messages_are_removed_of_cases_that_are_closed(app: App) -> None:
    with app.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE office SET settings = replace(settings, '\"keep_months\":0', '\"keep_months\":6')"
        )
        closed = "(SELECT case_id FROM alarm WHERE state = 'raised' AND told <> '[]')"
        connection.exec_driver_sql(f"UPDATE clock SET open = FALSE WHERE case_id IN {closed}")
        connection.exec_driver_sql(f"UPDATE case_file SET next_alarm_at = NULL WHERE case_id IN {closed}")
    app.clock.fixed = at("09-24T12:00").replace(year=2027)
    removed: list[int] = []
    found = plans(app, lambda: removed.append(app.remove_old()))
    assert removed[0] > DUE
    for touched in ("DELETE FROM message", "DELETE FROM delivery", "UPDATE alarm", "FOR UPDATE SKIP LOCKED"):
        assert any(touched in statement for statement in found), touched
    assert scanned(found) == []
