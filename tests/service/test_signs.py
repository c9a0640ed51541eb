"""What an auditor may ask about, read from the events of every case of a period, on both databases.

A site selection accepted on Fri 18 September is due on Wed 23; service ends at 17:00.
"""

from datetime import date
from typing import Any

import pytest

from sla.service import sign_list
from sla.service.lists import with_events
from sla.service.offices import office_named
from sla.service.sign_shows import Showing, signs_json
from sla.signs import Sign
from sla.words import words
from tests.service.cast import SLUG, Window


def listed(window: Window, first: str = "2026-09-01", last: str = "2026-09-30") -> tuple[Sign, ...]:
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        return sign_list.signs_of(session, office, date.fromisoformat(first), date.fromisoformat(last), window.now)


def lived(window: Window) -> list[str]:
    """Three cases: one decided in the last minutes, one paused when due and voided, one with a pause let in late."""
    numbers = [window.at("2026-09-18 09:30").receive() for _ in range(3)]
    window.at("2026-09-23 11:00").record(numbers[1], "paused", ground="hearing")
    window.at("2026-09-23 12:00").void(numbers[1], 3, again="2026-09-23 10:30")
    window.at("2026-09-23 16:45").decide(numbers[0])
    pause = {"ground": "hearing", "notice": "H-7", "admitted_by": "zhao"}
    window.at("2026-09-24 10:00").record(numbers[2], "paused", "2026-09-22 10:00", **pause)
    return numbers


@pytest.mark.parametrize("page", [500, 1])
def test_the_signs_of_every_case_the_newest_first(window: Window, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    monkeypatch.setattr(sign_list, "PAGE", page)
    one, two, three = lived(window)
    assert [(sign.number, sign.kind.value, sign.event.seq, sign.clocks) for sign in listed(window)] == [
        (three, "admitted", 3, ("promise",)),
        (one, "last_minute", 3, ("promise",)),
        (two, "paused_when_due", 5, ("promise",)),
        (two, "voided", 4, ()),
    ]
    assert [sign.number for sign in listed(window, "2026-09-24", "2026-09-24")] == [three]
    assert listed(window, "2026-09-01", "2026-09-22") == listed(window, "2026-09-25", "2026-09-30") == ()


def test_cases_that_can_have_none_are_not_read_and_nothing_is_missed_for_it(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = lived(window)
    plain = window.at("2026-09-18 09:30").receive()  # decided a day early
    kept = window.receive()  # on its last day, but in the morning
    hours = window.at("2026-09-21 09:00").receive("planning_condition_notice")
    late = window.at("2026-09-22 10:00").receive(on="2026-09-18 10:00", accept=False)
    window.at("2026-09-21 16:50").decide(hours)
    window.at("2026-09-22 10:00").decide(plain)
    window.at("2026-09-23 09:00").decide(kept)
    found, read = listed(window), list[str]()

    def watched(*asked: Any) -> Any:
        for row, *more in with_events(*asked):
            read.append(row.number)
            yield (row, *more)

    monkeypatch.setattr(sign_list, "with_events", watched)
    assert listed(window) == found
    assert set(read) == {*numbers, kept, hours, late}
    every = [row.case_id for row in window.rows("case_file")]
    monkeypatch.setattr("sla.store.cases.cases_to_ask_about", lambda *_: every)
    assert listed(window) == found and plain in read[len(found) :]


def test_a_burst_goes_through_several_cases(window: Window) -> None:
    window.at("2026-09-22 10:00")
    numbers = [window.receive(on="2026-09-18 10:00") for _ in range(2)]  # four entries, two working days late
    assert listed(window) == ()
    numbers.append(window.receive(on="2026-09-18 10:00", accept=False))
    assert [(sign.kind.value, sign.n) for sign in listed(window)] == [("late_burst", 5)] * 5
    assert {sign.number for sign in listed(window)} == set(numbers)


def test_a_case_that_cannot_be_read_keeps_no_list_from_anybody(window: Window) -> None:
    one, two, three = lived(window)
    window.tamper("UPDATE case_file SET policy_version = 9 WHERE number = :number", number=two)
    assert [sign.number for sign in listed(window)] == [three, one]


def test_as_json_each_has_its_limits_and_what_there_is_to_tell(window: Window) -> None:
    one, two, three = lived(window)
    found = listed(window)
    with window.app.reading() as session:
        showing = Showing.of(office_named(session, SLUG), words("en"))
    told = signs_json(showing, found, date(2026, 9, 1), date(2026, 9, 30))
    assert set(told["definitions"]) >= {sign["kind"] for sign in told["signs"]}
    assert [(sign["number"], sign["detail"]) for sign in told["signs"]] == [
        (three, "admitted by Zhao Jing, hearing, H-7"),
        (one, "15 min before the end"),
        (two, "hearing"),
        (two, "paused, wrong"),
    ]
    assert told["signs"][1] == {
        "kind": "last_minute", "number": one, "event": "decided", "seq": 3,
        "occurred_at": "2026-09-23T16:45:00+08:00", "recorded_at": "2026-09-23T16:45:00+08:00",
        "handler": "li", "actor": "li", "limits": ["promise"], "minutes_left": 15, "n": None,
        "detail": "15 min before the end",
    }  # fmt: skip
