"""Messages that wait longer: each bundle parts as it must, and what somebody sends just now is left alone."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from notifiers.entries import NewMessage
from notifiers.outbox import M, Sessions, claim, enqueue, settle
from notifiers.postponing import abouts, postpone
from tests.notifiers.cast import NOW, OFFICE, entry
from tests.notifiers.test_outbox import failed

LATER = NOW + timedelta(hours=2)


def put(sessions: Sessions, *rows: NewMessage) -> None:
    with sessions() as session:
        enqueue(session, rows)


def bundle(*keys: str) -> list[NewMessage]:
    leader, *others = [entry(key) for key in keys]
    return [leader, *(entry(row.key, leader=leader) for row in others)]


def waits(sessions: Sessions, *keys: str) -> set[str]:
    with sessions() as session:
        return postpone(session, OFFICE, keys, LATER)


def delivered(sessions: Sessions, now: datetime) -> list[str]:
    """The keys of what goes out, a text a delivery."""
    with sessions() as session:
        taken = claim(session, now, uuid4())
    return sorted("".join(sorted(member.key for member in (one, *one.followers))) for one in taken)


@pytest.mark.parametrize(
    ("keys", "now", "later"),
    [
        ("", ["abc"], []),
        ("a", ["bc"], ["a"]),  # the leader leaves: another leads
        ("b", ["ac"], ["b"]),
        ("bc", ["a"], ["bc"]),
        ("abc", [], ["abc"]),
    ],
)
def test_what_waits_leaves_its_bundle_and_the_rest_goes_as_it_was_to(
    sessions: Sessions, keys: str, now: list[str], later: list[str]
) -> None:
    put(sessions, *bundle("a", "b", "c"))
    assert waits(sessions, *keys, "unknown") == set(keys)
    assert delivered(sessions, NOW) == now
    assert delivered(sessions, LATER) == later


def test_what_was_tried_or_is_being_sent_does_not_wait(sessions: Sessions) -> None:
    put(sessions, *bundle("a", "b"), entry("c"))
    with sessions() as session:
        taken = claim(session, NOW, uuid4())
    put(sessions, entry("d"))
    assert waits(sessions, "a", "b", "c", "d") == {"d"}
    with sessions() as session:
        settle(session, [failed(one) for one in taken], NOW)
    assert waits(sessions, "a", "b", "c") == set()  # how that ended, nobody may know


def test_what_is_settled_at_this_moment_is_passed_over_and_not_waited_for(sessions: Sessions, engine: Engine) -> None:
    """Whoever settles may wait for the lock of a case that we hold."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    put(sessions, *bundle("a", "b"))
    with sessions() as first, sessions() as second:
        second.connection().exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        (taken,) = claim(first, NOW, uuid4())
        assert taken.key == "a"
        assert postpone(second, OFFICE, ["a", "b"], LATER) == set()


def test_what_messages_are_about_is_found_by_their_keys(sessions: Sessions) -> None:
    put(sessions, entry("a"), entry("b"))
    with sessions() as session:
        about = session.connection().execute(sa.select(M.about).where(M.key == "a")).scalar_one()
        assert abouts(session, OFFICE, ["a", "z"]) == {"a": about}
