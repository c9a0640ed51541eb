"""The anchors of an office's record: which heads each covers, and what is there of them now."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from sla.store.cases import CASE, EVENT, insert_into
from sla.store.offices import DIGEST
from sla.store.tables import AnchoredRow, AnchorRow

ANCHOR = SQLModel.metadata.tables["anchor"]
ANCHORED = SQLModel.metadata.tables["anchored"]
TABLES = (AnchorRow, AnchoredRow)  # what the names above were made from
ROWS = 500  # read at a time

Row = sa.Row[Any]


def last_anchor(session: Session, office_id: UUID) -> Row | None:
    statement = sa.select(ANCHOR).where(ANCHOR.c.office_id == office_id).order_by(ANCHOR.c.on.desc()).limit(1)
    return session.connection().execute(statement).one_or_none()


def anchors(session: Session, office_id: UUID) -> list[Row]:
    """All of an office's, the first day first."""
    statement = sa.select(ANCHOR).where(ANCHOR.c.office_id == office_id).order_by(ANCHOR.c.on)
    return list(session.connection().execute(statement))


def moved_heads(session: Session, office_id: UUID) -> list[Row]:
    """The heads that no anchor covers yet, as they are committed now, in the order of the cases' ids."""
    covered = sa.exists().where(
        ANCHORED.c.office_id == CASE.c.office_id,
        ANCHORED.c.case_id == CASE.c.case_id,
        ANCHORED.c.seq == CASE.c.head_seq,
    )
    statement = sa.select(CASE.c.case_id, CASE.c.head_seq, CASE.c.head_hash)
    statement = statement.where(CASE.c.office_id == office_id, ~covered).order_by(CASE.c.case_id)
    return list(session.connection().execute(statement))


def put_anchor(session: Session, office_id: UUID, on: date, digest: str, made_at: datetime, heads: list[Row]) -> None:
    """An anchor over these heads."""
    anchor = {"office_id": office_id, "on": on, "cases": len(heads), "hash": digest, "made_at": made_at, "listed": True}
    session.connection().execute(insert_into(session, ANCHOR).values(anchor))
    rows = [
        {"office_id": office_id, "case_id": head.case_id, "seq": head.head_seq, "on": on, "hash": head.head_hash}
        for head in heads
    ]
    if rows:
        session.connection().execute(sa.insert(ANCHORED), rows)


def anchored_heads(session: Session, office_id: UUID) -> Iterator[Any]:
    """Every head that an anchor covers, day by day in the order it was covered in, with the event's hash now, None
    where the event is gone, and the case's number; read as it goes, however many there are."""
    same_case = sa.and_(CASE.c.office_id == ANCHORED.c.office_id, CASE.c.case_id == ANCHORED.c.case_id)
    same_event = sa.and_(
        EVENT.c.office_id == ANCHORED.c.office_id,
        EVENT.c.case_id == ANCHORED.c.case_id,
        EVENT.c.seq == ANCHORED.c.seq,
    )
    statement = (
        sa.select(*ANCHORED.c, EVENT.c.hash.label("hash_now"), CASE.c.number)
        .select_from(ANCHORED.outerjoin(EVENT, same_event).outerjoin(CASE, same_case))
        .where(ANCHORED.c.office_id == office_id)
        .order_by(ANCHORED.c.on, ANCHORED.c.case_id)
    )
    with closing(session.connection().execute(statement.execution_options(yield_per=ROWS))) as rows:
        yield from rows


def digests_without_anchor(session: Session, office_id: UUID, kind: str) -> list[date]:
    """The days on which a digest of this kind was made and no anchor is there."""
    there = sa.exists().where(ANCHOR.c.office_id == DIGEST.c.office_id, ANCHOR.c.on == DIGEST.c.on)
    statement = sa.select(DIGEST.c.on).where(DIGEST.c.office_id == office_id, DIGEST.c.kind == kind, ~there)
    return list(session.connection().execute(statement.order_by(DIGEST.c.on)).scalars())
