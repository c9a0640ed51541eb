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


@dataclass(frozen=True, slots=True)
class Absence:
    """Away from `first` to `last`, both included."""

    first: date
    last: date


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
        return not any(absence.first <= day <= absence.last for absence in self.absences)


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
            person = _on_duty(named, people, day)
            told.setdefault(person.id, Addressee(person, role, "" if person is named else named.id))
    return tuple(told.values())


def recipients(roles: Iterable[Role], handler: str, people: Mapping[str, Person], day: date) -> tuple[Person, ...]:
    """The people of `addressees`."""
    return tuple(addressee.person for addressee in addressees(roles, handler, people, day))


def _holders(role: Role, handler: str, people: Mapping[str, Person]) -> list[Person]:
    if role is Role.HANDLER:
        return [people[handler]] if handler in people else _holders(Role.CHIEF, "", people)
    return [person for person in people.values() if role in person.roles]


def _on_duty(person: Person, people: Mapping[str, Person], day: date) -> Person:
    seen, candidate = {person.id}, person
    while not candidate.is_in(day) and candidate.stand_in in people and candidate.stand_in not in seen:
        candidate = people[candidate.stand_in]
        seen.add(candidate.id)
    return candidate if candidate.is_in(day) else person
