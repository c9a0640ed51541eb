"""On which line of a TOML text a field stands. `tomllib` tells only where a text stops being TOML."""

import re
from collections import Counter
from collections.abc import Mapping

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_PART = re.compile(r"[\w-]+|\"[^\"]*\"|'[^']*'")
_TOKEN = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*|[\[\]{}]')


def lines_of(text: str) -> Mapping[str, int]:
    """The line (from 1) of each table and key, by its path: `policy.id`, `ladders.promise[0].at`.

    What stands inside a value, such as a key of an inline table, is not listed: its key is.
    """
    found: dict[str, int] = {}
    table, entries, value = "", Counter[str](), _Value()
    for number, line in enumerate(text.splitlines(), start=1):
        if value.is_open:
            value.goes_on(line)
            continue
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _path(header[2])
            if header[1] == "[[":
                entries[table] += 1
                table = f"{table}[{entries[table] - 1}]"
            found.setdefault(table, number)
        elif key:
            found.setdefault(f"{table}.{_path(key[1])}".lstrip("."), number)
            value.goes_on(line[key.end() :])
    return found


def line_of(lines: Mapping[str, int], path: str) -> int | None:
    """The line of a path, or of the nearest that holds it; None where there is none."""
    while path:
        if path in lines:
            return lines[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return None


class _Value:
    """A value that may go on over several lines: a list, or a text in three quotation marks."""

    def __init__(self) -> None:
        self.depth, self.quote = 0, ""

    @property
    def is_open(self) -> bool:
        return bool(self.depth or self.quote)

    def goes_on(self, line: str) -> None:
        place = 0
        while place < len(line):
            if self.quote:
                end = line.find(self.quote, place)
                if end < 0:
                    return
                self.quote, place = "", end + 3
                continue
            token = _TOKEN.search(line, place)
            if token is None or token[0].startswith("#"):
                return
            if token[0] in ('"""', "'''"):
                self.quote = token[0]
            self.depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
            place = token.end()


def _path(key: str) -> str:
    return ".".join(part.strip("\"'") for part in _PART.findall(key))
