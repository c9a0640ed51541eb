"""The sweep's query takes due rows from their index, on both databases: its cost does not grow with the backlog."""

import re
from typing import Any

import sqlalchemy as sa

from sla.store import cases as store
from sla.store.engine import Session
from tests.bench.backlog import at, backlog

WHOLE = ("Seq Scan", "SCAN case_file", "Sort", "TEMP B-TREE")  # what a plan says that reads or sorts more than it needs


def test_due_cases_are_read_from_their_index_and_nothing_is_sorted(database_url: str) -> None:
    with backlog(database_url, pending=22_000, due=20) as app, app.writing() as session:
        plan = _plan(session)
    assert "case_next_alarm" in plan, plan
    assert not any(word in plan for word in WHOLE), plan


def test_the_longest_due_come_first_and_those_of_one_moment_office_by_office(database_url: str) -> None:
    with backlog(database_url, pending=2_200, due=20) as app, app.writing() as session:
        rows = store.due_cases(session, at("09-24T09:00"), limit=200)
    found = [(row.next_alarm_at, row.office_id.hex) for row in rows]
    assert found == sorted(found)
    assert [moment for moment, _ in found] == [at("09-21T09:00")] * 10 + [at("09-22T09:00")] * 20 + [
        at("09-24T09:00")
    ] * 170


def _plan(session: Session) -> str:
    """How the database carries out the statement `due_cases` sends; on PostgreSQL once it is prepared for good."""
    connection, sent = session.connection(), list[tuple[str, Any]]()

    def keep(_: Any, __: Any, statement: str, parameters: Any, *rest: Any) -> None:
        sent.append((statement, parameters))

    sa.event.listen(connection, "before_cursor_execute", keep)
    store.due_cases(session, at("09-22T09:00"), limit=100)
    sa.event.remove(connection, "before_cursor_execute", keep)
    statement, parameters = sent[0]
    if connection.dialect.name == "sqlite":
        explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    else:
        places = {name: f"${place}" for place, name in enumerate(parameters, start=1)}
        numbered = re.sub(r"%\((\w+)\)s", lambda found: places[found[1]], statement)
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        connection.exec_driver_sql(f"PREPARE peek AS {numbered}")
        explained = connection.exec_driver_sql("EXPLAIN EXECUTE peek('2026-09-22 01:00+00', 100)")
    return "\n".join(str(row[-1]) for row in explained)
