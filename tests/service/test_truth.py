"""Re-checked at the moment of sending: what is no longer true is dropped on record; figures are of that moment."""

from dataclasses import replace
from uuid import uuid4

import pytest
from pytest_httpserver import HTTPServer

from notifiers.delivery import Rendered
from notifiers.outbox import claim
from sla.service.doctor import examined
from sla.service.truth import rendered_each
from tests.service.cast import OFFICE, ZONE, Window

T_1 = "li: promise T-1 2026-09-23"


@pytest.fixture
def case(window: Window) -> str:
    """T-1 of a promise due on Wed 2026-09-23 was raised on 09-22 at 09:00 and is not sent yet."""
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 08:30").run_all()
    window.at("2026-09-22 09:00").app.sweep()
    assert window.waiting() == [T_1]
    return number


def attempts(window: Window) -> list[tuple[str, str]]:
    return [(row.outcome, row.detail) for row in window.rows("delivery") if row.outcome != "sent"]


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("en", "(Sent again: you may have it already)"),
        ("zh", "（重发，或已收到）"),
    ],
)
def test_what_may_have_come_already_says_so_in_the_readers_language(
    language: str, note: str, window: Window, case: str
) -> None:
    window.apply(OFFICE.replace('language = "en"', f'language = "{language}"'))
    with window.writing() as (session, _):
        [claimed] = claim(session, window.now, uuid4())
        first, again = rendered_each(session, [claimed, replace(claimed, maybe_sent=True)], window.now)
    assert isinstance(first, Rendered)
    assert isinstance(again, Rendered)
    assert (first.message.repeat_note, again.message.repeat_note) == ("", note)
    assert again.message == replace(first.message, repeat_note=note)
    assert first.message.link.startswith("http://window.example/cases/")


def test_what_was_decided_since_is_dropped(window: Window, case: str) -> None:
    window.at("2026-09-22 09:01").decide(case)
    assert window.run() == []
    assert window.dropped() == [(T_1, "the clock is met")]
    assert attempts(window) == [("dropped", "the clock is met")]


def test_what_was_paused_since_is_dropped(window: Window, case: str) -> None:
    window.at("2026-09-22 09:01").record(case, "paused", ground="hearing", notice="听 3")
    assert window.run() == []
    assert window.dropped() == [(T_1, "the deadline moved from 2026-09-23 to none, paused")]


def test_what_was_withdrawn_since_is_dropped(window: Window, case: str) -> None:
    window.at("2026-09-22 09:01").record(case, "withdrawn")
    assert window.run() == []
    assert window.dropped() == [(T_1, "the clock is cancelled")]


def test_what_moved_since_is_dropped_and_nobody_needs_a_correction(window: Window, case: str) -> None:
    window.at("2026-09-22 09:01").void(case, 2, "2026-09-21 09:30")
    assert window.run() == []
    assert window.dropped() == [(T_1, "the deadline moved from 2026-09-23 to 2026-09-28")]
    assert window.at("2026-09-24 09:00").run() == ["li: promise T-1 2026-09-28"]


def test_what_another_handler_has_since_goes_to_the_new_one_alone(window: Window, case: str) -> None:
    window.at("2026-09-22 09:01").record(case, "reassigned", handler="chen")
    assert window.run() == ["chen: promise T-1 2026-09-23"]
    assert window.dropped() == [(T_1, "the case has another handler")]


def test_who_gets_the_case_back_before_having_heard_of_it_hears_it_then(window: Window, case: str) -> None:
    window.at("2026-09-22 09:01").record(case, "reassigned", handler="chen")
    assert window.run() == ["chen: promise T-1 2026-09-23"]
    window.at("2026-09-22 09:02").record(case, "reassigned", handler="li")
    assert window.run() == [T_1]


def test_a_chief_who_gave_the_case_away_is_still_told_as_chief(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive(handler="wang")
    window.at("2026-09-23 09:00").run_all()
    window.at("2026-09-24 00:00").app.sweep()
    assert window.waiting() == ["wang: promise overdue 2026-09-23"]
    window.at("2026-09-24 08:00").record(number, "reassigned", handler="chen")
    assert window.at("2026-09-24 08:30").run() == [
        "chen: promise overdue 2026-09-23", "wang: promise overdue 2026-09-23",
    ]  # fmt: skip


def test_whoever_left_the_office_is_no_longer_written_to(window: Window, case: str) -> None:
    start = OFFICE.index('[[staff]]\nid = "li"')
    window.apply(OFFICE[:start] + OFFICE[OFFICE.index('[[staff]]\nid = "chen"') :].replace('stand_in = "li"\n', ""))
    assert window.run() == []
    assert window.dropped() == [(T_1, "li is no longer on the staff")]


def test_a_reminder_that_could_only_go_at_the_deadline_is_dropped(window: Window, case: str) -> None:
    assert window.at("2026-09-24 08:30").run() == [
        "li: promise overdue 2026-09-23", "wang: promise overdue 2026-09-23",
    ]  # fmt: skip
    assert window.dropped() == [(T_1, "the clock is late")]


@pytest.mark.parametrize(("moment", "days"), [("2026-09-22 09:00", 1), ("2026-09-23 10:00", 0)])
def test_figures_are_those_of_the_moment_it_is_sent(
    window: Window, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, moment: str, days: int
) -> None:
    monkeypatch.setenv("SLA_HOOK_SECRET", "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=")
    httpserver.expect_request("/hook", method="POST").respond_with_data("", 204)
    hooked = OFFICE.replace("http://127.0.0.1:9/hook", httpserver.url_for("/hook"))
    window.at("2026-09-18 08:00").apply(hooked.replace('{ desk = "li", mail = "li@example.org" }', '{ hook = "li" }'))
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 09:00").app.sweep()
    window.at(moment).app.deliver()
    (request,) = [request for request, _ in httpserver.log]
    body = request.get_json()
    assert body["type"] == "case.reminder"
    assert body["data"]["clocks"][0]["days"] == days  # working days from the day it is sent to 09-23
    assert request.headers["webhook-id"] == next(row.key for row in window.rows("message") if row.kind == "reminder")


def test_a_message_that_cannot_be_delivered_is_tried_in_the_window_given_up_and_a_finding(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SLA_HOOK_SECRET", raising=False)
    window.at("2026-09-18 08:00").apply(OFFICE.replace('{ desk = "li", mail = "li@example.org" }', '{ hook = "li" }'))
    window.at("2026-09-18 09:30").receive("construction_works")  # due 09-28, so T-1 on 09-24
    window.at("2026-09-23 18:00").run_all()
    window.at("2026-09-24 09:00").app.sweep()
    tried = []
    while (message := next(row for row in window.rows("message") if row.kind == "reminder")).state == "pending":
        window.app.clock.fixed = message.next_at
        window.app.deliver()
        tried.append(message.next_at.astimezone(ZONE))
    # After 5 s, 1 min, 5 min, 30 min, 2 h, 5 h, 10 h with jitter (CHANNELS.md): eight tries; none outside the window.
    assert len(tried) == 8
    assert message.state == "dead"
    assert message.reason.startswith("given up after 8 attempts: endpoint hook: secret: the environment variable")
    assert all((8, 30) <= (moment.hour, moment.minute) < (18, 0) for moment in tried)
    assert {str(moment.date()) for moment in tried} <= {"2026-09-24", "2026-09-28", "2026-09-29"}
    with window.app.reading() as session:
        findings = [finding for finding in examined(session, window.now) if "given up" in finding.what]
    assert [finding.serious for finding in findings] == [True]
    assert "SLA_HOOK_SECRET is not set" in findings[0].what
