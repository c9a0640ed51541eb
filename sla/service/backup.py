"""A copy of everything in one file, and a database made from it again."""

import gzip
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notifiers import endpoints
from sla.formats.whole import whole
from sla.service.audit import audited
from sla.service.channel_secrets import lost_secrets
from sla.service.errors import ServiceError
from sla.service.findings import Finding
from sla.service.offices import every_office
from sla.store.copies import copied, restored
from sla.store.engine import Engine, Session, reading


@dataclass(frozen=True)
class Restored:
    """How many rows came back, what does not fit the chains, and the secrets that channels need and no copy holds.

    `sealed`: those that the copy holds, sealed with another key than the environment has.
    """

    rows: int
    findings: tuple[Finding, ...]
    secrets: tuple[str, ...]
    sealed: tuple[str, ...]


def back_up(engine: Engine, file: Path, now: datetime) -> int:
    """Write the copy; its size in bytes. It stands under its name whole, or not at all, for its owner alone to read.

    Raises ServiceError for a file that is there already or cannot be written.
    """
    if file.exists():
        raise ServiceError("file", "%(file)s is there already; give the copy a name of its own", file=file)
    try:
        with whole(file) as raw, gzip.open(raw, "wt", encoding="utf-8", newline="\n", compresslevel=6) as out:
            out.writelines(copied(engine, now))
    except OSError as error:
        raise ServiceError("file", "%(file)s cannot be written: %(why)s", file=file, why=error.strerror) from None
    return file.stat().st_size


def restore(engine: Engine, file: Path, environment: Mapping[str, str] = os.environ) -> Restored:
    """Fill an empty database from a copy, then check every chain and anchor.

    Raises ServiceError for a file that is no copy.
    """
    rows = restored(engine, _lines(file))
    with reading(engine) as session:
        found = tuple(finding for finding in audited(session) if finding.serious)
        return Restored(rows, found, tuple(_secrets(session)), tuple(lost_secrets(session, environment)))


def _lines(file: Path) -> Iterator[str]:
    try:
        with gzip.open(file, "rt", encoding="utf-8", newline="\n") as lines:
            yield from lines
    except (EOFError, gzip.BadGzipFile, UnicodeDecodeError):
        raise ServiceError(
            "file", "%(file)s is no whole copy; it was cut off, or is something else", file=file
        ) from None
    except OSError as error:
        raise ServiceError("file", "%(file)s cannot be read: %(why)s", file=file, why=error.strerror) from None


def _secrets(session: Session) -> Iterator[str]:
    for office in every_office(session):
        for endpoint in endpoints.all_of(session, office.id):
            yield from (f"{office.slug} {endpoint.name}: {name}" for name in endpoint.secret_names.values())
