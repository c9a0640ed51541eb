"""Delivery, from the outbox to a real server and back: at least once, under one key, and nobody stops the others."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine

from notifiers.channel import Channel, ChannelSettingsError
from notifiers.channels.webhook import WebhookChannel
from notifiers.delivery import After, Later, Rendered, deliver_some
from notifiers.endpoints import Endpoint, all_of
from notifiers.endpoints import put as put_endpoint
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Message, NoLongerTrue, Receipt, Recipient
from notifiers.outbox import (
    Claimed,
    Listed,
    Result,
    Sessions,
    State,
    attempts_at,
    claim,
    enqueue,
    listing,
    retry_dead,
)
from sla.store.ids import new_id
from tests.notifiers.cast import CLERK, HERE, NOW, OFFICE, Answer, each, entry, message
from tests.notifiers.test_outbox import bundle, put
from tests.notifiers.test_webhook import SECRET

MINUTE = timedelta(minutes=1)


@dataclass
class Desk:
    """One office's desk: what it hands to delivery, each part to be changed by a test."""

    sessions: Sessions
    channel: Callable[[str], Channel]
    render: Callable[[Claimed], Answer] = lambda claimed: Rendered(message("not mine"), CLERK)
    window: Callable[[UUID, datetime], datetime] = lambda office, at: at
    more: dict[str, object] = field(default_factory=dict)

    def step(self, now: datetime = NOW, **more: object) -> bool:
        return deliver_some(
            self.sessions,
            now,
            each(self.render),
            lambda office, name: self.channel(name),
            self.window,
            lambda: 0.0,
            uuid4(),
            new_id,
            **(self.more | more),  # type: ignore[arg-type]
        )

    def listed(self) -> dict[str, Listed]:
        with self.sessions() as session:
            return {listed.key: listed for listed in listing(session, OFFICE, 1_000)}

    def states(self) -> dict[str, str]:
        return {key: str(listed.state) for key, listed in self.listed().items()}

    def attempts(self, key: str) -> list[tuple[int, Result, str]]:
        with self.sessions() as session:
            return [(a.attempt, a.outcome, a.detail) for a in attempts_at(session, OFFICE, self.listed()[key].id)]


@pytest.fixture
def guard() -> Iterator[Guard]:
    with Guard(frozenset({"localhost"})) as guard:
        yield guard


@pytest.fixture
def desk(sessions: Sessions, guard: Guard, httpserver: HTTPServer) -> Desk:
    """Sends to the path of the HTTP server that is named like the endpoint."""
    return Desk(sessions, lambda name: WebhookChannel(httpserver.url_for(f"/{name}/KEY"), [SECRET], guard))


class Saying:
    """A channel that ends each attempt with the next of these."""

    kind = "saying"

    def __init__(self, *says: BaseException | Receipt) -> None:
        self.says = list(says)
        self.seen: list[tuple[str, datetime]] = []

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        self.seen.append((message.key, now))
        said = self.says.pop(0)
        if isinstance(said, BaseException):
            raise said
        return said


def test_what_is_due_arrives_and_is_settled(desk: Desk, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("")
    put(desk.sessions, entry("a"), entry("b"), entry("later", next_at=NOW + MINUTE))
    assert desk.step() is False
    assert {request.headers["webhook-id"] for request, _ in httpserver.log} == {"a", "b"}
    assert desk.states() == {"a": "sent", "b": "sent", "later": "pending"}
    assert desk.attempts("a") == [(1, Result.SENT, "a HTTP 200")]


def test_the_key_of_the_outbox_is_sent_whatever_the_renderer_made(desk: Desk, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("")
    put(desk.sessions, entry("the-key"))
    desk.step()
    assert httpserver.log[0][0].get_json()["id"] == "the-key"


def test_a_step_says_whether_there_may_be_more(desk: Desk, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("")
    put(desk.sessions, *map(entry, "abc"))
    assert [desk.step(limit=2) for _ in range(2)] == [True, False]
    assert set(desk.states().values()) == {"sent"}
    assert desk.step() is False


def test_threads_of_a_pool_deliver_the_same(desk: Desk, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("")
    put(desk.sessions, *(entry(f"k{number}") for number in range(40)))
    with ThreadPoolExecutor(8) as pool:
        desk.step(pool=pool)
    assert sorted(request.headers["webhook-id"] for request, _ in httpserver.log) == sorted(desk.states())
    assert set(desk.states().values()) == {"sent"}


# --- retries ---------------------------------------------------------------------------------------------------------
def test_a_message_is_tried_eight_times_at_the_published_times_under_one_id_and_then_given_up(
    desk: Desk, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("", status=503)
    put(desk.sessions, entry("a"))
    now = NOW
    for pause in (5, 60, 300, 1_800, 7_200, 18_000, 36_000):  # CHANNELS.md, Retry, in seconds
        desk.step(now)
        now += timedelta(seconds=pause)
        assert desk.listed()["a"].next_at == now
        desk.step(now - timedelta(seconds=1))  # too early
    desk.step(now)
    assert desk.states() == {"a": "dead"}
    assert desk.listed()["a"].reason == "given up after 8 attempts: HTTP 503"
    assert [request.headers["webhook-id"] for request, _ in httpserver.log] == ["a"] * 8
    assert len({request.headers["webhook-timestamp"] for request, _ in httpserver.log}) == 8
    assert [(number, result) for number, result, _ in desk.attempts("a")] == [(n, Result.RETRY) for n in range(1, 9)]
    assert desk.step(now + timedelta(days=30)) is False
    assert len(httpserver.log) == 8


def test_a_retry_waits_for_the_message_window(desk: Desk) -> None:
    """TIME_RULES.md, M2: messages go out from 08:30 to 18:00."""
    opens = NOW + timedelta(hours=15)
    asked: list[tuple[UUID, datetime]] = []

    def window(office: UUID, at: datetime) -> datetime:
        asked.append((office, at))
        return opens

    desk = replace(desk, channel=lambda name: Saying(DeliveryError("busy")), window=window)
    put(desk.sessions, entry("a"))
    desk.step()
    assert asked == [(OFFICE, NOW + timedelta(seconds=5))]
    assert desk.listed()["a"].next_at == opens


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (timedelta(minutes=10), timedelta(minutes=10)),
        (timedelta(0), timedelta(seconds=5)),
        (None, timedelta(seconds=5)),
    ],
)
def test_the_pause_that_is_asked_for_is_the_least(asked: timedelta | None, waited: timedelta, desk: Desk) -> None:
    desk.channel = lambda name: Saying(DeliveryError("busy", retry_after=asked))
    put(desk.sessions, entry("a"))
    desk.step()
    assert desk.listed()["a"].next_at == NOW + waited


def test_nobody_can_ask_for_a_pause_of_more_than_a_day(desk: Desk) -> None:
    desk.channel = lambda name: Saying(DeliveryError("busy", retry_after=timedelta(days=3_650)))
    put(desk.sessions, entry("a"))
    desk.step()
    assert desk.listed()["a"].next_at == NOW + timedelta(days=1)


def test_a_pause_asked_for_over_http_is_honoured(desk: Desk, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("", status=429, headers={"Retry-After": "600"})
    put(desk.sessions, entry("a"))
    desk.step()
    assert desk.listed()["a"].next_at == NOW + timedelta(minutes=10)


def test_a_time_out_is_recorded_as_unknown_and_tried_again(desk: Desk) -> None:
    desk.channel = lambda name: Saying(DeliveryError("no answer in time", unknown=True))
    put(desk.sessions, entry("a"))
    desk.step()
    assert desk.attempts("a") == [(1, Result.UNKNOWN, "no answer in time")]
    assert desk.states() == {"a": "pending"}


def told(desk: Desk) -> list[bool]:
    """Delivers until nothing waits; for each attempt, whether its renderer was told that it may be a repeat."""
    heard: list[bool] = []

    def render(claimed: Claimed) -> Rendered:
        heard.append(claimed.maybe_sent)
        return Rendered(message(), CLERK)

    now = NOW
    while "pending" in desk.states().values():
        replace(desk, render=render).step(now)
        now += timedelta(days=1)
    return heard


UNKNOWN = DeliveryError("no answer in time", unknown=True)
BUSY = DeliveryError("busy")


@pytest.mark.parametrize(
    ("ends", "heard"),
    [
        ([BUSY, BUSY, Receipt("r")], [False, False, False]),
        ([UNKNOWN, Receipt("r")], [False, True]),
        ([BUSY, UNKNOWN, BUSY, Receipt("r")], [False, False, True, True]),
    ],
)
def test_after_an_unknown_outcome_every_later_attempt_is_told_that_it_may_be_a_repeat(
    ends: list[BaseException | Receipt], heard: list[bool], desk: Desk
) -> None:
    channel = Saying(*ends)
    put(desk.sessions, entry("a"))
    assert told(replace(desk, channel=lambda name: channel)) == heard


def test_after_an_attempt_that_was_never_settled_the_next_is_told_that_it_may_be_a_repeat(desk: Desk) -> None:
    put(desk.sessions, entry("a"))
    with desk.sessions() as session:
        claim(session, NOW, uuid4(), lease=timedelta(seconds=-2))  # whoever made this attempt is gone
    assert told(replace(desk, channel=lambda name: Saying(Receipt("r")))) == [True]


def test_a_message_that_was_put_back_untried_is_no_repeat(desk: Desk) -> None:
    put(desk.sessions, entry("a"))
    replace(desk, render=lambda claimed: Later(NOW + MINUTE)).step()
    assert told(replace(desk, channel=lambda name: Saying(Receipt("r")))) == [False]


def test_a_dead_letter_that_may_have_arrived_is_a_repeat_when_it_is_sent_by_hand(desk: Desk) -> None:
    channel = Saying(UNKNOWN, DeliveryError("no", permanent=True), Receipt("r"))
    put(desk.sessions, entry("a"))
    assert told(replace(desk, channel=lambda name: channel)) == [False, True]
    with desk.sessions() as session:
        retry_dead(session, OFFICE, [desk.listed()["a"].id], NOW)
    assert told(replace(desk, channel=lambda name: channel)) == [True]


def test_a_refusal_for_good_is_a_dead_letter_at_once(desk: Desk, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("", status=404)
    put(desk.sessions, entry("a"))
    desk.step()
    assert (desk.states(), desk.listed()["a"].reason) == ({"a": "dead"}, "HTTP 404")
    assert desk.attempts("a") == [(1, Result.REFUSED, "HTTP 404")]


def test_an_endpoint_that_is_gone_is_paused_in_the_same_transaction(desk: Desk, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("", status=410)
    with desk.sessions() as session:
        for name in ("desk", "other"):
            put_endpoint(session, Endpoint(OFFICE, name, "webhook", {}, {}))
    put(desk.sessions, entry("a"))
    desk.step()
    with desk.sessions() as session:
        gone, other = all_of(session, OFFICE)
    assert (gone.paused, other.paused) == (True, False)
    assert gone.paused_because == "said on 2026-09-23 00:30 UTC that it is gone (HTTP 410)"
    assert desk.states() == {"a": "dead"}


# --- the truth at the moment of sending ------------------------------------------------------------------------------
def test_what_is_no_longer_true_is_dropped_on_record_and_not_sent(desk: Desk, httpserver: HTTPServer) -> None:
    put(desk.sessions, entry("a"))
    replace(desk, render=lambda claimed: NoLongerTrue("decided")).step()
    assert httpserver.log == []
    assert (desk.states(), desk.listed()["a"].reason) == ({"a": "dropped"}, "decided")
    assert desk.attempts("a") == [(1, Result.DROPPED, "decided")]


def test_what_is_for_later_waits_and_has_not_been_tried(desk: Desk) -> None:
    put(desk.sessions, entry("a"))
    assert replace(desk, render=lambda claimed: Later(NOW + MINUTE)).step() is True
    assert (desk.listed()["a"].next_at, desk.listed()["a"].attempts) == (NOW + MINUTE, 0)
    assert desk.attempts("a") == []


def test_later_is_never_now_so_that_a_loop_over_steps_ends(desk: Desk) -> None:
    put(desk.sessions, entry("a"))
    later = replace(desk, render=lambda claimed: Later(NOW - MINUTE))
    assert [later.step(), later.step()] == [True, False]


def test_what_has_to_go_after_another_goes_in_the_step_after_that_was_tried(desk: Desk, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("")
    first, second = entry("a", next_at=NOW - MINUTE), entry("b")
    put(desk.sessions, second, first)

    def render(claimed: Claimed) -> Rendered | After:
        waits = claimed.key == "b" and desk.states()["a"] == "pending"
        return After(first.id) if waits else Rendered(message(), CLERK)

    ordered = replace(desk, render=render)
    assert [ordered.step(), ordered.step(), ordered.step()] == [True, False, False]
    assert desk.states() == {"a": "sent", "b": "sent"}
    assert [(n, result) for n, result, _ in desk.attempts("b")] == [(1, Result.SENT)], "waiting is no attempt"


def test_what_cannot_be_read_because_the_database_is_away_is_no_attempt_and_said_once(
    desk: Desk, httpserver: HTTPServer
) -> None:
    """Eight such blinks would otherwise have made a dead letter of a message that nobody tried to send."""
    httpserver.expect_request("/desk/KEY").respond_with_data("ok")
    put(desk.sessions, entry("a"), entry("b"))

    def render(claimed: Claimed) -> Rendered:
        if claimed.key == "a":
            raise sa.exc.OperationalError("SELECT 1", {}, Exception("server closed the connection unexpectedly"))
        return Rendered(message(), CLERK)

    with pytest.raises(sa.exc.OperationalError):
        replace(desk, render=render).step()
    assert desk.states() == {"a": "pending", "b": "sent"}
    assert (desk.listed()["a"].next_at, desk.listed()["a"].attempts, desk.attempts("a")) == (NOW, 0, [])


def test_a_bundle_is_one_message_and_settles_its_members(desk: Desk, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("")
    put(desk.sessions, *bundle("a", "b", "c"))
    seen: list[int] = []

    def render(claimed: Claimed) -> Rendered:
        seen.append(len(claimed.followers))
        [out] = [member.id for member in claimed.followers if member.key == "c"]
        return Rendered(message(), CLERK, left_out={out: "paused"})

    replace(desk, render=render).step()
    assert seen == [2]
    assert [request.headers["webhook-id"] for request, _ in httpserver.log] == ["a"]
    assert desk.states() == {"a": "sent", "b": "sent", "c": "dropped"}


# --- nobody stops the others -----------------------------------------------------------------------------------------
def test_a_renderer_and_a_channel_that_break_do_not_stop_the_others(
    desk: Desk, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("")
    good = desk.channel

    def channel(name: str) -> Channel:
        if name == "unset":
            raise ChannelSettingsError("secret", "the environment variable SLA_HOOK_SECRET is not set")
        return good(name) if name == "desk" else Saying(ValueError("https://hook.test/KEY is broken"))

    def render(claimed: Claimed) -> Rendered:
        if claimed.key == "b":
            raise KeyError("KEY")
        return Rendered(message(), CLERK)

    put(desk.sessions, entry("a"), entry("b"), entry("c", endpoint="broken"), entry("d", endpoint="unset"), entry("e"))
    with caplog.at_level(logging.DEBUG, "notifiers"):
        replace(desk, channel=channel, render=render).step()
    assert desk.states() == {"a": "sent", "b": "pending", "c": "pending", "d": "pending", "e": "sent"}
    details = {key: desk.attempts(key)[0][2] for key in "bcd"}
    assert details["b"].startswith("unexpected KeyError at test_delivery.py:")
    assert details["c"].startswith("unexpected ValueError at test_delivery.py:")
    assert details["d"] == "endpoint unset: secret: the environment variable SLA_HOOK_SECRET is not set"
    assert "KEY" not in "".join(details.values())
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("notifiers")]
    assert len(ours) == 2
    assert "KEY" not in "".join(ours)


def test_an_office_without_a_window_is_still_written_to(desk: Desk) -> None:
    def window(office: UUID, at: datetime) -> datetime:
        raise LookupError("no calendar")

    put(desk.sessions, entry("a"))
    replace(desk, channel=lambda name: Saying(DeliveryError("busy")), window=window).step()
    assert desk.listed()["a"].next_at == NOW + timedelta(seconds=5)


@pytest.mark.parametrize("text", ["nul \x00 in it", "lone \ud800 surrogate", "x" * 10_000, "two\r\nlines"])
def test_whatever_the_other_side_says_can_be_stored(text: str, desk: Desk) -> None:
    put(desk.sessions, *map(entry, "ab"))
    channel = Saying(DeliveryError(text), Receipt("r", text))
    replace(desk, channel=lambda name: channel).step()
    assert sorted(desk.states().values()) == ["pending", "sent"]
    [(_, _, detail)] = desk.attempts("a")
    assert len(detail) <= 500
    assert len(detail.splitlines()) == 1


# --- crashes ---------------------------------------------------------------------------------------------------------
class Killed(BaseException):
    """What no part catches."""


def test_what_was_sent_before_a_crash_is_settled_and_the_rest_is_not_lost(desk: Desk) -> None:
    put(desk.sessions, *map(entry, "abc"))
    channel = Saying(Receipt("1"), Killed())
    with pytest.raises(Killed):
        replace(desk, channel=lambda name: channel).step()
    assert sorted(desk.states().values()) == ["pending", "pending", "sent"]
    lease_ends(desk.sessions)
    again = Saying(Receipt("2"), Receipt("3"))
    replace(desk, channel=lambda name: again).step()
    assert set(desk.states().values()) == {"sent"}
    assert {key for key, _ in channel.seen + again.seen} == {"a", "b", "c"}


def lease_ends(sessions: Sessions) -> None:
    with sessions() as session:
        session.connection().execute(sa.text("UPDATE message SET lease_until = '2000-01-01 00:00:00'"))


def test_a_process_killed_after_the_call_and_before_the_record_repeats_under_the_same_id(
    desk: Desk, engine: Engine, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/desk/KEY").respond_with_data("")
    put(desk.sessions, entry("a"))
    url = httpserver.url_for("/desk/KEY")
    command = [sys.executable, "-m", "tests.notifiers.killed", engine.url.render_as_string(hide_password=False), url]
    process = subprocess.run(command, cwd=HERE.parents[1], env={**os.environ}, capture_output=True, check=False)
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert desk.states() == {"a": "pending"}
    assert desk.step() is False  # still leased to the dead
    assert len(httpserver.log) == 1
    lease_ends(desk.sessions)
    desk.step()
    assert desk.states() == {"a": "sent"}
    assert [request.headers["webhook-id"] for request, _ in httpserver.log] == ["a", "a"]
    assert [(number, result) for number, result, _ in desk.attempts("a")] == [(2, Result.SENT)]


def test_what_is_not_begun_in_time_is_put_back_before_its_lease_ends(desk: Desk) -> None:
    put(desk.sessions, *map(entry, "abc"))
    channel = Saying(*(Receipt(str(number)) for number in range(3)))
    slow = replace(desk, channel=lambda name: channel, more={"budget": timedelta(0)})
    assert slow.step() is True
    assert sorted(desk.states().values()) == ["pending", "pending", "sent"]
    assert [slow.step(), slow.step()] == [True, False]
    assert set(desk.states().values()) == {"sent"}
    assert {listed.attempts for listed in desk.listed().values()} == {1}


def test_no_transaction_is_open_while_a_message_is_sent(desk: Desk) -> None:
    """On SQLite a second writer would wait for thirty seconds and fail."""
    put(desk.sessions, entry("a"))

    class Writing(Saying):
        def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
            with desk.sessions() as session:
                enqueue(session, [entry("b")])
            return Receipt("ok")

    replace(desk, channel=lambda name: Writing()).step()
    assert desk.states() == {"a": "sent", "b": "pending"}


def test_states_are_the_four_of_the_diagram() -> None:
    assert set(State) == {"pending", "sent", "dropped", "dead"}
