"""What is taken out of the outbox again: messages that are old, with the attempts at them, and a text that must not
stand there any more. Nothing here commits."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from notifiers.entries import State
from notifiers.outbox import DELIVERY, MESSAGE, Session

M, D = MESSAGE.c, DELIVERY.c
SETTLED = (State.SENT, State.DROPPED)


@dataclass(frozen=True)
class Kept:
    """A message that the outbox still has, and the bundle it belongs to, which is named after its leader."""

    id: UUID
    bundle: UUID
    kind: str
    recipient_id: str
    about: str
    state: State
    tried: bool
    settled_at: datetime | None

    def was_settled_before(self, moment: datetime) -> bool:
        """Whether it was sent or dropped by then, for good: a dead letter may be sent again by hand."""
        return self.state in SETTLED and self.settled_at is not None and self.settled_at < moment


def bundles_before(
    session: Session, office_id: UUID, moment: datetime, after: UUID, before: UUID, limit: int
) -> tuple[set[UUID], UUID | None]:
    """The bundles of a page of messages that were settled before a moment, in the order of their ids; and the last id
    of the page, None when there is no other behind it.

    `after` and `before` bound the ids, which are in the order of time.
    """
    old = sa.select(M.id, sa.func.coalesce(M.bundle_id, M.id)).where(
        M.office_id == office_id, M.id > after, M.id < before, M.state.in_(SETTLED), M.settled_at < moment
    )
    rows = session.connection().execute(old.order_by(M.id).limit(limit)).all()
    return {bundle for _, bundle in rows}, rows[-1][0] if len(rows) == limit else None


def of_bundles(
    session: Session, office_id: UUID, bundles: Collection[UUID], *, lock: bool = False
) -> Mapping[UUID, list[Kept]]:
    """Every message of these bundles, whatever became of it; `lock` holds them until the transaction ends."""
    wanted = sa.or_(M.id.in_(bundles), M.bundle_id.in_(bundles))
    rows = sa.select(MESSAGE).where(M.office_id == office_id, wanted).order_by(M.id)  # one order for everybody
    found: dict[UUID, list[Kept]] = {}
    for row in session.connection().execute(rows.with_for_update() if lock else rows):
        bundle = row.bundle_id or row.id
        kept = Kept(row.id, bundle, row.kind, row.recipient_id, row.about, State(row.state), row.tried, row.settled_at)
        found.setdefault(bundle, []).append(kept)
    return found


def remove(session: Session, office_id: UUID, ids: Iterable[UUID]) -> None:
    """Messages of whole bundles, and the attempts at them. Their keys are free again: see to it that nobody asks."""
    gone = list(ids)
    connection = session.connection()
    connection.execute(sa.delete(DELIVERY).where(D.office_id == office_id, D.message_id.in_(gone)))
    connection.execute(sa.delete(MESSAGE).where(M.office_id == office_id, M.id.in_(gone)))


def erase(session: Session, office_id: UUID, texts: Iterable[str], mark: str) -> None:
    """Put a mark where one of these texts stands in what was said of the office's messages: the other side's answers,
    which may quote what it was sent, and the reasons made of them. What is short is erased last."""
    connection = session.connection()
    for text in sorted(set(texts), key=len, reverse=True):
        for table, column in ((MESSAGE, M.reason), (DELIVERY, D.detail)):
            here = sa.update(table).where(table.c.office_id == office_id, column.contains(text, autoescape=True))
            connection.execute(here.values({column: sa.func.replace(column, text, mark)}))
