"""A node that does the work of one office only (a claim that stays within an office)."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifiers.outbox import MESSAGE
from sla.app import App, Clock, build
from sla.service import cases
from sla.service.cases import When
from sla.service.errors import ServiceError
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from sla.settings import Settings
from tests.bench.backlog import OFFICE, at
from tests.schema import make_tables

SLUGS = ("window-1", "window-2")


def node(database_url: str, only: str, moment: str) -> App:
    settings = Settings(database_url=database_url, only_office=only)
    return build(settings, clock=Clock(at(moment)), checked=False)


@pytest.fixture
def database(database_url: str) -> Iterator[str]:
    """Two offices, each with a case whose promise of 4 working days from Friday 09-18 ends on Wednesday 09-23 (09-20
    works): the first reminder is due on 09-22 at 09:00, the digest of 09-22 at 08:30."""
    with closing(node(database_url, "", "09-18T10:00")) as app:
        make_tables(app.engine)
        for number, slug in enumerate(SLUGS, start=1):
            with app.writing() as session:
                apply(session, plan_of(OFFICE % {"number": number}, Path()), at("08-01T08:00"))
                office = office_named(session, slug)
                moment = When(at("09-18T10:00"))
                details = {"permit": "site_selection", "title": slug, "handler": "li"}
                case = cases.receive(session, office, details, moment, moment.at, "li")
                cases.record(session, office, case.number, "accepted", {}, moment, moment.at, "li")
    yield database_url


def told(app: App) -> dict[str, set[str]]:
    """The states of each office's messages."""
    with app.reading() as session:
        slugs = {office_named(session, slug).id: slug for slug in SLUGS}
        found: dict[str, set[str]] = {}
        for row in session.connection().execute(sa.select(MESSAGE.c.office_id, MESSAGE.c.state)):
            found.setdefault(slugs[row.office_id], set()).add(row.state)
    return found


def test_it_raises_tells_and_sends_for_that_office_alone(database: str) -> None:
    with closing(node(database, "window-2", "09-22T09:30")) as app:
        app.settle_all()
        assert told(app) == {"window-2": {"sent"}}
    with closing(node(database, "", "09-22T09:30")) as app:
        app.settle_all()
        assert told(app) == {"window-1": {"sent"}, "window-2": {"sent"}}


def test_an_office_that_is_not_there_is_said_before_a_node_begins(database: str) -> None:
    with closing(node(database, "window-3", "09-22T09:30")) as app, pytest.raises(ServiceError, match=r"window-3"):
        app.heartbeat()
