"""Sends what is due: claim in one transaction, send outside of any, settle in another.

A crash in between loses nothing: the lease ends, and the message goes out again under the same key.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import PurePath
from threading import Lock
from time import monotonic
from traceback import extract_tb
from typing import Any
from uuid import UUID

from notifiers.backoff import next_attempt_at
from notifiers.channel import Channel, ChannelSettingsError
from notifiers.endpoints import pause
from notifiers.entries import Claimed, NewMessage, Outcome, Result, State
from notifiers.gate import Gate
from notifiers.message import DeliveryError, Message, NoLongerTrue, Recipient
from notifiers.outbox import DATABASE_AWAY, Session, Sessions, claim, enqueue, maybe_sent, releases, settle

LEASE = timedelta(seconds=180)
AT_ONCE = 50  # messages rendered together: read by a few questions, and sent before what they say grows old
BUDGET = timedelta(seconds=60)  # no sending begins later than this; the rest of the lease is for the slowest to end
LONGEST_PAUSE = timedelta(days=1)  # what another side may ask for with Retry-After
LONGEST_TEXT = 500

logger = logging.getLogger("notifiers.delivery")


@dataclass(frozen=True)
class Rendered:
    """A message that is still true, as it is said now, and to whom.

    `left_out`: the members of a bundle, or its leader, that are true no longer, or are for somebody else now, and are
    not said, each with why. `instead`: what is enqueued in place of the latter when the others are sent.
    """

    message: Message
    recipient: Recipient
    left_out: Mapping[UUID, str] = field(default_factory=dict)
    instead: tuple[NewMessage, ...] = ()


@dataclass(frozen=True)
class Redirected:
    """For somebody else now: dropped on record with the reason, and what takes its place enqueued, in one
    transaction."""

    reason: str
    instead: tuple[NewMessage, ...]


@dataclass(frozen=True)
class Later:
    """Not now: look again at `at` (aware). It does not count as an attempt."""

    at: datetime


@dataclass(frozen=True)
class After:
    """Not before that message was tried once, or is settled. It does not count as an attempt."""

    message_id: UUID


Said = Rendered | Redirected | NoLongerTrue | Later | After | Exception
Render = Callable[[Sequence[Claimed]], Sequence[Said]]
GivenUp = Callable[[Session, Sequence[Outcome]], None]
Settled = Callable[[Sequence[Outcome]], None]
Enqueue = Callable[[Session, Sequence[NewMessage]], object]


def deliver_some(  # noqa: PLR0913, PLR0917 - everything it does not know is handed in
    sessions: Sessions,
    now: datetime,
    render: Render,
    channel_of: Callable[[UUID, str], Channel],
    window: Callable[[UUID, datetime], datetime],
    jitter: Callable[[], float],
    token: UUID,
    new_id: Callable[[datetime], UUID],
    limit: int = 100,
    *,
    office_id: UUID | None = None,
    pool: Executor | None = None,
    given_up: GivenUp | None = None,
    settled: Settled | None = None,
    redirect: Enqueue = enqueue,
    gate: Gate | None = None,
    budget: timedelta = BUDGET,
    stopping: Callable[[], bool] = lambda: False,
) -> bool:
    """Deliver up to `limit` of the messages due at `now` (aware, UTC); says whether there may be more.

    `render` checks the truth again and makes the texts, of a few messages at a time, just before they go out; what goes
    wrong with one stands in its place. `window(office, moment)` is the first moment from then on when the office may be
    written to: a retry waits for it. `token` is new for each call. `pool` sends from its threads; it then calls
    `render` (once at a time) and `channel_of` from them too. What is not begun within `budget`, or when the process is
    `stopping`, is put back. `given_up` hears of what is dead now, in the transaction that says so, and `settled` of all
    that was settled, after it. `redirect` enqueues what is for somebody else now, in the transaction that drops it for
    its first reader. `gate`, new for each call, holds back what an endpoint does not take yet: it is put back, and no
    attempt.
    Only the database's errors come out; a message that fails otherwise is retried with the error's class on record.
    """
    with sessions() as session:
        taken = claim(session, now, token, limit, LEASE, office_id)
        claimed = gate.enter(session, taken, now, lambda office: _in_window(window, office, now)) if gate else taken
        unsure = maybe_sent(session, claimed)
    ours = [replace(one, maybe_sent=one.id in unsure) for one in claimed]
    said = _Said(ours, render)
    ends = monotonic() + budget.total_seconds()
    attempt = _Attempt(now, said, channel_of, window, jitter, new_id, lambda: monotonic() > ends or stopping(), gate)
    outcomes: list[Outcome] = []
    went_on = False
    try:
        for outcome in (pool.map if pool else map)(attempt, count(), ours):
            outcomes.append(outcome)
    finally:  # what was sent is settled, whatever came after it
        if outcomes:
            kept, went_on = _settle(sessions, outcomes, now, given_up, redirect)
            if settled:
                settled(kept)
    if attempt.away:
        raise attempt.away[0]
    return len(taken) == limit or went_on or any(outcome.result is None for outcome in outcomes)


def _settle(
    sessions: Sessions, outcomes: list[Outcome], now: datetime, given_up: GivenUp | None, redirect: Enqueue
) -> tuple[list[Outcome], bool]:
    """Those that were still ours, and whether other messages may have come of them."""
    gone = {(outcome.claimed.office_id, outcome.claimed.endpoint) for outcome in outcomes if outcome.gone}
    with sessions() as session:
        ours = settle(session, outcomes, now)
        for office_id, endpoint in sorted(gone):
            pause(session, office_id, endpoint, f"said on {now:%Y-%m-%d %H:%M} UTC that it is gone (HTTP 410)")
        dead = [outcome for outcome in ours if outcome.state is State.DEAD]
        if dead and given_up:
            given_up(session, dead)
        instead = [new for o in ours if o.state in (State.SENT, State.DROPPED) for new in o.instead]
        if instead:
            redirect(session, instead)
        return ours, bool(instead or (dead and given_up)) or releases(session, ours)


class _Said:
    """What each message of a step says: rendered with its neighbours, by whoever comes to the first of them."""

    def __init__(self, claimed: Sequence[Claimed], render: Render) -> None:
        self._claimed, self._render = claimed, render
        self._lock = Lock()
        self._found: dict[int, Said] = {}

    def at(self, position: int) -> Rendered | Redirected | NoLongerTrue | Later | After:
        with self._lock:
            if position not in self._found:
                first = position - position % AT_ONCE
                few = range(first, min(first + AT_ONCE, len(self._claimed)))
                self._found.update(zip(few, self._render([self._claimed[n] for n in few]), strict=True))
        said = self._found[position]
        if isinstance(said, Exception):
            raise said
        return said


@dataclass(frozen=True)
class _Attempt:
    """One attempt at one claimed message. Whatever goes wrong becomes an outcome."""

    now: datetime
    said: _Said
    channel_of: Callable[[UUID, str], Channel]
    window: Callable[[UUID, datetime], datetime]
    jitter: Callable[[], float]
    new_id: Callable[[datetime], UUID]
    is_over: Callable[[], bool]
    gate: Gate | None
    away: list[Exception] = field(default_factory=list)

    def __call__(self, position: int, claimed: Claimed) -> Outcome:
        if position > 0 and self.is_over():  # the first always goes, or a small budget would stop everything
            return self._put_back(claimed, self.now)
        try:
            return self._deliver(position, claimed)
        except DeliveryError as error:
            return self._failed(claimed, error)
        except ChannelSettingsError as error:
            return self._failed(claimed, DeliveryError(f"endpoint {claimed.endpoint}: {error}"))
        except DATABASE_AWAY as error:  # before anything was sent: it is no attempt, and comes out at the end
            self.away.append(error)
            return self._put_back(claimed, self.now)
        except Exception as error:
            where = extract_tb(error.__traceback__)[-1]
            text = f"unexpected {type(error).__name__} at {PurePath(where.filename).name}:{where.lineno}"
            logger.error("message %s: %s", claimed.id, text)  # no traceback: it could quote an address or a secret
            return self._failed(claimed, DeliveryError(text))

    def _deliver(self, position: int, claimed: Claimed) -> Outcome:
        shut = self.gate and self.gate.shut_until(claimed)
        if shut:
            return self._waits(claimed, shut)
        said = self.said.at(position)
        if isinstance(said, NoLongerTrue | Redirected):
            reason = storable(said.reason)
            instead = said.instead if isinstance(said, Redirected) else ()
            return self._outcome(claimed, Result.DROPPED, State.DROPPED, detail=reason, reason=reason, instead=instead)
        if isinstance(said, Later):
            return self._put_back(claimed, max(said.at, self.now + timedelta(seconds=1)))
        if isinstance(said, After):
            return replace(self._put_back(claimed, self.now), after_id=said.message_id)
        message = replace(said.message, key=claimed.key)
        channel = self.channel_of(claimed.office_id, claimed.endpoint)
        full = self.gate and self.gate.take(claimed)
        if full:
            return self._waits(claimed, full)
        receipt = channel.send(message, said.recipient, self.now)
        left_out = {member: storable(why) for member, why in said.left_out.items()}
        detail = storable(f"{receipt.reference} {receipt.detail}".strip())
        return self._outcome(claimed, Result.SENT, State.SENT, detail=detail, left_out=left_out, instead=said.instead)

    def _failed(self, claimed: Claimed, error: DeliveryError) -> Outcome:
        text = storable(str(error))
        if self.gate and error.closes and error.retry_after:
            self.gate.close(claimed, min(error.retry_after, LONGEST_PAUSE))
        if error.permanent:
            return self._outcome(claimed, Result.REFUSED, State.DEAD, detail=text, reason=text, gone=error.gone)
        result = Result.UNKNOWN if error.unknown else Result.RETRY
        at = next_attempt_at(claimed.attempts, self.now, self.jitter())
        if at is None:
            reason = storable(f"given up after {claimed.attempts} attempts: {text}")
            return self._outcome(claimed, result, State.DEAD, detail=text, reason=reason)
        asked = min(error.retry_after or timedelta(0), LONGEST_PAUSE)
        next_at = _in_window(self.window, claimed.office_id, max(at, self.now + asked))
        return self._outcome(claimed, result, State.PENDING, detail=text, reason=text, next_at=next_at)

    def _waits(self, claimed: Claimed, until: datetime) -> Outcome:
        at = _in_window(self.window, claimed.office_id, max(until, self.now + timedelta(seconds=1)))
        return self._put_back(claimed, at, "waits: its channel takes no more just now")

    def _put_back(self, claimed: Claimed, at: datetime, reason: str = "") -> Outcome:
        return self._outcome(claimed, None, State.PENDING, next_at=at, reason=reason)

    def _outcome(self, claimed: Claimed, result: Result | None, state: State, **more: Any) -> Outcome:
        return Outcome(claimed, self.new_id(self.now), result, state, **more)


def _in_window(window: Callable[[UUID, datetime], datetime], office_id: UUID, at: datetime) -> datetime:
    try:
        return window(office_id, at)
    except Exception as error:  # an office whose calendar is broken is still written to
        logger.error("office %s: no message window: %s", office_id, type(error).__name__)
        return at


def storable(text: str) -> str:
    """At most 500 characters that any database takes as text: no NUL, no lone surrogates, no line breaks."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text).encode("utf-8", errors="replace").decode()
    return plain[:LONGEST_TEXT].strip()
