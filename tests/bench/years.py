"""An office that has worked for years: cases of every kind that a report tells apart, with all their events. Some
dozens are made by the service and then copied by the database itself, each copy some weeks earlier than the last.

It is Wednesday 2026-09-23, 10:00 in Shanghai, and 130 weeks of work of forty clerks are on record. The hashes of what
was copied are not its own, and some of it falls on holidays: for reading, not for proof.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifiers.instants import Instant
from sla.app import App, Clock, build
from sla.history import HistoryError
from sla.service import cases
from sla.service.cases import When
from sla.service.offices import Office, office_named
from sla.service.setup import apply, plan_of
from sla.settings import Settings
from sla.store import cases as store
from sla.store import sums
from sla.store.engine import Session
from sla.store.migrate import migrate
from tests.bench import crowd as crowds
from tests.bench.backlog import OFFICE, at, settled
from tests.service.cast import policy_text

CLERKS, WEEKS = 40, 130
CLERK = '[[staff]]\nid = "clerk{n}"\nname = "职员{n}"\nroles = ["clerk"]\naddresses = {{ log = "{n}" }}\n'
STAFF = "".join(CLERK.format(n=n) for n in range(CLERKS))
TEXT = OFFICE.replace('policy = "cn_planning"', 'policy_file = "policy.toml"') % {"number": 0} + STAFF
TABLES = (store.CASE, store.EVENT, store.PARTY, store.CLOCK)

WHY = {"overdue_reason": "材料较多", "overdue_measure": "增派人手"}

Step = tuple[str, str, str, Mapping[str, Any]]  # what, when, when it was entered ("": at once), and more


@dataclass(frozen=True)
class Kind:
    """Cases that are alike: how many of a thousand, and what happened to them after they came in on Monday 09-07."""

    share: int
    told: Sequence[Step]
    permits: Sequence[str] = crowds.PERMITS


def _decided(moment: str, **more: str) -> list[Step]:
    return [
        ("decided", moment, "", {"outcome": "approved", **more}),
        ("delivered", moment, "", {"method": "窗口领取"}),
    ]


_ACCEPTED: Step = ("accepted", "09-07T10:30", "", {})
_ONE = ("site_selection",)  # the permit with a stage, and with a promise that may be extended
CLOSED = (
    Kind(300, [_ACCEPTED, *_decided("09-08T15:00")]),
    Kind(150, [_ACCEPTED, *_decided("09-09T15:00")]),
    Kind(150, [_ACCEPTED, *_decided("09-10T11:00")]),
    Kind(50, [_ACCEPTED, *_decided("09-11T11:00")]),
    Kind(10, [_ACCEPTED, *_decided("09-11T16:45")]),
    Kind(
        110,
        [
            _ACCEPTED,
            ("stage_entered", "09-07T11:00", "", {"stage": "review"}),
            ("stage_left", "09-08T16:00", "", {"stage": "review"}),
            *_decided("09-09T16:00"),
        ],
        _ONE,
    ),
    Kind(60, [_ACCEPTED, *_decided("09-18T11:00")]),
    Kind(
        80,
        [
            _ACCEPTED,
            ("paused", "09-08T10:00", "", {"ground": "expert_review"}),
            ("resumed", "09-14T10:00", "", {}),
            *_decided("09-15T15:00"),
        ],
    ),
    Kind(
        5,
        [
            _ACCEPTED,
            ("paused", "09-11T10:00", "", {"ground": "hearing"}),
            ("resumed", "09-14T10:00", "", {}),
            *_decided("09-14T15:00"),
        ],
        _ONE,
    ),
    Kind(
        20,
        [
            _ACCEPTED,
            (
                "extended",
                "09-09T10:00",
                "",
                {"clock": "promise", "amount": 2, "unit": "working_days", "reason": "复杂", "approver": "zhao"},
            ),
            *_decided("09-14T15:00"),
        ],
        _ONE,
    ),
    Kind(30, [("accepted", "09-07T10:30", "09-10T09:00", {}), *_decided("09-10T15:00")]),
    Kind(5, [_ACCEPTED, ("paused", "09-08T10:00", "", {"ground": "hearing"}), ("voided", "09-08T11:00", "", {}),
             *_decided("09-10T15:00")]),
    Kind(30, [_ACCEPTED, ("withdrawn", "09-08T10:00", "", {"reason": "不办了"})]),
)  # fmt: skip


@contextmanager
def years(database_url: str, open_ones: int, closed: int) -> Iterator[App]:
    """The app, with about so many cases of each sort; its time stands at NOW."""
    app = build(Settings(database_url=database_url), clock=Clock(crowds.NOW), checked=False)
    migrate(app.engine)
    try:
        with app.writing() as session:
            office = _office(session)
            of_now = crowds.made_open(session, office, open_ones)
            of_then = [(_made(session, office, kind, permit), kind.share * closed // 1000 // len(kind.permits))
                       for kind in CLOSED for permit in kind.permits]  # fmt: skip
            with crowds.unindexed(session.connection()):
                crowds.copy_open(session.connection(), of_now)
                for case, count in of_then:
                    _copied(session.connection(), case, max(0, count - 1))
            # PostgreSQL's triggers are not asked for copies.
            sums.touch(session, office.id, sums.months(session, office.id))
        crowds.looked_at(app)
        app.add_up()
        settled(app)
        yield app
    finally:
        app.close()


def _office(session: Session) -> Office:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "policy.toml").write_text(policy_text(1, "2019-04-23"), "utf-8")
        apply(session, plan_of(TEXT, Path(folder)), at("04-01T08:00"))
    return office_named(session, "")


def _made(session: Session, office: Office, kind: Kind, permit: str) -> store.Row:
    came = at("09-07T10:00")
    details = {"permit": permit, "title": "示例项目", "handler": "clerk0", "applicant": "张三"}
    number = cases.receive(session, office, details, When(came), came, "clerk0").number
    for what, moment, entered, more in kind.told:
        when = at(moment)
        told = at(entered) if entered else when
        if what == "voided":
            cases.void(session, office, number, 3, "录错了", told, "clerk0")
        else:
            actor = "zhao" if what == "extended" else "clerk0"
            try:
                cases.record(session, office, number, what, more, When(when), told, actor)
            except HistoryError:  # it is late, and says why
                cases.record(session, office, number, what, {**more, **WHY}, When(when), told, actor)
    row: store.Row = cases.find(session, office, number, crowds.NOW).row
    return row


def _copied(connection: sa.Connection, case: store.Row, count: int) -> None:
    if count < 1:
        return
    name = connection.dialect.name
    with crowds.without_parents(connection):
        for table in TABLES:
            names = ", ".join(f'"{column.name}"' for column in table.c)
            values = ", ".join(_value(name, column) for column in table.c)
            text = (
                f"INSERT INTO {table.name} ({names})"
                " WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < :count)"
                f" SELECT {values} FROM {table.name} t, copies WHERE t.office_id = :office AND t.case_id = :case"
            )
            key = store.CASE.c.case_id.type
            bound = sa.text(text).bindparams(sa.bindparam("office", type_=key), sa.bindparam("case", type_=key))
            first = int(case.created_at.timestamp() * 1000)
            given = {"office": case.office_id, "case": case.case_id, "count": count}
            connection.execute(bound, given | ({"first": first} if ":first" in text else {}))


# A copy is n % WEEKS weeks earlier; its id is of its time.
_MILLISECONDS = f":first - CAST(n % {WEEKS} AS bigint) * 604800000 + n / {WEEKS}"
_ID = {
    "sqlite": f"printf('%012x', {_MILLISECONDS}) || substr(t.case_id, 13)",
    "postgresql": f"(lpad(to_hex({_MILLISECONDS}), 12, '0') || substr(replace(t.case_id::text, '-', ''), 13))::uuid",
}
_EARLIER = {
    ("sqlite", "day"): "date(t.{0}, '-' || (n % {1} * 7) || ' days')",
    ("sqlite", "moment"): "date(substr(t.{0}, 1, 10), '-' || (n % {1} * 7) || ' days') || substr(t.{0}, 11)",
    ("postgresql", "day"): "t.{0} - (n % {1} * 7)",
    ("postgresql", "moment"): "t.{0} - n % {1} * interval '7 days'",
}
_OWN = {
    "number": "t.number || '-' || n",
    "title": "t.title || n",
    "value": "t.value || n",
    "next_alarm_at": "NULL",
    "handler": f"'clerk' || (n % {CLERKS})",
    "actor": f"'clerk' || (n % {CLERKS})",
}


def _value(dialect: str, column: sa.Column[object]) -> str:
    if column.name == "case_id":
        return _ID[dialect]
    if column.name in _OWN:
        return _OWN[column.name]
    for kind, what in ((sa.Date, "day"), (Instant, "moment")):
        if isinstance(column.type, kind):
            return _EARLIER[dialect, what].format(f'"{column.name}"', WEEKS)
    return f't."{column.name}"'
