"""M5. After downtime one alarm of a clock is sent, the gravest, to the recipients of every level passed, so that
supervision never hears before the handler; several clocks for one person are one message.

On both databases. Days are those beside tests/service/cast.py; of a site selection accepted on Fri 18 September T-1 is
on 22 at 9:00, the due day is Wed 23, overdue at 24:00, +1 on 28 and +3 on 30 at 8:30.
"""

import threading

import pytest

from notifiers.message import DeliveryError, Message, Receipt, Recipient
from tests.rules.counter import on_sqlite, open_counter, told
from tests.service.cast import Window

DUE = "2026-09-23"
Posted = list[tuple[str, Message]]
LADDER = {
    "2026-09-22 09:00": ("T-1", ("li",)),
    "2026-09-23 08:30": ("", ()),  # the digest says it
    "2026-09-24 08:30": ("overdue", ("li", "wang")),
    "2026-09-28 08:30": ("+1", ("zhao",)),
    "2026-09-30 08:30": ("+3", ("sun",)),
}


@on_sqlite
@pytest.mark.parametrize(
    "ran",
    [  # on 22, 23, 24, 28 September
        (True, True, True, True),
        (True, True, False, False),
        (False, True, False, True),
        (False, False, True, False),
        (True, False, False, True),
        (False, False, False, False),
    ],
)
def test_whatever_was_missed_each_level_hears_once_and_nobody_before_the_level_below(
    window: Window, ran: tuple[bool, ...]
) -> None:
    """Something runs at each moment of the ladder, or does not; at the last it always does."""
    window.at("2026-09-18 09:30").receive()
    heard: dict[str, list[str]] = {}
    owed: list[str] = []
    for (moment, (name, people)), up in zip(LADDER.items(), (*ran, True), strict=True):
        owed += people
        if not up:
            continue
        expected = sorted({f"{person}: promise {name} {DUE}" for person in owed}) if name else []
        if not name:  # a reminder that was missed until the due day is the digest's as well
            owed = []
        assert window.at(moment).run() == expected, moment
        for line in expected:
            heard.setdefault(line.partition(":")[0], []).append(moment)
        owed = []
    assert window.at("2026-10-08 09:00").run() == []
    first = {person: moments[0] for person, moments in heard.items()}
    assert first["sun"] == "2026-09-30 08:30"
    assert max(first.get("li", ""), first["wang"]) <= first["zhao"] <= first["sun"]


def test_what_was_passed_over_is_recorded_as_superseded(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-28 09:00").run()
    states = {row.milestone: row.state for row in window.rows("alarm") if row.clock_id == "promise"}
    assert states == {
        "T-1": "superseded", "due": "superseded", "overdue": "superseded", "+1": "raised", "+3": "pending",
    }  # fmt: skip


def test_each_clock_has_its_own_gravest(window: Window) -> None:
    window.at("2026-09-18 09:30").receive()
    # Nothing ran until Wed 4 November: the promise is long past +3, of the statute T-5 and T-1 have come.
    assert window.at("2026-11-04 09:00").run() == sorted(
        [
            *told("+3", DUE, "li", "sun", "wang", "zhao"),
            *told("T-1", "2026-11-05", "li", "wang", clock="statutory"),  # wang is named by T-5
        ]
    )


def test_several_clocks_for_one_person_are_one_message_led_by_the_gravest(window: Window, posted: Posted) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-11-04 09:00").run()
    by_person = {person: message for person, message in posted if message.kind.startswith("case")}
    assert {person: message.kind for person, message in by_person.items()} == {
        "li": "case.several", "wang": "case.several", "zhao": "case.escalation", "sun": "case.escalation",
    }  # fmt: skip
    text = by_person["li"].text
    assert text.index("promise: Was due Wed 23 Sep 2026") < text.index("statutory limit: Due Thu 5 Nov 2026")
    assert by_person["li"].about == number
    assert len([1 for person, message in posted if person == "li" and message.kind.startswith("case")]) == 1


@pytest.fixture
def heard(window: Window, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who hears of the case, in order, by a channel that takes half a second over Li unless Sun hears meanwhile."""
    order: list[str] = []
    early = threading.Event()

    class Desk:
        kind = "log"

        def send(self, message: Message, recipient: Recipient, now: object) -> Receipt:
            if message.kind.startswith("case"):
                if recipient.id == "li":
                    early.wait(0.5)
                if recipient.id == "sun":
                    early.set()
                order.append(recipient.id)
                if recipient.id == "li" and window.folder.joinpath("broken").exists():
                    raise DeliveryError("busy")
            return Receipt("taken")

    monkeypatch.setattr(window.app, "channel", lambda office_id, name: Desk())
    return order


@pytest.mark.parametrize("broken", [False, True])
def test_supervision_waits_for_what_the_handler_has_not_been_sent_yet_but_not_for_a_broken_channel(
    window: Window, heard: list[str], broken: bool
) -> None:
    if broken:
        window.folder.joinpath("broken").touch()
    window.at("2026-09-18 09:30").receive()
    for moment in ("2026-09-24 08:30", "2026-09-28 08:30", "2026-09-30 08:30"):
        window.at(moment).app.sweep()  # raised one by one; nothing is sent, as if every channel were full
    assert window.waiting() == sorted([
        *told("overdue", DUE, "li", "wang"), *told("+1", DUE, "zhao"), *told("+3", DUE, "sun"),
    ])  # fmt: skip
    window.run_all()
    assert sorted(heard) == ["li", "sun", "wang", "zhao"]
    assert heard.index("li") < min(heard.index("zhao"), heard.index("sun"))


def test_a_reason_that_all_share_is_said_once(window: Window, posted: Posted) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").run()
    (reminder,) = (message for person, message in posted if message.kind == "case.reminder")
    assert reminder.text.count("You get this as handler.") == 1
    assert reminder.html is not None
    assert reminder.html.count("You get this as handler.") == 1


def test_downtime_over_an_hour_limit_tells_everybody_of_the_gravest(window: Window) -> None:
    # Three hours from Mon 21 at 9:00: due 12:00, -1h 11:00, +2h 15:00, +7h Tue 12:00 (13-17, then 9-12).
    open_counter(window)
    window.at("2026-09-21 09:00").receive("counter_check")
    due = "2026-09-21 12:00"
    found = window.at("2026-09-22 12:00").run()
    assert [text for text in found if " promise " in text] == told("+7h", due, "li", "sun", "wang", "zhao")
    assert [text for text in found if " statutory " in text] == told(
        "overdue", "2026-09-22 10:00", "li", "wang", clock="statutory"
    )


def test_a_pause_in_between_starts_a_new_count_of_levels(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    assert window.at("2026-09-22 09:00").run() == told("T-1", DUE, "li")
    window.at("2026-09-22 10:00").record(number, "paused", ground="hearing")
    window.at("2026-09-24 10:00").record(number, "resumed")  # 20, 21, 22 used, the 24th is free: Mon 28
    # Its T-1 was raised at once, but nothing ran until Wed 30: it is dropped, and +1 of the new date goes to all.
    assert window.at("2026-09-30 08:30").run() == told("+1", "2026-09-28", "li", "wang", "zhao")
    assert [text for text, _ in window.dropped()] == told("T-1", "2026-09-28", "li")
