"""A backlog for the sweep: a few cases made by the service in each office, then copied by the database itself.

A case that was accepted has eleven alarms before it: five on its promise, six on its statutory limit. Those received on
Friday 2026-09-18 have their first on 09-22 at 09:00 (T-1 of a promise due 09-23); those of 09-21 have theirs on 09-24.
One case an office, received on 09-17 and due 09-22, is a day ahead of the others: with it a process warms up.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sla.app import App, Clock, build
from sla.service import cases
from sla.service.cases import When
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from sla.settings import Settings
from sla.store import cases as store
from sla.store.migrate import migrate

ZONE = ZoneInfo("Asia/Shanghai")
ALARMS_PER_CASE = 11
OFFICES = 10
OFFICE = """
[office]
slug = "window-%(number)s"
name = "云溪市规划审批窗口 %(number)s"
policy = "cn_planning"
[channels.log]
kind = "log"
[[staff]]
id = "li"
name = "李敏"
roles = ["clerk"]
stand_in = "wang"
addresses = { log = "li" }
[[staff]]
id = "wang"
name = "王强"
roles = ["clerk", "chief"]
stand_in = "li"
addresses = { log = "wang" }
[[staff]]
id = "zhao"
name = "赵静"
roles = ["manager", "head", "supervision"]
addresses = { log = "zhao" }
"""
# The case's own id with its last 12 digits replaced by the number of the copy.
COPIED_ID = {
    "sqlite": "substr(t.case_id, 1, 20) || printf('%012x', n)",
    "postgresql": "(substr(t.case_id::text, 1, 24) || lpad(to_hex(n), 12, '0'))::uuid",
}


def at(text: str) -> datetime:
    """A moment in Shanghai, such as 09-18T15:00 of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


@contextmanager
def backlog(database_url: str, pending: int, due: int) -> Iterator[App]:
    """The app on a database with so many pending alarms, of which `due` cases have one at 09-22T09:00."""
    app = build(Settings(database_url=database_url), clock=Clock(at("09-22T08:55")), checked=False)
    migrate(app.engine)
    try:
        for number in range(OFFICES):
            with app.writing() as session:
                apply(session, plan_of(OFFICE % {"number": number}, Path()), at("08-01T08:00"))
                office = office_named(session, f"window-{number}")
                rest = pending // ALARMS_PER_CASE - due - OFFICES
                for received, count in (("09-17T10:00", OFFICES), ("09-18T10:00", due), ("09-21T10:00", rest)):
                    moment = When(at(received))
                    details = {"permit": "site_selection", "title": "实验小学选址", "handler": "li"}
                    case = cases.receive(session, office, details, moment, moment.at, "li")
                    cases.record(session, office, case.number, "accepted", {}, moment, moment.at, "li")
                    copied(session.connection(), case.row, count // OFFICES - 1)
        settled(app)
        yield app
    finally:
        app.close()


def copied(connection: sa.Connection, case: store.Row, count: int, more: Sequence[sa.Table] = ()) -> None:
    """Copies of a case with its rows, those of `more` tables too, under numbers and ids of their own."""
    if count < 1:
        return
    postgres = connection.dialect.name == "postgresql"
    if postgres:  # what is copied has its parents; to look for each of them takes ten times as long as to copy it
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for table in (store.CASE, store.EVENT, store.CLOCK, store.ALARM, *more):
        changed = {"case_id": COPIED_ID[connection.dialect.name], "number": "t.number || '-' || n"}
        given = {"office": case.office_id, "case": case.case_id, "count": count}
        connection.execute(_copying(table, changed), given)
    if postgres:
        connection.exec_driver_sql("SET LOCAL session_replication_role = origin")


def _copying(table: sa.Table, changed: Mapping[str, str]) -> sa.TextClause:
    names = ", ".join(f'"{column.name}"' for column in table.c)
    values = ", ".join(changed.get(column.name, f't."{column.name}"') for column in table.c)
    text = (
        f"INSERT INTO {table.name} ({names})"
        " WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < :count)"
        f" SELECT {values} FROM {table.name} t, copies WHERE t.office_id = :office AND t.case_id = :case"
    )
    key = store.CASE.c.case_id.type
    return sa.text(text).bindparams(sa.bindparam("office", type_=key), sa.bindparam("case", type_=key))


def settled(app: App) -> None:
    """What PostgreSQL does by itself within minutes: clean up and count."""
    if app.engine.dialect.name == "postgresql":
        with app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
