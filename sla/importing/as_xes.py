"""An event log (XES, IEEE 1849) as rows: a trace is a case, with its events within. Read as it comes, packed or not; a
document that declares anything (entities, a DTD) is refused, and so is one that is huge once it is unpacked."""

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast
from xml.parsers import expat

from schedules.faults import Phrase
from sla.importing.rows import LONGEST, MOST_COLUMNS, Row, Sheet, SourceError

PIECE = 1 << 16
DEEPEST = 32
MOST_EVENTS = 10_000  # of a case
ENDINGS = (".xes", ".xes.gz")
MOST_BYTES = 2 << 30  # unpacked
MOST_TIMES = 100  # that it may be larger than it is packed, once it is no longer small
SMALL = 20 << 20
VALUES = {"string", "date", "int", "float", "boolean", "id"}


@contextmanager
def xes_sheet(path: Path, columns: Sequence[str], event_columns: Sequence[str]) -> Iterator[Sheet]:
    """The attributes that are asked for of each trace, and of its events. Raises SourceError."""
    log = _Log(path.name, columns, event_columns)
    with _pieces(path) as (pieces, share):
        yield Sheet(path.name, tuple(columns), _rows(pieces, log), share, tuple(event_columns))


def names_in(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the attributes that traces have, and of those of their events. Raises SourceError."""
    log = _Names(path.name, (), ())
    with _pieces(path) as (pieces, _):
        for _ in _rows(pieces, log):
            pass
    return tuple(log.of_traces), tuple(log.of_events)


@dataclass
class _Trace:
    number: int
    cells: dict[str, str] = field(default_factory=dict)
    events: list[Row] = field(default_factory=list)
    trouble: Phrase | None = None


class _Log:
    """Hears the elements of a log; `done` are the traces that are whole."""

    def __init__(self, name: str, columns: Sequence[str], event_columns: Sequence[str]) -> None:
        self.name, self.columns, self.event_columns = name, tuple(columns), tuple(event_columns)
        self.done: list[Row] = []
        self.path: list[str] = []
        self.trace: _Trace | None = None
        self.event: dict[str, str] | None = None
        self.traces = self.events = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._begins, self._ends
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = self._declares

    def feed(self, piece: bytes) -> None:
        try:
            self.parser.Parse(piece, not piece)
        except expat.ExpatError as error:
            where = f"line {error.lineno}: {expat.ErrorString(error.code)}"
            raise SourceError(
                "file", "%(name)s is no XES: %(where)s; only what came before it was read", name=self.name, where=where
            ) from None

    def _declares(self, *_: object) -> None:
        raise SourceError(
            "file", "%(name)s declares a document type or entities, which a log does not need", name=self.name
        )

    def _begins(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if not self.path and tag != "log":
            raise SourceError(
                "file", "%(name)s is no XES: it begins with %(tag)s, not with log", name=self.name, tag=tag[:40]
            )
        self.path.append(tag)
        if len(self.path) > DEEPEST:
            raise SourceError(
                "file", "%(name)s is nested deeper than %(deepest)s elements", name=self.name, deepest=DEEPEST
            )
        if self.path == ["log", "trace"]:
            self.traces += 1
            self.trace = _Trace(self.traces)
        elif self.path == ["log", "trace", "event"]:
            self.event = {}
        elif tag in VALUES and self.trace is not None:
            self._value(self.trace, attributes)

    def _value(self, trace: _Trace, attributes: Mapping[str, str]) -> None:
        key, value = attributes.get("key", ""), attributes.get("value", "")
        if len(value) > LONGEST:
            trace.trouble = Phrase("%(name)s is longer than %(most)s characters", name=key[:40], most=f"{LONGEST:,}")
        elif self.path[:-1] == ["log", "trace", "event"] and self.event is not None and key in self.event_columns:
            self.event[key] = value
        elif self.path[:-1] == ["log", "trace"] and key in self.columns:
            trace.cells[key] = value

    def _ends(self, _: str) -> None:
        path, trace = tuple(self.path), self.trace
        self.path.pop()
        if trace is not None and path == ("log", "trace", "event") and self.event is not None:
            self.events += 1
            if len(trace.events) < MOST_EVENTS:
                cells = tuple(self.event.get(name, "") for name in self.event_columns)
                trace.events.append(Row(self.events, cells))
            else:
                trace.trouble = Phrase("has more than %(most)s events", most=f"{MOST_EVENTS:,}")
            self.event = None
        elif trace is not None and path == ("log", "trace"):
            cells = tuple(trace.cells.get(name, "") for name in self.columns)
            self.done.append(Row(trace.number, cells, trace.trouble, tuple(trace.events)))
            self.trace = None


class _Names(_Log):
    """Hears what attributes are called, MOST_COLUMNS of each."""

    def __init__(self, name: str, columns: Sequence[str], event_columns: Sequence[str]) -> None:
        super().__init__(name, columns, event_columns)
        self.of_traces: dict[str, None] = {}
        self.of_events: dict[str, None] = {}

    def _value(self, trace: _Trace, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - of any trace
        names = {("log", "trace"): self.of_traces, ("log", "trace", "event"): self.of_events}.get(tuple(self.path[:-1]))
        if names is not None and len(names) < MOST_COLUMNS and (key := " ".join(attributes.get("key", "").split())):
            names[key] = None


@contextmanager
def _pieces(path: Path) -> Iterator[tuple[Iterator[bytes], Callable[[], float]]]:
    """The document piece by piece, unpacked if need be, and what tells how much of the file was read, from 0 to 1."""
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw:
        if not path.name.lower().endswith(".gz"):
            yield iter(lambda: raw.read(PIECE), b""), lambda: min(1.0, raw.tell() / size)
            return
        with gzip.GzipFile(fileobj=raw) as unpacked:
            most = min(MOST_BYTES, max(SMALL, MOST_TIMES * size))
            yield _unpacked(cast("IO[bytes]", unpacked), path.name, most), lambda: min(1.0, raw.tell() / size)


def _unpacked(packed: IO[bytes], name: str, most: int) -> Iterator[bytes]:
    """Raises SourceError for what is no whole gzip file, and for more than `most` bytes, before more is unpacked."""
    left = most
    try:
        while piece := packed.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise SourceError(
                    "file",
                    "%(name)s unpacks to more than %(most)s MB; unpack it yourself, if you trust it",
                    name=name,
                    most=f"{most >> 20:,}",
                )
            yield piece
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise SourceError(
            "file", "%(name)s is no whole gzip file; it was cut off, or is something else", name=name
        ) from None


def _rows(pieces: Iterator[bytes], log: _Log) -> Iterator[Row]:
    for piece in pieces:
        log.feed(piece)
        yield from log.done
        log.done.clear()
    log.feed(b"")
