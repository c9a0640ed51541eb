"""An event log (XES, IEEE 1849-2016): the cases as traces, each with what happened to it. Written as it comes.

The elements are in no namespace and the keys are XML names, as the standard's schema has it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO
from xml.sax.saxutils import quoteattr

VERSION = "1849.2016"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Value = str | int | float | bool | datetime  # a datetime is aware
Attributes = Mapping[str, Value]


@dataclass(frozen=True)
class Extension:
    """What the keys with a prefix mean, which the standard's own extensions say."""

    name: str
    prefix: str

    @property
    def uri(self) -> str:
        return f"http://www.xes-standard.org/{self.prefix}.xesext"


EXTENSIONS = (
    Extension("Concept", "concept"),
    Extension("Time", "time"),
    Extension("Organizational", "org"),
    Extension("Lifecycle", "lifecycle"),
)


@dataclass(frozen=True)
class Trace:
    """One case and its events, in the order they happened."""

    attributes: Attributes
    events: Sequence[Attributes]


@dataclass(frozen=True)
class Log:
    """A log. `traces` may be read once only: a long log is never held whole. `of_traces` and `of_events` are the
    attributes that each of them has, with what stands for one that is not known; `classifiers` are the keys by which
    events are told apart."""

    attributes: Attributes
    traces: Iterable[Trace]
    of_traces: Attributes = field(default_factory=dict)
    of_events: Attributes = field(default_factory=dict)
    classifiers: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """How many cases and events a log has."""

    cases: int
    events: int


def write_xes(log: Log, out: IO[bytes]) -> Written:
    """The whole log in UTF-8."""
    cases = events = 0
    out.write(_encoded([*_head(log), ""]))
    for trace in log.traces:
        cases, events = cases + 1, events + len(trace.events)
        out.write(_encoded([*_trace(trace), ""]))
    out.write(b"</log>\n")
    return Written(cases, events)


def _head(log: Log) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<log xes.version="{VERSION}" xes.features="">'
    for one in EXTENSIONS:
        yield f'  <extension name="{one.name}" prefix="{one.prefix}" uri="{one.uri}"/>'
    for scope, attributes in (("trace", log.of_traces), ("event", log.of_events)):
        if attributes:
            yield f'  <global scope="{scope}">'
            yield from _attributes(attributes, "    ")
            yield "  </global>"
    for name, keys in log.classifiers.items():
        yield f'  <classifier name="{name}" scope="event" keys={quoteattr(" ".join(keys))}/>'
    yield from _attributes(log.attributes, "  ")


def _trace(trace: Trace) -> Iterator[str]:
    yield "  <trace>"
    yield from _attributes(trace.attributes, "    ")
    for event in trace.events:
        yield "    <event>"
        yield from _attributes(event, "      ")
        yield "    </event>"
    yield "  </trace>"


def _attributes(attributes: Attributes, ahead: str) -> Iterator[str]:
    for key, value in attributes.items():
        kind, text = _typed(value)
        yield f"{ahead}<{kind} key={quoteattr(key)} value={quoteattr(text)}/>"


def _typed(value: Value) -> tuple[str, str]:
    """The element of a value, and how it is written there."""
    if isinstance(value, bool):
        return "boolean", "true" if value else "false"
    if isinstance(value, datetime):
        return "date", value.isoformat(timespec="microseconds" if value.microsecond else "seconds")
    if isinstance(value, int):
        return "int", str(value)
    if isinstance(value, float):
        return "float", repr(value)
    return "string", _NO_XML.sub("\ufffd", value)


def _encoded(lines: Sequence[str]) -> bytes:
    return "\n".join(lines).encode()
