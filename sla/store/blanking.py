"""Personal data taken out of the tables: of an applicant, or of somebody who has left the staff."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from sla.store.accounts import SIGN_IN
from sla.store.cases import PARTY, Row, Values
from sla.store.offices import PERSON
from sla.store.people import ABSENCE

ENOUGH = 50  # places in one table; whoever reads the list does not need all of a thousand


def drop_parties(session: Session, office_id: UUID, case_id: UUID) -> None:
    """Whole rows, whatever they hold: the salts too, with which a name could be tried against its digest."""
    here = sa.delete(PARTY).where(PARTY.c.office_id == office_id, PARTY.c.case_id == case_id)
    session.connection().execute(here)


def person(session: Session, office_id: UUID, person_id: str) -> Row | None:
    """Somebody who is or was on the staff; held until the transaction ends."""
    row = sa.select(PERSON).where(PERSON.c.office_id == office_id, PERSON.c.person_id == person_id)
    return session.connection().execute(row.with_for_update()).one_or_none()


def put_blanked(session: Session, office_id: UUID, person_id: str, values: Values) -> None:
    """A person without name, addresses, absences, stand-in and password, and why; signed in nowhere."""
    for table in (SIGN_IN, ABSENCE):
        theirs = sa.delete(table).where(table.c.office_id == office_id, table.c.person_id == person_id)
        session.connection().execute(theirs)
    here = sa.update(PERSON).where(PERSON.c.office_id == office_id, PERSON.c.person_id == person_id)
    nothing = {"name": "", "addresses": "[]", "absences": "[]", "stand_in": "", "password": "", "password_at": None}
    session.connection().execute(here.values({**nothing, **values}))


def places_of(session: Session, office_id: UUID, texts: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Where one of these texts stands in any text of the office's rows: the table, and the row's key.

    Reads the office from end to end: for what is done once, not each day.
    """
    for table in SQLModel.metadata.sorted_tables:
        columns = [column for column in table.c if isinstance(column.type, sa.Text)]
        there = [column.contains(text, autoescape=True) for column in columns for text in texts]
        if there:
            rows = sa.select(*table.primary_key).where(table.c.office_id == office_id, sa.or_(*there)).limit(ENOUGH)
            yield from ((table.name, row) for row in session.connection().execute(rows).all())
