"""Everything that is wrong with a policy's text, each with its field and line; without a database (R12)."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schedules.announcements import working_calendar
from schedules.calendars import CalendarError
from schedules.faults import Phrase
from sla.policies import Policy, PolicyError
from sla.presets import reading
from sla.presets.lines import line_of, lines_of


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the field as it is called in the text, the line where it is known, what would be
    right."""

    field: str
    what: Phrase
    line: int | None = None

    @property
    def message(self) -> str:
        """What would be right, in English."""
        return str(self.what)

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


@dataclass(frozen=True, slots=True)
class Checked:
    """A text that was checked. There is a policy if it can be read at all; problems stand against publishing it."""

    policy: Policy | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def checked(text: str) -> Checked:
    """Read a policy's text to its end. Problems come in the order of the lines."""
    found = reading(text)
    places = _Places(text)
    wrong = [*found.problems, *found.gaps, *_country(places.table)]
    warned = found.policy.warnings() if found.policy else ()
    return Checked(found.policy, tuple(places.of(wrong)), tuple(places.of(warned)))


class _Places:
    """Where the fields of one text stand, and what they are called in it."""

    def __init__(self, text: str) -> None:
        self.lines = lines_of(text)
        try:
            self.table: Mapping[str, Any] = tomllib.loads(text)
        except (ValueError, RecursionError):
            self.table = {}

    def of(self, errors: Iterable[PolicyError]) -> Iterator[Problem]:
        """The errors with their places; what stands in a clock that several permits share is told once."""
        told: set[tuple[int | None, str]] = set()
        problems = [self._problem(error) for error in errors]
        for problem in sorted(problems, key=lambda problem: (problem.line is None, problem.line or 0)):
            if problem.line is None or (problem.line, problem.message) not in told:
                yield problem
            told.add((problem.line, problem.message))

    def _problem(self, error: PolicyError) -> Problem:
        message = error.message
        told = re.search(r"at line (\d+)", message) if error.field == "policy" else None
        field = self._as_written(error.field)
        return Problem(field, error.phrase, int(told[1]) if told else line_of(self.lines, self._place(field)))

    def _as_written(self, field: str) -> str:
        """A rule's own `clocks.PERMIT.CLOCK` is `permits.PERMIT.clocks.CLOCK` in the text."""
        parts = field.split(".")
        if parts[0] == "clocks" and len(parts) > 2 and parts[1] in _table(self.table, "permits"):
            return ".".join(["permits", parts[1], "clocks", *parts[2:]])
        return field

    def _place(self, field: str) -> str:
        """Where the value of a field comes from: the permit's own clock, or the one that it shares."""
        parts = field.split(".")
        if len(parts) < 5 or parts[0] != "permits" or parts[2] != "clocks":
            return field
        _, permit, _, clock, name, *rest = parts
        own = _table(self.table, "permits", permit, "clocks", clock)
        shared = _table(self.table, "clocks", clock)
        if [name, *rest] == ["limit", "amount"] and "amount" in own | shared:
            name, rest = "amount", []
        if name in own or name not in shared:
            return ".".join(["permits", permit, "clocks", clock, name, *rest])
        return ".".join(["clocks", clock, name, *rest])


def _country(table: Mapping[str, Any]) -> Iterator[PolicyError]:
    """Whether there are holidays for the policy's country and its subdivisions."""
    head = _table(table, "policy")
    country, subdiv = head.get("country"), head.get("subdiv")
    if not isinstance(country, str) or not country or not (subdiv is None or _is_texts(subdiv)):
        return  # that is told already
    try:
        working_calendar(country, zone="Etc/UTC", subdiv=subdiv)
    except CalendarError as error:
        yield PolicyError.of(error, f"policy.{error.field}")


def _is_texts(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _table(table: Any, *names: str) -> dict[str, Any]:
    for name in names:
        table = table.get(name, {}) if isinstance(table, Mapping) else {}
    return dict(table) if isinstance(table, Mapping) else {}
