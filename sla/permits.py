"""What an office grants: types of permit and of other papers, with how their numbers are made."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from schedules.faults import Phrase


class Kind(StrEnum):
    """即办件, finished the same day, or 承诺件, finished within a promised limit (GB/T 39046-2020: 1 and 2)."""

    IMMEDIATE = "immediate"
    COMMITTED = "committed"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper the applicant has to bring."""

    id: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PermitType:
    """One item of the window. `names` maps a language (zh, en) to its title; `number` is its case-number pattern."""

    id: str
    names: Mapping[str, str]
    kind: Kind
    number: str
    papers: tuple[Paper, ...] = ()

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names["en"]


def number_of(pattern: str, year: int, sequence: int) -> str:
    """The case number, such as 建字第20260012号 for `建字第{year}{seq:04}号`."""
    return pattern.format(year=year, seq=sequence)


def check_pattern(pattern: str) -> Phrase | None:
    """What is wrong with a number pattern, or None. Only {year} and {seq} may stand in it, and both must."""
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}
        if fields == {"year", "seq"}:
            number_of(pattern, 2026, 1)
            return None
    except (ValueError, IndexError, KeyError, AttributeError):
        pass
    return Phrase("%(pattern)r must hold {year} and {seq}, for example {year}-{seq:04}", pattern=pattern)
