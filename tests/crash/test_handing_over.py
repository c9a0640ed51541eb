"""Killed while a colleague's cases are handed over, and run again: the rest goes over, nothing twice."""

import signal
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from sla.app import App
from sla.service import handover
from sla.service.handover import Done, Handover
from sla.service.offices import office_named
from sla.store.migrate import METADATA
from tests.crash import cast
from tests.crash.child import app_of
from tests.crash.journey import PROCESSES
from tests.crash.points import Point, arm
from tests.schema import make_tables

CASES, BATCH = 5, 2
NOW = cast.at("09-22T10:00")  # an hour after their reminders
WANTED = Handover("li", "wang", "调离窗口", "zhao")
WRITTEN = Point("two cases written, before commit", "after", "sla.service.handover:rebuild")


@dataclass(frozen=True)
class Work:
    """Handing over as `sla case handover` does, two cases a transaction; dies in the nth of them."""

    database_url: str
    nth: int


def hand_over(app: App) -> Done:
    with app.reading() as session:
        office_id = office_named(session, "window").id
    return handover.hand_over(app.writing, app.now, office_id, WANTED)


def main(work: Work) -> None:
    handover.BATCH = BATCH
    arm(WRITTEN, work.nth)
    with closing(app_of(work.database_url, NOW)) as app:
        hand_over(app)


def rows(app: App, table: str) -> list[Any]:
    with app.reading() as session:
        return list(session.connection().execute(sa.select(METADATA.tables[table])))


def test_killed_half_way_the_same_command_does_the_rest(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "BATCH", BATCH)
    with closing(app_of(database_url, cast.RECEIVED)) as app:
        make_tables(app.engine)
        cast.make_office(app, "http://127.0.0.1:9")
        for title in cast.TITLES[:CASES]:
            cast.receive(app, title)
        for row in rows(app, "case_file"):
            cast.accept(app, row.number)
        app.clock.fixed = NOW
        while app.sweep():
            pass
        child = PROCESSES.Process(target=main, args=(Work(database_url, 2),))
        child.start()
        child.join(60)
        assert child.exitcode == -signal.SIGKILL
        assert sorted(row.handler for row in rows(app, "case_file")) == ["li"] * 3 + ["wang"] * 2
        assert len(hand_over(app).handed_over) == 3
        assert hand_over(app) == Done()
        events = [row.case_id for row in rows(app, "case_event") if row.kind == "handed_over"]
        assert len(events) == len(set(events)) == CASES
        told = [row for row in rows(app, "message") if row.recipient_id == "wang"]
        assert len(told) == CASES
        assert sum(row.bundle_id is None for row in told) == 3  # a message a transaction: of 2, 2 and 1
