"""What the removal of old messages asks of the tables beside the outbox, and what it leaves in them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from notifiers.given import update_each
from sla.store.cases import ALARM, CASE, CLOCK, EVENT, Values
from sla.store.offices import OFFICE
from sla.store.raising import KEYS


def at_rest(
    session: Session, office_id: UUID, case_ids: Collection[UUID], since: datetime, *, lock: bool = False
) -> set[UUID]:
    """Which of the cases are closed, nothing having been put on record since a moment; `lock` holds them until the
    transaction ends, and leaves out those that somebody else holds."""
    c, k, e = CASE.c, CLOCK.c, EVENT.c
    runs = sa.exists().where(k.office_id == c.office_id, k.case_id == c.case_id, k.open)
    last = sa.exists().where(
        e.office_id == c.office_id, e.case_id == c.case_id, e.seq == c.head_seq, e.recorded_at < since
    )
    rows = sa.select(c.case_id).where(
        c.office_id == office_id, c.case_id.in_(case_ids), c.next_alarm_at.is_(None), c.broken == "", ~runs, last
    )
    rows = rows.order_by(c.case_id)
    return set(session.connection().execute(rows.with_for_update(skip_locked=True) if lock else rows).scalars())


def put_fates(session: Session, rows: Sequence[Values]) -> None:
    """What became of messages of alarms that are there no longer: the alarm's key, and `fates`."""
    update_each(session.connection(), ALARM, KEYS, rows)


def put_messages_since(session: Session, office_id: UUID, moment: datetime) -> None:
    """That what was settled before a moment may be gone; it never goes back."""
    o = OFFICE.c
    here = sa.update(OFFICE).where(
        o.office_id == office_id, sa.or_(o.messages_since.is_(None), o.messages_since < moment)
    )
    session.connection().execute(here.values(messages_since=moment))
