"""Who works at the office and who gets what. Every person has a stand-in (AB角); a reminder goes to whoever is in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """Rights (viewer … auditor) and places in the escalation chain (handler … supervision)."""

    HANDLER = "handler"
    CHIEF = "chief"
    HEAD = "head"
    SUPERVISION = "supervision"
    VIEWER = "viewer"
    CLERK = "clerk"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Program(str):
    """Who recorded something, where a program did so in its own name: `key:archive-system`; `import:archive` is
    what was brought in from there. It is nobody of the staff."""

    __slots__ = ()

    @classmethod
    def with_key(cls, name: str) -> "Program":
        return cls(f"key:{name}")

    @classmethod
    def importing(cls, source: str) -> "Program":
        """What was brought in from elsewhere: `import:archive`."""
        return cls(f"import:{source}")

    @staticmethod
    def source_of(actor: str) -> str:
        """Where what somebody recorded was brought in from, "" if it was recorded here."""
        return actor.removeprefix("import:") if actor.startswith("import:") else ""


@dataclass(frozen=True, slots=True)
class Absence:
    """Away from `first` to `last`, both included. `stand_in`: who stands in then, "" for whoever always does."""

    first: date
    last: date
    stand_in: str = ""

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, other: "Absence") -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Person:
    """Someone at the office. `addresses` maps the name of a channel to the address there, in order of preference."""

    id: str
    name: str
    roles: frozenset[Role]
    language: str = "zh"
    stand_in: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()

    def is_in(self, day: date) -> bool:
        return not any(absence.covers(day) for absence in self.absences)

    def stand_ins(self, day: date) -> tuple[str, ...]:
        """Who is to stand in on a day of an absence, the first to be asked first: its own, then the usual one."""
        own = [absence.stand_in for absence in self.absences if absence.covers(day)]
        return tuple(dict.fromkeys(name for name in (*own, self.stand_in) if name))


@dataclass(frozen=True, slots=True)
class Addressee:
    """Someone who is told, as which role, and in whose place ("" for one's own)."""

    person: Person
    role: Role
    instead_of: str = ""


def addressees(roles: Iterable[Role], handler: str, people: Mapping[str, Person], day: date) -> tuple[Addressee, ...]:
    """The people on duty for the roles on that day, each once, in the order of the chain.

    Whoever is away is replaced by the first stand-in who is in; if nobody is, the person addressed stays the recipient.
    A case without a handler is the chief window officer's.
    """
    told: dict[str, Addressee] = {}
    for role in roles:
        for named in _holders(role, handler, people):
            person = on_duty(named, people, day)
            told.setdefault(person.id, Addressee(person, role, "" if person is named else named.id))
    return tuple(told.values())


def recipients(roles: Iterable[Role], handler: str, people: Mapping[str, Person], day: date) -> tuple[Person, ...]:
    """The people of `addressees`."""
    return tuple(addressee.person for addressee in addressees(roles, handler, people, day))


def on_duty(person: Person, people: Mapping[str, Person], day: date) -> Person:
    """Who hears in a person's place on that day: the person, if in or if nobody in the chain of stand-ins is."""
    return _first_in(person, people, day, {person.id}) or person


def _holders(role: Role, handler: str, people: Mapping[str, Person]) -> list[Person]:
    if role is Role.HANDLER:
        return [people[handler]] if handler in people else _holders(Role.CHIEF, "", people)
    return [person for person in people.values() if role in person.roles]


def _first_in(person: Person, people: Mapping[str, Person], day: date, asked: set[str]) -> Person | None:
    if person.is_in(day):
        return person
    for name in person.stand_ins(day):
        if name in people and name not in asked:
            asked.add(name)
            found = _first_in(people[name], people, day, asked)
            if found is not None:
                return found
    return None
