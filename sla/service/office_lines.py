"""An office from the lines of its export: whether the file is whole, and the office with everything but its cases.

The file is read twice: once to see that it is whole, then to bring it in. The office comes first, in one transaction;
its cases follow (`sla.service.office_cases`). Done again it changes nothing (docs/export.md).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from schedules.faults import Phrase
from sla.formats.sealed_lines import FORMAT, VERSION, LineError, Sealing, checksum_of, entry_of, kind_of
from sla.service import lookup
from sla.service.errors import ServiceError
from sla.service.offices import office_with
from sla.store import exports as store
from sla.store import offices
from sla.store.engine import TAKEN, Session

LATER = "its secrets are in no export: give them, then resume it"  # why a channel that was brought in is paused
Sessions = Callable[[], AbstractContextManager[Session]]
OF_OFFICE = frozenset(part.name for part in (store.HEAD, *store.PARTS))


@dataclass(frozen=True)
class Whole:
    """A file that is whole: its head, the numbered lines of the office, and what the office is called here."""

    head: Mapping[str, Any]
    part: tuple[tuple[int, Mapping[str, Any]], ...]
    slug: str


def is_of_case(line: bytes) -> bool:
    """Whether a line is one of a case, or was one before it was damaged."""
    return kind_of(line) not in ("head", "end", *OF_OFFICE)


# --- the file as a whole ----------------------------------------------------------------------------------------------
def looked_through(lines: Iterable[bytes], slug: str = "") -> Whole:
    """The head and the office of a file that is whole. Raises ServiceError, naming the line, for one that is not.

    A case whose line is damaged is no hindrance: it is refused by itself. `slug`: what the office is to be called here.
    """
    sealing, part, damaged, end, number = Sealing(), list[tuple[int, Mapping[str, Any]]](), 0, None, 0
    for number, line in enumerate(lines, start=1):
        try:
            if end is not None:
                raise LineError("stands behind the end; the file was written to")
            if number > 2 and is_of_case(line):
                damaged += not _is_sound(sealing, line)
                continue
            entry = _placed(line, number)
            if entry["line"] == "end":
                end = entry
            else:
                part.append((number, entry))
                sealing.add(entry["line"], checksum_of(line))
        except LineError as error:
            raise _wrong(number, error) from None
    if end is None:
        raise _wrong(number, Phrase("the export ends before its last line; it was cut off"))
    sealing.counts["case"] += damaged
    if end.get("counts") != dict(+sealing.counts) or (not damaged and end.get("lines") != sealing.sums):
        raise ServiceError("file", "is not as it was written: lines are missing, doubled or in another order")
    (_, head), (_, office) = part[0], part[1]
    return Whole(head, tuple(part[1:]), slug or str(office.get("slug")))


def _is_sound(sealing: Sealing, line: bytes) -> bool:
    try:
        sealing.add("case", checksum_of(line))
    except LineError:
        return False
    return True


def _placed(line: bytes, number: int) -> dict[str, Any]:
    """What a line that is none of a case says. The first is a head that we can read, the second an office. Raises
    LineError."""
    wanted = {1: {"head"}, 2: {"office"}}.get(number, {"end", *OF_OFFICE})
    if kind_of(line) not in wanted:
        raise LineError("is not what stands there in an office's export")
    entry = entry_of(line)
    if number == 1 and entry.get("format") != FORMAT:
        raise LineError("is not the head of an office's export")
    if number == 1 and entry.get("version") != VERSION:
        raise LineError(
            f"the file is of version {entry.get('version')} of the format, this program reads version {VERSION};"
            " bring it in with a newer one"
        )
    return entry


def _wrong(number: int, why: Exception | Phrase) -> ServiceError:
    return ServiceError("file", "line %(number)s: %(why)s", number=number, why=why)


# --- the office -------------------------------------------------------------------------------------------------------
def begin(sessions: Sessions, now_in: Callable[[Session], datetime], whole: Whole) -> tuple[UUID, bool]:
    """Make the office, or see that it is here as the file has it; its id, and whether it was made.

    Raises ServiceError for an office of this name or id that is another one, or is not as the file says.
    """
    rows = list(_office_rows(whole))
    (_, office), rest = rows[0], rows[1:]
    with sessions() as session:
        now = now_in(session)
        through = whole.head.get("recorded_through")
        if through and datetime.fromisoformat(through) > now:
            raise ServiceError(
                "file", "tells what was recorded until %(through)s, which lies in the future here", through=through
            )
        if _is_here(session, office):
            _compare(session, office, rest)
            return office["office_id"], False
        try:
            _make(session, office, rest, now)
        except TAKEN:
            raise ServiceError(
                "office", "%(slug)s was made by somebody else just now; try again", slug=office["slug"]
            ) from None
        return office["office_id"], True


def _office_rows(whole: Whole) -> Iterator[tuple[store.Part, dict[str, Any]]]:
    parts, office_id = {part.name: part for part in (store.HEAD, *store.PARTS)}, None
    for number, entry in whole.part:
        part = parts[entry["line"]]
        given = {name: value for name, value in entry.items() if name != "line"}
        try:
            if part is store.HEAD:
                row = store.row_of(part, {**given, "slug": whole.slug})
                office_id = row["office_id"]
            else:
                assert office_id is not None
                row = store.row_of(part, given, office_id=office_id)
        except ValueError as error:
            raise _wrong(number, error) from None
        yield part, row


def _is_here(session: Session, office: Mapping[str, Any]) -> bool:
    for row in offices.offices(session):
        if row.office_id == office["office_id"] and row.slug != office["slug"]:
            raise ServiceError("office", "is here already as %(slug)s; bring it in with --as %(slug)s", slug=row.slug)
        if row.office_id != office["office_id"] and row.slug == office["slug"]:
            raise ServiceError(
                "office", "%(slug)s is here already and is another one; give this a name with --as", slug=row.slug
            )
    return any(row.office_id == office["office_id"] for row in offices.offices(session))


def _make(
    session: Session, office: Mapping[str, Any], rows: Sequence[tuple[store.Part, dict[str, Any]]], now: datetime
) -> None:
    store.put_rows(session, store.HEAD, [office])
    for part in store.PARTS:
        own = [row for each, row in rows if each is part]
        if part.name == "channel":
            own = [{**row, "paused": True, "paused_because": LATER} for row in own]
        store.put_rows(session, part, own)
    if office_with(session, office["office_id"]).look_up.on:
        lookup.begin(session, office["office_id"], now)


def _compare(session: Session, office: dict[str, Any], rows: Sequence[tuple[store.Part, dict[str, Any]]]) -> None:
    """Whether what the file says of the office is so here; what was added here since is of no matter."""
    connection = session.connection()
    for part in (store.HEAD, *(each for each in store.PARTS if each.compared)):
        here = {_key(part, row): row for row in store.rows_of(connection, part, office["office_id"])}
        for row in [office] if part is store.HEAD else [row for each, row in rows if each is part]:
            found = here.get(_key(part, row), {})
            what = " ".join((part.name, *map(str, _key(part, row))))
            if not found:
                raise ServiceError(
                    "office",
                    "%(slug)s is here already, without what the file has: %(what)s",
                    slug=office["slug"],
                    what=what,
                )
            other = [name for name in part.columns if row[name] is not None and found.get(name) != row[name]]
            if other:
                raise ServiceError(
                    "office",
                    "%(slug)s is here already with other contents: %(what)s differs in %(other)s",
                    slug=office["slug"],
                    what=what,
                    other=other[0],
                )


def _key(part: store.Part, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in part.table.primary_key if column.name != "office_id")
