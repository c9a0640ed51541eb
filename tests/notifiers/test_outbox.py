"""The outbox on both databases: once in, claimed by one, settled by its owner."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from notifiers.outbox import (
    Claimed,
    NewMessage,
    Outcome,
    Result,
    Sessions,
    State,
    attempts_at,
    claim,
    dead,
    depth,
    enqueue,
    follow,
    keys_present,
    listing,
    releases,
    retry_dead,
    settle,
)
from sla.store.ids import new_id
from tests.notifiers.cast import NEIGHBOUR, NOW, OFFICE, entry

SECOND = timedelta(seconds=1)
RAN_OUT = timedelta(seconds=-2)  # a lease that has ended when it is taken: nobody needs to wait for it


def put(sessions: Sessions, *rows: NewMessage) -> int:
    with sessions() as session:
        return enqueue(session, rows)


def take(sessions: Sessions, token: UUID | None = None, **more: object) -> list[Claimed]:
    with sessions() as session:
        return claim(session, NOW, token or uuid4(), **more)  # type: ignore[arg-type]


def sent(claimed: Claimed, **more: object) -> Outcome:
    return Outcome(claimed, new_id(NOW), Result.SENT, State.SENT, **more)  # type: ignore[arg-type]


def failed(claimed: Claimed, pause: timedelta = SECOND) -> Outcome:
    return Outcome(claimed, new_id(NOW), Result.RETRY, State.PENDING, "busy", "busy", NOW + pause)


def given_up(claimed: Claimed) -> Outcome:
    return Outcome(claimed, new_id(NOW), Result.REFUSED, State.DEAD, "no", "no")


def finish(sessions: Sessions, *outcomes: Outcome) -> int:
    with sessions() as session:
        return len(settle(session, outcomes, NOW))


def states(sessions: Sessions, office: UUID = OFFICE) -> dict[str, str]:
    with sessions() as session:
        return {listed.key: str(listed.state) for listed in listing(session, office, 1_000)}


def together(count: int, work: Callable[[int], object]) -> list[object]:
    """Let so many threads start at one moment."""
    start = threading.Barrier(count)

    def run(number: int) -> object:
        start.wait(10)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


# --- enqueue ---------------------------------------------------------------------------------------------------------
def test_a_key_goes_in_once(sessions: Sessions) -> None:
    assert put(sessions, entry("a"), entry("b"), entry("a")) == 2
    assert put(sessions, entry("b"), entry("c")) == 1
    assert set(states(sessions)) == {"a", "b", "c"}


def test_the_first_of_two_messages_with_one_key_stays(sessions: Sessions) -> None:
    first = entry("a")
    put(sessions, first)
    put(sessions, entry("a", endpoint="other"))
    with sessions() as session:
        [listed] = listing(session, OFFICE, 10)
    assert (listed.id, listed.endpoint) == (first.id, "desk")


def test_a_key_that_was_settled_does_not_come_back(sessions: Sessions) -> None:
    put(sessions, entry("a"))
    finish(sessions, *map(sent, take(sessions)))
    assert put(sessions, entry("a")) == 0
    assert take(sessions) == []


def test_two_offices_may_have_the_same_key(sessions: Sessions) -> None:
    assert put(sessions, entry("a"), entry("a", office=NEIGHBOUR)) == 2


def test_many_writers_of_the_same_keys_put_each_in_once(sessions: Sessions) -> None:
    keys = [f"k{number:04}" for number in range(2_000)]  # several statements each

    def write(number: int) -> int:
        ordered = keys if number % 2 else list(reversed(keys))  # the worst order for locks
        return put(sessions, *map(entry, ordered))

    assert sum(int(str(new)) for new in together(6, write)) == 2_000
    with sessions() as session:
        assert keys_present(session, OFFICE, keys) == set(keys)


def test_more_rows_than_one_statement_takes_all_go_in(sessions: Sessions) -> None:
    assert put(sessions, *(entry(f"k{number}") for number in range(1_201))) == 1_201
    with sessions() as session:
        assert depth(session, NOW).due == 1_201


def test_nothing_at_all_is_no_error(sessions: Sessions) -> None:
    assert put(sessions) == 0
    assert finish(sessions) == 0
    with sessions() as session:
        assert keys_present(session, OFFICE, []) == set()
        assert retry_dead(session, OFFICE, [], NOW) == 0


def test_what_the_caller_rolls_back_was_never_there(sessions: Sessions) -> None:
    def write_and_fail() -> None:
        with sessions() as session:
            enqueue(session, [entry("a")])
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    assert states(sessions) == {}


def test_the_database_itself_refuses_a_state_that_does_not_exist(sessions: Sessions) -> None:
    put(sessions, entry("a"))

    def set_state() -> None:
        with sessions() as session:
            session.connection().execute(sa.text("UPDATE message SET state = 'lost'"))

    with pytest.raises(IntegrityError):
        set_state()


# --- claim -----------------------------------------------------------------------------------------------------------
def test_what_is_due_is_claimed_the_longest_due_first_and_no_more_than_the_limit(sessions: Sessions) -> None:
    put(
        sessions,
        entry("now", next_at=NOW),
        entry("early", next_at=NOW - 2 * SECOND),
        entry("later", next_at=NOW + timedelta(microseconds=1)),
        entry("middle", next_at=NOW - SECOND),
    )
    assert [claimed.key for claimed in take(sessions, limit=2)] == ["early", "middle"]
    assert [claimed.key for claimed in take(sessions, limit=2)] == ["now"]
    assert take(sessions) == []


def test_a_claim_carries_what_a_renderer_needs(sessions: Sessions) -> None:
    row, token = entry("a"), uuid4()
    put(sessions, row)
    assert take(sessions, token) == [
        Claimed(
            office_id=OFFICE,
            id=row.id,
            key="a",
            kind="case.due_soon",
            recipient_id="p-7",
            endpoint="desk",
            about='{"case":"2026-17"}',
            due_at=NOW,
            created_at=NOW,
            attempts=1,
            attempt=1,
            token=token,
        )
    ]


def test_no_two_claimers_get_the_same_message(sessions: Sessions) -> None:
    put(sessions, *(entry(f"k{number:03}") for number in range(240)))
    taken: list[str] = []

    def work(_: int) -> None:
        for _ in range(4):
            taken.extend(claimed.key for claimed in take(sessions, limit=10))

    together(6, work)
    assert sorted(taken) == [f"k{number:03}" for number in range(240)]  # 6 claimers, 4 times 10 each


def test_a_claim_that_is_not_committed_yet_is_passed_over_and_not_waited_for(
    sessions: Sessions, engine: Engine
) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    put(sessions, entry("a"), entry("b"))
    with sessions() as first, sessions() as second:
        assert [claimed.key for claimed in claim(first, NOW, uuid4(), limit=1)] == ["a"]
        assert [claimed.key for claimed in claim(second, NOW, uuid4(), limit=1)] == ["b"]


def test_a_claim_can_be_limited_to_one_office(sessions: Sessions) -> None:
    put(sessions, entry("a"), entry("b", office=NEIGHBOUR))
    assert [claimed.key for claimed in take(sessions, office_id=NEIGHBOUR)] == ["b"]


def test_a_lease_that_ran_out_gives_the_message_back(sessions: Sessions) -> None:
    put(sessions, entry("a"))
    take(sessions, lease=RAN_OUT)
    [again] = take(sessions)
    assert (again.key, again.attempts) == ("a", 2)
    assert take(sessions) == []


def test_the_time_that_is_handed_in_does_not_end_a_lease(sessions: Sessions) -> None:
    put(sessions, entry("a"))
    take(sessions)
    with sessions() as session:
        assert claim(session, NOW + timedelta(days=365), uuid4()) == []


def test_a_claim_reads_the_index_of_what_is_due_and_not_the_table(engine: Engine, sessions: Sessions) -> None:
    """As a prepared statement too, which does not see the values of its parameters."""
    statements: list[str] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def _keep(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    take(sessions)
    [statement] = [each for each in statements if "MATERIALIZED" in each]
    with sessions() as session:
        connection = session.connection()
        if engine.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", tuple("x" * statement.count("?"))
            ).all()
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            generic = statement
            for number in range(1, statement.count("%(") + 1):
                start = generic.index("%(")
                end = generic.index(")s", start) + 2
                generic = f"{generic[:start]}${number}{generic[end:]}"
            assert connection.connection.driver_connection is not None
            cursor = connection.connection.driver_connection.execute(f"EXPLAIN (GENERIC_PLAN) {generic}")
            plan = cursor.fetchall()
    assert "message_next" in str(plan), plan


# --- settle ----------------------------------------------------------------------------------------------------------
def test_a_message_that_was_sent_is_settled_with_its_attempt_on_record(sessions: Sessions) -> None:
    put(sessions, entry("a"))
    [claimed] = take(sessions)
    assert finish(sessions, sent(claimed, detail="250 OK")) == 1
    with sessions() as session:
        [listed] = listing(session, OFFICE, 10)
        [attempt] = attempts_at(session, OFFICE, claimed.id)
    assert (listed.state, listed.settled_at, listed.attempts) == (State.SENT, NOW, 1)
    assert (attempt.attempt, attempt.outcome, attempt.detail, attempt.started_at) == (1, Result.SENT, "250 OK", NOW)


def test_a_stale_owner_settles_nothing(sessions: Sessions) -> None:
    put(sessions, entry("a"))
    [stale] = take(sessions, lease=RAN_OUT)
    [owner] = take(sessions)
    assert finish(sessions, given_up(stale)) == 0
    assert states(sessions) == {"a": "pending"}
    assert finish(sessions, sent(owner)) == 1
    assert finish(sessions, given_up(stale)) == 0
    assert states(sessions) == {"a": "sent"}
    with sessions() as session:
        assert [attempt.attempt for attempt in attempts_at(session, OFFICE, owner.id)] == [2]


def test_of_a_batch_only_what_is_still_ours_is_settled(sessions: Sessions) -> None:
    put(sessions, entry("a"), entry("b", next_at=NOW + SECOND))
    [a] = take(sessions, lease=RAN_OUT)
    with sessions() as session:
        later = claim(session, NOW + SECOND, uuid4())
    b = next(claimed for claimed in later if claimed.key == "b")
    assert finish(sessions, sent(a), sent(b)) == 1
    assert states(sessions) == {"a": "pending", "b": "sent"}


def test_an_owner_whose_lease_ran_out_unclaimed_may_still_settle(sessions: Sessions) -> None:
    put(sessions, entry("a"))
    [late] = take(sessions, lease=RAN_OUT)
    assert finish(sessions, sent(late)) == 1


def test_a_retry_waits_until_its_time_and_counts_on(sessions: Sessions) -> None:
    put(sessions, entry("a"))
    finish(sessions, *map(failed, take(sessions)))
    assert take(sessions) == []
    with sessions() as session:
        [again] = claim(session, NOW + SECOND, uuid4())
    assert (again.attempts, again.attempt) == (2, 2)


def test_what_is_put_back_was_never_tried(sessions: Sessions) -> None:
    put(sessions, entry("a"))
    [claimed] = take(sessions)
    finish(sessions, Outcome(claimed, new_id(NOW), None, State.PENDING, next_at=NOW))
    [again] = take(sessions)
    assert (again.attempts, again.attempt) == (1, 1)
    with sessions() as session:
        assert attempts_at(session, OFFICE, claimed.id) == []


def test_an_outcome_that_contradicts_itself_cannot_be_made(sessions: Sessions) -> None:
    put(sessions, entry("a"))
    [claimed] = take(sessions)
    with pytest.raises(ValueError, match="next attempt"):
        Outcome(claimed, new_id(NOW), Result.RETRY, State.PENDING)
    with pytest.raises(ValueError, match="next attempt"):
        Outcome(claimed, new_id(NOW), Result.SENT, State.SENT, next_at=NOW)


# --- bundles ---------------------------------------------------------------------------------------------------------
def bundle(*keys: str) -> list[NewMessage]:
    leader = entry(keys[0])
    return [leader, *(entry(key, leader=leader) for key in keys[1:])]


def test_a_bundle_is_claimed_as_one_and_settled_by_one_delivery(sessions: Sessions) -> None:
    put(sessions, *bundle("a", "b", "c"), entry("d"))
    claimed = {each.key: each for each in take(sessions)}
    assert set(claimed) == {"a", "d"}
    assert [follower.key for follower in claimed["a"].followers] == sorted("bc", key=lambda key: by_id(sessions)[key])
    assert finish(sessions, sent(claimed["a"]), failed(claimed["d"])) == 2
    assert states(sessions) == {"a": "sent", "b": "sent", "c": "sent", "d": "pending"}
    with sessions() as session:
        counts = {each.key: len(attempts_at(session, OFFICE, each.id)) for each in listing(session, OFFICE, 9)}
    assert counts == {"a": 1, "b": 0, "c": 0, "d": 1}


def by_id(sessions: Sessions) -> dict[str, UUID]:
    with sessions() as session:
        return {listed.key: listed.id for listed in listing(session, OFFICE, 1_000)}


@pytest.mark.parametrize(("outcome", "state"), [(failed, "pending"), (given_up, "dead"), (sent, "sent")])
def test_a_bundle_shares_one_fate(outcome: Callable[[Claimed], Outcome], state: str, sessions: Sessions) -> None:
    put(sessions, *bundle("a", "b"))
    finish(sessions, *map(outcome, take(sessions)))
    assert states(sessions) == {"a": state, "b": state}


def test_a_member_that_is_no_longer_true_is_dropped_when_the_others_are_sent(sessions: Sessions) -> None:
    put(sessions, *bundle("a", "b", "c"))
    [claimed] = take(sessions)
    ids = by_id(sessions)
    finish(sessions, sent(claimed, left_out={ids["a"]: "decided", ids["c"]: "paused"}))
    assert states(sessions) == {"a": "dropped", "b": "sent", "c": "dropped"}
    with sessions() as session:
        reasons = {listed.key: listed.reason for listed in listing(session, OFFICE, 9)}
    assert reasons == {"a": "decided", "b": "", "c": "paused"}


def test_a_retried_bundle_is_the_same_bundle(sessions: Sessions) -> None:
    put(sessions, *bundle("a", "b", "c"))
    finish(sessions, *map(failed, take(sessions)))
    with sessions() as session:
        [again] = claim(session, NOW + SECOND, uuid4())
    assert (again.key, {follower.key for follower in again.followers}) == ("a", {"b", "c"})


def test_a_member_whose_leader_was_in_already_goes_out_on_its_own(sessions: Sessions) -> None:
    put(sessions, entry("a"))
    assert put(sessions, *bundle("a", "b", "c")) == 2
    assert sorted((claimed.key, claimed.followers) for claimed in take(sessions)) == [("a", ()), ("b", ()), ("c", ())]


def test_a_member_that_comes_after_its_leader_goes_out_on_its_own(sessions: Sessions) -> None:
    leader, member = bundle("a", "b")
    put(sessions, leader)
    put(sessions, member)
    assert {claimed.key for claimed in take(sessions)} == {"a", "b"}


# --- dead letters ----------------------------------------------------------------------------------------------------
def test_a_dead_letter_is_sent_again_by_hand_with_its_history_kept(sessions: Sessions) -> None:
    put(sessions, entry("a"), entry("b", office=NEIGHBOUR))
    finish(sessions, *map(given_up, take(sessions)))
    with sessions() as session:
        [letter] = dead(session, OFFICE)
        assert (letter.key, letter.reason) == ("a", "no")
        assert retry_dead(session, OFFICE, [letter.id], NOW) == 1
    [again] = take(sessions)
    assert (again.key, again.attempts, again.attempt) == ("a", 1, 2)
    finish(sessions, sent(again))
    with sessions() as session:
        assert [(a.attempt, a.outcome) for a in attempts_at(session, OFFICE, again.id)] == [
            (1, Result.REFUSED),
            (2, Result.SENT),
        ]
        assert dead(session, OFFICE) == []


def test_only_the_dead_are_sent_again_and_only_the_offices_own(sessions: Sessions) -> None:
    put(sessions, entry("a"), entry("b"))
    outcomes = [sent(claimed) if claimed.key == "a" else given_up(claimed) for claimed in take(sessions)]
    finish(sessions, *outcomes)
    ids = list(by_id(sessions).values())
    with sessions() as session:
        assert retry_dead(session, NEIGHBOUR, ids, NOW) == 0
        assert retry_dead(session, OFFICE, ids, NOW) == 1
    assert states(sessions) == {"a": "sent", "b": "pending"}


@pytest.mark.parametrize("named", ["a", "b"])
def test_a_dead_bundle_comes_back_whole_whichever_member_is_named(named: str, sessions: Sessions) -> None:
    put(sessions, *bundle("a", "b", "c"))
    finish(sessions, *map(given_up, take(sessions)))
    ids = by_id(sessions)
    with sessions() as session:
        assert retry_dead(session, OFFICE, [ids[named]], NOW) == 3
    [again] = take(sessions)
    assert (again.key, {follower.key for follower in again.followers}) == ("a", {"b", "c"})


# --- reads -----------------------------------------------------------------------------------------------------------
def test_depth_counts_what_waits_what_is_due_and_what_was_given_up(sessions: Sessions) -> None:
    put(sessions, entry("dead", next_at=NOW - timedelta(hours=1)))
    finish(sessions, *map(given_up, take(sessions)))
    put(sessions, *bundle("a", "b"), entry("early", next_at=NOW - SECOND), entry("later", next_at=NOW + SECOND))
    with sessions() as session:
        found = depth(session, NOW)
    assert (found.pending, found.due, found.oldest_next_at, found.dead) == (3, 2, NOW - SECOND, 1)


def test_an_empty_outbox_has_no_oldest_message(sessions: Sessions) -> None:
    with sessions() as session:
        found = depth(session, NOW)
    assert (found.pending, found.due, found.oldest_next_at, found.dead) == (0, 0, None, 0)


def test_a_listing_is_of_one_office_and_not_longer_than_asked(sessions: Sessions) -> None:
    put(sessions, *map(entry, "abc"), entry("d", office=NEIGHBOUR))
    with sessions() as session:
        assert len(listing(session, OFFICE, 2)) == 2
        assert {listed.key for listed in listing(session, OFFICE, 9)} == set("abc")


def test_which_keys_are_there_is_told_for_one_office(sessions: Sessions) -> None:
    put(sessions, entry("a"), entry("b", office=NEIGHBOUR), *(entry(f"k{n}") for n in range(600)))
    with sessions() as session:
        asked = ["a", "b", "c", *(f"k{n}" for n in range(900))]
        assert keys_present(session, OFFICE, asked) == {"a", *(f"k{n}" for n in range(600))}


# --- one behind another ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("outcome", [sent, failed, given_up])
def test_what_waits_for_another_is_free_once_that_was_tried(
    sessions: Sessions, outcome: Callable[[Claimed], Outcome]
) -> None:
    first = entry("a", next_at=NOW)
    put(sessions, first, replace(entry("b", next_at=NOW - SECOND), after_id=first.id))
    [claimed] = take(sessions)
    assert claimed.key == "a", "although the other has been due for longer"
    assert take(sessions) == []
    put_back = Outcome(claimed, new_id(NOW), None, State.PENDING, next_at=NOW + SECOND)
    finish(sessions, put_back)
    assert take(sessions) == [], "what was put back was not tried"
    with sessions() as session:
        [claimed] = claim(session, NOW + SECOND, uuid4())
        assert settle(session, [outcome(claimed)], NOW)
        assert releases(session, [outcome(claimed)])
    assert [one.key for one in take(sessions)] == ["b"]


def test_what_waits_for_a_member_of_a_bundle_waits_for_its_leader(sessions: Sessions) -> None:
    leader = entry("a")
    member = entry("m", leader=leader)
    put(sessions, leader, member, replace(entry("b"), after_id=member.id))
    [claimed] = take(sessions)
    finish(sessions, sent(claimed))
    assert [one.key for one in take(sessions)] == ["b"]


def test_what_takes_the_place_of_a_message_has_to_go_first_too(sessions: Sessions) -> None:
    first = entry("a/desk")
    put(sessions, first, replace(entry("b"), after_id=first.id))
    [claimed] = take(sessions)
    finish(sessions, given_up(claimed))
    onward = entry("a/mail", endpoint="mail")
    put(sessions, onward)
    with sessions() as session:
        follow(session, OFFICE, {first.id: onward.id})
    assert [one.key for one in take(sessions)] == ["a/mail"]


def test_what_waits_for_a_message_that_is_not_there_goes_out(sessions: Sessions) -> None:
    put(sessions, replace(entry("b"), after_id=new_id(NOW)))
    assert [one.key for one in take(sessions)] == ["b"]
