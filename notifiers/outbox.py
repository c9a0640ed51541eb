"""The outbox's tables and all its SQL. Nothing here commits: whoever opened the session does."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel

from notifiers.entries import ANY, Attempt, Claimed, Depth, Fate, Listed, NewMessage, Outcome, Result, State, Which
from notifiers.given import as_parameter, given, update_each
from notifiers.instants import Instant

Sessions = Callable[[], AbstractContextManager[Session]]
"""Opens a session inside a writing transaction (BEGIN IMMEDIATE on SQLite) that is committed on leaving."""

__all__ = [
    "DATABASE_AWAY",
    "Attempt",
    "Claimed",
    "DeliveryRow",
    "Depth",
    "Fate",
    "Listed",
    "MessageRow",
    "NewMessage",
    "Outcome",
    "Result",
    "Session",
    "Sessions",
    "State",
    "attempts_at",
    "attempts_of",
    "claim",
    "dead",
    "depth",
    "enqueue",
    "fates",
    "follow",
    "join",
    "keys_present",
    "listing",
    "lying_at",
    "maybe_sent",
    "oldest_due",
    "oldest_tried",
    "pass_on",
    "releases",
    "retry_dead",
    "settle",
    "untried",
]

T = TypeVar("T")

DATABASE_AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError)
"""What an access to the database raises while it is away, locked or full."""

CHUNK = 500
WENT_OUT = (Result.SENT, Result.RETRY, Result.UNKNOWN, Result.REFUSED)
LEASE = timedelta(seconds=60)
WAKE = "shixian_message"  # PostgreSQL's channel on which a message that is due at once is told to all nodes


def _one_of(column: str, values: type[StrEnum], name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(str(v)) for v in values)})", name=name)


def _partial(name: str, *columns: str, where: str) -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


class MessageRow(SQLModel, table=True):
    """One message to one recipient by one endpoint. A bundle's members name its leader in `bundle_id`; it names nobody.
    One that has to wait for another names it in `after_id`, which was made before it.

    `due_at`: when what it says became true. `attempts` counts since the last re-sending by hand, `earlier_attempts`
    what was before it. `tried`: it has gone out, or may have. `lease_until` is the database's own time; every other
    moment was handed in.
    """

    __tablename__ = "message"
    __table_args__ = (
        sa.UniqueConstraint("office_id", "key", name="message_once"),
        _one_of("state", State, "message_state"),
        _partial("message_next", "next_at", where="state = 'pending' AND bundle_id IS NULL"),
        _partial("message_dead", "office_id", "id", where="state = 'dead'"),
        sa.Index("message_bundle", "office_id", "bundle_id"),
        _partial("message_after", "office_id", "after_id", where="state = 'pending' AND after_id IS NOT NULL"),
    )

    office_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    key: str = Field(sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    recipient_id: str = Field(sa_type=sa.Text)
    endpoint: str = Field(sa_type=sa.Text)
    about: str = Field(sa_type=sa.Text)
    bundle_id: UUID | None = None
    after_id: UUID | None = None
    state: str = Field(default=State.PENDING, sa_type=sa.Text)
    reason: str = Field(default="", sa_type=sa.Text)
    due_at: datetime = Field(sa_type=Instant)
    next_at: datetime = Field(sa_type=Instant)
    attempts: int = 0
    earlier_attempts: int = 0
    tried: bool = False
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    lease_token: UUID | None = None
    created_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)


class DeliveryRow(SQLModel, table=True):
    """One attempt at one message, or at the bundle it leads."""

    __tablename__ = "delivery"
    __table_args__ = (
        sa.UniqueConstraint("office_id", "message_id", "attempt", name="delivery_once"),
        sa.ForeignKeyConstraint(
            ["office_id", "message_id"], ["message.office_id", "message.id"], name="delivery_of_message"
        ),
        _one_of("outcome", Result, "delivery_outcome"),
    )

    office_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    message_id: UUID
    attempt: int
    started_at: datetime = Field(sa_type=Instant)
    outcome: str = Field(sa_type=sa.Text)
    detail: str = Field(sa_type=sa.Text)


MESSAGE = SQLModel.metadata.tables["message"]
DELIVERY = SQLModel.metadata.tables["delivery"]
M = MESSAGE.c
# Not as parameters: a prepared plan could not use the partial indexes.
IS_PENDING = M.state == sa.literal_column("'pending'")
IS_LOST = sa.and_(M.state == State.DROPPED, M.tried.is_(False))
IS_DEAD = M.state == sa.literal_column("'dead'")
_IS_UNTRIED = sa.and_(IS_PENDING, M.tried.is_(False))
_IS_WAITING = sa.and_(IS_PENDING, M.after_id.is_not(None))
FRESH: dict[str, sa.ColumnElement[Any]] = {
    "tried": sa.false(),
    "state": sa.literal_column("'pending'"),
    "reason": sa.literal_column("''"),
    "attempts": sa.literal_column("0"),
    "earlier_attempts": sa.literal_column("0"),
}


def enqueue(session: Session, rows: Sequence[NewMessage]) -> int:
    """Put in the outbox what is not in it yet, by key; returns how many were new.

    One that was dropped before it ever went out is put back under its own key. A member whose leader is not new in
    the same call goes out on its own: what a bundle holds never changes afterwards.
    """
    new = _insert(session, [row for row in rows if row.bundle_id is None])
    members = [row for row in rows if row.bundle_id is not None]
    alone = [replace(row, bundle_id=None) for row in members if (row.office_id, row.bundle_id) not in new]
    bundled = [row for row in members if (row.office_id, row.bundle_id) in new]
    if members:
        new |= _insert(session, alone) | _insert(session, bundled)
    if len(new) < len(rows):
        _revive(session, [row for row in rows if (row.office_id, row.id) not in new])
    if any(row.next_at <= row.created_at for row in rows):
        _wake(session)
    return len(new)


def _wake(session: Session) -> None:
    """Tell all nodes, when this transaction is committed."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_notify(WAKE, "")))


def _revive(session: Session, rows: Sequence[NewMessage]) -> None:
    """What was dropped unsaid is true again: the same message, with the same key, waits once more."""
    asked = {(row.office_id, row.key): row for row in rows}
    lost: list[dict[str, Any]] = []
    for chunk in _chunks(asked):
        places = sa.select(M.office_id, M.id, M.key).where(sa.tuple_(M.office_id, M.key).in_(chunk), IS_LOST)
        for office_id, message_id, key in session.connection().execute(places):
            row = asked[office_id, key]
            lost.append({
                "in_office": office_id, "with_id": message_id, "new_about": row.about, "new_next_at": row.next_at,
                "new_due_at": row.due_at,
            })  # fmt: skip
    statement = (
        sa.update(MESSAGE)
        .where(M.office_id == sa.bindparam("in_office"), M.id == sa.bindparam("with_id"), IS_LOST)
        .values(
            state=State.PENDING,
            reason="",
            about=sa.bindparam("new_about"),
            next_at=sa.bindparam("new_next_at", type_=Instant),
            due_at=sa.bindparam("new_due_at", type_=Instant),
            bundle_id=None,
            settled_at=None,
            earlier_attempts=M.earlier_attempts + M.attempts,
            attempts=0,
        )
    )
    _execute(session, statement, lost)


def _insert(session: Session, rows: Sequence[NewMessage]) -> set[tuple[UUID, UUID]]:
    connection = session.connection()
    new: set[tuple[UUID, UUID]] = set()
    for chunk in _chunks(vars(row) for row in sorted(rows, key=_by_key)):
        if connection.dialect.name == "postgresql":
            found = connection.execute(_insert_given(), as_parameter(chunk))
        else:
            found = connection.execute(_once(sqlite.insert(MESSAGE).values(FRESH)), chunk)
        new.update((o, i) for o, i in found)
    return new


def _once(insert: Any) -> Any:
    return insert.on_conflict_do_nothing(index_elements=["office_id", "key"]).returning(M.office_id, M.id)


@cache
def _insert_given() -> Any:
    columns = [M[entry.name] for entry in fields(NewMessage)]
    rows = given(columns)
    chosen = sa.select(*rows.c, *FRESH.values())
    return _once(postgresql.insert(MESSAGE).from_select([*(c.name for c in columns), *FRESH], chosen))


def _by_key(row: NewMessage) -> tuple[UUID, str]:
    """One order for everybody: two writers of the same keys wait for each other, and never both."""
    return row.office_id, row.key


def claim(
    session: Session,
    now: datetime,
    token: UUID,
    limit: int = 100,
    lease: timedelta = LEASE,
    office_id: UUID | None = None,
) -> list[Claimed]:
    """Take what is due at `now` and nobody else's, the longest due first. `token` is new for each call.

    The lease runs in the database's own time; when it ends unsettled, anybody may claim the message again.
    """
    connection = session.connection()
    moment, until = _database_times(connection.dialect.name, lease)
    free = sa.or_(M.lease_until.is_(None), M.lease_until < moment)
    due = sa.select(M.office_id, M.id).where(IS_PENDING, M.bundle_id.is_(None), M.next_at <= now, free, _IS_NEXT)
    if office_id is not None:
        due = due.where(M.office_id == office_id)
    # Materialized: PostgreSQL may otherwise run it again for each row, and claims past the limit.
    locked = due.order_by(M.next_at).limit(limit).with_for_update(skip_locked=True)
    taken = locked.cte("due").prefix_with("MATERIALIZED")
    rows = connection.execute(
        sa.update(MESSAGE)
        .where(M.office_id == taken.c.office_id, M.id == taken.c.id)
        .values(lease_until=until, lease_token=token, attempts=M.attempts + 1)
        .returning(*MESSAGE.c)
    ).all()
    followers = _followers(session, rows, token)
    rows = sorted(rows, key=lambda row: (row.next_at, row.id))
    return [_claimed(row, token, tuple(followers.get((row.office_id, row.id), ()))) for row in rows]


_BEFORE = MESSAGE.alias("before")
_HAS_TO_WAIT = sa.exists().where(
    _BEFORE.c.office_id == M.office_id,
    _BEFORE.c.id == M.after_id,
    _BEFORE.c.state == sa.literal_column("'pending'"),
    _BEFORE.c.tried.is_(False),
)
_IS_NEXT = sa.or_(M.after_id.is_(None), ~_HAS_TO_WAIT)


def untried(session: Session, office_id: UUID, keys: Iterable[str]) -> dict[str, tuple[UUID, str]]:
    """Of these keys those whose messages wait and did not go out yet, each with its message and what that is about."""
    found: dict[str, tuple[UUID, str]] = {}
    for chunk in _chunks(keys):
        rows = sa.select(M.key, M.id, M.about).where(M.office_id == office_id, M.key.in_(chunk), _IS_UNTRIED)
        found.update((key, (message_id, about)) for key, message_id, about in session.connection().execute(rows))
    return found


def follow(session: Session, office_id: UUID, new: Mapping[UUID, UUID]) -> None:
    """What waited for a message waits for the one that takes its place."""
    for old, instead in new.items():
        waiting = sa.update(MESSAGE).where(M.office_id == office_id, M.after_id == old, _IS_WAITING)
        session.connection().execute(waiting.values(after_id=instead))


def releases(session: Session, outcomes: Sequence[Outcome]) -> bool:
    """Whether a message waited for one of these."""
    tried = [each for one in outcomes if one.result for each in (one.claimed, *one.claimed.followers)]
    if not tried:
        return False
    offices, ids = {each.office_id for each in tried}, [each.id for each in tried]
    waiting = sa.select(M.id).where(M.office_id.in_(offices), M.after_id.in_(ids), _IS_WAITING).limit(1)
    return session.connection().execute(waiting).first() is not None


def join(session: Session, followers: Mapping[UUID, Sequence[Claimed]]) -> None:
    """Fix what each of these leaders leads from now on, all of them claimed just now. Call it in the transaction of the
    claim, for messages at their first attempt only: afterwards a bundle never changes."""
    changes = [
        {"office_id": member.office_id, "id": member.id, "bundle_id": leader}
        for leader, members in followers.items()
        for member in members
    ]
    update_each(session.connection(), MESSAGE, ("office_id", "id"), changes, IS_PENDING)


def settle(session: Session, outcomes: Sequence[Outcome], now: datetime) -> list[Outcome]:
    """Record each attempt and what it came to, for the message and its bundle; returns those that were still ours.

    What was claimed again by somebody else since, or settled, stays as it is. `now` is when the attempts were made.
    """
    ours = _still_ours(session, outcomes)
    kept = [outcome for outcome in outcomes if _place(outcome.claimed) in ours]
    _update(session, [change for outcome in kept for change in _changes(outcome, now)])
    _execute(session, sa.insert(DELIVERY), [_delivery(o, o.result, now) for o in kept if o.result is not None])
    return kept


def _still_ours(session: Session, outcomes: Sequence[Outcome]) -> set[tuple[UUID, UUID, UUID]]:
    claimed = [(outcome.claimed.office_id, outcome.claimed.id) for outcome in outcomes]
    ours = sa.select(M.office_id, M.id, M.lease_token).where(
        sa.tuple_(M.office_id, M.id).in_(claimed), IS_PENDING, M.lease_token.is_not(None)
    )
    locked = ours.order_by(M.office_id, M.id).with_for_update()
    return {(o, i, t) for o, i, t in session.connection().execute(locked)}


def _place(claimed: Claimed) -> tuple[UUID, UUID, UUID]:
    return claimed.office_id, claimed.id, claimed.token


def _changes(outcome: Outcome, now: datetime) -> Iterator[dict[str, Any]]:
    """One change a member of the bundle, the leader first."""
    leader = outcome.claimed
    attempts = leader.attempts if outcome.result is not None else leader.attempts - 1
    for member in (leader, *leader.followers):
        left_out = outcome.state is State.SENT and member.id in outcome.left_out
        yield {
            "office_id": member.office_id,
            "id": member.id,
            "state": State.DROPPED if left_out else outcome.state,
            "reason": outcome.left_out[member.id] if left_out else outcome.reason,
            "next_at": outcome.next_at,
            "after_id": outcome.after_id,
            "attempts": attempts,
            "tried": outcome.result in WENT_OUT and not left_out,
            "settled_at": None if outcome.state is State.PENDING else now,
        }


def _update(session: Session, changes: Sequence[dict[str, Any]]) -> None:
    update_each(
        session.connection(),
        MESSAGE,
        ("office_id", "id"),
        changes,
        IS_PENDING,
        computed={
            "next_at": lambda new: sa.func.coalesce(new, M.next_at),
            "after_id": lambda new: sa.func.coalesce(new, M.after_id),
            "tried": lambda new: sa.or_(M.tried, new),
        },
        fixed={"lease_until": None, "lease_token": None},
    )


def _delivery(outcome: Outcome, result: Result, now: datetime) -> dict[str, Any]:
    return {
        "office_id": outcome.claimed.office_id,
        "id": outcome.id,
        "message_id": outcome.claimed.id,
        "attempt": outcome.claimed.attempt,
        "started_at": now,
        "outcome": result,
        "detail": outcome.detail,
    }


def pass_on(session: Session, office_id: UUID, ids: Sequence[UUID], reason: str) -> None:
    """Dead letters that go on by another channel: dropped here, on record, and no longer dead."""
    here = sa.update(MESSAGE).where(M.office_id == office_id, M.id.in_(ids), IS_DEAD)
    session.connection().execute(here.values(state=State.DROPPED, reason=reason))


def retry_dead(session: Session, office_id: UUID, ids: Iterable[UUID], now: datetime) -> int:
    """Send dead letters again, from the first pause on, and with each the bundle it belongs to; how many came back.

    Their keys stay, and the attempts made before stay on record. What is not dead is left alone.
    """
    back = 0
    for chunk in _chunks(ids):
        named = sa.select(sa.func.coalesce(M.bundle_id, M.id)).where(M.office_id == office_id, M.id.in_(chunk))
        statement = (
            sa.update(MESSAGE)
            .where(M.office_id == office_id, IS_DEAD, sa.or_(M.id.in_(named), M.bundle_id.in_(named)))
            .values(
                state=State.PENDING,
                reason="",
                next_at=now,
                settled_at=None,
                earlier_attempts=M.earlier_attempts + M.attempts,
                attempts=0,
            )
        )
        back += session.connection().execute(statement).rowcount
    return back


def depth(session: Session, now: datetime) -> Depth:
    """How full the outbox is, over all offices. A bundle counts once among the pending."""
    pending = sa.select(sa.func.count(), sa.func.count(sa.case((M.next_at <= now, 1))), sa.func.min(M.next_at)).where(
        IS_PENDING, M.bundle_id.is_(None)
    )
    waiting, due, oldest = session.connection().execute(pending).one()
    dead = session.connection().execute(sa.select(sa.func.count()).where(IS_DEAD)).scalar_one()
    return Depth(pending=waiting, due=due, oldest_next_at=oldest, dead=dead)


def oldest_due(session: Session, now: datetime) -> Listed | None:
    """Of all offices' messages that are due and not sent the one that is due for the longest."""
    rows = sa.select(MESSAGE).where(IS_PENDING, M.bundle_id.is_(None), M.next_at <= now).order_by(M.next_at).limit(1)
    return next(map(_listed, session.connection().execute(rows)), None)


def oldest_tried(session: Session, office_id: UUID) -> tuple[Listed, datetime] | None:
    """Of the office's messages that were tried and wait for another try the one tried first, and when that was."""
    d = DELIVERY.c
    first = sa.select(sa.func.min(d.started_at)).where(d.office_id == M.office_id, d.message_id == M.id)
    since = first.correlate(MESSAGE).scalar_subquery().label("since")
    tried = M.earlier_attempts + M.attempts > 0
    rows = sa.select(MESSAGE, since).where(M.office_id == office_id, IS_PENDING, tried, since.is_not(None))
    row = session.connection().execute(rows.order_by(since).limit(1)).one_or_none()
    return (_listed(row), row.since) if row else None


def dead(session: Session, office_id: UUID) -> list[Listed]:
    """The office's dead letters, the newest first."""
    rows = sa.select(MESSAGE).where(M.office_id == office_id, IS_DEAD).order_by(M.id.desc())
    return [_listed(row) for row in session.connection().execute(rows)]


def lying_at(session: Session, office_id: UUID, endpoint: str) -> int:
    """How many of the office's messages by an endpoint wait, or were given up."""
    here = sa.select(sa.func.count()).where(
        M.office_id == office_id, M.endpoint == endpoint, sa.or_(IS_PENDING, IS_DEAD)
    )
    return session.connection().execute(here).scalar_one()


def listing(
    session: Session, office_id: UUID, limit: int, which: Which = ANY, before: UUID | None = None
) -> list[Listed]:
    """The office's newest messages, whatever became of them, or `which` of them; only those older than one."""
    rows = sa.select(MESSAGE).where(M.office_id == office_id, *_conditions(which))
    if before is not None:
        rows = rows.where(M.id < before)
    rows = rows.order_by(M.id.desc()).limit(limit)
    return [_listed(row) for row in session.connection().execute(rows)]


def _conditions(which: Which) -> Iterator[sa.ColumnElement[bool]]:
    if which.state is not None:
        yield M.state == which.state
    if which.recipient:
        yield M.recipient_id == which.recipient
    if which.prefix:
        yield M.key.startswith(which.prefix, autoescape=True)
    if which.kinds:
        yield M.kind.in_(which.kinds)
    if which.but:
        yield M.kind.not_in(which.but)
    if which.endpoint:
        yield M.endpoint == which.endpoint


def attempts_at(session: Session, office_id: UUID, message_id: UUID) -> list[Attempt]:
    """The attempts at one message, in order; those at a bundle stand with its leader."""
    return attempts_of(session, office_id, [message_id]).get(message_id, [])


def attempts_of(session: Session, office_id: UUID, ids: Iterable[UUID]) -> dict[UUID, list[Attempt]]:
    """The attempts at each of these messages, in order; those at a bundle stand with its leader."""
    d = DELIVERY.c
    found: dict[UUID, list[Attempt]] = {}
    for chunk in _chunks(dict.fromkeys(ids)):
        rows = sa.select(d.message_id, d.attempt, d.started_at, d.outcome, d.detail).where(
            d.office_id == office_id, d.message_id.in_(chunk)
        )
        for row in session.connection().execute(rows.order_by(d.message_id, d.attempt)):
            attempt = Attempt(row.attempt, row.started_at, Result(row.outcome), row.detail)
            found.setdefault(row.message_id, []).append(attempt)
    return found


def maybe_sent(session: Session, claimed: Sequence[Claimed]) -> set[UUID]:
    """Which of these messages may have arrived at an earlier attempt: it timed out, or whoever made it was killed."""
    again = [(one.office_id, one.id) for one in claimed if one.attempt > 1]
    if not again:
        return set()
    d = DELIVERY.c
    rows = sa.select(d.message_id, d.attempt, d.outcome).where(sa.tuple_(d.office_id, d.message_id).in_(again))
    ended: dict[UUID, dict[int, str]] = {}
    for message_id, attempt, outcome in session.connection().execute(rows):
        ended.setdefault(message_id, {})[attempt] = outcome
    return {one.id for one in claimed if _is_unsure(one, ended.get(one.id, {}))}


def _is_unsure(claimed: Claimed, ended: Mapping[int, str]) -> bool:
    """An attempt that left no record was not settled: its process ended in between."""
    latest = range(claimed.attempt - claimed.attempts + 1, claimed.attempt)
    return Result.UNKNOWN in ended.values() or any(attempt not in ended for attempt in latest)


def keys_present(session: Session, office_id: UUID, keys: Iterable[str]) -> set[str]:
    """Which of these keys the outbox has, whatever became of their messages."""
    present: set[str] = set()
    for chunk in _chunks(keys):
        rows = sa.select(M.key).where(M.office_id == office_id, M.key.in_(chunk))
        present.update(session.connection().execute(rows).scalars())
    return present


def fates(session: Session, office_id: UUID, keys: Iterable[str]) -> dict[str, Fate]:
    """What became of each of these messages that the outbox has; one that is being sent just now counts as tried."""
    leader = MESSAGE.alias("leader")
    joined = MESSAGE.outerjoin(leader, sa.and_(leader.c.office_id == M.office_id, leader.c.id == M.bundle_id))
    under_way = sa.or_(M.lease_token.is_not(None), leader.c.lease_token.is_not(None))
    found: dict[str, Fate] = {}
    for chunk in _chunks(keys):
        rows = sa.select(M.key, M.state, M.tried, under_way).select_from(joined)
        for key, state, tried, sending in session.connection().execute(
            rows.where(M.office_id == office_id, M.key.in_(chunk))
        ):
            lost = state == State.DROPPED and not tried
            found[key] = Fate.LOST if lost else Fate.TRIED if tried or sending else Fate.WAITING
    return found


def _database_times(dialect: str, lease: timedelta) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """The database's own now, and the end of a lease taken now.

    statement_timestamp(), never clock_timestamp(): that one is volatile, and no index is used for it.
    """
    if dialect == "postgresql":
        moment = sa.func.statement_timestamp(type_=sa.DateTime(timezone=True))
        return moment, moment + sa.literal(lease, sa.Interval())
    return sa.func.datetime("now"), sa.func.datetime("now", f"{lease.total_seconds()} seconds")


def _followers(session: Session, leaders: Sequence[sa.Row[Any]], token: UUID) -> dict[tuple[UUID, UUID], list[Claimed]]:
    if not leaders:
        return {}
    places = [(row.office_id, row.id) for row in leaders]
    members = sa.tuple_(M.office_id, M.bundle_id).in_(places)
    rows = sa.select(MESSAGE).where(members, IS_PENDING).order_by(M.id)
    found: dict[tuple[UUID, UUID], list[Claimed]] = {}
    for row in session.connection().execute(rows):
        found.setdefault((row.office_id, row.bundle_id), []).append(_claimed(row, token))
    return found


def _claimed(row: sa.Row[Any], token: UUID, followers: tuple[Claimed, ...] = ()) -> Claimed:
    same = ("office_id", "id", "key", "kind", "recipient_id", "endpoint", "about", "due_at", "created_at", "attempts")
    attempt = row.earlier_attempts + row.attempts
    return Claimed(**{name: getattr(row, name) for name in same}, attempt=attempt, token=token, followers=followers)


def _listed(row: sa.Row[Any]) -> Listed:
    values = {entry.name: getattr(row, entry.name) for entry in fields(Listed)}
    return Listed(**values | {"state": State(row.state), "attempts": row.earlier_attempts + row.attempts})


def _execute(session: Session, statement: sa.Executable, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.connection().execute(statement, rows)


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
