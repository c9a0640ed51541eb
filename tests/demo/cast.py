"""Demonstrations made once for all tests of this folder, one for each day that is odd in its own way."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sla.app import App, Clock, build
from sla.demo import HOUR, Made, make, settings_for
from sla.demo.office import SLUG
from sla.demo.told import moment
from sla.history import History
from sla.service.lists import histories
from sla.service.offices import Office, office_named
from sla.store import cases as store
from sla.store.engine import Session

DAYS = (
    date(2026, 11, 22),  # a Sunday; limits of today cross the last announced day, 2026-12-31
    date(2026, 11, 23),  # a Monday
    date(2026, 10, 10),  # a make-up Saturday, the third day after the week of the national day
    date(2026, 2, 20),  # in the spring festival, 02-15 to 02-23
    date(2026, 12, 28),  # promises cross the year's end too
    date(2026, 9, 15),  # no limit of today crosses the year's end
)


@dataclass
class Demo:
    """A demonstration on its day at 10:00, after the heartbeat has settled everything once."""

    day: date
    app: App
    made: Made

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, Office, datetime]]:
        with self.app.reading() as session:
            yield session, office_named(session, SLUG), self.app.now(session)

    def rows(self) -> list[Any]:
        with self.reading() as (session, office, _):
            return store.all_cases(session, office.id, None, 1000)

    @cached_property
    def open(self) -> list[tuple[Any, History]]:
        """The cases that are not finished, with their history."""
        with self.reading() as (session, office, now):
            rows = store.all_cases(session, office.id, None, 1000)
            return [
                (row, history)
                for row, history in histories(session, office, [r.case_id for r in rows], now)
                if unfinished(history)
            ]


def unfinished(history: History) -> bool:
    """Open, or waiting for the applicant's papers."""
    return history.is_open or history.phase == "correction"


def demo_on(day: date, place: Path, hour: str = HOUR) -> Demo:
    clock = Clock(fixed=moment(day, hour))
    _, made = make(place, clock, "http://127.0.0.1:8000")
    return Demo(day, build(settings_for(place), clock=clock), made)


def unsalted(details: str) -> dict[str, Any]:
    """What an event says, but for the digests of personal data: each has a salt of its own."""
    found: dict[str, Any] = json.loads(details)
    return {name: value for name, value in found.items() if not (isinstance(value, dict) and "sha256" in value)}
