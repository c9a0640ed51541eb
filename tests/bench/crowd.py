"""An office with very many cases: some dozens made by the service, then copied by the database itself.

It is Wednesday 2026-09-23, 10:00 in Shanghai. A copy has an id, a number, a title and an applicant of its own. What no
list reads is not copied: the alarms, and the events of closed cases.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from sla.app import App, Clock, build
from sla.service import cases
from sla.service.board import board
from sla.service.cases import When
from sla.service.offices import Office, office_named
from sla.service.setup import apply, plan_of
from sla.settings import Settings
from sla.store import cases as store
from sla.store.engine import Session
from sla.store.migrate import migrate
from tests.bench.backlog import OFFICE, at, settled

NOW = at("09-23T10:00")
STAFF = ("li", "wang", "zhao")
PERMITS = ("site_selection", "land_use", "construction_works", "rural_construction")
RARE = "人民医院"  # in the title of one copy in 997

# A minute between the ids of copies, so that open and closed cases of all kinds lie among each other.
COPIED_ID = {
    "sqlite": "printf('%012x', :first + CAST(n AS bigint) * 60000) || substr(t.case_id, 13)",
    "postgresql": (
        "(lpad(to_hex(:first + CAST(n AS bigint) * 60000), 12, '0')"
        " || substr(replace(t.case_id::text, '-', ''), 13))::uuid"
    ),
}


@dataclass(frozen=True)
class Kind:
    """Cases that are alike: how many of a thousand, when they came in, and what has happened to them since."""

    share: int
    received: str
    told: Sequence[tuple[str, str, Mapping[str, str]]] = ()


_ACCEPTED: tuple[str, str, Mapping[str, str]] = ("accepted", "", {})
OPEN = (
    Kind(5, "09-16T10:00", [_ACCEPTED]),  # due 09-21 or later: some are overdue
    Kind(5, "09-17T10:00", [_ACCEPTED]),
    Kind(150, "09-18T10:00", [_ACCEPTED]),  # due today where the promise is 4 working days
    Kind(200, "09-20T10:00", [_ACCEPTED]),
    Kind(200, "09-21T10:00", [_ACCEPTED]),
    Kind(200, "09-22T10:00", [_ACCEPTED]),
    Kind(130, "09-23T09:00", [_ACCEPTED]),
    Kind(60, "09-14T10:00", [_ACCEPTED, ("paused", "09-15T10:00", {"ground": "public_notice"})]),
    Kind(
        10,
        "09-14T11:00",
        [_ACCEPTED, ("paused", "09-15T10:00", {"ground": "public_notice", "expected_end": "2026-09-20"})],
    ),
    Kind(40, "09-23T09:30"),  # awaits acceptance
)
CLOSED = tuple(
    Kind(
        250,
        f"{month:02}-10T10:00",
        [
            _ACCEPTED,
            ("decided", f"{month:02}-14T15:00", {"outcome": "approved"}),
            ("delivered", f"{month:02}-14T16:00", {"method": "窗口领取"}),
        ],
    )
    for month in (4, 5, 6, 7)
)


@contextmanager
def crowd(database_url: str, open_ones: int, closed: int, permits: Sequence[str] = PERMITS) -> Iterator[App]:
    """The app, with about so many cases of each sort; its time stands at NOW."""
    app = build(Settings(database_url=database_url), clock=Clock(NOW), checked=False)
    migrate(app.engine)
    try:
        with app.writing() as session:
            apply(session, plan_of(OFFICE % {"number": 0}, Path()), at("04-01T08:00"))
            office = office_named(session, "")
            cases_of = list(_cases_of(session, office, CLOSED, closed, permits))
            cases_of += made_open(session, office, open_ones, permits)
            with unindexed(session.connection()):
                for case, kind, count in cases_of:
                    _copied(session.connection(), case, count, kind)
        looked_at(app)
        settled(app)
        yield app
    finally:
        app.close()


Made = tuple[store.Row, Kind, int]


def _cases_of(
    session: Session, office: Office, kinds: Sequence[Kind], count: int, permits: Sequence[str]
) -> Iterator[Made]:
    """A case of each kind and permit, and how many copies there are to be of it."""
    for place, kind in enumerate(kinds):
        for number, permit in enumerate(permits):
            handler = STAFF[(place + number) % len(STAFF)]
            case = _made(session, office, kind, permit, handler, f"示例项目{place}")
            yield case, kind, max(0, count * kind.share // 1000 // len(permits) - 1)


def made_open(session: Session, office: Office, count: int, permits: Sequence[str] = PERMITS) -> list[Made]:
    return list(_cases_of(session, office, OPEN, count, permits))


def copy_open(connection: sa.Connection, made: Sequence[Made]) -> None:
    for case, kind, count in made:
        _copied(connection, case, count, kind)


@contextmanager
def unindexed(connection: sa.Connection) -> Iterator[None]:
    """Indexes are made once all is there: kept up on the way they take several times as long."""
    indexes = [index for table in (store.CASE, store.CLOCK, store.PARTY, store.EVENT) for index in table.indexes]
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)


def _made(session: Session, office: Office, kind: Kind, permit: str, handler: str, title: str) -> store.Row:
    came = at(kind.received)
    details = {"permit": permit, "title": title, "handler": handler, "applicant": "张三"}
    number = cases.receive(session, office, details, When(came), came, handler).number
    row: store.Row = cases.find(session, office, number, came).row
    for what, moment, more in kind.told:
        when = at(moment) if moment else came
        row = cases.record(session, office, number, what, more, When(when), when, handler).row
    return row


def _copied(connection: sa.Connection, case: store.Row, count: int, kind: Kind) -> None:
    if count < 1:
        return
    changed = {
        "case_id": COPIED_ID[connection.dialect.name],
        "number": "t.number || '-' || n",
        "title": f"CASE n % 997 WHEN 0 THEN '{RARE}' ELSE t.title END || n",
        "value": "t.value || n",
        "next_alarm_at": "NULL",
    }
    tables = [store.CASE, store.CLOCK, store.PARTY, *([store.EVENT] if kind in OPEN else [])]
    first = int(case.created_at.timestamp() * 1000)
    given = {"office": case.office_id, "case": case.case_id, "count": count, "first": first}
    with without_parents(connection):
        for table in tables:
            where = "t.field || '' = 'applicant'" if _only_named(table, kind) else ""
            connection.execute(_copying(table, changed, where), given)


@contextmanager
def without_parents(connection: sa.Connection) -> Iterator[None]:
    """For copies: what is copied has its parents, and the cache is large enough for the keys of a million."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -400000")
        yield
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    yield
    connection.exec_driver_sql("SET LOCAL session_replication_role = origin")


def _only_named(table: sa.Table, kind: Kind) -> bool:
    return table is store.PARTY and kind not in OPEN


def _copying(table: sa.Table, changed: Mapping[str, str], where: str) -> sa.TextClause:
    names = ", ".join(f'"{column.name}"' for column in table.c)
    values = ", ".join(changed.get(column.name, f't."{column.name}"') for column in table.c)
    text = (
        f"INSERT INTO {table.name} ({names})"
        " WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < :count)"
        f" SELECT {values} FROM {table.name} t, copies WHERE t.office_id = :office AND t.case_id = :case"
        f"{' AND ' if where else ''}{where}"
    )
    key = store.CASE.c.case_id.type
    return sa.text(text).bindparams(sa.bindparam("office", type_=key), sa.bindparam("case", type_=key))


def looked_at(app: App) -> None:
    """The few cases that the service made are brought to NOW."""
    while app.sweep():
        pass


def open_number(session: Session) -> str:
    """The number of an open case."""
    office = office_named(session, "")
    return board(session, office, NOW).lists["next_days"][0].case.number
