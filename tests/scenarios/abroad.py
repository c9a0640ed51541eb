"""An office of another country on a database of its own: a clerk, a chief, a head, and what they were sent."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from notifiers.outbox import MESSAGE
from sla.app import Clock, build
from sla.clock import Clock as CaseClock
from sla.presets import preset
from sla.service import cases
from sla.service.audit import verified
from sla.service.cases import When
from sla.service.doctor import rebuilt
from sla.service.offices import Office, office_named
from sla.service.setup import apply, plan_of
from sla.settings import Settings
from tests.schema import make_tables
from tests.service.cast import line

OFFICE = """
[office]
slug = "office"
name = "The office"
language = "en"
policy = "{policy}"

[channels.desk]
kind = "log"

[[staff]]
id = "clerk"
name = "A Clerk"
roles = ["clerk"]
addresses = {{ desk = "clerk" }}

[[staff]]
id = "chief"
name = "A Chief"
roles = ["clerk", "chief", "manager"]
addresses = {{ desk = "chief" }}

[[staff]]
id = "head"
name = "A Head"
roles = ["head", "supervision"]
addresses = {{ desk = "head" }}
"""


class Abroad:
    """The office of a pack. Times are its own wall time: `office.at("2026-03-02 09:00")`."""

    def __init__(self, url: str, policy: str, begun: str) -> None:
        self.policy = preset(policy)
        self.app = build(Settings(database_url=url), clock=Clock(fixed=datetime(2026, 1, 1, tzinfo=UTC)), checked=False)
        self.at(begun)
        make_tables(self.app.engine)
        with self.app.writing() as session:
            self.applied = apply(session, plan_of(OFFICE.format(policy=policy), Path()), self.now)
        self._seen: set[Any] = set()

    @property
    def now(self) -> datetime:
        assert self.app.clock.fixed is not None
        return self.app.clock.fixed

    def at(self, text: str) -> "Abroad":
        self.app.clock.fixed = self.moment(text)
        return self

    def moment(self, text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.policy.zone)).astimezone(UTC)

    def receive(self, permit: str) -> str:
        with self.app.writing() as session:
            details = {"permit": permit, "handler": "clerk"}
            return cases.receive(session, self._office(session), details, When(self.now), self.now, "clerk").number

    def record(self, number: str, kind: str, **details: Any) -> None:
        with self.app.writing() as session:
            cases.record(session, self._office(session), number, kind, details, When(self.now), self.now, "clerk")

    def extend(self, number: str, amount: int, reason: str = "needed") -> None:
        with self.app.writing() as session:
            unit = cases.unit_of(session, self._office(session), number, "statutory", self.now)
        self.record(
            number, "extended", clock="statutory", amount=amount, unit=unit, reason=reason, approver="chief"
        )  # fmt: skip

    def clock(self, number: str, clock: str = "statutory") -> CaseClock:
        with self.app.reading() as session:
            return cases.find(session, self._office(session), number, self.now).history.clock(clock)

    def due(self, number: str, clock: str = "statutory") -> str:
        due = self.clock(number, clock).due_on
        return due.isoformat() if due else ""

    def run(self) -> list[str]:
        """What was sent since it was last asked, digests left out."""
        self.app.settle_all()
        with self.app.reading() as session:
            rows = list(session.connection().execute(sa.select(MESSAGE)))
        fresh = [row for row in rows if row.state == "sent" and row.id not in self._seen]
        self._seen.update(row.id for row in fresh)
        return sorted(text for text in map(line, fresh) if " digest " not in text and " month " not in text)

    def in_order(self) -> bool:
        """Whether every index can be rebuilt from the events, and the chains hold."""
        with self.app.writing() as session:
            return not list(verified(session)) and not rebuilt(session, self.now)

    def close(self) -> None:
        self.app.close()

    def _office(self, session: Any) -> Office:
        return office_named(session, "office")
