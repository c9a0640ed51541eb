"""Everything of one office as lines of JSON, to be read by anybody and brought in elsewhere (docs/export.md).

The same office gives the same bytes, on either database and in every installation it was brought into: nothing in them
says when or where the file was written. No secret is in it, and nothing that can be computed again.
"""

from collections.abc import Callable, Iterator
from uuid import UUID

from sla.formats.sealed_lines import FORMAT, VERSION, Sealing, plain
from sla.store import exports as store
from sla.store.engine import Connection, Engine, Session, snapshot

LEVEL = 1  # of packing: most of a file are hashes: packed harder it is hardly smaller, and takes three times as long
Shown = Callable[[float], object]


def exported(engine: Engine, office_id: UUID, shown: Shown = lambda _: None) -> Iterator[bytes]:
    """The lines, as of one moment, while others go on writing; some hundreds of cases are in memory at a time.

    `shown` is told how much is done, from 0 to 1.
    """
    sealing = Sealing()
    with snapshot(engine) as connection:
        yield sealing.sealed("head", _head(connection, office_id))
        for kind, text in store.office_rows(connection, office_id):
            yield sealing.sealed(kind, text)
        all_of_them = store.how_many_cases(connection, office_id) or 1
        for text in store.case_texts(connection, office_id):
            yield sealing.sealed("case", text)
            if not sealing.counts["case"] % store.CASES:
                shown(sealing.counts["case"] / all_of_them)
    yield sealing.end()


def exported_beside(session: Session, office_id: UUID) -> Iterator[bytes]:
    """The same, by a connection of its own to the database of a session."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    return exported(engine, office_id)


def _head(connection: Connection, office_id: UUID) -> str:
    through = store.recorded_through(connection, office_id)
    head = {"line": "head", "format": FORMAT, "version": VERSION, "recorded_through": store.plain_value(through)}
    return plain(head)[:-1]
