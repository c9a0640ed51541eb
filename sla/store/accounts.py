"""Who may sign in, who is signed in, how often somebody tried, and the keys of programs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from sla.store import subscriptions
from sla.store.account_tables import AttemptRow, SignInRow, TokenRow
from sla.store.cases import Row, Values, insert_into
from sla.store.offices import PERSON

SIGN_IN = SQLModel.metadata.tables["sign_in"]
ATTEMPT = SQLModel.metadata.tables["sign_in_attempt"]
TOKEN = SQLModel.metadata.tables["api_token"]
TABLES = (SignInRow, AttemptRow, TokenRow)  # what the names above were made from


def anybody_signs_in(session: Session) -> bool:
    """Whether somebody of any office has a password."""
    found = sa.select(PERSON.c.person_id).where(PERSON.c.active, PERSON.c.password != sa.literal_column("''")).limit(1)
    return session.connection().execute(found).first() is not None


def with_password(session: Session, office_id: UUID, person_id: str) -> Row | None:
    """One of the staff who has a password."""
    statement = sa.select(PERSON).where(*_person(office_id, person_id), PERSON.c.active, PERSON.c.password != "")
    return session.connection().execute(statement).one_or_none()


def put_password(
    session: Session, office_id: UUID, person_id: str, hashed: str, at: datetime | None, *, once: bool
) -> None:
    values = {"password": hashed, "password_at": at, "password_once": once}
    session.connection().execute(sa.update(PERSON).where(*_person(office_id, person_id)).values(values))


def forget_who_left(session: Session, office_id: UUID) -> None:
    """Whoever is no longer on the staff has no password, is signed in nowhere, and has no calendar."""
    left = sa.select(PERSON.c.person_id).where(PERSON.c.office_id == office_id, ~PERSON.c.active)
    gone = sa.delete(SIGN_IN).where(SIGN_IN.c.office_id == office_id, SIGN_IN.c.person_id.in_(left))
    session.connection().execute(gone)
    subscriptions.drop_who_left(session, office_id)
    blank = sa.update(PERSON).where(PERSON.c.office_id == office_id, ~PERSON.c.active, PERSON.c.password != "")
    session.connection().execute(blank.values(password="", password_at=None, password_once=False))


def accounts(session: Session, office_id: UUID) -> list[Row]:
    """Each of the staff, those who left too: since when they have a password, and when they were last seen."""
    seen = sa.select(sa.func.max(SIGN_IN.c.seen_at)).where(
        SIGN_IN.c.office_id == PERSON.c.office_id, SIGN_IN.c.person_id == PERSON.c.person_id
    )
    columns = (
        PERSON.c.person_id,
        PERSON.c.name,
        PERSON.c.roles,
        PERSON.c.active,
        PERSON.c.password_at,
        PERSON.c.password_once,
    )
    chosen = sa.select(*columns, seen.scalar_subquery().label("seen_at"))
    chosen = chosen.where(PERSON.c.office_id == office_id).order_by(PERSON.c.person_id)
    return list(session.connection().execute(chosen))


# --- signed in ---
def put_sign_in(session: Session, values: Values) -> None:
    session.connection().execute(sa.insert(SIGN_IN).values(dict(values)))


def sign_in_of(session: Session, office_id: UUID, digest: str) -> Row | None:
    """Whose sign-in a digest is, as long as they are on the staff and have a password."""
    mine = (PERSON.c.office_id == SIGN_IN.c.office_id) & (PERSON.c.person_id == SIGN_IN.c.person_id)
    statement = (
        sa.select(SIGN_IN, PERSON.c.password_once, PERSON.c.password_at)
        .join(PERSON, mine)
        .where(*_sign_in(office_id, digest), PERSON.c.active, PERSON.c.password != "")
    )
    return session.connection().execute(statement).one_or_none()


def sign_ins_of(session: Session, office_id: UUID, person_id: str) -> list[Row]:
    """Where somebody is signed in, the newest first."""
    theirs = sa.select(SIGN_IN).where(SIGN_IN.c.office_id == office_id, SIGN_IN.c.person_id == person_id)
    return list(session.connection().execute(theirs.order_by(SIGN_IN.c.created_at.desc(), SIGN_IN.c.digest)))


def seen(session: Session, office_id: UUID, digest: str, at: datetime) -> None:
    session.connection().execute(sa.update(SIGN_IN).where(*_sign_in(office_id, digest)).values(seen_at=at))


def drop_sign_in(session: Session, office_id: UUID, digest: str) -> None:
    session.connection().execute(sa.delete(SIGN_IN).where(*_sign_in(office_id, digest)))


def drop_sign_ins_of(session: Session, office_id: UUID, person_id: str, *, but: str = "") -> None:
    """Sign somebody out everywhere, `but` in one place."""
    theirs = (SIGN_IN.c.office_id == office_id, SIGN_IN.c.person_id == person_id, SIGN_IN.c.digest != but)
    session.connection().execute(sa.delete(SIGN_IN).where(*theirs))


def drop_old_sign_ins(session: Session, office_id: UUID, created_before: datetime, seen_before: datetime) -> None:
    over = (SIGN_IN.c.created_at < created_before) | (SIGN_IN.c.seen_at < seen_before)
    session.connection().execute(sa.delete(SIGN_IN).where(SIGN_IN.c.office_id == office_id, over))


# --- attempts ---
def attempts(session: Session, office_id: UUID, subjects: Iterable[str], now: datetime) -> dict[str, Row]:
    """What was tried of late, by subject; held until the transaction ends, so that all nodes count one by one."""
    wanted, connection = sorted(subjects), session.connection()
    rows = [{"office_id": office_id, "subject": subject, "failures": 0, "last_at": now} for subject in wanted]
    connection.execute(insert_into(session, ATTEMPT).on_conflict_do_nothing(), rows)  # what is not there cannot be held
    chosen = sa.select(ATTEMPT).where(ATTEMPT.c.office_id == office_id, ATTEMPT.c.subject.in_(wanted))
    return {row.subject: row for row in connection.execute(chosen.order_by(ATTEMPT.c.subject).with_for_update())}


def put_attempts(session: Session, rows: Iterable[Values]) -> None:
    for values in rows:
        row = dict(values)
        statement = insert_into(session, ATTEMPT).values(row)
        changed = statement.on_conflict_do_update(index_elements=["office_id", "subject"], set_=row)
        session.connection().execute(changed)


def drop_attempts(session: Session, office_id: UUID, subjects: Iterable[str]) -> None:
    gone = sa.delete(ATTEMPT).where(ATTEMPT.c.office_id == office_id, ATTEMPT.c.subject.in_(list(subjects)))
    session.connection().execute(gone)


def drop_no_attempts(session: Session, office_id: UUID, subjects: Iterable[str]) -> None:
    """Those of the subjects against which nothing is counted."""
    here = (ATTEMPT.c.office_id == office_id, ATTEMPT.c.subject.in_(list(subjects)), ATTEMPT.c.failures == 0)
    session.connection().execute(sa.delete(ATTEMPT).where(*here))


def drop_old_attempts(session: Session, office_id: UUID, before: datetime) -> None:
    session.connection().execute(sa.delete(ATTEMPT).where(ATTEMPT.c.office_id == office_id, ATTEMPT.c.last_at < before))


# --- keys of programs ---
def put_token(session: Session, values: Values) -> None:
    session.connection().execute(sa.insert(TOKEN).values(dict(values)))


def tokens(session: Session, office_id: UUID) -> list[Row]:
    statement = sa.select(TOKEN).where(TOKEN.c.office_id == office_id).order_by(TOKEN.c.name)
    return list(session.connection().execute(statement))


def token_of(session: Session, office_id: UUID, digest: str) -> Row | None:
    """The key with a digest, revoked and expired ones too."""
    statement = sa.select(TOKEN).where(TOKEN.c.office_id == office_id, TOKEN.c.digest == digest)
    return session.connection().execute(statement).one_or_none()


def change_token(session: Session, office_id: UUID, name: str, **values: Any) -> None:
    mine = (TOKEN.c.office_id == office_id, TOKEN.c.name == name)
    session.connection().execute(sa.update(TOKEN).where(*mine).values(**values))


def _person(office_id: UUID, person_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return PERSON.c.office_id == office_id, PERSON.c.person_id == person_id


def _sign_in(office_id: UUID, digest: str) -> tuple[sa.ColumnElement[bool], ...]:
    return SIGN_IN.c.office_id == office_id, SIGN_IN.c.digest == digest
