"""Messages that go out later than they were to. What was never tried may leave its bundle: nobody knows it yet."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from notifiers.given import update_each
from notifiers.outbox import IS_PENDING, MESSAGE, M, Session


def postpone(session: Session, office_id: UUID, keys: Iterable[str], until: datetime) -> set[str]:
    """Let these messages wait until a moment; the keys of those that do. Needs a writing transaction.

    What was tried, or is being sent just now, is left as it is. Those of one bundle stay together, and what they leave
    behind goes out as it was to.
    """
    wanted = set(keys)
    bundles: dict[UUID, list[Any]] = {}
    for row in _locked(session, office_id, wanted):
        bundles.setdefault(row.bundle_id or row.id, []).append(row)
    changes, waiting = list[dict[str, Any]](), set[str]()
    for leader, members in bundles.items():
        first = next((row for row in members if row.id == leader), None)
        if first is None or any(row.tried or row.attempts or row.lease_token is not None for row in members):
            continue  # somebody sends it just now, or did
        leaving = [row for row in members if row.key in wanted]
        changes += [*_led(leaving, until), *_led([row for row in members if row.key not in wanted], first.next_at)]
        waiting.update(row.key for row in leaving)
    update_each(session.connection(), MESSAGE, ("office_id", "id"), changes, IS_PENDING)
    return waiting


def abouts(session: Session, office_id: UUID, keys: Iterable[str]) -> dict[str, str]:
    """What those of these messages that the outbox has are about."""
    rows = sa.select(M.key, M.about).where(M.office_id == office_id, M.key.in_(list(keys)))
    return {row.key: row.about for row in session.connection().execute(rows)}


def _locked(session: Session, office_id: UUID, keys: set[str]) -> list[Any]:
    """The pending messages of these keys and all that are bundled with them, held until the transaction ends.

    What another holds is being sent, and is passed over: whoever settles it may be waiting for our case.
    """
    named = sa.select(sa.func.coalesce(M.bundle_id, M.id)).where(M.office_id == office_id, M.key.in_(list(keys)))
    leaders = list(session.connection().execute(named.where(IS_PENDING)).scalars())
    together = sa.or_(M.id.in_(leaders), M.bundle_id.in_(leaders))
    rows = sa.select(MESSAGE).where(M.office_id == office_id, together, IS_PENDING).order_by(M.id)
    return list(session.connection().execute(rows.with_for_update(skip_locked=True)))


def _led(rows: Sequence[Any], next_at: datetime) -> list[dict[str, Any]]:
    """These as a bundle of their own, under the first of them."""
    return [
        {"office_id": row.office_id, "id": row.id, "next_at": next_at, "bundle_id": rows[0].id if place else None}
        for place, row in enumerate(rows)
    ]
