"""A clock that is paused again on the day it was resumed is reported to managers: nightly pauses would stop it for ever
(R10).

Days are those beside tests/service/cast.py: a site selection accepted on Fri 18 September is due on Wed 23.
"""

from datetime import date
from typing import Any

import pytest

from sla.service.offices import office_named
from sla.service.reporting import report
from tests.service.cast import SLUG, Window


def nightly(window: Window, number: str, *days: str, ground: str = "hearing") -> None:
    """Paused at 16:30 of each of the days, resumed at 9:00 of the next of them; the last pause stays open."""
    seq = len(window.find(number).events)
    for index, day in enumerate(days):
        if index:
            window.at(f"2026-09-{day} 09:00").record(number, "resumed", pause=seq)
            seq += 1
        window.at(f"2026-09-{day} 16:30").record(number, "paused", ground=ground)
        seq += 1


def listed(window: Window, first: str, last: str) -> list[tuple[str, str, list[str]]]:
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        found = report(session, office, date.fromisoformat(first), date.fromisoformat(last), window.now)
    return [(e.case.number, e.clock.id, [str(day) for day in e.clock.paused_again]) for e in found.paused_again]


@pytest.fixture
def case(window: Window) -> str:
    return window.at("2026-09-18 09:30").receive()


def test_nightly_pauses_stop_a_clock_for_ever_and_are_listed(window: Window, case: str) -> None:
    nightly(window, case, "18", "20", "21", "22", "23")
    promise = window.history(case).clock("promise")
    assert (promise.used, promise.left) == (0, 4)  # five days on, and nothing used
    assert [str(day) for day in promise.paused_again] == ["2026-09-20", "2026-09-21", "2026-09-22", "2026-09-23"]
    window.at("2026-09-23 17:00")
    days = ["2026-09-20", "2026-09-21", "2026-09-22", "2026-09-23"]
    assert listed(window, "2026-09-01", "2026-09-30") == [(case, "promise", days), (case, "statutory", days)]
    assert listed(window, "2026-09-21", "2026-09-22") == [
        (case, clock, ["2026-09-21", "2026-09-22"]) for clock in ("promise", "statutory")
    ]
    assert listed(window, "2026-09-24", "2026-09-30") == []


HEARING, EXPERTS = {"ground": "hearing"}, {"ground": "expert_review"}
ENDS: dict[str, Any] = {"pause": 3}


@pytest.mark.parametrize(
    ("events", "again"),
    [
        ([("paused", "20 10:00", HEARING), ("resumed", "20 12:00", ENDS), ("paused", "20 14:00", HEARING)], True),
        ([("paused", "20 10:00", HEARING), ("resumed", "21 12:00", ENDS), ("paused", "21 14:00", EXPERTS)], True),
        ([("paused", "20", HEARING), ("resumed", "21", ENDS), ("paused", "21", HEARING)], True),  # days only
        ([("paused", "20 10:00", HEARING), ("resumed", "21 12:00", ENDS), ("paused", "22 09:00", HEARING)], False),
        # the second began before the first had ended: nothing was resumed in between
        ([("paused", "20 10:00", HEARING), ("paused", "21 11:00", EXPERTS), ("resumed", "21 12:00", ENDS)], False),
        ([("paused", "20 10:00", HEARING), ("resumed", "21 12:00", ENDS)], False),
    ],
)
def test_paused_again_is_resumed_and_paused_on_one_day(
    window: Window, case: str, events: list[tuple[str, str, dict[str, Any]]], again: bool
) -> None:
    window.at("2026-09-22 10:00")
    for kind, text, details in events:
        window.record(case, kind, f"2026-09-{text}", **details)
    assert bool(window.history(case).clock("promise").paused_again) is again
    assert [bool(row.paused_again_on) for row in window.rows("clock") if row.clock_id == "promise"] == [again]


def test_managers_find_it_in_the_mornings_digest_and_the_handler_does_not(window: Window, case: str) -> None:
    nightly(window, case, "18", "20", "21")
    assert window.at("2026-09-22 08:30").digests() == [f"{person}: digest 2026-09-22" for person in ("wang", "zhao")]


def test_it_is_no_longer_in_the_digest_once_the_case_is_decided_and_stays_in_the_report(
    window: Window, case: str
) -> None:
    nightly(window, case, "18", "20")
    window.at("2026-09-20 17:00").decide(case)
    window.record(case, "delivered")
    assert window.at("2026-09-21 08:30").digests() == []
    assert [clock for _, clock, _ in listed(window, "2026-09-01", "2026-09-30")] == ["promise", "statutory"]


def test_a_void_takes_it_off_both_lists(window: Window, case: str) -> None:
    nightly(window, case, "18", "20")
    window.at("2026-09-20 17:00").void(case, 5)
    assert listed(window, "2026-09-01", "2026-09-30") == []
    assert all(row.paused_again_on is None for row in window.rows("clock"))
