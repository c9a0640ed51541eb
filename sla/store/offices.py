"""Offices, their people, and every version of calendars and policies they have used."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from notifiers.given import update_each
from sla.store.cases import Row, Values, canonical, insert_into
from sla.store.tables import CalendarRow, DigestRow, DraftRow, OfficeRow, PersonRow, PolicyRow

OFFICE = SQLModel.metadata.tables["office"]
PERSON = SQLModel.metadata.tables["person"]
CALENDAR = SQLModel.metadata.tables["calendar_version"]
POLICY = SQLModel.metadata.tables["policy_version"]
DRAFT = SQLModel.metadata.tables["policy_draft"]
DIGEST = SQLModel.metadata.tables["digest"]
TABLES = (
    OfficeRow,
    PersonRow,
    CalendarRow,
    PolicyRow,
    DraftRow,
    DigestRow,
)  # what the names above were made from


def offices(session: Session) -> list[Row]:
    return list(session.connection().execute(sa.select(OFFICE).order_by(OFFICE.c.slug)))


def office_with(session: Session, office_id: UUID) -> Row:
    return session.connection().execute(sa.select(OFFICE).where(OFFICE.c.office_id == office_id)).one()


def held(session: Session, office_id: UUID, *, alone: bool = False) -> Row:
    """The office's row, which stays as it is until the transaction ends.

    Writers of cases hold it together; whoever changes the calendar holds it `alone`, and so waits for them.
    """
    row = sa.select(OFFICE).where(OFFICE.c.office_id == office_id)
    return session.connection().execute(row.with_for_update(read=not alone)).one()


def office_named(session: Session, slug: str) -> Row | None:
    return session.connection().execute(sa.select(OFFICE).where(OFFICE.c.slug == slug)).one_or_none()


def lock_office(session: Session, office_id: UUID) -> None:
    """Hold the office's row until the transaction ends: what is decided from its versions is decided by one at a
    time."""
    session.connection().execute(sa.select(OFFICE.c.office_id).where(OFFICE.c.office_id == office_id).with_for_update())


def put_office(session: Session, values: Values) -> None:
    """Insert, or update everything but its id and the day it was made."""
    row = dict(values)
    kept = ("office_id", "created_at")
    statement = insert_into(session, OFFICE).values(row)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["office_id"], set_={name: value for name, value in row.items() if name not in kept}
        )
    )


def put_setting(session: Session, office_id: UUID, name: str, changes: Mapping[str, object]) -> None:
    """Change a part of one of the office's settings; the row is held until the transaction ends."""
    here = OFFICE.c.office_id == office_id
    text = session.connection().execute(sa.select(OFFICE.c.settings).where(here).with_for_update()).scalar_one()
    settings = json.loads(text)
    changed = canonical({**settings, name: {**settings.get(name, {}), **changes}})
    session.connection().execute(sa.update(OFFICE).where(here).values(settings=changed))


def people_of(session: Session, office_id: UUID) -> list[Row]:
    statement = sa.select(PERSON).where(PERSON.c.office_id == office_id).order_by(PERSON.c.person_id)
    return list(session.connection().execute(statement))


def put_people(session: Session, office_id: UUID, rows: Sequence[Values]) -> None:
    """The staff as given; whoever is no longer in it stays on record, inactive."""
    connection = session.connection()
    connection.execute(sa.update(PERSON).where(PERSON.c.office_id == office_id).values(active=False))
    for values in rows:
        row = dict(values)
        statement = insert_into(session, PERSON).values(row)
        connection.execute(statement.on_conflict_do_update(index_elements=["office_id", "person_id"], set_=row))


def put_addresses(session: Session, office_id: UUID, addresses: Mapping[str, str]) -> None:
    """Change where people are reached, as their row says it, by the person."""
    rows = [{"office_id": office_id, "person_id": person, "addresses": text} for person, text in addresses.items()]
    update_each(session.connection(), PERSON, ("office_id", "person_id"), rows)


def calendar_content(session: Session, office_id: UUID, version: str) -> str | None:
    statement = sa.select(CALENDAR.c.content).where(CALENDAR.c.office_id == office_id, CALENDAR.c.version == version)
    content: str | None = session.connection().execute(statement).scalar_one_or_none()
    return content


def put_calendar(session: Session, values: Values) -> None:
    """Keep a version; the same version is the same content."""
    statement = insert_into(session, CALENDAR).values(dict(values))
    session.connection().execute(statement.on_conflict_do_nothing())


def policies_of(session: Session, office_id: UUID) -> list[Row]:
    """Every published version, the newest last."""
    statement = sa.select(POLICY).where(POLICY.c.office_id == office_id).order_by(POLICY.c.valid_from, POLICY.c.version)
    return list(session.connection().execute(statement))


def put_policy(session: Session, values: Values) -> None:
    session.connection().execute(sa.insert(POLICY), [dict(values)])


def drafts_of(session: Session, office_id: UUID) -> list[Row]:
    statement = sa.select(DRAFT).where(DRAFT.c.office_id == office_id).order_by(DRAFT.c.policy_id)
    return list(session.connection().execute(statement))


def put_draft(session: Session, values: Values) -> None:
    """Keep a draft in place of the one there was."""
    row = dict(values)
    statement = insert_into(session, DRAFT).values(row)
    session.connection().execute(statement.on_conflict_do_update(index_elements=["office_id", "policy_id"], set_=row))


def drop_draft(session: Session, office_id: UUID, policy_id: str, content: str | None = None) -> bool:
    """Forget the draft of a policy, if `content` is given only one with just this text; whether there was one."""
    here = sa.delete(DRAFT).where(DRAFT.c.office_id == office_id, DRAFT.c.policy_id == policy_id)
    if content is not None:
        here = here.where(DRAFT.c.content == content)
    return session.connection().execute(here).rowcount > 0


def make_once(session: Session, office_id: UUID, kind: str, on: date, now: datetime) -> bool:
    """Whether the digest of this kind and day is ours to make: true just once, whoever asks."""
    row = {"office_id": office_id, "kind": kind, "on": on, "made_at": now}
    statement = insert_into(session, DIGEST).values(row).on_conflict_do_nothing().returning(DIGEST.c.office_id)
    return session.connection().execute(statement).one_or_none() is not None


def is_made(session: Session, office_id: UUID, kind: str, on: date) -> bool:
    statement = sa.select(DIGEST.c.on).where(DIGEST.c.office_id == office_id, DIGEST.c.kind == kind, DIGEST.c.on == on)
    return session.connection().execute(statement).one_or_none() is not None
