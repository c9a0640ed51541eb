"""A day's demonstration is the same each time it is made, at whatever hour; only ids and what hangs on them differ."""

from datetime import date
from pathlib import Path
from typing import Any

from sla.store import cases as store
from tests.demo.cast import Demo, demo_on, unsalted

DAY = date(2026, 11, 23)


def content(demo: Demo) -> list[Any]:
    with demo.reading() as (session, office, _):
        rows = sorted(store.all_cases(session, office.id, None, 1000), key=lambda row: str(row.number))
        events = store.events_of(session, office.id, [row.case_id for row in rows])
        clocks = store.clocks_of(session, office.id, [row.case_id for row in rows])
    return [
        (
            row.number, row.title, row.handler, row.phase, row.received_on, row.land_area_ha, row.floor_area_ha,
            [(e.kind, e.occurred_at, e.recorded_at, e.actor, unsalted(e.details)) for e in events[row.case_id]],
            [(c.clock_id, c.state, c.due_on, c.used, c.left) for c in clocks[row.case_id]],
        )
        for row in rows
    ]  # fmt: skip


def made(place: Path, hour: str) -> list[Any]:
    place.mkdir()
    demo = demo_on(DAY, place, hour)
    try:
        return content(demo)
    finally:
        demo.app.close()


def test_made_twice_at_different_hours_it_is_the_same(tmp_path: Path) -> None:
    night = made(tmp_path / "night", "00:01")
    assert night == made(tmp_path / "evening", "23:59")
    titles = [case[1] for case in night]
    assert len(titles) == len(set(titles)) == 460 + 16  # no two cases have the same title
