"""The deadlines that go with a message, for the reader's own calendar."""

from dataclasses import replace
from datetime import date

import pytest

from notifiers.message import Deadline
from sla.clock import Clock
from sla.events import Paused, Resumed
from sla.messages import AlarmItem, alarm_message
from sla.people import Person, Role
from tests.messages.cast import CARD, CHIEF, ENGLISH, accepted, at, decided, event, history, item, promise, received

NOW = "2026-09-22T09:00"


def told(*items: AlarmItem, person: Person = ENGLISH) -> tuple[Deadline, ...]:
    return alarm_message("k", items, person, Role.CHIEF, at(NOW), "urn:shixian:window").deadlines


def test_a_reminder_brings_its_deadline() -> None:
    """Accepted on 09-18, promised in 4 working days: due 09-23 (TIME_RULES.md, worked examples)."""
    [found] = told(item(promise(NOW), case=replace(CARD, revision=7)))
    assert len(found.id) == 36
    assert replace(found, id="") == Deadline(
        id="",
        revision=7,
        on=date(2026, 9, 23),
        title="地字第20260012号: promise due",
        text="锦绣花园二期\nLand-use planning permit\nhttps://window.example/cases/12",
        link="https://window.example/cases/12",
    )


def test_in_chinese_it_is_chinese() -> None:
    [found] = told(item(promise(NOW)), person=CHIEF)
    assert found.title == "地字第20260012号：承诺时限到期"


def test_a_date_that_moved_keeps_its_id_and_has_a_higher_revision() -> None:
    """A hearing from 09-22 to 09-28 moves it to 09-29 (TIME_RULES.md, worked examples)."""
    pause = event(Paused, "2026-09-22T09:00", 3, ground="hearing", notice="1", expected_end=date(2026, 9, 28))
    resume = event(Resumed, "2026-09-28T09:00", 4, pause=3)
    [old] = told(item(promise(NOW), case=replace(CARD, revision=2)))
    later = history([received("2026-09-18"), accepted("2026-09-18"), pause, resume], "2026-09-28T10:00")
    [new] = told(item(later.clock("promise"), case=replace(CARD, revision=4)))
    assert old.id == new.id
    assert (old.revision, new.revision) == (2, 4)
    assert (old.on, new.on) == (date(2026, 9, 23), date(2026, 9, 29))


def test_each_clock_of_each_case_has_an_id_of_its_own() -> None:
    other = replace(CARD, number="地字第20260013号")
    statutory = history([received("2026-09-18"), accepted("2026-09-18")], NOW).clock("statutory")
    found = told(item(promise(NOW)), item(statutory), item(promise(NOW), case=other))
    assert len({deadline.id for deadline in found}) == 3


def test_a_date_past_the_announced_year_is_provisional() -> None:
    """12-28 + 4 working days is 2027-01-04, which nobody has announced yet (TIME_RULES.md, R15)."""
    [found] = told(item(promise("2026-12-29T09:00", "2026-12-28")))
    assert (found.on, found.provisional) == (date(2027, 1, 4), True)


@pytest.mark.parametrize("clock", [None, promise("2026-09-23T16:00", "2026-09-18", decided("2026-09-23"))])
def test_what_has_no_deadline_any_more_brings_none(clock: Clock | None) -> None:
    assert told(item(clock, correction_of=date(2026, 9, 24), milestone="correction")) == ()
