"""The parts of a form with files (multipart/form-data, RFC 7578), of a body that is whole and bounded already.

By hand, because a file has to come out byte for byte: nothing but the boundary, the two blank lines and the name in
each part's head is looked at.
"""

import re
from dataclasses import dataclass

MOST_HEAD = 2_000  # bytes
BOUNDARY = re.compile(r"""boundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))""", re.IGNORECASE)
PARAMETER = re.compile(r';\s*(name|filename)="([^"\r\n]*)"', re.IGNORECASE)


class PartsError(ValueError):
    """A body that is no form."""


@dataclass(frozen=True)
class Upload:
    """A file as it was sent, under the name it has on the sender's machine."""

    name: str
    content: bytes


def parts_of(content_type: str, body: bytes, most: int) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
    """The fields, and the files that were chosen, by name. Raises PartsError, too for more than `most` parts."""
    mark = b"--" + _boundary(content_type)
    pieces = (b"\r\n" + body).split(b"\r\n" + mark, most + 1)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise PartsError(f"is no form of at most {most:,} fields, or was cut off")
    pairs: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    for piece in pieces[1:-1]:
        name, filename, content = _part(piece)
        if filename is None:
            pairs.append((name, _text(content)))
        elif filename or content:  # a browser sends an empty one where nothing was chosen
            files[name] = Upload(filename, content)
    return pairs, files


def _boundary(content_type: str) -> bytes:
    found = BOUNDARY.search(content_type)
    if not found:
        raise PartsError("names no boundary between its parts")
    return (found.group(1) or found.group(2)).encode("latin-1", "replace")


def _part(piece: bytes) -> tuple[str, str | None, bytes]:
    """Its name, the name of its file if it is one, and what it holds."""
    head, blank, content = piece.partition(b"\r\n\r\n")
    line = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-disposition:")), b"")
    if not blank or not line or len(head) > MOST_HEAD:
        raise PartsError("has a part without a name")
    told = {name.lower(): value for name, value in PARAMETER.findall(_text(line))}
    if "name" not in told:
        raise PartsError("has a part without a name")
    return told["name"], told.get("filename"), content


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise PartsError("is no form in UTF-8") from None
