"""Channels in order of preference: what one gives up goes on by the next; what none can deliver is told otherwise.

A site selection opinion accepted on Friday 2026-09-18 is promised in 4 working days: 09-23 (09-20 works). Its handler
is reminded on 09-22 at 09:00 (M1); handler and chief hear of it on 09-24 at 08:30, when it is overdue (M2).
"""

from collections.abc import Iterator
from datetime import datetime

import pytest

from notifiers import endpoints
from notifiers.channel import Channel
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from sla.service.offices import office_named
from tests.service.cast import OFFICE, SLUG, Window, notice

TWO_WAYS = OFFICE.replace('addresses = { desk = "li", mail', 'addresses = { hook = "li", desk = "li", mail')


class Refusing:
    """A channel whose other side takes nothing, and says so for good."""

    kind = "webhook"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        self.asked.append(message.key)
        raise DeliveryError("HTTP 400", permanent=True)


@pytest.fixture
def hook(window: Window, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refusing]:
    """The window's hook refuses everything; its other channels are as they are."""
    refusing, others = Refusing(), window.app.channel

    def channel(office_id: object, name: str) -> Channel:
        return refusing if name == "hook" else others(office_id, name)  # type: ignore[arg-type]

    monkeypatch.setattr(window.app, "channel", channel)
    yield refusing


def texts(window: Window, kind: str) -> list[tuple[str, str, str, str]]:
    """Of the messages of a kind: to whom, by which channel, what became of it, and why."""
    rows = [row for row in window.rows("message") if row.kind == kind]
    return sorted((row.recipient_id, row.endpoint, row.state, row.reason) for row in rows)


def reminded(window: Window, office: str) -> str:
    window.apply(office)
    number = window.at("2026-09-18 09:30").receive()
    window.run_all()
    window.at("2026-09-22 09:00").run_all()
    return number


def test_a_reminder_that_the_first_channel_refuses_arrives_by_the_second(window: Window, hook: Refusing) -> None:
    reminded(window, TWO_WAYS)
    kind = next(row.kind for row in window.rows("message") if row.endpoint == "hook" and "T-1" in row.key)
    assert texts(window, kind) == [
        ("li", "desk", "sent", ""),
        ("li", "hook", "dropped", "goes on by desk: HTTP 400"),
    ]
    by_way = {row.endpoint: row.key for row in window.rows("message") if "T-1" in row.key}
    assert by_way["desk"].removesuffix("/desk") == by_way["hook"].removesuffix("/hook"), "one identity but for the way"
    window.run_all()
    assert len([key for key in hook.asked if "T-1" in key]) == 1, "it is not tried by the first way again"


def test_what_goes_on_by_another_channel_is_no_dead_letter(window: Window, hook: Refusing) -> None:
    reminded(window, TWO_WAYS)
    assert not [row for row in window.rows("message") if row.state == "dead"]
    assert texts(window, "undelivered") == []


def test_a_paused_channel_is_passed_over_where_there_is_another(window: Window, hook: Refusing) -> None:
    window.apply(TWO_WAYS)
    with window.writing() as (session, office):
        endpoints.pause(session, office.id, "hook", "the robot is being moved")
    window.at("2026-09-18 09:30").receive()
    window.run_all()
    window.at("2026-09-22 09:00").run_all()
    told = [row for row in window.rows("message") if "T-1" in row.key]
    assert sorted((row.endpoint, row.state, row.reason) for row in told) == [
        ("desk", "sent", ""),
        ("hook", "dropped", "goes on by desk: endpoint hook is paused"),
    ]
    assert not [key for key in hook.asked if "T-1" in key]


def test_what_nobody_can_deliver_is_told_to_managers_by_another_channel_once_a_day(
    window: Window, hook: Refusing
) -> None:
    one_way = OFFICE.replace('addresses = { desk = "li", mail = "li@example.org" }', 'addresses = { hook = "li" }')
    window.apply(one_way)
    window.at("2026-09-18 09:30")
    window.receive()
    window.receive("construction_works")
    window.run_all()
    window.at("2026-09-22 09:00").run_all()
    dead = [row for row in window.rows("message") if row.state == "dead"]
    assert {(row.recipient_id, row.endpoint, row.reason) for row in dead} == {("li", "hook", "HTTP 400")}
    notices = [row for row in window.rows("message") if row.kind == "undelivered" and "2026-09-22" in row.key]
    assert [(row.recipient_id, row.endpoint, row.state) for row in notices] == [("zhao", "desk", "sent")]


def test_the_notice_says_how_many_for_whom_and_why(window: Window, hook: Refusing) -> None:
    one_way = OFFICE.replace('addresses = { desk = "li", mail = "li@example.org" }', 'addresses = { hook = "li" }')
    window.apply(one_way)
    window.at("2026-09-18 09:30").receive()
    window.run_all()
    window.at("2026-09-22 09:00")
    while window.app.sweep():
        pass
    while window.app.deliver():
        pass
    from sla.service.undelivered import undelivered

    with window.app.reading() as session:
        lost = undelivered(session, office_named(session, SLUG), "hook")
    assert lost is not None
    assert (lost.names, lost.said) == (("Li Min",), "HTTP 400")


@pytest.mark.parametrize("office", [OFFICE, TWO_WAYS], ids=["one way", "two ways"])
def test_who_was_told_by_the_second_channel_is_corrected_like_anybody(
    window: Window, hook: Refusing, office: str
) -> None:
    """Told that it is due on 09-23, which then becomes a day off: corrected, whichever way it had been told."""
    reminded(window, office)
    window.at("2026-09-22 15:00").announce(notice("n", off="2026-09-23"))
    assert any(told.startswith("li: amendment") for told in window.run_all())
