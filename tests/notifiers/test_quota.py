"""No endpoint gets more than it takes, whoever sends; what has to wait is not lost, and is no attempt."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from notifiers.channel import Channel
from notifiers.delivery import AT_ONCE, Rendered
from notifiers.endpoints import Endpoint
from notifiers.endpoints import put as put_endpoint
from notifiers.gate import Gate
from notifiers.message import DeliveryError, Receipt
from notifiers.outbox import MESSAGE, Claimed, NewMessage, Result, Sessions, State, fates
from notifiers.quota import Quota, Rate, close, take
from tests.notifiers.cast import CLERK, NEIGHBOUR, NOW, OFFICE, entry, message
from tests.notifiers.test_delivery import Desk, Saying
from tests.notifiers.test_outbox import put

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FULL_HOUR = datetime(2026, 9, 23, 1, tzinfo=UTC)
TWENTY = Quota((Rate(20, MINUTE),))
OK = Receipt("ok")


# --- when one more may go, by a count on paper -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rates", "sent", "free"),
    [
        ((Rate(2, MINUTE),), [], 100),
        ((Rate(2, MINUTE),), [70], 100),
        ((Rate(2, MINUTE),), [70, 90], 130),  # the span of 60 s that began at 70 is full until 130
        ((Rate(2, MINUTE),), [40, 90], 100),  # at 100 the first is 60 s old
        ((Rate(2, MINUTE),), [41, 90], 101),
        ((Rate(2, MINUTE), Rate(1, 5 * SECOND)), [41, 98], 103),  # the shorter span is the later one
    ],
)
def test_one_more_goes_when_no_span_of_time_holds_too_many(rates: tuple[Rate, ...], sent: list[int], free: int) -> None:
    start = FULL_HOUR + timedelta(minutes=7)
    moments = [start + second * SECOND for second in sent]
    assert Quota(rates).free_at(moments, start + 100 * SECOND) == start + free * SECOND


@pytest.mark.parametrize(
    ("minute", "goes_at"), [(0, 4), (3.9, 4), (4, 4), (29.9, 29.9), (30, 34), (33.5, 34), (59, 59)]
)
def test_a_robot_that_keeps_off_the_full_and_half_hour_begins_later(minute: float, goes_at: float) -> None:
    quota = Quota(quiet=4 * MINUTE)
    assert quota.free_at([], FULL_HOUR + minute * MINUTE) == FULL_HOUR + goes_at * MINUTE


def test_what_goes_in_a_short_time_is_its_part_of_the_rate_and_at_least_one() -> None:
    quarter = timedelta(seconds=15)
    assert TWENTY.at_once(quarter) == 5
    assert Quota((Rate(1, MINUTE),)).at_once(quarter) == 1
    assert Quota((Rate(100, MINUTE), Rate(5, SECOND))).at_once(quarter) == 5
    assert Quota().at_once(quarter) is None


# --- counted by all nodes together -----------------------------------------------------------------------------------
@pytest.fixture
def robot(sessions: Sessions) -> tuple[UUID, str]:
    with sessions() as session:
        put_endpoint(session, Endpoint(OFFICE, "robot", "wecom", {}, {}))
        put_endpoint(session, Endpoint(NEIGHBOUR, "robot", "wecom", {}, {}))
    return OFFICE, "robot"


def test_many_at_once_take_no_more_than_there_is(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    def ask(_: int) -> datetime | None:
        with sessions() as session:
            return take(session, robot, TWENTY, NOW)

    with ThreadPoolExecutor(8) as nodes:
        answers = list(nodes.map(ask, range(40)))
    assert answers.count(None) == 20
    assert set(answers) == {None, NOW + MINUTE}


def test_each_endpoint_of_each_office_has_its_own(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    one = Quota((Rate(1, MINUTE),))
    with sessions() as session:
        assert take(session, robot, one, NOW) is None
        assert take(session, (NEIGHBOUR, "robot"), one, NOW) is None
        assert take(session, robot, one, NOW + 59 * SECOND) == NOW + MINUTE
        assert take(session, robot, one, NOW + MINUTE) is None


def test_the_longer_of_two_pauses_holds(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    with sessions() as session:
        close(session, robot, NOW + 10 * MINUTE)
        close(session, robot, NOW + MINUTE)
        assert take(session, robot, TWENTY, NOW + 2 * MINUTE) == NOW + 10 * MINUTE
        assert take(session, robot, TWENTY, NOW + 10 * MINUTE) is None


# --- at the time of sending ------------------------------------------------------------------------------------------
class Node(Desk):
    """A node that sends by one channel, kept to a quota; `rendered` is what it took the trouble to render."""

    def __init__(self, sessions: Sessions, channel: Channel, quota: Quota = TWENTY) -> None:
        super().__init__(sessions, lambda name: channel)
        self.quota, self.rendered = quota, list[Claimed]()
        self.render = self._render

    def _render(self, claimed: Claimed) -> Rendered:
        self.rendered.append(claimed)
        return Rendered(message("not mine"), CLERK)

    def at(self, now: datetime, limit: int = 100, *, most: int = 50) -> bool:
        gate = Gate(self.sessions, lambda _: now, lambda _, places: dict.fromkeys(places, self.quota), {"alarm"}, most)
        return self.step(now, limit=limit, gate=gate)


class Answering(Saying):
    """Says yes, except to these attempts, counted from 1."""

    def __init__(self, **errors: DeliveryError) -> None:
        super().__init__(*(errors.get(f"at_{number}", OK) for number in range(1, 200)))

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.seen]


def keys(count: int, letter: str = "m") -> list[str]:
    return [f"{letter}{number:03}" for number in range(count)]


def waiting(names: Sequence[str], reader: str = "p-7", kind: str = "case.due_soon") -> Iterator[NewMessage]:
    """In this order, each due a little later than the one before."""
    for place, name in enumerate(names):
        at = NOW - MINUTE + place * timedelta(milliseconds=1)
        yield entry(name, endpoint="robot", next_at=at, reader=reader, kind=kind)


def test_what_is_too_much_waits_until_there_is_room_and_is_no_attempt(
    sessions: Sessions, robot: tuple[UUID, str]
) -> None:
    channel = Answering()
    node = Node(sessions, channel)
    put(sessions, *waiting(keys(45)))
    node.at(NOW)
    assert channel.keys == keys(45)[:20]
    left = [listed for listed in node.listed().values() if listed.state is State.PENDING]
    assert {(listed.attempts, listed.next_at, listed.reason) for listed in left} == {
        (0, NOW + MINUTE, "waits: its channel takes no more just now")
    }
    node.at(NOW + 59 * SECOND)
    assert len(channel.seen) == 20
    node.at(NOW + MINUTE)
    node.at(NOW + 2 * MINUTE)
    assert sorted(channel.keys) == keys(45)  # each once, under its own key
    assert {listed.attempts for listed in node.listed().values()} == {1}


def test_two_nodes_share_what_there_is(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    one, other = Answering(), Answering()
    put(sessions, *waiting(keys(60)))
    Node(sessions, one).at(NOW, 15)
    Node(sessions, other).at(NOW, 15)
    assert (len(one.seen), len(other.seen)) == (15, 5)


def test_what_cannot_go_is_not_rendered_for_nothing(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    node = Node(sessions, Answering())
    put(sessions, *waiting(keys(60)))
    node.at(NOW)
    assert len(node.rendered) == AT_ONCE  # after the twentieth it is full, and no others are written
    put(sessions, entry("new", endpoint="robot", next_at=NOW))
    node.at(NOW + SECOND)
    assert len(node.rendered) == AT_ONCE


def test_what_waits_waits_for_the_message_window_too(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    node, opens = Node(sessions, Answering(), Quota((Rate(1, MINUTE),))), NOW + timedelta(hours=14)
    node.window = lambda office, at: at if at <= NOW else opens
    put(sessions, *waiting(keys(2)))
    node.at(NOW)
    assert node.listed()["m001"].next_at == opens


# --- asked to wait ---------------------------------------------------------------------------------------------------
def test_an_endpoint_that_asks_for_a_pause_gets_it_from_all_nodes(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    busy = DeliveryError("HTTP 429", retry_after=10 * MINUTE, closes=True)
    channel, other = Answering(at_2=busy), Answering()
    put(sessions, *waiting(keys(6)))
    Node(sessions, channel, Quota()).at(NOW, 4)
    assert channel.keys == ["m000", "m001"]
    node = Node(sessions, other, Quota())
    assert node.attempts("m001") == [(1, Result.RETRY, "HTTP 429")]  # that one was tried, the others were not
    node.at(NOW + SECOND)
    node.at(NOW + 9 * MINUTE)
    assert other.seen == []
    waits = {listed.next_at for listed in node.listed().values() if listed.state is State.PENDING}
    assert waits == {NOW + 10 * MINUTE}
    node.at(NOW + 10 * MINUTE)
    assert sorted(other.keys) == ["m001", "m002", "m003", "m004", "m005"]


def test_a_pause_that_is_asked_for_one_number_stops_nobody_else(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    channel = Answering(at_1=DeliveryError("too many to this number", retry_after=10 * MINUTE))
    put(sessions, *waiting(keys(3)))
    Node(sessions, channel, Quota()).at(NOW)
    assert channel.keys == keys(3)


# --- a flood ---------------------------------------------------------------------------------------------------------
def flood(names: Sequence[str], reader: str = "p-7") -> Iterator[NewMessage]:
    return waiting(names, reader=reader, kind="alarm")


def test_more_than_a_quarter_of_a_minute_takes_becomes_one_message_a_reader(
    sessions: Sessions, robot: tuple[UUID, str]
) -> None:
    channel = Answering()
    node = Node(sessions, channel)
    put(sessions, *flood(keys(4, "a"), "p-7"), *flood(keys(3, "b"), "p-8"))
    node.at(NOW)  # 20 a minute are 5 in 15 seconds
    assert sorted(channel.keys) == ["a000", "b000"]
    assert [sorted(m.key for m in one.followers) for one in sorted(node.rendered, key=lambda one: one.key)] == [
        ["a001", "a002", "a003"], ["b001", "b002"]
    ]  # fmt: skip
    assert set(node.states().values()) == {"sent"}
    assert {(a.attempts, a.bundle_id is None) for a in node.listed().values()} == {(1, True), (1, False)}


def test_what_fits_goes_one_by_one(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    channel = Answering()
    put(sessions, *flood(keys(5)))
    Node(sessions, channel).at(NOW)
    assert channel.keys == keys(5)


def test_a_bundle_lists_no_more_than_a_message_can(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    node = Node(sessions, Answering())
    put(sessions, *flood(keys(25)))
    node.at(NOW, most=10)
    assert [1 + len(one.followers) for one in node.rendered] == [10, 10, 5]


def test_only_alarms_are_said_together(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    channel = Answering()
    put(sessions, *waiting(keys(3, "digest")), *flood(keys(5)))
    Node(sessions, channel).at(NOW)
    assert sorted(channel.keys) == ["digest000", "digest001", "digest002", "m000"]


def test_a_bundle_that_was_raised_as_one_stays_together_in_a_larger_one(
    sessions: Sessions, robot: tuple[UUID, str]
) -> None:
    node = Node(sessions, Answering())
    leader = entry("led", endpoint="robot", kind="alarm", next_at=NOW)
    put(sessions, *flood(keys(6)), leader, entry("member", endpoint="robot", kind="alarm", leader=leader))
    node.at(NOW)
    [one] = node.rendered
    assert sorted(member.key for member in one.followers) == ["led", *keys(6)[1:], "member"]
    assert {listed.bundle_id for listed in node.listed().values()} == {None, one.id}
    assert set(node.states().values()) == {"sent"}


def test_after_its_first_attempt_a_bundle_is_what_it_was(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    channel = Answering(at_1=DeliveryError("HTTP 500"))
    node = Node(sessions, channel)
    put(sessions, *flood(keys(6)))
    node.at(NOW)
    put(sessions, *flood(keys(6, "new")))
    node.at(NOW + 10 * SECOND)
    assert sorted(channel.keys) == ["m000", "m000", "new000"]
    again = next(one for one in node.rendered if one.attempt == 2)
    assert sorted(member.key for member in again.followers) == keys(6)[1:]


def test_what_was_tried_alone_stays_alone(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    channel = Answering(at_1=DeliveryError("HTTP 500"))
    node = Node(sessions, channel)
    put(sessions, *flood(["tried"]))
    node.at(NOW)
    put(sessions, *flood(keys(6)))
    node.at(NOW + 10 * SECOND)
    assert sorted(channel.keys) == ["m000", "tried", "tried"]


def test_a_bundle_whose_node_was_killed_comes_back_whole(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    class Killed(BaseException):
        pass

    def dies(claimed: Claimed) -> Rendered:
        raise Killed

    node = Node(sessions, Answering())
    node.render = dies
    put(sessions, *flood(keys(6)))
    with pytest.raises(Killed):
        node.at(NOW)
    with sessions() as session:
        assert {str(fate) for fate in fates(session, OFFICE, keys(6)).values()} == {"tried"}
    _end_leases(sessions)
    after = Node(sessions, Answering())
    after.at(NOW + MINUTE)
    [one] = after.rendered
    assert (one.key, one.attempt, one.maybe_sent, len(one.followers)) == ("m000", 2, True, 5)


def test_outside_of_the_message_window_nothing_is_bundled(sessions: Sessions, robot: tuple[UUID, str]) -> None:
    node = Node(sessions, Answering())
    node.window = lambda office, at: at + timedelta(hours=1)
    put(sessions, *flood(keys(6)))
    node.at(NOW)
    assert {listed.bundle_id for listed in node.listed().values()} == {None}


def _end_leases(sessions: Sessions) -> None:
    with sessions() as session:
        session.connection().execute(sa.update(MESSAGE).values(lease_until=NOW - timedelta(days=1)))
