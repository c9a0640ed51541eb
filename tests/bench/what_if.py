"""What a year would have been under another promise: a million closed cases from what is stored of their clocks; and
that what is said is what a replay of every event says, of ten thousand cases that are of every sort."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

from sla.app import App, Clock, build
from sla.service.cases import When
from sla.service.imports import Entry, bring_in
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from sla.service.simulating import Simulation, Supposed, simulated
from sla.service.simulating_shows import simulation_json
from sla.settings import Settings
from sla.store.migrate import migrate
from tests.bench.backlog import OFFICE, ZONE, at
from tests.bench.crowd import NOW, PERMITS, STAFF, crowd
from tests.bench.database import server
from tests.bench.table import Row, Table, at_most
from tests.databases import new_database

CLOSED, OPEN, SORTS = 1_000_000, 1_000, 10_000
SECONDS = 60
CHUNK = 200
BEGUN = datetime(2026, 3, 2, 0, 0, tzinfo=ZONE)
SUPPOSED = Supposed("2026-03-01", "2026-09-20", promises=("land_use=3", "construction_works=9"))


def run(share: float = 1) -> Table:
    """The same two promises are supposed in both."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        rows += _on("SQLite", f"sqlite:///{folder}/many.db", f"sqlite:///{folder}/sorts.db", share)
    with server() as address, new_database(address) as many, new_database(address) as sorts:
        rows += _on("PostgreSQL", many, sorts, share)
    return Table("What if", rows)


def _on(name: str, many: str, sorts: str, share: float) -> Iterator[Row]:
    closed, count = round(CLOSED * share**2), round(SORTS * share**2)
    with crowd(many, round(OPEN * share**2), closed) as app:
        begun = perf_counter()
        made = of(app, SUPPOSED)
        took = perf_counter() - begun
    if made.recounted < 0.9 * closed or not made.found.turned:
        raise AssertionError(f"{made.recounted:,} of {closed:,} were recounted: the time means nothing")
    yield at_most(f"{name}: another promise over {made.recounted:,} closed cases, recounted", took, SECONDS)
    app = build(Settings(database_url=sorts), clock=Clock(NOW), checked=False)
    try:
        lived(app, count)
        quick, slow = (_told(of(app, supposed)) for supposed in (SUPPOSED, replayed(SUPPOSED)))
    finally:
        app.close()
    alike = "as replayed" if quick == slow else "unlike"
    yield Row(f"{name}: {count:,} cases of every sort", alike, "–", alike, "as replayed", quick == slow)


def of(app: App, supposed: Supposed) -> Simulation:
    with app.reading() as session:
        return simulated(session, office_named(session, ""), supposed, app.now(session))


def replayed(supposed: Supposed) -> Supposed:
    return Supposed(**{**vars(supposed), "replay": True})


def _told(made: Simulation) -> dict[str, object]:
    return told(simulation_json(made))


def told(said: dict[str, object]) -> dict[str, object]:
    """All that is said, but by which way."""
    return {name: value for name, value in said.items() if name not in ("recounted", "replayed")}


def lived(app: App, count: int) -> None:
    """An office with so many cases of every sort."""
    migrate(app.engine)
    with app.writing() as session:
        apply(session, plan_of(OFFICE % {"number": 0}, Path()), at("01-05T08:00"))
    for start in range(0, count, CHUNK):
        with app.writing() as session:
            files = [case(place, STAFF) for place in range(start, min(count, start + CHUNK))]
            bring_in(session, office_named(session, ""), files, app.now(session))


def case(place: int, staff: Sequence[str]) -> list[Entry]:
    """The case of a place: in time or late, dated or not, paused in every fifth, accepted too late in every 23rd, still
    open in every eleventh; on working days and others."""
    came = BEGUN + timedelta(days=place % 150, minutes=540 + place * 37 % 600)  # until after closing
    entry = partial(_entry, dated=place % 7 == 3)
    taken = came + timedelta(days=12 if place % 23 == 5 else place % 3)
    done = taken + timedelta(days=place * 7 % 17, minutes=place * 11 % 400)
    details = {"permit": PERMITS[place % len(PERMITS)], "handler": staff[place % len(staff)], "title": f"项目{place}"}
    file = [entry("received", came, details), entry("accepted", taken, {})]
    if place % 5 == 4:
        file += [
            entry("paused", taken + timedelta(minutes=5), {"ground": "expert_review", "notice": f"文{place}"}),
            entry("resumed", taken + timedelta(days=place % 9, minutes=9), {"pause": 3}),
        ]
        done += timedelta(days=place % 9, minutes=20)
    return file if place % 11 == 6 else [*file, entry("decided", done, {"outcome": "approved"})]


def _entry(kind: str, moment: datetime, details: Mapping[str, str | int], *, dated: bool) -> Entry:
    when = moment.replace(hour=0, minute=0) if dated else moment
    return Entry(kind, When(when.astimezone(UTC), dated), details, "li")
