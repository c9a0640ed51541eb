"""When people are away, by command, and until when their reminders wait."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from sla.store.cases import Row, Values, insert_into
from sla.store.offices import PERSON
from sla.store.people_tables import AbsenceRow, SnoozeRow

ABSENCE = SQLModel.metadata.tables["absence"]
SNOOZE = SQLModel.metadata.tables["snooze"]
TABLES = (AbsenceRow, SnoozeRow)  # what the names above were made from


# --- absences ---
def absences_of(session: Session, office_id: UUID) -> list[Row]:
    """The absences that were entered and not removed, of each person in order."""
    statement = sa.select(ABSENCE).where(ABSENCE.c.office_id == office_id, ABSENCE.c.removed_at.is_(None))
    return list(session.connection().execute(statement.order_by(ABSENCE.c.person_id, ABSENCE.c.first)))


def lock_person(session: Session, office_id: UUID, person_id: str) -> None:
    """Hold a person's row until the transaction ends: their absences are entered by one at a time."""
    here = sa.select(PERSON.c.person_id).where(PERSON.c.office_id == office_id, PERSON.c.person_id == person_id)
    session.connection().execute(here.with_for_update(key_share=True))


def put_absence(session: Session, values: Values) -> None:
    session.connection().execute(sa.insert(ABSENCE), [dict(values)])


def remove_absence(session: Session, office_id: UUID, absence_id: UUID, at: datetime, by: str) -> None:
    here = sa.update(ABSENCE).where(ABSENCE.c.office_id == office_id, ABSENCE.c.absence_id == absence_id)
    session.connection().execute(here.values(removed_at=at, removed_by=by))


def forget_absences(session: Session, office_id: UUID, before: date) -> None:
    """Those whose last day lies before a day, removed ones too."""
    session.connection().execute(sa.delete(ABSENCE).where(ABSENCE.c.office_id == office_id, ABSENCE.c.last < before))


# --- snoozes ---
def snoozes_of(session: Session, office_id: UUID, case_ids: Sequence[UUID]) -> list[Row]:
    """What waits, or waited, for whom in these cases."""
    statement = sa.select(SNOOZE).where(SNOOZE.c.office_id == office_id, SNOOZE.c.case_id.in_(case_ids))
    return list(session.connection().execute(statement.order_by(SNOOZE.c.case_id, SNOOZE.c.clock_id)))


def snoozes_after(session: Session, office_id: UUID, now: datetime) -> list[Row]:
    """What still waits at `now`."""
    statement = sa.select(SNOOZE).where(SNOOZE.c.office_id == office_id, SNOOZE.c.until > now)
    return list(session.connection().execute(statement))


def put_snoozes(session: Session, rows: Iterable[Values]) -> None:
    """Each in place of the one there was for the same clock and person."""
    keys = [column.name for column in SNOOZE.primary_key]
    for row in rows:
        statement = insert_into(session, SNOOZE).values(dict(row))
        changes = {name: value for name, value in row.items() if name not in keys}
        session.connection().execute(statement.on_conflict_do_update(index_elements=keys, set_=changes))
