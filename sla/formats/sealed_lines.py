"""Lines of JSON that each carry their own checksum, the last one that of all: what was changed, cut off or left out
shows, and in which line.

{"line":"head","format":"shixian-office","version":1, …,"sha256":"…"}
{"line":"end","counts":{"head":1, …},"lines":"…","sha256":"…"}

`sha256` is that of the line as it would be without this field; `lines` that of all the others' in their order, each
followed by a line feed. A checksum finds accidents; against somebody who writes it anew stand the chains and anchors.
"""

import hashlib
import json
from collections import Counter
from typing import Any

FORMAT, VERSION = "shixian-office", 1
_AHEAD, _BEHIND = b',"sha256":"', b'"}\n'
_TAIL = len(_AHEAD) + 64 + len(_BEHIND)


class LineError(Exception):
    """A line that cannot be taken; it says why."""


class Sealing:
    """The lines of one file while they are written or read again; how many of each kind there were."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._sums = hashlib.sha256()

    def sealed(self, kind: str, text: str) -> bytes:
        """The line of a JSON object; `text` is the object without its last brace."""
        content = text.encode()
        checksum = hashlib.sha256(content)
        checksum.update(b"}")
        found = checksum.hexdigest().encode()
        self.add(kind, found)
        return b"".join((content, _AHEAD, found, _BEHIND))

    def add(self, kind: str, checksum: bytes) -> None:
        self.counts[kind] += 1
        self._sums.update(checksum + b"\n")

    @property
    def sums(self) -> str:
        """The checksum over those of all lines so far."""
        return self._sums.hexdigest()

    def end(self) -> bytes:
        """The last line."""
        counts = dict(self.counts)
        return self.sealed("end", plain({"line": "end", "counts": counts, "lines": self.sums})[:-1])


def plain(value: object) -> str:
    """JSON in one line, in the order that it is given in."""
    return _PLAIN.encode(value)


def checksum_of(line: bytes) -> bytes:
    """The checksum that a line carries. Raises LineError where it carries none, or is not what it is the sum of."""
    if len(line) <= _TAIL or not line.endswith(_BEHIND) or line[-_TAIL : -_TAIL + len(_AHEAD)] != _AHEAD:
        raise LineError("is no line of an export, or was cut off")
    found = line[-_TAIL + len(_AHEAD) : -len(_BEHIND)]
    checksum = hashlib.sha256(line[:-_TAIL])
    checksum.update(b"}")
    if checksum.hexdigest().encode() != found:
        raise LineError("is not as it was written: its checksum is another one")
    return found


def entry_of(line: bytes) -> dict[str, Any]:
    """The object of a line, without its checksum. Raises LineError."""
    checksum_of(line)
    try:
        entry = json.loads(line[:-_TAIL] + b"}")
    except ValueError:
        raise LineError("is no JSON") from None
    if not isinstance(entry, dict) or not isinstance(entry.get("line"), str):
        raise LineError("does not say what line it is")
    return entry


def kind_of(line: bytes) -> str:
    """What a line says it is, without reading all of it; "" for what is no line of an export."""
    start = b'{"line":"'
    return line[len(start) : line.find(b'"', len(start))].decode("ascii", "replace") if line.startswith(start) else ""


_PLAIN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
