"""What if, counted from what is stored, is what the replay of every event says; of cases of every sort, on both
databases. That the replay is right is told by hand in tests/core/test_simulate.py."""

from dataclasses import replace
from typing import Any

import pytest

from sla.app import App
from sla.service.imports import bring_in
from sla.service.simulating import Supposed
from sla.service.simulating_shows import simulation_json
from tests.bench.what_if import case, of, replayed, told
from tests.service.cast import Window

SPRING = Supposed("2026-03-01", "2026-09-20")
STAFF = ("li", "chen", "zhao")


def of_every_sort(window: Window, count: int) -> App:
    window.at("2026-09-23 10:00").apply()
    with window.writing() as (session, office):
        bring_in(session, office, [case(place, STAFF) for place in range(count)], window.now)
    return window.app


def test_what_is_stored_says_what_the_events_say(window: Window) -> None:
    app = of_every_sort(window, 184)
    changes: tuple[dict[str, Any], ...] = (
        {},
        {"promises": ("land_use=3", "construction_works=9")},
        {"promises": ("site_selection=40",)},  # past the statute, which caps it
        {"closed": ("2026-05-11..2026-05-12",)},
        {"closed": ("2026-04-06..2026-04-24",), "basis": "statute"},
        {"leaves": ("li=2026-05-18..2026-05-22",), "promises": ("rural_construction=5",)},
        {"counted": ("expert_review",)},
        {"closed": ("2026-06-10",), "run_on": True},
    )
    for change in changes:
        supposed = replace(SPRING, **change)
        quick, slow = of(app, supposed), of(app, replayed(supposed))
        assert told(simulation_json(quick)) == told(simulation_json(slow)), change
        assert slow.recounted == 0
        assert (quick.recounted > 40) is (not supposed.run_on), change
        assert quick.replayed > 20  # those that were paused, deemed accepted, or are open


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
def test_a_case_that_was_extended_is_replayed(window: Window) -> None:
    window.at("2026-09-17 08:00").publish(2, "2026-09-18")
    window.at("2026-09-18 10:00")
    extended, straight = window.receive(), window.receive()
    details: dict[str, Any] = {
        "clock": "promise",
        "amount": 2,
        "unit": "working_days",
        "reason": "专家意见",
        "approver": "zhao",
    }
    window.record(extended, "extended", **details)
    for number in (extended, straight):
        window.decide(number)
    made = of(window.app, replace(SPRING, promises=("site_selection=3",)))
    assert (made.recounted, made.replayed) == (1, 1)
