"""What applicants are told of their cases, beside the messages that say it."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, SQLModel

from sla.store.cases import OfCases, Row, Values, grouped, insert_into, own_columns
from sla.store.tables import NotificationRow

NOTIFICATION = SQLModel.metadata.tables["notification"]
TABLES = (NotificationRow,)  # what the name above was made from

_NOTIFICATIONS = OfCases(NOTIFICATION, NOTIFICATION.c.head, own_columns(NOTIFICATION))


def notifications_of(session: Session, office_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """The notifications of each case in the order they were made."""
    return grouped(session, _NOTIFICATIONS, office_id, case_ids)


def put_notifications(session: Session, rows: Sequence[Values]) -> None:
    """Keep those that are not there yet."""
    if rows:
        session.connection().execute(
            insert_into(session, NOTIFICATION).on_conflict_do_nothing(), [dict(row) for row in rows]
        )


__all__ = ["notifications_of", "put_notifications"]
