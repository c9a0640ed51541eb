"""Everything of one office as lines of JSON, to be read by anybody and brought in elsewhere (docs/export.md).

The same office gives the same bytes, on either database and in every installation it was brought into: nothing in them
says when or where the file was written. No secret is in it, and nothing that can be computed again.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO
from uuid import UUID

from sla.formats.sealed_lines import FORMAT, VERSION, Sealing, plain
from sla.formats.whole import whole
from sla.service.errors import ServiceError
from sla.store import exports as store
from sla.store.engine import Connection, Engine, Session, snapshot

ENDING, PACKED = ".jsonl", ".gz"
_LEVEL = 1  # most of a file are hashes: packed harder it is hardly smaller, and takes three times as long
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
        whole = store.how_many_cases(connection, office_id) or 1
        for text in store.case_texts(connection, office_id):
            yield sealing.sealed("case", text)
            if not sealing.counts["case"] % store.CASES:
                shown(sealing.counts["case"] / whole)
    yield sealing.end()


def exported_beside(session: Session, office_id: UUID) -> Iterator[bytes]:
    """The same, by a connection of its own to the database of a session."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    return exported(engine, office_id)


def export_file(lines: Iterable[bytes], file: Path) -> int:
    """Write the lines; the file's size in bytes. It stands under its name whole, or not at all, for its owner alone to
    read; packed where its name ends in .gz.

    Raises ServiceError for a file that is there already or cannot be written.
    """
    if file.exists():
        raise ServiceError("output", "%(file)s is there already; give the export a name of its own", file=file)
    try:
        with whole(file) as raw, packed(raw) if file.name.endswith(PACKED) else nullcontext(raw) as out:
            out.writelines(lines)
    except OSError as error:
        raise ServiceError("output", "%(file)s cannot be written: %(why)s", file=file, why=error.strerror) from None
    return file.stat().st_size


def packed(raw: IO[bytes]) -> gzip.GzipFile:
    """What packs into a file, the same each time: no name and no time of its own."""
    return gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0)


def _head(connection: Connection, office_id: UUID) -> str:
    through = store.recorded_through(connection, office_id)
    head = {"line": "head", "format": FORMAT, "version": VERSION, "recorded_through": store.plain_value(through)}
    return plain(head)[:-1]
