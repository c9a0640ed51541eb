"""What the API answered to requests that may come again, for a day or so."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from sla.store.answer_tables import AnswerRow
from sla.store.cases import Row, Values, insert_into

ANSWER = SQLModel.metadata.tables["api_answer"]
TABLES = (AnswerRow,)  # what the name above was made from
_KEYS = ("office_id", "caller", "key", "part")


def claimed(session: Session, values: Values) -> Row | None:
    """Take the place of an answer; the row that has it already, None if it is ours. Whoever is just writing it, at
    another node, is waited for."""
    new = insert_into(session, ANSWER).values(dict(values)).on_conflict_do_nothing().returning(ANSWER.c.part)
    if session.connection().execute(new).one_or_none() is not None:
        return None
    return found(session, values)


def found(session: Session, values: Values) -> Row | None:
    """The row at a place, if there is one."""
    return session.connection().execute(sa.select(ANSWER).where(*_at(values))).one_or_none()


def put(session: Session, values: Values) -> None:
    """What was answered, at a place that is ours."""
    new = {name: value for name, value in values.items() if name not in _KEYS}
    session.connection().execute(sa.update(ANSWER).where(*_at(values)).values(new))


def drop_before(session: Session, moment: datetime, office_id: UUID | None = None) -> int:
    """Forget what was answered before a moment, of one office or of all; how many."""
    old = sa.delete(ANSWER).where(ANSWER.c.made_at < moment)
    if office_id is not None:
        old = old.where(ANSWER.c.office_id == office_id)
    return session.connection().execute(old).rowcount


def _at(values: Values) -> list[sa.ColumnElement[bool]]:
    return [ANSWER.c[name] == values[name] for name in _KEYS]
